//! `playbook/surge.toml`: when many who wait are seen as waiting with the same matter.

use serde::Deserialize;

use super::{FileError, SourceFile, TomlFile};
use crate::domain::{UnixMs, sentence::sentence};

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SurgeRules {
    /// So many with the same matter are shown together by themselves.
    pub least: usize,
    /// Once a supervisor has switched it on.
    pub least_switched: usize,
    /// Likeness of what two asked, -1 to 1, from which on it is the same matter.
    pub alike: f32,
    /// The same where both asked for the same intent or article.
    pub alike_same_topic: f32,
    /// Who says no more than that they want a person has no matter yet: likeness to such sentences.
    pub only_a_person: f32,
    /// Who was answered together with others and needs a person all the same keeps the old place for so long.
    pub keeps_place_minutes: i64,
}

impl Default for SurgeRules {
    fn default() -> Self {
        SurgeRules {
            least: 8,
            least_switched: 2,
            alike: 0.60,
            alike_same_topic: 0.35,
            only_a_person: 0.85,
            keeps_place_minutes: 240,
        }
    }
}

impl SurgeRules {
    pub fn keeps_place_ms(&self) -> UnixMs {
        self.keeps_place_minutes * 60_000
    }
}

pub(super) fn parse(file: &SourceFile) -> Result<SurgeRules, FileError> {
    let toml = TomlFile::new(file);
    let rules: SurgeRules = toml.read()?;
    for (name, value) in
        [("alike", rules.alike), ("alike_same_topic", rules.alike_same_topic), ("only_a_person", rules.only_a_person)]
    {
        if !(-1.0..=1.0).contains(&value) {
            return Err(toml.error(sentence!("{name} is -1 to 1, not {value}", name, value)));
        }
    }
    if rules.least < 2 || rules.least_switched < 2 {
        return Err(toml.error(sentence!("least and least_switched are 2 or more: one alone is no surge")));
    }
    if !(0..=1_440).contains(&rules.keeps_place_minutes) {
        return Err(toml.error(sentence!("keeps_place_minutes is 0 to 1440")));
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_right_and_slips_are_told() {
        let read = |text: &str| {
            parse(&SourceFile { path: "playbook/surge.toml".into(), text: text.into() })
                .map_err(|error| error.to_string())
        };
        assert!(read(include_str!("../../../playbook/surge.toml")).is_ok());
        assert_eq!(read(""), Ok(SurgeRules::default()));
        assert_eq!(
            read("least = 1"),
            Err("playbook/surge.toml: least and least_switched are 2 or more: one alone is no surge".into())
        );
        assert!(read("alike = 7.0").expect_err("no likeness").contains("alike is -1 to 1"));
        assert!(read("\nlest = 7").expect_err("a slip").starts_with("playbook/surge.toml:2: unknown field"));
    }
}
