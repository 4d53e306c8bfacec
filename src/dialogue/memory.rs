//! What the bot remembers of a conversation between turns. Fields missing in older rows take their default.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    OrderNumber,
    article::ArticleId,
    handoff::{Feeling, Tried},
    order::Proof,
    playbook::FlowName,
    returns::{ReturnKind, ReturnReason},
};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Flows under way; the last is active, those below wait to be taken up again.
    pub flows: Vec<Flow>,
    /// The return the policy last said no to: another reason ("it is broken, actually") takes it up again.
    pub refused: Option<Flow>,
    /// Orders whose ownership this conversation has proved, in the order they were shown.
    pub proved: Vec<OrderNumber>,
    /// The order spoken about.
    pub current_order: Option<OrderNumber>,
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
    /// How often each reply key has been said, so that its variants take turns.
    pub said: BTreeMap<String, u32>,
    /// The other candidates of the last answer, offered when it did not help.
    pub runners_up: Vec<ArticleId>,
    pub tried: Vec<Tried>,
    /// Strongest recent feeling, fading with each message.
    pub feeling: Feeling,
    /// Escalation of the messages so far, fading: several sharp messages weigh like one very sharp one.
    pub heat: f32,
    pub feeling_words: Vec<String>,
    /// Whether the shopper has written Chinese: from then on a word or two of English are borrowed.
    pub wrote_chinese: bool,
    /// Whether the shopper has been told that words said in the queue reach the agent.
    pub queue_noted: bool,
    /// Whether the shopper has been told, in this stay in the queue, that nobody is at the desk.
    pub nobody_noted: bool,
    /// Whether a red line was crossed in this stay with people: only the button leaves the queue then.
    pub is_grave: bool,
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
    /// The lines that follow.
    #[serde(default)]
    pub next_lines: Vec<u32>,
    /// The items to choose from: line and name as shown.
    #[serde(default)]
    pub items: Vec<(u32, String)>,
    /// What the last question's words were filled with, so that it can be asked again.
    #[serde(default)]
    pub said: Vec<(String, String)>,
}

impl Flow {
    pub fn new(name: FlowName) -> Self {
        Self {
            name,
            awaiting: None,
            misses: 0,
            order: None,
            proof: None,
            line: None,
            kind: None,
            reason: None,
            opened: None,
            all: false,
            next_lines: Vec::new(),
            items: Vec::new(),
            said: Vec::new(),
        }
    }

    /// The same wish for the next of several items.
    pub fn next(&self) -> Option<Flow> {
        let (line, rest) = self.next_lines.split_first()?;
        Some(Flow {
            order: self.order.clone(),
            line: Some(*line),
            kind: self.kind,
            reason: self.reason,
            next_lines: rest.to_vec(),
            ..Flow::new(self.name)
        })
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
            Slot::Confirm => "confirm",
        }
    }
}
