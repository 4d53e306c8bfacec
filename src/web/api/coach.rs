//! What helps an agent write: the tone coach hears a reply before it is sent, and fitting articles and phrases are offered.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use super::{Body, seen, unhurried};
use crate::{
    app::App,
    desk::tone::Finding,
    domain::{ids::ConversationId, sentence::sentence},
    service::{
        coach,
        suggestions::{self, Suggestions},
    },
    store::phrases,
    web::{auth::Onlooker, error::ApiError, frames::MAX_TEXT_CHARS},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/coach", post(hear)).route("/conversations/{conv}/suggestions", get(suggest))
}

#[derive(Deserialize)]
struct Reply {
    conv: ConversationId,
    text: String,
}

#[derive(Serialize)]
struct Heard {
    /// Null: it may go as it is.
    tone: Option<Finding>,
}

async fn hear(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Body(reply): Body<Reply>,
) -> Result<Json<Heard>, ApiError> {
    if reply.text.chars().count() > MAX_TEXT_CHARS {
        return Err(ApiError::bad_request(sentence!(
            "A message has at most {most} characters.",
            most = MAX_TEXT_CHARS
        )));
    }
    let conversation = seen(&app, &viewer, &reply.conv).await?;
    let after = coach::open_words(&app.store, &reply.conv, conversation.head).await?;
    Ok(Json(Heard { tone: coach::hear(&app.mind(), &reply.text, after.as_deref(), conversation.lang) }))
}

async fn suggest(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path(conv): Path<String>,
) -> Result<Json<Suggestions>, ApiError> {
    let conv = ConversationId(conv);
    let conversation = seen(&app, &viewer, &conv).await?;
    let Some(said) = coach::open_words(&app.store, &conv, conversation.head).await? else {
        return Ok(Json(Suggestions::default()));
    };
    let phrases = phrases::list_for(&app.store, &viewer.agent.id).await?;
    let suggest = move || suggestions::suggest(&app.mind(), &said, conversation.lang, &phrases);
    Ok(Json(unhurried(suggest).await?))
}
