//! The last self-test of the knowledge base, as JSON: derived data, made anew when the articles change.

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};

/// The state of the articles it is of, and the test; `None` before the first.
pub async fn last(store: &Store) -> Result<Option<(i64, String)>, StoreError> {
    let row = sqlx::query("SELECT value FROM meta WHERE name = 'self_test'").maybe_one(&store.readers).await?;
    let value = row.map(|row| columns::text(&row, "value")).transpose()?;
    Ok(value.as_deref().and_then(parts))
}

/// Keeps it, unless there is one of a later state: of two nodes that test, the slower may know less.
pub async fn keep(store: &Store, changes: i64, json: String) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let row =
                    sqlx::query("SELECT value FROM meta WHERE name = 'self_test'").fetch_optional(&mut *db).await?;
                let kept = row.map(|row| columns::text(&row, "value")).transpose()?;
                if kept.as_deref().and_then(parts).is_some_and(|(kept, _)| kept > changes) {
                    return Ok(Outcome::Keep(()));
                }
                sqlx::query(
                    "INSERT INTO meta (name, value) VALUES ('self_test', $1) \
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                )
                .bind(format!("{changes} {json}"))
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

fn parts(value: &str) -> Option<(i64, String)> {
    let (changes, json) = value.split_once(' ')?;
    Some((changes.parse().ok()?, json.to_owned()))
}
