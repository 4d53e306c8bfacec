//! Files of settings: one table says what each setting is, and by it the file is checked, the form in the console is
//! drawn, and what is filled in there is written into the text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml_edit::{DocumentMut, Item, Table, Value, value};

use super::{
    FileError, SourceFile, TomlFile,
    toml_edits::{list, set},
    toml_file,
};
use crate::domain::sentence::sentence;

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Setting {
    pub section: &'static str,
    pub name: &'static str,
    #[serde(flatten)]
    pub kind: SettingKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SettingKind {
    Count {
        least: i64,
        most: i64,
    },
    Switch,
    /// Some of these, each once. `ordered`: in the order in which they count.
    Choice {
        of: &'static [&'static str],
        least: usize,
        ordered: bool,
    },
    /// Names of intents, in this order.
    Intents {
        most: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    Switch(bool),
    Count(i64),
    /// Typed into a form; no setting is one.
    Fraction(f64),
    Names(Vec<String>),
}

/// What a file says, by section and name; settings that it does not have are those of the file in the binary.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub BTreeMap<String, BTreeMap<String, SettingValue>>);

type Written = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<toml::Value>>>;

impl Settings {
    /// As a form has them: of the right kind, whether or not they are within their bounds.
    ///
    /// # Errors
    /// It is no such file; with the line.
    pub fn read(file: &SourceFile, table: &[Setting], built_in: &str) -> Result<Settings, FileError> {
        let ours = SourceFile { path: file.path.clone(), text: built_in.to_owned() };
        let mut settings = Settings::default();
        for file in [&ours, file] {
            settings.take(&TomlFile::new(file), table, |_, _| Ok(()))?;
        }
        Ok(settings)
    }

    /// # Errors
    /// The first that is none, of the wrong kind, or out of bounds; with its line.
    pub fn checked(
        file: &SourceFile,
        table: &[Setting],
        built_in: &str,
        is_intent: impl Fn(&str) -> bool,
    ) -> Result<Settings, FileError> {
        let mut settings = Settings::read(file, table, built_in)?;
        let toml = TomlFile::new(file);
        settings.take(&toml, table, |setting, value| check(&toml, setting, value, &is_intent))?;
        Ok(settings)
    }

    fn take(
        &mut self,
        toml: &TomlFile<'_>,
        table: &[Setting],
        check: impl Fn(&Setting, &Spanned<SettingValue>) -> Result<(), FileError>,
    ) -> Result<(), FileError> {
        let written: Written = toml.read()?;
        for (section, fields) in written {
            let known = || table.iter().filter(|setting| setting.section == section.get_ref());
            if known().next().is_none() {
                return Err(unknown(toml, &section, table.iter().map(|setting| setting.section)));
            }
            for (name, value) in fields {
                let Some(setting) = known().find(|setting| setting.name == name.get_ref()) else {
                    return Err(unknown(toml, &name, known().map(|setting| setting.name)));
                };
                let value = taken(toml, setting, value)?;
                check(setting, &value)?;
                self.put(setting.section, setting.name, value.into_inner());
            }
        }
        Ok(())
    }

    pub fn put(&mut self, section: &str, name: &str, value: SettingValue) {
        self.0.entry(section.to_owned()).or_default().insert(name.to_owned(), value);
    }

    fn get(&self, section: &str, name: &str) -> Option<&SettingValue> {
        self.0.get(section)?.get(name)
    }

    pub fn count(&self, section: &str, name: &str) -> i64 {
        match self.get(section, name) {
            Some(SettingValue::Count(count)) => *count,
            _ => 0,
        }
    }

    pub fn switch(&self, section: &str, name: &str) -> bool {
        self.get(section, name) == Some(&SettingValue::Switch(true))
    }

    pub fn names(&self, section: &str, name: &str) -> &[String] {
        match self.get(section, name) {
            Some(SettingValue::Names(names)) => names,
            _ => &[],
        }
    }

    /// The file with these in the place of what it said; comments stay.
    ///
    /// # Errors
    /// The text is no TOML. Whether the settings are right is `Playbook::parse`'s to say.
    pub fn write(&self, file: &SourceFile) -> Result<String, FileError> {
        let told = |error: toml_edit::TomlError| TomlFile::new(file).error(toml_file::told(error.message()));
        let mut document: DocumentMut = file.text.parse().map_err(told)?;
        for (section, fields) in &self.0 {
            let place = document.as_table_mut().entry(section).or_insert_with(|| Item::Table(Table::new()));
            let Some(place) = place.as_table_mut() else { continue };
            for (name, wanted) in fields {
                if says(place.get(name), wanted) {
                    continue;
                }
                let item = match wanted {
                    SettingValue::Switch(on) => value(*on),
                    SettingValue::Count(count) => value(*count),
                    SettingValue::Fraction(fraction) => value(*fraction),
                    SettingValue::Names(names) => Item::Value(Value::Array(list(names))),
                };
                set(place, name, item);
            }
        }
        Ok(document.to_string())
    }
}

fn says(item: Option<&Item>, wanted: &SettingValue) -> bool {
    let Some(item) = item else { return false };
    match wanted {
        SettingValue::Switch(on) => item.as_bool() == Some(*on),
        SettingValue::Count(count) => item.as_integer() == Some(*count),
        SettingValue::Fraction(fraction) => item.as_float() == Some(*fraction),
        SettingValue::Names(names) => item.as_array().is_some_and(|array| {
            array.len() == names.len() && array.iter().zip(names).all(|(value, name)| value.as_str() == Some(name))
        }),
    }
}

fn unknown<'s>(toml: &TomlFile<'_>, name: &Spanned<String>, known: impl Iterator<Item = &'s str>) -> FileError {
    let mut known: Vec<&str> = known.collect();
    known.dedup();
    let known = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
    toml.error_on(name, sentence!("unknown field `{name}`, expected one of {known}", name = name.get_ref(), known))
}

fn taken(
    toml: &TomlFile<'_>,
    setting: &Setting,
    written: Spanned<toml::Value>,
) -> Result<Spanned<SettingValue>, FileError> {
    let name = setting.name;
    let names = |array: &[toml::Value]| {
        array.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().map(SettingValue::Names)
    };
    let value = match (setting.kind, written.get_ref()) {
        (SettingKind::Count { .. }, toml::Value::Integer(count)) => Some(SettingValue::Count(*count)),
        (SettingKind::Count { .. }, toml::Value::Float(fraction)) => Some(SettingValue::Fraction(*fraction)),
        (SettingKind::Switch, toml::Value::Boolean(on)) => Some(SettingValue::Switch(*on)),
        (SettingKind::Choice { .. } | SettingKind::Intents { .. }, toml::Value::Array(array)) => names(array),
        _ => None,
    };
    let span = written.span();
    value.map(|value| Spanned::new(span, value)).ok_or_else(|| {
        let found = written.get_ref();
        toml.error_on(
            &written,
            match setting.kind {
                SettingKind::Count { least, most } => {
                    sentence!("{name}: a whole number from {least} to {most}, not {found}", name, least, most, found)
                }
                SettingKind::Switch => sentence!("{name}: true or false, not {found}", name, found),
                SettingKind::Choice { .. } | SettingKind::Intents { .. } => {
                    sentence!("{name}: a list such as [\"one\", \"another\"], not {found}", name, found)
                }
            },
        )
    })
}

fn check(
    toml: &TomlFile<'_>,
    setting: &Setting,
    value: &Spanned<SettingValue>,
    is_intent: &impl Fn(&str) -> bool,
) -> Result<(), FileError> {
    let name = setting.name;
    let wrong = |message| Err(toml.error_on(value, message));
    match (setting.kind, value.get_ref()) {
        (SettingKind::Count { least, most }, SettingValue::Count(count)) if (least..=most).contains(count) => Ok(()),
        (SettingKind::Count { least, most }, SettingValue::Count(found)) => {
            wrong(sentence!("{name}: a whole number from {least} to {most}, not {found}", name, least, most, found))
        }
        (SettingKind::Count { least, most }, SettingValue::Fraction(found)) => {
            wrong(sentence!("{name}: a whole number from {least} to {most}, not {found}", name, least, most, found))
        }
        (kind, SettingValue::Names(names)) => {
            let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
            if let Some((_, found)) = twice {
                return wrong(sentence!("{name}: \"{found}\" is there twice", name, found));
            }
            match kind {
                SettingKind::Choice { of, least, .. } => {
                    if let Some(found) = names.iter().find(|found| !of.contains(&found.as_str())) {
                        let known = of.join(", ");
                        return wrong(sentence!("{name}: \"{found}\" is none of {known}", name, found, known));
                    }
                    if names.len() < least {
                        return wrong(sentence!("{name}: at least {least}", name, least));
                    }
                }
                SettingKind::Intents { most } => {
                    if let Some(found) = names.iter().find(|found| !is_intent(found)) {
                        return wrong(sentence!("{name}: there is no intent \"{found}\"", name, found));
                    }
                    if names.len() > most {
                        return wrong(sentence!("{name}: at most {most}", name, most));
                    }
                }
                SettingKind::Count { .. } | SettingKind::Switch => {}
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
