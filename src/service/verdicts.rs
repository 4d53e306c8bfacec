//! What readers of the help centre say of an article: one say each, by a random number in their browser.

use super::tokens;
use crate::{
    domain::{Lang, UnixMs},
    store::{Store, StoreError, help},
};

/// Keeps what a visitor says in the place of what they said before. `token` is what their browser has from the last
/// time; answers the one it should keep.
///
/// # Errors
/// The database was not there. Nothing was stored.
pub async fn give(
    store: &Store,
    article: &str,
    token: Option<&str>,
    lang: Lang,
    helped: bool,
    at: UnixMs,
) -> Result<String, StoreError> {
    let token = token.map_or_else(tokens::fresh, str::to_owned);
    help::say(store, article, tokens::hash(&token), lang, helped, at).await?;
    Ok(token)
}
