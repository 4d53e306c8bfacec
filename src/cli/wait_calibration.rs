//! `warmline wait-calibration`: how often the time that waiting shoppers were told was right, here or on simulated days.

use std::{collections::BTreeMap, process::ExitCode};

use clap::Args;
use serde::Serialize;

use crate::{
    clock::Clock,
    config::Settings,
    desk::wait::{EndedWait, simulation},
    domain::{ids::InboxId, time::DAY_MS},
    error::Failure,
    store::{Store, waits},
};

#[derive(Args)]
pub struct WaitCalibrationArgs {
    /// Waits that ended in the last days
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..=3650))]
    days: i64,
    /// No shop's waits, but so many simulated days: uneven arrivals, urgent people who overtake, lunch
    #[arg(long, value_name = "DAYS", num_args = 0..=1, default_missing_value = "20", conflicts_with = "days",
          value_parser = clap::value_parser!(u64).range(1..=1_000))]
    simulate: Option<u64>,
    /// The same as JSON
    #[arg(long)]
    json: bool,
}

/// Shares are 0 to 1, times in milliseconds.
#[derive(Debug, PartialEq, Serialize)]
struct Calibration {
    waits: usize,
    within: f64,
    /// The person came sooner than the range began.
    sooner: f64,
    later: f64,
    median_wait_ms: i64,
    median_width_ms: i64,
}

/// All of it, and each inbox by itself: their queues and paces are their own.
#[derive(Debug, PartialEq, Serialize)]
struct Report {
    #[serde(flatten)]
    all: Calibration,
    inboxes: BTreeMap<InboxId, Calibration>,
}

/// Of several simulated days: the day in the middle, and how far they lie apart.
#[derive(Debug, PartialEq, Serialize)]
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

#[derive(Debug, PartialEq, Serialize)]
struct Simulated {
    days: usize,
    all: Spreads,
    /// For these it matters: they did not come next at once.
    over_a_minute: Spreads,
}

#[derive(Debug, PartialEq, Serialize)]
struct Spreads {
    /// On a day.
    waits: Spread,
    within: Spread,
    median_wait_ms: Spread,
    median_width_ms: Spread,
}

pub async fn wait_calibration(settings: &Settings, args: &WaitCalibrationArgs) -> Result<ExitCode, Failure> {
    if let Some(days) = args.simulate {
        return simulate(days, args.json);
    }
    let store = Store::open(&settings.database_url.0, 1).await?;
    let ended = waits::ended(&store, Clock::System.now_ms() - args.days * DAY_MS).await?;
    store.close().await;
    match report(&ended) {
        None if args.json => println!("null"),
        None => println!("Nobody who was told a time was taken in the last {} days.", args.days),
        Some(report) if args.json => print_json(&report)?,
        Some(Report { all, inboxes }) => {
            println!("{} waits that ended in the last {} days.\n", all.waits, args.days);
            print(&all);
            // Of one inbox all has been said.
            for (inbox, calibration) in inboxes.iter().filter(|_| inboxes.len() > 1) {
                println!("\n{inbox}: {} waits.\n", calibration.waits);
                print(calibration);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(Calibration { within, sooner, later, median_wait_ms, median_width_ms, .. }: &Calibration) {
    println!("{:5.1} %  within the range that was told", within * 100.0);
    println!("{:5.1} %  sooner", sooner * 100.0);
    println!("{:5.1} %  later", later * 100.0);
    println!("\n{:5.1} min median wait", minutes(*median_wait_ms));
    println!("{:5.1} min median width of the range", minutes(*median_width_ms));
}

/// Nothing of no waits.
fn report(ended: &[(InboxId, EndedWait)]) -> Option<Report> {
    let all = summary(&ended.iter().map(|(_, wait)| *wait).collect::<Vec<_>>())?;
    let mut by_inbox: BTreeMap<InboxId, Vec<EndedWait>> = BTreeMap::new();
    for (inbox, wait) in ended {
        by_inbox.entry(inbox.clone()).or_default().push(*wait);
    }
    let inboxes = by_inbox.into_iter().filter_map(|(inbox, ended)| Some((inbox, summary(&ended)?))).collect();
    Some(Report { all, inboxes })
}

/// A seed for each day; the same days each time.
fn simulate(days: u64, json: bool) -> Result<ExitCode, Failure> {
    let days: Vec<Vec<EndedWait>> = (1..=days).map(simulation::day).collect();
    let all = spreads(days.iter().filter_map(|day| summary(day)));
    let is_long = |wait: &&EndedWait| wait.true_ms > 60_000;
    let over_a_minute =
        spreads(days.iter().filter_map(|day| summary(&day.iter().filter(is_long).copied().collect::<Vec<_>>())));
    let simulated = Simulated { days: days.len(), all, over_a_minute };
    if json {
        print_json(&simulated)?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} simulated days; of each figure the day in the middle (the least to the most).", simulated.days);
    for (what, spreads) in
        [("waits that were told a time", &simulated.all), ("of them longer than a minute", &simulated.over_a_minute)]
    {
        println!();
        line(&spreads.waits, "", 1.0, what);
        line(&spreads.within, "%", 100.0, "within the range that was told");
        line(&spreads.median_wait_ms, "min", minutes(1), "median wait");
        line(&spreads.median_width_ms, "min", minutes(1), "median width of the range");
    }
    Ok(ExitCode::SUCCESS)
}

fn line(Spread { least, median, most }: &Spread, unit: &str, scale: f64, what: &str) {
    println!("{:7.1} {unit:3}  {what} ({:.1} to {:.1})", median * scale, least * scale, most * scale);
}

fn spreads(days: impl Iterator<Item = Calibration>) -> Spreads {
    let days: Vec<Calibration> = days.collect();
    let of = |figure: fn(&Calibration) -> f64| spread(days.iter().map(figure));
    Spreads {
        waits: of(|day| day.waits as f64),
        within: of(|day| day.within),
        median_wait_ms: of(|day| day.median_wait_ms as f64),
        median_width_ms: of(|day| day.median_width_ms as f64),
    }
}

fn spread(values: impl Iterator<Item = f64>) -> Spread {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |at: usize| values.get(at).copied().unwrap_or_default();
    Spread { least: at(0), median: at(values.len() / 2), most: at(values.len().saturating_sub(1)) }
}

fn print_json(figures: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(figures).map_err(|error| Failure::Other(error.to_string()))?;
    println!("{json}");
    Ok(())
}

fn minutes(ms: i64) -> f64 {
    ms as f64 / 60_000.0
}

fn summary(ended: &[EndedWait]) -> Option<Calibration> {
    let share = |holds: &dyn Fn(&EndedWait) -> bool| {
        ended.iter().filter(|wait| holds(wait)).count() as f64 / ended.len() as f64
    };
    Some(Calibration {
        waits: ended.len(),
        within: share(&EndedWait::is_inside),
        sooner: share(&|wait| wait.true_ms < wait.range.low_ms),
        later: share(&|wait| wait.true_ms > wait.range.high_ms),
        median_wait_ms: median(ended.iter().map(|wait| wait.true_ms))?,
        median_width_ms: median(ended.iter().map(|wait| wait.range.high_ms - wait.range.low_ms))?,
    })
}

/// The upper one of two in the middle.
fn median(values: impl Iterator<Item = i64>) -> Option<i64> {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::wait::WaitRange;

    #[test]
    fn shares_add_up_and_nothing_is_said_of_nothing() {
        assert_eq!(summary(&[]), None);
        let told = |true_ms| EndedWait { range: WaitRange { low_ms: 60_000, high_ms: 180_000 }, true_ms };
        let summary = summary(&[told(30_000), told(60_000), told(100_000), told(200_000)]).expect("four");
        assert_eq!((summary.within, summary.sooner, summary.later), (0.5, 0.25, 0.25));
        assert_eq!((summary.median_wait_ms, summary.median_width_ms), (100_000, 120_000));

        assert_eq!(report(&[]), None);
        let told = [("shop".into(), told(100_000)), ("repairs".into(), told(30_000)), ("shop".into(), told(90_000))];
        let Report { all, inboxes } = report(&told).expect("three");
        assert_eq!((all.waits, inboxes[&InboxId::from("shop")].within), (3, 1.0));
        assert_eq!((inboxes[&InboxId::from("repairs")].waits, inboxes[&InboxId::from("repairs")].sooner), (1, 1.0));
    }
}
