//! Pictures of articles, by name.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde_json::json;
use sqlx::any::AnyRow;

use super::{Store, StoreError, audit, columns, readers::Read, writer::Outcome};
use crate::domain::{
    UnixMs,
    audit::Change,
    picture::{self, Picture},
};

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

/// One that nothing names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unused {
    pub name: String,
    pub bytes: i64,
    pub added_at: UnixMs,
}

/// Added before `before`, and named by no article in any version, by nothing that is being written and by no file of the
/// playbook (the logo of the help centre may be a picture of ours); by name.
pub async fn unused(store: &Store, before: UnixMs) -> Result<Vec<Unused>, StoreError> {
    let candidates = sqlx::query(CANDIDATES).bind(before).all(&store.readers).await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let texts = sqlx::query(NAMING).all(&store.readers).await?;
    not_named(&candidates, &texts)
}

/// Removes those of `names` that nothing names (see [`unused`]), and leaves `change` in the audit with what went. Answers that.
pub async fn remove_unused(
    store: &Store,
    names: BTreeSet<String>,
    before: UnixMs,
    change: Change,
) -> Result<Vec<Unused>, StoreError> {
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                let candidates = sqlx::query(CANDIDATES).bind(before).fetch_all(&mut *db).await?;
                let texts = sqlx::query(NAMING).fetch_all(&mut *db).await?;
                let mut gone = not_named(&candidates, &texts)?;
                gone.retain(|picture| names.contains(&picture.name));
                for picture in &gone {
                    sqlx::query("DELETE FROM picture WHERE name = $1")
                        .bind(picture.name.clone())
                        .execute(&mut *db)
                        .await?;
                }
                if !gone.is_empty() {
                    let names: Vec<&str> = gone.iter().map(|picture| picture.name.as_str()).collect();
                    let detail = json!({"pictures": names, "bytes": gone.iter().map(|one| one.bytes).sum::<i64>()});
                    audit::note_in(db, Change { detail, ..change }).await?;
                }
                Ok(Outcome::Keep(gone))
            })
        })
        .await
}

/// Four letters of base64url are three bytes.
const CANDIDATES: &str = "SELECT name, CAST(LENGTH(bytes) * 3 / 4 AS BIGINT) AS size, added_at FROM picture WHERE added_at < $1 ORDER BY name";

/// Everything that may name a picture. The word alone, as Markdown lets people write the rest of the address in several ways.
const NAMING: &str = "SELECT texts AS written FROM article WHERE texts LIKE '%pictures%' \
     UNION ALL SELECT texts FROM article_version WHERE texts LIKE '%pictures%' \
     UNION ALL SELECT fields FROM article_draft WHERE fields LIKE '%pictures%' \
     UNION ALL SELECT content FROM playbook_file WHERE content LIKE '%pictures%' \
     UNION ALL SELECT content FROM playbook_file_version WHERE content LIKE '%pictures%'";

fn not_named(candidates: &[AnyRow], texts: &[AnyRow]) -> Result<Vec<Unused>, StoreError> {
    let mut unused = BTreeMap::new();
    for row in candidates {
        let (name, bytes, added_at) =
            (columns::text(row, "name")?, columns::int(row, "size")?, columns::int(row, "added_at")?);
        unused.insert(name.clone(), Unused { name, bytes, added_at });
    }
    for row in texts {
        for name in picture::named_in(&columns::text(row, "written")?) {
            unused.remove(&name);
        }
    }
    Ok(unused.into_values().collect())
}
