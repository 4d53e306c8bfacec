//! The playbook: everything about the bot's behaviour that staff may edit, read from files.
//!
//! Pure: texts in, a checked [`Playbook`] or the first mistake with file and line out ([`Playbook::parse`]).
//! It is immutable and swapped whole.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

use super::{
    ByLang,
    handoff::{Feeling, HandoffReason},
    returns::{ReturnKind, ReturnReason},
};
use crate::language::{Phrases, Synonyms};

mod intents;
mod lexicon;
mod parse;
#[cfg(test)]
pub mod testing;
mod toml_file;

pub(crate) use toml_file::{TomlFile, WordLists};

/// One seed file: its path as people know it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

/// A mistake in a file that staff edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    pub path: String,
    /// 1-based; 0 when the file as a whole is meant.
    pub line: usize,
    pub message: String,
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

impl std::error::Error for FileError {}

#[derive(Debug, Clone)]
pub struct Playbook {
    /// By name.
    pub intents: BTreeMap<String, Intent>,
    pub replies: ByLang<BTreeMap<String, Vec<String>>>,
    pub thresholds: Thresholds,
    pub returns: ReturnPolicy,
    pub synonyms: Synonyms,
    pub feelings: FeelingsLexicon,
    pub slots: SlotWords,
}

#[derive(Debug, Clone)]
pub struct Intent {
    pub name: String,
    /// Which of the common inquiry types of online shops this is.
    pub inquiry_type: String,
    pub act: Act,
    /// Any of these makes the intent sure. Written in either script, matched without case on normal form.
    pub patterns: Vec<Regex>,
    /// Any of these keeps `patterns` from counting.
    pub unless: Vec<Regex>,
    /// Article ids offered as buttons below the reply.
    pub articles: Vec<String>,
    /// Greetings, thanks and the like: counts by pattern only, and beats articles.
    pub small_talk: bool,
    pub words: ByLang<IntentWords>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Say one of the intent's replies, with its articles as buttons.
    Reply,
    Flow(FlowName),
    Handoff(HandoffReason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowName {
    OrderStatus,
    Return,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntentWords {
    /// As a button.
    pub label: String,
    #[serde(default)]
    pub examples: Vec<String>,
    #[serde(default)]
    pub replies: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// At or above: answer.
    pub answer: f32,
    /// At or above: "did you mean". Below: say so and offer a person.
    pub clarify: f32,
    /// A second candidate closer than this to the first makes the bot ask, unless the first is exact.
    pub margin: f32,
    /// Escalation of one message at or above: a person.
    pub escalate: f32,
    /// The fading sum of escalation over the conversation, at or above: a person.
    pub slow_burn: f32,
    /// Share of that sum that is left after each message, 0 to 1.
    pub heat_kept: f32,
    /// Share of a feeling that is left after a message that does not show it, 0 to 1.
    pub feeling_kept: f32,
    /// Failures to understand in a row that hand off.
    pub failures: u32,
    /// Times that the same answer is given; the second time with other words around it.
    pub same_answer: u32,
    /// Wrong proofs of an order, by one shopper or for one order, that lock it for a while.
    pub proof_failures: u32,
    /// Characters of a message that are read; the rest is kept but not understood.
    pub max_understood_chars: usize,
    pub score: ScoreWeights,
}

/// A logistic function of a candidate's features: how sure we are that it is the right one. Fitted on real
/// questions by `cargo run --example fit_scores`; change them only together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreWeights {
    pub bias: f32,
    /// Share of the question's weight found in the phrasing.
    pub query_coverage: f32,
    /// Share of the phrasing's weight found in the question.
    pub phrasing_coverage: f32,
    /// Share of the question's weight found anywhere among the topic's phrasings.
    pub topic_coverage: f32,
    /// Geometric mean of the first two coverages.
    pub mutual: f32,
    /// BM25 relative to the most the question could reach.
    pub bm25: f32,
    /// How much better the mutual coverage is than that of the best other topic.
    pub lead: f32,
    /// ln(1 + terms of the question), at most 4.
    pub length: f32,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnPolicy {
    /// Days after delivery (day 0) for a change of mind, inclusive.
    pub change_of_mind_days: i64,
    pub exchange_days: i64,
    /// Defective, damaged, wrong item.
    pub our_fault_days: i64,
    /// Days the shopper has to hand the parcel over.
    pub send_within_days: i64,
    /// Item categories whose goods cannot come back once opened or used, unless we are at fault; with the
    /// reply key that says why.
    pub not_once_opened: BTreeMap<String, String>,
    /// Item categories that never come back, unless we are at fault.
    pub never: BTreeMap<String, String>,
}

/// Words that carry feeling. Matched on normal form.
#[derive(Debug, Clone, Default)]
pub struct FeelingsLexicon {
    pub words: Phrases<Cue>,
    pub patterns: Vec<(Regex, Cue)>,
    /// Said just before or after a word, they make it stronger (above 1) or weaker.
    pub degrees: Phrases<f32>,
    pub negations: Phrases<()>,
    pub abuse: Phrases<()>,
    /// Thanks, joy: beside them neither capitals nor `!!!` are anger.
    pub kind_words: Phrases<()>,
    /// A person at once. The first that matches counts, in the order safety, self-harm, fraud, legal, press, regulator.
    pub red_lines: Vec<(HandoffReason, Regex)>,
    /// What looks like a red line and is none ("is it legal", "press the button"): taken out before they are sought.
    pub not_red_lines: Vec<Regex>,
    pub mix: FeelingsMix,
}

/// What one word or pattern tells, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cue {
    pub feeling: Feeling,
    /// How much it asks for a person by itself.
    pub escalation: f32,
}

/// How the four signals and the manner of writing become the wish for a person, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeelingsMix {
    pub anger: f32,
    pub anxiety: f32,
    pub disappointment: f32,
    pub urgency: f32,
    /// Anger that abuse, `!!!` or `???`, and whole phrases in capitals show.
    pub abuse: f32,
    pub exclamation: f32,
    pub capitals: f32,
}

/// What fills slots; each regex is the alternation of a list in the file, matched on normal form.
#[derive(Debug, Clone)]
pub struct SlotWords {
    pub order: OrderNumberForm,
    pub yes: Regex,
    pub no: Regex,
    pub correction: Regex,
    pub cancel: Regex,
    pub all: Regex,
    /// Its first group is the digits of the order.
    pub return_number: Regex,
    pub other_one: Regex,
    /// For the first, the second, …
    pub ordinals: Vec<Regex>,
    pub opened: Regex,
    pub unopened: Regex,
    pub kinds: Vec<(ReturnKind, Regex)>,
    pub reasons: Vec<(ReturnReason, Regex)>,
    /// What just before a kind or a reason takes it back ("I don't want an exchange"); matched up to there.
    pub negated: Regex,
}

#[derive(Debug, Clone)]
pub struct OrderNumberForm {
    /// A whole number without separators, such as `PW[0-9]{8}`.
    pub number: Regex,
    /// The number as shoppers shorten it, whole, and what they left out at its beginning.
    pub bare: Regex,
    pub prefix: String,
    /// Words near a bare number that say it is an order's.
    pub words: Regex,
}

impl Playbook {
    /// The first variant of a reply in every language that has it.
    pub fn texts(&self, key: &str) -> BTreeMap<crate::domain::Lang, String> {
        let first = |replies: &BTreeMap<String, Vec<String>>| replies.get(key)?.first().cloned();
        self.replies.0.iter().filter_map(|(lang, replies)| Some((*lang, first(replies)?))).collect()
    }
}
