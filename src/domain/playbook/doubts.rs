//! Reasons to doubt an article that shares a message's words: `playbook/doubts.toml`.

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile, WordLists};
use crate::domain::sentence::sentence;

/// Holds where `when` is found and `unless` is not; matched on normal form.
#[derive(Debug, Clone)]
pub struct Doubt {
    pub name: String,
    /// Added to the log-odds of every article's chance; below 0.
    pub log_odds: f32,
    /// Intents that are found by their examples are doubted, too.
    pub of_intents: bool,
    pub when: Regex,
    pub unless: Regex,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    doubts: Vec<RawDoubt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDoubt {
    name: String,
    log_odds: Spanned<f32>,
    #[serde(default)]
    of_intents: bool,
    when: Vec<Spanned<String>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
}

pub fn parse(file: &SourceFile, words: &WordLists) -> Result<Vec<Doubt>, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawFile = toml.read()?;
    let doubt = |raw: RawDoubt| match *raw.log_odds.get_ref() {
        log_odds if (-8.0..0.0).contains(&log_odds) => {
            let any = |list: &[Spanned<String>]| toml.any_of_with_words(list, words);
            let (when, unless) = (any(&raw.when)?, any(&raw.unless)?);
            Ok(Doubt { name: raw.name, log_odds, of_intents: raw.of_intents, when, unless })
        }
        other => Err(toml.error_on(&raw.log_odds, sentence!("log_odds is from -8 to below 0, not {other}", other))),
    };
    raw.doubts.into_iter().map(doubt).collect()
}
