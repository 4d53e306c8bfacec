//! Shoppers' sessions: a browser gets a secret token and is that contact from then on.

use uuid::Uuid;

use super::tokens;
use crate::{
    domain::{
        UnixMs,
        ids::{ContactId, InboxId},
    },
    store::{
        Store, StoreError,
        visitors::{self, Visitor},
    },
};

/// A visitor and the token their browser keeps. No Debug: the token must not reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Welcomed {
    pub token: String,
    pub visitor: Visitor,
}

/// The visitor behind a token; `None` if the token is unknown.
pub async fn recognise(store: &Store, token: &str) -> Result<Option<Visitor>, StoreError> {
    visitors::load_by_token_hash(store, &tokens::hash(token)).await
}

/// Keeps a token that is valid for this inbox, else makes a new visitor.
pub async fn welcome(store: &Store, inbox: &InboxId, token: Option<&str>, at: UnixMs) -> Result<Welcomed, StoreError> {
    if let Some(token) = token
        && let Some(visitor) = recognise(store, token).await?
        && visitor.inbox == *inbox
    {
        return Ok(Welcomed { token: token.to_owned(), visitor });
    }
    let visitor = Visitor { contact: ContactId(Uuid::now_v7().to_string()), inbox: inbox.clone() };
    let token = tokens::fresh();
    visitors::create(store, tokens::hash(&token), visitor.clone(), at).await?;
    Ok(Welcomed { token, visitor })
}
