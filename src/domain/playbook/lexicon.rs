//! The word lists: `playbook/feelings.toml`, `playbook/slots.toml`, `playbook/synonyms.txt`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Cue, FeelingsLexicon, FeelingsMix, FileError, OrderNumberForm, SlotWords, SourceFile, TomlFile};
use crate::{
    domain::{
        handoff::{Feeling, HandoffReason},
        returns::{ReturnKind, ReturnReason},
    },
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
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signal {
    Anger,
    Anxiety,
    Disappointment,
    Urgency,
    Escalation,
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
        let Cue { feeling: Feeling { anger, anxiety, disappointment, urgency }, escalation } = cue;
        *match self {
            Signal::Anger => anger,
            Signal::Anxiety => anxiety,
            Signal::Disappointment => disappointment,
            Signal::Urgency => urgency,
            Signal::Escalation => escalation,
        } = weight;
    }
}

pub fn feelings(file: &SourceFile) -> Result<FeelingsLexicon, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawFeelings = toml.read()?;
    let weight = |written: &Spanned<f32>| match *written.get_ref() {
        weight if (0.0..=1.0).contains(&weight) => Ok(weight),
        weight => Err(toml.error_on(written, format!("a weight is 0 to 1, not {weight}"))),
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
        not_red_lines: raw.not_red_lines.iter().map(|written| toml.regex(written)).collect::<Result<_, _>>()?,
        mix: raw.mix,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSlots {
    order_number: Spanned<String>,
    order_number_bare: Spanned<String>,
    order_number_prefix: String,
    order_words: Vec<Spanned<String>>,
    yes: Vec<Spanned<String>>,
    no: Vec<Spanned<String>>,
    correction: Vec<Spanned<String>>,
    cancel: Vec<Spanned<String>>,
    all: Vec<Spanned<String>>,
    return_number: Spanned<String>,
    other_one: Vec<Spanned<String>>,
    ordinals: Vec<Vec<Spanned<String>>>,
    opened: Vec<Spanned<String>>,
    unopened: Vec<Spanned<String>>,
    kinds: RawKinds,
    reasons: RawReasons,
    negated: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKinds {
    r#return: Vec<Spanned<String>>,
    exchange: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReasons {
    changed_mind: Vec<Spanned<String>>,
    wrong_size: Vec<Spanned<String>>,
    defective: Vec<Spanned<String>>,
    damaged: Vec<Spanned<String>>,
    wrong_item: Vec<Spanned<String>>,
}

pub fn slots(file: &SourceFile) -> Result<SlotWords, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawSlots = toml.read()?;
    let any = |list: &Vec<Spanned<String>>| toml.any_of(list);
    let RawReasons { changed_mind, wrong_size, defective, damaged, wrong_item } = &raw.reasons;
    // The shop's fault first: "wrong size was sent" is a wrong item, "broken, I don't want it" is damage.
    let reasons = [
        (ReturnReason::WrongItem, wrong_item),
        (ReturnReason::Damaged, damaged),
        (ReturnReason::Defective, defective),
        (ReturnReason::WrongSize, wrong_size),
        (ReturnReason::ChangedMind, changed_mind),
    ];
    Ok(SlotWords {
        order: OrderNumberForm {
            number: toml.regex(&raw.order_number)?,
            bare: toml.regex(&raw.order_number_bare)?,
            prefix: raw.order_number_prefix.to_ascii_uppercase(),
            words: any(&raw.order_words)?,
        },
        yes: any(&raw.yes)?,
        no: any(&raw.no)?,
        correction: any(&raw.correction)?,
        cancel: any(&raw.cancel)?,
        all: any(&raw.all)?,
        return_number: toml.regex(&raw.return_number)?,
        other_one: any(&raw.other_one)?,
        ordinals: raw.ordinals.iter().map(any).collect::<Result<_, _>>()?,
        opened: any(&raw.opened)?,
        unopened: any(&raw.unopened)?,
        negated: any(&raw.negated)?,
        kinds: vec![(ReturnKind::Exchange, any(&raw.kinds.exchange)?), (ReturnKind::Return, any(&raw.kinds.r#return)?)],
        reasons: reasons
            .into_iter()
            .map(|(reason, list)| Ok((reason, any(list)?)))
            .collect::<Result<_, FileError>>()?,
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
            1 => return error(format!("{:?} stands alone: a group needs two words or more", group[0])),
            _ => {}
        }
        for word in &group {
            if let Some(earlier) =
                kept.insert(crate::language::normalise(word), index + 1).filter(|&line| line != index + 1)
            {
                return error(format!("{word:?} is already in the group on line {earlier}"));
            }
        }
        groups.push(group);
    }
    Ok(Synonyms::new(&groups))
}
