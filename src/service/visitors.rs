//! Shoppers' sessions: a browser gets a secret token and is that contact from then on.

use crate::{
    domain::{UnixMs, ids::InboxId},
    store::{Store, StoreError, visitors::Visitor},
};

/// A visitor and the token their browser keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct Welcomed {
    pub token: String,
    pub visitor: Visitor,
}

/// The visitor behind a token; `None` if the token is unknown.
pub async fn recognise(store: &Store, token: &str) -> Result<Option<Visitor>, StoreError> {
    todo!()
}

/// Keeps a token that is valid for this inbox, else makes a new visitor.
pub async fn welcome(store: &Store, inbox: &InboxId, token: Option<&str>, at: UnixMs) -> Result<Welcomed, StoreError> {
    todo!()
}
