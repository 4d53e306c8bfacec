//! Macros over REST: list, make, change, take away, and what one would do.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Body, Params};
use crate::{
    app::App,
    domain::{ids::ConversationId, macros::Macro, sentence::sentence},
    service::macros::{self as service, DraftMacro, Preview, SaveError},
    store::{
        conversations,
        macros::{self, Saved},
    },
    web::{
        auth::{Onlooker, Staff},
        error::ApiError,
    },
};

/// As many as one run takes.
const MAX_PREVIEWS: usize = 50;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/macros", get(list).post(create))
        .route("/macros/{id}", put(save).delete(remove))
        .route("/macros/{id}/preview", post(preview))
}

#[derive(Serialize)]
struct MacroList {
    macros: Vec<Macro>,
}

async fn list(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<MacroList>, ApiError> {
    Ok(Json(MacroList { macros: macros::list_for(&app.store, &staff.agent.id).await? }))
}

async fn create(
    State(app): State<Arc<App>>,
    staff: Staff,
    Body(draft): Body<DraftMacro>,
) -> Result<(StatusCode, Json<Macro>), ApiError> {
    let saved = service::create(&app, &staff.agent, draft).await?;
    Ok((StatusCode::CREATED, answer(saved)?))
}

async fn save(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<String>,
    Body(draft): Body<DraftMacro>,
) -> Result<Json<Macro>, ApiError> {
    if draft.version == 0 {
        return Err(ApiError::bad_request(sentence!("A change must name the version it started from.")));
    }
    answer(service::change(&app, &staff.agent, &id, draft).await?)
}

#[derive(Deserialize)]
struct Version {
    version: i64,
}

async fn remove(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<String>,
    Params(Version { version }): Params<Version>,
) -> Result<StatusCode, ApiError> {
    answer(service::remove(&app.store, &staff.agent, &id, version).await?).map(|_| StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Wanted {
    convs: Vec<ConversationId>,
}

#[derive(Serialize)]
struct Previews {
    previews: Vec<Preview>,
}

async fn preview(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path(id): Path<String>,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Previews>, ApiError> {
    if !(1..=MAX_PREVIEWS).contains(&wanted.convs.len()) {
        return Err(ApiError::bad_request(sentence!(
            "A macro is run on 1 to {most} conversations.",
            most = MAX_PREVIEWS
        )));
    }
    // What is not there for them is left out: marks may be older than the conversations.
    let mut convs = Vec::with_capacity(wanted.convs.len());
    for conv in wanted.convs {
        match conversations::load(&app.store, &conv).await? {
            Some(found) if viewer.may_see(found.team.as_ref(), found.assignee.as_ref()) => convs.push(conv),
            _ => {}
        }
    }
    let previews = service::preview(&app, &viewer.agent, &id, &convs).await?.ok_or_else(no_such_macro)?;
    Ok(Json(Previews { previews }))
}

fn answer(saved: Saved) -> Result<Json<Macro>, ApiError> {
    match saved {
        Saved::Done(one) => Ok(Json(one)),
        Saved::Conflict(current) => {
            let who = current.updated_by.as_deref().unwrap_or("somebody");
            let message =
                sentence!("This macro was changed by {who} in the meantime. Nothing of yours was saved yet.", who);
            Err(ApiError::conflict(message).with("current", json!(current)))
        }
        Saved::Missing => Err(no_such_macro()),
    }
}

fn no_such_macro() -> ApiError {
    ApiError::not_found(sentence!("There is no such macro."))
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Store(error) => error.into(),
            SaveError::NotYours => ApiError::forbidden(sentence!(
                "Everybody's macros are changed by editors and supervisors; your own are yours."
            )),
            SaveError::Invalid(mistakes) => {
                ApiError::invalid(mistakes.iter().map(|mistake| &mistake.message)).with("problems", json!(mistakes))
            }
        }
    }
}
