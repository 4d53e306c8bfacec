//! `warmline eval intents`: how well messages find their intent, and which two are taken for one another.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{JsonLines, Output, metrics, rounded};
use crate::{
    config::Settings,
    error::Failure,
    nlu::{IntentMatch, MatchedBy, ranking::in_three},
    service::mind::Mind,
};

/// The first intent counts when the best three together are as sure as a "did you mean" needs (`clarify` in
/// thresholds.toml); small talk counts by pattern only, as in a conversation. Articles stay out of it.
#[derive(Args)]
pub struct IntentsArgs {
    /// Folder that holds intents/ and playbook/ [default: the folders of the settings]
    #[arg(long, value_name = "DIR")]
    playbook: Option<PathBuf>,
    /// JSON lines of {"text", "intent": name | null, "lang"?}; null: none of them
    #[arg(long, value_name = "Q.jsonl")]
    queries: PathBuf,
    /// Write a line per query here: the intent found, how sure, and by what
    #[arg(long, value_name = "P.jsonl")]
    out: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    intent: Option<String>,
    lang: Option<String>,
}

#[derive(Serialize)]
struct Prediction<'a> {
    text: &'a str,
    intent: Option<&'a str>,
    found: Option<&'a str>,
    score: f64,
    by: Option<&'a MatchedBy>,
}

#[derive(Serialize)]
pub struct Report {
    n: usize,
    /// Of all lines, those without an intent included.
    accuracy: f64,
    /// Of lines with an intent.
    accuracy_in: Option<f64>,
    /// Of lines without: nothing was found.
    accuracy_out: Option<f64>,
    /// The right one is among the first three, of lines with an intent.
    recall_at_3: Option<f64>,
    by_lang: BTreeMap<String, Part>,
    by_intent: BTreeMap<String, Part>,
    /// Most frequent first.
    confusions: Vec<Confusion>,
}

#[derive(Default, Serialize)]
struct Part {
    n: usize,
    right: usize,
    accuracy: f64,
}

impl Part {
    fn add(&mut self, is_right: bool) {
        self.n += 1;
        self.right += usize::from(is_right);
        self.accuracy = rounded(self.right as f64 / self.n as f64);
    }
}

#[derive(Serialize)]
struct Confusion {
    intent: Option<String>,
    found: Option<String>,
    n: usize,
    /// The first few.
    texts: Vec<String>,
}

const TEXTS: usize = 5;

pub fn run(settings: &Settings, args: &IntentsArgs) -> Result<Report, Failure> {
    let playbook = super::playbook(settings, args.playbook.as_deref())?;
    let mind = super::mind(settings, playbook, Vec::new())?;
    let mut out = Output::create(args.out.as_deref())?;
    let mut lines = JsonLines::open(&args.queries, "queries")?;
    let (mut all, mut within, mut without, mut among) = (Part::default(), Part::default(), Part::default(), 0);
    let mut by_lang: BTreeMap<String, Part> = BTreeMap::new();
    let mut by_intent: BTreeMap<String, Part> = BTreeMap::new();
    let mut confused: BTreeMap<(Option<String>, Option<String>), Vec<String>> = BTreeMap::new();
    while let Some(Line { text, intent, lang }) = lines.next()? {
        if let Some(unknown) = intent.as_ref().filter(|name| !mind.playbook.intents.contains_key(*name)) {
            return Err(lines.error(format!("there is no intent {unknown:?} in the playbook")));
        }
        let found = candidates(&mind, &text);
        let first = found.first();
        let name = first.map(|first| first.name.as_str());
        let is_right = name == intent.as_deref();
        all.add(is_right);
        match &intent {
            Some(intent) => {
                within.add(is_right);
                among += usize::from(found.iter().take(3).any(|found| found.name == *intent));
                by_intent.entry(intent.clone()).or_default().add(is_right);
            }
            None => without.add(is_right),
        }
        if let Some(lang) = lang {
            by_lang.entry(lang).or_default().add(is_right);
        }
        let score = first.map_or(0.0, |first| rounded(f64::from(first.score)));
        let by = first.map(|first| &first.by);
        out.write(&Prediction { text: &text, intent: intent.as_deref(), found: name, score, by })?;
        if !is_right {
            confused.entry((intent, name.map(str::to_owned))).or_default().push(text);
        }
    }
    lines.must_have(all.n)?;
    out.close()?;
    let mut confusions: Vec<Confusion> = confused
        .into_iter()
        .map(|((intent, found), mut texts)| {
            let n = texts.len();
            texts.truncate(TEXTS);
            Confusion { intent, found, n, texts }
        })
        .collect();
    confusions.sort_by_key(|confusion| std::cmp::Reverse(confusion.n));
    let accuracy_of = |part: &Part| (part.n > 0).then_some(part.accuracy);
    Ok(Report {
        n: all.n,
        accuracy: all.accuracy,
        accuracy_in: accuracy_of(&within),
        accuracy_out: accuracy_of(&without),
        recall_at_3: metrics::share(among, within.n).map(rounded),
        by_lang,
        by_intent,
        confusions,
    })
}

/// Best first; none when the bot would not even ask about them.
fn candidates(mind: &Mind, text: &str) -> Vec<IntentMatch> {
    let playbook = &mind.playbook;
    let is_small_talk = |name: &str| playbook.intents.get(name).is_some_and(|intent| intent.small_talk);
    let mut found = mind.understand(text).intents;
    found.retain(|found| matches!(found.by, MatchedBy::Pattern(_)) || !is_small_talk(&found.name));
    let chance = in_three(found.iter().map(|found| found.score));
    if chance >= playbook.thresholds.clarify { found } else { Vec::new() }
}
