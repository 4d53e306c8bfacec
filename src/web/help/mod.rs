//! The public help centre: the published articles as plain pages that need no JavaScript.
//!
//! A page follows from what the bot knows and its address alone, so it is kept until that changes: a publish puts a new
//! mind in place, and with the old one go its pages. Browsers and proxies ask each time whether theirs is still good
//! (`ETag` of what the page says), which is what makes a publish seen at once; style and script have their digest in
//! the address and are kept for a year.

mod html;
mod kept;
mod layout;
mod pages;
pub mod preview;
mod sitemap;
mod theme;
mod verdict;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tower_http::compression::CompressionLayer;

use super::{api::Params, auth::ClientNetwork, error::ApiError, limits::Limit};
use crate::{
    app::App,
    domain::{Lang, article::ArticleStatus, sentence::sentence},
    service::mind::Mind,
    store::{self, articles},
};
pub use kept::Pages;
use pages::{Said, Site};

/// As long as a question that a page may search for.
const MAX_QUERY_CHARS: usize = 200;
const SUGGESTIONS: usize = 6;
const FOREVER: &str = "public, max-age=31536000, immutable";
/// May be kept, and must be asked about: the answer is 304 until something changed.
const ASK_EACH_TIME: &str = "public, no-cache";

pub fn routes() -> Router<Arc<App>> {
    let pages = Router::new()
        .route("/", get(choose))
        .route("/help.css", get(style))
        .route("/help.js", get(script))
        .route("/{lang}", get(home))
        .route("/{lang}/topics/{category}", get(topic))
        .route("/{lang}/articles/{id}", get(article))
        .route("/{lang}/articles/{id}/verdict", post(verdict::give))
        .route("/{lang}/search", get(search))
        .route("/{lang}/suggest", get(suggest))
        .route("/{lang}/sitemap.xml", get(sitemap_of))
        .fallback(elsewhere);
    Router::new()
        .nest("/help", pages)
        .route("/help/", get(choose))
        .route("/sitemap.xml", get(sitemaps))
        .route("/robots.txt", get(robots))
        .layer(CompressionLayer::new())
}

/// Addresses of style sheet and script.
struct Assets {
    css: String,
    css_href: String,
    js_href: String,
}

impl Assets {
    fn new(accent: &str) -> Assets {
        let css = theme::style(accent);
        let digest = |bytes: &[u8]| HEXLOWER.encode(&Sha256::digest(bytes)[..6]);
        let js = theme::Files::get("help.js").map(|file| file.data.into_owned()).unwrap_or_default();
        Assets {
            css_href: format!("/help/help.css?v={}", digest(css.as_bytes())),
            js_href: format!("/help/help.js?v={}", digest(&js)),
            css,
        }
    }
}

/// The accent is a setting: it is the same as long as the process lives. In a debug build files change under it.
fn assets(app: &App) -> Arc<Assets> {
    static ONCE: Mutex<Option<(String, Arc<Assets>)>> = Mutex::new(None);
    let accent = &app.first_inbox().accent;
    let mut kept = ONCE.lock().unwrap_or_else(PoisonError::into_inner);
    match &*kept {
        Some((of, assets)) if of == accent && !cfg!(debug_assertions) => assets.clone(),
        _ => {
            let assets = Arc::new(Assets::new(accent));
            *kept = Some((accent.clone(), assets.clone()));
            assets
        }
    }
}

/// Where browsers reach this server. Without `public_url` it is what they ask for, as long as it can be a host.
fn base_of(app: &App, headers: &HeaderMap) -> String {
    if let Some(url) = &app.settings.public_url {
        return url.clone();
    }
    let is_host = |host: &&str| {
        host.len() <= 255 && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte))
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(is_host);
    format!("http://{}", host.unwrap_or("localhost"))
}

/// The page, made or kept; `None` from `make` is a page that is not here.
fn page(
    app: &App,
    headers: &HeaderMap,
    lang: Lang,
    address: &str,
    make: impl FnOnce(&Site<'_>) -> Option<String>,
) -> Option<Response> {
    let (mind, base, assets) = (app.mind(), base_of(app, headers), assets(app));
    let key = format!("{base}{address} {}", assets.css_href);
    let kept = app.pages.page(&mind, key, || make(&site(app, &mind, lang, &base, &assets)))?;
    let cache = [
        (header::ETAG, kept.etag.clone()),
        (header::CACHE_CONTROL, ASK_EACH_TIME.to_owned()),
        (header::CONTENT_LANGUAGE, lang.tag().to_owned()),
    ];
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim() == kept.etag)));
    Some(match is_known {
        true => (StatusCode::NOT_MODIFIED, cache).into_response(),
        false => (cache, [(header::CONTENT_TYPE, HTML)], kept.body.clone()).into_response(),
    })
}

const HTML: &str = "text/html; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

fn site<'a>(app: &'a App, mind: &'a Mind, lang: Lang, base: &'a str, assets: &'a Assets) -> Site<'a> {
    let inbox = app.first_inbox();
    Site {
        mind,
        lang,
        base,
        inbox: inbox.id.as_str(),
        accent: &inbox.accent,
        style: &assets.css_href,
        script: &assets.js_href,
    }
}

/// A page of ours with this status; not kept, so that no stranger fills the memory with addresses of their own.
fn nothing(app: &App, headers: &HeaderMap, lang: Lang, status: StatusCode) -> Response {
    let (mind, base, assets) = (app.mind(), base_of(app, headers), assets(app));
    let body = site(app, &mind, lang, &base, &assets).nothing(status == StatusCode::GONE);
    (status, [(header::CONTENT_TYPE, HTML), (header::CACHE_CONTROL, "no-cache")], body).into_response()
}

/// The language the browser wants most of those we have.
fn wanted(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut wanted: Vec<(f32, Lang)> = accepted
        .split(',')
        .filter_map(|one| {
            let (tag, weight) = one.split_once(";q=").unwrap_or((one, "1"));
            Some((weight.trim().parse().ok()?, tag.parse().ok()?))
        })
        .collect();
    // Stable: of equal weights the first.
    wanted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    wanted.first().map_or(Lang::default(), |(_, lang)| *lang)
}

async fn choose(headers: HeaderMap) -> Response {
    let mut response = Redirect::temporary(&pages::home_path(wanted(&headers))).into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}

/// The language of a path; in another spelling it is not an address of ours.
fn lang_of(tag: &str) -> Option<Lang> {
    Lang::ALL.into_iter().find(|lang| lang.tag() == tag)
}

/// The same page for who spells its language another way (`zh-TW`).
fn respelled(tag: &str, path: impl FnOnce(Lang) -> String) -> Option<Response> {
    Some(Redirect::permanent(&path(tag.parse().ok()?)).into_response())
}

/// `uri` is what follows `/help`. With a stroke at its end it is the page without.
async fn elsewhere(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let tag = uri.path().split('/').nth(1).unwrap_or_default();
    let path = uri.path().trim_end_matches('/');
    if path != uri.path() && tag.parse::<Lang>().is_ok() {
        let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
        return Redirect::permanent(&format!("/help{path}{query}")).into_response();
    }
    let lang = lang_of(tag);
    nothing(&app, &headers, lang.unwrap_or_else(|| wanted(&headers)), StatusCode::NOT_FOUND)
}

async fn home(State(app): State<Arc<App>>, Path(tag): Path<String>, headers: HeaderMap) -> Response {
    let Some(lang) = lang_of(&tag) else {
        let there = respelled(&tag, pages::home_path);
        return there.unwrap_or_else(|| nothing(&app, &headers, wanted(&headers), StatusCode::NOT_FOUND));
    };
    page(&app, &headers, lang, &pages::home_path(lang), |site| Some(site.home()))
        .unwrap_or_else(|| nothing(&app, &headers, lang, StatusCode::NOT_FOUND))
}

#[derive(Deserialize)]
struct Page {
    page: Option<usize>,
}

async fn topic(
    State(app): State<Arc<App>>,
    Path((tag, category)): Path<(String, String)>,
    Params(Page { page: number }): Params<Page>,
    headers: HeaderMap,
) -> Response {
    let number = number.unwrap_or(1);
    let Some(lang) = lang_of(&tag) else {
        let there = respelled(&tag, |lang| pages::topic_path(lang, &category, number));
        return there.unwrap_or_else(|| nothing(&app, &headers, wanted(&headers), StatusCode::NOT_FOUND));
    };
    page(&app, &headers, lang, &pages::topic_path(lang, &category, number), |site| site.topic(&category, number))
        .unwrap_or_else(|| nothing(&app, &headers, lang, StatusCode::NOT_FOUND))
}

#[derive(Deserialize)]
struct AfterVerdict {
    said: Option<String>,
}

async fn article(
    State(app): State<Arc<App>>,
    Path((tag, id)): Path<(String, String)>,
    Params(AfterVerdict { said }): Params<AfterVerdict>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(lang) = lang_of(&tag) else {
        let there = respelled(&tag, |lang| pages::article_path(lang, &id));
        return Ok(there.unwrap_or_else(|| nothing(&app, &headers, wanted(&headers), StatusCode::NOT_FOUND)));
    };
    let mind = app.mind();
    let Some(article) = mind.shelf.get(&id) else {
        return Ok(nothing(&app, &headers, lang, missing(&app, &id).await?));
    };
    if article.texts.exact(lang).is_none() {
        // There in another language only: the address of that one.
        let there = article.text(lang).map(|(there, _)| pages::article_path(there, &id));
        return Ok(there.map_or_else(
            || nothing(&app, &headers, lang, StatusCode::NOT_FOUND),
            |there| Redirect::temporary(&there).into_response(),
        ));
    }
    if headers.get("sec-fetch-dest").is_some_and(|dest| dest == "document") {
        app.pages.note_view(&id);
    }
    let said = match said.as_deref() {
        Some("yes") => Said::Yes,
        Some("no") => Said::No,
        Some("often") => Said::TooOften,
        _ => Said::Nothing,
    };
    let address = format!("{}?said={said:?}", pages::article_path(lang, &id));
    let found = page(&app, &headers, lang, &address, |site| site.article(site.mind.shelf.get(&id)?, said));
    Ok(found.unwrap_or_else(|| nothing(&app, &headers, lang, StatusCode::NOT_FOUND)))
}

/// Whether an article that cannot be read was once there.
async fn missing(app: &App, id: &str) -> Result<StatusCode, ApiError> {
    let Some(stored) = store::articles::load(&app.store, id).await? else { return Ok(StatusCode::NOT_FOUND) };
    let article = stored.article;
    let is_over = article.valid_until.is_some_and(|until| until < app.now().today());
    let is_gone = match article.status {
        ArticleStatus::Archived => true,
        ArticleStatus::Published => is_over,
        ArticleStatus::Draft => false,
    };
    Ok(if is_gone { StatusCode::GONE } else { StatusCode::NOT_FOUND })
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    q: String,
}

impl Query {
    /// On one line, and not longer than a question is.
    fn tidy(&self) -> String {
        let words: Vec<&str> = self.q.split_whitespace().collect();
        words.join(" ").chars().take(MAX_QUERY_CHARS).collect()
    }
}

async fn search(
    State(app): State<Arc<App>>,
    ClientNetwork(network): ClientNetwork,
    Path(tag): Path<String>,
    Params(query): Params<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    app.limits.check(Limit::HelpSearches, &network).map_err(ApiError::rate_limited)?;
    let Some(lang) = lang_of(&tag) else {
        return Ok(nothing(&app, &headers, wanted(&headers), StatusCode::NOT_FOUND));
    };
    let (mind, base, assets) = (app.mind(), base_of(&app, &headers), assets(&app));
    let body = site(&app, &mind, lang, &base, &assets).results(&query.tidy());
    Ok(([(header::CONTENT_TYPE, HTML), (header::CACHE_CONTROL, "private, no-cache")], body).into_response())
}

/// For the list below the search field, while somebody types.
async fn suggest(
    State(app): State<Arc<App>>,
    ClientNetwork(network): ClientNetwork,
    Path(tag): Path<String>,
    Params(query): Params<Query>,
) -> Result<Json<Value>, ApiError> {
    app.limits.check(Limit::HelpSearches, &network).map_err(ApiError::rate_limited)?;
    let lang = lang_of(&tag).ok_or_else(|| ApiError::not_found(sentence!("There is no such language.")))?;
    let mind = app.mind();
    let query = query.tidy();
    let found = if query.is_empty() { Vec::new() } else { pages::search(&mind, lang, &query) };
    let rows = found
        .iter()
        .take(SUGGESTIONS)
        .map(|found| json!({"title": found.text.title, "lang": found.lang.tag(), "href": found.path}));
    Ok(Json(json!({"found": rows.collect::<Vec<_>>()})))
}

async fn sitemap_of(State(app): State<Arc<App>>, Path(tag): Path<String>, headers: HeaderMap) -> Response {
    let Some(lang) = lang_of(&tag) else { return nothing(&app, &headers, wanted(&headers), StatusCode::NOT_FOUND) };
    let now = app.now();
    let changed = match articles::changed_at(&app.store).await {
        Ok(changed) => changed.into_iter().map(|(id, at)| (id, now.day_of(at))).collect(),
        Err(error) => {
            tracing::warn!(%error, "a sitemap without the days of change");
            HashMap::new()
        }
    };
    let map = sitemap::map(&app.mind(), &base_of(&app, &headers), lang, &changed);
    ([(header::CONTENT_TYPE, XML), (header::CACHE_CONTROL, ASK_EACH_TIME)], map).into_response()
}

async fn sitemaps(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let maps = sitemap::maps(&base_of(&app, &headers));
    ([(header::CONTENT_TYPE, XML), (header::CACHE_CONTROL, ASK_EACH_TIME)], maps).into_response()
}

async fn robots(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let base = base_of(&app, &headers);
    let text = format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /console\nDisallow: /widget/chat\nDisallow: /help/*/search\n\
         Disallow: /help/*/suggest\n\nSitemap: {base}/sitemap.xml\n"
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, ASK_EACH_TIME)], text)
        .into_response()
}

async fn style(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let assets = assets(&app);
    let digest = assets.css_href.rsplit('=').next().map(str::to_owned);
    asset(
        "text/css; charset=utf-8",
        assets.css.clone().into_bytes(),
        uri.query() == digest.map(|v| format!("v={v}")).as_deref(),
    )
}

async fn script(State(app): State<Arc<App>>, uri: Uri) -> Response {
    let js = theme::Files::get("help.js").map(|file| file.data.into_owned()).unwrap_or_default();
    let digest = assets(&app).js_href.rsplit('=').next().map(str::to_owned);
    asset("text/javascript; charset=utf-8", js, uri.query() == digest.map(|v| format!("v={v}")).as_deref())
}

/// Another digest than ours is that of another version: it gets what we have, and asks again.
fn asset(media_type: &'static str, bytes: Vec<u8>, is_this: bool) -> Response {
    let cache = if is_this { FOREVER } else { ASK_EACH_TIME };
    let mut response = ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)], bytes).into_response();
    response
        .headers_mut()
        .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    response
}
