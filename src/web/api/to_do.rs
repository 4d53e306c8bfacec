//! What waits for an agent besides answering: notes that name them, shoppers who want to be called back.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::Serialize;

use super::{seen, turns::take_turn};
use crate::{
    app::App,
    dialogue::AgentAct,
    domain::ids::ConversationId,
    store::{
        call_backs::{self, CallBack},
        mentions::{self, Mention},
    },
    web::{
        auth::{Desk, Onlooker},
        error::ApiError,
    },
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/mentions", get(unread))
        .route("/mentions/{conv}/read", post(read))
        .route("/call-backs", get(open))
        .route("/call-backs/{conv}/done", post(done))
}

#[derive(Serialize)]
struct Mentions {
    mentions: Vec<Mention>,
}

async fn unread(State(app): State<Arc<App>>, Desk(agent): Desk) -> Result<Json<Mentions>, ApiError> {
    Ok(Json(Mentions { mentions: mentions::unread(&app.store, &agent.id).await? }))
}

async fn read(
    State(app): State<Arc<App>>,
    Desk(agent): Desk,
    Path(conv): Path<String>,
) -> Result<StatusCode, ApiError> {
    mentions::read(&app.store, &agent.id, &ConversationId(conv), app.clock.now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct CallBacks {
    call_backs: Vec<CallBack>,
}

async fn open(State(app): State<Arc<App>>, Onlooker(viewer): Onlooker) -> Result<Json<CallBacks>, ApiError> {
    let mut call_backs = call_backs::open_for(&app.store, &viewer.agent.id).await?;
    call_backs.retain(|call| viewer.may_see(call.team.as_ref(), call.assignee.as_ref()));
    Ok(Json(CallBacks { call_backs }))
}

async fn done(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path(conv): Path<String>,
) -> Result<StatusCode, ApiError> {
    let conv = ConversationId(conv);
    seen(&app, &viewer, &conv).await?;
    take_turn(&app, viewer.agent, &conv, AgentAct::CalledBack).await
}
