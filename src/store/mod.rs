//! The database: the truth at runtime. The only place that knows SQL.
//!
//! One file per aggregate, with functions named after use that take the [`Store`]. Reads go to a small pool
//! of their own; every write is a job for the one writer task ([`writer`]), which commits many together.
//! Everything that differs between database engines is in [`dialect`].

pub mod agent_sessions;
pub mod agents;
pub mod articles;
mod columns;
pub mod conversations;
pub mod desk;
mod dialect;
pub mod meta;
pub mod playbook_files;
pub mod presence;
pub mod proofs;
pub mod returns;
pub mod tickets;
pub mod visitors;
mod writer;

use sqlx::AnyPool;

pub use dialect::sqlite_url;

/// The open database. Cheap to clone: clones share readers and writer.
#[derive(Clone)]
pub struct Store {
    readers: AnyPool,
    writer: writer::Writer,
    epoch: String,
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
    /// `max_readers` is the number of connections for reads; each costs about 1 MB when used.
    pub async fn open(database_url: &str, max_readers: u32) -> Result<Store, StoreError> {
        let address = dialect::Address::parse(database_url)?;
        let mut connection = address.connect_writer().await.map_err(|error| {
            StoreError::Open(format!("cannot open the database {database_url}: {}", reason(&error)))
        })?;
        MIGRATIONS.run(&mut connection).await.map_err(|error| {
            StoreError::Open(format!("cannot bring the database {database_url} up to date: {error}"))
        })?;
        let epoch = meta::load_or_make_epoch(&mut connection).await?;
        Ok(Store { readers: address.readers(max_readers), writer: writer::Writer::start(address, connection), epoch })
    }

    /// Random, made with the database. Differs after a backup is restored as a new one: clients that know
    /// another epoch start over.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Reads one row, for readiness checks.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT value FROM meta WHERE name = 'epoch'").fetch_one(&self.readers).await?;
        Ok(())
    }

    /// Finishes the writes that wait, then closes every connection. Later calls answer `Closed`.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

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
