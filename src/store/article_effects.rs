//! What became of articles' answers in a stretch of time, and which edits there were in it.

use serde::Serialize;

use super::{Store, StoreError, article_versions::How, columns, readers::Read};
use crate::domain::{UnixMs, article::ArticleId};

/// What shoppers did with one article's answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ArticleEffect {
    pub article: ArticleId,
    /// Times that the bot answered from it.
    pub answered: i64,
    pub helped: i64,
    pub not_helped: i64,
    /// Answers after which the conversation went to a person within half an hour.
    pub handed_off: i64,
}

/// A version that shoppers came to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    pub article: ArticleId,
    pub version: i64,
    pub at: UnixMs,
    pub by: Option<String>,
    pub how: How,
    pub why: String,
    /// When the next version took its place.
    pub until: Option<UnixMs>,
}

/// From `since` until before `until`, by article; `article`: of that one alone.
pub async fn between(
    store: &Store,
    since: UnixMs,
    until: UnixMs,
    article: Option<&str>,
) -> Result<Vec<ArticleEffect>, StoreError> {
    let found = sqlx::query(
        "SELECT article, \
         CAST(sum(CASE WHEN kind = 'answered' THEN 1 ELSE 0 END) AS BIGINT) AS answered, \
         CAST(sum(CASE WHEN kind = 'helped' THEN 1 ELSE 0 END) AS BIGINT) AS helped, \
         CAST(sum(CASE WHEN kind = 'not_helped' THEN 1 ELSE 0 END) AS BIGINT) AS not_helped, \
         CAST(sum(CASE WHEN kind = 'answered' AND EXISTS (SELECT 1 FROM entry WHERE entry.conversation = article_use.conversation \
         AND entry.kind = 'handoff' AND entry.at >= article_use.at AND entry.at < article_use.at + 1800000) \
         THEN 1 ELSE 0 END) AS BIGINT) AS handed_off \
         FROM article_use WHERE at >= $1 AND at < $2 AND ($3 = '' OR article = $3) GROUP BY article",
    )
    .bind(since)
    .bind(until)
    .bind(columns::storable(article.unwrap_or_default()))
    .all(&store.readers)
    .await?;
    let mut effects = found
        .iter()
        .map(|row| {
            Ok(ArticleEffect {
                article: columns::text(row, "article")?,
                answered: columns::int(row, "answered")?,
                helped: columns::int(row, "helped")?,
                not_helped: columns::int(row, "not_helped")?,
                handed_off: columns::int(row, "handed_off")?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    effects.sort_by(|one, other| one.article.cmp(&other.article));
    Ok(effects)
}

/// The last published versions that took another's place, newest first; `article`: of that one alone.
pub async fn edits(store: &Store, article: Option<&str>, most: i64) -> Result<Vec<Edit>, StoreError> {
    let found = sqlx::query(
        "SELECT article, version, at, made_by, how, why, (SELECT min(later.at) FROM article_version AS later \
         WHERE later.article = article_version.article AND later.version > article_version.version) AS replaced_at \
         FROM article_version WHERE status = 'published' AND version > 1 AND how <> 'before' AND ($1 = '' OR article = $1) \
         ORDER BY at DESC, article LIMIT $2",
    )
    .bind(columns::storable(article.unwrap_or_default()))
    .bind(most)
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(Edit {
                article: columns::text(row, "article")?,
                version: columns::int(row, "version")?,
                at: columns::int(row, "at")?,
                by: columns::maybe_text(row, "made_by")?,
                how: columns::name(row, "how")?,
                why: columns::text(row, "why")?,
                until: columns::maybe_int(row, "replaced_at")?,
            })
        })
        .collect()
}
