//! The return policy as a form: `playbook/returns.toml` with its comments left as they are written.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, Table, value};

use super::{FileError, ReturnPolicy, SourceFile, TomlFile, toml_edits::set, toml_file};

impl ReturnPolicy {
    /// # Errors
    /// It is no such file; with the line.
    pub fn read(file: &SourceFile) -> Result<ReturnPolicy, FileError> {
        TomlFile::new(file).read()
    }

    /// The file with this policy in the place of what it said.
    ///
    /// # Errors
    /// The text is no TOML. Whether the policy is right is `Playbook::parse`'s to say.
    pub fn write(&self, file: &SourceFile) -> Result<String, FileError> {
        let told = |error: toml_edit::TomlError| TomlFile::new(file).error(toml_file::told(error.message()));
        let mut document: DocumentMut = file.text.parse().map_err(told)?;
        let table = document.as_table_mut();
        for (name, days) in [
            ("change_of_mind_days", self.change_of_mind_days),
            ("exchange_days", self.exchange_days),
            ("our_fault_days", self.our_fault_days),
            ("send_within_days", self.send_within_days),
        ] {
            if table.get(name).and_then(Item::as_integer) != Some(days) {
                set(table, name, value(days));
            }
        }
        set_reasons(table, "not_once_opened", &self.not_once_opened);
        set_reasons(table, "never", &self.never);
        Ok(document.to_string())
    }
}

fn set_reasons(table: &mut Table, name: &str, reasons: &BTreeMap<String, String>) {
    let section = table.entry(name).or_insert_with(|| Item::Table(Table::new()));
    let Some(section) = section.as_table_mut() else { return };
    let gone: Vec<String> = section.iter().map(|(category, _)| category.to_owned()).collect();
    for category in gone.iter().filter(|category| !reasons.contains_key(*category)) {
        section.remove(category);
    }
    for (category, reason) in reasons {
        if section.get(category).and_then(Item::as_str) != Some(reason) {
            set(section, category, value(reason.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../playbook/returns.toml");

    #[test]
    fn what_is_written_is_read_again_and_comments_stay() {
        let file = |text: &str| SourceFile { path: "playbook/returns.toml".into(), text: text.into() };
        let mut policy = ReturnPolicy::read(&file(SHIPPED)).unwrap();
        assert_eq!(policy.write(&file(SHIPPED)).as_deref(), Ok(SHIPPED), "nothing changed, nothing written");
        policy.change_of_mind_days = 14;
        policy.not_once_opened.remove("candle");
        policy.never.insert("food".into(), "return_no_gift_card".into());
        let written = policy.write(&file(SHIPPED)).unwrap();
        let again = ReturnPolicy::read(&file(&written)).unwrap();
        assert_eq!(again.never, policy.never);
        assert_eq!((again.change_of_mind_days, again.not_once_opened.len()), (14, 1));
        assert!(written.contains("# Unused, in the original packing") && written.contains("# No, opened or not."));
    }
}
