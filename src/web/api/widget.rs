//! What the chat page asks before it opens its socket.

use std::sync::Arc;

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use super::{Body, Params};
use crate::{
    app::App,
    domain::{
        Lang,
        ids::ConversationId,
        sentence::{Sentence, sentence},
    },
    service::{conversations, visitors},
    web::{auth::ClientNetwork, error::ApiError, limits::Limit},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/widget/config", get(config)).route("/widget/session", post(session))
}

#[derive(Deserialize)]
struct ConfigQuery {
    inbox: Option<String>,
}

#[derive(Serialize)]
struct Config {
    inbox: String,
    /// The shop's name as the playbook has it (`shop_name`).
    names: BTreeMap<Lang, String>,
    langs: [Lang; 3],
    accent: String,
    /// Pictures with one message; 0: the shop takes none.
    files: usize,
}

async fn config(State(app): State<Arc<App>>, Params(query): Params<ConfigQuery>) -> Result<Json<Config>, ApiError> {
    let inbox =
        app.inbox(query.inbox.as_deref()).ok_or_else(|| ApiError::not_found(sentence!("There is no such inbox.")))?;
    Ok(Json(Config {
        inbox: inbox.id.to_string(),
        names: app.mind().playbook.texts("shop_name"),
        langs: Lang::ALL,
        accent: inbox.accent,
        files: app.mind().playbook.service.files.per_message,
    }))
}

#[derive(Deserialize)]
struct SessionRequest {
    inbox: String,
    lang: String,
    token: Option<String>,
}

#[derive(Serialize)]
struct SessionAnswer {
    token: String,
    conv: ConversationId,
}

/// Keeps a token that is still good; else there is a new visitor with a new conversation.
async fn session(
    State(app): State<Arc<App>>,
    ClientNetwork(network): ClientNetwork,
    Body(request): Body<SessionRequest>,
) -> Result<Json<SessionAnswer>, ApiError> {
    app.limits.check(Limit::WidgetSessions, &network).map_err(ApiError::rate_limited)?;
    let inbox =
        app.inbox(Some(&request.inbox)).ok_or_else(|| ApiError::not_found(sentence!("There is no such inbox.")))?.id;
    let lang: Lang = request.lang.parse().map_err(|error: String| ApiError::bad_request(Sentence::english(error)))?;
    let welcomed = visitors::welcome(&app.store, &inbox, request.token.as_deref(), app.clock.now_ms()).await?;
    let conversation = conversations::open(&app, &inbox, &welcomed.visitor.contact, &network, lang).await?;
    Ok(Json(SessionAnswer { token: welcomed.token, conv: conversation.id }))
}
