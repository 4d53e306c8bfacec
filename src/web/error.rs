//! What a REST request gets when it cannot have what it asked for: `{"error": {"code", "message", "said"}}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::{
    domain::sentence::{Sentence, sentence},
    error::Failure,
    store::StoreError,
};

#[derive(Debug)]
pub struct ApiError {
    pub status: StatusCode,
    /// Stable, for programs.
    pub code: &'static str,
    /// A sentence for people: English for programs, and its parts for pages that say it in another language.
    pub message: Sentence,
    pub retry_after_secs: Option<u64>,
    /// More members of the answer beside `error`, such as `current`.
    pub more: Vec<(&'static str, Value)>,
}

impl ApiError {
    pub fn new(status: StatusCode, code: &'static str, message: Sentence) -> Self {
        ApiError { status, code, message, retry_after_secs: None, more: Vec::new() }
    }

    pub fn bad_request(message: Sentence) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub fn unauthorised() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorised", sentence!("Please sign in."))
    }

    pub fn forbidden(message: Sentence) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub fn not_found(message: Sentence) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub fn conflict(message: Sentence) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            sentence!("This address does not know this method."),
        )
    }

    pub fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "broken",
            sentence!("Something went wrong here. It has been logged."),
        )
    }

    pub fn rate_limited(wait: std::time::Duration) -> Self {
        let secs = wait.as_secs() + 1;
        ApiError {
            retry_after_secs: Some(secs),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                sentence!("Too many requests. Please try again in {secs} s.", secs),
            )
        }
    }

    /// One or more mistakes in what was sent; where each is, stands beside it (`problems`, `mistake`).
    pub fn invalid<'a>(mistakes: impl IntoIterator<Item = &'a Sentence>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", Sentence::all(mistakes))
    }

    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.more.push((name, value));
        self
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error.into(),
            failure => {
                tracing::error!(error = %failure, "a request failed");
                ApiError::broken()
            }
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request failed at the database");
        ApiError {
            retry_after_secs: Some(1),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                sentence!("The server cannot do this at the moment. Please try again."),
            )
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut error = json!(self.message);
        error["code"] = json!(self.code);
        let mut body = json!({"error": error});
        for (name, value) in self.more {
            body[name] = value;
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some(secs) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<crate::service::conversations::TurnError> for ApiError {
    fn from(error: crate::service::conversations::TurnError) -> Self {
        match error {
            crate::service::conversations::TurnError::Store(error) => error.into(),
            error @ crate::service::conversations::TurnError::Contended => {
                tracing::warn!(%error, "a turn was given up");
                ApiError {
                    retry_after_secs: Some(1),
                    ..Self::new(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "busy",
                        sentence!("Others were faster each time. Please try again."),
                    )
                }
            }
        }
    }
}
