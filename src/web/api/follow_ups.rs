//! What poor ratings ask for: a list for who supervises, and what they do about each.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use super::{Body, Params, turns::take_turn};
use crate::{
    app::App,
    dialogue::{AgentAct, FollowUpAct},
    domain::{ids::ConversationId, rating::MAX_COMMENT_CHARS, sentence::sentence},
    store::ratings::{self, FollowUpRow, FollowUpState},
    web::{auth::FollowUps, error::ApiError, frames::MAX_TEXT_CHARS},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/follow-ups", get(list))
        .route("/follow-ups/{conv}/{resolution}/take", post(take))
        .route("/follow-ups/{conv}/{resolution}/note", post(note))
        .route("/follow-ups/{conv}/{resolution}/done", post(end))
}

#[derive(Deserialize)]
struct ListQuery {
    state: FollowUpState,
}

#[derive(Serialize)]
struct List {
    follow_ups: Vec<FollowUpRow>,
}

async fn list(
    State(app): State<Arc<App>>,
    _: FollowUps,
    Params(query): Params<ListQuery>,
) -> Result<Json<List>, ApiError> {
    Ok(Json(List { follow_ups: ratings::follow_ups(&app.store, query.state).await? }))
}

async fn take(
    State(app): State<Arc<App>>,
    FollowUps(agent): FollowUps,
    Path((conv, resolution)): Path<(String, i64)>,
) -> Result<StatusCode, ApiError> {
    let act = AgentAct::FollowUp { resolution, act: FollowUpAct::Take };
    take_turn(&app, agent, &ConversationId(conv), act).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteWish {
    text: String,
}

/// It goes into the conversation, where whoever is next reads it.
async fn note(
    State(app): State<Arc<App>>,
    FollowUps(agent): FollowUps,
    Path((conv, _)): Path<(String, i64)>,
    Body(wish): Body<NoteWish>,
) -> Result<StatusCode, ApiError> {
    if wish.text.trim().is_empty() || wish.text.chars().count() > MAX_TEXT_CHARS {
        return Err(ApiError::bad_request(sentence!("A note has 1 to {most} characters.", most = MAX_TEXT_CHARS)));
    }
    take_turn(&app, agent, &ConversationId(conv), AgentAct::Note { text: wish.text, mentions: Vec::new() }).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndWish {
    /// What was done for the shopper; empty: nothing, and they are not asked again.
    #[serde(default)]
    remedy: String,
}

async fn end(
    State(app): State<Arc<App>>,
    FollowUps(agent): FollowUps,
    Path((conv, resolution)): Path<(String, i64)>,
    Body(wish): Body<EndWish>,
) -> Result<StatusCode, ApiError> {
    if wish.remedy.chars().count() > MAX_COMMENT_CHARS {
        return Err(ApiError::bad_request(sentence!(
            "A remedy is told in at most {most} characters.",
            most = MAX_COMMENT_CHARS
        )));
    }
    let act = AgentAct::FollowUp { resolution, act: FollowUpAct::End { remedy: wish.remedy } };
    take_turn(&app, agent, &ConversationId(conv), act).await
}
