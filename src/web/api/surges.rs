//! Who waits with the same matter, and the switch of it.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Deserialize;

use super::Body;
use crate::{
    app::App,
    service::surges::{self, Mode, Surges},
    web::{
        auth::{Onlooker, Supervisor},
        error::ApiError,
    },
};

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/surges", get(load).put(switch))
}

async fn load(State(app): State<Arc<App>>, Onlooker(viewer): Onlooker) -> Result<Json<Surges>, ApiError> {
    Ok(Json(surges::now(&app).await?.seen_by(&viewer)))
}

#[derive(Deserialize)]
struct Switch {
    mode: Mode,
}

async fn switch(
    State(app): State<Arc<App>>,
    Supervisor(agent): Supervisor,
    Body(switch): Body<Switch>,
) -> Result<StatusCode, ApiError> {
    surges::set_mode(&app.store, switch.mode, agent.id.as_str(), app.clock.now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}
