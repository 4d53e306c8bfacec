//! What a load balancer asks: is the process alive, may it get traffic.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};

use crate::app::App;

pub async fn alive() -> &'static str {
    "alive\n"
}

/// Ready while the database answers and the server is not going down.
pub async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if app.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "going down\n");
    }
    match app.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
