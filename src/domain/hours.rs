//! When a desk is open: weekly hours, holidays, special days; and time counted in open hours alone.

use std::collections::BTreeMap;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use super::UnixMs;

/// From and until, on one day; `until` midnight is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Time,
    pub until: Option<Time>,
}

/// Days without anything are closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// From Monday on.
    pub week: [Vec<Span>; 7],
    /// First and last day, inclusive.
    pub holidays: Vec<(Date, Date)>,
    /// Other hours than the week's, also on a holiday.
    pub special: BTreeMap<Date, Vec<Span>>,
}

/// Nothing opens later than this: who has no hours at all has no next opening.
const DAYS_AHEAD: i64 = 370;

impl Hours {
    fn of(&self, day: Date) -> &[Span] {
        if let Some(special) = self.special.get(&day) {
            return special;
        }
        if self.holidays.iter().any(|(first, last)| (*first..=*last).contains(&day)) {
            return &[];
        }
        &self.week[day.weekday().to_monday_zero_offset() as usize]
    }

    /// The open times of a day, in order, as moments.
    fn moments(&self, day: Date, zone: &TimeZone) -> Vec<(UnixMs, UnixMs)> {
        let at = |day: Date, time: Time| {
            let moment = day.to_datetime(time).to_zoned(zone.clone());
            moment.map_or(0, |moment| moment.timestamp().as_millisecond())
        };
        let mut open: Vec<_> = self
            .of(day)
            .iter()
            .map(|span| {
                let until = match span.until {
                    Some(until) => at(day, until),
                    None => day.tomorrow().map_or(UnixMs::MAX, |next| at(next, Time::midnight())),
                };
                (at(day, span.from), until)
            })
            .collect();
        open.sort_unstable();
        open
    }

    pub fn is_open(&self, at: UnixMs, zone: &TimeZone) -> bool {
        self.moments(day_of(at, zone), zone).iter().any(|(from, until)| (*from..*until).contains(&at))
    }

    /// The next moment at which somebody is there: now, where it is open. `None` where that is never.
    pub fn next_open(&self, at: UnixMs, zone: &TimeZone) -> Option<UnixMs> {
        self.open_times(at, zone).next().map(|(from, _)| from.max(at))
    }

    /// Open time between two moments, in milliseconds.
    pub fn between(&self, from: UnixMs, until: UnixMs, zone: &TimeZone) -> UnixMs {
        self.open_times(from, zone)
            .take_while(|(opens, _)| *opens < until)
            .map(|(opens, closes)| (closes.min(until) - opens.max(from)).max(0))
            .sum()
    }

    /// When so much open time will have passed. `None` where that is never.
    pub fn after(&self, from: UnixMs, open_ms: UnixMs, zone: &TimeZone) -> Option<UnixMs> {
        let mut left = open_ms;
        for (opens, closes) in self.open_times(from, zone) {
            let begin = opens.max(from);
            if closes - begin >= left {
                return Some(begin + left);
            }
            left -= closes - begin;
        }
        None
    }

    /// Open times that end after this moment.
    fn open_times<'a>(&'a self, at: UnixMs, zone: &'a TimeZone) -> impl Iterator<Item = (UnixMs, UnixMs)> + 'a {
        let first = day_of(at, zone);
        (0..DAYS_AHEAD)
            .filter_map(move |ahead| first.checked_add(ahead.days()).ok())
            .flat_map(move |day| self.moments(day, zone))
            .filter(move |(_, closes)| *closes > at)
    }
}

fn day_of(at: UnixMs, zone: &TimeZone) -> Date {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date()
}

/// `09:00-18:00`; `24:00` is the end of the day.
pub fn parse_span(text: &str) -> Option<Span> {
    let (from, until) = text.split_once('-')?;
    let from: Time = from.trim().parse().ok()?;
    let until = match until.trim() {
        "24:00" => None,
        until => Some(until.parse::<Time>().ok()?),
    };
    (until.is_none_or(|until| from < until)).then_some(Span { from, until })
}

/// `2026-02-16` or `2026-02-16/2026-02-20`, inclusive.
pub fn parse_days(text: &str) -> Option<(Date, Date)> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let (first, last): (Date, Date) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some((first, last))
}

/// `mon` to `sun`.
pub fn parse_weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: UnixMs = 3_600_000;

    fn taipei() -> TimeZone {
        TimeZone::get("Asia/Taipei").expect("a zone")
    }

    fn at(text: &str) -> UnixMs {
        let moment: jiff::civil::DateTime = text.parse().expect("a time");
        moment.to_zoned(taipei()).expect("a moment").timestamp().as_millisecond()
    }

    fn spans(texts: &[&str]) -> Vec<Span> {
        texts.iter().map(|text| parse_span(text).expect("a span")).collect()
    }

    /// Weekdays with a lunch break, Saturday morning; a holiday on a Wednesday, a long night on a Sunday.
    fn shop() -> Hours {
        let day = spans(&["13:00-18:00", "09:00-12:00"]);
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, spans(&["10:00-13:00"]), Vec::new()];
        let special = BTreeMap::from([("2026-11-15".parse().expect("a day"), spans(&["20:00-24:00"]))]);
        Hours { week, holidays: vec![parse_days("2026-11-11").expect("a day")], special }
    }

    #[test]
    fn open_is_from_the_first_minute_to_before_the_last() {
        let (shop, zone) = (shop(), taipei());
        for (moment, open) in [
            ("2026-11-09T08:59:59", false),
            ("2026-11-09T09:00:00", true),
            ("2026-11-09T12:00:00", false),
            ("2026-11-09T13:00:00", true),
            ("2026-11-11T10:00:00", false),
            ("2026-11-14T12:59:00", true),
            ("2026-11-15T10:00:00", false),
            ("2026-11-15T23:59:59", true),
            ("2026-11-16T00:00:00", false),
        ] {
            assert_eq!(shop.is_open(at(moment), &zone), open, "{moment}");
        }
    }

    #[test]
    fn the_next_opening_passes_over_nights_and_holidays() {
        let (shop, zone) = (shop(), taipei());
        let next = |moment| shop.next_open(at(moment), &zone);
        assert_eq!(next("2026-11-09T10:00:00"), Some(at("2026-11-09T10:00:00")));
        assert_eq!(next("2026-11-09T12:30:00"), Some(at("2026-11-09T13:00:00")));
        assert_eq!(next("2026-11-10T19:00:00"), Some(at("2026-11-12T09:00:00")), "the holiday is passed over");
        assert_eq!(next("2026-11-14T15:00:00"), Some(at("2026-11-15T20:00:00")));
        assert_eq!(Hours::default().next_open(0, &zone), None);
    }

    #[test]
    fn time_counts_while_it_is_open() {
        let (shop, zone) = (shop(), taipei());
        let between = |from, until| shop.between(at(from), at(until), &zone) / HOUR;
        assert_eq!(between("2026-11-09T09:00:00", "2026-11-09T18:00:00"), 8);
        assert_eq!(between("2026-11-09T11:00:00", "2026-11-10T10:00:00"), 1 + 5 + 1);
        assert_eq!(between("2026-11-10T17:00:00", "2026-11-12T10:00:00"), 1 + 1);
        assert_eq!(between("2026-11-09T19:00:00", "2026-11-10T08:00:00"), 0);
        let after = |from, hours: i64| shop.after(at(from), hours * HOUR, &zone);
        assert_eq!(after("2026-11-09T11:00:00", 1), Some(at("2026-11-09T12:00:00")));
        assert_eq!(after("2026-11-09T11:00:00", 2), Some(at("2026-11-09T14:00:00")));
        assert_eq!(after("2026-11-10T17:00:00", 3), Some(at("2026-11-12T11:00:00")));
        assert_eq!(Hours::default().after(0, HOUR, &zone), None);
    }

    #[test]
    fn slips_are_no_hours() {
        for text in ["9-18", "18:00-09:00", "09:00", "09:00-25:00", ""] {
            assert_eq!(parse_span(text), None, "{text}");
        }
        assert_eq!(parse_days("2026-02-20/2026-02-16"), None);
        assert!(parse_weekday("Monday").is_none());
    }
}
