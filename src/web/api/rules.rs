//! The rules and what they tell, over REST: for who supervises.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Body;
use crate::{
    app::App,
    bus::Event,
    domain::{AgentRef, ids::ConversationId, sentence::sentence},
    service::rules::{self, RulesError, RulesFile, Saved, Tried},
    store::notices::{self, Notice},
    web::{auth::Supervisor, error::ApiError},
};

const MOST_DAYS: i64 = 365;
const MAX_BYTES: usize = 64 * 1024;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/rules", get(load).put(save))
        .route("/rules/try", post(try_out))
        .route("/notices", get(open))
        .route("/notices/{conv}", delete(end))
}

async fn load(State(app): State<Arc<App>>, Supervisor(_): Supervisor) -> Result<Json<RulesFile>, ApiError> {
    Ok(Json(rules::load(&app.store).await?))
}

#[derive(Deserialize)]
struct Draft {
    /// The version it was started from.
    version: String,
    text: String,
}

async fn save(
    State(app): State<Arc<App>>,
    Supervisor(supervisor): Supervisor,
    Body(draft): Body<Draft>,
) -> Result<Json<RulesFile>, ApiError> {
    check_size(&draft.text)?;
    let by = AgentRef { id: supervisor.id, name: supervisor.name };
    match rules::save(&app.store, &draft.version, &draft.text, by, app.clock.now_ms()).await? {
        Saved::Done(file) => {
            app.bus.publish(&Event::KnowledgeChanged);
            Ok(Json(file))
        }
        Saved::Conflict(current) => {
            let message =
                sentence!("The rules were changed by somebody in the meantime. Nothing of yours was saved yet.");
            Err(ApiError::conflict(message).with("current", json!(current)))
        }
    }
}

#[derive(Deserialize)]
struct Wanted {
    text: String,
    days: i64,
}

async fn try_out(
    State(app): State<Arc<App>>,
    Supervisor(_): Supervisor,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Tried>, ApiError> {
    check_size(&wanted.text)?;
    if !(1..=MOST_DAYS).contains(&wanted.days) {
        return Err(ApiError::bad_request(sentence!("`days` is 1 to {most}.", most = MOST_DAYS)));
    }
    Ok(Json(rules::try_here(&app, &wanted.text, wanted.days).await?))
}

fn check_size(text: &str) -> Result<(), ApiError> {
    if text.len() > MAX_BYTES {
        return Err(ApiError::bad_request(sentence!("The rules have at most {most} bytes.", most = MAX_BYTES)));
    }
    Ok(())
}

#[derive(Serialize)]
struct Notices {
    notices: Vec<Notice>,
}

async fn open(State(app): State<Arc<App>>, Supervisor(_): Supervisor) -> Result<Json<Notices>, ApiError> {
    Ok(Json(Notices { notices: notices::open(&app.store).await? }))
}

async fn end(
    State(app): State<Arc<App>>,
    Supervisor(agent): Supervisor,
    Path(conv): Path<String>,
) -> Result<StatusCode, ApiError> {
    match notices::end(&app.store, &ConversationId(conv), &agent.id, app.clock.now_ms()).await? {
        0 => Err(ApiError::not_found(sentence!("There is no open notice of this conversation."))),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

impl From<RulesError> for ApiError {
    fn from(error: RulesError) -> Self {
        match error {
            RulesError::Store(error) => error.into(),
            RulesError::Wrong(mistake) => {
                let mut told = json!(mistake);
                told["field"] = json!(mistake.path);
                ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", mistake.sentence())
                    .with("problems", json!([told]))
            }
        }
    }
}
