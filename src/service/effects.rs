//! What articles do for shoppers, and what the last edits of them changed.

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    domain::{Now, UnixMs},
    store::{
        Store, StoreError,
        article_effects::{self, ArticleEffect, Edit, Stretch},
    },
};

/// The time before an edit that the time after it is held against.
const WINDOW_MS: i64 = 14 * DAY_MS;
const DAY_MS: i64 = 24 * 3_600_000;
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
pub async fn of_edits(store: &Store, article: Option<&str>, now: &Now) -> Result<Vec<EditEffect>, StoreError> {
    let mut found = Vec::new();
    for edit in article_effects::edits(store, article, MOST_EDITS).await? {
        let compared_ms = (edit.until.unwrap_or(now.at) - edit.at).clamp(0, WINDOW_MS);
        let before = of_one(store, stretch(edit.at - compared_ms, edit.at, now), &edit.article).await?;
        let after = of_one(store, stretch(edit.at, edit.at + compared_ms, now), &edit.article).await?;
        found.push(EditEffect { edit, compared_ms, before, after });
    }
    Ok(found)
}

/// What shoppers did with one article in that time.
pub async fn of_one(store: &Store, stretch: Stretch, article: &str) -> Result<ArticleEffect, StoreError> {
    let found = article_effects::between(store, stretch, Some(article)).await?;
    Ok(found.into_iter().next().unwrap_or_else(|| ArticleEffect { article: article.to_owned(), ..Default::default() }))
}

/// The last so many days, today with them.
pub fn last_days(days: i64, now: &Now) -> Stretch {
    stretch(now.at - days * DAY_MS, now.at + 1, now)
}

/// From `since` until before `until`; as many days begin before an edit as after it.
fn stretch(since: UnixMs, until: UnixMs, now: &Now) -> Stretch {
    let first_beginning = |at: UnixMs| now.day_of(at).tomorrow().unwrap_or(Date::MAX);
    Stretch { since, until, first_day: first_beginning(since), end_day: first_beginning(until) }
}
