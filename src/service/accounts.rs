//! Staff: signing in and out, sessions, socket tickets.

use crate::{
    domain::{Agent, UnixMs},
    store::{Store, StoreError},
};

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("This mail address and password do not match.")]
    Wrong,
    #[error("Too many people are signing in. Please try again in a moment.")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks mail and password. Answers the agent and the session token for the cookie.
/// An unknown mail costs as much time as a wrong password.
pub async fn sign_in(store: &Store, mail: &str, password: &str, at: UnixMs) -> Result<(Agent, String), SignInError> {
    todo!()
}

/// The agent behind a session token. Using a session keeps it alive (12 h after the last use).
pub async fn recognise(store: &Store, token: &str, at: UnixMs) -> Result<Option<Agent>, StoreError> {
    todo!()
}

pub async fn sign_out(store: &Store, token: &str) -> Result<(), StoreError> {
    todo!()
}

/// A ticket for the socket: good once, for 30 s, while the session lasts.
pub async fn draw_ticket(store: &Store, session_token: &str, at: UnixMs) -> Result<String, StoreError> {
    todo!()
}

/// Uses a ticket up.
pub async fn redeem_ticket(store: &Store, ticket: &str, at: UnixMs) -> Result<Option<Agent>, StoreError> {
    todo!()
}
