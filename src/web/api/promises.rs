//! What the agent who asks has promised and not kept yet.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get},
};
use serde::Serialize;

use crate::{
    app::App,
    domain::{agent::Permission, sentence::sentence},
    store::promises::{self, OpenPromise},
    web::{auth::Desk, error::ApiError},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/promises", get(list)).route("/promises/{id}", delete(dismiss))
}

#[derive(Serialize)]
struct Promises {
    /// The first due first.
    promises: Vec<OpenPromise>,
}

async fn list(State(app): State<Arc<App>>, Desk(agent): Desk) -> Result<Json<Promises>, ApiError> {
    Ok(Json(Promises { promises: promises::open_of(&app.store, &agent.id).await? }))
}

async fn dismiss(
    State(app): State<Arc<App>>,
    Desk(agent): Desk,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let whose = (!agent.role.may(Permission::Supervise)).then_some(&agent.id);
    match promises::dismiss(&app.store, &id, whose, app.clock.now_ms()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found(sentence!("There is no such promise of yours."))),
    }
}
