//! What is being written over REST: drafts that save themselves, review, times, history, roll back, trials, advice, effect.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Body, Params,
    articles::{ArticleAnswer, answer, changed, permit, tested},
};
use crate::{
    app::App,
    domain::{
        Agent, AgentRef, Article, ArticleDraft, ArticleText, Fields, Lang, UnixMs, agent::Permission,
        article::ArticleId, sentence::sentence,
    },
    service::{
        self,
        advice::{self, Advice},
        articles::{self, DraftArticle, check_article},
        drafts::{self, Act},
        effects::{self, EditEffect},
        knowledge_tests::Run,
        topics::{self, Topic},
        trial::{self, Supposed, Trial},
    },
    store::{
        article_drafts::{self, DraftSaved},
        article_effects::{self, ArticleEffect},
        article_versions::{self, VersionRow},
        articles::load,
        category_rights::{self, CategoryRight},
        knowledge_tests,
    },
    web::{
        auth::{Admin, Knowledge, Supervisor},
        error::ApiError,
        help::preview,
    },
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/articles/{id}/draft", put(keep).post(act).delete(discard))
        .route("/articles/{id}/versions", get(versions))
        .route("/articles/{id}/versions/{version}", get(version))
        .route("/articles/{id}/roll-back", post(roll_back))
        .route("/articles/{id}/page/{lang}", get(preview::show))
        .route("/articles/{id}/trial", post(try_out))
        .route("/articles/{id}/advice", post(advise))
        .route("/articles/{id}/effect", get(effect))
        .route("/studio", get(studio).put(set_studio))
        .route("/studio/rights", put(set_right))
        .route("/studio/categories", get(categories).put(order_categories))
        .route("/studio/categories/{id}", put(name_category).delete(remove_category))
        .route("/studio/effects", get(all_effects))
        .route("/studio/edits", get(edits))
}

#[derive(Deserialize)]
struct Typed {
    /// The version of the article it started from; 0: there is none.
    version: i64,
    /// The revision of the draft it goes on from; 0: there was none.
    revision: i64,
    #[serde(flatten)]
    fields: Fields,
}

async fn keep(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Body(Typed { version, revision, fields }): Body<Typed>,
) -> Result<Json<ArticleDraft>, ApiError> {
    permit_writing(&app, &editor, &id, Some(&fields.category)).await?;
    let now = app.clock.now_ms();
    told(drafts::keep(&app.store, &id, (version, revision), fields, &editor.name, now).await?)
}

/// What is done with a draft besides typing.
#[derive(Deserialize)]
struct Wish {
    revision: i64,
    act: ActName,
    /// For `schedule`: when.
    at: Option<UnixMs>,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum ActName {
    Submit,
    SendBack,
    Schedule,
    Unschedule,
}

async fn act(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Body(wish): Body<Wish>,
) -> Result<Json<Moved>, ApiError> {
    let draft = article_drafts::load(&app.store, &id).await?.ok_or_else(no_such_draft)?;
    let act = match (wish.act, wish.at) {
        (ActName::Submit, _) => Act::Submit,
        (ActName::SendBack, _) => Act::SendBack,
        (ActName::Unschedule, _) => Act::Unschedule,
        (ActName::Schedule, Some(at)) => Act::Schedule { at },
        (ActName::Schedule, None) => return Err(ApiError::bad_request(sentence!("A schedule needs its time: at."))),
    };
    let by_now = (editor.name.as_str(), app.clock.now_ms());
    let tests = match act {
        Act::Schedule { .. } => {
            permit_publishing(&app, &editor, &id, &draft.fields.category).await?;
            let article = check_article(&id, DraftArticle::of(draft.fields, draft.version, true))?;
            tested(&app, Supposed::Articles(vec![article]), &id, &editor.name).await?
        }
        _ => {
            permit_writing(&app, &editor, &id, Some(&draft.fields.category)).await?;
            None
        }
    };
    let Json(draft) = told(drafts::act(&app.store, &id, wish.revision, act, &wish.why, by_now).await?)?;
    Ok(Json(Moved { draft, tests }))
}

#[derive(Serialize)]
struct Moved {
    #[serde(flatten)]
    draft: ArticleDraft,
    /// What came of the regression set, for `schedule`; it is asked once more when the time has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<Run>,
}

#[derive(Deserialize)]
struct Revision {
    revision: i64,
}

async fn discard(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Params(Revision { revision }): Params<Revision>,
) -> Result<Json<ArticleDraft>, ApiError> {
    permit_writing(&app, &editor, &id, None).await?;
    told(article_drafts::discard(&app.store, &id, revision).await?)
}

#[derive(Serialize)]
struct History {
    versions: Vec<ToldVersion>,
}

#[derive(Serialize)]
struct ToldVersion {
    #[serde(flatten)]
    row: VersionRow,
    /// Questions of the regression set that its publish broke.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    broken: Vec<String>,
}

async fn versions(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Path(id): Path<String>,
) -> Result<Json<History>, ApiError> {
    let mut broken = service::knowledge_tests::broken_by(&app.store, &id).await?;
    let rows = article_versions::list(&app.store, &id).await?.into_iter();
    let told = rows.map(|row| ToldVersion { broken: broken.remove(&row.version).unwrap_or_default(), row });
    Ok(Json(History { versions: told.collect() }))
}

async fn version(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Path((id, version)): Path<(String, i64)>,
) -> Result<Json<Article>, ApiError> {
    let found = article_versions::load(&app.store, &id, version).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found(sentence!("There is no such version of this article.")))
}

#[derive(Deserialize)]
struct RollBack {
    /// The version whose text is wanted again.
    to: i64,
    /// The version that is in force.
    version: i64,
    #[serde(default)]
    why: String,
}

async fn roll_back(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Body(wish): Body<RollBack>,
) -> Result<Json<ArticleAnswer>, ApiError> {
    let wanted = article_versions::load(&app.store, &id, wish.to).await?;
    let wanted = wanted.ok_or_else(|| ApiError::not_found(sentence!("There is no such version of this article.")))?;
    permit_publishing(&app, &editor, &id, &wanted.category).await?;
    // A draft of before may have been unfinished.
    let fields = Fields::of(wanted.clone());
    let article = check_article(&id, DraftArticle::of(fields, wish.version, true))?;
    let run = tested(&app, Supposed::Articles(vec![article]), &id, &editor.name).await?;
    let (to_from, now) = ((wish.to, wish.version), app.clock.now_ms());
    answer(&app, articles::roll_back(&app.store, &id, to_from, &wish.why, &editor.name, now).await?, run).await
}

#[derive(Deserialize)]
struct TrialWish {
    #[serde(flatten)]
    fields: Fields,
    /// Real questions that are asked at most.
    #[serde(default = "all_questions")]
    most: usize,
}

fn all_questions() -> usize {
    trial::MOST_QUESTIONS
}

/// What publishing these fields would do.
async fn try_out(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Body(TrialWish { fields, most }): Body<TrialWish>,
) -> Result<Json<Trial>, ApiError> {
    let article = check_article(&id, DraftArticle::of(fields, 0, true))?;
    Ok(Json(trial::run(&app, Supposed::Articles(vec![article]), most, &id, &editor.name).await?))
}

#[derive(Deserialize)]
struct AdviceWish {
    lang: Lang,
    #[serde(flatten)]
    text: ArticleText,
}

#[derive(Serialize)]
struct AdviceAnswer {
    advice: Vec<Advice>,
}

async fn advise(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Path(id): Path<String>,
    Body(AdviceWish { lang, text }): Body<AdviceWish>,
) -> Result<Json<AdviceAnswer>, ApiError> {
    if text.questions.len() > MOST_ADVISED || text.questions.iter().any(|question| question.len() > 2_000) {
        return Err(ApiError::bad_request(sentence!("That is more than an article may have.")));
    }
    let mind = app.mind();
    let asked = tokio::task::spawn_blocking(move || advice::advise(&mind, &id, lang, &text));
    let advice = asked.await.map_err(|_| ApiError::broken())?;
    Ok(Json(AdviceAnswer { advice }))
}

/// As many as an article may have.
const MOST_ADVISED: usize = 100;

#[derive(Deserialize)]
struct Stretch {
    #[serde(default = "month")]
    days: i64,
}

fn month() -> i64 {
    30
}

#[derive(Serialize)]
struct EffectAnswer {
    days: i64,
    effect: ArticleEffect,
    edits: Vec<EditEffect>,
}

async fn effect(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Path(id): Path<String>,
    Params(Stretch { days }): Params<Stretch>,
) -> Result<Json<EffectAnswer>, ApiError> {
    let (days, now) = (days.clamp(1, 730), app.now());
    Ok(Json(EffectAnswer {
        days,
        effect: effects::of_one(&app.store, effects::last_days(days, &now), &id).await?,
        edits: effects::of_edits(&app.store, Some(&id), &now).await?,
    }))
}

#[derive(Serialize)]
struct EffectsAnswer {
    days: i64,
    effects: Vec<ArticleEffect>,
    titles: BTreeMap<ArticleId, BTreeMap<Lang, String>>,
}

async fn all_effects(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Params(Stretch { days }): Params<Stretch>,
) -> Result<Json<EffectsAnswer>, ApiError> {
    let days = days.clamp(1, 730);
    let effects = article_effects::between(&app.store, effects::last_days(days, &app.now()), None).await?;
    let shelf = &app.mind().shelf;
    let titles = effects.iter().filter_map(|one| {
        let texts = &shelf.get(&one.article)?.texts.0;
        Some((one.article.clone(), texts.iter().map(|(lang, text)| (*lang, text.title.clone())).collect()))
    });
    Ok(Json(EffectsAnswer { days, titles: titles.collect(), effects }))
}

#[derive(Serialize)]
struct EditsAnswer {
    edits: Vec<EditEffect>,
}

async fn edits(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<EditsAnswer>, ApiError> {
    Ok(Json(EditsAnswer { edits: effects::of_edits(&app.store, None, &app.now()).await? }))
}

/// How this shop's studio works.
#[derive(Serialize)]
struct Studio {
    refuses_broken_tests: bool,
    rights: Vec<CategoryRight>,
}

async fn studio(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<Studio>, ApiError> {
    Ok(Json(Studio {
        refuses_broken_tests: knowledge_tests::refuses_broken(&app.store).await?,
        rights: category_rights::list(&app.store).await?,
    }))
}

#[derive(Deserialize)]
struct StudioWish {
    refuses_broken_tests: bool,
    #[serde(default)]
    why: String,
}

async fn set_studio(
    State(app): State<Arc<App>>,
    Supervisor(by): Supervisor,
    Body(StudioWish { refuses_broken_tests, why }): Body<StudioWish>,
) -> Result<StatusCode, ApiError> {
    let by = AgentRef { id: by.id, name: by.name };
    service::knowledge_tests::set_refusal(&app.store, refuses_broken_tests, &why, by, app.clock.now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn set_right(
    State(app): State<Arc<App>>,
    Supervisor(by): Supervisor,
    Body(right): Body<CategoryRight>,
) -> Result<StatusCode, ApiError> {
    if right.category.trim().is_empty() || right.category.chars().count() > 60 {
        return Err(ApiError::bad_request(sentence!("A category has 1 to 60 characters.")));
    }
    let by = AgentRef { id: by.id, name: by.name };
    category_rights::set(&app.store, right, by, app.clock.now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct Categories {
    categories: Vec<Topic>,
}

async fn categories(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<Categories>, ApiError> {
    Ok(Json(Categories { categories: topics::list(&app).await? }))
}

#[derive(Deserialize)]
struct CategoryOrder {
    order: Vec<String>,
}

async fn order_categories(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Body(CategoryOrder { order }): Body<CategoryOrder>,
) -> Result<StatusCode, ApiError> {
    topics::reorder(&app, &admin, &order).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct CategoryNames {
    names: BTreeMap<Lang, String>,
}

async fn name_category(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(id): Path<String>,
    Body(CategoryNames { names }): Body<CategoryNames>,
) -> Result<StatusCode, ApiError> {
    topics::change(&app, &admin, &id, Some(&names)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_category(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    topics::change(&app, &admin, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn permit_writing(app: &App, editor: &Agent, id: &str, category: Option<&str>) -> Result<(), ApiError> {
    let stored = load(&app.store, id).await?.map(|stored| stored.article.category);
    // What is there already may be another team's, too.
    let written = article_drafts::load(&app.store, id).await?.map(|draft| draft.fields.category);
    permit(app, editor, Permission::Knowledge, [category, stored.as_deref(), written.as_deref()]).await
}

async fn permit_publishing(app: &App, editor: &Agent, id: &str, category: &str) -> Result<(), ApiError> {
    let stored = load(&app.store, id).await?.map(|stored| stored.article.category);
    permit(app, editor, Permission::Publish, [Some(category), stored.as_deref()]).await
}

fn told(saved: DraftSaved) -> Result<Json<ArticleDraft>, ApiError> {
    match saved {
        DraftSaved::Done(draft) => Ok(Json(draft)),
        DraftSaved::Conflict(current) => Err(overtaken(current)),
        DraftSaved::Overtaken(current) => Err(changed(current)),
        DraftSaved::Missing => Err(no_such_draft()),
    }
}

/// Somebody else has written on: what they have is part of the answer.
pub(super) fn overtaken(current: ArticleDraft) -> ApiError {
    let who = &current.updated_by;
    let message = sentence!("{who} has written on in the meantime. Nothing of yours was saved yet.", who);
    ApiError::conflict(message).with("current_draft", json!(current))
}

fn no_such_draft() -> ApiError {
    ApiError::not_found(sentence!("Nothing is being written of this article."))
}
