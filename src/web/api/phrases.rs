//! Phrases over REST: list, make, change, take away, count.

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
    domain::{phrase::Phrase, sentence::sentence},
    service::phrases::{self as service, DraftPhrase, SaveError},
    store::phrases::{self, Saved, Used},
    web::{auth::Staff, error::ApiError},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/phrases", get(list).post(create))
        .route("/phrases/{id}", put(save).delete(remove))
        .route("/phrases/{id}/use", post(note_use))
}

#[derive(Serialize)]
struct PhraseList {
    phrases: Vec<PhraseAnswer>,
}

#[derive(Serialize)]
struct PhraseAnswer {
    #[serde(flatten)]
    phrase: Phrase,
    uses: i64,
    own_uses: i64,
}

impl From<Used> for PhraseAnswer {
    fn from(Used { phrase, uses, own_uses }: Used) -> Self {
        PhraseAnswer { phrase, uses, own_uses }
    }
}

async fn list(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<PhraseList>, ApiError> {
    let found = phrases::list_for(&app.store, &staff.agent.id).await?;
    Ok(Json(PhraseList { phrases: found.into_iter().map(PhraseAnswer::from).collect() }))
}

async fn create(
    State(app): State<Arc<App>>,
    staff: Staff,
    Body(draft): Body<DraftPhrase>,
) -> Result<(StatusCode, Json<Phrase>), ApiError> {
    let saved = service::create(&app.store, &staff.agent, draft, app.clock.now_ms()).await?;
    Ok((StatusCode::CREATED, answer(saved)?))
}

async fn save(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<String>,
    Body(draft): Body<DraftPhrase>,
) -> Result<Json<Phrase>, ApiError> {
    if draft.version == 0 {
        return Err(ApiError::bad_request(sentence!("A change must name the version it started from.")));
    }
    answer(service::change(&app.store, &staff.agent, &id, draft, app.clock.now_ms()).await?)
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

async fn note_use(State(app): State<Arc<App>>, staff: Staff, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    match phrases::note_use(&app.store, &id, &staff.agent.id, app.clock.now_ms()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_such_phrase()),
    }
}

fn answer(saved: Saved) -> Result<Json<Phrase>, ApiError> {
    match saved {
        Saved::Done(phrase) => Ok(Json(phrase)),
        Saved::Conflict(current) => {
            let who = current.updated_by.as_deref().unwrap_or("somebody");
            let message =
                sentence!("This phrase was changed by {who} in the meantime. Nothing of yours was saved yet.", who);
            Err(ApiError::conflict(message).with("current", json!(current)))
        }
        Saved::Missing => Err(no_such_phrase()),
    }
}

fn no_such_phrase() -> ApiError {
    ApiError::not_found(sentence!("There is no such phrase."))
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Store(error) => error.into(),
            SaveError::NotYours => ApiError::forbidden(sentence!(
                "Everybody's phrases are changed by editors and supervisors; your own are yours."
            )),
            SaveError::Invalid(mistakes) => {
                ApiError::invalid(mistakes.iter().map(|mistake| &mistake.message)).with("problems", json!(mistakes))
            }
        }
    }
}
