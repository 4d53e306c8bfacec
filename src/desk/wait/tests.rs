//! A simulated day at the desk: uneven arrivals, urgent people who overtake, lunch, and what shoppers were told.

use super::*;

/// Any sequence will do, as long as it is the same each time.
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

struct Told {
    estimate: Estimate,
    true_ms: i64,
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

/// `days` days of the desk; each agent takes three at once.
fn days(days: usize, seed: u64) -> Vec<Told> {
    let mut dice = Dice(seed);
    let (mut queue, mut busy): (Vec<Waiting>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
    let (mut handled, mut past, mut told): (Vec<i64>, Vec<PastWait>, Vec<Told>) = Default::default();
    let mut now = 0.0;
    let mut next_arrival = 0.0;
    while now < days as f64 * 1_440.0 * MINUTE {
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
        queue.sort_by(|one, other| {
            (-one.priority, one.since).partial_cmp(&(-other.priority, other.since)).expect("numbers")
        });
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
                told.push(Told { estimate, true_ms });
            }
            busy.push((now + seen + dice.lognormal(9.0 * MINUTE), now + seen));
        }
    }
    told
}

fn is_inside(told: &Told) -> bool {
    (told.estimate.range.low_ms..=told.estimate.range.high_ms).contains(&told.true_ms)
}

fn share(told: &[&Told]) -> f64 {
    told.iter().filter(|told| is_inside(told)).count() as f64 / told.len() as f64
}

#[test]
fn on_uneven_days_four_of_five_waits_lie_within_what_was_told() {
    for seed in [1, 7, 42] {
        let told = days(1, seed);
        let all: Vec<_> = told.iter().collect();
        // Those for whom it matters: they did not come next at once.
        let waited: Vec<_> = told.iter().filter(|told| told.true_ms > 60_000).collect();
        let mut widths: Vec<_> =
            waited.iter().map(|told| told.estimate.range.high_ms - told.estimate.range.low_ms).collect();
        widths.sort_unstable();
        let mut waits: Vec<_> = waited.iter().map(|told| told.true_ms).collect();
        waits.sort_unstable();
        let (width, wait) = (widths[widths.len() / 2], waits[waits.len() / 2]);
        println!(
            "seed {seed}: {} waits, {:.1} % within; {} longer than a minute, {:.1} % within; median wait {:.1} min, \
             median width {:.1} min",
            all.len(),
            share(&all) * 100.0,
            waited.len(),
            share(&waited) * 100.0,
            wait as f64 / MINUTE,
            width as f64 / MINUTE,
        );
        assert!(waited.len() > 200, "a day on which people wait");
        assert!(share(&all) >= 0.8 && share(&waited) >= 0.8, "seed {seed}: {} {}", share(&all), share(&waited));
        // "Between now and tomorrow" would be right, too.
        assert!(width <= 2 * wait, "seed {seed}: ranges of {width} ms for waits of {wait} ms");
    }
}

#[test]
fn it_corrects_itself_where_agents_take_later_than_they_could() {
    let handled = vec![8 * 60_000; 50];
    let slow: Vec<_> =
        (0..200).map(|at| PastWait { place: 1 + at % 5, likely_ms: 60_000, true_ms: 170_000 + at * 400 }).collect();
    let naive = Pace::new(8, 0, &handled, &[]).estimate(1).expect("somebody is there");
    let learned = Pace::new(8, 0, &handled, &slow).estimate(1).expect("somebody is there");
    assert!(naive.range.low_ms <= naive.likely_ms && naive.likely_ms <= naive.range.high_ms, "{naive:?}");
    assert!(learned.range.low_ms > naive.range.low_ms && learned.range.high_ms > naive.range.high_ms, "{learned:?}");
}

#[test]
fn further_behind_is_later_more_agents_are_sooner_and_nobody_there_is_no_range() {
    let handled = vec![6 * 60_000; 50];
    let pace = Pace::new(4, 0, &handled, &[]);
    let at = |place| pace.estimate(place).expect("somebody is there");
    assert!((1..20).all(|place| at(place).likely_ms <= at(place + 1).likely_ms));
    assert!((1..20).all(|place| at(place).range.low_ms <= at(place + 1).range.low_ms));
    let more = Pace::new(8, 0, &handled, &[]).estimate(6).expect("somebody is there");
    assert!(more.range.high_ms < at(6).range.high_ms);
    assert_eq!(Pace::new(0, 0, &handled, &[]).estimate(1), None);
    // Somebody is free: a moment, whatever the place says.
    let free = Pace::new(8, 3, &handled, &[]).estimate(2).expect("somebody is there");
    assert!(free.range.low_ms == 0 && free.range.high_ms <= 60_000, "{free:?}");
}
