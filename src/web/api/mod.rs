//! The REST interface, one file per noun.

mod articles;
mod ask;
mod conversations;
mod session;
mod widget;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{FromRequest, Request, rejection::JsonRejection},
};
use serde::de::DeserializeOwned;

use super::error::ApiError;
use crate::app::App;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(articles::routes())
        .merge(ask::routes())
        .merge(conversations::routes())
        .merge(session::routes())
        .merge(widget::routes())
}

/// A JSON body; what is wrong with it is told in our own form.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Body(value)),
            Err(JsonRejection::BytesRejection(rejection)) => {
                Err(ApiError::new(rejection.status(), "too_large", rejection.body_text()))
            }
            Err(rejection) => Err(ApiError::bad_request(rejection.body_text())),
        }
    }
}
