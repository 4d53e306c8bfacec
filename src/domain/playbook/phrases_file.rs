//! The phrases that a new installation begins with: `playbook/phrases.toml`.

use serde::Deserialize;
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile};
use crate::domain::{ByLang, Lang, phrase::Phrase, sentence::sentence};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    phrases: Vec<RawPhrase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPhrase {
    id: Spanned<String>,
    shortcut: String,
    #[serde(default)]
    category: String,
    #[serde(rename = "zh-Hant")]
    zh_hant: Option<String>,
    #[serde(rename = "zh-Hans")]
    zh_hans: Option<String>,
    en: Option<String>,
}

pub fn parse(file: &SourceFile) -> Result<Vec<Phrase>, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawFile = toml.read()?;
    let mut phrases: Vec<Phrase> = Vec::new();
    for RawPhrase { id, shortcut, category, zh_hant, zh_hans, en } in raw.phrases {
        let texts = [(Lang::ZhHant, zh_hant), (Lang::ZhHans, zh_hans), (Lang::En, en)];
        let phrase = Phrase {
            id: id.get_ref().clone(),
            owner: None,
            shortcut,
            category,
            texts: ByLang(texts.into_iter().filter_map(|(lang, text)| Some((lang, text?))).collect()),
            version: 0,
            updated_at: 0,
            updated_by: None,
        };
        if let Some(mistake) = phrase.mistakes().into_iter().next() {
            let told = sentence!("\"{phrase}\": {message}", phrase = phrase.id).with("message", mistake.message);
            return Err(toml.error_on(&id, told));
        }
        if phrases.iter().any(|other| other.id == phrase.id) {
            return Err(toml.error_on(&id, sentence!("\"{name}\" is there twice", name = phrase.id)));
        }
        phrases.push(phrase);
    }
    Ok(phrases)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_their_line() {
        let file = |text: &str| SourceFile { path: "playbook/phrases.toml".to_owned(), text: text.to_owned() };
        let shipped = include_str!("../../../playbook/phrases.toml");
        assert_eq!(parse(&file(shipped)).expect("ours are right").len(), 8);
        let one = "[[phrases]]\nid = \"a\"\nshortcut = \"a\"\nen = \"Hi {who}\"\n";
        let told = parse(&file(one)).expect_err("a place nobody fills").to_string();
        assert!(told.starts_with("playbook/phrases.toml:2: \"a\": {who} cannot be filled in"), "{told}");
        let one = one.replace("{who}", "{contact}");
        let told = parse(&file(&format!("{one}{one}"))).expect_err("twice").to_string();
        assert_eq!(told, "playbook/phrases.toml:6: \"a\" is there twice");
    }
}
