//! Articles, with optimistic locking and a counter that tells readers when the shelf changed.

use super::{Store, StoreError};
use crate::domain::{Article, UnixMs};

/// An article and who touched it last.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredArticle {
    pub article: Article,
    pub updated_at: UnixMs,
    /// The name of the member of staff; `None` after an import.
    pub updated_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    Done(StoredArticle),
    /// The article is at another version by now (or its id is taken, for a new one). Nothing was written.
    Conflict(StoredArticle),
    /// There is no such article. Nothing was written.
    Missing,
}

/// Writes all of them, in one transaction. Equal ones are left alone; others get the next version.
/// Answers how many were added or changed.
pub async fn import(store: &Store, articles: Vec<Article>, at: UnixMs) -> Result<usize, StoreError> {
    todo!()
}

/// Every article, archived ones included, by id.
pub async fn list(store: &Store) -> Result<Vec<StoredArticle>, StoreError> {
    todo!()
}

pub async fn load(store: &Store, id: &str) -> Result<Option<StoredArticle>, StoreError> {
    todo!()
}

/// Stores `article` if the stored one is still at `article.version` (0: there is none yet).
/// The stored one gets the next version.
pub async fn save(store: &Store, article: Article, by: String, at: UnixMs) -> Result<Saved, StoreError> {
    todo!()
}

/// What the bot may answer from, apart from validity dates: every published article, by id.
pub async fn all_published(store: &Store) -> Result<Vec<Article>, StoreError> {
    todo!()
}

/// Grows with every change to any article.
pub async fn changes(store: &Store) -> Result<i64, StoreError> {
    todo!()
}
