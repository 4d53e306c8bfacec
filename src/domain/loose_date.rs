//! Days as people say them ("last Friday", "5/12", "three days ago"): kept as said, resolved against today.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// What was said. Nothing here knows what day it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LooseDate {
    /// That many days before today; negative is ahead.
    DaysAgo(i32),
    /// From one weekday to another (Monday is 1, Sunday 7) of a week: 1 is the week before this one. Without a week,
    /// the latest such days before today.
    Weekdays { first: i8, last: i8, weeks_ago: Option<i32> },
    /// A whole calendar month: 1 is the month before this one.
    Month { months_ago: i32 },
    /// From a day to a day of the calendar; without a year, the nearest one that is not far ahead.
    Calendar { year: Option<i16>, first: (i8, i8), last: (i8, i8) },
}

/// First and last day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

/// A day without a year that lies further ahead than this was meant of last year.
const AHEAD_AT_MOST_DAYS: i32 = 45;
/// Nobody speaks of days further away than this; the calendar's own limits are beyond it.
const FAR_DAYS: i32 = 20_000;

impl Days {
    pub fn contains(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// The same with this many days more on both sides.
    pub fn wider(&self, days: i32) -> Days {
        Days {
            first: shift(self.first, -days).unwrap_or(self.first),
            last: shift(self.last, days).unwrap_or(self.last),
        }
    }
}

impl std::fmt::Display for Days {
    /// ISO 8601: a day, or an interval of days.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}/{}", self.first, self.last),
        }
    }
}

impl LooseDate {
    /// The days that may be meant, the likeliest first; none when there is no such day.
    pub fn days(&self, today: Date) -> Vec<Days> {
        let found: Vec<Option<Days>> = match *self {
            LooseDate::DaysAgo(days) if days.abs() <= FAR_DAYS => vec![single(shift(today, -days))],
            LooseDate::DaysAgo(_) => Vec::new(),
            LooseDate::Weekdays { first, last, weeks_ago: Some(weeks) } if weeks.abs() <= FAR_DAYS / 7 => {
                let named = in_week(monday(today), -weeks, first, last);
                // On a Sunday, "last week's Friday" is two days ago to whoever begins the week with it.
                let near = if weeks == 1 { latest_before(today, first, last) } else { None };
                vec![named, near]
            }
            LooseDate::Weekdays { weeks_ago: Some(_), .. } => Vec::new(),
            LooseDate::Weekdays { first, last, weeks_ago: None } => {
                let near = latest_before(today, first, last);
                vec![near, near.and_then(|days| shifted(days, -7))]
            }
            LooseDate::Month { months_ago } if months_ago.abs() <= FAR_DAYS / 30 => {
                vec![
                    today
                        .checked_sub(months_ago.months())
                        .ok()
                        .map(|day| Days { first: day.first_of_month(), last: day.last_of_month() }),
                ]
            }
            LooseDate::Month { .. } => Vec::new(),
            LooseDate::Calendar { year: Some(year), first, last } => vec![of_year(year, first, last)],
            LooseDate::Calendar { year: None, first, last } => {
                let ahead = shift(today, AHEAD_AT_MOST_DAYS).unwrap_or(today);
                let (this, before) =
                    (of_year(today.year(), first, last), of_year(today.year().saturating_sub(1), first, last));
                let next = of_year(today.year().saturating_add(1), first, last);
                let near = [next, this, before].into_iter().flatten().find(|days| days.first <= ahead);
                vec![near]
            }
        };
        let mut days: Vec<Days> = Vec::new();
        for found in found.into_iter().flatten() {
            if !days.contains(&found) {
                days.push(found);
            }
        }
        days
    }
}

fn shift(day: Date, days: i32) -> Option<Date> {
    day.checked_add(i64::from(days).days()).ok()
}

fn shifted(days: Days, by: i32) -> Option<Days> {
    Some(Days { first: shift(days.first, by)?, last: shift(days.last, by)? })
}

fn single(day: Option<Date>) -> Option<Days> {
    day.map(|day| Days { first: day, last: day })
}

fn monday(day: Date) -> Date {
    shift(day, 1 - i32::from(day.weekday().to_monday_one_offset())).unwrap_or(day)
}

fn in_week(monday: Date, weeks: i32, first: i8, last: i8) -> Option<Days> {
    let start = shift(monday, weeks * 7)?;
    Some(Days { first: shift(start, i32::from(first) - 1)?, last: shift(start, i32::from(last) - 1)? })
}

/// The latest such days that are over.
fn latest_before(today: Date, first: i8, last: i8) -> Option<Days> {
    let this_week = in_week(monday(today), 0, first, last)?;
    if this_week.last < today { Some(this_week) } else { shifted(this_week, -7) }
}

fn of_year(year: i16, first: (i8, i8), last: (i8, i8)) -> Option<Days> {
    let day = |(month, day): (i8, i8)| Date::new(year, month, day).ok();
    Some(Days { first: day(first)?, last: day(last)? })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Sunday.
    const TODAY: Date = date(2026, 11, 22);

    fn likeliest(said: LooseDate) -> String {
        said.days(TODAY).first().map(Days::to_string).unwrap_or_default()
    }

    #[test]
    fn days_are_counted_from_today() {
        let friday = |weeks_ago| LooseDate::Weekdays { first: 5, last: 5, weeks_ago };
        let calendar = |year, month, day| LooseDate::Calendar { year, first: (month, day), last: (month, day) };
        for (said, expected) in [
            (LooseDate::DaysAgo(1), "2026-11-21"),
            (LooseDate::DaysAgo(-1), "2026-11-23"),
            (friday(None), "2026-11-20"),
            (friday(Some(1)), "2026-11-13"),
            (friday(Some(0)), "2026-11-20"),
            (LooseDate::Weekdays { first: 1, last: 7, weeks_ago: Some(1) }, "2026-11-09/2026-11-15"),
            (LooseDate::Weekdays { first: 7, last: 7, weeks_ago: None }, "2026-11-15"),
            (LooseDate::Month { months_ago: 1 }, "2026-10-01/2026-10-31"),
            (calendar(None, 5, 12), "2026-05-12"),
            (calendar(None, 12, 30), "2026-12-30"),
            (calendar(None, 1, 31), "2026-01-31"),
            (calendar(None, 2, 30), ""),
            (calendar(Some(2025), 11, 11), "2025-11-11"),
            (LooseDate::DaysAgo(i32::MAX), ""),
        ] {
            assert_eq!(likeliest(said), expected, "{said:?}");
        }
    }

    #[test]
    fn where_habits_differ_both_days_are_known() {
        let all = |said: LooseDate| said.days(TODAY).iter().map(Days::to_string).collect::<Vec<_>>();
        assert_eq!(
            all(LooseDate::Weekdays { first: 5, last: 5, weeks_ago: Some(1) }),
            ["2026-11-13", "2026-11-20"],
            "a week that begins on Monday, and one that begins today"
        );
        assert_eq!(all(LooseDate::Weekdays { first: 5, last: 5, weeks_ago: None }), ["2026-11-20", "2026-11-13"]);
        let january = date(2027, 1, 3);
        let said = LooseDate::Calendar { year: None, first: (12, 25), last: (12, 25) };
        assert_eq!(said.days(january)[0].to_string(), "2026-12-25");
        let december = date(2026, 12, 28);
        let said = LooseDate::Calendar { year: None, first: (1, 2), last: (1, 2) };
        assert_eq!(said.days(december)[0].to_string(), "2027-01-02");
    }
}
