//! Numbers and addresses that shoppers left while the desk was closed, until somebody has got back to them.

use serde::Serialize;
use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{
    AgentRef, UnixMs,
    ids::{AgentId, ConversationId, TeamId},
    turn::{CallBackWay, DraftCallBack},
};

/// On the wire as it is (`GET /api/call-backs`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallBack {
    pub conv: ConversationId,
    /// The message that says it.
    pub seq: i64,
    pub way: CallBackWay,
    /// The number or address; empty once that message was redacted.
    pub reach: String,
    pub asked_at: UnixMs,
    /// When the desk opens, or opened.
    pub due_at: UnixMs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Who may know of it.
    #[serde(skip)]
    pub team: Option<TeamId>,
    #[serde(skip)]
    pub assignee: Option<AgentRef>,
}

/// What this agent may have to do: in their own conversations and in those that nobody has. The first due first, at most 200.
pub async fn open_for(store: &Store, agent: &AgentId) -> Result<Vec<CallBack>, StoreError> {
    let found = sqlx::query(
        "SELECT call_back.conversation, seq, way, reach, asked_at, call_back.due_at AS call_due_at, handoff_who, \
         team, assignee, assignee_name \
         FROM call_back JOIN conversation ON conversation.id = call_back.conversation \
         WHERE done_at IS NULL AND (assignee IS NULL OR assignee = $1) \
         ORDER BY call_back.due_at, asked_at, call_back.conversation LIMIT 200",
    )
    .bind(agent.0.clone())
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(CallBack {
                conv: ConversationId(columns::text(row, "conversation")?),
                seq: columns::int(row, "seq")?,
                way: columns::name(row, "way")?,
                reach: columns::text(row, "reach")?,
                asked_at: columns::int(row, "asked_at")?,
                due_at: columns::int(row, "call_due_at")?,
                who: columns::maybe_text(row, "handoff_who")?,
                team: columns::maybe_text(row, "team")?.map(TeamId),
                assignee: columns::assignee(row)?,
            })
        })
        .collect()
}

/// A later one takes the place of one that is open.
pub(super) async fn ask(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    seq: i64,
    at: UnixMs,
    draft: DraftCallBack,
) -> Result<(), StoreError> {
    end(db, conversation, at, None).await?;
    sqlx::query(
        "INSERT INTO call_back (conversation, seq, way, reach, asked_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(conversation.0.clone())
    .bind(seq)
    .bind(columns::to_name(&draft.way)?)
    .bind(columns::storable(&draft.reach))
    .bind(at)
    .bind(draft.due_at)
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn end(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    by: Option<AgentId>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE call_back SET done_at = $2, done_by = $3 WHERE conversation = $1 AND done_at IS NULL")
        .bind(conversation.0.clone())
        .bind(at)
        .bind(by.map(|agent| agent.0))
        .execute(db)
        .await?;
    Ok(())
}
