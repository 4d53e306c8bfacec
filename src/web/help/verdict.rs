//! "Was this helpful?" on a page: a plain form, one say per visitor, answered by the page itself.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use serde::Deserialize;

use super::{lang_of, nothing, pages, wanted};
use crate::{
    app::App,
    domain::sentence::sentence,
    service::verdicts,
    web::{
        auth::{ClientNetwork, is_own_origin},
        error::ApiError,
        limits::Limit,
    },
};

/// Nothing but a random number, so that a second say replaces the first.
const COOKIE: &str = "warmline-help";
const COOKIE_SECS: i64 = 180 * 24 * 3_600;
/// Longer than any of ours: not ours.
const MAX_TOKEN_BYTES: usize = 100;

#[derive(Deserialize)]
pub struct Said {
    helped: String,
}

pub async fn give(
    State(app): State<Arc<App>>,
    ClientNetwork(network): ClientNetwork,
    Path((tag, id)): Path<(String, String)>,
    headers: HeaderMap,
    jar: CookieJar,
    Form(said): Form<Said>,
) -> Result<Response, ApiError> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if text("origin").is_some_and(|origin| !is_own_origin(&app, &headers, origin))
        || text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
    {
        return Err(ApiError::forbidden(sentence!("This request comes from another site.")));
    }
    let lang = lang_of(&tag).unwrap_or_else(|| wanted(&headers));
    let helped = match said.helped.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(ApiError::bad_request(sentence!("The answer is yes or no."))),
    };
    if !app.mind().shelf.contains_key(&id) {
        return Ok(nothing(&app, &headers, lang, StatusCode::NOT_FOUND));
    }
    let back = |said: &str| Redirect::to(&format!("{}?said={said}#said", pages::article_path(lang, &id)));
    if app.limits.check(Limit::HelpVerdicts, &network).is_err() {
        return Ok(back("often").into_response());
    }
    let known = jar.get(COOKIE).map(Cookie::value).filter(|token| token.len() <= MAX_TOKEN_BYTES);
    let token = verdicts::give(&app.store, &id, known, lang, helped, app.clock.now_ms()).await?;
    let secure = if app.is_https() { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/help; Max-Age={COOKIE_SECS}; HttpOnly; SameSite=Lax{secure}");
    Ok(([(header::SET_COOKIE, cookie)], back(&said.helped)).into_response())
}
