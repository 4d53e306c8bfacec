//! Attempts to prove that an order is one's own, counted so that they cannot be tried out.
//!
//! An attempt is written down as failed *before* its result is known, and taken back when it was right:
//! so a burst of parallel guesses cannot all be decided before the first is counted.

use super::{Store, StoreError};
use crate::domain::UnixMs;

/// Who tries to prove what. Every key is counted on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Unique per attempt: a turn that is decided again counts once.
    pub id: String,
    pub visitor: String,
    /// The order number in normal form, whether it exists or not.
    pub order: String,
    /// The client's network (`service::orders::network_key`).
    pub network: String,
    pub at: UnixMs,
}

/// Writes the attempt down as failed. Answers how many failures since `since` the fullest of its three keys
/// had before.
pub async fn begin(store: &Store, attempt: Attempt, since: UnixMs) -> Result<i64, StoreError> {
    todo!()
}

/// The attempt was right after all: it no longer counts.
pub async fn forgive(store: &Store, id: String) -> Result<(), StoreError> {
    todo!()
}
