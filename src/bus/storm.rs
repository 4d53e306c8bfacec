//! A bus that behaves as badly as a bus may: for tests of everything that has to bear it.

use std::{str::FromStr, time::Duration};

/// What becomes of each event on its way to this node's ear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storm {
    /// Percent that are lost.
    drop: u32,
    /// Percent that come twice.
    double: u32,
    /// The most that one is late; so they also overtake each other.
    delay_ms: u32,
}

impl FromStr for Storm {
    type Err = String;

    /// `drop,double,delay_ms`, such as `20,20,50`.
    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Result<Vec<u32>, _> = text.split(',').map(|number| number.trim().parse()).collect();
        match numbers.unwrap_or_default().as_slice() {
            &[drop, double, delay_ms] if drop + double <= 100 && delay_ms <= 10_000 => {
                Ok(Storm { drop, double, delay_ms })
            }
            _ => Err(format!(
                "{text:?} is no storm: write percent lost, percent doubled, most ms late, such as 20,20,50"
            )),
        }
    }
}

impl Storm {
    /// When the copies of one event arrive; none where it is lost.
    pub fn arrivals(self) -> impl Iterator<Item = Duration> {
        let fate = random() % 100;
        let copies = if fate < self.drop { 0 } else { 1 + usize::from(fate < self.drop + self.double) };
        (0..copies).map(move |_| Duration::from_millis(u64::from(random() % (self.delay_ms + 1))))
    }
}

fn random() -> u32 {
    // Without randomness the storm is over, and nothing worse.
    getrandom::u32().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_as_bad_as_it_was_told_to_be() {
        let storm: Storm = "20,20,50".parse().expect("a storm");
        let fates: Vec<Vec<Duration>> = (0..10_000).map(|_| storm.arrivals().collect()).collect();
        for copies in [0, 2] {
            let share = fates.iter().filter(|fate| fate.len() == copies).count() as f64 / 10_000.0;
            assert!((0.17..0.23).contains(&share), "{copies} copies: {share}");
        }
        let latest = fates.iter().flatten().max().expect("some arrive");
        assert!((45..=50).contains(&latest.as_millis()), "{latest:?}");
        for wrong in ["", "20", "80,30,0", "a,b,c", "1,2,3,4", "20,20,50,x"] {
            assert!(wrong.parse::<Storm>().is_err(), "{wrong:?}");
        }
    }
}
