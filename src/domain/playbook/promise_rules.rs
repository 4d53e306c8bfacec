//! How promises and their times are said: `playbook/promises.toml`.

use jiff::civil::Time;
use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile, slot_words::with_groups};
use crate::domain::sentence::sentence;

/// Matched on normal form.
#[derive(Debug, Clone)]
pub struct PromiseRules {
    pub says: Regex,
    pub unless: Regex,
    /// Groups `hour`, perhaps `minute`, `half`, `late`. The first that fits counts.
    pub clock: Vec<Regex>,
    pub afternoon_below: i8,
    /// When a day is named and no hour.
    pub day_ends: Time,
    /// Group `weekday`.
    pub weekdays: Vec<Regex>,
    /// Group `day`.
    pub days_of_month: Vec<Regex>,
    /// The last day of this month.
    pub month_ends: Regex,
    pub parts: Vec<PartOfDay>,
    /// Minutes from now, times group `n` or `n2` where there is one.
    pub spans: Vec<(Regex, i64)>,
}

#[derive(Debug, Clone)]
pub struct PartOfDay {
    pub regex: Regex,
    pub until: Time,
    /// Hours beside it are those of the afternoon.
    pub late: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    says: Vec<Spanned<String>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    clock: Vec<Spanned<String>>,
    afternoon_below: i8,
    day_ends: Spanned<String>,
    #[serde(default)]
    weekdays: Vec<Spanned<String>>,
    #[serde(default)]
    days_of_month: Vec<Spanned<String>>,
    #[serde(default)]
    month_ends: Vec<Spanned<String>>,
    #[serde(default)]
    parts: Vec<RawPart>,
    #[serde(default)]
    spans: Vec<RawSpan>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    regex: Spanned<String>,
    until: Spanned<String>,
    #[serde(default)]
    late: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpan {
    regex: Spanned<String>,
    minutes: Spanned<i64>,
}

/// Minutes of a month: nobody promises for longer.
const MOST_MINUTES: i64 = 60 * 24 * 31;

pub fn parse(file: &SourceFile) -> Result<PromiseRules, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawFile = toml.read()?;
    let time = |written: &Spanned<String>| {
        written.get_ref().parse::<Time>().map_err(|_| {
            toml.error_on(written, sentence!("\"{written}\" is no time such as \"18:00\"", written = written.get_ref()))
        })
    };
    let groups = |list: &[Spanned<String>], group: &str| {
        list.iter().map(|written| with_groups(&toml, written, &[group])).collect::<Result<Vec<_>, _>>()
    };
    let part =
        |raw: &RawPart| Ok(PartOfDay { regex: toml.regex(&raw.regex)?, until: time(&raw.until)?, late: raw.late });
    let span = |raw: &RawSpan| match *raw.minutes.get_ref() {
        minutes if (1..=MOST_MINUTES).contains(&minutes) => Ok((toml.regex(&raw.regex)?, minutes)),
        minutes => Err(toml
            .error_on(&raw.minutes, sentence!("minutes are 1 to {most}, not {minutes}", most = MOST_MINUTES, minutes))),
    };
    Ok(PromiseRules {
        says: toml.any_of(&raw.says)?,
        unless: toml.any_of(&raw.unless)?,
        clock: groups(&raw.clock, "hour")?,
        afternoon_below: raw.afternoon_below,
        day_ends: time(&raw.day_ends)?,
        weekdays: groups(&raw.weekdays, "weekday")?,
        days_of_month: groups(&raw.days_of_month, "day")?,
        month_ends: toml.any_of(&raw.month_ends)?,
        parts: raw.parts.iter().map(part).collect::<Result<_, FileError>>()?,
        spans: raw.spans.iter().map(span).collect::<Result<_, FileError>>()?,
    })
}
