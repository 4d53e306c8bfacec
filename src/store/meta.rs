//! Single values of this database.

use sqlx::AnyConnection;

use super::{Store, StoreError, columns, writer::Outcome};

/// Whether seeds (articles and playbook) were imported completely at least once.
pub async fn is_seeded(store: &Store) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT value FROM meta WHERE name = 'seeded'").fetch_optional(&store.readers).await?;
    Ok(row.is_some())
}

pub async fn mark_seeded(store: &Store) -> Result<(), StoreError> {
    store
        .writer
        .write(|db| {
            Box::pin(async move {
                sqlx::query("INSERT INTO meta (name, value) VALUES ('seeded', '1') ON CONFLICT (name) DO NOTHING")
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

/// Notes a change to any article, in the transaction that makes it.
pub(super) async fn count_article_change(db: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ('article_changes', '1') \
         ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
    )
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn load_article_changes(store: &Store) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT CAST(value AS BIGINT) AS changes FROM meta WHERE name = 'article_changes'")
        .fetch_optional(&store.readers)
        .await?;
    row.map_or(Ok(0), |row| columns::int(&row, "changes"))
}
