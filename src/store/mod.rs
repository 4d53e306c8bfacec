//! The database: the truth at runtime. The only place that knows SQL.
//!
//! One file per aggregate, with functions named after use that take the [`Store`]. Reads go to a small pool
//! of their own ([`readers`]); every write is a job for [`writer`], which commits many together.
//! Everything that differs between SQLite and PostgreSQL is in [`dialect`] and below [`writer`].

pub mod agent_sessions;
pub mod agents;
pub mod article_drafts;
pub mod article_effects;
pub mod article_versions;
pub mod articles;
pub mod attachments;
pub mod audit;
pub mod backup;
pub mod call_backs;
pub mod category_rights;
pub mod claims;
mod columns;
pub mod conversations;
pub mod desk;
mod dialect;
mod effects;
mod entries;
mod file_lock;
pub mod gaps;
pub mod health;
pub mod help;
pub mod inspection;
pub mod knowledge_tests;
pub mod macros;
pub mod mentions;
pub mod meta;
mod migrations;
pub mod nodes;
pub mod notices;
pub mod outcomes;
pub mod phrases;
pub mod pictures;
pub mod playbook_files;
pub mod presence;
pub mod promises;
pub mod proofs;
pub mod questions;
pub mod ratings;
mod readers;
mod redactions;
pub mod returns;
pub mod seats;
pub mod self_tests;
pub mod staff_changes;
pub mod stories;
pub mod surges;
pub mod teams;
pub mod tickets;
pub mod timers;
pub mod transcripts;
pub mod vectors;
pub mod viewers;
pub mod visitors;
pub mod waits;
pub mod walls;
mod wrap_ups;
mod writer;

use sqlx::{AnyConnection, Connection};

use dialect::{Address, Engine, Turnstile};
use readers::{Read, Readers};

pub use dialect::{engine_of, sqlite_url};
pub use file_lock::Alone;
pub use migrations::Migrated;

/// The open database. Cheap to clone: clones share readers and writer.
#[derive(Clone)]
pub struct Store {
    readers: Readers,
    writer: writer::Writer,
    epoch: String,
    address: Address,
    /// As long as a store is open, no other database is put in its place. Held, never read.
    _in_use: Option<std::sync::Arc<file_lock::InUse>>,
}

/// While this lives, no other node of this database sets it up.
#[derive(Debug)]
pub struct SetUp(AnyConnection);

impl SetUp {
    pub async fn end(self) -> Result<(), StoreError> {
        Ok(self.0.close().await?)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too many writes are waiting. Nothing was stored; trying again shortly makes sense.
    #[error("too many writes are waiting")]
    Busy,
    /// The database said no (disk full, locked, file gone). Nothing was stored.
    #[error("the database is not available: {0}")]
    Unavailable(sqlx::Error),
    /// The transaction this write shared could not be committed. Nothing was stored.
    #[error("the database could not commit: {0}")]
    NotCommitted(String),
    /// The connection was lost while the commit was under way. Doing it again must be harmless (the same `cid`).
    #[error("the database was lost during a commit, whether it happened is not known: {0}")]
    Unknown(String),
    /// A stored value is not what this version can read.
    #[error("stored value cannot be read: {0}")]
    Unreadable(String),
    /// The store was closed; the server is going down.
    #[error("the database is closed")]
    Closed,
    /// The database cannot be opened; the sentence is for the operator.
    #[error("{0}")]
    Open(String),
}

impl Store {
    /// Opens the database, creating the SQLite file and running migrations where needed.
    /// `max_readers` is the number of connections for reads; on SQLite each costs about 1 MB when used.
    pub async fn open(database_url: &str, max_readers: u32) -> Result<Store, StoreError> {
        let address = Address::parse(database_url)?;
        let in_use = file_lock::InUse::of(&address)?.map(std::sync::Arc::new);
        let (mut connection, _) = prepared(&address).await?;
        let epoch = meta::load_or_make_epoch(&mut connection).await?;
        let connection = match address.engine {
            Engine::Sqlite => Some(connection),
            // Closing it is what lets other nodes go on.
            Engine::Postgres => {
                connection.close().await?;
                None
            }
        };
        let (readers, writer) =
            (Readers::new(address.clone(), max_readers), writer::Writer::start(address.clone(), connection));
        Ok(Store { readers, writer, epoch, address, _in_use: in_use })
    }

    /// Brings the schema up to date and does nothing else.
    pub async fn migrate(database_url: &str) -> Result<Migrated, StoreError> {
        let address = Address::parse(database_url)?;
        let _in_use = file_lock::InUse::of(&address)?;
        let (connection, migrated) = prepared(&address).await?;
        connection.close().await?;
        Ok(migrated)
    }

    /// Waits until no other node sets this database up (first import, demo accounts).
    pub async fn set_up_alone(&self) -> Result<SetUp, StoreError> {
        let mut connection = self.address.connect().await?;
        Turnstile::SetUp.hold(&mut connection).await?;
        Ok(SetUp(connection))
    }

    /// Random, made with the database. Differs after a backup is restored as a new one: clients that know
    /// another epoch start over.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Where the database is, for people; without a password.
    pub fn place(&self) -> &str {
        self.address.shown.trim_start_matches("sqlite:")
    }

    /// Reads one row, for readiness checks.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT value FROM meta WHERE name = 'epoch'").maybe_one(&self.readers).await?;
        Ok(())
    }

    /// Finishes the writes that wait, then closes every connection. Later calls answer `Closed`.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// A connection to a database whose schema is up to date; as long as it lives, nobody else sets the database up.
async fn prepared(address: &Address) -> Result<(AnyConnection, Migrated), StoreError> {
    let cannot = |error| StoreError::Open(format!("cannot open the database {}: {}", address.shown, reason(&error)));
    let mut connection = match address.engine {
        Engine::Sqlite => address.connect_writer().await.map_err(cannot)?,
        Engine::Postgres => address.connect().await.map_err(cannot)?,
    };
    let migrated = migrations::run(&mut connection, address).await?;
    Ok((connection, migrated))
}

/// What the database said, without the driver's preamble.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => StoreError::Closed,
            sqlx::Error::PoolTimedOut => StoreError::Busy,
            error => StoreError::Unavailable(error),
        }
    }
}
