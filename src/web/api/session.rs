//! Signing in and out, who am I, and the ticket for the socket.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use axum_extra::extract::cookie::CookieJar;
use serde::{Deserialize, Serialize};

use super::Body;
use crate::{
    app::App,
    domain::{Agent, sentence::sentence},
    service::accounts::{self, SignInError},
    web::{
        auth::{ClientNetwork, Desk, Staff, expired_session_cookie, session_cookie},
        error::ApiError,
        limits::Limit,
    },
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/session", get(who_am_i).post(sign_in).delete(sign_out))
        .route("/session/ticket", post(draw_ticket))
}

/// The largest password that is looked at, in bytes.
const MAX_PASSWORD_BYTES: usize = 1_024;

#[derive(Deserialize)]
struct SignIn {
    mail: String,
    password: String,
}

#[derive(Serialize)]
struct Me {
    agent: Agent,
}

async fn sign_in(
    State(app): State<Arc<App>>,
    ClientNetwork(network): ClientNetwork,
    jar: CookieJar,
    Body(SignIn { mail, password }): Body<SignIn>,
) -> Result<Response, ApiError> {
    app.limits.check(Limit::SignInsOfNetwork, &network).map_err(ApiError::rate_limited)?;
    app.limits.check(Limit::SignInsOfAccount, &mail.trim().to_lowercase()).map_err(ApiError::rate_limited)?;
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(ApiError::bad_request(sentence!("The password is too long.")));
    }
    let (agent, token) = accounts::sign_in(&app.store, &mail, &password, app.clock.now_ms()).await?;
    tracing::info!(agent = %agent.id, "signed in");
    Ok((jar.add(session_cookie(&app, token)), Json(Me { agent })).into_response())
}

async fn sign_out(State(app): State<Arc<App>>, staff: Staff, jar: CookieJar) -> Result<Response, ApiError> {
    accounts::sign_out(&app.store, &staff.token).await?;
    tracing::info!(agent = %staff.agent.id, "signed out");
    Ok((jar.add(expired_session_cookie(&app)), StatusCode::NO_CONTENT).into_response())
}

async fn who_am_i(staff: Staff) -> Json<Me> {
    Json(Me { agent: staff.agent })
}

#[derive(Serialize)]
struct Ticket {
    ticket: String,
}

/// `Desk` beside `Staff`: the socket is the desk's.
async fn draw_ticket(State(app): State<Arc<App>>, _: Desk, staff: Staff) -> Result<Json<Ticket>, ApiError> {
    let ticket = accounts::draw_ticket(&app.store, &staff.token, app.clock.now_ms()).await?;
    ticket.map(|ticket| Json(Ticket { ticket })).ok_or_else(ApiError::unauthorised)
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Store(error) => error.into(),
            SignInError::Wrong => ApiError::new(
                StatusCode::UNAUTHORIZED,
                "wrong_password",
                sentence!("This mail address and password do not match."),
            ),
            SignInError::Busy => ApiError {
                retry_after_secs: Some(1),
                ..ApiError::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "busy",
                    sentence!("Too many people are signing in. Please try again in a moment."),
                )
            },
        }
    }
}
