//! Drafts of articles: one per article, saved as it is typed, so that another machine or another editor goes on with it.

use sqlx::{AnyConnection, any::AnyRow};

use super::{
    Store, StoreError,
    article_versions::How,
    articles::{self, Change, StoredArticle},
    columns, dialect, meta,
    readers::Read,
    writer::Outcome,
};
use crate::domain::{
    ArticleDraft, Stage, UnixMs,
    article::{ArticleId, ArticleStatus},
};

/// What became of a change to a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftSaved {
    Done(ArticleDraft),
    /// Somebody changed it since. Nothing was written.
    Conflict(ArticleDraft),
    /// The article is at another version than a new draft begins with, or what the draft has become. Nothing was written.
    Overtaken(StoredArticle),
    /// There is neither draft nor article (any more). Nothing was written.
    Missing,
}

/// What became of publishing a draft whose time has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Due {
    Published(StoredArticle),
    /// Its article was changed after it was scheduled: it is written on, its time is gone.
    Overtaken(ArticleId),
    /// It is not due any more, or another node has it.
    Nothing,
}

macro_rules! columns {
    () => {
        "article, version, revision, stage, publish_at, why, fields, updated_at, updated_by"
    };
}

macro_rules! due {
    ($lock:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM article_draft WHERE publish_at <= $1 AND article = $2 AND revision = $3",
            $lock
        )
    };
}

/// By article.
pub async fn list(store: &Store) -> Result<Vec<ArticleDraft>, StoreError> {
    let found = sqlx::query(concat!("SELECT ", columns!(), " FROM article_draft")).all(&store.readers).await?;
    let mut drafts = found.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    drafts.sort_by(|one, other| one.article.cmp(&other.article));
    Ok(drafts)
}

pub async fn load(store: &Store, article: &str) -> Result<Option<ArticleDraft>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM article_draft WHERE article = $1"))
        .bind(columns::storable(article))
        .maybe_one(&store.readers)
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Stores it if the stored one is still at `draft.revision`. 0: there is none yet, and its article is at `draft.version`, 0
/// where there is no article. It gets the next revision.
pub async fn save(store: &Store, draft: ArticleDraft) -> Result<DraftSaved, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let article = articles::load_in(db, &draft.article).await?;
                let is_late = draft.revision == 0
                    && article.as_ref().map_or(0, |stored| stored.article.version) != draft.version;
                let query = match draft.revision {
                    0 => sqlx::query(concat!(
                        "INSERT INTO article_draft (article, version, revision, stage, publish_at, why, fields, updated_at, updated_by) \
                         VALUES ($1, $2, $3 + 1, $4, $5, $6, $7, $8, $9) ON CONFLICT (article) DO NOTHING RETURNING ",
                        columns!()
                    )),
                    _ => sqlx::query(concat!(
                        "UPDATE article_draft SET version = $2, revision = revision + 1, stage = $4, publish_at = $5, why = $6, \
                         fields = $7, updated_at = $8, updated_by = $9 WHERE article = $1 AND revision = $3 RETURNING ",
                        columns!()
                    )),
                };
                let query = query
                    .bind(columns::storable(&draft.article))
                    .bind(draft.version)
                    .bind(draft.revision)
                    .bind(columns::to_name(&draft.stage)?)
                    .bind(draft.publish_at)
                    .bind(columns::storable(&draft.why))
                    .bind(columns::to_json(&draft.fields)?)
                    .bind(draft.updated_at)
                    .bind(columns::storable(&draft.updated_by));
                let row = if is_late { None } else { query.fetch_optional(&mut *db).await? };
                Ok(Outcome::Keep(match (row, load_in(db, &draft.article).await?, article) {
                    (Some(row), ..) => DraftSaved::Done(from_row(&row)?),
                    (None, Some(draft), _) => DraftSaved::Conflict(draft),
                    (None, None, Some(article)) => DraftSaved::Overtaken(article),
                    (None, None, None) => DraftSaved::Missing,
                }))
            })
        })
        .await
}

/// Throws it away, if it is still at that revision.
pub async fn discard(store: &Store, article: &str, revision: i64) -> Result<DraftSaved, StoreError> {
    let article = article.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let before = load_in(db, &article).await?;
                Ok(Outcome::Keep(match before {
                    Some(draft) if end(db, &article, revision).await? => DraftSaved::Done(draft),
                    Some(draft) => DraftSaved::Conflict(draft),
                    None => DraftSaved::Missing,
                }))
            })
        })
        .await
}

/// The draft whose time came first.
pub async fn due(store: &Store, now: UnixMs) -> Result<Option<ArticleDraft>, StoreError> {
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM article_draft WHERE publish_at <= $1 ORDER BY publish_at, article LIMIT 1"
    ))
    .bind(now)
    .maybe_one(&store.readers)
    .await?;
    row.as_ref().map(from_row).transpose()
}

/// Publishes a draft whose time has come, as it was at that revision: article, history and the draft's end are one
/// transaction, once, on whichever node.
pub async fn publish_due(store: &Store, article: &str, revision: i64, now: UnixMs) -> Result<Due, StoreError> {
    let article = article.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let locks = dialect::is_postgres(db);
                let row = sqlx::query(if locks { due!(" FOR UPDATE SKIP LOCKED") } else { due!("") })
                    .bind(now)
                    .bind(columns::storable(&article))
                    .bind(revision)
                    .fetch_optional(&mut *db)
                    .await?;
                let Some(draft) = row.as_ref().map(from_row).transpose()? else {
                    return Ok(Outcome::Keep(Due::Nothing));
                };
                let id = draft.article.clone();
                let change =
                    Change { how: How::Scheduled, why: draft.why, by: Some(draft.updated_by), at: now };
                let article = draft.fields.into_article(id.clone(), ArticleStatus::Published, draft.version);
                if let Some(stored) = articles::write(db, article, change).await? {
                    end(db, &id, draft.revision).await?;
                    meta::count_knowledge_change(db).await?;
                    return Ok(Outcome::Keep(Due::Published(stored)));
                }
                sqlx::query(
                    "UPDATE article_draft SET publish_at = NULL, stage = $2, revision = revision + 1 WHERE article = $1",
                )
                .bind(columns::storable(&id))
                .bind(columns::to_name(&Stage::Writing)?)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(Due::Overtaken(id)))
            })
        })
        .await
}

/// Holds it back until later, as it was at that revision: what is due cannot be tried now. Nobody wrote in it, so it keeps its
/// revision, and whoever has it open goes on.
pub async fn put_off(store: &Store, article: &str, revision: i64, until: UnixMs) -> Result<(), StoreError> {
    let article = article.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "UPDATE article_draft SET stage = $3, publish_at = $4 \
                     WHERE article = $1 AND revision = $2 AND publish_at IS NOT NULL",
                )
                .bind(columns::storable(&article))
                .bind(revision)
                .bind(columns::to_name(&Stage::Held)?)
                .bind(until)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// With the version it has become. False if it went on since.
pub(super) async fn end(db: &mut AnyConnection, article: &str, revision: i64) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM article_draft WHERE article = $1 AND revision = $2")
        .bind(columns::storable(article))
        .bind(revision)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// With a version that changed nothing of the text. A time that was set for the old one is gone.
pub(super) async fn follow(db: &mut AnyConnection, article: &str, from: i64, to: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE article_draft SET version = $3, publish_at = NULL, stage = CASE WHEN publish_at IS NULL THEN stage ELSE 'writing' END \
         WHERE article = $1 AND version = $2",
    )
    .bind(columns::storable(article))
    .bind(from)
    .bind(to)
    .execute(db)
    .await?;
    Ok(())
}

async fn load_in(db: &mut AnyConnection, article: &str) -> Result<Option<ArticleDraft>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM article_draft WHERE article = $1"))
        .bind(columns::storable(article))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &AnyRow) -> Result<ArticleDraft, StoreError> {
    Ok(ArticleDraft {
        article: columns::text(row, "article")?,
        version: columns::int(row, "version")?,
        revision: columns::int(row, "revision")?,
        stage: columns::name(row, "stage")?,
        publish_at: columns::maybe_int(row, "publish_at")?,
        why: columns::text(row, "why")?,
        fields: columns::json(row, "fields")?,
        updated_at: columns::int(row, "updated_at")?,
        updated_by: columns::text(row, "updated_by")?,
    })
}
