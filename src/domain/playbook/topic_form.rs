//! One topic of `playbook/help.toml`: its place in the order and its name per language. Topics are the articles' categories.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, Table, value};

use super::{
    HelpWords,
    toml_edits::{set, set_lines},
    toml_file,
};
use crate::domain::{
    Lang,
    sentence::{Sentence, sentence},
};

impl HelpWords {
    /// Every category that the file orders or names, in the order they are shown.
    pub fn categories(&self) -> Vec<String> {
        let named = self.texts.0.values().flat_map(|text| text.categories());
        let mut all: Vec<String> = self.order.clone();
        for category in named {
            if !all.contains(category) {
                all.push(category.clone());
            }
        }
        all
    }
}

/// The file with the topic's new names, at the end of the order if it is new; without names, the file without the topic.
///
/// # Errors
/// The text is no TOML, or another thing is in the place of the names.
pub fn with_topic(text: &str, category: &str, names: Option<&BTreeMap<Lang, String>>) -> Result<String, Sentence> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| toml_file::told(error.message()))?;
    let table = document.as_table_mut();
    let mut order: Vec<String> = match table.get("order").and_then(Item::as_array) {
        Some(order) => order.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        None => Vec::new(),
    };
    match names {
        None => order.retain(|one| one != category),
        Some(_) if order.iter().any(|one| one == category) => {}
        Some(_) => order.push(category.to_owned()),
    }
    set_lines(table, "order", &order);
    for lang in Lang::ALL {
        let spoken = table.entry(lang.tag()).or_insert_with(|| Item::Table(Table::new()));
        let spoken = spoken.as_table_mut().ok_or_else(|| sentence!("{name} is no table in this file", name = lang))?;
        let section = spoken.entry("categories").or_insert_with(|| Item::Table(Table::new()));
        let section = section
            .as_table_mut()
            .ok_or_else(|| sentence!("{name} is no table in this file", name = format!("{lang}.categories")))?;
        match names.and_then(|names| names.get(&lang)) {
            Some(name) if section.get(category).and_then(Item::as_str) == Some(name) => {}
            Some(name) => set(section, category, value(name.as_str())),
            None => _ = section.remove(category),
        }
    }
    Ok(document.to_string())
}

/// The file with its topics in this order.
///
/// # Errors
/// The text is no TOML.
pub fn with_order(text: &str, order: &[String]) -> Result<String, Sentence> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| toml_file::told(error.message()))?;
    set_lines(document.as_table_mut(), "order", order);
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../playbook/help.toml");

    #[test]
    fn a_topic_comes_is_renamed_and_goes_and_comments_stay() {
        let names = BTreeMap::from(Lang::ALL.map(|lang| (lang, format!("Plants {lang}"))));
        let more = with_topic(SHIPPED, "plants", Some(&names)).unwrap();
        for kept in ["# Topics in this order; others follow by name.", "plants = \"Plants en\"", "\"plants\""] {
            assert!(more.contains(kept), "{kept} in {more}");
        }
        assert_eq!(with_topic(&more, "plants", Some(&names)).as_deref(), Ok(&*more), "the same again changes nothing");
        let less = with_topic(&more, "plants", None).unwrap();
        assert!(!less.contains("plants"), "{less}");
        assert!(with_topic("en = 7", "plants", Some(&names)).is_err());
    }

    #[test]
    fn topics_change_places_and_comments_stay() {
        let order = |text: &str| -> Vec<String> {
            let document: DocumentMut = text.parse().unwrap();
            let list = document.get("order").and_then(Item::as_array).unwrap();
            list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
        };
        let mut wanted = order(SHIPPED);
        wanted.swap(0, 2);
        let written = with_order(SHIPPED, &wanted).unwrap();
        assert_eq!(order(&written), wanted, "{written}");
        assert!(written.contains("# Topics in this order; others follow by name."), "{written}");
        assert_eq!(with_order(SHIPPED, &order(SHIPPED)).as_deref(), Ok(SHIPPED));
    }
}
