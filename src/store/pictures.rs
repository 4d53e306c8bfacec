//! Pictures of articles, by name.

use data_encoding::BASE64URL_NOPAD;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{UnixMs, picture::Picture};

/// Adds them, in the place of others of the same names. Answers how many were not there like that.
pub async fn add(store: &Store, pictures: Vec<Picture>, at: UnixMs) -> Result<usize, StoreError> {
    if pictures.is_empty() {
        return Ok(0);
    }
    let pictures: Vec<(String, String)> =
        pictures.into_iter().map(|picture| (picture.name, BASE64URL_NOPAD.encode(&picture.bytes))).collect();
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                let mut changed = 0;
                for (name, bytes) in pictures {
                    let written = sqlx::query(
                        "INSERT INTO picture (name, bytes, added_at) VALUES ($1, $2, $3) \
                         ON CONFLICT (name) DO UPDATE SET bytes = $2, added_at = $3 WHERE picture.bytes <> $2",
                    )
                    .bind(name)
                    .bind(bytes)
                    .bind(at)
                    .execute(&mut *db)
                    .await?;
                    changed += usize::from(written.rows_affected() > 0);
                }
                Ok(Outcome::Keep(changed))
            })
        })
        .await
}

pub async fn load(store: &Store, name: &str) -> Result<Option<Picture>, StoreError> {
    let row = sqlx::query("SELECT bytes FROM picture WHERE name = $1")
        .bind(columns::storable(name))
        .maybe_one(&store.readers)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let bytes = BASE64URL_NOPAD.decode(columns::text(&row, "bytes")?.as_bytes()).ok();
    Ok(bytes.map(|bytes| Picture { name: name.to_owned(), bytes }))
}

/// By name.
pub async fn names(store: &Store) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query("SELECT name FROM picture").all(&store.readers).await?;
    let mut names = rows.iter().map(|row| columns::text(row, "name")).collect::<Result<Vec<_>, _>>()?;
    names.sort();
    Ok(names)
}
