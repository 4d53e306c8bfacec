//! `playbook/wrap_up.toml`: the categories, outcomes and tags that agents choose from.

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile};
use crate::domain::{ByLang, Lang, UnixMs, sentence::sentence, wrap_up::is_choice_id};

/// On the wire as it is (`GET /api/wrap-up`).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct WrapUpRules {
    /// Nothing is resolved without a category and an outcome.
    pub required: bool,
    /// Longest time that an agent is given nothing while they wrap up; 0: none.
    pub rest_ms: UnixMs,
    pub categories: Vec<NamedChoice>,
    pub outcomes: Vec<NamedChoice>,
    pub tags: Vec<NamedChoice>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedChoice {
    pub id: String,
    pub names: ByLang<String>,
    /// Intents and articles that suggest it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

impl WrapUpRules {
    pub fn has_category(&self, id: &str) -> bool {
        self.categories.iter().any(|choice| choice.id == id)
    }

    pub fn has_outcome(&self, id: &str) -> bool {
        self.outcomes.iter().any(|choice| choice.id == id)
    }

    pub fn has_tag(&self, id: &str) -> bool {
        self.tags.iter().any(|choice| choice.id == id)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    required: bool,
    rest_seconds: Option<Spanned<i64>>,
    #[serde(default)]
    category: Vec<RawChoice>,
    #[serde(default)]
    outcome: Vec<RawChoice>,
    #[serde(default)]
    tag: Vec<RawChoice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    id: Spanned<String>,
    #[serde(rename = "zh-Hant")]
    zh_hant: String,
    #[serde(rename = "zh-Hans")]
    zh_hans: String,
    en: String,
    #[serde(default)]
    topics: Vec<String>,
}

const USUAL_REST_SECONDS: i64 = 60;
const MOST_REST_SECONDS: i64 = 600;
/// Nobody finds anything in a longer list.
const MOST_CHOICES: usize = 100;
const MOST_NAME_CHARS: usize = 80;

/// As the shop's own files have it, for playbooks of before.
pub(super) fn built_in() -> Result<WrapUpRules, FileError> {
    let text = include_str!("../../../playbook/wrap_up.toml").to_owned();
    parse(&SourceFile { path: "playbook/wrap_up.toml".into(), text })
}

pub(super) fn parse(file: &SourceFile) -> Result<WrapUpRules, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawFile = toml.read()?;
    let rest_seconds = match &raw.rest_seconds {
        None => USUAL_REST_SECONDS,
        Some(seconds) if (0..=MOST_REST_SECONDS).contains(seconds.get_ref()) => *seconds.get_ref(),
        Some(seconds) => {
            return Err(toml.error_on(seconds, sentence!("rest_seconds is 0 to {most}", most = MOST_REST_SECONDS)));
        }
    };
    if raw.required && (raw.category.is_empty() || raw.outcome.is_empty()) {
        return Err(toml.error(sentence!("required needs at least one category and one outcome to choose from")));
    }
    Ok(WrapUpRules {
        required: raw.required,
        rest_ms: rest_seconds * 1_000,
        categories: choices(&toml, raw.category)?,
        outcomes: choices(&toml, raw.outcome)?,
        tags: choices(&toml, raw.tag)?,
    })
}

fn choices(toml: &TomlFile<'_>, raw: Vec<RawChoice>) -> Result<Vec<NamedChoice>, FileError> {
    if raw.len() > MOST_CHOICES {
        return Err(toml.error(sentence!(
            "a list has at most {most} choices, not {value}",
            most = MOST_CHOICES,
            value = raw.len()
        )));
    }
    let mut read: Vec<NamedChoice> = Vec::with_capacity(raw.len());
    for RawChoice { id, zh_hant, zh_hans, en, topics } in raw {
        let names = [(Lang::ZhHant, zh_hant), (Lang::ZhHans, zh_hans), (Lang::En, en)];
        if !is_choice_id(id.get_ref()) {
            return Err(toml.error_on(&id, sentence!("an id is 1 to 40 of a-z, 0-9, - and _")));
        }
        if names.iter().any(|(_, name)| name.trim().is_empty() || name.chars().count() > MOST_NAME_CHARS) {
            return Err(toml.error_on(
                &id,
                sentence!("\"{name}\": a name has 1 to {most} characters", name = id.get_ref(), most = MOST_NAME_CHARS),
            ));
        }
        if read.iter().any(|other| other.id == *id.get_ref()) {
            return Err(toml.error_on(&id, sentence!("\"{name}\" is there twice", name = id.get_ref())));
        }
        read.push(NamedChoice { id: id.into_inner(), names: ByLang(names.into_iter().collect()), topics });
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<WrapUpRules, String> {
        let file = SourceFile { path: "playbook/wrap_up.toml".into(), text: text.into() };
        parse(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn ours_are_right_and_stand_in_for_a_file_that_is_missing() {
        let rules = built_in().expect("ours are right");
        assert!(rules.has_category("delivery") && rules.has_outcome("solved") && rules.has_tag("vip"));
        assert!(!rules.has_tag("delivery") && !rules.required);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let tag = "[[tag]]\nid = \"a\"\nzh-Hant = \"a\"\nzh-Hans = \"a\"\nen = \"a\"\n";
        assert!(read(tag).is_ok());
        for (text, expected) in [
            (format!("{tag}{tag}"), "playbook/wrap_up.toml:7: \"a\" is there twice"),
            (tag.replace("\"a\"\nzh-Hant", "\"A b\"\nzh-Hant"), "playbook/wrap_up.toml:2: an id is 1 to 40"),
            (tag.replace("en = \"a\"", "en = \" \""), "playbook/wrap_up.toml:2: \"a\": a name has 1 to"),
            (tag.replace("en = \"a\"\n", ""), "playbook/wrap_up.toml:1: missing field `en`"),
            ("rest_seconds = 9999\n".to_owned(), "playbook/wrap_up.toml:1: rest_seconds is 0 to 600"),
            (format!("required = true\n{tag}"), "playbook/wrap_up.toml: required needs at least one category"),
        ] {
            let told = read(&text).expect_err("a mistake");
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
