//! What the bot remembers of a conversation between turns. Fields missing in older rows take their default.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Ratings;
use crate::domain::{
    HandoffReason, Level, Mentioned, OrderNumber, UnixMs, Why,
    article::ArticleId,
    handoff::{Dispute, Tried},
    ids::TeamId,
    order::{OrderState, Proof},
    playbook::FlowName,
    returns::{ReturnKind, ReturnReason},
    turn::TimerKind,
};
use crate::{desk::sla::Debts, nlu::Mood};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Flows under way; the last is active, those below wait to be taken up again.
    pub flows: Vec<Flow>,
    /// The return the policy last said no to: another reason ("it is broken, actually") takes it up again, and another
    /// order's number begins it with that one.
    pub refused: Option<Flow>,
    /// Orders whose ownership this conversation has proved, in the order they were shown.
    pub proved: Vec<OrderNumber>,
    /// What is remembered of the orders in `proved`.
    pub known: BTreeMap<OrderNumber, KnownOrder>,
    /// The order spoken about.
    pub current_order: Option<OrderNumber>,
    /// The order named last, proved or not.
    pub named_order: Option<OrderNumber>,
    /// Name on the proved order, for the brief.
    pub customer: Option<String>,
    /// What the shopper wants now.
    pub topic: Option<Topic>,
    /// Messages in a row that were not understood.
    pub failures: u32,
    /// Messages without words in a row.
    pub nudges: u32,
    /// How often each article or intent has been given as the answer.
    pub given: BTreeMap<String, u32>,
    /// How sure the bot was when it last gave each article, in thousandths.
    pub confidence: BTreeMap<ArticleId, u32>,
    /// How often each reply key has been said, so that its variants take turns.
    pub said: BTreeMap<String, u32>,
    /// The other candidates of the last answer, offered when it did not help.
    pub runners_up: Vec<ArticleId>,
    pub tried: Vec<Tried>,
    /// How the conversation feels so far.
    pub mood: Mood,
    /// What the quarrel is about, the last time one was seen.
    pub dispute: Option<Dispute>,
    pub feeling_words: Vec<String>,
    /// Whether the shopper has written Chinese: from then on a word or two of English are borrowed.
    pub wrote_chinese: bool,
    /// Whether the shopper has been told that words said in the queue reach the agent.
    pub queue_noted: bool,
    /// Whether the shopper has been told, in this stay in the queue, that nobody is at the desk.
    pub nobody_noted: bool,
    /// Whether a red line was crossed in this stay with people: only the button leaves the queue then.
    pub is_grave: bool,
    /// Why a person was needed in this stay with people; each is news once.
    pub reasons: Vec<HandoffReason>,
    /// How angry they were when people were last told.
    pub anger_told: f32,
    /// Bubbles that are in the log and not answered yet.
    pub burst: Option<Burst>,
    /// Pictures that the shopper sent since the bot began, for the brief.
    pub pictures: u32,
    /// Whether the last message was a picture without words, and the shopper was told that the bot does not see it.
    pub picture_noted: bool,
    /// What the shopper named, for the brief.
    pub mentioned: Vec<Mentioned>,
    /// Whether the shopper has been told, in this stay in the queue, that the desk is closed.
    pub closed_noted: bool,
    /// The shop's grade of this shopper.
    pub tier: Option<String>,
    /// What is owed, and since when.
    pub debts: Debts,
    /// When the first of them is, or was, due.
    pub sla_due_at: Option<UnixMs>,
    /// The timers that are armed.
    pub timers: BTreeMap<TimerKind, UnixMs>,
    /// Why it was offered to whom it is offered.
    pub offered_why: Option<Box<Why>>,
    /// What was asked for when a person was, as typed.
    pub wants_text: Option<String>,
    /// Whether one answer for many was given already.
    pub was_answered_with_others: bool,
    /// The place in the queue of who was answered together with others.
    pub kept_place: Option<KeptPlace>,
    /// Rules about waiting have looked at this wait until then.
    pub rules_looked_until: Option<UnixMs>,
    /// How urgent people say it is.
    pub level: Option<Level>,
    /// What staff have put on it.
    pub tags: Vec<String>,
    pub ratings: Ratings,
    /// Whether somebody has to get back to them.
    pub call_back: bool,
    /// Whether the last answer began with a warm word.
    pub was_warm: bool,
}

impl Memory {
    /// The shopper's words that what they say next may hang on.
    pub fn spoken_of(&self) -> Option<&str> {
        self.topic.as_ref().filter(|topic| !topic.name.is_empty()).map(|topic| topic.text.as_str())
    }
}

/// What whoever still needs a person comes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPlace {
    pub queued_at: UnixMs,
    /// When they were answered.
    pub until_asked_at: UnixMs,
    pub level: Option<Level>,
    pub team: Option<TeamId>,
}

/// One thought in several bubbles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    /// As typed.
    pub bubbles: Vec<String>,
    /// When the first came.
    pub since: UnixMs,
}

/// By what people tell their orders apart, and how it stood with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownOrder {
    pub placed_at: UnixMs,
    /// The last parcel's.
    pub delivered_at: Option<UnixMs>,
    /// When it was looked up last.
    #[serde(default)]
    pub state: Option<OrderState>,
    /// Whether a parcel of it was late then.
    #[serde(default)]
    pub late: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// An intent's name or an article's id.
    pub name: String,
    /// The shopper's own words.
    pub text: String,
}

/// One flow with the slots filled so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    pub name: FlowName,
    /// The slot the last question asked for.
    pub awaiting: Option<Slot>,
    /// When that question was put; not when it was repeated.
    #[serde(default)]
    pub since: Option<UnixMs>,
    /// Answers in a row that did not fill it.
    #[serde(default)]
    pub misses: u32,
    #[serde(default)]
    pub order: Option<OrderNumber>,
    #[serde(default)]
    pub proof: Option<Proof>,
    #[serde(default)]
    pub line: Option<u32>,
    #[serde(default)]
    pub kind: Option<ReturnKind>,
    #[serde(default)]
    pub reason: Option<ReturnReason>,
    #[serde(default)]
    pub opened: Option<bool>,
    /// More than one item is meant: when one is dealt with, the next follows.
    #[serde(default)]
    pub all: bool,
    /// What was ordered is kept after all.
    #[serde(default)]
    pub keeps: bool,
    /// Why, of items that have reasons of their own.
    #[serde(default)]
    pub reasons: BTreeMap<u32, ReturnReason>,
    /// The lines that follow.
    #[serde(default)]
    pub next_lines: Vec<u32>,
    /// The orders that follow.
    #[serde(default)]
    pub next_orders: Vec<OrderNumber>,
    /// The size or colour wanted instead, in the shopper's words.
    #[serde(default)]
    pub wanted: Option<String>,
    /// Articles that words beside the order's number may have asked for.
    #[serde(default)]
    pub beside: Vec<ArticleId>,
    /// The items to choose from: line and name as shown.
    #[serde(default)]
    pub items: Vec<(u32, String)>,
    /// Pictures that were sent since it began: evidence of the return.
    #[serde(default)]
    pub pictures: u32,
    /// What the last question's words were filled with, so that it can be asked again.
    #[serde(default)]
    pub said: Vec<(String, String)>,
}

impl Flow {
    /// One of several items of an order was chosen.
    pub fn is_about_one_of_several(&self) -> bool {
        self.line.is_some() && self.items.len() > 1
    }

    pub fn new(name: FlowName) -> Self {
        Self {
            name,
            awaiting: None,
            since: None,
            misses: 0,
            order: None,
            proof: None,
            line: None,
            kind: None,
            reason: None,
            opened: None,
            all: false,
            keeps: false,
            reasons: BTreeMap::new(),
            next_lines: Vec::new(),
            next_orders: Vec::new(),
            wanted: None,
            beside: Vec::new(),
            items: Vec::new(),
            pictures: 0,
            said: Vec::new(),
        }
    }

    /// The same wish for the next of several items, or of several orders.
    pub fn next(&self) -> Option<Flow> {
        let same = Flow { kind: self.kind, reason: self.reason, pictures: self.pictures, ..Flow::new(self.name) };
        if let Some((line, rest)) = self.next_lines.split_first() {
            let (next_lines, next_orders) = (rest.to_vec(), self.next_orders.clone());
            let reasons = self.reasons.clone();
            return Some(Flow {
                order: self.order.clone(),
                line: Some(*line),
                reasons,
                next_lines,
                next_orders,
                ..same
            });
        }
        let (order, rest) = self.next_orders.split_first()?;
        let next_orders = rest.to_vec();
        Some(Flow { order: Some(order.clone()), proof: self.proof.clone(), next_orders, ..same })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    Order,
    Proof,
    Item,
    Kind,
    Reason,
    Opened,
    /// The size or colour to send instead.
    Wanted,
    Confirm,
}

impl Slot {
    /// The name used in reply keys and in quick replies.
    pub fn as_str(self) -> &'static str {
        match self {
            Slot::Order => "order",
            Slot::Proof => "proof",
            Slot::Item => "item",
            Slot::Kind => "kind",
            Slot::Reason => "reason",
            Slot::Opened => "opened",
            Slot::Wanted => "wanted",
            Slot::Confirm => "confirm",
        }
    }
}
