//! What shoppers and the bot said to each other lately: the questions that an edit is tried on.

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{EntryBody, Message, UnixMs, ids::ConversationId};

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub conversation: ConversationId,
    pub seq: i64,
    pub at: UnixMs,
    pub by: Speaker,
    pub message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    Shopper,
    Bot,
    Agent,
}

/// The messages of the conversations that changed last, conversation by conversation in their order.
pub async fn recent(store: &Store, conversations: i64) -> Result<Vec<Said>, StoreError> {
    let found = sqlx::query(
        "SELECT conversation, seq, at, author, body FROM entry WHERE kind = 'message' AND conversation IN \
         (SELECT id FROM conversation ORDER BY updated_at DESC, id LIMIT $1) ORDER BY conversation, seq",
    )
    .bind(conversations)
    .all(&store.readers)
    .await?;
    found
        .iter()
        .filter_map(|row| {
            let read = || {
                let by = match columns::text(row, "author")?.as_str() {
                    "shopper" => Speaker::Shopper,
                    "bot" => Speaker::Bot,
                    _ => Speaker::Agent,
                };
                let EntryBody::Message(message) = columns::json(row, "body")? else { return Ok(None) };
                Ok(Some(Said {
                    conversation: ConversationId(columns::text(row, "conversation")?),
                    seq: columns::int(row, "seq")?,
                    at: columns::int(row, "at")?,
                    by,
                    message,
                }))
            };
            read().transpose()
        })
        .collect()
}
