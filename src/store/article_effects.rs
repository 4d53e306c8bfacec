//! What became of articles' answers in a stretch of time, and which edits there were in it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use sqlx::any::AnyRow;

use super::{Store, StoreError, article_versions::How, columns, readers::Read};
use crate::domain::{UnixMs, article::ArticleId};

/// What shoppers did with one article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ArticleEffect {
    pub article: ArticleId,
    /// Times that it was read in the help centre.
    pub viewed: i64,
    /// Times that the bot answered from it.
    pub answered: i64,
    /// Said in the chat or on its page; so `not_helped`.
    pub helped: i64,
    pub not_helped: i64,
    /// Answers after which the conversation went to a person within half an hour.
    pub handed_off: i64,
    /// Conversations in which it answered and that were rated afterwards: how many, and the sum of their first scores, 1 to 5.
    pub rated: i64,
    pub scores: i64,
}

/// A time that is looked at. Views are counted by days: those that begin in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub since: UnixMs,
    /// The first moment after it.
    pub until: UnixMs,
    pub first_day: Date,
    /// The first day after it.
    pub end_day: Date,
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

/// By article; `article`: of that one alone.
pub async fn between(store: &Store, stretch: Stretch, article: Option<&str>) -> Result<Vec<ArticleEffect>, StoreError> {
    let Stretch { since, until, .. } = stretch;
    let only = columns::storable(article.unwrap_or_default());
    let mut effects: BTreeMap<ArticleId, ArticleEffect> = BTreeMap::new();
    let used = sqlx::query(
        "SELECT article, \
         CAST(sum(CASE WHEN kind = 'answered' THEN 1 ELSE 0 END) AS BIGINT) AS answered, \
         CAST(sum(CASE WHEN kind = 'helped' THEN 1 ELSE 0 END) AS BIGINT) AS helped, \
         CAST(sum(CASE WHEN kind = 'not_helped' THEN 1 ELSE 0 END) AS BIGINT) AS not_helped, \
         CAST(sum(CASE WHEN kind = 'answered' AND EXISTS (SELECT 1 FROM entry WHERE entry.conversation = article_use.conversation \
         AND entry.kind = 'handoff' AND entry.at >= article_use.at AND entry.at < article_use.at + 1800000) \
         THEN 1 ELSE 0 END) AS BIGINT) AS handed_off \
         FROM article_use WHERE at >= $1 AND at < $2 AND ($3 = '' OR article = $3) GROUP BY article",
    );
    for row in used.bind(since).bind(until).bind(only.clone()).all(&store.readers).await? {
        let one = of(&mut effects, &row)?;
        one.answered = columns::int(&row, "answered")?;
        one.helped = columns::int(&row, "helped")?;
        one.not_helped = columns::int(&row, "not_helped")?;
        one.handed_off = columns::int(&row, "handed_off")?;
    }
    let said = sqlx::query(
        "SELECT article, CAST(sum(helped) AS BIGINT) AS helped, CAST(sum(1 - helped) AS BIGINT) AS not_helped \
         FROM help_verdict WHERE at >= $1 AND at < $2 AND ($3 = '' OR article = $3) GROUP BY article",
    );
    for row in said.bind(since).bind(until).bind(only.clone()).all(&store.readers).await? {
        let one = of(&mut effects, &row)?;
        one.helped += columns::int(&row, "helped")?;
        one.not_helped += columns::int(&row, "not_helped")?;
    }
    let viewed = sqlx::query(
        "SELECT article, CAST(sum(views) AS BIGINT) AS viewed FROM help_view \
         WHERE day >= $1 AND day < $2 AND ($3 = '' OR article = $3) GROUP BY article",
    );
    let (first, end) = (stretch.first_day.to_string(), stretch.end_day.to_string());
    for row in viewed.bind(first).bind(end).bind(only.clone()).all(&store.readers).await? {
        of(&mut effects, &row)?.viewed = columns::int(&row, "viewed")?;
    }
    let rated = sqlx::query(
        "SELECT used.article AS article, count(*) AS rated, CAST(sum(rating.score) AS BIGINT) AS scores \
         FROM (SELECT article, conversation, min(at) AS at FROM article_use WHERE kind = 'answered' AND at >= $1 AND at < $2 \
         AND ($3 = '' OR article = $3) GROUP BY article, conversation) AS used \
         JOIN rating ON rating.conversation = used.conversation AND rating.round = 0 AND rating.resolution = \
         (SELECT min(first.resolution) FROM rating AS first WHERE first.conversation = used.conversation AND first.round = 0 \
         AND first.at >= used.at) GROUP BY used.article",
    );
    for row in rated.bind(since).bind(until).bind(only).all(&store.readers).await? {
        let one = of(&mut effects, &row)?;
        one.rated = columns::int(&row, "rated")?;
        one.scores = columns::int(&row, "scores")?;
    }
    Ok(effects.into_values().collect())
}

fn of<'e>(
    effects: &'e mut BTreeMap<ArticleId, ArticleEffect>,
    row: &AnyRow,
) -> Result<&'e mut ArticleEffect, StoreError> {
    let article: ArticleId = columns::text(row, "article")?;
    let empty = || ArticleEffect { article: article.clone(), ..ArticleEffect::default() };
    Ok(effects.entry(article.clone()).or_insert_with(empty))
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
