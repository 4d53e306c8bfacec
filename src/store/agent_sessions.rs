//! Sign-ins of staff. Only hashes of tokens are stored (SHA-256, hex).

use super::{Store, StoreError};
use crate::domain::{Agent, UnixMs, ids::AgentId};

pub async fn create(
    store: &Store,
    token_hash: String,
    agent: AgentId,
    at: UnixMs,
    expires_at: UnixMs,
) -> Result<(), StoreError> {
    todo!()
}

/// The agent behind a session that is neither over nor the session of a disabled agent, and when it ends.
pub async fn load_agent(store: &Store, token_hash: &str, now: UnixMs) -> Result<Option<(Agent, UnixMs)>, StoreError> {
    todo!()
}

/// Moves the end of a session.
pub async fn extend(store: &Store, token_hash: String, expires_at: UnixMs) -> Result<(), StoreError> {
    todo!()
}

/// Ends a session; the socket tickets drawn from it end with it.
pub async fn revoke(store: &Store, token_hash: String) -> Result<(), StoreError> {
    todo!()
}
