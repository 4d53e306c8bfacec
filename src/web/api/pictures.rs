//! Pictures: an editor adds one, everybody may see it.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    app::App,
    domain::picture::{self, Picture},
    store::pictures,
    web::{auth::Knowledge, error::ApiError},
};

pub fn routes() -> Router<Arc<App>> {
    // More than fits: what is too large is told in our own words.
    Router::new().route("/pictures", post(add).layer(DefaultBodyLimit::max(2 * picture::MAX_BYTES)))
}

/// Below [`picture::PLACE`].
pub fn public_routes() -> Router<Arc<App>> {
    Router::new().route("/pictures/{name}", get(show))
}

async fn add(State(app): State<Arc<App>>, _: Knowledge, bytes: Bytes) -> Result<(StatusCode, Json<Value>), ApiError> {
    let picture = Picture::named(bytes.into()).map_err(|why| {
        let mut sentence = why;
        sentence[..1].make_ascii_uppercase();
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", format!("{sentence}."))
    })?;
    let address = format!("{}{}", picture::PLACE, picture.name);
    pictures::add(&app.store, vec![picture], app.clock.now_ms()).await?;
    Ok((StatusCode::CREATED, Json(json!({"address": address}))))
}

async fn show(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found("There is no such picture.");
    let media_type = picture::media_type(&name).ok_or_else(missing)?;
    // A name of ours is its content's; one that somebody gave may come to mean another.
    let cache = match picture::is_of_content(&name) {
        true => "public, max-age=31536000, immutable",
        false => "public, max-age=300",
    };
    let picture = pictures::load(&app.store, &name).await?.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)], picture.bytes).into_response())
}
