//! The part of `intents/<name>.toml` that staff edit by a form: what the intent is heard by, and what it does. The name
//! stays as it is written, and so do comments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

use super::{
    Act, FileError, SourceFile, TomlFile,
    toml_edits::{set, set_items, set_lines},
    toml_file,
};
use crate::domain::Lang;

/// As the file says it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentForm {
    /// What kind of inquiry it is, for whoever reads the figures.
    #[serde(rename = "type", default)]
    pub inquiry_type: String,
    pub act: Act,
    /// Whatever else is asked comes first.
    #[serde(default)]
    pub small_talk: bool,
    #[serde(default)]
    pub cues: Vec<CueForm>,
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

/// Words of the subject that make the intent a candidate, and how much they do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CueForm {
    pub weight: f64,
    pub regex: String,
}

impl CueForm {
    fn is_said_by(&self, value: &Value) -> bool {
        let Some(table) = value.as_inline_table() else { return false };
        let weight = table.get("weight").and_then(|weight| {
            #[allow(clippy::cast_precision_loss, reason = "weights are small")]
            weight.as_float().or_else(|| weight.as_integer().map(|whole| whole as f64))
        });
        weight == Some(self.weight) && table.get("regex").and_then(Value::as_str) == Some(&self.regex)
    }

    fn written(&self) -> Value {
        let pair = [("weight", Value::from(self.weight)), ("regex", Value::from(self.regex.as_str()))];
        Value::InlineTable(InlineTable::from_iter(pair))
    }
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
    #[serde(rename = "type", default)]
    inquiry_type: String,
    act: Act,
    #[serde(default)]
    small_talk: bool,
    #[serde(default)]
    cues: Vec<CueForm>,
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
        let Raw { inquiry_type, act, small_talk, cues, patterns, unless, articles, zh_hant, zh_hans, en } =
            TomlFile::new(file).read()?;
        let words = BTreeMap::from([(Lang::ZhHant, zh_hant), (Lang::ZhHans, zh_hans), (Lang::En, en)]);
        Ok(IntentForm { inquiry_type, act, small_talk, cues, patterns, unless, articles, words })
    }

    /// The file with this form in the place of what it said.
    ///
    /// # Errors
    /// The text is no TOML. Whether the intent is right is `Playbook::parse`'s to say.
    pub fn write(&self, file: &SourceFile) -> Result<String, FileError> {
        let told = |error: toml_edit::TomlError| TomlFile::new(file).error(toml_file::told(error.message()));
        let mut document: DocumentMut = file.text.parse().map_err(told)?;
        let before = IntentForm::read(file)?;
        let table = document.as_table_mut();
        if before.inquiry_type != self.inquiry_type {
            set(table, "type", value(self.inquiry_type.as_str()));
        }
        if before.act != self.act {
            set(table, "act", act(self.act));
        }
        if before.small_talk != self.small_talk {
            set(table, "small_talk", value(self.small_talk));
        }
        if before.cues != self.cues {
            set_items(table, "cues", &self.cues, |value, cue| cue.is_said_by(value), CueForm::written);
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
        form.inquiry_type = "goods".into();
        form.small_talk = true;
        form.cues[0].weight = 2.0;
        form.cues.push(CueForm { weight: 0.5, regex: r"\b(shelf|'left')\b".into() });
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
