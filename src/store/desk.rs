//! What the desk sees of conversations: rows for lists, and places in the queue.

use serde::{Deserialize, Serialize};

use super::{Store, StoreError};
use crate::domain::{
    AgentRef, HandoffReason, Lang, Status, UnixMs,
    handoff::Feeling,
    ids::{AgentId, ConversationId},
};

/// One line of the desk's lists; on the wire as it is (docs/protocol.md).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeskRow {
    pub conv: ConversationId,
    pub status: Status,
    pub lang: Lang,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AgentRef>,
    pub epoch: i64,
    pub priority: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<UnixMs>,
    pub updated_at: UnixMs,
    pub head: i64,
    /// The beginning of the last message, at most 120 characters, one line.
    pub preview: String,
    /// From the brief of the handoff that brought it here; gone once the bot has it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeling: Option<Feeling>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<HandoffReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskView {
    /// Waiting, in the order of dispatch.
    Queue,
    /// Assigned to this agent, oldest change first.
    Mine(AgentId),
    /// Everything that is not closed, newest change first.
    All,
    /// Newest change first.
    Closed,
}

/// At most 200 rows.
pub async fn rows(store: &Store, view: &DeskView) -> Result<Vec<DeskRow>, StoreError> {
    todo!()
}

pub async fn load_row(store: &Store, id: &ConversationId) -> Result<Option<DeskRow>, StoreError> {
    todo!()
}

/// 1 for the one who is next, by the same comparator that dispatches (priority, then `queued_at`, then id);
/// `None` unless queued.
pub async fn queue_place(store: &Store, id: &ConversationId) -> Result<Option<i64>, StoreError> {
    todo!()
}

/// Every waiting conversation in the order of dispatch: the n-th has place n.
pub async fn queue(store: &Store) -> Result<Vec<ConversationId>, StoreError> {
    todo!()
}
