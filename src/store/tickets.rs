//! One-time tickets that let a signed-in agent open a socket.

use super::{Store, StoreError};
use crate::domain::{Agent, UnixMs};

pub async fn create(
    store: &Store,
    ticket_hash: String,
    session_hash: String,
    expires_at: UnixMs,
) -> Result<(), StoreError> {
    todo!()
}

/// Uses a ticket up. The agent, if the ticket was unused and in time and its session still holds.
pub async fn redeem(store: &Store, ticket_hash: String, now: UnixMs) -> Result<Option<Agent>, StoreError> {
    todo!()
}
