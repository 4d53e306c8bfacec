//! What the bot would do with one message, and why: for `warmline ask` and the console's test bench.

use serde::Serialize;

use super::{
    mind::{Mind, VectorsOf},
    rehearsal::Rehearsal,
};
use crate::{
    dialogue::Decision,
    domain::{Draft, Lang, Now, playbook::Thresholds},
    nlu::Understanding,
    shop::Shop,
};

/// The whole reason, as a new shopper's first message would meet it.
#[derive(Debug, Clone, Serialize)]
pub struct Reason {
    pub text: String,
    /// The language of the answer.
    pub lang: Lang,
    pub decision: Decision,
    /// Which rule won, what was missing.
    pub notes: Vec<String>,
    pub thresholds: Thresholds,
    /// Whose vectors told what was meant.
    pub vectors_of: VectorsOf,
    /// Candidates best first with their features, slots, feelings.
    pub understanding: Understanding,
    /// What would be appended to the log, the message itself first.
    pub entries: Vec<Draft>,
}

pub fn ask(mind: &Mind, shop: &Shop, text: &str, lang: Lang, now: Now) -> Reason {
    let mut rehearsal = Rehearsal::new(mind, shop, lang, now);
    rehearsal.open();
    let step = rehearsal.say(text, None);
    let understanding = mind.understand(text);
    Reason {
        text: text.to_owned(),
        lang: step.state.lang,
        decision: step.decision,
        notes: step.notes,
        thresholds: mind.playbook.thresholds,
        vectors_of: mind.vectors_of(),
        understanding,
        entries: step.drafts,
    }
}
