//! Promises in agents' messages, on sentences written for it (tests/data/promises.jsonl).

use jiff::{Timestamp, civil::date, tz::TimeZone};
use serde::Deserialize;
use warmline::{desk::promises, domain::Now};

use crate::answers::{is_only_scored, mind, rows};

#[derive(Deserialize)]
struct Row {
    text: String,
    /// Day and time, "promise" where the words leave it open, `null` where nothing is promised.
    due: Option<String>,
}

/// Of one half: promises found, and told with the right time; others taken for promises.
#[derive(Default)]
struct Score {
    promises: Vec<String>,
    missed: Vec<String>,
    wrong: Vec<String>,
    others: usize,
    alarms: Vec<String>,
}

#[test]
fn nine_in_ten_promises_are_heard_with_their_time_and_hardly_anything_else() {
    let mind = mind();
    let zone = TimeZone::get("Asia/Taipei").expect("the zone is bundled");
    // A Wednesday.
    let at = date(2026, 11, 25).at(10, 0, 0, 0).to_zoned(zone.clone()).expect("a moment").timestamp();
    let now = Now { at: at.as_millisecond(), zone };
    let rules = mind.playbook.promises.as_ref().expect("the shop has the file");
    let due = |text: &str| {
        let found = promises::find(rules, &mind.playbook.slots.dates, text, &now)?;
        let at = Timestamp::from_millisecond(found.due_at).expect("a moment").to_zoned(now.zone.clone());
        Some(at.strftime("%d %H:%M").to_string())
    };
    let mut halves = [Score::default(), Score::default()];
    for Row { text, due: expected } in rows::<Row>("promises.jsonl") {
        let score = &mut halves[usize::from(is_only_scored(&text))];
        match (expected, due(&text)) {
            (None, None) => score.others += 1,
            (None, Some(due)) => {
                score.others += 1;
                score.alarms.push(format!("{text} ({due})"));
            }
            (Some(_), None) => {
                score.promises.push(text.clone());
                score.missed.push(text);
            }
            (Some(expected), Some(due)) => {
                if expected != "promise" && expected != due {
                    score.wrong.push(format!("{text}: {due}, not {expected}"));
                }
                score.promises.push(text);
            }
        }
    }
    let [development, kept_back] = &halves;
    for (name, half) in [("development", development), ("kept back", kept_back)] {
        let (all, missed, wrong) = (half.promises.len(), half.missed.len(), half.wrong.len());
        let (alarms, others) = (half.alarms.len(), half.others);
        println!(
            "{name}: {missed} of {all} missed, {wrong} with another time; {alarms} of {others} others taken for one"
        );
    }
    let Score { promises, missed, wrong, others, alarms } = development;
    assert!(missed.len() * 10 <= promises.len(), "{} of {} missed: {missed:#?}", missed.len(), promises.len());
    assert!(wrong.len() * 10 <= promises.len(), "another time: {wrong:#?}");
    assert!(alarms.len() * 20 <= *others, "{} of {others} taken for promises: {alarms:#?}", alarms.len());
}
