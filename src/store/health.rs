//! The last look at the articles' health, and what of an article was used.

use std::collections::HashMap;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{UnixMs, article::ArticleId};

/// The report as JSON with the state of the articles (`articles::changes`) and the time it is of.
pub async fn last(store: &Store) -> Result<Option<(i64, UnixMs, String)>, StoreError> {
    let row = sqlx::query("SELECT changes, at, report FROM health WHERE id = 1").maybe_one(&store.readers).await?;
    row.map(|row| Ok((columns::int(&row, "changes")?, columns::int(&row, "at")?, columns::text(&row, "report")?)))
        .transpose()
}

/// Takes the place of an older one.
pub async fn keep(store: &Store, changes: i64, at: UnixMs, report: String) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO health (id, changes, at, report) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO UPDATE \
                     SET changes = excluded.changes, at = excluded.at, report = excluded.report \
                     WHERE health.at <= excluded.at",
                )
                .bind(changes)
                .bind(at)
                .bind(columns::storable(&report))
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// How often each article was given as an answer since.
pub async fn answered(store: &Store, since: UnixMs) -> Result<HashMap<ArticleId, i64>, StoreError> {
    let found = sqlx::query(
        "SELECT article, count(*) AS answered FROM article_use WHERE kind = 'answered' AND at >= $1 GROUP BY article",
    )
    .bind(since)
    .all(&store.readers)
    .await?;
    found.iter().map(|row| Ok((columns::text(row, "article")?, columns::int(row, "answered")?))).collect()
}
