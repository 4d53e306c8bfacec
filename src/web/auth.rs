//! Who asks, and whether they may: extractors, so that a handler cannot forget to check.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::{
    error::ApiError,
    limits::{Limit, network_of},
};
use crate::{
    app::App,
    domain::{
        Agent,
        agent::{Permission, Viewer, may},
        ids::{ContactId, ConversationId},
        sentence::sentence,
    },
    service::{accounts, visitors},
    store::{conversations, viewers},
};

/// A signed-in member of staff, whatever they may do, and the session's token.
pub struct Staff {
    pub agent: Agent,
    pub token: String,
}

/// A shopper, by the token that their browser keeps, and their conversation: there is no way to name another.
pub struct Visitor {
    pub contact: ContactId,
    pub conversation: ConversationId,
}

/// A member of staff who may work at the desk.
pub struct Desk(pub Agent);

/// The same, with what they may see: for whatever is about a conversation.
pub struct Onlooker(pub Viewer);

/// A member of staff who may read and change articles.
pub struct Knowledge(pub Agent);

/// A member of staff who may set seats and teams.
pub struct Supervisor(pub Agent);

/// A member of staff who may look after poor ratings.
pub struct FollowUps(pub Agent);
/// A member of staff who may change accounts and rules.
pub struct Admin(pub Agent);

/// The client's network, the key of limits that need no sign-in.
pub struct ClientNetwork(pub String);

impl FromRequestParts<Arc<App>> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let token = session_token(app, &parts.headers).ok_or_else(ApiError::unauthorised)?;
        let agent = accounts::recognise(&app.store, &token, app.clock.now_ms()).await?;
        let agent = agent.ok_or_else(ApiError::unauthorised)?;
        app.limits.check(Limit::Staff, agent.id.as_str()).map_err(ApiError::rate_limited)?;
        Ok(Staff { agent, token })
    }
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(ApiError::unauthorised)?;
        let visitor = visitors::recognise(&app.store, token).await?.ok_or_else(ApiError::unauthorised)?;
        let conversation = conversations::load_latest_for_contact(&app.store, &visitor.contact).await?;
        let conversation = conversation.ok_or_else(ApiError::unauthorised)?.id;
        Ok(Visitor { contact: visitor.contact, conversation })
    }
}

impl FromRequestParts<Arc<App>> for Desk {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        permitted(parts, app, Permission::Desk).await.map(Desk)
    }
}

impl FromRequestParts<Arc<App>> for Onlooker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let agent = permitted(parts, app, Permission::Desk).await?;
        viewers::load(&app.store, &agent.id).await?.map(Onlooker).ok_or_else(ApiError::unauthorised)
    }
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        permitted(parts, app, Permission::Administer).await.map(Admin)
    }
}

impl FromRequestParts<Arc<App>> for Knowledge {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        permitted(parts, app, Permission::Knowledge).await.map(Knowledge)
    }
}

impl FromRequestParts<Arc<App>> for Supervisor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        permitted(parts, app, Permission::Supervise).await.map(Supervisor)
    }
}

impl FromRequestParts<Arc<App>> for FollowUps {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        permitted(parts, app, Permission::FollowUp).await.map(FollowUps)
    }
}

async fn permitted(parts: &mut Parts, app: &Arc<App>, permission: Permission) -> Result<Agent, ApiError> {
    let staff = Staff::from_request_parts(parts, app).await?;
    if may(&staff.agent, &[], permission, None) {
        Ok(staff.agent)
    } else {
        Err(ApiError::forbidden(sentence!("Your role does not include this.")))
    }
}

impl FromRequestParts<Arc<App>> for ClientNetwork {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        Ok(ClientNetwork(network(&app.settings.trusted_proxies, parts)?))
    }
}

fn network(trusted: &[crate::config::Network], parts: &Parts) -> Result<String, ApiError> {
    let ConnectInfo(peer) = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .ok_or_else(|| ApiError::bad_request(sentence!("The connection has no address.")))?;
    Ok(network_of(*peer, &parts.headers, trusted))
}

/// Over plain HTTP (a trial on one's own machine) browsers do not keep `__Host-` cookies.
fn cookie_name(app: &App) -> &'static str {
    if app.is_https() { "__Host-warmline" } else { "warmline" }
}

/// The token in the session cookie.
pub fn session_token(app: &App, headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(cookie_name(app)).map(|cookie| cookie.value().to_owned())
}

/// The cookie that keeps a member of staff signed in; script cannot read it, other sites cannot send it.
pub fn session_cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((cookie_name(app), token))
        .path("/")
        .http_only(true)
        .secure(app.is_https())
        .same_site(SameSite::Strict)
        .build()
}

/// Ends the session at the browser.
pub fn expired_session_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = session_cookie(app, String::new());
    cookie.make_removal();
    cookie
}

/// Whether a browser's `Origin` is ours: exactly, never by suffix, never `null`.
pub fn is_own_origin(app: &App, headers: &HeaderMap, origin: &str) -> bool {
    match &app.settings.public_url {
        Some(public_url) => origin == public_url,
        None => headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .is_some_and(|host| origin == format!("http://{host}") || origin == format!("https://{host}")),
    }
}

/// Stops requests that another site makes a browser send. Nothing of ours is changed by GET.
pub async fn refuse_cross_site(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let headers = request.headers();
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
        let is_foreign = text("origin").is_some_and(|origin| !is_own_origin(&app, headers, origin))
            || text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
        if is_foreign {
            return ApiError::forbidden(sentence!("This request comes from another site.")).into_response();
        }
        let is_staff = !request.uri().path().starts_with("/widget/");
        if is_staff && text("x-warmline-csrf") != Some("1") {
            return ApiError::forbidden(sentence!("The header X-Warmline-CSRF: 1 is missing.")).into_response();
        }
    }
    next.run(request).await
}
