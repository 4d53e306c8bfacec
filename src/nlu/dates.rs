//! Days as they are said, found in a message. What they are depends on today, which nothing here knows.

use std::ops::Range;

use regex::Captures;

use crate::domain::{LooseDate, playbook::DateWords};

/// Days of one message that are kept.
const MOST: usize = 4;

/// In the order in which they were said, with their places in `text` (normal form).
pub fn find(words: &DateWords, text: &str) -> Vec<(Range<usize>, LooseDate)> {
    let mut found: Vec<(Range<usize>, LooseDate)> = Vec::new();
    for day in words.days.find(text) {
        found.push((day.start..day.end, LooseDate::DaysAgo(*day.value)));
    }
    for feast in words.feasts.find(text) {
        let (first, last) = *feast.value;
        found.push((feast.start..feast.end, LooseDate::Calendar { year: None, first, last }));
    }
    for (regex, days) in &words.ago {
        found.extend(regex.captures_iter(text).filter_map(|said| {
            let date = LooseDate::DaysAgo(number(words, group(&said, "n")?)?.saturating_mul(*days));
            Some((said.get(0)?.range(), date))
        }));
    }
    for (regex, weeks_ago) in &words.weeks {
        found.extend(regex.captures_iter(text).filter_map(|said| {
            let (first, last) = match group(&said, "weekday") {
                Some(name) => *words.weekdays.get(name)?,
                None => (1, 7),
            };
            Some((said.get(0)?.range(), LooseDate::Weekdays { first, last, weeks_ago: *weeks_ago }))
        }));
    }
    for (regex, months_ago) in &words.months_ago {
        let date = LooseDate::Month { months_ago: *months_ago };
        found.extend(regex.find_iter(text).map(|said| (said.range(), date)));
    }
    for regex in &words.calendar {
        found.extend(regex.captures_iter(text).filter_map(|said| {
            let month = group(&said, "month")?;
            let month = words.months.get(month).copied().or_else(|| month.parse().ok())?;
            let day = (month, group(&said, "day")?.parse().ok()?);
            let year = group(&said, "year").and_then(|year| year.parse().ok());
            Some((said.get(0)?.range(), LooseDate::Calendar { year, first: day, last: day }))
        }));
    }
    // Of two that overlap, the one that begins first, of those the longest: "last week's Friday" is no "Friday".
    found.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
    let mut end = 0;
    found.retain(|(place, _)| {
        let is_free = place.start >= end;
        if is_free {
            end = place.end;
        }
        is_free
    });
    found.truncate(MOST);
    found
}

fn group<'t>(said: &Captures<'t>, name: &str) -> Option<&'t str> {
    said.name(name).map(|found| found.as_str())
}

/// Digits, a number by name, or tens and units in signs of their own.
pub fn number(words: &DateWords, said: &str) -> Option<i32> {
    if let Ok(number) = said.parse() {
        return Some(number);
    }
    if let Some(number) = words.numbers.get(said) {
        return Some(*number);
    }
    let (mut sum, mut last) = (0, 0);
    for sign in said.chars() {
        match *words.numbers.get(sign.encode_utf8(&mut [0; 4]) as &str)? {
            10 => {
                sum += 10 * last.max(1);
                last = 0;
            }
            unit => last = unit,
        }
    }
    Some(sum + last)
}
