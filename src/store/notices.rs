//! What rules want supervisors to know, until one of them has dealt with it.

use serde::Serialize;
use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    UnixMs,
    ids::{AgentId, ConversationId},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    pub conv: ConversationId,
    /// The rule's name.
    pub rule: String,
    pub text: String,
    pub at: UnixMs,
    /// The shopper, where a handoff told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// With the turn in which the rule acted.
pub(super) async fn tell(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    rule: String,
    text: String,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO notice (conversation, rule, told, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (conversation, rule, at) DO NOTHING",
    )
    .bind(conversation.0.clone())
    .bind(columns::storable(&rule))
    .bind(columns::storable(&text))
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}

/// Those that nobody has dealt with, newest first; at most 100.
pub async fn open(store: &Store) -> Result<Vec<Notice>, StoreError> {
    let found = sqlx::query(
        "SELECT notice.conversation, notice.rule, notice.told, notice.at, conversation.handoff_who FROM notice \
         JOIN conversation ON conversation.id = notice.conversation WHERE notice.ended_at IS NULL \
         ORDER BY notice.at DESC, notice.conversation LIMIT 100",
    )
    .all(&store.readers)
    .await?;
    let notice = |row| {
        Ok(Notice {
            conv: ConversationId(columns::text(row, "conversation")?),
            rule: columns::text(row, "rule")?,
            text: columns::text(row, "told")?,
            at: columns::int(row, "at")?,
            who: columns::maybe_text(row, "handoff_who")?,
        })
    };
    found.iter().map(notice).collect()
}

/// Dealt with: all of a conversation's. Answers how many there were.
pub async fn end(store: &Store, conv: &ConversationId, by: &AgentId, at: UnixMs) -> Result<u64, StoreError> {
    let (conv, by) = (columns::storable(conv.as_str()), by.0.clone());
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE notice SET ended_at = $2, ended_by = $3 WHERE conversation = $1 AND ended_at IS NULL",
                )
                .bind(conv)
                .bind(at)
                .bind(by)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(done.rows_affected()))
            })
        })
        .await
}
