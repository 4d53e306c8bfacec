//! The playbook: everything about the bot's behaviour that staff may edit, read from files.
//!
//! Pure: texts in, a checked [`Playbook`] or the first mistake with file and line out ([`Playbook::parse`]).
//! It is immutable and swapped whole.

use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use sha2::{Digest as _, Sha256};

use super::{
    ByLang,
    handoff::{Dispute, Feeling, HandoffReason},
    phrase::Phrase,
    returns::{ReturnKind, ReturnReason},
    sentence::{Sentence, sentence},
};
use crate::language::{Phrases, Synonyms};

mod date_words;
mod desk_form;
mod desk_rules;
mod doubts;
mod flow_rules;
mod help_words;
mod intent_form;
mod intents;
mod lexicon;
mod masks;
mod next_steps;
mod parse;
mod phrases_file;
mod promise_rules;
mod returns_form;
mod rules_file;
mod service_rules;
mod settings;
mod slot_words;
mod surge_rules;
#[cfg(test)]
pub mod testing;
mod toml_edits;
mod toml_file;
mod tone_rules;
mod topic_form;
mod wrap_up_rules;

pub use date_words::DateWords;
pub use desk_form::{FieldProblem, InboxForm, SlaForm};
pub use desk_rules::{About, DeskRules, InboxRules, Promised, SlaPolicy};
pub use doubts::Doubt;
pub use flow_rules::{AskedOfReturn, FlowRules};
pub use help_words::{HelpText, HelpWords};
pub use intent_form::{IntentForm, WordsForm};
pub use next_steps::{NextSteps, Stakes};
pub use promise_rules::{PartOfDay, PromiseRules};
pub use rules_file::{Given, Rule, Situation, Then, When};
pub use service_rules::{FileRules, ServiceRules};
pub use settings::{Setting, SettingKind, SettingValue, Settings};
pub use surge_rules::SurgeRules;
pub(crate) use toml_file::{TomlFile, WordLists};
pub use tone_rules::{ToneAdvice, ToneMix, ToneRules, ToneSign};
pub use topic_form::{with_order, with_topic};
pub use wrap_up_rules::{NamedChoice, WrapUpRules};

/// One seed file: its path as people know it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

impl SourceFile {
    /// Of files in their order: another one as soon as a letter differs.
    pub fn digest(files: &[SourceFile]) -> [u8; 32] {
        let mut sum = Sha256::new();
        for part in files.iter().flat_map(|file| [&file.path, &file.text]) {
            sum.update((part.len() as u64).to_le_bytes());
            sum.update(part);
        }
        sum.finalize().into()
    }
}

/// A mistake in a file that staff edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileError {
    pub path: String,
    /// 1-based; 0 when the file as a whole is meant.
    pub line: usize,
    #[serde(flatten)]
    pub message: Sentence,
}

impl FileError {
    /// The whole of it, for who sees no file beside it.
    pub fn sentence(&self) -> Sentence {
        let FileError { path, line, message } = self;
        match line {
            0 => sentence!("{path}: {message}", path).with("message", message.clone()),
            _ => sentence!("{path}:{line}: {message}", path, line).with("message", message.clone()),
        }
    }
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.sentence().fmt(f)
    }
}

impl std::error::Error for FileError {}

/// All that is wrong with files, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileErrors(pub Vec<FileError>);

impl From<FileError> for FileErrors {
    fn from(error: FileError) -> Self {
        FileErrors(vec![error])
    }
}

impl std::fmt::Display for FileErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let told: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&told.join("\n"))
    }
}

impl std::error::Error for FileErrors {}

#[derive(Debug, Clone)]
pub struct Playbook {
    /// [`SourceFile::digest`] of what it was read from.
    pub digest: [u8; 32],
    /// By name.
    pub intents: BTreeMap<String, Intent>,
    pub replies: ByLang<BTreeMap<String, Vec<String>>>,
    pub thresholds: Thresholds,
    pub manners: Manners,
    pub returns: ReturnPolicy,
    pub flows: FlowRules,
    pub synonyms: Synonyms,
    pub doubts: Vec<Doubt>,
    pub desk: DeskRules,
    pub next_steps: NextSteps,
    pub feelings: FeelingsLexicon,
    pub slots: SlotWords,
    pub tone: ToneRules,
    /// `None` (a playbook of before): nothing an agent writes is heard as a promise.
    pub promises: Option<PromiseRules>,
    pub surge: SurgeRules,
    /// What is hidden from people who read shoppers' words.
    pub masks: masks::Masks,
    /// When … then …, in the file's order.
    pub rules: Vec<Rule>,
    /// What the public help centre says besides articles.
    pub help: HelpWords,
    /// What a new installation begins with; from then on the database is the truth.
    pub phrases: Vec<Phrase>,
    pub wrap_up: WrapUpRules,
    pub service: ServiceRules,
}

#[derive(Debug, Clone)]
pub struct Intent {
    pub name: String,
    /// Which of the common inquiry types of online shops this is.
    pub inquiry_type: String,
    pub act: Act,
    /// Any of these makes the intent sure. Written in either script, matched without case on normal form.
    pub patterns: Vec<Regex>,
    /// Words of its subject, with weights that add up: they make the intent a candidate, never sure.
    pub cues: Vec<(Regex, f32)>,
    /// Any of these keeps `patterns` from counting.
    pub unless: Vec<Regex>,
    /// Article ids offered as buttons below the reply.
    pub articles: Vec<String>,
    /// Greetings, thanks and the like: counts by pattern only, and beats articles.
    pub small_talk: bool,
    pub words: ByLang<IntentWords>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
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
    /// At or above the best candidate is given as the answer.
    pub answer: f32,
    /// Chance that the right one is among the best three; at or above: "did you mean". Below: say so and offer a person.
    pub clarify: f32,
    /// Of the best candidate's chance, what another must have to be offered beside it.
    #[serde(default = "a_fifth")]
    pub worth_offering: f32,
    /// Log-odds that the best article gains when the best intent names it as its own. None in files older than it.
    #[serde(default)]
    pub agreement: f32,
    /// Escalation of one message at or above: a person.
    pub escalate: f32,
    /// Escalation of the conversation so far (`nlu::Mood`), at or above: a person.
    pub slow_burn: f32,
    /// Share of that sum that is left after each message, 0 to 1.
    pub heat_kept: f32,
    /// Share of a feeling that is left after a message that does not show it, 0 to 1.
    pub feeling_kept: f32,
    /// How much angrier a shopper has to be than when people were last told, to be told again.
    #[serde(default = "a_fifth")]
    pub anger_rises: f32,
    /// Failures to understand in a row that hand off.
    pub failures: u32,
    /// Times that the same answer is given; the second time with other words around it.
    pub same_answer: u32,
    /// Wrong proofs of an order, by one shopper or for one order, that lock it for a while.
    pub proof_failures: u32,
    /// Characters of a message that are read; the rest is kept but not understood.
    pub max_understood_chars: usize,
    /// In the place of the first two where answers go by words alone; `None` keeps them.
    #[serde(skip_serializing)]
    pub without_model: Option<WithoutModel>,
    /// Of playbooks imported by earlier versions; read and not used.
    #[serde(default, skip_serializing)]
    margin: IgnoredAny,
    #[serde(default, skip_serializing)]
    score: IgnoredAny,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutModel {
    pub answer: f32,
    pub clarify: f32,
}

/// Of files older than it.
fn a_fifth() -> f32 {
    0.2
}

impl Thresholds {
    /// Those of a bot that knows words, and not what they mean.
    pub fn by_words(self) -> Thresholds {
        match self.without_model {
            Some(WithoutModel { answer, clarify }) => Thresholds { answer, clarify, ..self },
            None => self,
        }
    }
}

/// How the bot keeps company: when it waits for the next bubble, when it says a warm word first.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manners {
    /// A short message that may be half a thought is answered after this pause; 0: always at once.
    pub pause_ms: i64,
    /// However many bubbles come, the first is answered after this.
    pub longest_pause_ms: i64,
    /// Bubbles that are put together at most.
    pub most_bubbles: usize,
    /// Chinese characters, or words of another language, from which on a bubble is a whole thought.
    pub whole_at_signs: usize,
    pub whole_at_words: usize,
    /// The same from which on an answer to a flow's question may be about something else.
    pub subject_at_signs: usize,
    pub subject_at_words: usize,
    /// A feeling of one message at or above this, below the one that leads to a person: a warm word first.
    pub warm: f32,
    /// Of playbooks without `flows.toml`, which has it now.
    #[serde(skip_serializing)]
    pub same_order: u32,
    /// What a shopper says to a person is heard for threats and anger after this; 0: never.
    pub listen_ms: i64,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            pause_ms: 900,
            longest_pause_ms: 4_000,
            most_bubbles: 6,
            whole_at_signs: 12,
            whole_at_words: 7,
            subject_at_signs: 6,
            subject_at_words: 5,
            warm: 0.3,
            same_order: 2,
            listen_ms: 3_000,
        }
    }
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, Deserialize)]
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
    /// What a dispute is about; of several, the kind that is found most often, in this order.
    pub disputes: Vec<(Dispute, Regex)>,
    pub mix: FeelingsMix,
}

/// What one word or pattern tells, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cue {
    pub feeling: Feeling,
    /// How much it asks for a person by itself.
    pub escalation: f32,
    /// How much it sounds like a matter that goes wrong; below 0 for thanks and plain questions. -1 to 1.
    pub strain: f32,
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
    /// Most that strain, which every matter gone wrong carries, adds by itself.
    pub strain: f32,
    /// Chance, by what a message means, from which a red line is crossed though no pattern finds its words; and below
    /// which none is though one does. In files older than these, patterns alone decide.
    #[serde(default = "never")]
    pub red_line: f32,
    #[serde(default)]
    pub red_line_doubt: f32,
}

/// More than any chance.
fn never() -> f32 {
    2.0
}

/// What fills slots; each regex is the alternation of a list in the file, matched on normal form.
#[derive(Debug, Clone)]
pub struct SlotWords {
    pub order: OrderNumberForm,
    pub yes: Regex,
    pub no: Regex,
    pub correction: Regex,
    pub cancel: Regex,
    /// The goods are kept after all, or a return that was opened is called off.
    pub keeps: Regex,
    /// Behind a yes: it is none yet ("ok, but …", "好，等我…").
    pub unsettled: Regex,
    /// "Let me think", "等我找一下": later.
    pub put_off: Regex,
    /// "Go on": the question that waits.
    pub go_on: Regex,
    /// Words of a question.
    pub asks: Regex,
    /// Asked of an order that was shown: when it comes, who brings it.
    pub of_order: Regex,
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
    /// The order just shown is not the one that was meant.
    pub not_this: Regex,
    pub instead: Regex,
    /// A list of numbers of items, "1 and 3".
    pub several: Regex,
    /// Where a second request begins; what group `cut` matched is left out.
    pub also: Vec<Regex>,
    /// A question that names nothing: what it is about was said before.
    pub leaning: Regex,
    /// What a question opens with and does not ask.
    pub openings: Vec<Regex>,
    /// The end of a bubble after which more will come.
    pub unfinished: Regex,
    /// "That helped", "not what I asked", typed instead of pressed.
    pub helped: Regex,
    pub not_helped: Regex,
    /// Digits in words.
    pub digit_words: Phrases<char>,
    /// The first that fits counts.
    pub phones: Vec<PhoneForm>,
    /// Group `n` is the number; with the currency's ISO 4217 code where it says one.
    pub amounts: Vec<(Regex, Option<String>)>,
    /// Sizes and colours: group `variant`.
    pub variants: Vec<Regex>,
    /// What just behind one says that it is the one they have; matched from there.
    pub variant_had: Regex,
    pub dates: DateWords,
}

/// Matched on the digits of a number, with `+` at the beginning where one was written.
#[derive(Debug, Clone)]
pub struct PhoneForm {
    /// Its group `number` is what follows the country code.
    pub form: Regex,
    /// Country code; empty where `number` has it.
    pub country: String,
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
