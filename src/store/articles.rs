//! Articles, with optimistic locking and a counter that tells readers when the shelf changed.

use std::collections::{BTreeMap, HashMap};

use sqlx::{AnyConnection, any::AnyRow};

use super::{
    Store, StoreError, article_drafts,
    article_versions::{self, How},
    columns, meta,
    readers::Read,
    writer::Outcome,
};
use crate::domain::{
    Article, Audience, UnixMs,
    article::{ArticleId, ArticleStatus},
};

/// An article and who touched it last.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredArticle {
    pub article: Article,
    pub updated_at: UnixMs,
    /// The name of the member of staff; `None` after an import.
    pub updated_by: Option<String>,
}

/// What the history says about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub how: How,
    /// In the editor's words.
    pub why: String,
    /// `None` for an import.
    pub by: Option<String>,
    pub at: UnixMs,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    Done(StoredArticle),
    /// The article is at another version by now (or its id is taken, for a new one). Nothing was written.
    Conflict(StoredArticle),
    /// There is no such article. Nothing was written.
    Missing,
}

macro_rules! columns {
    () => {
        "id, status, category, products, valid_from, valid_until, texts, care, version, updated_at, updated_by"
    };
}

/// Writes all of them, in one transaction. Equal ones are left alone; others get the next version.
/// Answers how many were added or changed.
pub async fn import(store: &Store, articles: Vec<Article>, at: UnixMs) -> Result<usize, StoreError> {
    import_by(store, articles, None, at).await
}

/// The same by a member of staff, whose name the history says.
pub async fn import_by(
    store: &Store,
    articles: Vec<Article>,
    by: Option<String>,
    at: UnixMs,
) -> Result<usize, StoreError> {
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                let mut changed = 0;
                for mut article in articles {
                    let version = match load_in(db, &article.id).await? {
                        Some(stored) => {
                            article.version = stored.article.version;
                            // Files do not say what a translation was made from.
                            article.care.translated = stored.article.care.translated.clone();
                            if stored.article == article {
                                continue;
                            }
                            stored.article.version
                        }
                        None => 0,
                    };
                    article.version = version;
                    let change = Change { how: How::Imported, why: String::new(), by: by.clone(), at };
                    if write(db, article, change).await?.is_some() {
                        changed += 1;
                    }
                }
                if changed > 0 {
                    meta::count_knowledge_change(db).await?;
                }
                Ok(Outcome::Keep(changed))
            })
        })
        .await
}

/// Every article, archived ones included, by id.
pub async fn list(store: &Store) -> Result<Vec<StoredArticle>, StoreError> {
    let found = sqlx::query(concat!("SELECT ", columns!(), " FROM article")).all(&store.readers).await?;
    let mut articles = found.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    // Sorted here: databases collate in ways of their own.
    articles.sort_by(|one, other| one.article.id.cmp(&other.article.id));
    Ok(articles)
}

pub async fn load(store: &Store, id: &str) -> Result<Option<StoredArticle>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM article WHERE id = $1"))
        .bind(columns::storable(id))
        .maybe_one(&store.readers)
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Stores `article` if the stored one is still at `article.version` (0: there is none yet).
/// The stored one gets the next version.
pub async fn save(store: &Store, article: Article, by: String, at: UnixMs) -> Result<Saved, StoreError> {
    let how = match article.status {
        ArticleStatus::Published => How::Published,
        ArticleStatus::Draft | ArticleStatus::Archived => How::Saved,
    };
    save_as(store, article, Change { how, why: String::new(), by: Some(by), at }, None).await
}

/// The same with what the history says of it. `draft`: the revision of the draft this is; it ends with it. A draft that went
/// on since stays, and so does every draft where none is named.
pub async fn save_as(store: &Store, article: Article, change: Change, draft: Option<i64>) -> Result<Saved, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let id = article.id.clone();
                match write(db, article, change).await? {
                    Some(stored) => {
                        meta::count_knowledge_change(db).await?;
                        if let Some(revision) = draft {
                            article_drafts::end(db, &id, revision).await?;
                        }
                        Ok(Outcome::Keep(Saved::Done(stored)))
                    }
                    None => Ok(Outcome::Keep(load_in(db, &id).await?.map_or(Saved::Missing, Saved::Conflict))),
                }
            })
        })
        .await
}

/// Changes the status alone, under the same lock. An editor takes an article off the shelf or brings it back
/// as a draft without touching its text.
pub async fn set_status(
    store: &Store,
    id: ArticleId,
    version: i64,
    status: ArticleStatus,
    (by, why): (String, String),
    at: UnixMs,
) -> Result<Saved, StoreError> {
    let how = match status {
        ArticleStatus::Published => How::Published,
        ArticleStatus::Draft => How::Restored,
        ArticleStatus::Archived => How::Archived,
    };
    let change = Change { how, why, by: Some(by), at };
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let stored = load_in(db, &id).await?;
                let Some(stored) = stored else { return Ok(Outcome::Keep(Saved::Missing)) };
                if stored.article.version != version {
                    return Ok(Outcome::Keep(Saved::Conflict(stored)));
                }
                match write(db, Article { status, ..stored.article }, change).await? {
                    Some(stored) => {
                        // The text is the same: what is being written starts from this version as well.
                        article_drafts::follow(db, &id, version, stored.article.version).await?;
                        meta::count_knowledge_change(db).await?;
                        Ok(Outcome::Keep(Saved::Done(stored)))
                    }
                    None => Ok(Outcome::Keep(load_in(db, &id).await?.map_or(Saved::Missing, Saved::Conflict))),
                }
            })
        })
        .await
}

/// What the bot may answer from, apart from validity dates: every article that is published for everyone, by id.
pub async fn all_published(store: &Store) -> Result<Vec<Article>, StoreError> {
    let mut articles: Vec<_> = list(store).await?.into_iter().map(|stored| stored.article).collect();
    articles
        .retain(|article| article.status == ArticleStatus::Published && article.care.audience == Audience::Everyone);
    for article in &mut articles {
        // The bot keeps these in memory, and has no use for what translations were made from.
        article.care.translated.clear();
    }
    Ok(articles)
}

/// The version of every article that is published for everyone: what changed since somebody looked, without reading it all.
pub async fn published_versions(store: &Store) -> Result<HashMap<ArticleId, i64>, StoreError> {
    // As `Care` is written; inside a text of ours the quotes would be escaped.
    let found = sqlx::query("SELECT id, version FROM article WHERE status = $1 AND care NOT LIKE $2")
        .bind(columns::to_name(&ArticleStatus::Published)?)
        .bind(format!("%\"audience\":{}%", columns::to_json(&Audience::Staff)?))
        .all(&store.readers)
        .await?;
    found.iter().map(version_of).collect()
}

/// How many articles that are not archived each category has.
pub async fn categories(store: &Store) -> Result<BTreeMap<String, i64>, StoreError> {
    let found = sqlx::query("SELECT category, count(*) AS articles FROM article WHERE status <> $1 GROUP BY category")
        .bind(columns::to_name(&ArticleStatus::Archived)?)
        .all(&store.readers)
        .await?;
    found.iter().map(|row| Ok((columns::text(row, "category")?, columns::int(row, "articles")?))).collect()
}

/// When each article was last changed.
pub async fn changed_at(store: &Store) -> Result<HashMap<ArticleId, UnixMs>, StoreError> {
    let found = sqlx::query("SELECT id, updated_at FROM article").all(&store.readers).await?;
    found.iter().map(|row| Ok((columns::text(row, "id")?, columns::int(row, "updated_at")?))).collect()
}

/// The version of every article, archived ones included.
pub async fn versions(store: &Store) -> Result<HashMap<ArticleId, i64>, StoreError> {
    let found = sqlx::query("SELECT id, version FROM article").all(&store.readers).await?;
    found.iter().map(version_of).collect()
}

fn version_of(row: &AnyRow) -> Result<(ArticleId, i64), StoreError> {
    Ok((columns::text(row, "id")?, columns::int(row, "version")?))
}

/// Grows with every change to any article or playbook file.
pub async fn changes(store: &Store) -> Result<i64, StoreError> {
    meta::load_knowledge_changes(store).await
}

/// Inserts (version 0) or compares and swaps, and writes the history. `None` if the stored article is at another version.
pub(super) async fn write(
    db: &mut AnyConnection,
    article: Article,
    change: Change,
) -> Result<Option<StoredArticle>, StoreError> {
    let query = match article.version {
        0 => sqlx::query(concat!(
            "INSERT INTO article (id, status, category, products, valid_from, valid_until, texts, version, updated_at, updated_by, care) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8 + 1, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING ",
            columns!()
        )),
        _ => sqlx::query(concat!(
            "UPDATE article SET status = $2, category = $3, products = $4, valid_from = $5, valid_until = $6, texts = $7, \
             version = version + 1, updated_at = $9, updated_by = $10, care = $11 WHERE id = $1 AND version = $8 RETURNING ",
            columns!()
        )),
    };
    let row = query
        .bind(columns::storable(&article.id))
        .bind(columns::to_name(&article.status)?)
        .bind(columns::storable(&article.category))
        .bind(columns::to_json(&article.products)?)
        .bind(article.valid_from.map(|day| day.to_string()))
        .bind(article.valid_until.map(|day| day.to_string()))
        .bind(columns::to_json(&article.texts)?)
        .bind(article.version)
        .bind(change.at)
        .bind(change.by)
        .bind(columns::to_json(&article.care)?)
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    article_versions::note(db, &article.id, change.how, &change.why).await?;
    from_row(&row).map(Some)
}

pub(super) async fn load_in(db: &mut AnyConnection, id: &str) -> Result<Option<StoredArticle>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM article WHERE id = $1"))
        .bind(columns::storable(id))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &AnyRow) -> Result<StoredArticle, StoreError> {
    Ok(StoredArticle {
        article: Article {
            id: columns::text(row, "id")?,
            status: columns::name(row, "status")?,
            category: columns::text(row, "category")?,
            products: columns::json(row, "products")?,
            valid_from: columns::maybe_name(row, "valid_from")?,
            valid_until: columns::maybe_name(row, "valid_until")?,
            texts: columns::json(row, "texts")?,
            care: columns::json(row, "care")?,
            version: columns::int(row, "version")?,
        },
        updated_at: columns::int(row, "updated_at")?,
        updated_by: columns::maybe_text(row, "updated_by")?,
    })
}
