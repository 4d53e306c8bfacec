//! Members of staff.

use super::{Store, StoreError};
use crate::domain::{Agent, UnixMs, ids::AgentId};

/// Adds a member of staff. False if the mail address is taken; then nothing is written.
pub async fn create(store: &Store, agent: Agent, password_hash: String, at: UnixMs) -> Result<bool, StoreError> {
    todo!()
}

/// The agent and the password's Argon2 hash (PHC string). `mail` in any case.
pub async fn load_by_mail(store: &Store, mail: &str) -> Result<Option<(Agent, String)>, StoreError> {
    todo!()
}

pub async fn load(store: &Store, id: &AgentId) -> Result<Option<Agent>, StoreError> {
    todo!()
}

/// By name.
pub async fn list(store: &Store) -> Result<Vec<Agent>, StoreError> {
    todo!()
}
