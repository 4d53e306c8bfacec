//! A conversation: one thread with a contact, an ordered log of entries, and who has it now.

use serde::{Deserialize, Serialize};

use super::{
    AgentRef, Lang, UnixMs,
    ids::{ContactId, ConversationId, InboxId},
};

/// Who has the conversation. Changed only by `dialogue::step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Bot,
    Queued,
    Assigned,
    Closed,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Bot => "bot",
            Status::Queued => "queued",
            Status::Assigned => "assigned",
            Status::Closed => "closed",
        }
    }
}

/// The row beside the log. `state_json` is the dialogue's own memory, opaque to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub id: ConversationId,
    pub inbox: InboxId,
    pub contact: ContactId,
    pub lang: Lang,
    pub status: Status,
    pub assignee: Option<AgentRef>,
    /// Grows with each assignment; a write that names an older one is refused.
    pub assign_epoch: i64,
    /// Higher is sooner.
    pub priority: i64,
    pub queued_at: Option<UnixMs>,
    /// Grows with each turn; the compare-and-swap of a commit.
    pub version: i64,
    /// The last entry's seq; entries are 1..=head without holes.
    pub head: i64,
    pub created_at: UnixMs,
    pub updated_at: UnixMs,
    pub state_json: String,
}
