//! Understanding: what a message asks, contains and feels like. Pure: text, playbook and search
//! candidates in, `Understanding` out.

use serde::Serialize;

use crate::domain::{
    Lang,
    handoff::{Feeling, HandoffReason},
    playbook::Playbook,
    returns::{ReturnKind, ReturnReason},
};
pub use crate::language::Shape;

mod candidates;
mod feelings;
mod slots;

pub use candidates::{Features, Hit, Question, Topic, Utterance, read};

/// Everything a turn knows about what was said.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Understanding {
    /// `None` when there is nothing to tell the language by (digits, emoji).
    pub lang: Option<Lang>,
    pub shape: Shape,
    /// Best first, each intent once.
    pub intents: Vec<IntentMatch>,
    /// Best first, each article once.
    pub articles: Vec<ArticleMatch>,
    pub slots: Slots,
    pub feelings: Feelings,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntentMatch {
    pub name: String,
    /// 0 to 1, on the same scale as articles; a pattern counts as 1.
    pub score: f32,
    pub by: MatchedBy,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "by", content = "text", rename_all = "snake_case")]
pub enum MatchedBy {
    Pattern(String),
    Example(String),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleMatch {
    pub id: String,
    /// 0 to 1: how sure we are that this article answers.
    pub score: f32,
    /// The phrasing that matched best.
    pub phrasing: String,
    pub lang: Lang,
    pub features: Features,
}

/// What a message gives a flow to work with.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Slots {
    /// Normal form, in the order they were said.
    pub order_numbers: Vec<String>,
    pub mails: Vec<String>,
    /// Digits of anything phone-like (7 to 15 digits).
    pub phones: Vec<String>,
    /// A lone group of four digits.
    pub last_four: Option<String>,
    pub kind: Option<ReturnKind>,
    pub reason: Option<ReturnReason>,
    /// Whether the goods were opened or used.
    pub opened: Option<bool>,
    pub yes: Option<bool>,
    /// "no, I mean …", "not this one".
    pub correction: bool,
    /// "never mind", "forget it".
    pub cancel: bool,
    /// "both", "all of them".
    pub all: bool,
    /// "the first one", "2", "第三個" (1-based); -1 is "the other one".
    pub ordinal: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Feelings {
    pub feeling: Feeling,
    /// 0 to 1: how much this message alone asks for a person.
    pub escalation: f32,
    pub red_line: Option<HandoffReason>,
    pub abusive: bool,
    /// The words that made it so.
    pub words: Vec<String>,
}

/// Puts together what was said: `read` first, search with its `question`, then this.
pub fn understand(playbook: &Playbook, utterance: &Utterance, hits: &[Hit]) -> Understanding {
    Understanding {
        lang: utterance.lang,
        shape: utterance.shape,
        intents: candidates::intents(playbook, utterance, hits),
        articles: candidates::articles(playbook, hits),
        slots: slots::fill(&playbook.slots, &utterance.normal),
        feelings: feelings::sense(&playbook.feelings, &utterance.raw, &utterance.normal),
    }
}

#[cfg(test)]
mod tests;
