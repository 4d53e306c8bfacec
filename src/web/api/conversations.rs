//! The desk's lists, and scrolling back in a conversation.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde::{Deserialize, Serialize};

use super::{Params, seen};
use crate::{
    app::App,
    domain::{UnixMs, ids::ConversationId},
    service::{
        history::{self, History},
        transcripts::{self, Search},
    },
    store::{
        conversations,
        desk::{self, DeskRow, DeskView},
        viewers,
    },
    web::{
        auth::Onlooker,
        error::ApiError,
        frames::{Audience, Item, visible},
    },
};

/// Entries per page.
const PAGE: i64 = 100;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/conversations", get(list))
        .route("/conversations/search", get(find))
        .route("/conversations/{conv}/entries", get(entries))
        .route("/conversations/{conv}/history", get(before))
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
    /// Of closed ones.
    category: Option<String>,
    tag: Option<String>,
    /// Of `all` and `closed`: the page behind the row with this `updated_at` …
    before: Option<UnixMs>,
    /// … and this id.
    after: Option<String>,
}

#[derive(Serialize)]
struct Rows {
    rows: Vec<DeskRow>,
}

async fn list(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Params(query): Params<ListQuery>,
) -> Result<Json<Rows>, ApiError> {
    if let (View::All | View::Closed, Some(updated_at), Some(id)) = (&query.view, query.before, query.after) {
        let are_closed = matches!(query.view, View::Closed);
        let mut rows = desk::rows_behind(&app.store, are_closed, updated_at, &ConversationId(id)).await?;
        rows.retain(|row| viewer.may_see(row.team.as_ref(), row.assignee.as_ref()));
        return Ok(Json(Rows { rows }));
    }
    let view = match query.view {
        View::Queue => DeskView::Queue,
        View::Mine => DeskView::Mine(viewer.agent.id.clone()),
        View::All => DeskView::All,
        View::Closed => DeskView::Closed { category: query.category, tag: query.tag },
    };
    Ok(Json(Rows { rows: viewers::rows(&app.store, &view, &viewer).await? }))
}

async fn find(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Params(search): Params<Search>,
) -> Result<Json<Rows>, ApiError> {
    Ok(Json(Rows { rows: transcripts::search(&app.store, &search, &viewer).await? }))
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
    Onlooker(viewer): Onlooker,
    Path(conv): Path<String>,
    Params(query): Params<EntriesQuery>,
) -> Result<Json<Items>, ApiError> {
    let conv = ConversationId(conv);
    seen(&app, &viewer, &conv).await?;
    let entries = conversations::entries_before(&app.store, &conv, query.before, PAGE).await?;
    Ok(Json(Items { items: visible(&entries, Audience::Agent) }))
}

async fn before(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path(conv): Path<String>,
) -> Result<Json<History>, ApiError> {
    let conversation = seen(&app, &viewer, &ConversationId(conv)).await?;
    Ok(Json(history::of(&app.store, &conversation, &viewer).await?))
}
