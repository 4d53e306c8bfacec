//! The regression set over REST: questions with the answer they must keep.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use serde::Serialize;
use serde_json::Value;

use super::{Body, Params, articles::Why};
use crate::{
    app::App,
    domain::{AgentRef, KnowledgeTest, sentence::sentence},
    service::knowledge_tests::{self as service, Checked, DraftTest},
    store::knowledge_tests,
    web::{auth::Knowledge, error::ApiError},
};

/// Runs that are shown.
const SHOWN_RUNS: i64 = 20;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/knowledge-tests", get(list).post(add))
        .route("/knowledge-tests/{id}", delete(remove))
        .route("/knowledge-tests/run", post(run))
}

#[derive(Serialize)]
struct TestList {
    tests: Vec<KnowledgeTest>,
    /// What came of them at each publish, newest first.
    runs: Vec<Value>,
}

async fn list(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<TestList>, ApiError> {
    Ok(Json(TestList {
        tests: knowledge_tests::list(&app.store).await?,
        runs: service::runs(&app.store, SHOWN_RUNS).await?,
    }))
}

async fn add(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Body(draft): Body<DraftTest>,
) -> Result<(StatusCode, Json<KnowledgeTest>), ApiError> {
    let test =
        service::add(&app.store, draft, AgentRef { id: editor.id, name: editor.name }, app.clock.now_ms()).await?;
    Ok((StatusCode::CREATED, Json(test)))
}

async fn remove(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Path(id): Path<String>,
    Params(Why { why }): Params<Why>,
) -> Result<StatusCode, ApiError> {
    let by = AgentRef { id: editor.id, name: editor.name };
    match service::remove(&app.store, &id, &why, by, app.clock.now_ms()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(sentence!("There is no such test."))),
    }
}

#[derive(Serialize)]
struct RunAnswer {
    results: Vec<Checked>,
}

/// As the bot is now.
async fn run(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<RunAnswer>, ApiError> {
    let (tests, now) = (knowledge_tests::list(&app.store).await?, app.now());
    let asked = tokio::task::spawn_blocking(move || service::check(&app.mind(), &app.shop, &tests, &now));
    Ok(Json(RunAnswer { results: asked.await.map_err(|_| ApiError::broken())? }))
}
