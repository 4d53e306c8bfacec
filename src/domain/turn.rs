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
