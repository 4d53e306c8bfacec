//! What articles do for shoppers, and what the last edits of them changed.

use serde::Serialize;

use crate::{
    domain::UnixMs,
    store::{
        Store, StoreError,
        article_effects::{self, ArticleEffect, Edit},
    },
};

/// The time before an edit that the time after it is held against.
const WINDOW_MS: i64 = 14 * 24 * 3_600_000;
const MOST_EDITS: i64 = 30;

/// An edit, and its article before and after it: as long after as it was in force, at most two weeks, and as long before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditEffect {
    #[serde(flatten)]
    pub edit: Edit,
    pub compared_ms: i64,
    pub before: ArticleEffect,
    pub after: ArticleEffect,
}

/// The last edits, newest first; `article`: of that one alone.
pub async fn of_edits(store: &Store, article: Option<&str>, now: UnixMs) -> Result<Vec<EditEffect>, StoreError> {
    let mut found = Vec::new();
    for edit in article_effects::edits(store, article, MOST_EDITS).await? {
        let compared_ms = (edit.until.unwrap_or(now) - edit.at).clamp(0, WINDOW_MS);
        let before = of_one(store, edit.at - compared_ms, edit.at, &edit.article).await?;
        let after = of_one(store, edit.at, edit.at + compared_ms, &edit.article).await?;
        found.push(EditEffect { edit, compared_ms, before, after });
    }
    Ok(found)
}

/// What shoppers did with one article's answers in that time.
pub async fn of_one(store: &Store, since: UnixMs, until: UnixMs, article: &str) -> Result<ArticleEffect, StoreError> {
    let found = article_effects::between(store, since, until, Some(article)).await?;
    Ok(found.into_iter().next().unwrap_or_else(|| ArticleEffect { article: article.to_owned(), ..Default::default() }))
}
