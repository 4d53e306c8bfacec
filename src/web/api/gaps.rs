//! Gaps over REST: what shoppers asked in vain, and what an editor does about it.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Body, Params};
use crate::{
    app::App,
    domain::{
        agent::{Permission, may},
        ids::AgentId,
        sentence::sentence,
    },
    service::gaps::{self as service, Drafted, GapDetail, GapRow},
    store::{
        agents,
        gaps::{self, Decision},
    },
    web::{auth::Knowledge, error::ApiError},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/gaps", get(list))
        .route("/gaps/{id}", get(detail))
        .route("/gaps/{id}/assign", post(assign))
        .route("/gaps/{id}/dismiss", post(dismiss))
        .route("/gaps/{id}/reopen", post(reopen))
        .route("/gaps/{id}/merge", post(merge))
        .route("/gaps/{id}/draft", post(draft))
}

#[derive(Deserialize)]
struct Filter {
    state: Option<gaps::State>,
}

#[derive(Serialize)]
struct List {
    gaps: Vec<GapRow>,
    /// Who may be assigned one.
    editors: Vec<Value>,
}

async fn list(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Params(filter): Params<Filter>,
) -> Result<Json<List>, ApiError> {
    let state = filter.state.unwrap_or(gaps::State::Open);
    let gaps = service::list(&app.store, &app.mind().shelf, state, app.clock.now_ms()).await?;
    let editors = agents::list(&app.store).await?.into_iter().filter(|one| may(one, &[], Permission::Knowledge, None));
    Ok(Json(List { gaps, editors: editors.map(|one| json!({"id": one.id, "name": one.name})).collect() }))
}

async fn detail(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Path(id): Path<String>,
) -> Result<Json<GapDetail>, ApiError> {
    service::detail(&app.store, &app.mind(), &id).await?.map(Json).ok_or_else(no_such_gap)
}

#[derive(Deserialize)]
struct Owner {
    /// `null` takes it from whoever has it.
    agent: Option<AgentId>,
}

async fn assign(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Body(Owner { agent }): Body<Owner>,
) -> Result<StatusCode, ApiError> {
    if let Some(agent) = &agent {
        let found = agents::load(&app.store, agent).await?;
        if !found.is_some_and(|found| may(&found, &[], Permission::Knowledge, None)) {
            return Err(ApiError::bad_request(sentence!("This person does not edit articles.")));
        }
    }
    decide(&app, &id, Decision::Assign(agent), editor.name).await
}

async fn dismiss(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    decide(&app, &id, Decision::Dismiss, editor.name).await
}

async fn reopen(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    decide(&app, &id, Decision::Reopen, editor.name).await
}

async fn decide(app: &App, id: &str, decision: Decision, by: String) -> Result<StatusCode, ApiError> {
    match gaps::decide(&app.store, id, decision, by, app.clock.now_ms()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such_gap()),
    }
}

#[derive(Deserialize)]
struct Into {
    into: String,
}

async fn merge(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Body(Into { into }): Body<Into>,
) -> Result<StatusCode, ApiError> {
    match gaps::merge(&app.store, &id, &into, editor.name, app.clock.now_ms()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such_gap()),
    }
}

async fn draft(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    match service::draft(&app.store, &app.mind(), &id, &editor.name, app.clock.now_ms()).await? {
        Drafted::Article(article) => Ok(Json(json!({"article": article}))),
        Drafted::Missing => Err(no_such_gap()),
    }
}

fn no_such_gap() -> ApiError {
    ApiError::not_found(sentence!("There is no such gap; perhaps it was merged into another."))
}
