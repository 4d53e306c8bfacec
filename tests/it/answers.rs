//! The bot's judgement on sentences written for it (tests/data): red lines, their harmless neighbours, intents.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, de::DeserializeOwned};
use warmline::{
    domain::{Now, handoff::HandoffReason},
    nlu::{Feelings, MatchedBy},
    service::{
        mind::Mind,
        seeds::{self, Folders},
    },
};

#[derive(Deserialize)]
struct Row {
    text: String,
    intent: Option<String>,
    red_line: Option<HandoffReason>,
}

impl Row {
    fn is_only_scored(&self) -> bool {
        is_only_scored(&self.text)
    }
}

/// One half may be looked at while patterns are mended, the other is only scored (FNV-1a of the text, bit 20).
pub fn is_only_scored(text: &str) -> bool {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash >> 20 & 1 == 1
}

/// The lines of a file in tests/data.
pub fn rows<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let text = std::fs::read_to_string(path).expect("the data is there");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

/// The shop's own playbook, without articles.
pub fn mind() -> Mind {
    let seeds = seeds::read(&Folders::within(Path::new(env!("CARGO_MANIFEST_DIR")))).expect("the seeds are right");
    let zone = jiff::tz::TimeZone::get("Asia/Taipei").expect("the zone is bundled");
    let now = Now { at: 1_795_312_800_000, zone };
    Mind::new(seeds.playbook, Vec::new(), now.today()).expect("an index in memory")
}

fn calls_a_person(mind: &Mind, feelings: &Feelings) -> bool {
    feelings.red_line.is_some() || feelings.escalation >= mind.playbook.thresholds.escalate
}

#[test]
fn every_red_line_is_seen_and_named() {
    let (mind, rows) = (mind(), rows::<Row>("red_lines.jsonl"));
    assert!(rows.len() >= 180);
    let (mut missed, mut misnamed) = (Vec::new(), Vec::new());
    for row in &rows {
        match mind.feelings(&row.text).red_line {
            None => missed.push(&row.text),
            found if found != row.red_line => misnamed.push((&row.text, found)),
            Some(_) => {}
        }
    }
    assert!(missed.is_empty(), "missed: {missed:#?}");
    assert!(misnamed.len() <= rows.len() / 50, "{misnamed:#?}");
}

#[test]
fn harmless_neighbours_of_red_lines_are_left_alone() {
    let (mind, rows) = (mind(), rows::<Row>("harmless.jsonl"));
    assert!(rows.len() >= 300);
    let wrong = crossed(&mind, &rows);
    assert!(wrong.len() * 300 <= 2 * rows.len(), "{wrong:#?}");
}

/// Which of these call a person by a red line.
fn crossed<'r>(mind: &Mind, rows: &'r [Row]) -> Vec<&'r str> {
    let crosses = |row: &&Row| mind.feelings(&row.text).red_line.is_some();
    rows.iter().filter(crosses).map(|row| row.text.as_str()).collect()
}

/// What is true of sentences that neither patterns nor heads have seen; it is measured, and must not become worse.
#[test]
fn unseen_red_lines_are_mostly_heard_and_their_neighbours_mostly_left_alone() {
    let (mind, red, harmless) = (mind(), rows::<Row>("blind_red_lines.jsonl"), rows::<Row>("blind_harmless.jsonl"));
    let (heard, wrong) = (crossed(&mind, &red).len(), crossed(&mind, &harmless).len());
    println!("{heard} of {} red lines, {wrong} of {} neighbours", red.len(), harmless.len());
    assert!(heard * 100 >= 70 * red.len(), "{heard} of {}", red.len());
    assert!(wrong * 100 <= 8 * harmless.len(), "{wrong} of {}", harmless.len());
}

#[test]
fn ordinary_questions_do_not_call_a_person() {
    let mind = mind();
    let is_calm = |row: &Row| row.intent.as_deref() != Some("complaint");
    let rows: Vec<Row> = rows("intents.jsonl").into_iter().filter(is_calm).collect();
    let alarms: Vec<&str> = rows
        .iter()
        .filter(|row| calls_a_person(&mind, &mind.feelings(&row.text)))
        .map(|row| row.text.as_str())
        .collect();
    assert!(alarms.len() * 50 <= rows.len(), "{} of {}: {alarms:#?}", alarms.len(), rows.len());
}

/// Share of messages with an intent whose first candidate is that intent; both halves must hold it. The aim is .93.
const FLOOR: f64 = 0.85;

#[test]
fn messages_find_their_intent() {
    let mind = mind();
    let mut halves = [(0usize, 0usize); 2];
    let mut confused: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in rows::<Row>("intents.jsonl") {
        let Some(intent) = &row.intent else { continue };
        let mut found = mind.understand(&row.text).intents;
        found.retain(|found| {
            matches!(found.by, MatchedBy::Pattern(_)) || !mind.playbook.intents[&found.name].small_talk
        });
        let chance: f32 = found.iter().take(3).map(|found| found.score).sum();
        let found = found.into_iter().next().filter(|_| chance >= mind.playbook.thresholds.clarify);
        let is_right = found.as_ref().is_some_and(|found| found.name == *intent);
        let (right, all) = &mut halves[usize::from(row.is_only_scored())];
        *right += usize::from(is_right);
        *all += 1;
        if !is_right && !row.is_only_scored() {
            let name = found.map_or("-".to_owned(), |found| found.name);
            confused.entry((intent.clone(), name)).or_default().push(row.text);
        }
    }
    for (right, all) in halves {
        let accuracy = right as f64 / all as f64;
        assert!(accuracy >= FLOOR, "{right} of {all} ({accuracy:.3}); looked at: {confused:#?}");
    }
}
