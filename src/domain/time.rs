//! Time is a value that is passed in. Nothing in the pure folders reads a clock.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type UnixMs = i64;

pub const DAY_MS: UnixMs = 86_400_000;

/// The moment a turn happens, and the zone the shop counts its days in.
#[derive(Debug, Clone)]
pub struct Now {
    pub at: UnixMs,
    pub zone: TimeZone,
}

impl Now {
    /// The calendar day of a moment, in the shop's zone.
    pub fn day_of(&self, at: UnixMs) -> Date {
        Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(self.zone.clone()).date()
    }

    pub fn today(&self) -> Date {
        self.day_of(self.at)
    }

    /// Whole calendar days from a moment until now: the day of delivery is day 0.
    pub fn days_since(&self, at: UnixMs) -> i64 {
        self.today().since(self.day_of(at)).map(|span| i64::from(span.get_days())).unwrap_or(0)
    }
}
