//! HTTP and WebSocket: router, extractors, frames, assets. Whatever is not named here does not exist.

pub mod api;
mod assets;
pub mod auth;
pub mod deliver;
pub mod error;
pub mod frames;
pub mod headers;
mod health;
pub mod help;
pub mod limits;
pub mod metrics;
mod socket;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{app::App, domain::sentence::sentence};
use error::ApiError;

/// The largest body of a request; an article with three long texts fits.
const MAX_BODY_BYTES: usize = 512 * 1024;

pub fn router(app: Arc<App>) -> Router {
    let api = api::routes()
        .fallback(|| async { ApiError::not_found(sentence!("There is no such address.")) })
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(app.clone(), auth::refuse_cross_site));
    Router::new()
        .nest("/api", api)
        .route("/ws", get(socket::upgrade))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .merge(api::pictures::public_routes())
        .merge(help::routes())
        .merge(assets::routes())
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a request broke");
            axum::response::IntoResponse::into_response(ApiError::broken())
        }))
        .layer(from_fn(headers::harden))
        .with_state(app)
}
