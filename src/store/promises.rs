//! What agents promised shoppers. Made, kept and replaced with turns (`conversations::commit_turn`).

use sqlx::{AnyConnection, any::AnyRow};
use uuid::Uuid;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    AgentRef, UnixMs,
    ids::{AgentId, ConversationId},
    turn::DraftPromise,
};

/// A promise that nobody has kept yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenPromise {
    pub id: String,
    pub conv: ConversationId,
    /// Who made it.
    pub agent: AgentId,
    /// The sentence, as typed.
    pub said: String,
    pub made_at: UnixMs,
    pub due_at: UnixMs,
    /// What to call the shopper, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// Those this agent has to keep, the first due first, at most 200: whoever has the conversation now, else who made it.
pub async fn open_of(store: &Store, agent: &AgentId) -> Result<Vec<OpenPromise>, StoreError> {
    let found = sqlx::query(
        "SELECT promise.id, conversation, agent, said, made_at, promise.due_at, handoff_who AS who \
         FROM promise JOIN conversation ON conversation.id = promise.conversation \
         WHERE ended_at IS NULL AND COALESCE(assignee, agent) = $1 ORDER BY promise.due_at, promise.id LIMIT 200",
    )
    .bind(agent.0.clone())
    .all(&store.readers)
    .await?;
    found.iter().map(from_row).collect()
}

/// An open promise whose keeper is not at the desk, and who that is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftAlone {
    #[serde(flatten)]
    pub promise: OpenPromise,
    pub keeper: AgentRef,
}

/// Of those who have to keep them (as in [`open_of`]), nobody is there or all have switched themselves away. The first
/// due first, at most 50. `there_until`: leases that last longer count as somebody there.
pub async fn left_alone(store: &Store, there_until: UnixMs) -> Result<Vec<LeftAlone>, StoreError> {
    let found = sqlx::query(
        "SELECT promise.id, conversation, promise.agent, said, made_at, promise.due_at, handoff_who AS who, \
         agent.id AS keeper, agent.name AS keeper_name FROM promise \
         JOIN conversation ON conversation.id = promise.conversation \
         JOIN agent ON agent.id = COALESCE(conversation.assignee, promise.agent) \
         LEFT JOIN seat ON seat.agent = agent.id WHERE ended_at IS NULL AND (COALESCE(seat.available, 0) = 0 OR \
         NOT EXISTS (SELECT 1 FROM presence WHERE presence.agent = agent.id AND presence.node <> '' \
         AND presence.expires_at > $1)) ORDER BY promise.due_at, promise.id LIMIT 50",
    )
    .bind(there_until)
    .all(&store.readers)
    .await?;
    let alone = |row| {
        let keeper = AgentRef { id: AgentId(columns::text(row, "keeper")?), name: columns::text(row, "keeper_name")? };
        Ok(LeftAlone { promise: from_row(row)?, keeper })
    };
    found.iter().map(alone).collect()
}

/// Somebody says that nothing is left to do; `agent`: only if it is theirs. False if it is not, or ended already.
pub async fn dismiss(store: &Store, id: &str, agent: Option<&AgentId>, at: UnixMs) -> Result<bool, StoreError> {
    let (id, agent) = (columns::storable(id), agent.map(|agent| agent.0.clone()));
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE promise SET ended_at = $3, ended_how = 'dismissed' WHERE id = $1 AND ended_at IS NULL AND \
                     ($2 IS NULL OR agent = $2 OR EXISTS (SELECT 1 FROM conversation \
                     WHERE conversation.id = promise.conversation AND assignee = $2))",
                )
                .bind(id)
                .bind(agent)
                .bind(at)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// Takes the place of those that are open in this conversation.
pub(super) async fn make(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    promise: DraftPromise,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE promise SET ended_at = $2, ended_how = CASE WHEN counts_from <= $2 THEN 'kept' ELSE 'replaced' END \
         WHERE conversation = $1 AND ended_at IS NULL",
    )
    .bind(conversation.0.clone())
    .bind(at)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "INSERT INTO promise (id, conversation, agent, said, made_at, due_at, counts_from) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(conversation.0.clone())
    .bind(promise.agent.0)
    .bind(columns::storable(&promise.said))
    .bind(at)
    .bind(promise.due_at)
    .bind(promise.counts_from)
    .execute(db)
    .await?;
    Ok(())
}

/// An agent wrote: what was promised long enough ago is kept.
pub(super) async fn keep(db: &mut AnyConnection, conversation: &ConversationId, at: UnixMs) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE promise SET ended_at = $2, ended_how = 'kept' \
         WHERE conversation = $1 AND ended_at IS NULL AND counts_from <= $2",
    )
    .bind(conversation.0.clone())
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}

fn from_row(row: &AnyRow) -> Result<OpenPromise, StoreError> {
    Ok(OpenPromise {
        id: columns::text(row, "id")?,
        conv: ConversationId(columns::text(row, "conversation")?),
        agent: AgentId(columns::text(row, "agent")?),
        said: columns::text(row, "said")?,
        made_at: columns::int(row, "made_at")?,
        due_at: columns::int(row, "due_at")?,
        who: columns::maybe_text(row, "who")?,
    })
}
