//! The part of `intents/<name>.toml` that staff edit by a form: what the intent is heard by, and what it does. Name, type
//! and cues stay as they are written, and so do comments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

use super::{
    Act, FileError, SourceFile, TomlFile,
    toml_edits::{set, set_lines},
};
use crate::domain::Lang;

/// As the file says it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentForm {
    pub act: Act,
    #[serde(default)]
    pub patterns: Vec<String>,
    #[serde(default)]
    pub unless: Vec<String>,
    /// Offered as buttons below the reply.
    #[serde(default)]
    pub articles: Vec<String>,
    #[serde(flatten)]
    pub words: BTreeMap<Lang, WordsForm>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WordsForm {
    pub label: String,
    pub examples: Vec<String>,
    pub replies: Vec<String>,
}

/// The fields of the file, whatever else is in it.
#[derive(Deserialize)]
struct Raw {
    act: Act,
    #[serde(default)]
    patterns: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    articles: Vec<String>,
    #[serde(default, rename = "zh-Hant")]
    zh_hant: WordsForm,
    #[serde(default, rename = "zh-Hans")]
    zh_hans: WordsForm,
    #[serde(default)]
    en: WordsForm,
}

impl IntentForm {
    /// # Errors
    /// It is no such file; with the line.
    pub fn read(file: &SourceFile) -> Result<IntentForm, FileError> {
        let Raw { act, patterns, unless, articles, zh_hant, zh_hans, en } = TomlFile::new(file).read()?;
        let words = BTreeMap::from([(Lang::ZhHant, zh_hant), (Lang::ZhHans, zh_hans), (Lang::En, en)]);
        Ok(IntentForm { act, patterns, unless, articles, words })
    }

    /// The file with this form in the place of what it said.
    ///
    /// # Errors
    /// The text is no TOML. Whether the intent is right is `Playbook::parse`'s to say.
    pub fn write(&self, file: &SourceFile) -> Result<String, FileError> {
        let told = |error: toml_edit::TomlError| TomlFile::new(file).error(error.message());
        let mut document: DocumentMut = file.text.parse().map_err(told)?;
        let is_same = IntentForm::read(file).is_ok_and(|before| before.act == self.act);
        let table = document.as_table_mut();
        if !is_same {
            set(table, "act", act(self.act));
        }
        for (name, texts) in [("patterns", &self.patterns), ("unless", &self.unless), ("articles", &self.articles)] {
            set_lines(table, name, texts);
        }
        for (lang, words) in &self.words {
            let section = table.entry(lang.tag()).or_insert_with(|| Item::Table(Table::new()));
            let Some(section) = section.as_table_mut() else { continue };
            if section.get("label").and_then(Item::as_str) != Some(&words.label) {
                set(section, "label", value(words.label.as_str()));
            }
            set_lines(section, "examples", &words.examples);
            set_lines(section, "replies", &words.replies);
        }
        Ok(document.to_string())
    }
}

fn act(act: Act) -> Item {
    let (name, what) = match act {
        Act::Reply => return value("reply"),
        Act::Flow(flow) => ("flow", serde_json::to_value(flow)),
        Act::Handoff(reason) => ("handoff", serde_json::to_value(reason)),
    };
    let what = what.ok().and_then(|what| what.as_str().map(str::to_owned)).unwrap_or_default();
    value(InlineTable::from_iter([(name, Value::from(what))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::playbook::FlowName;

    fn file(text: &str) -> SourceFile {
        SourceFile { path: "intents/stock.toml".into(), text: text.into() }
    }

    const STOCK: &str = include_str!("../../../intents/stock.toml");

    #[test]
    fn what_is_written_is_read_again_and_comments_stay() {
        let mut form = IntentForm::read(&file(STOCK)).unwrap();
        assert_eq!(form.write(&file(STOCK)).as_deref(), Ok(STOCK), "nothing changed, nothing written");
        form.act = Act::Flow(FlowName::OrderStatus);
        let last = form.patterns.len() - 1;
        form.patterns[last] = r"^\W*(查庫存|'still' in stock)\W*$".into();
        form.patterns.insert(0, r"\bin stock\b".into());
        form.unless.clear();
        let en = form.words.get_mut(&Lang::En).unwrap();
        en.label = "Still there?".into();
        en.examples.push("say \"hello\" to the lamp".into());
        let written = form.write(&file(STOCK)).unwrap();
        assert_eq!(IntentForm::read(&file(&written)).unwrap(), form, "{written}");
        for kept in
            ["# Words of this subject: they make it", "# The button's own words.", "act = { flow = \"order_status\" }"]
        {
            assert!(written.contains(kept), "{kept} in {written}");
        }
        let back = IntentForm::read(&file(STOCK)).unwrap();
        assert_eq!(IntentForm::read(&file(&back.write(&file(&written)).unwrap())).unwrap(), back);
    }

    #[test]
    fn every_intent_of_ours_goes_through_the_form_unchanged() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/intents");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let form = IntentForm::read(&file(&text)).unwrap();
            assert_eq!(form.write(&file(&text)), Ok(text));
        }
        assert_eq!(IntentForm::read(&file("act = \"reply\"\npatterns = [7]")).unwrap_err().line, 2);
    }
}
