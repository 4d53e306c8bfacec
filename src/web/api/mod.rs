//! The REST interface, one file per noun.

mod admin;
mod articles;
mod ask;
mod attachments;
mod coach;
mod conversations;
mod desk;
mod files;
mod follow_ups;
mod gaps;
mod health;
mod knowledge_tests;
mod macros;
mod phrases;
pub mod pictures;
mod playbook;
mod promises;
mod rules;
mod runs;
mod session;
mod studio;
mod supervision;
mod surges;
mod to_do;
mod turns;
mod widget;
mod wrap_up;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::JsonRejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::error::ApiError;
use crate::{
    app::App,
    domain::{
        Conversation,
        agent::Viewer,
        ids::ConversationId,
        sentence::{Sentence, sentence},
    },
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(admin::routes())
        .merge(articles::routes())
        .merge(ask::routes())
        .merge(attachments::routes())
        .merge(coach::routes())
        .merge(conversations::routes())
        .merge(desk::routes())
        .merge(knowledge_tests::routes())
        .merge(macros::routes())
        .merge(follow_ups::routes())
        .merge(gaps::routes())
        .merge(health::routes())
        .merge(files::routes())
        .merge(phrases::routes())
        .merge(pictures::routes())
        .merge(playbook::routes())
        .merge(promises::routes())
        .merge(rules::routes())
        .merge(runs::routes())
        .merge(session::routes())
        .merge(studio::routes())
        .merge(to_do::routes())
        .merge(surges::routes())
        .merge(supervision::routes())
        .merge(widget::routes())
        .merge(wrap_up::routes())
}

/// The conversation, if this member of staff may see it: what they may not see does not exist for them.
async fn seen(app: &App, viewer: &Viewer, conv: &ConversationId) -> Result<Conversation, ApiError> {
    let found = crate::store::conversations::load(&app.store, conv).await?;
    found
        .filter(|found| viewer.may_see(found.team.as_ref(), found.assignee.as_ref()))
        .ok_or_else(|| ApiError::not_found(sentence!("There is no such conversation.")))
}

/// The parameters after `?`; what is wrong with them is told in our own form.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Params(value)),
            Err(rejection) => Err(ApiError::bad_request(Sentence::english(rejection.body_text()))),
        }
    }
}

/// Runs what may wait for another server on a thread of its own.
async fn unhurried<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a request broke");
        ApiError::broken()
    })
}

/// A JSON body; what is wrong with it is told in our own form.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Body(value)),
            Err(JsonRejection::BytesRejection(rejection)) => {
                Err(ApiError::new(rejection.status(), "too_large", Sentence::english(rejection.body_text())))
            }
            Err(rejection) => Err(ApiError::bad_request(Sentence::english(rejection.body_text()))),
        }
    }
}
