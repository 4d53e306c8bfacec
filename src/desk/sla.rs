//! Service levels: what is owed to a shopper by when, in open hours; and the points that a long wait adds.

use jiff::tz::TimeZone;

use crate::domain::{
    Hours, UnixMs,
    handoff::{Factor, Priority},
    playbook::SlaPolicy,
    turn::{Owed, TimerKind},
};

/// Since when what is owed.
pub type Debts = std::collections::BTreeMap<Owed, UnixMs>;

/// The timers of these debts, those that are over included.
pub fn timers(debts: &Debts, policy: &SlaPolicy, hours: Option<&Hours>, zone: &TimeZone) -> Vec<(TimerKind, UnixMs)> {
    let mut timers = Vec::new();
    for (owed, since) in debts {
        let Some(told) = policy.of(*owed).and_then(|promised| deadlines(*since, promised, hours, zone)) else {
            continue;
        };
        let (warning, breach) = match owed {
            Owed::FirstResponse => (TimerKind::FirstResponseWarning, TimerKind::FirstResponseBreach),
            Owed::NextResponse => (TimerKind::NextResponseWarning, TimerKind::NextResponseBreach),
            Owed::Resolution => (TimerKind::ResolutionWarning, TimerKind::ResolutionBreach),
        };
        timers.extend([(warning, told.warn_at), (breach, told.due_at)]);
    }
    timers
}

/// When a promise is warned of and when it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    pub warn_at: UnixMs,
    pub due_at: UnixMs,
}

/// Of the time that is promised, the share after which it is warned of.
const WARN_AT: (UnixMs, UnixMs) = (3, 4);

/// Counted in open hours where there are any. `None` where the desk never opens.
pub fn deadlines(since: UnixMs, promised_ms: UnixMs, hours: Option<&Hours>, zone: &TimeZone) -> Option<Deadlines> {
    let warn_ms = promised_ms * WARN_AT.0 / WARN_AT.1;
    let at = |open_ms| match hours {
        Some(hours) => hours.after(since, open_ms, zone),
        None => Some(since + open_ms),
    };
    Some(Deadlines { warn_at: at(warn_ms)?, due_at: at(promised_ms)? })
}

/// A wait adds points at each of these steps.
pub const STEP_MS: UnixMs = 5 * 60_000;
const STEP_POINTS: i64 = 40;
/// Above every feeling, below what endangers people or leads to court.
const MOST_POINTS: i64 = 360;
const WAITING: &str = "waiting";
/// What a promise adds that is about to be broken, and one that is. With the wait it stays below [`MOST_POINTS`].
const NEAR_POINTS: i64 = 60;
const LATE_POINTS: i64 = 120;
const SLA: &str = "sla";
const TIER: &str = "tier";

/// The priority of who has waited since then: who came calmly overtakes who comes later and louder, and nobody waits for
/// ever. The same until the next step.
pub fn aged(priority: &Priority, since: UnixMs, now: UnixMs) -> Priority {
    let points = ((now - since).max(0) / STEP_MS * STEP_POINTS).min(MOST_POINTS - points_of(priority, SLA));
    with(priority, WAITING, points)
}

/// The priority of who is owed something that is about to be late, or is. What was worse before stays.
pub fn pressed(priority: &Priority, is_late: bool) -> Priority {
    let points = if is_late { LATE_POINTS } else { NEAR_POINTS }.max(points_of(priority, SLA));
    let pressed = with(priority, SLA, points);
    let waiting = points_of(&pressed, WAITING);
    with(&pressed, WAITING, waiting.min(MOST_POINTS - points))
}

/// Nothing is owed any more that was pressing.
pub fn relieved(priority: &Priority) -> Priority {
    with(priority, SLA, 0)
}

/// Of a shopper of a tier that adds so many points.
pub fn of_tier(priority: &Priority, points: i64) -> Priority {
    with(priority, TIER, points)
}

/// Without what passing time adds: by this a promise is chosen, which must not change while it runs.
pub fn lasting(priority: &Priority) -> i64 {
    priority
        .factors
        .iter()
        .filter(|factor| factor.name != WAITING && factor.name != SLA)
        .map(|factor| factor.points)
        .sum()
}

fn points_of(priority: &Priority, name: &str) -> i64 {
    priority.factors.iter().find(|factor| factor.name == name).map_or(0, |factor| factor.points)
}

/// With this factor at these points; 0: without.
fn with(priority: &Priority, name: &str, points: i64) -> Priority {
    let mut factors: Vec<Factor> = priority.factors.iter().filter(|factor| factor.name != name).cloned().collect();
    if points > 0 {
        factors.push(Factor { name: name.into(), points });
    }
    Priority { score: factors.iter().map(|factor| factor.points).sum(), factors }
}

/// When the next step comes; `None` after the last.
pub fn next_step(since: UnixMs, now: UnixMs) -> Option<UnixMs> {
    let steps = (now - since).max(0) / STEP_MS;
    (steps * STEP_POINTS < MOST_POINTS).then(|| since + (steps + 1) * STEP_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::priority::priority;
    use crate::domain::{
        HandoffReason,
        handoff::{Dispute, Feeling},
    };

    #[test]
    fn a_long_wait_overtakes_every_feeling_and_nothing_that_endangers() {
        let calm = priority(HandoffReason::Request, Feeling::default(), None);
        let angry = Feeling { anger: 1.0, ..Feeling::default() };
        let furious = priority(HandoffReason::Feeling, angry, Some(Dispute::Attitude));
        let safety = priority(HandoffReason::Safety, Feeling::default(), None);
        assert_eq!(aged(&calm, 0, STEP_MS - 1), calm);
        let waited = |steps| aged(&calm, 0, steps * STEP_MS).score;
        assert!(waited(1) > 0 && waited(2) > waited(1));
        assert!(waited(20) > furious.score && waited(20) < safety.score);
        // Said twice it is the same.
        let once = aged(&furious, 0, 3 * STEP_MS);
        assert_eq!(aged(&once, 0, 3 * STEP_MS), once);
        assert_eq!(once.factors.iter().map(|factor| factor.points).sum::<i64>(), once.score);
    }

    #[test]
    fn a_near_deadline_presses_and_time_alone_never_overtakes_a_court() {
        let calm = priority(HandoffReason::Request, Feeling::default(), None);
        let legal = priority(HandoffReason::Legal, Feeling::default(), None);
        let (near, late) = (pressed(&calm, false), pressed(&calm, true));
        assert!(calm.score < near.score && near.score < late.score);
        assert_eq!(pressed(&late, false), late, "late stays late");
        let worst = pressed(&aged(&calm, 0, 20 * STEP_MS), true);
        assert_eq!(aged(&worst, 0, 40 * STEP_MS).score, worst.score);
        assert!(worst.score < legal.score, "{worst:?}");
        assert_eq!(relieved(&late), calm);
        let vip = of_tier(&calm, 90);
        assert_eq!((vip.score, lasting(&pressed(&aged(&vip, 0, 3 * STEP_MS), true))), (90, 90));
        assert_eq!(of_tier(&vip, 0), calm);
        assert_eq!(worst.factors.iter().map(|factor| factor.points).sum::<i64>(), worst.score);
    }

    #[test]
    fn steps_come_until_the_most_is_reached() {
        assert_eq!(next_step(0, 0), Some(STEP_MS));
        assert_eq!(next_step(0, STEP_MS), Some(2 * STEP_MS));
        assert_eq!(next_step(0, 9 * STEP_MS), None);
    }

    #[test]
    fn deadlines_pass_over_the_night() {
        let zone = TimeZone::UTC;
        let day = vec![crate::domain::hours::parse_span("09:00-17:00").expect("a span")];
        let hours = Hours { week: std::array::from_fn(|_| day.clone()), ..Hours::default() };
        let hour = 3_600_000;
        // A Thursday, 16:00: two hours are over the next morning at ten.
        let told = deadlines(16 * hour, 2 * hour, Some(&hours), &zone).expect("it opens");
        assert_eq!((told.warn_at, told.due_at), (24 * hour + 9 * hour + hour / 2, 24 * hour + 10 * hour));
        let plain = deadlines(0, 4 * hour, None, &zone).expect("always open");
        assert_eq!((plain.warn_at, plain.due_at), (3 * hour, 4 * hour));
    }
}
