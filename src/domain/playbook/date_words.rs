//! How days are said: the section `[dates]` of `playbook/slots.toml`.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{FileError, TomlFile, slot_words::with_groups};
use crate::{
    domain::sentence::sentence,
    language::{Phrases, normalise},
};

/// Matched on normal form.
#[derive(Debug, Clone)]
pub struct DateWords {
    /// Days by name: how many days ago; negative is ahead.
    pub days: Phrases<i32>,
    /// Feasts and sales: first and last day as month and day.
    pub feasts: Phrases<((i8, i8), (i8, i8))>,
    /// Group `n` times that many days ago.
    pub ago: Vec<(Regex, i32)>,
    /// Group `weekday`, or the whole week without one; of which week, where that is said.
    pub weeks: Vec<(Regex, Option<i32>)>,
    /// A month as a whole: how many months ago.
    pub months_ago: Vec<(Regex, i32)>,
    /// Groups `month`, `day` and perhaps `year`.
    pub calendar: Vec<Regex>,
    /// In normal form: first and last day of the week, Monday is 1.
    pub weekdays: BTreeMap<String, (i8, i8)>,
    /// In normal form.
    pub months: BTreeMap<String, i8>,
    pub numbers: BTreeMap<String, i32>,
    /// Words that say that a day is that of buying.
    pub bought: Regex,
    /// Words that say that a day is that of receiving.
    pub received: Regex,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawDates {
    days: BTreeMap<String, i32>,
    feasts: BTreeMap<String, Spanned<String>>,
    ago: Vec<RawAgo>,
    weeks: Vec<RawWeek>,
    months_ago: Vec<RawMonth>,
    calendar: Vec<Spanned<String>>,
    weekdays: BTreeMap<String, Spanned<Vec<i8>>>,
    months: BTreeMap<String, i8>,
    numbers: BTreeMap<String, i32>,
    bought: Vec<Spanned<String>>,
    received: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAgo {
    regex: Spanned<String>,
    days: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeek {
    regex: Spanned<String>,
    weeks_ago: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMonth {
    regex: Spanned<String>,
    months_ago: i32,
}

pub(super) fn read(toml: &TomlFile<'_>, raw: RawDates) -> Result<DateWords, FileError> {
    let mut feasts = Vec::new();
    for (name, written) in &raw.feasts {
        let days = feast(written.get_ref()).ok_or_else(|| {
            toml.error_on(
                written,
                sentence!("\"{name}\" is a day such as \"11-11\" or days such as \"11-22..11-30\"", name),
            )
        })?;
        feasts.push((name, days));
    }
    let mut weekdays = BTreeMap::new();
    for (name, written) in &raw.weekdays {
        let days = match written.get_ref().as_slice() {
            [day] => (*day, *day),
            [first, last] => (*first, *last),
            _ => (0, 0),
        };
        if !(1..=7).contains(&days.0) || !(days.0..=7).contains(&days.1) {
            return Err(toml.error_on(written, sentence!("\"{name}\" is [5] for a Friday, [6, 7] for a weekend", name)));
        }
        weekdays.insert(normalise(name), days);
    }
    let by_name =
        |names: BTreeMap<String, i32>| names.into_iter().map(|(name, value)| (normalise(&name), value)).collect();
    Ok(DateWords {
        days: Phrases::new(raw.days),
        feasts: Phrases::new(feasts),
        ago: raw
            .ago
            .iter()
            .map(|ago| Ok((with_groups(toml, &ago.regex, &["n"])?, ago.days)))
            .collect::<Result<_, FileError>>()?,
        weeks: raw
            .weeks
            .iter()
            .map(|week| Ok((toml.regex(&week.regex)?, week.weeks_ago)))
            .collect::<Result<_, FileError>>()?,
        months_ago: raw
            .months_ago
            .iter()
            .map(|month| Ok((toml.regex(&month.regex)?, month.months_ago)))
            .collect::<Result<_, FileError>>()?,
        calendar: raw
            .calendar
            .iter()
            .map(|written| with_groups(toml, written, &["month", "day"]))
            .collect::<Result<_, FileError>>()?,
        weekdays,
        months: raw.months.into_iter().map(|(name, month)| (normalise(&name), month)).collect(),
        numbers: by_name(raw.numbers),
        bought: toml.any_of(&raw.bought)?,
        received: toml.any_of(&raw.received)?,
    })
}

/// `11-11`, or `11-22..11-30`.
fn feast(written: &str) -> Option<((i8, i8), (i8, i8))> {
    let day = |text: &str| {
        let (month, day) = text.split_once('-')?;
        let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((month, day))
    };
    match written.split_once("..") {
        Some((first, last)) => Some((day(first)?, day(last)?)),
        None => day(written).map(|day| (day, day)),
    }
}
