//! Pictures: an editor adds one, everybody may see it.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Body;
use crate::{
    app::App,
    domain::{
        AgentRef, UnixMs,
        audit::{Change, Deed},
        picture::{self, Picture},
        sentence::sentence,
    },
    store::pictures::{self, Unused},
    web::{
        auth::{Admin, Knowledge},
        error::ApiError,
    },
};

/// One that was just added may be in a text that is not saved yet.
const UNUSED_AFTER_MS: UnixMs = 24 * 60 * 60 * 1_000;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        // More than fits: what is too large is told in our own words.
        .route("/pictures", post(add).layer(DefaultBodyLimit::max(2 * picture::MAX_BYTES)))
        .route("/pictures/unused", get(unused).delete(remove_unused))
}

/// Below [`picture::PLACE`].
pub fn public_routes() -> Router<Arc<App>> {
    Router::new().route("/pictures/{name}", get(show))
}

async fn add(State(app): State<Arc<App>>, _: Knowledge, bytes: Bytes) -> Result<(StatusCode, Json<Value>), ApiError> {
    let picture = Picture::named(bytes.into()).map_err(|why| ApiError::invalid([&why]))?;
    let address = format!("{}{}", picture::PLACE, picture.name);
    pictures::add(&app.store, vec![picture], app.clock.now_ms()).await?;
    Ok((StatusCode::CREATED, Json(json!({"address": address}))))
}

#[derive(Serialize)]
struct UnusedPictures {
    pictures: Vec<Unused>,
}

async fn unused(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<UnusedPictures>, ApiError> {
    let before = app.clock.now_ms() - UNUSED_AFTER_MS;
    Ok(Json(UnusedPictures { pictures: pictures::unused(&app.store, before).await? }))
}

/// Those that whoever asks has seen in the list: what came since stays.
#[derive(Deserialize)]
struct Seen {
    names: BTreeSet<String>,
}

async fn remove_unused(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Body(Seen { names }): Body<Seen>,
) -> Result<Json<UnusedPictures>, ApiError> {
    let now = app.clock.now_ms();
    let by = AgentRef { id: admin.id, name: admin.name };
    let change = Change { at: now, by, deed: Deed::PicturesRemoved, about: String::new(), detail: Value::Null };
    let pictures = pictures::remove_unused(&app.store, names, now - UNUSED_AFTER_MS, change).await?;
    Ok(Json(UnusedPictures { pictures }))
}

async fn show(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(sentence!("There is no such picture."));
    let media_type = picture::media_type(&name).ok_or_else(missing)?;
    // A name of ours is its content's; one that somebody gave may come to mean another.
    let cache = match picture::is_of_content(&name) {
        true => "public, max-age=31536000, immutable",
        false => "public, max-age=300",
    };
    let picture = pictures::load(&app.store, &name).await?.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)], picture.bytes).into_response())
}
