//! Points in time as an orders file writes them: fixed, or relative to today so that a demo never ages.

use jiff::{SignedDuration, Timestamp, ToSpan, civil, tz::TimeZone};

use crate::domain::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Moment {
    At(UnixMs),
    /// Days from today in the shop's zone, and the time of that day: `-3d 10:12`.
    Day {
        days: i32,
        time: civil::Time,
    },
    /// Hours from now: `-2h`.
    Hours(i64),
}

impl Moment {
    /// Accepts `-3d 10:12`, `+1d 18:00`, `-2h`, `2026-03-18 10:12` (in `zone`), `2026-03-18T10:12:00+08:00`.
    pub(super) fn parse(text: &str, zone: &TimeZone) -> Result<Moment, String> {
        let text = text.trim();
        if text.starts_with(['-', '+']) {
            return relative(text).ok_or_else(|| not_a_moment(text));
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Moment::At(at.as_millisecond()));
        }
        let local: civil::DateTime = text.parse().map_err(|_| not_a_moment(text))?;
        let zoned = zone.to_ambiguous_zoned(local).compatible().map_err(|_| not_a_moment(text))?;
        Ok(Moment::At(zoned.timestamp().as_millisecond()))
    }

    /// When it is, for somebody who asks at `now`.
    pub(super) fn at(self, now: UnixMs, zone: &TimeZone) -> UnixMs {
        let moment = || -> Result<Timestamp, jiff::Error> {
            let now = Timestamp::from_millisecond(now)?;
            match self {
                Moment::At(at) => Timestamp::from_millisecond(at),
                Moment::Hours(hours) => now.checked_add(SignedDuration::from_hours(hours)),
                Moment::Day { days, time } => {
                    let day = now.to_zoned(zone.clone()).date().checked_add(days.days())?;
                    Ok(zone.to_ambiguous_zoned(day.to_datetime(time)).compatible()?.timestamp())
                }
            }
        };
        // Only offsets of thousands of years fail; `relative` does not let them in.
        moment().map_or(now, Timestamp::as_millisecond)
    }

    /// Written relative to the reader's today.
    pub(super) fn is_relative(self) -> bool {
        !matches!(self, Moment::At(_))
    }
}

fn relative(text: &str) -> Option<Moment> {
    const MOST_DAYS: i32 = 36_500;
    if let Some(hours) = text.strip_suffix('h') {
        let hours: i64 = hours.parse().ok()?;
        return (hours.abs() <= i64::from(MOST_DAYS) * 24).then_some(Moment::Hours(hours));
    }
    let (days, time) = text.split_once(char::is_whitespace)?;
    let days: i32 = days.strip_suffix('d')?.parse().ok()?;
    let time: civil::Time = time.trim().parse().ok()?;
    (days.abs() <= MOST_DAYS).then_some(Moment::Day { days, time })
}

fn not_a_moment(text: &str) -> String {
    format!(
        "{text:?} is no point in time; write \"-3d 10:12\" (three days ago), \"+1d 18:00\", \"-2h\" or \"2026-03-18 10:12\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-18 01:30 in Taipei, still the 17th in London.
    const NIGHT: UnixMs = 1_773_768_600_000;

    fn taipei() -> TimeZone {
        TimeZone::get("Asia/Taipei").unwrap()
    }

    fn read(text: &str) -> String {
        let at = Moment::parse(text, &taipei()).unwrap().at(NIGHT, &taipei());
        let zoned = Timestamp::from_millisecond(at).unwrap().to_zoned(taipei());
        zoned.strftime("%F %H:%M").to_string()
    }

    #[test]
    fn days_are_counted_in_the_shops_zone() {
        assert_eq!(read("-0d 00:10"), "2026-03-18 00:10");
        assert_eq!(read("-3d 10:12"), "2026-03-15 10:12");
        assert_eq!(read("+1d 18:00"), "2026-03-19 18:00");
        assert_eq!(read("-2h"), "2026-03-17 23:30");
        assert_eq!(read("2026-01-02 03:04"), "2026-01-02 03:04");
        assert_eq!(read("2026-01-02T03:04:00Z"), "2026-01-02 11:04");
    }

    #[test]
    fn anything_else_is_told() {
        for wrong in ["", "yesterday", "-3d", "-3 10:12", "+1d 25:00", "-9999999d 10:00", "2026-02-30 10:00", "-h"] {
            let told = Moment::parse(wrong, &taipei()).unwrap_err();
            assert!(told.contains("is no point in time"), "{told}");
        }
    }
}
