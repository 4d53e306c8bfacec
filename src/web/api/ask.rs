//! The test bench: what the bot would do with a message, as it is in force now.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::post};
use serde::Deserialize;

use super::{Body, unhurried};
use crate::{
    app::App,
    domain::{
        Lang,
        sentence::{Sentence, sentence},
    },
    service::ask::{self, Reason},
    web::{auth::Knowledge, error::ApiError, frames::MAX_TEXT_CHARS},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/ask", post(answer))
}

#[derive(Deserialize)]
struct Question {
    text: String,
    lang: Option<String>,
}

async fn answer(
    State(app): State<Arc<App>>,
    Knowledge(_): Knowledge,
    Body(question): Body<Question>,
) -> Result<Json<Reason>, ApiError> {
    if question.text.chars().count() > MAX_TEXT_CHARS {
        return Err(ApiError::bad_request(sentence!(
            "A message has at most {most} characters.",
            most = MAX_TEXT_CHARS
        )));
    }
    let lang: Option<Lang> = question
        .lang
        .map(|lang| lang.parse())
        .transpose()
        .map_err(|error: String| ApiError::bad_request(Sentence::english(error)))?;
    let ask = move || ask::ask(&app.mind(), &app.shop, &question.text, lang.unwrap_or_default(), app.now());
    Ok(Json(unhurried(ask).await?))
}
