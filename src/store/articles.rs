//! Articles, with optimistic locking and a counter that tells readers when the shelf changed.

use sqlx::{AnyConnection, any::AnyRow};

use super::{Store, StoreError, columns, meta, readers::Read, writer::Outcome};
use crate::domain::{
    Article, UnixMs,
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
        "id, status, category, products, valid_from, valid_until, texts, version, updated_at, updated_by"
    };
}

/// Writes all of them, in one transaction. Equal ones are left alone; others get the next version.
/// Answers how many were added or changed.
pub async fn import(store: &Store, articles: Vec<Article>, at: UnixMs) -> Result<usize, StoreError> {
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                let mut changed = 0;
                for mut article in articles {
                    let version = match load_in(db, &article.id).await? {
                        Some(stored) => {
                            article.version = stored.article.version;
                            if stored.article == article {
                                continue;
                            }
                            stored.article.version
                        }
                        None => 0,
                    };
                    article.version = version;
                    if write(db, article, None, at).await?.is_some() {
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
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let id = article.id.clone();
                match write(db, article, Some(by), at).await? {
                    Some(stored) => {
                        meta::count_knowledge_change(db).await?;
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
    by: String,
    at: UnixMs,
) -> Result<Saved, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let row = sqlx::query(concat!(
                    "UPDATE article SET status = $3, version = version + 1, updated_at = $4, updated_by = $5 \
                     WHERE id = $1 AND version = $2 RETURNING ",
                    columns!()
                ))
                .bind(id.clone())
                .bind(version)
                .bind(columns::to_name(&status)?)
                .bind(at)
                .bind(by)
                .fetch_optional(&mut *db)
                .await?;
                match row {
                    Some(row) => {
                        meta::count_knowledge_change(db).await?;
                        Ok(Outcome::Keep(Saved::Done(from_row(&row)?)))
                    }
                    None => Ok(Outcome::Keep(load_in(db, &id).await?.map_or(Saved::Missing, Saved::Conflict))),
                }
            })
        })
        .await
}

/// What the bot may answer from, apart from validity dates: every published article, by id.
pub async fn all_published(store: &Store) -> Result<Vec<Article>, StoreError> {
    let mut articles: Vec<_> = list(store).await?.into_iter().map(|stored| stored.article).collect();
    articles.retain(|article| article.status == ArticleStatus::Published);
    Ok(articles)
}

/// Grows with every change to any article or playbook file.
pub async fn changes(store: &Store) -> Result<i64, StoreError> {
    meta::load_knowledge_changes(store).await
}

/// Inserts (version 0) or compares and swaps. `None` if the stored article is at another version.
async fn write(
    db: &mut AnyConnection,
    article: Article,
    by: Option<String>,
    at: UnixMs,
) -> Result<Option<StoredArticle>, StoreError> {
    let query = match article.version {
        0 => sqlx::query(concat!(
            "INSERT INTO article (id, status, category, products, valid_from, valid_until, texts, version, updated_at, updated_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8 + 1, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING ",
            columns!()
        )),
        _ => sqlx::query(concat!(
            "UPDATE article SET status = $2, category = $3, products = $4, valid_from = $5, valid_until = $6, texts = $7, \
             version = version + 1, updated_at = $9, updated_by = $10 WHERE id = $1 AND version = $8 RETURNING ",
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
        .bind(at)
        .bind(by)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(from_row).transpose()
}

async fn load_in(db: &mut AnyConnection, id: &str) -> Result<Option<StoredArticle>, StoreError> {
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
            version: columns::int(row, "version")?,
        },
        updated_at: columns::int(row, "updated_at")?,
        updated_by: columns::maybe_text(row, "updated_by")?,
    })
}
