//! Every version an article has had: who made it, when and why.

use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{Article, UnixMs, article::ArticleStatus};

/// What made a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Not published, or taken off the shelf.
    Saved,
    Published,
    /// Published by itself at its time.
    Scheduled,
    Archived,
    /// Back from the archive, as a draft.
    Restored,
    RolledBack,
    Imported,
    /// It was there before versions were kept.
    Before,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRow {
    pub version: i64,
    pub status: ArticleStatus,
    pub at: UnixMs,
    /// The name of the member of staff; `None` after an import.
    pub by: Option<String>,
    pub how: How,
    /// In the editor's words.
    pub why: String,
}

/// Newest first.
pub async fn list(store: &Store, article: &str) -> Result<Vec<VersionRow>, StoreError> {
    let found = sqlx::query(
        "SELECT version, status, at, made_by, how, why FROM article_version WHERE article = $1 ORDER BY version DESC",
    )
    .bind(columns::storable(article))
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(VersionRow {
                version: columns::int(row, "version")?,
                status: columns::name(row, "status")?,
                at: columns::int(row, "at")?,
                by: columns::maybe_text(row, "made_by")?,
                how: columns::name(row, "how")?,
                why: columns::text(row, "why")?,
            })
        })
        .collect()
}

/// The whole article as it was.
pub async fn load(store: &Store, article: &str, version: i64) -> Result<Option<Article>, StoreError> {
    let row = sqlx::query(
        "SELECT article, version, status, category, products, valid_from, valid_until, texts, care \
         FROM article_version WHERE article = $1 AND version = $2",
    )
    .bind(columns::storable(article))
    .bind(version)
    .maybe_one(&store.readers)
    .await?;
    row.map(|row| {
        Ok(Article {
            id: columns::text(&row, "article")?,
            status: columns::name(&row, "status")?,
            category: columns::text(&row, "category")?,
            products: columns::json(&row, "products")?,
            valid_from: columns::maybe_name(&row, "valid_from")?,
            valid_until: columns::maybe_name(&row, "valid_until")?,
            texts: columns::json(&row, "texts")?,
            care: columns::json(&row, "care")?,
            version: columns::int(&row, "version")?,
        })
    })
    .transpose()
}

/// With the change that made it: the article's row as it is now.
pub(super) async fn note(db: &mut AnyConnection, article: &str, how: How, why: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO article_version (article, version, status, category, products, valid_from, valid_until, texts, care, \
         at, made_by, how, why) SELECT id, version, status, category, products, valid_from, valid_until, texts, care, \
         updated_at, updated_by, $2, $3 FROM article WHERE id = $1",
    )
    .bind(columns::storable(article))
    .bind(columns::to_name(&how)?)
    .bind(columns::storable(why))
    .execute(db)
    .await?;
    Ok(())
}
