//! The bot's judgement. `step` is a pure function from what was and what happened to what comes next.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::domain::turn::Decision;
use crate::{
    domain::{
        AgentRef, Choice, Draft, Lang, Status, UnixMs,
        article::Shelf,
        handoff::Priority,
        order::{OrderLookup, Proof},
        turn::Effect,
    },
    nlu::Understanding,
};

mod agents;
mod bot;
mod flows;
mod handoff;
mod memory;
mod step;
mod turn;
mod wording;

pub use memory::{Flow, Memory, Slot, Topic};
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

/// What happened. Every event of every kind of person takes this road.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The shopper opened the chat for the first time: greet.
    Opened,
    /// The shopper said something.
    Said(Box<Said>),
    /// A member of staff did something.
    Agent { agent: AgentRef, act: AgentAct },
    /// The assignee of this assignment is gone for longer than the grace.
    AgentLost { epoch: i64 },
    /// It waits, and nobody is at the desk.
    NobodyOnline,
}

/// `epoch` names the assignment the agent acted on; an older one is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentAct {
    Take,
    Say {
        epoch: i64,
        text: String,
    },
    Note {
        text: String,
    },
    HandBack {
        epoch: i64,
    },
    /// Back into the queue, for a colleague.
    Release {
        epoch: i64,
    },
    Resolve {
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
