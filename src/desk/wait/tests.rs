//! What shoppers are told on a simulated day, and what the estimate does at its edges.

use super::{simulation::day, *};

fn share(told: &[EndedWait]) -> f64 {
    told.iter().filter(|told| told.is_inside()).count() as f64 / told.len() as f64
}

#[test]
fn on_uneven_days_four_of_five_waits_lie_within_what_was_told() {
    for seed in [1, 7, 42] {
        let all = day(seed);
        // Those for whom it matters: they did not come next at once.
        let waited: Vec<EndedWait> = all.iter().filter(|told| told.true_ms > 60_000).copied().collect();
        let mut widths: Vec<_> = waited.iter().map(|told| told.range.high_ms - told.range.low_ms).collect();
        widths.sort_unstable();
        let mut waits: Vec<_> = waited.iter().map(|told| told.true_ms).collect();
        waits.sort_unstable();
        let (width, wait) = (widths[widths.len() / 2], waits[waits.len() / 2]);
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
