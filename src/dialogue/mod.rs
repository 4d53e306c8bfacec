//! The bot's judgement. `step` is a pure function from what was and what happened to what comes next.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        AgentRef, Choice, Draft, Lang, Now, Status, UnixMs,
        article::Shelf,
        handoff::{Feeling, Priority, Tried},
        ids::Cid,
        order::{OrderLookup, Proof},
        playbook::Playbook,
        turn::Effect,
    },
    nlu::Understanding,
};

pub mod step;

pub use step::{needs, step};

/// What the dialogue remembers of a conversation; stored as JSON beside the log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub status: Status,
    pub lang: Lang,
    pub assignee: Option<AgentRef>,
    pub assign_epoch: i64,
    pub queued_at: Option<UnixMs>,
    pub priority: Priority,
    pub memory: Memory,
}

/// The bot's own memory. Grows with the dialogue core; unknown fields of older rows default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    pub tried: Vec<Tried>,
    pub feeling: Feeling,
}

/// What happened. Every event of every kind of person takes this road.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The shopper opened the chat for the first time: greet.
    Opened,
    /// The shopper said something.
    Said(Box<Said>),
    AgentTook {
        agent: AgentRef,
    },
    AgentSaid {
        agent: AgentRef,
        epoch: i64,
        text: String,
    },
    AgentNoted {
        agent: AgentRef,
        text: String,
    },
    AgentHandedBack {
        agent: AgentRef,
        epoch: i64,
    },
    AgentResolved {
        agent: AgentRef,
        epoch: i64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// As typed; may be empty.
    pub text: String,
    pub choice: Option<Choice>,
    pub understanding: Understanding,
    pub facts: Facts,
}

/// What the turn fetched because `needs` asked for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub order: Option<OrderLookup>,
    /// Returns already opened for that order: number, line.
    pub returns: Vec<(String, u32)>,
    /// The articles the bot may answer from today.
    pub shelf: Arc<Shelf>,
}

/// What to fetch before deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Look the order up with this proof. The caller counts failures and may answer `Locked`.
    Order { number: String, proof: Proof },
    /// An order whose ownership this conversation has already proved.
    ProvedOrder { number: String },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub state: State,
    /// Entries to append, the sender's own first.
    pub drafts: Vec<Draft>,
    pub effects: Vec<Effect>,
    pub decision: Decision,
    /// For the playbook's author and for `warmline ask`: which rule won, what was missing.
    pub notes: Vec<String>,
    /// The sender may not do this now; nothing is appended.
    pub refused: Option<Refusal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else has it.
    Taken { by: AgentRef },
    /// The write names an assignment that is over.
    Stale,
    /// Not in a state in which this makes sense (take a conversation the bot has is allowed; resolve a closed one is not).
    Closed,
}

/// What kind of turn it was: the label of metrics, of `warmline ask` and of `warmline play`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
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
