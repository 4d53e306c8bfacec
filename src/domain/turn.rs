//! What one turn leaves behind: the values `commit` stores in one transaction.

use serde::{Deserialize, Serialize};

use super::{
    AgentRef, Draft, Lang, Status, UnixMs,
    ids::{Cid, ConversationId},
    returns::DraftReturn,
};

/// One turn's writes. The store applies all of it or nothing, only if `version` is still current.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnCommit {
    pub conversation: ConversationId,
    /// The version the decision was made on.
    pub version: i64,
    pub at: UnixMs,
    /// Who caused the turn, for the idempotency of `cid`: `shopper`, or the agent's id.
    pub sender: String,
    pub cid: Option<Cid>,
    pub after: After,
    pub drafts: Vec<Draft>,
    pub effects: Vec<Effect>,
}

/// The conversation row after the turn.
#[derive(Debug, Clone, PartialEq)]
pub struct After {
    pub status: Status,
    pub lang: Lang,
    pub assignee: Option<AgentRef>,
    pub assign_epoch: i64,
    pub priority: i64,
    pub queued_at: Option<UnixMs>,
    pub state_json: String,
}

/// Writes beside the log, in the same transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    OpenReturn(DraftReturn),
    /// A proof of ownership was offered and was wrong, or the order is unknown.
    ProofFailed {
        order: String,
    },
    /// "Did this help?" was answered.
    ArticleOutcome {
        article: String,
        helped: bool,
    },
    /// The bot answered from this article.
    ArticleAnswered {
        article: String,
    },
    /// Nothing fitting was found for these words: the gap finder's raw material.
    Unanswered {
        text: String,
        lang: Lang,
    },
}

/// What kind of turn it was. The bot's messages carry it, metrics count by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// An article, with its source.
    Answer,
    /// "Did you mean", with buttons.
    Clarify,
    /// An intent's own words (greeting, thanks, a question back).
    Reply,
    /// A step of a flow: a question, an order, a verdict.
    Flow,
    /// Not understood, said so, next step offered.
    Fallback,
    Handoff,
    /// Kept in the log; a person has the conversation or nothing needs saying.
    Kept,
    /// An agent did something.
    Agent,
    Refused,
}

impl Decision {
    /// As on the wire and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Answer => "answer",
            Decision::Clarify => "clarify",
            Decision::Reply => "reply",
            Decision::Flow => "flow",
            Decision::Fallback => "fallback",
            Decision::Handoff => "handoff",
            Decision::Kept => "kept",
            Decision::Agent => "agent",
            Decision::Refused => "refused",
        }
    }
}
