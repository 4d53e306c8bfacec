//! The schema: brought up to date by exactly one node, and refused when it is newer than this binary.

use std::time::Duration;

use sqlx::{
    AnyConnection,
    migrate::{Migrate, MigrateError, Migrator},
};

use super::{
    StoreError,
    dialect::{Address, Engine, Turnstile},
    reason,
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Where sqlx writes down what was applied.
const TABLE: &str = "_sqlx_migrations";

/// PostgreSQL 14, as the server counts.
const OLDEST_POSTGRES: i64 = 140_000;

/// After this time the operator is told what a start waits for.
const TELL_AFTER: Duration = Duration::from_secs(2);

/// Schema numbers before and after; equal if there was nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    pub from: i64,
    pub to: i64,
}

/// Waits for its turn (one node at a time), then brings the schema up to date. The turn ends with the connection.
pub(super) async fn run(db: &mut AnyConnection, address: &Address) -> Result<Migrated, StoreError> {
    if address.engine == Engine::Postgres {
        check_server(db, address).await?;
    }
    wait_for_turn(db).await?;
    let to = newest();
    let migrating = async {
        // sqlx asks for no lock of its own on SQLite, and on PostgreSQL ours is held already.
        db.ensure_migrations_table(TABLE).await?;
        let applied = db.list_applied_migrations(TABLE).await?;
        let from = applied.iter().map(|migration| migration.version).max().unwrap_or(0);
        MIGRATIONS.run(&mut *db).await?;
        Ok(Migrated { from, to })
    };
    migrating.await.map_err(|error| refusal(&error, to, address))
}

/// The schema this binary makes.
pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

async fn wait_for_turn(db: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let mut waiting = Box::pin(Turnstile::SetUp.hold(db));
    if let Ok(turn) = tokio::time::timeout(TELL_AFTER, &mut waiting).await {
        return turn;
    }
    tracing::info!("waiting for another node that is setting up the database");
    waiting.await
}

fn refusal(error: &MigrateError, known: i64, address: &Address) -> StoreError {
    let shown = &address.shown;
    StoreError::Open(match error {
        MigrateError::VersionMissing(version) if *version > known => format!(
            "the database {shown} was made by a newer Warmline (its schema is {version}, this one knows {known}); \
             install that version again, or restore a backup of before"
        ),
        MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => format!(
            "the database {shown} has a schema {version} that is not Warmline's; is it another program's database?"
        ),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            format!("cannot bring the database {shown} up to date: {}", reason(error))
        }
        error => format!("cannot bring the database {shown} up to date: {error}"),
    })
}

async fn check_server(db: &mut AnyConnection, address: &Address) -> Result<(), StoreError> {
    let row = sqlx::query(
        "SELECT current_setting('server_version') AS version, \
         CAST(current_setting('server_version_num') AS BIGINT) AS number, \
         current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync",
    )
    .fetch_one(db)
    .await?;
    let (version, encoding) = (super::columns::text(&row, "version")?, super::columns::text(&row, "encoding")?);
    let shown = &address.shown;
    if super::columns::int(&row, "number")? < OLDEST_POSTGRES {
        return Err(StoreError::Open(format!("the database {shown} is PostgreSQL {version}; 14 or newer is needed")));
    }
    if encoding != "UTF8" {
        return Err(StoreError::Open(format!("the database {shown} keeps text as {encoding}; UTF8 is needed")));
    }
    if super::columns::text(&row, "fsync")? == "off" {
        tracing::warn!("the database server runs with fsync = off: a power cut can cost what was acknowledged");
    }
    Ok(())
}
