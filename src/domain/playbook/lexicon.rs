//! The word lists: `playbook/feelings.toml`, `playbook/synonyms.txt`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Cue, FeelingsLexicon, FeelingsMix, FileError, SourceFile, TomlFile};
use crate::{
    domain::handoff::{Dispute, Feeling, HandoffReason},
    domain::sentence::sentence,
    language::{Phrases, Synonyms},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFeelings {
    mix: FeelingsMix,
    words: BTreeMap<Signal, BTreeMap<String, Spanned<f32>>>,
    #[serde(default)]
    patterns: BTreeMap<Signal, Vec<RawPattern>>,
    degrees: BTreeMap<String, f32>,
    negations: Vec<String>,
    abuse: Vec<String>,
    kind_words: Vec<String>,
    red_lines: RawRedLines,
    not_red_lines: Vec<Spanned<String>>,
    disputes: RawDisputes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDisputes {
    attitude: Vec<Spanned<String>>,
    logistics: Vec<Spanned<String>>,
    product: Vec<Spanned<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signal {
    Anger,
    Anxiety,
    Disappointment,
    Urgency,
    Escalation,
    Strain,
    /// The opposite of strain.
    Ease,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPattern {
    weight: Spanned<f32>,
    regex: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRedLines {
    safety: Vec<Spanned<String>>,
    self_harm: Vec<Spanned<String>>,
    fraud: Vec<Spanned<String>>,
    legal: Vec<Spanned<String>>,
    press: Vec<Spanned<String>>,
    regulator: Vec<Spanned<String>>,
}

impl Signal {
    fn raise(self, cue: &mut Cue, weight: f32) {
        let Cue { feeling: Feeling { anger, anxiety, disappointment, urgency }, escalation, strain } = cue;
        if self == Signal::Ease {
            *strain = -weight;
            return;
        }
        *match self {
            Signal::Anger => anger,
            Signal::Anxiety => anxiety,
            Signal::Disappointment => disappointment,
            Signal::Urgency => urgency,
            Signal::Escalation => escalation,
            Signal::Strain | Signal::Ease => strain,
        } = weight;
    }
}

pub fn feelings(file: &SourceFile) -> Result<FeelingsLexicon, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawFeelings = toml.read()?;
    let weight = |written: &Spanned<f32>| match *written.get_ref() {
        weight if (0.0..=1.0).contains(&weight) => Ok(weight),
        weight => Err(toml.error_on(written, sentence!("a weight is 0 to 1, not {weight}", weight))),
    };
    // A word may carry several signals: its cues are put together.
    let mut words: BTreeMap<String, Cue> = BTreeMap::new();
    for (signal, list) in &raw.words {
        for (word, written) in list {
            signal.raise(words.entry(crate::language::normalise(word)).or_default(), weight(written)?);
        }
    }
    let mut patterns = Vec::new();
    for (signal, list) in &raw.patterns {
        for pattern in list {
            let mut cue = Cue::default();
            signal.raise(&mut cue, weight(&pattern.weight)?);
            patterns.push((toml.regex(&pattern.regex)?, cue));
        }
    }
    let lines = raw.red_lines;
    let red_lines = [
        (HandoffReason::Safety, lines.safety),
        (HandoffReason::SelfHarm, lines.self_harm),
        // "Fraud, I am calling the consumer office" threatens with the office; "fraud, I am calling the police"
        // needs to hear what to do about the fraud.
        (HandoffReason::Press, lines.press),
        (HandoffReason::Regulator, lines.regulator),
        (HandoffReason::Fraud, lines.fraud),
        (HandoffReason::Legal, lines.legal),
    ];
    Ok(FeelingsLexicon {
        words: Phrases::new(words),
        patterns,
        degrees: Phrases::new(raw.degrees),
        negations: Phrases::new(raw.negations.into_iter().map(|word| (word, ()))),
        abuse: Phrases::new(raw.abuse.into_iter().map(|word| (word, ()))),
        kind_words: Phrases::new(raw.kind_words.into_iter().map(|word| (word, ()))),
        red_lines: red_lines
            .into_iter()
            .map(|(reason, list)| Ok((reason, toml.any_of(&list)?)))
            .collect::<Result<_, FileError>>()?,
        disputes: vec![
            (Dispute::Attitude, toml.any_of(&raw.disputes.attitude)?),
            (Dispute::Logistics, toml.any_of(&raw.disputes.logistics)?),
            (Dispute::Product, toml.any_of(&raw.disputes.product)?),
        ],
        not_red_lines: raw.not_red_lines.iter().map(|written| toml.regex(written)).collect::<Result<_, _>>()?,
        mix: raw.mix,
    })
}

/// A group per line, words separated by white space, `_` for a space inside a word, `#` begins a comment.
pub fn synonyms(file: &SourceFile) -> Result<Synonyms, FileError> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for (index, line) in file.text.lines().enumerate() {
        let words = line.split('#').next().unwrap_or_default().split_whitespace();
        let group: Vec<String> = words.map(|word| word.replace('_', " ")).collect();
        let error = |message| Err(FileError { path: file.path.clone(), line: index + 1, message });
        match group.len() {
            0 => continue,
            1 => {
                return error(sentence!("\"{group}\" stands alone: a group needs two words or more", group = group[0]));
            }
            _ => {}
        }
        for word in &group {
            if let Some(earlier) =
                kept.insert(crate::language::normalise(word), index + 1).filter(|&line| line != index + 1)
            {
                return error(sentence!("\"{word}\" is already in the group on line {earlier}", word, earlier));
            }
        }
        groups.push(group);
    }
    Ok(Synonyms::new(&groups))
}
