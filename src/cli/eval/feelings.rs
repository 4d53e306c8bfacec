//! `warmline eval feelings`: the four feelings and the wish for a person, of messages or of whole conversations.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{JsonLines, Output, metrics, rounded};
use crate::{
    config::Settings,
    domain::handoff::{Dispute, HandoffReason},
    error::Failure,
    nlu::{Evidence, Mood},
    service::mind::Mind,
};

/// `turns` are the customer's messages of one conversation in order; they are judged as a whole, as the dialogue hears
/// them. Where lines carry a `label` (true, or a number above 0.5: somebody was dissatisfied), the report has the area
/// under the ROC curve of the escalation, and of anger, against it.
#[derive(Args)]
pub struct FeelingsArgs {
    /// JSON lines of {"text": "…"} or {"turns": ["…", "…"]}, with "label"?
    #[arg(long, value_name = "T.jsonl")]
    texts: PathBuf,
    /// Write a line per line here: escalation, anger, anxiety, disappointment, urgency, each 0 to 1, and why
    #[arg(long, value_name = "P.jsonl")]
    out: Option<PathBuf>,
    /// Folder that holds intents/ and playbook/ [default: the folders of the settings]
    #[arg(long, value_name = "DIR")]
    playbook: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Line {
    text: Option<String>,
    turns: Option<Vec<String>>,
    label: Option<Label>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Is(bool),
    Number(f64),
}

impl Label {
    fn is_true(&self) -> bool {
        match *self {
            Label::Is(is) => is,
            Label::Number(number) => number > 0.5,
        }
    }
}

#[derive(Serialize)]
struct Prediction {
    escalation: f64,
    anger: f64,
    anxiety: f64,
    disappointment: f64,
    urgency: f64,
    red_line: Option<HandoffReason>,
    dispute: Option<Dispute>,
    abusive: bool,
    /// A person would be called.
    alarm: bool,
    evidence: Vec<Evidence>,
}

#[derive(Serialize)]
pub struct Report {
    n: usize,
    /// Lines on which a person would be called, for a red line or a strong feeling.
    alarms: usize,
    alarm_share: f64,
    red_lines: BTreeMap<String, usize>,
    /// Means over all lines.
    mean: BTreeMap<&'static str, f64>,
    n_labelled: usize,
    auroc_escalation: Option<f64>,
    auroc_anger: Option<f64>,
}

pub fn run(settings: &Settings, args: &FeelingsArgs) -> Result<Report, Failure> {
    let playbook = super::playbook(settings, args.playbook.as_deref())?;
    let mind = super::mind(settings, playbook, Vec::new())?;
    let mut out = Output::create(args.out.as_deref())?;
    let mut lines = JsonLines::open(&args.texts, "texts")?;
    let (mut n, mut alarms) = (0, 0);
    let mut red_lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut sums: BTreeMap<&'static str, f64> = BTreeMap::new();
    let (mut escalation, mut anger) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next::<Line>()? {
        let turns = match (line.text, line.turns) {
            (Some(text), None) => vec![text],
            (None, Some(turns)) => turns,
            _ => return Err(lines.error("a line has either \"text\" or \"turns\"".into())),
        };
        let felt = feel(&mind, &turns);
        n += 1;
        alarms += usize::from(felt.alarm);
        if let Some(red_line) = felt.red_line {
            let name = serde_json::to_value(red_line).ok().and_then(|name| name.as_str().map(str::to_owned));
            *red_lines.entry(name.unwrap_or_default()).or_default() += 1;
        }
        for (name, value) in [
            ("escalation", felt.escalation),
            ("anger", felt.anger),
            ("anxiety", felt.anxiety),
            ("disappointment", felt.disappointment),
            ("urgency", felt.urgency),
        ] {
            *sums.entry(name).or_default() += value;
        }
        if let Some(label) = line.label {
            escalation.push((felt.escalation as f32, label.is_true()));
            anger.push((felt.anger as f32, label.is_true()));
        }
        out.write(&felt)?;
    }
    lines.must_have(n)?;
    out.close()?;
    Ok(Report {
        n,
        alarms,
        alarm_share: rounded(alarms as f64 / n as f64),
        red_lines,
        mean: sums.into_iter().map(|(name, sum)| (name, rounded(sum / n as f64))).collect(),
        n_labelled: escalation.len(),
        auroc_escalation: metrics::auroc(&escalation).map(rounded),
        auroc_anger: metrics::auroc(&anger).map(rounded),
    })
}

/// The messages of one conversation, heard one after the other.
fn feel(mind: &Mind, turns: &[String]) -> Prediction {
    let thresholds = &mind.playbook.thresholds;
    let mut mood = Mood::default();
    let (mut red_line, mut dispute, mut abusive, mut alarm, mut evidence) = (None, None, false, false, Vec::new());
    for text in turns {
        let feelings = mind.understand(text).feelings;
        mood.hear(text, &feelings, thresholds);
        alarm |= feelings.red_line.is_some()
            || feelings.escalation >= thresholds.escalate
            || mood.escalation() >= thresholds.slow_burn;
        red_line = red_line.or(feelings.red_line);
        dispute = feelings.dispute.or(dispute);
        abusive |= feelings.abusive;
        evidence.extend(feelings.evidence);
    }
    // Who threatens with the law or is hurt needs a person more than any word of anger says.
    let escalation = if red_line.is_some() { mood.overall().max(RED_LINE) } else { mood.overall() };
    // Finer than the report: what is written is ranked by others.
    let fine = |value: f32| (f64::from(value) * 1e6).round() / 1e6;
    Prediction {
        escalation: fine(escalation),
        anger: fine(mood.feeling.anger),
        anxiety: fine(mood.feeling.anxiety),
        disappointment: fine(mood.feeling.disappointment),
        urgency: fine(mood.feeling.urgency),
        red_line,
        dispute,
        abusive,
        alarm,
        evidence,
    }
}

/// Least escalation of a conversation in which a red line was crossed.
const RED_LINE: f32 = 0.9;
