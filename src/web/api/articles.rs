//! The knowledge base over REST: list, read, save, publish, archive, restore, preview. What is being written is in
//! `studio.rs`.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Body, Params};
use crate::{
    app::App,
    bus::Event,
    domain::{
        Agent, Article, ArticleDraft, Lang, UnixMs, agent::Permission, article::ArticleStatus, sentence::sentence,
    },
    service::{
        articles::{self, DraftArticle, SaveError, check_article, unborn},
        catalogue::{Filter, Found},
        knowledge, knowledge_tests,
        knowledge_tests::Run,
        markdown,
        rights::Rights,
        self_test::{self, SelfTest},
        trial::{self, Supposed},
    },
    store::{
        self, article_drafts,
        articles::{Saved, StoredArticle, load},
    },
    web::{auth::Knowledge, error::ApiError},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/articles", get(list).post(create))
        .route("/articles/{id}", get(read).put(save).delete(archive))
        .route("/articles/{id}/restore", post(restore))
        .route("/preview", post(preview))
        .route("/self-test", get(self_test))
}

/// An article as the editor gets it: `domain::Article` and who touched it last.
#[derive(Serialize)]
pub(super) struct ArticleAnswer {
    #[serde(flatten)]
    article: Article,
    updated_at: UnixMs,
    updated_by: Option<String>,
    /// Languages whose source has changed since they were made from it.
    stale: Vec<Lang>,
    /// What came of the regression set at this publish; absent where nothing was published or there are no tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<Run>,
}

/// An article that is opened, with what is being written of it and what its reader may do with it.
#[derive(Serialize)]
struct OpenArticle {
    #[serde(flatten)]
    answer: ArticleAnswer,
    draft: Option<ArticleDraft>,
    may: May,
}

#[derive(Serialize)]
struct May {
    edit: bool,
    publish: bool,
}

/// The last self-test; of a state of before while a newer one is under way.
async fn self_test(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<SelfTestAnswer>, ApiError> {
    // The node's own state: what it knows is what it tests.
    let changes = *app.known_changes.borrow();
    let last = self_test::last(&app.store).await?;
    Ok(Json(SelfTestAnswer { is_current: last.as_ref().is_some_and(|test| test.changes >= changes), last }))
}

#[derive(Serialize)]
struct SelfTestAnswer {
    is_current: bool,
    last: Option<SelfTest>,
}

async fn list(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Params(filter): Params<Filter>,
) -> Result<Json<Found>, ApiError> {
    Ok(Json(app.catalogue.find(&app.store, filter).await?))
}

async fn read(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
) -> Result<Json<OpenArticle>, ApiError> {
    let draft = article_drafts::load(&app.store, &id).await?;
    let stored = match (load(&app.store, &id).await?, &draft) {
        (Some(stored), _) => stored,
        (None, Some(draft)) => unborn(draft),
        (None, None) => return Err(no_such_article()),
    };
    let rights = Rights::of(&app.store, &editor).await?;
    let category = draft.as_ref().map_or(&stored.article.category, |draft| &draft.fields.category);
    let may = |permission| rights.may(permission, category) && rights.may(permission, &stored.article.category);
    let may = May { edit: may(Permission::Knowledge), publish: may(Permission::Publish) };
    Ok(Json(OpenArticle { answer: stored.into(), draft, may }))
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
    match keep(&app, &editor, &id, draft).await {
        Ok(article) => Ok((StatusCode::CREATED, article)),
        Err(error) if error.code == "conflict" => {
            let message = sentence!("There is an article of this id already. Nothing of yours was saved yet.");
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
    let is_new = draft.version == 0 && draft.revision.is_some();
    if draft.version == 0 && !is_new {
        return Err(ApiError::bad_request(sentence!("A change must name the version it started from.")));
    }
    keep(&app, &editor, &id, draft).await
}

/// Checks rights, form and tests, in this order, then stores.
async fn keep(app: &Arc<App>, editor: &Agent, id: &str, draft: DraftArticle) -> Result<Json<ArticleAnswer>, ApiError> {
    let stored = load(&app.store, id).await?;
    let was_published = stored.as_ref().is_some_and(|stored| stored.article.status == ArticleStatus::Published);
    let needed = if draft.publish || was_published { Permission::Publish } else { Permission::Knowledge };
    let before = stored.as_ref().map(|stored| stored.article.category.as_str());
    permit(app, editor, needed, [Some(draft.category.as_str()), before]).await?;
    if let (Some(revision), Some(current)) = (draft.revision, article_drafts::load(&app.store, id).await?)
        && current.revision != revision
    {
        return Err(super::studio::overtaken(current));
    }
    let article = check_article(id, draft.clone())?;
    let supposed = match draft.publish {
        true => Supposed::Articles(vec![article]),
        false => Supposed::Without(id.to_owned()),
    };
    let run = match draft.publish || was_published {
        true => tested(app, supposed, id, &editor.name).await?,
        false => None,
    };
    let saved = articles::save(&app.store, id, draft, &editor.name, app.clock.now_ms()).await?;
    answer(app, saved, run).await
}

/// Runs the regression set on what is about to go live.
///
/// # Errors
/// A test breaks, and this shop refuses that.
pub(super) async fn tested(app: &Arc<App>, supposed: Supposed, of: &str, by: &str) -> Result<Option<Run>, ApiError> {
    let Some(run) = trial::tests(app, supposed, of, by).await? else { return Ok(None) };
    if !run.broken.is_empty() && store::knowledge_tests::refuses_broken(&app.store).await? {
        let message =
            sentence!("Questions that must be answered rightly would not be any more. Nothing was published.");
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "tests_broken", message).with("tests", json!(run)));
    }
    Ok(Some(run))
}

/// Whether this member of staff may do it in all of these categories.
pub(super) async fn permit(
    app: &App,
    editor: &Agent,
    permission: Permission,
    categories: impl IntoIterator<Item = Option<&str>>,
) -> Result<(), ApiError> {
    let rights = Rights::of(&app.store, editor).await?;
    match categories.into_iter().flatten().find(|category| !rights.may(permission, category)) {
        None => Ok(()),
        Some(category) if permission == Permission::Publish => Err(ApiError::forbidden(sentence!(
            "Publishing in the category \"{category}\" is another team's.",
            category
        ))),
        Some(category) => {
            Err(ApiError::forbidden(sentence!("Writing in the category \"{category}\" is another team's.", category)))
        }
    }
}

#[derive(Deserialize)]
struct Version {
    version: i64,
}

/// What whoever does it says about it; for the history.
#[derive(Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    pub why: String,
}

async fn archive(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Params(Version { version }): Params<Version>,
    Params(Why { why }): Params<Why>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let stored = load(&app.store, &id).await?.ok_or_else(no_such_article)?;
    permit(&app, &editor, Permission::Publish, [Some(stored.article.category.as_str())]).await?;
    let run = match stored.article.status == ArticleStatus::Published && stored.article.version == version {
        true => tested(&app, Supposed::Without(id.clone()), &id, &editor.name).await?,
        false => None,
    };
    let saved = articles::archive(&app.store, &id, version, (&editor.name, &why), app.clock.now_ms()).await?;
    answer(&app, saved, run).await
}

async fn restore(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Params(Why { why }): Params<Why>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let stored = load(&app.store, &id).await?.ok_or_else(no_such_article)?;
    permit(&app, &editor, Permission::Knowledge, [Some(stored.article.category.as_str())]).await?;
    let saved = articles::restore(&app.store, &id, (&editor.name, &why), app.clock.now_ms()).await?;
    answer(&app, saved, None).await
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
pub(super) async fn answer(app: &App, saved: Saved, mut tests: Option<Run>) -> Result<Json<ArticleAnswer>, ApiError> {
    match saved {
        Saved::Done(stored) => {
            app.bus.publish(&Event::KnowledgeChanged);
            if let Some(run) = &mut tests {
                run.version = Some(stored.article.version);
                knowledge_tests::keep(&app.store, run).await?;
            }
            knowledge::wait_for(app).await;
            Ok(Json(ArticleAnswer { tests, ..stored.into() }))
        }
        Saved::Conflict(current) => Err(changed(current)),
        Saved::Missing => Err(no_such_article()),
    }
}

/// The article went on without whoever asks: what it says now is part of the answer.
pub(super) fn changed(current: StoredArticle) -> ApiError {
    let who = current.updated_by.as_deref().unwrap_or("somebody");
    let message = sentence!("This article was changed by {who} in the meantime. Nothing of yours was saved yet.", who);
    ApiError::conflict(message).with("current", json!(ArticleAnswer::from(current)))
}

fn no_such_article() -> ApiError {
    ApiError::not_found(sentence!("There is no article of this id."))
}

impl From<StoredArticle> for ArticleAnswer {
    fn from(StoredArticle { article, updated_at, updated_by }: StoredArticle) -> Self {
        let stale = article.stale().collect();
        ArticleAnswer { article, updated_at, updated_by, stale, tests: None }
    }
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Store(error) => error.into(),
            SaveError::Invalid(problems) => {
                ApiError::invalid(problems.iter().map(|problem| &problem.message)).with("problems", json!(problems))
            }
        }
    }
}
