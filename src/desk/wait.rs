//! How long somebody in the queue will wait: a range, made of what is there now and what happened lately.
//!
//! With `slots` conversations served side by side and `handling_ms` each, people leave the desk at a rate of
//! slots / handling, so who is at place p waits for the p-th of them: a Gamma(p) time with the mean
//! p · handling / slots. How far the truth lies from that, in spreads of that Gamma, is remembered for the last waits;
//! the range is where most of those lay (conformal prediction). So it corrects itself for whatever the model leaves
//! out: agents who take later than they could, urgent people who overtake, lunch.
//!
//! Wilson and Hilferty (1931): the cube root of Gamma(p) over its mean is nearly normal with the mean 1 - 1/(9p) and
//! the variance 1/(9p).

pub mod simulation;

use serde::{Deserialize, Serialize};

use crate::domain::UnixMs;

/// A wait as it was predicted, and as it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastWait {
    /// At that time, 1 was next.
    pub place: i64,
    /// Mean of the model then.
    pub likely_ms: UnixMs,
    pub true_ms: UnixMs,
}

/// What the estimate is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Conversations that those who are there and available take at once.
    pub slots: i64,
    /// Of those, without a conversation now.
    pub free: i64,
    /// Mean time that an agent has a conversation.
    pub handling_ms: UnixMs,
    /// Most of the last waits lay between these, in spreads of the model.
    pub low: f64,
    pub high: f64,
}

/// What a shopper is told. Whole half-minutes below ten minutes, whole minutes above; rounded outwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitRange {
    pub low_ms: UnixMs,
    pub high_ms: UnixMs,
}

/// A range and the model's mean behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    pub range: WaitRange,
    pub likely_ms: UnixMs,
}

/// A wait that is over, and what was told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedWait {
    pub range: WaitRange,
    /// From when the shopper was told until the person came.
    pub true_ms: UnixMs,
}

impl EndedWait {
    pub fn is_inside(&self) -> bool {
        (self.range.low_ms..=self.range.high_ms).contains(&self.true_ms)
    }
}

/// Before there is any history: a chat of a shop takes about this long.
pub const USUAL_HANDLING_MS: UnixMs = 8 * 60_000;
/// Waits that are remembered; older ones say little about today.
pub const REMEMBERED: i64 = 200;
/// Conversations whose handling is remembered.
pub const HANDLED: i64 = 50;

/// The share of waits that shall lie inside. Above what is promised (0.8): days drift.
const COVERAGE: f64 = 0.83;
/// As many imagined waits of the model itself are mixed in, so that the first few real ones do not decide alone.
const IMAGINED: usize = 20;
/// An agent needs a moment to see that somebody is there.
const MOMENT_MS: f64 = 15_000.0;

impl Pace {
    /// `handled_ms`: how long agents had conversations lately; `past`: the last waits; both in any order.
    pub fn new(slots: i64, free: i64, handled_ms: &[UnixMs], past: &[PastWait]) -> Pace {
        let handling_ms = match handled_ms.len() as i64 {
            0 => USUAL_HANDLING_MS,
            // A few conversations say something, the usual says the rest.
            count => (handled_ms.iter().sum::<i64>() + 3 * USUAL_HANDLING_MS) / (count + 3),
        };
        let imagined = (0..IMAGINED).map(|at| normal_quantile((at as f64 + 0.5) / IMAGINED as f64));
        let mut scores: Vec<f64> =
            past.iter().filter(|past| past.likely_ms as f64 > MOMENT_MS).map(score).chain(imagined).collect();
        scores.sort_by(f64::total_cmp);
        let edge = (1.0 - COVERAGE) / 2.0;
        let at = |share: f64| scores[((scores.len() - 1) as f64 * share).round() as usize];
        Pace { slots, free, handling_ms, low: at(edge), high: at(1.0 - edge) }
    }

    /// For who is at this place, 1 is next. `None` while nobody is there to take anybody.
    pub fn estimate(&self, place: i64) -> Option<Estimate> {
        if self.slots <= 0 || place <= 0 {
            return None;
        }
        let behind = (place - self.free.max(0)).max(0);
        let mean = (behind as f64 * self.handling_ms as f64 / self.slots as f64).max(MOMENT_MS);
        let at = |score: f64| mean * (shape(place) + score * spread(place)).max(0.0).powi(3);
        let range = round(at(self.low), at(self.high));
        Some(Estimate { range, likely_ms: mean as UnixMs })
    }
}

/// How far the truth lay from the model, in its own spreads.
fn score(past: &PastWait) -> f64 {
    let share = past.true_ms.max(0) as f64 / past.likely_ms.max(1) as f64;
    (share.cbrt() - shape(past.place)) / spread(past.place)
}

fn shape(place: i64) -> f64 {
    1.0 - 1.0 / (9.0 * place.max(1) as f64)
}

/// Of the cube root. With independent ends it would fall with the root of the place; but a slow hour is slow for
/// everybody in it, so it falls more slowly.
fn spread(place: i64) -> f64 {
    1.0 / (3.0 * (place.max(1) as f64).powf(0.35))
}

fn round(low_ms: f64, high_ms: f64) -> WaitRange {
    let step = |ms: f64| if ms < 600_000.0 { 30_000.0 } else { 60_000.0 };
    let low = (low_ms / step(low_ms)).floor() * step(low_ms);
    let high = (high_ms / step(high_ms)).ceil() * step(high_ms);
    WaitRange { low_ms: low as UnixMs, high_ms: (high as UnixMs).max(60_000) }
}

/// Acklam's rational approximation in its central region, which is all that is asked for.
fn normal_quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    let q = (share - 0.5).clamp(-0.475, 0.475);
    let r = q * q;
    let top = A.iter().fold(0.0, |sum, a| sum * r + a);
    let bottom = B.iter().fold(0.0, |sum, b| sum * r + b) * r + 1.0;
    top * q / bottom
}

#[cfg(test)]
mod tests;
