//! What a message feels like: a lexicon with degree words and negation, the manner of writing, red lines.

use super::Feelings;
use crate::{
    domain::{
        handoff::Feeling,
        playbook::{Cue, FeelingsLexicon},
    },
    language::{self, Phrases},
};

/// `raw` as typed, `normal` its normal form.
pub fn sense(lexicon: &FeelingsLexicon, raw: &str, normal: &str) -> Feelings {
    let mut sum = Sum::default();
    for found in lexicon.words.find(normal) {
        if is_negated(&lexicon.negations, normal, found.start) {
            continue;
        }
        sum.add(found.value, degree(&lexicon.degrees, normal, found.start, found.end));
        sum.words.push(normal[found.start..found.end].to_owned());
    }
    for (pattern, cue) in &lexicon.patterns {
        if let Some(found) = pattern.find(normal) {
            sum.add(cue, 1.0);
            sum.words.push(found.as_str().to_owned());
        }
    }
    let mix = &lexicon.mix;
    let abuse: Vec<_> =
        lexicon.abuse.find(normal).iter().map(|found| normal[found.start..found.end].to_owned()).collect();
    let anger = |anger: f32| Cue { feeling: Feeling { anger, ..Feeling::default() }, escalation: 0.0 };
    if !abuse.is_empty() {
        sum.add(&anger(mix.abuse), 1.0);
    }
    if !lexicon.kind_words.is_in(normal) {
        if is_exclaimed(normal) {
            sum.add(&anger(mix.exclamation), 1.0);
        }
        if is_shouted(raw) {
            sum.add(&anger(mix.capitals), 1.0);
        }
    }
    let feeling = sum.feeling();
    let escalation = either([
        mix.anger * feeling.anger,
        mix.anxiety * feeling.anxiety,
        mix.disappointment * feeling.disappointment,
        mix.urgency * feeling.urgency,
        sum.escalation,
    ]);
    let red_line = red_line(lexicon, normal);
    let found = sum.words.iter().chain(red_line.iter().map(|(_, words)| words)).chain(&abuse);
    let mut words: Vec<String> = found.map(|word| language::as_typed(raw, normal, word)).collect();
    let mut seen = std::collections::HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    // Of "what the hell" and "what the hell are you doing" the longer says it all.
    let all = words.clone();
    words.retain(|word| !all.iter().any(|other| other.len() > word.len() && other.contains(word.as_str())));
    Feelings { feeling, escalation, red_line: red_line.map(|(reason, _)| reason), abusive: !abuse.is_empty(), words }
}

/// Cues add up as independent chances do, so that many weak ones make a strong one and none passes 1.
#[derive(Default)]
struct Sum {
    anger: f32,
    anxiety: f32,
    disappointment: f32,
    urgency: f32,
    escalation: f32,
    words: Vec<String>,
}

impl Sum {
    fn add(&mut self, cue: &Cue, degree: f32) {
        let Cue { feeling, escalation } = cue;
        for (sum, weight) in [
            (&mut self.anger, feeling.anger),
            (&mut self.anxiety, feeling.anxiety),
            (&mut self.disappointment, feeling.disappointment),
            (&mut self.urgency, feeling.urgency),
            (&mut self.escalation, *escalation),
        ] {
            *sum = either([*sum, (weight * degree).min(0.95)]);
        }
    }

    fn feeling(&self) -> Feeling {
        let &Sum { anger, anxiety, disappointment, urgency, .. } = self;
        Feeling { anger, anxiety, disappointment, urgency }
    }
}

fn either<const N: usize>(chances: [f32; N]) -> f32 {
    1.0 - chances.iter().map(|chance| 1.0 - chance).product::<f32>()
}

/// The end of a text within the same clause: at most 4 characters of Chinese or 3 Latin words.
fn clause_before(text: &str, end: usize) -> &str {
    let before = &text[..end];
    let clause = before.rfind(is_clause_end).map_or(before, |at| {
        let after = at + before[at..].chars().next().map_or(0, char::len_utf8);
        &before[after..]
    });
    if clause.trim_end().chars().next_back().is_some_and(|c| c.is_ascii()) {
        let start = clause.trim_end().rmatch_indices(' ').nth(2).map_or(0, |(at, _)| at);
        return &clause[start..];
    }
    let start = clause.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    &clause[start..]
}

fn is_clause_end(c: char) -> bool {
    matches!(c, ',' | '.' | '!' | '?' | ';' | ':' | '、' | '。' | '~' | '…' | '\n')
}

fn is_negated(negations: &Phrases<()>, text: &str, start: usize) -> bool {
    let before = clause_before(text, start);
    // In Chinese at most one character between ("not very angry"), in English two words ("not at all angry").
    negations.find(before).last().is_some_and(|found| {
        let between = before[found.end..].trim();
        between.is_ascii() || between.chars().count() <= 1
    })
}

/// Of the degree words that touch a word, the one before it, or else the one after it.
fn degree(degrees: &Phrases<f32>, text: &str, start: usize, end: usize) -> f32 {
    let before = clause_before(text, start).trim_end();
    let touching = degrees.find(before).last().filter(|found| found.end == before.len()).map(|found| *found.value);
    touching.unwrap_or_else(|| {
        let after = text[end..].trim_start();
        degrees.find(after).first().filter(|found| found.start == 0).map_or(1.0, |found| *found.value)
    })
}

/// Three signs or more in a row.
fn is_exclaimed(normal: &str) -> bool {
    let mut run = 0;
    normal.chars().any(|c| {
        run = if matches!(c, '!' | '?') { run + 1 } else { 0 };
        run == 3
    })
}

/// Three Latin words or more, nearly all in capitals. Order numbers and sizes are no words here.
fn is_shouted(raw: &str) -> bool {
    let words = raw.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    let words: Vec<&str> = words.filter(|word| word.len() > 1 && word.chars().all(|c| !c.is_numeric())).collect();
    let latin: Vec<&&str> = words.iter().filter(|word| word.chars().any(|c| c.is_ascii_alphabetic())).collect();
    let loud = latin.iter().filter(|word| word.chars().all(|c| !c.is_lowercase())).count();
    loud >= 3 && loud * 5 >= latin.len() * 4
}

/// The first red line that is crossed, with the words that crossed it.
fn red_line(lexicon: &FeelingsLexicon, normal: &str) -> Option<(crate::domain::HandoffReason, String)> {
    let mut text = normal.to_owned();
    for harmless in &lexicon.not_red_lines {
        if let std::borrow::Cow::Owned(without) = harmless.replace_all(&text, " ") {
            text = without;
        }
    }
    lexicon
        .red_lines
        .iter()
        .find_map(|(reason, pattern)| pattern.find(&text).map(|found| (*reason, found.as_str().trim().to_owned())))
}
