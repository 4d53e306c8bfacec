//! Reads messages and prints those that would go to a person for their feeling or a red line, and why: the way to find
//! false alarms in `playbook/feelings.toml`.
//!
//! `cargo run --release --example alarms -- FILE.jsonl…`, one `{"text": …}` a line.

use anyhow::{Context, Result};
use warmline::{
    domain::playbook::{Playbook, SourceFile},
    nlu,
};

#[derive(serde::Deserialize)]
struct Row {
    text: String,
}

fn main() -> Result<()> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir("playbook").context("run this in the folder that holds playbook/")? {
        let path = entry?.path();
        files.push(SourceFile { text: std::fs::read_to_string(&path)?, path: path.to_string_lossy().into_owned() });
    }
    let playbook = Playbook::parse(&files)?;
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let (mut all, mut alarms) = (0, 0);
        for line in text.lines() {
            let row: Row = serde_json::from_str(line)?;
            let feelings = nlu::understand(&playbook, &nlu::read(&playbook, &row.text), &[], None).feelings;
            all += 1;
            if feelings.red_line.is_some() || feelings.escalation >= playbook.thresholds.escalate {
                alarms += 1;
                let why =
                    feelings.red_line.map_or_else(|| format!("{:.2}", feelings.escalation), |line| format!("{line:?}"));
                println!("{why}\t{}\t{}", row.text.replace(['\n', '\t'], " "), feelings.words.join(" | "));
            }
        }
        println!("== {path}: {alarms} of {all}\n");
    }
    Ok(())
}
