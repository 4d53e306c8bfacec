//! Intent files: `intents/<name>.toml`.

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{Act, FileError, Intent, IntentWords, SourceFile, TomlFile, WordLists};
use crate::domain::{ByLang, Lang, sentence::sentence};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIntent {
    name: Spanned<String>,
    #[serde(rename = "type")]
    inquiry_type: String,
    act: Spanned<Act>,
    #[serde(default)]
    patterns: Vec<Spanned<String>>,
    #[serde(default)]
    cues: Vec<RawCue>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    #[serde(default)]
    articles: Vec<String>,
    #[serde(default)]
    small_talk: bool,
    #[serde(rename = "zh-Hant")]
    zh_hant: Option<Spanned<IntentWords>>,
    #[serde(rename = "zh-Hans")]
    zh_hans: Option<Spanned<IntentWords>>,
    en: Option<Spanned<IntentWords>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCue {
    weight: Spanned<f32>,
    regex: Spanned<String>,
}

impl RawCue {
    fn read(&self, toml: &TomlFile<'_>, lists: &WordLists) -> Result<(Regex, f32), FileError> {
        match *self.weight.get_ref() {
            weight if weight > 0.0 && weight <= 3.0 => Ok((toml.regex_with_words(&self.regex, lists)?, weight)),
            weight => {
                Err(toml
                    .error_on(&self.weight, sentence!("a cue's weight is above 0 and at most 3, not {weight}", weight)))
            }
        }
    }
}

pub fn parse(file: &SourceFile, lists: &WordLists) -> Result<Intent, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawIntent = toml.read()?;
    let stem = super::parse::stem(&file.path);
    if raw.name.get_ref() != stem {
        return Err(toml.error_on(
            &raw.name,
            sentence!("name is \"{name}\" but the file is called \"{stem}\"", name = raw.name.get_ref(), stem),
        ));
    }
    let mut words = ByLang::default();
    for (lang, section) in [(Lang::ZhHant, raw.zh_hant), (Lang::ZhHans, raw.zh_hans), (Lang::En, raw.en)] {
        let Some(section) = section else { return Err(toml.error(sentence!("the section [{lang}] is missing", lang))) };
        let spoken = section.get_ref();
        if spoken.label.trim().is_empty() {
            return Err(toml.error_on(&section, sentence!("[{lang}] needs a label: it is shown as a button", lang)));
        }
        if *raw.act.get_ref() == Act::Reply && spoken.replies.is_empty() {
            return Err(toml.error_on(&section, sentence!("[{lang}] needs replies, because act is \"reply\"", lang)));
        }
        words.0.insert(lang, section.into_inner());
    }
    Ok(Intent {
        name: raw.name.into_inner(),
        inquiry_type: raw.inquiry_type,
        act: raw.act.into_inner(),
        patterns: raw.patterns.iter().map(|written| toml.regex_with_words(written, lists)).collect::<Result<_, _>>()?,
        cues: raw.cues.iter().map(|cue| cue.read(&toml, lists)).collect::<Result<_, _>>()?,
        unless: raw.unless.iter().map(|written| toml.regex_with_words(written, lists)).collect::<Result<_, _>>()?,
        articles: raw.articles,
        small_talk: raw.small_talk,
        words,
    })
}
