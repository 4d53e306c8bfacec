//! `playbook/service.toml`: when shoppers are asked how it was, what a poor answer leads to, how long a message may be corrected.

use serde::Deserialize;
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile};
use crate::domain::{UnixMs, attachment, sentence::sentence};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceRules {
    pub invite: bool,
    /// Scores at or below it open a follow-up; 0: none does.
    pub low: u8,
    /// After the invitation.
    pub open_ms: UnixMs,
    /// After the first rating.
    pub change_ms: UnixMs,
    /// In open time.
    pub follow_up_ms: UnixMs,
    /// 0: agents correct nothing.
    pub edit_ms: UnixMs,
    pub files: FileRules,
}

/// Pictures and documents in conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRules {
    pub most_bytes: usize,
    /// 0: nobody sends any.
    pub per_message: usize,
    /// In thirty days.
    pub per_conversation: i64,
    /// What was uploaded and not sent by then is removed.
    pub unsent_ms: UnixMs,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    rating: RawRating,
    corrections: RawCorrections,
    /// Playbooks of before have none.
    #[serde(default)]
    files: RawFiles,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRating {
    invite: bool,
    low: Spanned<u8>,
    open_days: Spanned<i64>,
    change_minutes: Spanned<i64>,
    follow_up_hours: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCorrections {
    edit_minutes: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFiles {
    largest_kb: Spanned<i64>,
    per_message: Spanned<i64>,
    per_conversation: Spanned<i64>,
    unsent_hours: Spanned<i64>,
}

impl Default for RawFiles {
    fn default() -> Self {
        let written = |value| Spanned::new(0..0, value);
        RawFiles {
            largest_kb: written(4_096),
            per_message: written(4),
            per_conversation: written(60),
            unsent_hours: written(24),
        }
    }
}

const MINUTE_MS: UnixMs = 60_000;

/// As the shop's own files have it, for playbooks of before.
pub(super) fn built_in() -> Result<ServiceRules, FileError> {
    let text = include_str!("../../../playbook/service.toml").to_owned();
    parse(&SourceFile { path: "playbook/service.toml".into(), text })
}

pub(super) fn parse(file: &SourceFile) -> Result<ServiceRules, FileError> {
    let toml = TomlFile::new(file);
    let RawFile { rating, corrections, files } = toml.read()?;
    if *rating.low.get_ref() > 4 {
        return Err(toml.error_on(&rating.low, sentence!("low is 0 (never) to 4: five is the best score")));
    }
    let within = |written: &Spanned<i64>, name: &str, least: i64, most: i64| match *written.get_ref() {
        value if (least..=most).contains(&value) => Ok(value),
        _ => Err(toml.error_on(written, sentence!("{name} is {least} to {most}", name, least, most))),
    };
    let most_kb = i64::try_from(attachment::MOST_BYTES / 1024).unwrap_or(i64::MAX);
    let count = |value: i64| usize::try_from(value).unwrap_or_default();
    let files = FileRules {
        most_bytes: count(within(&files.largest_kb, "largest_kb", 64, most_kb)?) * 1024,
        per_message: count(within(&files.per_message, "per_message", 0, 10)?),
        per_conversation: within(&files.per_conversation, "per_conversation", 1, 1_000)?,
        unsent_ms: within(&files.unsent_hours, "unsent_hours", 1, 720)? * 60 * MINUTE_MS,
    };
    Ok(ServiceRules {
        files,
        invite: rating.invite,
        low: *rating.low.get_ref(),
        open_ms: within(&rating.open_days, "open_days", 1, 90)? * 24 * 60 * MINUTE_MS,
        change_ms: within(&rating.change_minutes, "change_minutes", 0, 43_200)? * MINUTE_MS,
        follow_up_ms: within(&rating.follow_up_hours, "follow_up_hours", 1, 720)? * 60 * MINUTE_MS,
        edit_ms: within(&corrections.edit_minutes, "edit_minutes", 0, 1_440)? * MINUTE_MS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_with_their_line() {
        let ours = include_str!("../../../playbook/service.toml");
        assert_eq!(built_in().expect("ours are right").low, 2);
        let (before, _) = ours.split_once("[files]").expect("files come last");
        let before = SourceFile { path: "playbook/service.toml".into(), text: before.into() };
        assert_eq!(
            parse(&before).map(|rules| rules.files),
            built_in().map(|rules| rules.files),
            "a playbook of before"
        );
        for (from, to, expected) in [
            ("low = 2", "low = 5", "low is 0 (never) to 4"),
            ("open_days = 7", "open_days = 0", "open_days is 1 to 90"),
            ("edit_minutes = 15", "edit_minutes = -1", "edit_minutes is 0 to 1440"),
            ("largest_kb = 4096", "largest_kb = 9000", "largest_kb is 64 to 8192"),
            ("invite = true", "invit = true", "unknown field `invit`"),
        ] {
            let file = SourceFile { path: "playbook/service.toml".into(), text: ours.replacen(from, to, 1) };
            let told = parse(&file).expect_err("a mistake").to_string();
            assert!(told.contains(expected) && told.starts_with("playbook/service.toml:"), "{told}");
        }
    }
}
