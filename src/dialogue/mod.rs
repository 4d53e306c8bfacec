//! The bot's judgement. `step` is a pure function from what was and what happened to what comes next.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::domain::turn::Decision;
use crate::{
    domain::{
        AgentRef, Attachment, Channel, Choice, Draft, Entry, Lang, OrderNumber, Status, Target, Tone, UnixMs, Why,
        WrapUp,
        article::Shelf,
        handoff::{Level, Priority},
        ids::{AgentId, InboxId, TeamId},
        order::{OrderLookup, Proof},
        turn::{Effect, TimerKind},
    },
    nlu::Understanding,
};

mod agents;
mod bot;
mod burst;
mod closed;
mod corrections;
mod flows;
mod handoff;
mod memory;
mod mentions;
mod pictures;
mod rating;
mod requests;
pub mod rules;
mod step;
mod surge;
mod timers;
mod turn;
mod wording;
mod wrap_up;

pub use burst::words_to_answer;
pub use corrections::Correction;
pub use memory::{Burst, Flow, KnownOrder, Memory, Slot, Topic};
pub use rating::{FollowUpAct, Ratings, Verdict};
pub use step::{needs, step};
pub use timers::promised;

/// What the dialogue remembers of a conversation; stored as JSON beside the log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub status: Status,
    pub lang: Lang,
    pub assignee: Option<AgentRef>,
    pub assign_epoch: i64,
    pub queued_at: Option<UnixMs>,
    /// While it is offered: until when.
    pub offered_until: Option<UnixMs>,
    /// Who had it last.
    pub previous_agent: Option<AgentId>,
    /// Whose part of the queue it is in.
    pub team: Option<TeamId>,
    /// By what the shopper came.
    pub channel: Channel,
    /// Where it began; the row's, never stored here.
    #[serde(skip)]
    pub inbox: Option<InboxId>,
    pub priority: Priority,
    /// When the bubbles in `memory.burst` are answered, unless another one comes.
    pub due_at: Option<UnixMs>,
    pub memory: Memory,
}

/// What happened. Every event of every kind of person takes this road.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The shopper opened the chat for the first time: greet.
    Opened,
    /// The shopper said something.
    Said(Box<Said>),
    /// The shopper has said nothing more for a while: the bubbles that wait are answered.
    Paused(Box<Said>),
    /// The shopper said how it was.
    Rated(Verdict),
    /// A member of staff changes something that was written; `entry` is it, as it is now.
    Corrected { agent: AgentRef, entry: Option<Box<Entry>>, what: Correction },
    /// A member of staff did something.
    Agent { agent: AgentRef, act: AgentAct },
    /// It is this agent's turn: given at once, or offered until then.
    /// `leaves_team`: it waited too long for its own team.
    Given { agent: AgentRef, why: Box<Why>, until: Option<UnixMs>, leaves_team: bool },
    /// A timer went off.
    Timer { kind: TimerKind },
    /// Nobody answered the offer of this epoch.
    OfferMissed { epoch: i64 },
    /// The assignee of this assignment is gone for longer than the grace.
    AgentLost { epoch: i64 },
    /// It waits, and nobody is at the desk.
    NobodyOnline,
    /// It waits, and the desk has closed.
    DeskClosed,
}

/// `epoch` names the assignment the agent acted on; an older one is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentAct {
    Take {
        /// It waited too long for its own team: it is everybody's now.
        leaves_team: bool,
    },
    /// Takes what was offered.
    Accept {
        epoch: i64,
    },
    /// Does not; a colleague is asked.
    Decline {
        epoch: i64,
    },
    Say {
        epoch: i64,
        text: String,
        files: Vec<Attachment>,
        /// What the tone coach had said about it.
        despite: Option<Tone>,
    },
    Note {
        text: String,
        /// Colleagues who are named in it.
        mentions: Vec<AgentRef>,
    },
    /// Changes something that was written; needs the entry ([`Event::Corrected`]).
    Correct {
        seq: i64,
        what: Correction,
    },
    FollowUp {
        resolution: i64,
        act: FollowUpAct,
    },
    /// Has got back to the shopper who had left a number or an address.
    CalledBack,
    /// Says which of the shop's grades the shopper has; none takes it away.
    SetTier {
        tier: Option<String>,
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
        /// `None`: skipped.
        wrap_up: Option<WrapUp>,
    },
    /// Puts tags on and takes them off.
    Tag {
        add: Vec<String>,
        remove: Vec<String>,
    },
    /// To a colleague who is there, or into a team's part of the queue; the note is for who gets it.
    Transfer {
        epoch: i64,
        to: Target,
        note: String,
        /// The colleague is in another team.
        leaves_team: bool,
    },
    /// To one of many who wait with the same matter; it leaves the queue, and keeps its place in it.
    AnswerMany {
        /// As in the row that waits.
        epoch: i64,
        text: String,
        /// How many get it.
        among: u32,
        despite: Option<Tone>,
    },
    /// How urgent it is, while it waits or somebody has it.
    SetPriority {
        level: Level,
    },
    /// From the colleague who has it or is asked; for who supervises.
    TakeOver {
        epoch: i64,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What is answered: the message as typed (may be empty), after bubbles that waited for it.
    pub text: String,
    /// The message alone, as it goes into the log.
    pub bubble: String,
    pub choice: Option<Choice>,
    /// What came with it.
    pub files: Vec<Attachment>,
    /// Of `text`.
    pub understanding: Understanding,
    /// Of `text`, where it may ask two things; else empty.
    pub parts: Vec<Part>,
    pub facts: Facts,
}

/// One of the things a message may ask.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// As typed.
    pub text: String,
    pub understanding: Understanding,
}

/// What the turn fetched because `needs` asked for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub orders: Vec<OrderFacts>,
    /// The articles the bot may answer from today.
    pub shelf: Arc<Shelf>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OrderFacts {
    pub number: OrderNumber,
    pub lookup: OrderLookup,
    /// Returns already opened for it: number, line.
    pub returns: Vec<(String, u32)>,
}

impl Facts {
    pub fn order(&self, number: &str) -> Option<&OrderFacts> {
        self.orders.iter().find(|order| order.number == number)
    }
}

impl Need {
    pub fn number(&self) -> &OrderNumber {
        match self {
            Need::Order { number, .. } | Need::ProvedOrder { number } => number,
        }
    }
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
    /// The agent has as many as they take at once.
    Full,
    /// Somebody else's to do.
    NotYours,
    /// The time for it is over.
    TooLate,
    /// Category and outcome have to be said first.
    NeedsWrapUp,
    /// A file that it names is gone, somebody else's, or was sent before; or there are too many.
    NoSuchFile,
    /// There is no such category, outcome or tag (any more).
    UnknownChoice,
    /// Not in a state in which this makes sense (take a conversation the bot has is allowed; resolve a closed one is not).
    Closed,
}
