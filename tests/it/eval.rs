//! `warmline eval` as its users meet it: files in, JSON out, mistakes told by file and line.

use std::{path::Path, process::Output};

use serde_json::Value;
use tempfile::TempDir;

use super::command::{fails, warmline};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn eval(folder: &TempDir, args: &[&str]) -> Value {
    let Output { status, stdout, stderr } = warmline(folder).arg("eval").args(args).output().expect("it runs");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    assert!(stderr.is_empty(), "no progress without a terminal: {}", String::from_utf8_lossy(&stderr));
    serde_json::from_slice(&stdout).expect("one JSON object")
}

fn lines(folder: &TempDir, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join(name)).expect("written");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

const ARTICLES: &str = r#"{"id": "shipping", "title": "Shipping fee", "questions": ["how much is shipping", "delivery cost"], "answer": "60"}
{"id": 7, "questions": ["怎麼退貨", "我想退貨"], "lang": "zh-TW"}

{"id": "points", "title": "Points", "questions": ["how do points work"], "note": "more than we need"}
"#;

#[test]
fn faq_measures_ranking_and_judgement() {
    let queries = r#"{"text": "how much is shipping", "expect": "shipping"}
{"text": "怎么退货", "expect": [7, "points"]}
{"text": "how do points work", "expect": "shipping"}
{"text": "zzz qqq", "expect": null}
"#;
    let folder = folder(&[("a.jsonl", ARTICLES), ("q.jsonl", queries)]);
    let report = eval(&folder, &["faq", "--articles", "a.jsonl", "--queries", "q.jsonl", "--out", "p.jsonl"]);
    assert_eq!((&report["articles"], &report["n"], &report["n_unanswerable"]), (&3.into(), &4.into(), &1.into()));
    assert_eq!(report["phrasings"], 7);
    assert_eq!(report["recall_at_1"], 0.6667, "{report:#}");
    assert!(report["microseconds_per_query"]["p50"].as_f64().is_some_and(|micros| micros > 0.0));
    let decided: u64 = ["answered", "clarified", "handed_off"].iter().filter_map(|d| report[d]["n"].as_u64()).sum();
    assert_eq!(decided, 4);
    let predictions = lines(&folder, "p.jsonl");
    assert_eq!(predictions.len(), 4);
    assert_eq!((&predictions[0]["ranked"][0], &predictions[0]["decision"]), (&"shipping".into(), &"answer".into()));
    assert_eq!(predictions[1]["ranked"][0], "7", "the other script finds it");
    assert!(predictions.iter().all(|line| line["p1"].is_number() && line["p3"].is_number()));
}

#[test]
fn mistakes_in_data_are_told_by_file_and_line() {
    let good = "{\"text\": \"hi\", \"expect\": \"shipping\"}\n";
    let folder = folder(&[
        ("a.jsonl", ARTICLES),
        ("q.jsonl", good),
        ("broken.jsonl", &format!("{good}\n{{\"text\": \"hi\"")),
        ("untitled.jsonl", "{\"id\": \"a\", \"questions\": []}\n"),
        ("twice.jsonl", "{\"id\": \"a\", \"title\": \"A b\"}\n{\"id\": \"a\", \"title\": \"A c\"}\n"),
        ("empty.jsonl", "\n"),
        ("wrong.jsonl", "{\"text\": 7}\n"),
    ]);
    for (articles, queries, place, why) in [
        ("a.jsonl", "broken.jsonl", "broken.jsonl:3:", "EOF"),
        ("a.jsonl", "wrong.jsonl", "wrong.jsonl:1:", "expected a string"),
        ("a.jsonl", "empty.jsonl", "empty.jsonl:", "no lines"),
        ("a.jsonl", "nowhere.jsonl", "nowhere.jsonl", "cannot be read"),
        ("untitled.jsonl", "q.jsonl", "untitled.jsonl:1:", "neither title nor questions"),
        ("twice.jsonl", "q.jsonl", "twice.jsonl:2:", "twice"),
    ] {
        let said = fails(warmline(&folder).args(["eval", "faq", "--articles", articles, "--queries", queries]), 1);
        assert!(said.contains(place) && said.contains(why), "{said}");
        assert_eq!(said.trim().lines().count(), 1, "{said}");
    }
}

#[test]
fn feelings_are_measured_of_messages_and_of_conversations() {
    let texts = r#"{"text": "請問有賣浴巾嗎？謝謝", "label": 0}
{"text": "你們到底要拖多久！太離譜了，叫主管來", "label": 1}
{"turns": ["where is my parcel", "hello? still nothing", "still nothing, this is ridiculous"], "label": true}
{"text": "do you have this in blue", "label": false}
"#;
    let folder = folder(&[("t.jsonl", texts), ("both.jsonl", "{\"text\": \"a\"}\n{\"text\": \"a\", \"turns\": []}\n")]);
    let report = eval(&folder, &["feelings", "--texts", "t.jsonl", "--out", "p.jsonl"]);
    assert_eq!((&report["n"], &report["n_labelled"]), (&4.into(), &4.into()));
    assert_eq!(report["auroc_escalation"], 1.0, "{report:#}");
    let felt = lines(&folder, "p.jsonl");
    for line in &felt {
        for signal in ["escalation", "anger", "anxiety", "disappointment", "urgency"] {
            assert!(line[signal].as_f64().is_some_and(|value| (0.0..=1.0).contains(&value)), "{line}");
        }
    }
    assert_eq!(felt[1]["alarm"], true);
    let said = fails(warmline(&folder).args(["eval", "feelings", "--texts", "both.jsonl"]), 1);
    assert!(said.contains("both.jsonl:2:"), "{said}");
}

#[test]
fn intents_are_measured_with_a_playbook_of_ones_own() {
    let queries = r#"{"text": "我要客訴", "intent": "complaint", "lang": "zh-Hant"}
{"text": "my account", "intent": "account", "lang": "en"}
{"text": "my account", "intent": "stock", "lang": "en"}
{"text": "xyzzy", "intent": null}
"#;
    let folder = folder(&[("q.jsonl", queries), ("unknown.jsonl", "\n{\"text\": \"hi\", \"intent\": \"no_such\"}\n")]);
    let root = env!("CARGO_MANIFEST_DIR");
    let report = eval(&folder, &["intents", "--playbook", root, "--queries", "q.jsonl", "--out", "p.jsonl"]);
    assert_eq!((&report["n"], &report["accuracy"]), (&4.into(), &0.75.into()), "{report:#}");
    assert_eq!(report["by_lang"]["en"]["accuracy"], 0.5);
    let confusion = &report["confusions"][0];
    assert_eq!((&confusion["intent"], &confusion["found"]), (&"stock".into(), &"account".into()));
    assert_eq!(lines(&folder, "p.jsonl").len(), 4);
    let said = fails(warmline(&folder).args(["eval", "intents", "--playbook", root, "--queries", "unknown.jsonl"]), 1);
    assert!(said.contains("unknown.jsonl:2:") && said.contains("no_such"), "{said}");
    let said = fails(warmline(&folder).args(["eval", "intents", "--playbook", "none", "--queries", "q.jsonl"]), 1);
    assert!(said.contains("There is no folder"), "{said}");
}

#[test]
fn dialogue_scripts_are_played_and_the_first_difference_is_told() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/dialogues");
    let mut paths: Vec<_> =
        std::fs::read_dir(scripts).expect("scripts").map(|entry| entry.expect("one").path()).collect();
    paths.sort();
    let script = std::fs::read_to_string(&paths[0]).expect("readable");
    let folder = folder(&[("good/a.txt", &script), ("bad/a.txt", &format!("{script}\n> hello\n< never said\n"))]);
    let report = eval(&folder, &["dialogues", "good"]);
    assert_eq!((&report["scripts"], &report["passed"]), (&1.into(), &1.into()), "{report:#}");
    let Output { status, stdout, .. } = warmline(&folder).args(["eval", "dialogues", "bad"]).output().expect("it runs");
    assert_eq!(status.code(), Some(1));
    let report: Value = serde_json::from_slice(&stdout).expect("one JSON object");
    assert_eq!(report["failed"][0]["line"], script.lines().count() + 3, "{report:#}");
    fails(warmline(&folder).args(["eval", "dialogues", "nowhere"]), 1);
}
