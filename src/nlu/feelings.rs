//! What a message feels like: a lexicon with degree words and negation, the manner of writing, what its vector tells,
//! red lines.

use std::borrow::Cow;

use super::{
    Evidence, Feelings, Sign,
    meaning::{self, MEANING},
};
use crate::{
    domain::{
        HandoffReason,
        handoff::{Dispute, Feeling},
        playbook::{Cue, FeelingsLexicon},
    },
    language::{self, Phrases},
};

/// What a vector alone can make of a feeling: it knows the tone, not whom it is meant for.
const MOST_BY_MEANING: f32 = 0.6;
/// Deviations above an ordinary question at which a vector makes half of that, and how fast it gets there.
const TELLING: f32 = 2.5;
const SLOPE: f32 = 1.2;
/// Chinese characters, or words of other languages, below which a vector has no tone to go by: "return it" is two in
/// Chinese, "i lost it" three words.
const LEAST_SIGNS: usize = 4;
const LEAST_WORDS: usize = 4;
/// Strain of a message that says nothing either way, and what words and vector add, in log odds.
const STRAIN_BIAS: f32 = -1.0;
const STRAIN_BY_WORDS: f32 = 2.5;
const STRAIN_BY_MEANING: f32 = 0.9;
/// A quarrel needs some heat: below this wish for a person, a question about a late parcel is only a question.
const LEAST_DISPUTE: f32 = 0.3;

/// Whether the vector of these words says what they feel like.
pub fn has_tone(spoken: &str) -> bool {
    let signs = spoken.chars().filter(|c| language::normalise::is_han(*c)).count();
    let words = spoken.split(|c: char| !c.is_ascii_alphabetic() && c != '\'').filter(|word| !word.is_empty()).count();
    signs >= LEAST_SIGNS || words >= LEAST_WORDS || signs / 2 + words >= LEAST_WORDS
}

/// `raw` as typed, `normal` its normal form, `meaning` the vector of what is spoken in it.
pub fn sense(lexicon: &FeelingsLexicon, raw: &str, normal: &str, meaning: Option<&[f32; MEANING]>) -> Feelings {
    let mut sum = Sum::default();
    for found in lexicon.words.find(normal) {
        if is_negated(&lexicon.negations, normal, found.start) {
            continue;
        }
        let degree = degree(&lexicon.degrees, normal, found.start, found.end);
        sum.add(found.value, degree, &normal[found.start..found.end]);
    }
    for (pattern, cue) in &lexicon.patterns {
        if let Some(found) = pattern.find(normal) {
            sum.add(cue, 1.0, found.as_str());
        }
    }
    let mix = &lexicon.mix;
    let anger = |anger: f32| Cue { feeling: Feeling { anger, ..Feeling::default() }, ..Cue::default() };
    let abuse = lexicon.abuse.find(normal);
    for (at, found) in abuse.iter().enumerate() {
        let words = &normal[found.start..found.end];
        sum.evidence.push((Sign::Abuse, words.to_owned()));
        if at == 0 {
            sum.weigh(&anger(mix.abuse), 1.0);
        }
    }
    if !lexicon.kind_words.is_in(normal) {
        if is_exclaimed(normal) {
            sum.weigh(&anger(mix.exclamation), 1.0);
        }
        if is_shouted(raw) {
            sum.weigh(&anger(mix.capitals), 1.0);
        }
    }
    let told = meaning.map(meaning::told).unwrap_or_default();
    if meaning.is_some() {
        let share = |deviations: f32| MOST_BY_MEANING * logistic(SLOPE * (deviations - TELLING));
        let [anger, anxiety, disappointment] = [told.anger, told.anxiety, told.disappointment].map(share);
        sum.weigh(&Cue { feeling: Feeling { anger, anxiety, disappointment, urgency: 0.0 }, ..Cue::default() }, 1.0);
    }
    let strain = logistic(STRAIN_BIAS + STRAIN_BY_WORDS * sum.strain + STRAIN_BY_MEANING * told.strain);
    let feeling = sum.feeling();
    let escalation = either([
        mix.anger * feeling.anger,
        mix.anxiety * feeling.anxiety,
        mix.disappointment * feeling.disappointment,
        mix.urgency * feeling.urgency,
        sum.escalation,
        mix.strain * strain,
    ]);
    let dispute = dispute(lexicon, normal).filter(|_| escalation >= LEAST_DISPUTE);
    let red_line = red_line(lexicon, normal, meaning);
    let mut evidence = sum.evidence;
    evidence.extend(dispute.iter().map(|(_, words)| (Sign::Dispute, words.clone())));
    evidence.extend(red_line.iter().map(|(_, words, _)| (Sign::RedLine, words.clone())));
    let evidence: Vec<Evidence> = evidence
        .into_iter()
        .map(|(sign, words)| Evidence { sign, words: language::as_typed(raw, normal, &words) })
        .collect();
    Feelings {
        feeling,
        escalation,
        by_meaning: red_line.as_ref().is_some_and(|(.., by)| *by == By::Meaning),
        red_line: red_line.map(|(reason, ..)| reason),
        abusive: !abuse.is_empty(),
        dispute: dispute.map(|(kind, _)| kind),
        words: telling_words(&evidence),
        evidence,
    }
}

/// What an agent should see, each once: strong words, not those that any matter gone wrong carries.
fn telling_words(evidence: &[Evidence]) -> Vec<String> {
    let is_telling = |found: &&Evidence| !matches!(found.sign, Sign::Strain | Sign::Ease | Sign::Dispute);
    let mut words: Vec<String> = evidence.iter().filter(is_telling).map(|found| found.words.clone()).collect();
    let mut seen = std::collections::HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    // Of "what the hell" and "what the hell are you doing" the longer says it all.
    let all = words.clone();
    words.retain(|word| !all.iter().any(|other| other.len() > word.len() && other.contains(word.as_str())));
    words
}

/// The kind of quarrel that most words are about, with the first of them.
fn dispute(lexicon: &FeelingsLexicon, normal: &str) -> Option<(Dispute, String)> {
    let mut best: Option<(usize, Dispute, String)> = None;
    for (kind, pattern) in &lexicon.disputes {
        let count = pattern.find_iter(normal).count();
        if let Some(first) = pattern.find(normal)
            && best.as_ref().is_none_or(|(most, ..)| count > *most)
        {
            best = Some((count, *kind, first.as_str().to_owned()));
        }
    }
    best.map(|(_, kind, words)| (kind, words))
}

fn logistic(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

/// Cues add up as independent chances do, so that many weak ones make a strong one and none passes 1.
#[derive(Default)]
struct Sum {
    anger: f32,
    anxiety: f32,
    disappointment: f32,
    urgency: f32,
    escalation: f32,
    /// Strain and ease are weighed against one another: they add up as they are.
    strain: f32,
    evidence: Vec<(Sign, String)>,
}

impl Sum {
    fn add(&mut self, cue: &Cue, degree: f32, words: &str) {
        let signs = [
            (Sign::Anger, cue.feeling.anger),
            (Sign::Anxiety, cue.feeling.anxiety),
            (Sign::Disappointment, cue.feeling.disappointment),
            (Sign::Urgency, cue.feeling.urgency),
            (Sign::Escalation, cue.escalation),
            (Sign::Strain, cue.strain),
            (Sign::Ease, -cue.strain),
        ];
        let signs = signs.into_iter().filter(|(_, weight)| *weight > 0.0);
        self.evidence.extend(signs.map(|(sign, _)| (sign, words.to_owned())));
        self.weigh(cue, degree);
    }

    fn weigh(&mut self, cue: &Cue, degree: f32) {
        let Cue { feeling, escalation, strain } = cue;
        self.strain += strain * degree;
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
    // Addresses are typed as they are written on a form.
    let spoken = raw.split_whitespace().filter(|word| !word.contains('@') && !word.contains("://"));
    let words = spoken.flat_map(|word| word.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’'));
    let words: Vec<&str> = words.filter(|word| word.len() > 1 && word.chars().all(|c| !c.is_numeric())).collect();
    let latin: Vec<&&str> = words.iter().filter(|word| word.chars().any(|c| c.is_ascii_alphabetic())).collect();
    let loud = latin.iter().filter(|word| word.chars().all(|c| !c.is_lowercase())).count();
    loud >= 3 && loud * 5 >= latin.len() * 4
}

/// The red line that is crossed, with the words that crossed it: by its words, unless the whole sounds harmless, or by
/// what the whole means.
fn red_line(
    lexicon: &FeelingsLexicon,
    normal: &str,
    meaning: Option<&[f32; MEANING]>,
) -> Option<(HandoffReason, String, By)> {
    let text = without_harmless(lexicon, normal);
    let named = named_red_line(lexicon, &text).map(|(reason, words)| (reason, words, By::Words));
    let Some((chance, sounds_like)) = meaning.map(meaning::red_line) else { return named };
    match named {
        Some(named) => Some(named).filter(|_| chance >= lexicon.mix.red_line_doubt),
        // Harmless words colour the whole: "won't sue", "killing me".
        None => sounds_like
            .filter(|_| chance >= lexicon.mix.red_line && matches!(text, Cow::Borrowed(_)))
            .map(|kind| (kind, normal.trim().to_owned(), By::Meaning)),
    }
}

/// What tells of a red line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Words,
    Meaning,
}

/// What is left of a message when the words that only look like a red line are taken out.
fn without_harmless<'a>(lexicon: &FeelingsLexicon, normal: &'a str) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(normal);
    for harmless in &lexicon.not_red_lines {
        if let Cow::Owned(without) = harmless.replace_all(&text, " ") {
            text = Cow::Owned(without);
        }
    }
    text
}

/// The first red line whose pattern is found.
fn named_red_line(lexicon: &FeelingsLexicon, text: &str) -> Option<(HandoffReason, String)> {
    let mut lines = lexicon.red_lines.iter();
    lines.find_map(|(reason, pattern)| pattern.find(text).map(|found| (*reason, found.as_str().trim().to_owned())))
}
