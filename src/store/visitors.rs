//! Shoppers' sessions: the opaque token of a browser, and the contact it stands for.

use super::{Store, StoreError};
use crate::domain::{
    UnixMs,
    ids::{ContactId, InboxId},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub contact: ContactId,
    pub inbox: InboxId,
}

/// Stores a new contact with the SHA-256 (hex) of their browser's token.
pub async fn create(store: &Store, token_hash: String, visitor: Visitor, at: UnixMs) -> Result<(), StoreError> {
    todo!()
}

pub async fn load_by_token_hash(store: &Store, token_hash: &str) -> Result<Option<Visitor>, StoreError> {
    todo!()
}
