//! The knowledge base over REST: list, read, save, publish, archive, restore, preview.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Body, Params};
use crate::{
    app::App,
    bus::Event,
    domain::{
        Article, Lang, UnixMs,
        article::{ArticleId, ArticleStatus},
    },
    service::{
        articles::{self, DraftArticle, Filter, SaveError},
        knowledge, markdown,
    },
    store::articles::{Saved, StoredArticle, load},
    web::{auth::Knowledge, error::ApiError},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/articles", get(list).post(create))
        .route("/articles/{id}", get(read).put(save).delete(archive))
        .route("/articles/{id}/restore", post(restore))
        .route("/preview", post(preview))
}

/// An article as the editor gets it: `domain::Article` and who touched it last.
#[derive(Serialize)]
struct ArticleAnswer {
    #[serde(flatten)]
    article: Article,
    updated_at: UnixMs,
    updated_by: Option<String>,
}

/// An article in the list: without its texts.
#[derive(Serialize)]
struct ArticleRow {
    id: ArticleId,
    status: ArticleStatus,
    category: String,
    titles: BTreeMap<Lang, String>,
    version: i64,
    valid_from: Option<Date>,
    valid_until: Option<Date>,
    updated_at: UnixMs,
    updated_by: Option<String>,
}

#[derive(Serialize)]
struct ArticleList {
    articles: Vec<ArticleRow>,
}

async fn list(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Params(filter): Params<Filter>,
) -> Result<Json<ArticleList>, ApiError> {
    let found = articles::list(&app.store, &filter).await?;
    Ok(Json(ArticleList { articles: found.into_iter().map(ArticleRow::from).collect() }))
}

async fn read(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Path(id): Path<String>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let stored = load(&app.store, &id).await?;
    stored.map(|stored| Json(stored.into())).ok_or_else(no_such_article)
}

#[derive(Deserialize)]
struct NewArticle {
    id: String,
    #[serde(flatten)]
    draft: DraftArticle,
}

async fn create(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Body(NewArticle { id, draft }): Body<NewArticle>,
) -> Result<(StatusCode, Json<ArticleAnswer>), ApiError> {
    let draft = DraftArticle { version: 0, ..draft };
    let saved = articles::save(&app.store, &id, draft, &editor.name, app.clock.now_ms()).await?;
    match answer(&app, saved).await {
        Ok(article) => Ok((StatusCode::CREATED, article)),
        Err(error) if error.code == "conflict" => {
            let message = "There is an article of this id already. Nothing of yours was saved yet.".to_owned();
            Err(ApiError { message, ..error })
        }
        Err(error) => Err(error),
    }
}

async fn save(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Body(draft): Body<DraftArticle>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    if draft.version == 0 {
        return Err(ApiError::bad_request("A change must name the version it started from."));
    }
    let saved = articles::save(&app.store, &id, draft, &editor.name, app.clock.now_ms()).await?;
    answer(&app, saved).await
}

#[derive(Deserialize)]
struct Version {
    version: i64,
}

async fn archive(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Params(Version { version }): Params<Version>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let saved = articles::archive(&app.store, &id, version, &editor.name, app.clock.now_ms()).await?;
    answer(&app, saved).await
}

async fn restore(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let saved = articles::restore(&app.store, &id, &editor.name, app.clock.now_ms()).await?;
    answer(&app, saved).await
}

#[derive(Deserialize)]
struct Preview {
    markdown: String,
}

#[derive(Serialize)]
struct Html {
    html: String,
}

async fn preview(_: Knowledge, Body(Preview { markdown }): Body<Preview>) -> Json<Html> {
    Json(Html { html: markdown::to_html(&markdown) })
}

/// What an editor is told is done, the bot of this node answers by.
async fn answer(app: &App, saved: Saved) -> Result<Json<ArticleAnswer>, ApiError> {
    match saved {
        Saved::Done(stored) => {
            app.bus.publish(&Event::KnowledgeChanged);
            knowledge::wait_for(app).await;
            Ok(Json(stored.into()))
        }
        Saved::Conflict(current) => {
            let who = current.updated_by.as_deref().unwrap_or("somebody");
            let message = format!("This article was changed by {who} in the meantime. Nothing of yours was saved yet.");
            let current = ArticleAnswer::from(current);
            Err(ApiError::conflict(message).with("current", json!(current)))
        }
        Saved::Missing => Err(no_such_article()),
    }
}

fn no_such_article() -> ApiError {
    ApiError::not_found("There is no article of this id.")
}

impl From<StoredArticle> for ArticleAnswer {
    fn from(StoredArticle { article, updated_at, updated_by }: StoredArticle) -> Self {
        ArticleAnswer { article, updated_at, updated_by }
    }
}

impl From<StoredArticle> for ArticleRow {
    fn from(StoredArticle { article, updated_at, updated_by }: StoredArticle) -> Self {
        ArticleRow {
            titles: article.texts.0.into_iter().map(|(lang, text)| (lang, text.title)).collect(),
            id: article.id,
            status: article.status,
            category: article.category,
            version: article.version,
            valid_from: article.valid_from,
            valid_until: article.valid_until,
            updated_at,
            updated_by,
        }
    }
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Store(error) => error.into(),
            SaveError::Invalid(problems) => {
                let message = problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" ");
                ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message).with("problems", json!(problems))
            }
        }
    }
}
