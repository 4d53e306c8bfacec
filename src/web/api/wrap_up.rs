//! What agents choose from when they wrap a conversation up, and how long they may correct themselves, as the playbook has it.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use serde::Serialize;

use crate::{
    app::App,
    domain::{UnixMs, playbook::WrapUpRules},
    web::auth::Staff,
};

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/wrap-up", get(read))
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    wrap_up: WrapUpRules,
    /// How long an agent may correct their own messages.
    edit_ms: UnixMs,
}

async fn read(State(app): State<Arc<App>>, _: Staff) -> Json<Answer> {
    let mind = app.mind();
    Json(Answer { wrap_up: mind.playbook.wrap_up.clone(), edit_ms: mind.playbook.service.edit_ms })
}
