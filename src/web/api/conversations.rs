//! The desk's lists, and scrolling back in a conversation.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde::{Deserialize, Serialize};

use super::Params;
use crate::{
    app::App,
    domain::ids::ConversationId,
    store::{
        conversations,
        desk::{self, DeskRow, DeskView},
    },
    web::{
        auth::Desk,
        error::ApiError,
        frames::{Audience, Item, visible},
    },
};

/// Entries per page.
const PAGE: i64 = 100;

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/conversations", get(list)).route("/conversations/{conv}/entries", get(entries))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum View {
    Queue,
    Mine,
    All,
    Closed,
}

#[derive(Deserialize)]
struct ListQuery {
    view: View,
}

#[derive(Serialize)]
struct Rows {
    rows: Vec<DeskRow>,
}

async fn list(
    State(app): State<Arc<App>>,
    Desk(agent): Desk,
    Params(query): Params<ListQuery>,
) -> Result<Json<Rows>, ApiError> {
    let view = match query.view {
        View::Queue => DeskView::Queue,
        View::Mine => DeskView::Mine(agent.id),
        View::All => DeskView::All,
        View::Closed => DeskView::Closed,
    };
    Ok(Json(Rows { rows: desk::rows(&app.store, &view).await? }))
}

#[derive(Deserialize)]
struct EntriesQuery {
    before: i64,
}

#[derive(Serialize)]
struct Items {
    items: Vec<Item>,
}

async fn entries(
    State(app): State<Arc<App>>,
    Desk(_): Desk,
    Path(conv): Path<String>,
    Params(query): Params<EntriesQuery>,
) -> Result<Json<Items>, ApiError> {
    let conv = ConversationId(conv);
    if conversations::load(&app.store, &conv).await?.is_none() {
        return Err(ApiError::not_found("There is no such conversation."));
    }
    let entries = conversations::entries_before(&app.store, &conv, query.before, PAGE).await?;
    Ok(Json(Items { items: visible(&entries, Audience::Agent) }))
}
