//! The playbook: everything about the bot's behaviour that staff may edit, read from files.
//!
//! Pure: texts in, a checked `Playbook` or the first mistake with file and line out. It is immutable
//! and swapped whole.

use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, de::DeserializeOwned};
use toml::Spanned;

use super::{
    ByLang, Lang,
    handoff::HandoffReason,
    returns::{ReturnKind, ReturnReason},
};

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
    /// Groups of words that mean the same, first the one the others are rewritten to. Raw, as written.
    pub synonyms: Vec<Vec<String>>,
    pub feelings: FeelingsLexicon,
    pub slots: SlotWords,
}

#[derive(Debug, Clone)]
pub struct Intent {
    pub name: String,
    /// Which of the common inquiry types of online shops this is.
    pub inquiry_type: String,
    pub act: Act,
    /// Any of these makes the intent sure. Matched on normal form (folded, lower case).
    pub patterns: Vec<Regex>,
    /// Any of these keeps `patterns` from counting.
    pub unless: Vec<Regex>,
    /// Article ids offered as buttons below the reply.
    pub articles: Vec<String>,
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

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
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
    /// Failures to understand in a row that hand off.
    pub failures: u32,
    /// Characters of a message that are read; the rest is kept but not understood.
    pub max_understood_chars: usize,
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
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeelingsLexicon {
    pub anger: BTreeMap<String, f32>,
    pub anxiety: BTreeMap<String, f32>,
    pub disappointment: BTreeMap<String, f32>,
    pub urgency: BTreeMap<String, f32>,
    pub abuse: Vec<String>,
    /// Multiply the word that follows.
    pub degrees: BTreeMap<String, f32>,
    pub negations: Vec<String>,
    /// Patterns (regex on normal form) per red line: a person at once.
    pub red_lines: BTreeMap<String, Vec<String>>,
    /// Patterns that look like a red line and are none ("is it legal", "press the button").
    pub not_red_lines: Vec<String>,
}

/// Words and patterns that fill slots. Patterns are regex on normal form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotWords {
    /// Regex for an order number in normal form (upper case, no separators), such as `PW[0-9]{8}`.
    pub order_number: String,
    pub yes: Vec<String>,
    pub no: Vec<String>,
    pub correction: Vec<String>,
    pub cancel: Vec<String>,
    pub other_one: Vec<String>,
    /// Words for the first, the second, …
    pub ordinals: Vec<Vec<String>>,
    pub opened: Vec<String>,
    pub unopened: Vec<String>,
    pub kinds: BTreeMap<String, Vec<String>>,
    pub reasons: BTreeMap<String, Vec<String>>,
}

/// As written in `intents/<name>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIntent {
    name: Spanned<String>,
    #[serde(rename = "type")]
    inquiry_type: String,
    act: Act,
    #[serde(default)]
    patterns: Vec<Spanned<String>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    #[serde(default)]
    articles: Vec<String>,
    #[serde(rename = "zh-Hant")]
    zh_hant: IntentWords,
    #[serde(rename = "zh-Hans")]
    zh_hans: IntentWords,
    en: IntentWords,
}
