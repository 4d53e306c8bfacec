//! A simulated day at the desk: uneven arrivals, urgent people who overtake, lunch, and what shoppers were told. The same
//! seed makes the same day.

use super::{EndedWait, Estimate, HANDLED, Pace, PastWait, REMEMBERED};

/// Any sequence will do, as long as the same seed makes the same.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.unit().ln()
    }

    /// As chats are: most are short, some go on. The median is `mean / 1.25`.
    fn lognormal(&mut self, mean: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        mean / 1.25 * (0.67 * (sum - 6.0)).exp()
    }
}

const MINUTE: f64 = 60_000.0;

struct Waiting {
    priority: i64,
    since: f64,
    place: i64,
    told: Option<Estimate>,
}

/// Agents at the desk by hour of the day: they come in the morning, a part goes for lunch.
fn agents(minute: f64) -> i64 {
    match (minute / 60.0) as i64 {
        0..9 => 2,
        9..12 => 6,
        12 => 5,
        13..17 => 6,
        17..22 => 8,
        _ => 3,
    }
}

/// Shoppers who ask for a person, each minute: little at night, more before noon, most in the evening.
fn arrivals(minute: f64) -> f64 {
    match (minute / 60.0) as i64 {
        0..7 => 0.15,
        7..10 => 0.7,
        10..13 => 2.1,
        13..17 => 1.6,
        17..22 => 2.5,
        _ => 0.5,
    }
}

/// Who was told a time on that day, in the order in which they were taken; each agent takes three at once.
pub fn day(seed: u64) -> Vec<EndedWait> {
    let mut dice = Dice(seed);
    let (mut queue, mut busy): (Vec<Waiting>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
    let (mut handled, mut past, mut told): (Vec<i64>, Vec<PastWait>, Vec<EndedWait>) = Default::default();
    let mut now = 0.0;
    let mut next_arrival = 0.0;
    while now < 1_440.0 * MINUTE {
        let next_end = busy.iter().map(|(end, _)| *end).fold(f64::MAX, f64::min);
        // Who is at the desk changes with the hour; looked at every minute, as a sweep does.
        now = next_end.min(next_arrival).min(now + MINUTE);
        let minute = now / MINUTE % 1_440.0;
        busy.retain(|(end, began)| {
            if *end <= now {
                handled.push((end - began) as i64);
            }
            *end > now
        });
        let slots = agents(minute) * 3;
        if next_arrival <= now {
            next_arrival = now + dice.exponential(MINUTE / arrivals(minute));
            let priority = if dice.unit() < 0.12 { 200 } else { 0 };
            queue.push(Waiting { priority, since: now, place: 0, told: None });
        }
        queue.sort_by(|one, other| other.priority.cmp(&one.priority).then(one.since.total_cmp(&other.since)));
        let free = (slots - busy.len() as i64).max(0);
        for (waiting, place) in queue.iter_mut().zip(1..) {
            if waiting.told.is_none() {
                let recent = &handled[handled.len().saturating_sub(HANDLED as usize)..];
                let last = &past[past.len().saturating_sub(REMEMBERED as usize)..];
                waiting.place = place;
                waiting.told = Pace::new(slots, free, recent, last).estimate(place);
            }
        }
        for _ in 0..free.min(queue.len() as i64) {
            let served = queue.remove(0);
            // Somebody who is free has read and taken it within seconds.
            let seen = dice.exponential(5_000.0);
            let true_ms = (now - served.since + seen) as i64;
            if let Some(estimate) = served.told {
                past.push(PastWait { place: served.place, likely_ms: estimate.likely_ms, true_ms });
                told.push(EndedWait { range: estimate.range, true_ms });
            }
            busy.push((now + seen + dice.lognormal(9.0 * MINUTE), now + seen));
        }
    }
    told
}
