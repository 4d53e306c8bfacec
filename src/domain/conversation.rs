//! A conversation: one thread with a contact, an ordered log of entries, and who has it now.

use serde::{Deserialize, Serialize};

use super::{
    AgentRef, Lang, UnixMs,
    ids::{AgentId, ContactId, ConversationId, InboxId, TeamId},
};

/// Who has the conversation. Changed only by `dialogue::step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Bot,
    Queued,
    /// Waits for the answer of the agent it was offered to.
    Offered,
    Assigned,
    Closed,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Bot => "bot",
            Status::Queued => "queued",
            Status::Offered => "offered",
            Status::Assigned => "assigned",
            Status::Closed => "closed",
        }
    }

    /// Between staff an offer is a state of its own; who waits, waits.
    pub fn for_shopper(self) -> Status {
        if self == Status::Offered { Status::Queued } else { self }
    }

    /// Waits for a person.
    pub fn is_waiting(self) -> bool {
        matches!(self, Status::Queued | Status::Offered)
    }
}

/// By what a shopper reaches the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The chat on the shop's pages.
    #[default]
    Widget,
    Mail,
    Phone,
    Messaging,
}

/// The row beside the log. `state_json` is the dialogue's own memory, opaque to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub id: ConversationId,
    pub inbox: InboxId,
    pub contact: ContactId,
    pub lang: Lang,
    pub status: Status,
    /// Whose it is; while it is offered, to whom.
    pub assignee: Option<AgentRef>,
    /// Grows with each assignment; a write that names an older one is refused.
    pub assign_epoch: i64,
    /// Higher is sooner.
    pub priority: i64,
    pub queued_at: Option<UnixMs>,
    /// While it is offered: until when.
    pub offered_until: Option<UnixMs>,
    /// Who had it last.
    pub previous_agent: Option<AgentId>,
    /// Whose part of the queue it is in.
    pub team: Option<TeamId>,
    /// Grows with each turn; the compare-and-swap of a commit.
    pub version: i64,
    /// The last entry's seq; entries are 1..=head without holes.
    pub head: i64,
    pub created_at: UnixMs,
    pub updated_at: UnixMs,
    pub state_json: String,
}
