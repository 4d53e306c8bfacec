//! What shoppers asked and got no good answer to, read from a conversation's log; and how much of a gap many of them are.

use serde::{Deserialize, Serialize};

use crate::domain::{Author, Choice, Entry, EntryBody, HandoffReason, UnixMs, article::ArticleId, turn::Decision};

/// What went wrong with a question, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The bot had to ask back what was meant.
    Clarified,
    /// Nothing fitted.
    Unanswered,
    /// "Did this help?" No.
    NotHelped,
    /// A person had to take over.
    HandedOff,
}

/// A question that was not answered well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Of the shopper's message.
    pub seq: i64,
    pub at: UnixMs,
    /// As typed.
    pub text: String,
    pub why: Why,
}

/// Letters below which nothing is asked.
const LEAST_LETTERS: usize = 2;
/// A longer message tells a story; its beginning is kept.
const MOST_CHARS: usize = 300;

/// In the order they were asked, each once, with the worst that came of it. `entries` is the log from its beginning.
pub fn asked(entries: &[Entry]) -> Vec<Asked> {
    let mut questions: Vec<Asked> = Vec::new();
    // What was typed, as places in `typed`; and which of them each article answered.
    let mut typed: Vec<(i64, UnixMs, &str)> = Vec::new();
    let mut answered: Vec<(&ArticleId, usize)> = Vec::new();
    // Those that a flow or a reply of an intent took up.
    let mut served: Vec<usize> = Vec::new();
    let mut note = |typed: &[(i64, UnixMs, &str)], at: Option<usize>, why: Why| {
        let Some(&(seq, said_at, text)) = at.and_then(|at| typed.get(at)) else { return };
        match questions.iter_mut().find(|question| question.seq == seq) {
            Some(question) => question.why = question.why.max(why),
            None => questions.push(Asked { seq, at: said_at, text: text.chars().take(MOST_CHARS).collect(), why }),
        }
    };
    for entry in entries {
        match (&entry.author, &entry.body) {
            (Author::Shopper, EntryBody::Message(message)) => match &message.choice {
                None if is_question(&message.text) => typed.push((entry.seq, entry.at, &message.text)),
                Some(Choice::Helpful { article, yes: false }) => {
                    let of = answered.iter().rev().find(|(id, _)| *id == article).map(|(_, at)| *at);
                    note(&typed, of, Why::NotHelped);
                }
                _ => {}
            },
            (Author::Bot, EntryBody::Message(message)) => {
                let last = typed.len().checked_sub(1);
                if let (Some(source), Some(last)) = (&message.source, last) {
                    answered.push((&source.article, last));
                }
                match message.decision {
                    Some(Decision::Flow | Decision::Reply) => served.extend(last),
                    Some(Decision::Fallback) => note(&typed, last, Why::Unanswered),
                    Some(Decision::Clarify) => note(&typed, last, Why::Clarified),
                    _ => {}
                }
            }
            (_, EntryBody::Handoff { reason, brief, .. }) => {
                // Whoever asks for a person asked for something else before; who is furious or hurt asks for no article.
                let wanted = brief.wants_text.as_deref();
                let of_wish = wanted.and_then(|wanted| typed.iter().rposition(|(_, _, text)| *text == wanted));
                let of = match reason {
                    HandoffReason::Failure | HandoffReason::NeedsPerson => of_wish.or(typed.len().checked_sub(1)),
                    // The last words are the request itself.
                    HandoffReason::Request => {
                        of_wish.or(typed.len().checked_sub(2).filter(|before| !served.contains(before)))
                    }
                    HandoffReason::Feeling => of_wish,
                    _ => None,
                };
                note(&typed, of, Why::HandedOff);
            }
            _ => {}
        }
    }
    questions.sort_by_key(|question| question.seq);
    questions
}

/// An order number, a phone or an emoji answers; it does not ask.
fn is_question(text: &str) -> bool {
    let letters = text.split(|c: char| c.is_whitespace()).filter(|word| !word.chars().any(|c| c.is_ascii_digit()));
    letters.flat_map(str::chars).filter(|c| c.is_alphabetic()).count() >= LEAST_LETTERS
}

/// What makes a gap large: how many shoppers it reached, times how urgent it was for them, times how it made them feel.
/// Urgency and feeling are means from 0 to 1; calm questions count once, the most urgent and furious four times.
pub fn size(reach: i64, urgency: f64, feeling: f64) -> f64 {
    reach as f64 * (1.0 + urgency) * (1.0 + feeling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Brief, Lang, Message, Priority, Source};

    fn entry(seq: i64, author: Author, body: EntryBody) -> Entry {
        Entry { seq, at: seq * 1_000, cid: None, author, body }
    }

    fn says(seq: i64, text: &str) -> Entry {
        entry(seq, Author::Shopper, EntryBody::Message(Message { text: text.into(), ..Message::default() }))
    }

    fn bot(seq: i64, decision: Decision, article: Option<&str>) -> Entry {
        let source = article.map(|id| Source { article: id.into(), title: id.into(), lang: Lang::En });
        let message = Message { text: "…".into(), decision: Some(decision), source, ..Message::default() };
        entry(seq, Author::Bot, EntryBody::Message(message))
    }

    fn helped(seq: i64, article: &str, yes: bool) -> Entry {
        let choice = Some(Choice::Helpful { article: article.into(), yes });
        entry(seq, Author::Shopper, EntryBody::Message(Message { text: "No".into(), choice, ..Message::default() }))
    }

    fn handoff(seq: i64, reason: HandoffReason, wanted: Option<&str>) -> Entry {
        let brief = Box::new(Brief { wants_text: wanted.map(Into::into), ..Brief::default() });
        entry(seq, Author::Bot, EntryBody::Handoff { reason, priority: Priority::default(), brief })
    }

    fn found(entries: &[Entry]) -> Vec<(i64, Why)> {
        asked(entries).into_iter().map(|asked| (asked.seq, asked.why)).collect()
    }

    #[test]
    fn a_question_is_what_the_shopper_typed_with_the_worst_that_came_of_it() {
        let log = [
            says(1, "can I rent a lamp"),
            bot(2, Decision::Fallback, None),
            says(3, "PW20260318"),
            bot(4, Decision::Flow, None),
            says(5, "do you engrave cups?"),
            bot(6, Decision::Clarify, None),
            bot(7, Decision::Answer, Some("engraving")),
            says(8, "and kettles"),
            bot(9, Decision::Answer, Some("kettle")),
            helped(10, "engraving", false),
            helped(11, "kettle", true),
        ];
        assert_eq!(found(&log), [(1, Why::Unanswered), (5, Why::NotHelped)]);
        assert_eq!(asked(&log)[1].at, 5_000);
        assert_eq!(found(&[says(1, "👍 12"), bot(2, Decision::Fallback, None)]), []);
    }

    #[test]
    fn a_handoff_is_about_what_was_wanted_and_a_red_line_is_no_gap() {
        let before = [says(1, "is the lamp ok for a baby room"), says(2, "a person please")];
        let with = |entry: Entry| found(&[before[0].clone(), before[1].clone(), entry]);
        let wanted = Some("is the lamp ok for a baby room");
        assert_eq!(with(handoff(3, HandoffReason::Request, wanted)), [(1, Why::HandedOff)]);
        assert_eq!(with(handoff(3, HandoffReason::Request, None)), [(1, Why::HandedOff)]);
        let served = [before[0].clone(), bot(2, Decision::Flow, None), says(3, "a person please")];
        assert_eq!(found(&[&served[..], &[handoff(4, HandoffReason::Request, None)]].concat()), []);
        assert_eq!(with(handoff(3, HandoffReason::Failure, None)), [(2, Why::HandedOff)]);
        assert_eq!(with(handoff(3, HandoffReason::Safety, wanted)), []);
    }

    #[test]
    fn size_is_reach_times_urgency_times_feeling() {
        assert_eq!([size(10, 0.0, 0.0), size(10, 1.0, 0.0), size(10, 1.0, 1.0)], [10.0, 20.0, 40.0]);
    }
}
