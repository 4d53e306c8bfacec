//! Understanding: what a message asks, contains and feels like. Pure: text, playbook and search
//! candidates in, `Understanding` out.

use serde::Serialize;

use crate::domain::{
    Lang, LooseDate,
    handoff::{Dispute, Feeling, HandoffReason},
    playbook::Playbook,
    returns::{ReturnKind, ReturnReason},
};
pub use crate::language::Shape;

mod candidates;
pub mod claims;
mod cues;
mod dates;
mod feelings;
pub mod grouping;
mod meaning;
mod mood;
mod numbers;
mod parts;
pub mod ranking;
pub mod shifts;
pub mod slots;

pub use candidates::{Features, Hit, Question, Topic, Utterance, read};
pub use dates::{find as find_days, number as number_said};
pub use meaning::{MEANING, Sound, sound};
pub use mood::Mood;
pub use numbers::Amount;
pub use parts::parts;
pub use shifts::{By, Shift};

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
    /// What moved the articles' scores beside their features.
    pub shifts: Vec<Shift>,
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
    /// Words of the intent's subject.
    Cue(String),
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
    /// `+`, country code and number; of a phone whose country cannot be told, its 7 to 15 digits.
    pub phones: Vec<String>,
    /// A lone group of four digits, also said one by one or in words.
    pub last_four: Option<String>,
    /// As said; see [`LooseDate::days`].
    pub dates: Vec<LooseDate>,
    pub amounts: Vec<Amount>,
    /// Sizes and colours that are wanted, as typed: not those of what they have.
    pub variants: Vec<String>,
    pub kind: Option<ReturnKind>,
    pub reason: Option<ReturnReason>,
    /// Whether the goods were opened or used.
    pub opened: Option<bool>,
    pub yes: Option<bool>,
    /// "no, I mean …", "not this one".
    pub correction: bool,
    /// The order just shown is not the one that was meant.
    pub not_this: bool,
    /// Of two things that it names, one is not wanted.
    pub instead: bool,
    /// "never mind", "forget it".
    pub cancel: bool,
    /// The goods are kept after all, or a return is called off.
    pub keeps: bool,
    /// "Let me think", "wait".
    pub put_off: bool,
    /// "Go on".
    pub go_on: bool,
    /// It has the words of a question.
    pub asks: bool,
    /// Asked of an order that was shown.
    pub of_order: bool,
    /// "both", "all of them".
    pub all: bool,
    /// "the first one", "2", "第三個" (1-based); -1 is "the other one".
    pub ordinal: Option<i32>,
    /// "1 and 3" (1-based); empty unless several are named.
    pub several: Vec<u32>,
    /// Whether it speaks of buying, and of receiving: what a day is the day of.
    pub bought: bool,
    pub received: bool,
    /// "Did this help?", answered in words.
    pub helped: Option<bool>,
    /// It asks ("how long does it take?") without saying about what.
    pub leaning: bool,
    /// It ends as if more were to come.
    pub unfinished: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Feelings {
    pub feeling: Feeling,
    /// 0 to 1: how much this message alone asks for a person.
    pub escalation: f32,
    pub red_line: Option<HandoffReason>,
    /// The red line was crossed by what the whole means, and by none of the words for it.
    pub by_meaning: bool,
    pub abusive: bool,
    /// What the quarrel is about, when there is one.
    pub dispute: Option<Dispute>,
    /// The words that made it so.
    pub words: Vec<String>,
    /// The same words, by what each made so.
    pub evidence: Vec<Evidence>,
}

impl Feelings {
    /// What a red line calls a person for. A kind that was only guessed is not spoken of.
    pub fn alarm(&self) -> Option<HandoffReason> {
        self.red_line.map(|kind| if self.by_meaning { HandoffReason::Grave } else { kind })
    }
}

/// Some words of a message and what they tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    pub sign: Sign,
    /// As typed.
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    Anger,
    Anxiety,
    Disappointment,
    Urgency,
    Escalation,
    Strain,
    Ease,
    Abuse,
    Dispute,
    RedLine,
}

/// Puts together what was said: `read` first, search with its `question`, then this. `meaning` is the vector of the
/// question as `spoken`; without it, feelings go by words alone.
pub fn understand(
    playbook: &Playbook,
    utterance: &Utterance,
    hits: &[Hit],
    meaning: Option<&[f32; MEANING]>,
) -> Understanding {
    let (mut articles, mut shifts) = candidates::articles(playbook, utterance, hits);
    let intents = cues::raise(playbook, utterance, candidates::intents(playbook, utterance, hits));
    shifts.extend(shifts::agree(playbook, &mut articles, &intents));
    Understanding {
        lang: utterance.lang,
        shape: utterance.shape,
        intents,
        articles,
        shifts,
        slots: slots_of(playbook, utterance),
        feelings: feelings(playbook, utterance, meaning),
    }
}

/// What a message feels like: what [`understand`] finds without the rest.
pub fn feelings(playbook: &Playbook, utterance: &Utterance, meaning: Option<&[f32; MEANING]>) -> Feelings {
    let tone = meaning.filter(|_| feelings::has_tone(&utterance.question.spoken));
    feelings::sense(&playbook.feelings, &utterance.raw, &utterance.normal, tone)
}

/// The articles that `hits` bring, best first, each once: what [`understand`] finds without the rest.
pub fn articles(playbook: &Playbook, utterance: &Utterance, hits: &[Hit]) -> Vec<ArticleMatch> {
    candidates::articles(playbook, utterance, hits).0
}

impl Understanding {
    /// Moves the articles' chances by one more reason.
    pub fn shift(&mut self, shift: Shift) {
        shifts::apply(&mut self.articles, shift.log_odds);
        self.shifts.push(shift);
    }

    /// The chance of an article as it was before shoppers' verdicts moved it: what those are held against.
    pub fn chance_before_outcomes(&self, article: &ArticleMatch) -> f32 {
        if article.features.exact {
            return article.score;
        }
        let of_outcomes = self.shifts.iter().filter(|shift| shift.by == By::Outcomes);
        shifts::shifted(article.score, -of_outcomes.map(|shift| shift.log_odds).sum::<f32>())
    }
}

/// What the message brings by itself, whatever it asks.
pub fn slots_of(playbook: &Playbook, utterance: &Utterance) -> Slots {
    slots::fill(&playbook.slots, &utterance.raw, &utterance.normal)
}

/// Leaves numbers that only identify, courtesies, and what is said again, out of what is searched for and what is felt;
/// the slots keep them.
pub fn leave_out_what_asks_nothing(playbook: &Playbook, utterance: &mut Utterance) {
    let words = &playbook.slots;
    let spoken = slots::said_once(&slots::beside_long_numbers(&utterance.normal));
    utterance.question.spoken = slots::after_opening(words, &spoken).to_owned();
    let beside = slots::beside_order_numbers(words, &utterance.normal);
    let asked = slots::after_opening(words, beside.as_deref().unwrap_or(&utterance.normal));
    if asked != utterance.normal {
        utterance.question.text = playbook.synonyms.rewrite(asked);
        utterance.question.terms = crate::language::terms(&utterance.question.text);
    }
}

#[cfg(test)]
mod tests;
