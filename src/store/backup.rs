//! Copies of a whole database, and the new history that begins when one is put back.

use std::path::Path;

use sqlx::Connection;

use super::{
    StoreError, columns,
    dialect::{Address, Engine, Turnstile},
    reason,
};

/// Writes a copy of a SQLite database as it is at one instant, while servers go on reading and writing.
/// `to` is not there yet, or empty.
///
/// # Errors
/// A sentence: PostgreSQL has its own tool for this; or what went wrong, and then `to` is of no use.
pub async fn copy_into(database_url: &str, to: &Path) -> Result<(), StoreError> {
    let address = Address::parse(database_url)?.existing();
    if address.engine == Engine::Postgres {
        return Err(StoreError::Open(
            "PostgreSQL is backed up by its own tools, also while servers run: \
             pg_dump --format=custom --file=warmline.dump \"$WARMLINE_DATABASE_URL\""
                .into(),
        ));
    }
    let cannot = |error| StoreError::Open(format!("cannot back up the database {}: {}", address.shown, reason(&error)));
    let mut db = address.connect().await.map_err(cannot)?;
    sqlx::raw_sql("PRAGMA busy_timeout = 2000").execute(&mut db).await.map_err(cannot)?;
    let copied = sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().into_owned()).execute(&mut db).await;
    db.close().await?;
    copied.map(|_| ()).map_err(cannot)
}

/// What the database engine finds wrong with the file itself, at most a few lines. PostgreSQL checks its own pages.
pub async fn damage(database_url: &str) -> Result<Vec<String>, StoreError> {
    let address = Address::parse(database_url)?.existing();
    if address.engine == Engine::Postgres {
        return Ok(Vec::new());
    }
    let unreadable =
        |error| StoreError::Open(format!("{} is not a database that can be read: {}", address.shown, reason(&error)));
    let mut db = address.connect().await.map_err(unreadable)?;
    let pages = sqlx::query("PRAGMA integrity_check(5)").fetch_all(&mut db).await.map_err(unreadable)?;
    let keys = sqlx::query("SELECT count(*) AS broken FROM pragma_foreign_key_check").fetch_one(&mut db).await;
    let broken = columns::int(&keys.map_err(unreadable)?, "broken")?;
    db.close().await?;
    let mut damage = pages.iter().map(|row| columns::text(row, "integrity_check")).collect::<Result<Vec<_>, _>>()?;
    damage.retain(|line| line != "ok");
    if broken > 0 {
        damage.push(format!("{broken} rows belong to rows that are not there"));
    }
    Ok(damage)
}

/// Puts everything into the one file of a SQLite database that nobody uses: no journal stays beside it.
pub async fn settle(database_url: &str) -> Result<(), StoreError> {
    let address = Address::parse(database_url)?.existing();
    if address.engine == Engine::Sqlite {
        let mut db = address.connect().await?;
        sqlx::raw_sql("PRAGMA busy_timeout = 2000; PRAGMA journal_mode = DELETE").execute(&mut db).await?;
        db.close().await?;
    }
    Ok(())
}

/// Gives the database another epoch, so that clients start over, and forgets who was there. For a database that no
/// server uses; the new epoch.
pub async fn begin_new_history(database_url: &str) -> Result<String, StoreError> {
    let address = Address::parse(database_url)?.existing();
    let mut db = address.connect_writer().await?;
    Turnstile::SetUp.hold(&mut db).await?;
    let epoch = uuid::Uuid::now_v7().simple().to_string();
    let mut all = db.begin().await?;
    sqlx::query("UPDATE meta SET value = $1 WHERE name = 'epoch'").bind(epoch.clone()).execute(&mut *all).await?;
    sqlx::raw_sql("DELETE FROM presence; DELETE FROM node; DELETE FROM ticket").execute(&mut *all).await?;
    all.commit().await?;
    db.close().await?;
    Ok(epoch)
}
