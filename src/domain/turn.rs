//! What one turn leaves behind: the values `commit` stores in one transaction.

use serde::{Deserialize, Serialize};

use super::{
    AgentRef, Draft, EntryBody, HandoffReason, Lang, Status, UnixMs,
    ids::{AgentId, Cid, ConversationId, TeamId},
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
    /// Of several that came together, the first; the others' are in `drafts`.
    pub cid: Option<Cid>,
    /// Whose it was, or to whom it was offered, at that version.
    pub before: Option<AgentId>,
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
    pub offered_until: Option<UnixMs>,
    pub previous_agent: Option<AgentId>,
    pub team: Option<TeamId>,
    /// When the first of what is owed is, or was, due.
    pub sla_due_at: Option<UnixMs>,
    /// When the bot answers what the shopper has said so far, unless they go on.
    pub due_at: Option<UnixMs>,
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
        /// How sure the bot was when it answered, in thousandths; `None` when a button had asked for the article.
        confidence: Option<u32>,
    },
    /// An agent promised the shopper to come back.
    Promise(DraftPromise),
    /// An agent wrote: what was promised before is kept.
    KeepPromises,
    /// The bot answered from this article.
    ArticleAnswered {
        article: String,
    },
    /// The agent is not asked again before then.
    PassOver {
        agent: AgentId,
        until: UnixMs,
    },
    /// The agent takes nothing new until they say so.
    SetAway {
        agent: AgentId,
    },
    /// The timer goes off then, once, unless it is armed again or disarmed.
    Arm {
        kind: TimerKind,
        due_at: UnixMs,
    },
    Disarm {
        kind: TimerKind,
    },
    /// A supervisor has to know.
    Notify(News),
    /// What was said of the conversation at its end.
    WrapUp {
        category: Option<String>,
        outcome: Option<String>,
    },
    /// All tags that are on it from then on.
    SetTags {
        tags: Vec<String>,
    },
    /// The shopper said how it was.
    Rate(DraftRating),
    OpenFollowUp {
        resolution: i64,
        due_at: UnixMs,
    },
    TakeFollowUp {
        resolution: i64,
        owner: AgentId,
    },
    EndFollowUp {
        resolution: i64,
        owner: AgentId,
        remedy: String,
    },
    /// Other words in the place of an entry's: `text` where it said `before`.
    Rewrite {
        seq: i64,
        body: Box<EntryBody>,
        before: String,
        text: String,
    },
    /// The words go from everywhere; `body` is what stays of the entry.
    Redact {
        seq: i64,
        body: Box<EntryBody>,
        words: Vec<String>,
    },
    /// The shopper wants to be called or mailed; left in the first entry of this turn.
    AskCallBack(DraftCallBack),
    EndCallBack {
        by: AgentId,
    },
    /// Nothing fitting was found for these words: the gap finder's raw material.
    Unanswered {
        text: String,
        lang: Lang,
    },
}

/// What supervisors are told, until one of them has dealt with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum News {
    /// A rule of the playbook wants them to know.
    Rule { rule: String, text: String },
    /// A red line, or rising anger, said to who has the conversation.
    Alert { reason: HandoffReason },
    /// A poor rating opened a follow-up.
    LowRating { score: u8 },
}

/// What a conversation waits for; one of each at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// Another step of waiting: its priority grows.
    Waiting,
    /// It has waited as long as a rule waits for.
    RuleWaiting,
    FirstResponseWarning,
    FirstResponseBreach,
    NextResponseWarning,
    NextResponseBreach,
    ResolutionWarning,
    ResolutionBreach,
}

impl TimerKind {
    /// What is owed, and whether the promise is broken then; `None` for what is no promise.
    pub fn promise(self) -> Option<(Owed, bool)> {
        match self {
            TimerKind::Waiting | TimerKind::RuleWaiting => None,
            TimerKind::FirstResponseWarning => Some((Owed::FirstResponse, false)),
            TimerKind::FirstResponseBreach => Some((Owed::FirstResponse, true)),
            TimerKind::NextResponseWarning => Some((Owed::NextResponse, false)),
            TimerKind::NextResponseBreach => Some((Owed::NextResponse, true)),
            TimerKind::ResolutionWarning => Some((Owed::Resolution, false)),
            TimerKind::ResolutionBreach => Some((Owed::Resolution, true)),
        }
    }
}

/// What is owed to a shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owed {
    /// The first word of a person, from the moment somebody was asked for.
    FirstResponse,
    /// Each further one, from what the shopper said first since the last.
    NextResponse,
    /// The end, from the moment a person was asked for.
    Resolution,
}

/// A rating before it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftRating {
    pub resolution: i64,
    /// Once more, after a remedy.
    pub again: bool,
    /// Who had resolved it.
    pub agent: Option<AgentId>,
    /// 1 to 5.
    pub score: u8,
    pub comment: String,
}

/// A wish to be called back before it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftCallBack {
    pub way: CallBackWay,
    /// The number or the address.
    pub reach: String,
    /// When the desk opens.
    pub due_at: UnixMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallBackWay {
    Phone,
    Mail,
}

/// A promise before it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPromise {
    pub agent: AgentId,
    /// The sentence, as typed.
    pub said: String,
    pub due_at: UnixMs,
    /// A message before this does not keep it yet.
    pub counts_from: UnixMs,
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
