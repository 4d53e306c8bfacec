//! Who was named in which note and has not looked yet. Written with the turn of the note.

use serde::Serialize;
use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    Entry, EntryBody, UnixMs,
    ids::{AgentId, ConversationId},
};

/// On the wire as it is (`GET /api/mentions`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    pub conv: ConversationId,
    /// Of the note.
    pub seq: i64,
    pub at: UnixMs,
    /// Who wrote it.
    pub by_name: String,
    /// Its beginning.
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// Characters of the note.
const TEXT_CHARS: usize = 120;

/// What this agent has not read, the oldest first, at most 100.
pub async fn unread(store: &Store, agent: &AgentId) -> Result<Vec<Mention>, StoreError> {
    let found = sqlx::query(
        "SELECT mention.conversation, mention.seq, mention.at, entry.agent_name, entry.body, handoff_who FROM mention \
         JOIN entry ON entry.conversation = mention.conversation AND entry.seq = mention.seq \
         JOIN conversation ON conversation.id = mention.conversation \
         WHERE mention.agent = $1 AND read_at IS NULL ORDER BY mention.at, mention.conversation, mention.seq LIMIT 100",
    )
    .bind(agent.0.clone())
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            let text = match columns::json(row, "body")? {
                EntryBody::Note(note) => note.text.chars().take(TEXT_CHARS).collect(),
                _ => String::new(),
            };
            Ok(Mention {
                conv: ConversationId(columns::text(row, "conversation")?),
                seq: columns::int(row, "seq")?,
                at: columns::int(row, "at")?,
                by_name: columns::maybe_text(row, "agent_name")?.unwrap_or_default(),
                text,
                who: columns::maybe_text(row, "handoff_who")?,
            })
        })
        .collect()
}

/// The agent has looked at the conversation. Answers how many were read by that.
pub async fn read(store: &Store, agent: &AgentId, conv: &ConversationId, at: UnixMs) -> Result<u64, StoreError> {
    let (agent, conv) = (agent.0.clone(), columns::storable(conv.as_str()));
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE mention SET read_at = $3 WHERE agent = $1 AND conversation = $2 AND read_at IS NULL",
                )
                .bind(agent)
                .bind(conv)
                .bind(at)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(done.rows_affected()))
            })
        })
        .await
}

pub(super) async fn note(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    entries: &[Entry],
) -> Result<(), StoreError> {
    for entry in entries {
        let EntryBody::Note(note) = &entry.body else { continue };
        for agent in &note.mentions {
            sqlx::query(
                "INSERT INTO mention (agent, conversation, seq, at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (agent, conversation, seq) DO NOTHING",
            )
            .bind(agent.id.0.clone())
            .bind(conversation.0.clone())
            .bind(entry.seq)
            .bind(entry.at)
            .execute(&mut *db)
            .await?;
        }
    }
    Ok(())
}
