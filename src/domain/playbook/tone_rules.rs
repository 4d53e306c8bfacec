//! What the tone coach listens for: `playbook/tone.toml`.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile, WordLists};
use crate::domain::{ByLang, Lang, sentence::sentence, tone::Tone};

/// Nothing in it (a playbook of before): no reply is ever flagged.
#[derive(Debug, Clone, Default)]
pub struct ToneRules {
    pub mix: ToneMix,
    pub signs: Vec<ToneSign>,
    pub advice: BTreeMap<Tone, ByLang<ToneAdvice>>,
}

/// All in log-odds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToneMix {
    pub start: f32,
    pub start_without_model: f32,
    /// For each standard deviation of what the reply means.
    pub meaning: f32,
    /// Taken off where no sign of a kind is found: the meaning alone has to be surer.
    pub alone: f32,
    /// A reply is flagged from here on.
    pub flag: f32,
}

/// Matched on normal form.
#[derive(Debug, Clone)]
pub struct ToneSign {
    pub name: String,
    /// `None`: it speaks for the reply, or against it as a whole.
    pub kind: Option<Tone>,
    pub weight: f32,
    /// `None`: whatever the reply says.
    pub says: Option<Regex>,
    pub unless: Regex,
    /// What the shopper said last; with `felt`, either will do. Neither: whatever it was.
    pub after: Option<Regex>,
    /// How angry or disappointed the shopper sounds at least, 0 to 1.
    pub felt: Option<f32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToneAdvice {
    /// What is wrong, to the agent.
    pub wrong: String,
    /// What could be said instead; `{text}` is the reply as written.
    pub better: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    mix: ToneMix,
    advice: BTreeMap<Tone, Spanned<BTreeMap<Lang, ToneAdvice>>>,
    #[serde(default)]
    signs: Vec<RawSign>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSign {
    name: Spanned<String>,
    kind: Option<Tone>,
    weight: Spanned<f32>,
    #[serde(default)]
    says: Vec<Spanned<String>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    #[serde(default)]
    after: Vec<Spanned<String>>,
    felt: Option<f32>,
}

pub fn parse(file: &SourceFile, words: &WordLists) -> Result<ToneRules, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawFile = toml.read()?;
    if let Some(tone) = Tone::ALL.into_iter().find(|tone| !raw.advice.contains_key(tone)) {
        return Err(toml.error(sentence!("the section [advice.{tone}] is missing", tone = tone.as_str())));
    }
    let mut advice = BTreeMap::new();
    for (tone, by_lang) in raw.advice {
        for lang in Lang::ALL {
            let told = by_lang.get_ref().get(&lang);
            if told.is_none_or(|told| told.wrong.trim().is_empty() || told.better.trim().is_empty()) {
                let message =
                    sentence!("[advice.{tone}] needs `wrong` and `better` in {lang}", tone = tone.as_str(), lang);
                return Err(toml.error_on(&by_lang, message));
            }
        }
        advice.insert(tone, ByLang(by_lang.into_inner()));
    }
    let signs = raw.signs.into_iter().map(|sign| read(&toml, sign, words)).collect::<Result<_, _>>()?;
    Ok(ToneRules { mix: raw.mix, signs, advice })
}

fn read(toml: &TomlFile<'_>, raw: RawSign, words: &WordLists) -> Result<ToneSign, FileError> {
    let weight = *raw.weight.get_ref();
    if !(-10.0..=10.0).contains(&weight) {
        return Err(toml.error_on(&raw.weight, sentence!("a weight is -10 to 10, not {weight}", weight)));
    }
    if raw.says.is_empty() && raw.after.is_empty() && raw.felt.is_none() {
        let message = sentence!(
            "\"{name}\" needs `says`, `after` or `felt`: as it is, it holds always",
            name = raw.name.get_ref()
        );
        return Err(toml.error_on(&raw.name, message));
    }
    let some = |list: &[Spanned<String>]| match list.is_empty() {
        true => Ok(None),
        false => toml.any_of_with_words(list, words).map(Some),
    };
    Ok(ToneSign {
        name: raw.name.into_inner(),
        kind: raw.kind,
        weight,
        says: some(&raw.says)?,
        unless: toml.any_of_with_words(&raw.unless, words)?,
        after: some(&raw.after)?,
        felt: raw.felt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_their_line() {
        let text = include_str!("../../../playbook/tone.toml");
        let words: WordLists = toml::from_str(include_str!("../../../playbook/words.toml")).expect("the lists");
        let told = |text: String| match parse(&SourceFile { path: "tone.toml".to_owned(), text }, &words) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        assert_eq!(told(text.to_owned()), "");
        for (from, to, expected) in [
            ("[advice.mocking]", "[advice.laughing]", "unknown variant `laughing`"),
            ("weight = 2.0", "weight = 200.0", "a weight is -10 to 10"),
            ("<sorry>", "<sory>", "no list called \"sory\""),
            ("kind = \"blaming\"", "kind = \"rude\"", "unknown variant `rude`"),
            (
                "wrong = \"This reads as mockery.\"",
                "wrong = \" \"",
                "[advice.mocking] needs `wrong` and `better` in en",
            ),
        ] {
            let told = told(text.replacen(from, to, 1));
            assert!(told.starts_with("tone.toml:") && told.contains(expected), "{from}: {told}");
        }
        let always = format!("{text}\n[[signs]]\nname = \"always\"\nweight = 1.0\n");
        assert!(told(always).contains("\"always\" needs"));
    }
}
