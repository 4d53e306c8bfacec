//! What travels with a conversation when the bot hands it to a person.

use serde::{Deserialize, Serialize};

use super::ByLang;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffReason {
    /// The shopper asked for a person.
    Request,
    /// Not understood twice, or the same question a third time.
    Failure,
    /// Strong feeling.
    Feeling,
    /// A product hurt somebody, or danger to life or health.
    Safety,
    SelfHarm,
    /// Lawyer, court.
    Legal,
    Press,
    /// Consumer protection, platform arbitration.
    Regulator,
    Fraud,
    /// It sounds as if a red line were crossed, though none of the words for one is in it.
    Grave,
    /// Attempts to prove an order's ownership are used up.
    ProofLocked,
    /// The flow or article says that a person decides this.
    NeedsPerson,
}

impl HandoffReason {
    /// Words after which nobody is sent away again by a slip of the tongue.
    pub fn is_red_line(self) -> bool {
        match self {
            HandoffReason::Safety
            | HandoffReason::SelfHarm
            | HandoffReason::Legal
            | HandoffReason::Press
            | HandoffReason::Regulator
            | HandoffReason::Fraud
            | HandoffReason::Grave => true,
            HandoffReason::Request
            | HandoffReason::Failure
            | HandoffReason::Feeling
            | HandoffReason::ProofLocked
            | HandoffReason::NeedsPerson => false,
        }
    }
}

/// What a quarrel is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// The goods: broken, wrong, not as described.
    Product,
    /// The way to the shopper: late, lost, damaged under way.
    Logistics,
    /// How people of the shop behaved.
    Attitude,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Priority {
    /// Higher is sooner.
    pub score: i64,
    /// Each factor and what it added, so that anyone can ask why.
    pub factors: Vec<Factor>,
}

/// How urgent people say it is, beside what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Low,
    Normal,
    High,
    Urgent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// `reason`, `anger`, `urgency`, …
    pub name: String,
    pub points: i64,
}

/// Everything an agent wants to know before the first reply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// Name or masked mail when an order was proved, else empty.
    pub who: Option<String>,
    pub order: Option<String>,
    /// The intent's name and the shopper's own words for it.
    pub wants: Option<String>,
    pub wants_text: Option<String>,
    /// The words that brought it here, as they were typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    pub tried: Vec<Tried>,
    pub feeling: Feeling,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<Dispute>,
    /// The words that made the bot think so.
    pub words: Vec<String>,
    /// What is at stake, as far as it was said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentioned: Vec<Mentioned>,
    /// Pictures that the shopper sent; the bot has not seen them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub pictures: u32,
    /// What the playbook would do next, one sentence per language of staff; as it was written then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<ByLang<String>>,
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

/// Something a shopper named that an agent wants to see at a glance. Personal data is masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "value", rename_all = "snake_case")]
pub enum Mentioned {
    /// Such as `TWD 1,200`; without a currency where none was said.
    Amount(String),
    /// ISO 8601: a day, or an interval of days.
    Date(String),
    /// A size or a colour.
    Variant(String),
    /// By name, in the shopper's language.
    Item(String),
    /// Masked.
    Mail(String),
    /// Masked.
    Phone(String),
}

/// One thing the bot did before it gave up, as code and detail; the console words it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Tried {
    Answered { article: String, title: String, helped: Option<bool> },
    Clarified,
    NotUnderstood { text: String },
    OrderShown { order: String },
    OrderNotProved { order: String },
    ReturnOpened { number: String },
    ReturnRefused { order: String, rule: String },
}

/// Four signals, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Feeling {
    pub anger: f32,
    pub anxiety: f32,
    pub disappointment: f32,
    pub urgency: f32,
}
