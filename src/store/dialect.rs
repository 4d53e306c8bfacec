//! Everything that differs between database engines. Today there is one: SQLite.

use std::path::Path;

use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection,
    any::{AnyConnectOptions, AnyPoolOptions},
};

use super::StoreError;

/// Opens the writer's transaction. IMMEDIATE: a transaction that read before it wrote could fail when it
/// turns into a writer.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// How long to wait for another process that holds the file: 2 s, then the caller hears of it.
const CONNECTION_SETTINGS: &str = "PRAGMA busy_timeout = 2000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";

/// WAL lets readers read while the writer writes; FULL makes a commit survive a power cut (NORMAL would not).
/// The cache holds 4 MB.
const WRITER_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -4096;";

/// The cache holds 1 MB for each reader.
const READER_SETTINGS: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -1024;";

/// Where the database is, checked for an engine we know.
#[derive(Debug, Clone)]
pub(super) struct Address(AnyConnectOptions);

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

impl Address {
    pub(super) fn parse(database_url: &str) -> Result<Address, StoreError> {
        sqlx::any::install_default_drivers();
        if !database_url.starts_with("sqlite:") {
            return Err(StoreError::Open(
                "the database URL must begin with sqlite: (such as sqlite:///var/lib/warmline/warmline.db)".into(),
            ));
        }
        let url = match database_url.contains('?') {
            true => database_url.to_owned(),
            false => format!("{database_url}?mode=rwc"),
        };
        url.parse::<AnyConnectOptions>()
            .map(|options| Address(options.disable_statement_logging()))
            .map_err(|error| StoreError::Open(format!("the database URL cannot be read: {error}")))
    }

    pub(super) async fn connect_writer(&self) -> Result<AnyConnection, sqlx::Error> {
        let mut connection = AnyConnection::connect_with(&self.0).await?;
        sqlx::raw_sql(CONNECTION_SETTINGS).execute(&mut connection).await?;
        sqlx::raw_sql(WRITER_SETTINGS).execute(&mut connection).await?;
        Ok(connection)
    }

    pub(super) fn readers(&self, max_readers: u32) -> AnyPool {
        AnyPoolOptions::new()
            .max_connections(max_readers.max(1))
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    sqlx::raw_sql(CONNECTION_SETTINGS).execute(&mut *connection).await?;
                    sqlx::raw_sql(READER_SETTINGS).execute(&mut *connection).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(self.0.clone())
    }
}
