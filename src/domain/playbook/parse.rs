//! From files to a checked playbook: the first mistake is told, never a half-read playbook.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{FileError, Playbook, ReturnPolicy, SourceFile, Thresholds, TomlFile, intents, lexicon};
use crate::domain::{ByLang, Lang};

impl Playbook {
    /// `files`: `intents/<name>.toml` and, from a folder `playbook`, `replies.<lang>.toml`, `thresholds.toml`,
    /// `returns.toml`, `feelings.toml`, `slots.toml`, `synonyms.txt`. Other kinds of file are passed over.
    pub fn parse(files: &[SourceFile]) -> Result<Playbook, FileError> {
        let mut intents = BTreeMap::new();
        for file in files.iter().filter(|file| folder(&file.path) == "intents" && file.path.ends_with(".toml")) {
            let intent = intents::parse(file)?;
            intents.insert(intent.name.clone(), intent);
        }
        for file in files.iter().filter(|file| folder(&file.path) == "playbook" && file.path.ends_with(".toml")) {
            if !is_known(name(&file.path)) {
                return Err(TomlFile::new(file).error("no file of this name is read; is it a slip?"));
            }
        }
        let replies = parse_replies(files)?;
        let thresholds = parse_thresholds(find(files, "thresholds.toml")?)?;
        let returns = parse_returns(find(files, "returns.toml")?, &replies)?;
        Ok(Playbook {
            intents,
            thresholds,
            returns,
            synonyms: lexicon::synonyms(find(files, "synonyms.txt")?)?,
            feelings: lexicon::feelings(find(files, "feelings.toml")?)?,
            slots: lexicon::slots(find(files, "slots.toml")?)?,
            replies,
        })
    }
}

/// The file's name without folder and extension.
pub fn stem(path: &str) -> &str {
    name(path).rsplit_once('.').map_or(name(path), |(stem, _)| stem)
}

fn name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name of the folder the file is in.
fn folder(path: &str) -> &str {
    path.rsplit(['/', '\\']).nth(1).unwrap_or_default()
}

fn is_known(name: &str) -> bool {
    let replies = Lang::ALL.map(|lang| format!("replies.{lang}.toml"));
    matches!(name, "thresholds.toml" | "returns.toml" | "feelings.toml" | "slots.toml")
        || replies.iter().any(|r| r == name)
}

fn find<'a>(files: &'a [SourceFile], wanted: &str) -> Result<&'a SourceFile, FileError> {
    files.iter().find(|file| folder(&file.path) == "playbook" && name(&file.path) == wanted).ok_or_else(|| FileError {
        path: format!("playbook/{wanted}"),
        line: 0,
        message: "the file is missing".to_owned(),
    })
}

/// Every key in every language: a reply that exists in one only would be silence in another.
fn parse_replies(files: &[SourceFile]) -> Result<ByLang<BTreeMap<String, Vec<String>>>, FileError> {
    let mut read = Vec::new();
    for lang in Lang::ALL {
        let toml = TomlFile::new(find(files, &format!("replies.{lang}.toml"))?);
        let replies: BTreeMap<String, Spanned<Vec<String>>> = toml.read()?;
        for (key, variants) in &replies {
            if variants.get_ref().is_empty() || variants.get_ref().iter().any(|variant| variant.trim().is_empty()) {
                return Err(toml.error_on(variants, format!("reply {key:?} needs at least one sentence, none empty")));
            }
        }
        read.push((lang, toml, replies));
    }
    for (_, toml, replies) in &read {
        for (other_lang, _, other) in &read {
            if let Some((key, variants)) = replies.iter().find(|(key, _)| !other.contains_key(*key)) {
                return Err(toml.error_on(variants, format!("reply {key:?} is missing in replies.{other_lang}.toml")));
            }
        }
    }
    let plain = |replies: BTreeMap<String, Spanned<Vec<String>>>| {
        replies.into_iter().map(|(key, variants)| (key, variants.into_inner())).collect()
    };
    Ok(ByLang(read.into_iter().map(|(lang, _, replies)| (lang, plain(replies))).collect()))
}

fn parse_thresholds(file: &SourceFile) -> Result<Thresholds, FileError> {
    let toml = TomlFile::new(file);
    let thresholds: Thresholds = toml.read()?;
    let Thresholds { answer, clarify, margin, escalate, .. } = thresholds;
    for (name, value) in [("answer", answer), ("clarify", clarify), ("margin", margin), ("escalate", escalate)] {
        if !(0.0..=1.0).contains(&value) {
            return Err(toml.error(format!("{name} is 0 to 1, not {value}")));
        }
    }
    if clarify > answer {
        return Err(toml.error(format!("clarify ({clarify}) must not be above answer ({answer})")));
    }
    if thresholds.failures == 0 || thresholds.max_understood_chars == 0 {
        return Err(toml.error("failures and max_understood_chars must be at least 1"));
    }
    Ok(thresholds)
}

fn parse_returns(
    file: &SourceFile,
    replies: &ByLang<BTreeMap<String, Vec<String>>>,
) -> Result<ReturnPolicy, FileError> {
    let toml = TomlFile::new(file);
    let policy: ReturnPolicy = toml.read()?;
    let days = [policy.change_of_mind_days, policy.exchange_days, policy.our_fault_days, policy.send_within_days];
    if days.iter().any(|&days| !(0..=3650).contains(&days)) {
        return Err(toml.error("a number of days is 0 to 3650"));
    }
    let known = replies.get(Lang::ZhHant);
    for (category, key) in policy.not_once_opened.iter().chain(&policy.never) {
        if !known.is_some_and(|known| known.contains_key(key)) {
            let line = file.text.lines().position(|line| line.contains(key.as_str())).map_or(0, |index| index + 1);
            let message = format!("{category:?} names the reply {key:?}, which no replies file has");
            return Err(FileError { path: file.path.clone(), line, message });
        }
    }
    Ok(policy)
}
