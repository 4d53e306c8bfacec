//! The tone coach: a reply that is about to be sent, heard as its shopper would hear it.

use super::mind::Mind;
use crate::{
    desk::tone::{Context, Finding, judge},
    domain::{Author, EntryBody, Lang, ids::ConversationId},
    store::{Store, StoreError, conversations},
};

/// Entries behind the last answer that may hold what the shopper said.
const LOOK_BACK: i64 = 12;

/// `after`: what the shopper has said since they were last answered, as typed.
pub fn hear(mind: &Mind, reply: &str, after: Option<&str>, lang: Lang) -> Option<Finding> {
    let feeling = after.map(|after| mind.feelings(after).feeling).unwrap_or_default();
    judge(&mind.playbook.tone, reply, lang, &Context { after, feeling, sound: mind.sound(reply, after) })
}

/// What the shopper of a conversation has said since a person or the bot answered last; `None` when nothing is open.
///
/// # Errors
/// The database was not there.
pub async fn open_words(store: &Store, conv: &ConversationId, head: i64) -> Result<Option<String>, StoreError> {
    let entries = conversations::entries_before(store, conv, head + 1, LOOK_BACK).await?;
    let mut said = Vec::new();
    for entry in entries.iter().rev() {
        match (&entry.author, &entry.body) {
            (Author::Shopper, EntryBody::Message(message)) => said.push(message.text.as_str()),
            (Author::Agent(_), EntryBody::Message(_)) => break,
            (Author::Bot, EntryBody::Message(_)) if !said.is_empty() => break,
            _ => {}
        }
    }
    said.reverse();
    Ok((!said.is_empty()).then(|| said.join("\n")))
}
