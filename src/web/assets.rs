//! The pages and scripts of the clients: from disk in a debug build, carried by the binary in a release.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use data_encoding::HEXLOWER;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use tower_http::compression::CompressionLayer;

use super::{error::ApiError, headers::csp};
use crate::{app::App, domain::sentence::sentence};

#[derive(RustEmbed)]
#[folder = "web_widget/"]
#[allow_missing = true]
struct Widget;

#[derive(RustEmbed)]
#[folder = "web_console/"]
#[allow_missing = true]
struct Console;

#[derive(RustEmbed)]
#[folder = "web_common/"]
#[allow_missing = true]
pub(super) struct Common;

#[derive(RustEmbed)]
#[folder = "demo/site/"]
#[allow_missing = true]
struct Demo;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/demo/") }))
        .route("/demo", get(|| async { Redirect::permanent("/demo/") }))
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/demo/", get(|headers: HeaderMap| async move { page::<Demo>("index.html", &headers) }))
        .route("/console/", get(|headers: HeaderMap| async move { page::<Console>("index.html", &headers) }))
        .route("/widget/chat", get(chat))
        .route("/demo/{*path}", get(file::<Demo>))
        .route("/console/{*path}", get(file::<Console>))
        .route("/common/{*path}", get(file::<Common>))
        .route("/widget/{*path}", get(widget_file))
        .layer(CompressionLayer::new())
}

async fn file<Folder: RustEmbed>(Path(path): Path<String>, headers: HeaderMap) -> Response {
    page::<Folder>(&path, &headers)
}

/// The launcher is loaded by the shop's pages, which are of another origin.
async fn widget_file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let mut response = page::<Widget>(&path, &headers);
    if path == "warmline.js" {
        response
            .headers_mut()
            .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}

#[derive(Deserialize)]
struct ChatQuery {
    inbox: Option<String>,
}

/// The chat page, framed by the sites its inbox allows and by our own demo shop.
async fn chat(State(app): State<Arc<App>>, Query(query): Query<ChatQuery>, headers: HeaderMap) -> Response {
    let Some(inbox) = app.inbox(query.inbox.as_deref()) else {
        return ApiError::not_found(sentence!("There is no such inbox.")).into_response();
    };
    let mut response = page::<Widget>("chat.html", &headers);
    let ancestors: Vec<String> =
        std::iter::once("'self'".to_owned()).chain(inbox.allowed_origins.iter().cloned()).collect();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, csp(&ancestors));
    response
}

fn page<Folder: RustEmbed>(path: &str, headers: &HeaderMap) -> Response {
    let found = media_type(path).and_then(|media_type| Folder::get(path).map(|file| (media_type, file)));
    let Some((media_type, file)) = found else {
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "Not found.\n")
            .into_response();
    };
    let tag = etag(&file);
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim() == tag)));
    let cache = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if is_known {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    (cache, [(header::CONTENT_TYPE, media_type)], file.data).into_response()
}

/// Weak, because compression changes the bytes and not the meaning.
fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    format!("W/\"{}\"", HEXLOWER.encode(&hash[..12]))
}

/// Only what browsers need is served; tests and type declarations stay at home.
fn media_type(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.starts_with('.') || name == "package.json" || name.ends_with(".test.js") {
        return None;
    }
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
