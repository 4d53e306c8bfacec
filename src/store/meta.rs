//! Single values of this database.

use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};

/// The demo accounts' passwords as they were handed out, or nothing. Plain text on purpose: they are shown at each
/// start, so that nobody takes them for secrets.
pub async fn load_demo_sign_ins(store: &Store) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("SELECT value FROM meta WHERE name = 'demo_sign_ins'").maybe_one(&store.readers).await?;
    row.map(|row| columns::text(&row, "value")).transpose()
}

pub async fn save_demo_sign_ins(store: &Store, json: String) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO meta (name, value) VALUES ('demo_sign_ins', $1) \
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                )
                .bind(json)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// The random name of this database's history, made on first use.
pub(super) async fn load_or_make_epoch(db: &mut AnyConnection) -> Result<String, StoreError> {
    let fresh = uuid::Uuid::now_v7().simple().to_string();
    sqlx::query("INSERT INTO meta (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO NOTHING")
        .bind(fresh)
        .execute(&mut *db)
        .await?;
    let row = sqlx::query("SELECT value FROM meta WHERE name = 'epoch'").fetch_one(&mut *db).await?;
    columns::text(&row, "value")
}

/// Names of the counters of changes.
const KNOWLEDGE_CHANGES: &str = "knowledge_changes";
const GAP_CHANGES: &str = "gap_changes";

async fn count(db: &mut AnyConnection, counter: &'static str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ($1, '1') \
         ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
    )
    .bind(counter)
    .execute(db)
    .await?;
    Ok(())
}

async fn counted(store: &Store, counter: &'static str) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT CAST(value AS BIGINT) AS changes FROM meta WHERE name = $1")
        .bind(counter)
        .maybe_one(&store.readers)
        .await?;
    row.map_or(Ok(0), |row| columns::int(&row, "changes"))
}

/// Notes a change to an article or a playbook file, in the transaction that makes it.
pub(super) async fn count_knowledge_change(db: &mut AnyConnection) -> Result<(), StoreError> {
    count(db, KNOWLEDGE_CHANGES).await
}

pub(super) async fn load_knowledge_changes(store: &Store) -> Result<i64, StoreError> {
    counted(store, KNOWLEDGE_CHANGES).await
}

/// Notes a change to a gap made on the state `seen`; false where another has come in between, and then nothing is noted.
pub(super) async fn count_gap_change(db: &mut AnyConnection, seen: i64) -> Result<bool, StoreError> {
    sqlx::query("INSERT INTO meta (name, value) VALUES ('gap_changes', '0') ON CONFLICT (name) DO NOTHING")
        .execute(&mut *db)
        .await?;
    let done = sqlx::query("UPDATE meta SET value = $2 WHERE name = 'gap_changes' AND CAST(value AS BIGINT) = $1")
        .bind(seen)
        .bind((seen + 1).to_string())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The same whatever was seen, in the transaction of somebody's decision.
pub(super) async fn count_any_gap_change(db: &mut AnyConnection) -> Result<(), StoreError> {
    count(db, GAP_CHANGES).await
}

pub(super) async fn load_gap_changes(store: &Store) -> Result<i64, StoreError> {
    counted(store, GAP_CHANGES).await
}
