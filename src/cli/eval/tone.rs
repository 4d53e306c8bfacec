//! `warmline eval tone`: which replies the tone coach flags, and whether it says the right thing about them.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{JsonLines, Output, metrics, rounded};
use crate::{
    config::Settings,
    domain::{Lang, Tone},
    error::Failure,
    service::{coach, mind::Mind},
};

/// A reply is found when it is flagged, of whatever kind; it is named when its kind is right, too. A false alarm is a
/// flagged reply with "tone": null.
#[derive(Args)]
pub struct ToneArgs {
    /// JSON lines of {"text", "tone": kind | null, "lang", "after"?}; after: what the shopper had said
    #[arg(long, value_name = "T.jsonl")]
    texts: PathBuf,
    /// Write a line per reply here: the kind found and the words that gave it away
    #[arg(long, value_name = "P.jsonl")]
    out: Option<PathBuf>,
    /// Folder that holds intents/ and playbook/ [default: the folders of the settings]
    #[arg(long, value_name = "DIR")]
    playbook: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    tone: Option<Tone>,
    lang: Lang,
    after: Option<String>,
}

#[derive(Serialize)]
struct Prediction<'a> {
    text: &'a str,
    tone: Option<Tone>,
    found: Option<Tone>,
    said: Vec<String>,
}

#[derive(Serialize)]
pub struct Report {
    n: usize,
    all: Part,
    /// `precision`: of the replies that were said to be of this kind, how many are.
    by_kind: BTreeMap<&'static str, Kind>,
    by_lang: BTreeMap<Lang, Part>,
}

#[derive(Default, Serialize)]
struct Part {
    bad: usize,
    /// Share of the bad ones that are flagged.
    recall: Option<f64>,
    /// Share of the bad ones that are flagged as what they are.
    named: Option<f64>,
    /// Share of the flagged ones that are bad.
    precision: Option<f64>,
    good: usize,
    /// Share of the good ones that are flagged.
    false_alarms: Option<f64>,
    #[serde(skip)]
    count: Count,
}

#[derive(Default, Serialize)]
struct Kind {
    n: usize,
    recall: Option<f64>,
    named: Option<f64>,
    precision: Option<f64>,
    #[serde(skip)]
    count: Count,
    #[serde(skip)]
    said_to_be: usize,
}

#[derive(Default)]
struct Count {
    found: usize,
    named: usize,
    alarms: usize,
}

impl Part {
    fn add(&mut self, tone: Option<Tone>, found: Option<Tone>) {
        match tone {
            Some(_) => {
                self.bad += 1;
                self.count.found += usize::from(found.is_some());
                self.count.named += usize::from(found == tone);
            }
            None => {
                self.good += 1;
                self.count.alarms += usize::from(found.is_some());
            }
        }
        let Count { found, named, alarms } = self.count;
        let share = |part, whole| metrics::share(part, whole).map(rounded);
        self.recall = share(found, self.bad);
        self.named = share(named, self.bad);
        self.precision = share(found, found + alarms);
        self.false_alarms = share(alarms, self.good);
    }
}

pub fn run(settings: &Settings, args: &ToneArgs) -> Result<Report, Failure> {
    let playbook = super::playbook(settings, args.playbook.as_deref())?;
    let mind = super::mind(settings, playbook, Vec::new())?;
    let mut out = Output::create(args.out.as_deref())?;
    let mut lines = JsonLines::open(&args.texts, "replies")?;
    let mut report = Report { n: 0, all: Part::default(), by_kind: BTreeMap::new(), by_lang: BTreeMap::new() };
    while let Some(line) = lines.next::<Line>()? {
        let finding = hear(&mind, &line);
        let found = finding.as_ref().map(|finding| finding.tone);
        report.n += 1;
        report.all.add(line.tone, found);
        report.by_lang.entry(line.lang).or_default().add(line.tone, found);
        count_kinds(&mut report.by_kind, line.tone, found);
        let said = finding.map(|finding| finding.said).unwrap_or_default();
        out.write(&Prediction { text: &line.text, tone: line.tone, found, said })?;
    }
    lines.must_have(report.n)?;
    out.close()?;
    Ok(report)
}

fn hear(mind: &Mind, line: &Line) -> Option<crate::desk::tone::Finding> {
    coach::hear(mind, &line.text, line.after.as_deref(), line.lang)
}

fn count_kinds(kinds: &mut BTreeMap<&'static str, Kind>, tone: Option<Tone>, found: Option<Tone>) {
    if let Some(found) = found {
        kinds.entry(found.as_str()).or_default().said_to_be += 1;
    }
    if let Some(tone) = tone {
        let kind = kinds.entry(tone.as_str()).or_default();
        kind.n += 1;
        kind.count.found += usize::from(found.is_some());
        kind.count.named += usize::from(found == Some(tone));
    }
    for kind in kinds.values_mut() {
        let share = |part, whole| metrics::share(part, whole).map(rounded);
        kind.recall = share(kind.count.found, kind.n);
        kind.named = share(kind.count.named, kind.n);
        kind.precision = share(kind.count.named, kind.said_to_be);
    }
}
