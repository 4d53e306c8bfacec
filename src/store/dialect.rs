//! Everything that differs between the two database engines: SQLite in a file, PostgreSQL for many nodes.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{AnyConnection, ConnectOptions, Connection, any::AnyConnectOptions, sqlite::SqliteConnectOptions};

use super::StoreError;

/// Opens a transaction on SQLite. IMMEDIATE: one that read before it wrote could fail when it turns into a writer.
pub(super) const BEGIN_SQLITE: &str = "BEGIN IMMEDIATE";

/// On PostgreSQL each statement sees what was committed before it began: the compare-and-swap relies on that, and a
/// server may have another default.
pub(super) const BEGIN_POSTGRES: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK and no error; the SELECT before it is an error
/// then, and with it the whole.
pub(super) const COMMIT_POSTGRES: &str = "SELECT 1; COMMIT";

/// How long to wait for another process that holds the file: 2 s, then the caller hears of it.
const SQLITE_CONNECTION: &str = "PRAGMA busy_timeout = 2000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

/// WAL lets readers read while the writer writes; FULL makes a commit survive a power cut (NORMAL would not).
/// The cache holds 4 MB. What is overwritten is zeroed where that costs no further write: redacted words.
/// The log goes into the file beside the writer ([`Address::checkpoint`]); only a log of 32 MB holds up a commit.
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -4096; PRAGMA secure_delete = FAST;";

/// The cache holds 1 MB for each reader.
const SQLITE_READER: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -1024;";

/// A lock is waited for 2 s, a statement may take 5 s, and a node that fell silent in a transaction frees its locks
/// after 15 s. A server that is set not to wait for the disk is asked to wait for it all the same.
const POSTGRES_WRITER: &str = "SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
     SET idle_in_transaction_session_timeout = '15s'; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

const POSTGRES_READER: &str = "SET statement_timeout = '5s'; SET default_transaction_read_only = on";

/// A database that does not take a connection within this time is not there.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Where the database is, checked for an engine we know.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) engine: Engine,
    options: AnyConnectOptions,
    /// Without password, for people.
    pub(super) shown: String,
}

/// The database URL of a SQLite file, whatever characters its path has.
pub fn sqlite_url(path: &Path) -> String {
    let mut url = String::from("sqlite:");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
            byte => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

/// The engine a database URL is for.
///
/// # Errors
/// What is wrong with the URL; never with its password.
pub fn engine_of(database_url: &str) -> Result<Engine, String> {
    Address::parse(database_url).map(|address| address.engine).map_err(|error| error.to_string())
}

impl Address {
    pub(super) fn parse(database_url: &str) -> Result<Address, StoreError> {
        sqlx::any::install_default_drivers();
        let engine = match database_url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Engine::Sqlite,
            Some("postgres" | "postgresql") => Engine::Postgres,
            _ => {
                return Err(StoreError::Open(
                    "the database URL must begin with sqlite: (such as sqlite:///var/lib/warmline/warmline.db) or \
                     postgres: (such as postgres://warmline@db.example.com/warmline)"
                        .into(),
                ));
            }
        };
        let url = match engine {
            Engine::Sqlite if !database_url.contains('?') => format!("{database_url}?mode=rwc"),
            _ => database_url.to_owned(),
        };
        let mut options = url
            .parse::<AnyConnectOptions>()
            .map_err(|error| StoreError::Open(format!("the database URL cannot be read: {error}")))?
            .disable_statement_logging();
        let mut shown = options.database_url.clone();
        if engine == Engine::Postgres {
            // Neither fails on a URL of this scheme, and then the password would still be hidden by the query's end.
            let _ = shown.set_password(None);
            shown.set_query(None);
            if !database_url.contains("application_name=") {
                options.database_url.query_pairs_mut().append_pair("application_name", "warmline");
            }
        }
        let shown = if engine == Engine::Sqlite { database_url.to_owned() } else { shown.to_string() };
        Ok(Address { engine, options, shown })
    }

    /// The same database, but not made when it is not there.
    pub(super) fn existing(mut self) -> Address {
        if self.engine == Engine::Sqlite && self.file().is_some() {
            let url = &mut self.options.database_url;
            let kept: Vec<_> = url
                .query_pairs()
                .filter(|(name, _)| name != "mode")
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
                .collect();
            url.query_pairs_mut().clear().extend_pairs(kept).append_pair("mode", "rw");
        }
        self
    }

    /// The file of a SQLite database that is one.
    pub(super) fn file(&self) -> Option<PathBuf> {
        if self.engine == Engine::Postgres {
            return None;
        }
        let options = SqliteConnectOptions::from_url(&self.options.database_url).ok()?;
        let file = options.get_filename();
        let is_memory = file.to_string_lossy().starts_with("file:") || file.as_os_str() == ":memory:";
        (!is_memory).then(|| file.to_owned())
    }

    /// A connection without limits of time on its statements: migrations take what they take.
    pub(super) async fn connect(&self) -> Result<AnyConnection, sqlx::Error> {
        let connecting = AnyConnection::connect_with(&self.options);
        tokio::time::timeout(CONNECT_WITHIN, connecting).await.unwrap_or_else(|_| Err(too_slow("a connection")))
    }

    pub(super) async fn connect_writer(&self) -> Result<AnyConnection, sqlx::Error> {
        let mut connection = self.connect().await?;
        match self.engine {
            Engine::Sqlite => {
                sqlx::raw_sql(SQLITE_CONNECTION).execute(&mut connection).await?;
                sqlx::raw_sql(SQLITE_WRITER).execute(&mut connection).await?;
            }
            Engine::Postgres => {
                sqlx::raw_sql(POSTGRES_WRITER).execute(&mut connection).await?;
            }
        }
        Ok(connection)
    }

    /// Copies what SQLite's log holds into the file, while others read and write.
    pub(super) async fn checkpoint(&self) -> Result<(), sqlx::Error> {
        let mut connection = self.connect().await?;
        sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await?;
        connection.close().await
    }

    pub(super) async fn connect_reader(&self) -> Result<AnyConnection, sqlx::Error> {
        let mut connection = self.connect().await?;
        match self.engine {
            Engine::Sqlite => {
                sqlx::raw_sql(SQLITE_CONNECTION).execute(&mut connection).await?;
                sqlx::raw_sql(SQLITE_READER).execute(&mut connection).await?;
            }
            Engine::Postgres => {
                sqlx::raw_sql(POSTGRES_READER).execute(&mut connection).await?;
            }
        }
        Ok(connection)
    }
}

/// An error in the words of the driver for what did not happen in time.
pub(super) fn too_slow(what: &str) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, format!("no answer in time for {what}")))
}

/// What must not be decided by two transactions at once although no row stands for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turnstile {
    /// Migrations and the first import; held by a session, not a transaction.
    SetUp = 1,
    /// Counting attempts at proofs.
    Proofs = 2,
    /// Replacing the playbook.
    Playbook = 3,
    /// The chain of what staff changed.
    Audit = 4,
}

/// The upper half of our advisory locks' keys, so that other programs in the same database keep theirs.
const LOCK_SPACE: i64 = 0x5741_524d << 32;

impl Turnstile {
    fn key(self) -> i64 {
        LOCK_SPACE + self as i64
    }

    /// From here to the end of the transaction nobody else is past this point. SQLite has one writer anyway.
    pub(super) async fn pass(self, db: &mut AnyConnection) -> Result<(), sqlx::Error> {
        if is_postgres(db) {
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(self.key()).execute(db).await?;
        }
        Ok(())
    }

    /// The same for as long as this connection lives.
    pub(super) async fn hold(self, db: &mut AnyConnection) -> Result<(), sqlx::Error> {
        if is_postgres(db) {
            sqlx::query("SELECT pg_advisory_lock($1)").bind(self.key()).execute(db).await?;
        }
        Ok(())
    }
}

pub(super) fn is_postgres(db: &AnyConnection) -> bool {
    db.backend_name() == "PostgreSQL"
}

/// id and head of the conversations whose ids are in the JSON list `$1`: one statement for many, every few seconds.
pub(super) fn positions_sql(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT id, head, seen_by_shopper, seen_by_agent FROM conversation \
             WHERE id IN (SELECT value FROM json_each($1))"
        }
        Engine::Postgres => {
            "SELECT id, head, seen_by_shopper, seen_by_agent FROM conversation \
             WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))"
        }
    }
}

/// Appends the entries in the JSON list `$2` to the conversation `$1`; each is a list of the columns in this order. One
/// statement for all: on PostgreSQL each is a round trip, on SQLite a way to its thread and back.
pub(super) fn insert_entries_sql(db: &AnyConnection) -> &'static str {
    if is_postgres(db) {
        "INSERT INTO entry (conversation, seq, at, author, agent, agent_name, sender, cid, kind, private, body) \
         SELECT $1, CAST(item ->> 0 AS BIGINT), CAST(item ->> 1 AS BIGINT), item ->> 2, item ->> 3, item ->> 4, \
         item ->> 5, item ->> 6, item ->> 7, CAST(item ->> 8 AS BIGINT), item ->> 9 \
         FROM jsonb_array_elements(CAST($2 AS jsonb)) AS list (item)"
    } else {
        "INSERT INTO entry (conversation, seq, at, author, agent, agent_name, sender, cid, kind, private, body) \
         SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
         value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM json_each($2)"
    }
}

/// What PostgreSQL means by an error, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Somebody else's transaction was in the way (deadlock, serialisation): the same again may work at once.
    Crossed,
    /// A rule of the schema was broken, perhaps only because another transaction committed since the decision.
    Rule,
    /// The database has too much to do.
    Overloaded,
    Other,
}

pub(super) fn meaning(error: &sqlx::Error) -> Meaning {
    match code(error).as_deref() {
        Some("40001" | "40P01") => Meaning::Crossed,
        Some(code) if code.starts_with("23") && code.len() == 5 => Meaning::Rule,
        Some("55P03" | "57014" | "53300" | "53400") => Meaning::Overloaded,
        _ => match error {
            sqlx::Error::PoolTimedOut => Meaning::Overloaded,
            _ => Meaning::Other,
        },
    }
}

/// Whether the connection can be used on: what the database itself says (and is not its goodbye, class 57P) harms none.
pub(super) fn is_usable_after(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some() && !code(error).is_some_and(|code| code.starts_with("57P"))
}

/// Whether PostgreSQL said of a COMMIT that it did not happen. Everything else (connection lost, server going down)
/// leaves it open.
pub(super) fn is_surely_not_committed(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| {
        code != "40003" && ["23", "25", "40", "55", "P0"].iter().any(|class| code.starts_with(class))
    })
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://ann:s3cret@db.example.com:5432/shop?sslmode=require",
            "postgresql://ann@db.example.com/shop?password=s3cret",
        ] {
            let address = Address::parse(url).expect("a database we know");
            assert_eq!(address.engine, Engine::Postgres);
            assert!(!address.shown.contains("s3cret") && address.shown.contains("ann@db.example.com"), "{address:?}");
        }
        let error = Address::parse("postgres://ann:s3cret@[db/shop").expect_err("no URL").to_string();
        assert!(!error.contains("s3cret"), "{error}");
        assert_eq!(engine_of("sqlite:/a b.db"), Ok(Engine::Sqlite));
        assert!(engine_of("mysql://ann:s3cret@db/shop").is_err_and(|error| !error.contains("s3cret")));
    }
}
