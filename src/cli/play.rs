//! `warmline play`: recorded shoppers against a running server, over its socket, each as a new visitor.

use std::{
    collections::{BTreeMap, VecDeque},
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::Args;
use serde::Deserialize;

use super::client::{ServerUrl, Shopper};
use crate::{
    domain::{Author, EntryBody, Lang, Message, turn::Decision},
    error::Failure,
    web::frames::{Item, ItemBody},
};

/// Plays each line's `text` as the first message of a new shopper and waits for the bot's frame. Prints a table of
/// what was decided and how long it took; fails if any was an error, silence or slower than a second.
///
/// A server limits how fast one address may talk to it. For this, start one of its own:
/// `warmline --data-dir /tmp/play --listen 127.0.0.1:8099 --rate-limits off`
#[derive(Args)]
pub struct PlayArgs {
    /// JSON lines with a member `text`
    #[arg(required = true, value_name = "FILE.jsonl")]
    files: Vec<PathBuf>,
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: ServerUrl,
    /// Write every decision here: file, decision, milliseconds, source, what was asked, what was answered
    #[arg(long, value_name = "FILE.tsv")]
    out: Option<PathBuf>,
    /// The language the widget is opened in
    #[arg(long, default_value = "zh-Hant")]
    lang: Lang,
    /// Shoppers at the same time
    #[arg(long, default_value_t = 8)]
    shoppers: usize,
}

/// An answer later than this has failed.
const IN_TIME: Duration = Duration::from_secs(1);
/// How long an answer is waited for, so that a late one is told from none.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Line {
    text: String,
}

struct Utterance {
    file: String,
    text: String,
}

struct Played {
    utterance: Utterance,
    /// The bot's decision as its message carries it, `handoff` included; `error` when there was none.
    decision: &'static str,
    took: Duration,
    source: String,
    answer: String,
}

pub async fn play(args: PlayArgs) -> Result<ExitCode, Failure> {
    let mut utterances = VecDeque::new();
    for file in &args.files {
        read(file, &mut utterances)?;
    }
    let total = utterances.len();
    let todo = Arc::new(Mutex::new(utterances));
    let mut players = tokio::task::JoinSet::new();
    let started = Instant::now();
    for _ in 0..args.shoppers.clamp(1, 256) {
        let (todo, url, lang) = (todo.clone(), args.url.clone(), args.lang);
        players.spawn(async move {
            let mut played = Vec::new();
            loop {
                let next = todo.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(utterance) = next else { return played };
                played.push(play_one(&url, lang, utterance).await);
            }
        });
    }
    let mut played = players.join_all().await.into_iter().flatten().collect::<Vec<_>>();
    played.sort_by(|a, b| (&a.utterance.file, &a.utterance.text).cmp(&(&b.utterance.file, &b.utterance.text)));
    if let Some(path) = &args.out {
        write(path, &played).map_err(|error| Failure::Other(format!("{}: {error}.", path.display())))?;
    }
    print(&played, total, started.elapsed());
    let failed = played.iter().filter(|one| one.decision == "error" || one.took > IN_TIME).count();
    Ok(if failed == 0 && played.len() == total { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &Path, into: &mut VecDeque<Utterance>) -> Result<(), Failure> {
    let fails = |line: usize, why: String| Failure::Other(format!("{}:{line}: {why}.", path.display()));
    let file = File::open(path).map_err(|error| fails(0, error.to_string()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for (line, text) in (1..).zip(BufReader::new(file).lines()) {
        let text = text.map_err(|error| fails(line, error.to_string()))?;
        if text.trim().is_empty() {
            continue;
        }
        let Line { text } = serde_json::from_str(&text).map_err(|error| fails(line, error.to_string()))?;
        into.push_back(Utterance { file: name.clone(), text });
    }
    Ok(())
}

async fn play_one(url: &ServerUrl, lang: Lang, utterance: Utterance) -> Played {
    let asked = ask(url, lang, &utterance.text).await;
    match asked {
        Ok((items, took)) => {
            let (decision, source, answer) = classify(&items);
            Played { utterance, decision, took, source, answer }
        }
        Err(error) => {
            Played { utterance, decision: "error", took: Duration::ZERO, source: String::new(), answer: error }
        }
    }
}

/// The bot's items and the time from frame out to frame in.
pub(super) async fn ask(url: &ServerUrl, lang: Lang, text: &str) -> Result<(Vec<Item>, Duration), String> {
    let mut shopper = Shopper::arrive(url, lang).await?;
    shopper.arrived();
    let sent = Instant::now();
    let cid = shopper.say(text, None).await?;
    let mut items = Vec::new();
    loop {
        let item = shopper.next(PATIENCE).await?;
        if item.cid.as_ref() != Some(&cid) {
            items.push(item);
            break;
        }
    }
    let took = sent.elapsed();
    items.extend(shopper.arrived());
    shopper.leave().await;
    Ok((items, took))
}

/// What the bot decided, the article it answered from, and its words.
fn classify(items: &[Item]) -> (&'static str, String, String) {
    let messages: Vec<&Message> = items
        .iter()
        .filter(|item| item.author == Author::Bot)
        .filter_map(|item| match &item.body {
            ItemBody::Whole(EntryBody::Message(message)) => Some(message),
            _ => None,
        })
        .collect();
    let answer = messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join(" / ");
    let source = messages.iter().find_map(|message| message.source.as_ref()).map(|source| source.article.clone());
    let decision = messages.iter().find_map(|message| message.decision).map_or("error", Decision::as_str);
    (decision, source.unwrap_or_default(), answer)
}

fn write(path: &Path, played: &[Played]) -> std::io::Result<()> {
    let flat = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "file\tdecision\tms\tsource\tasked\tanswered")?;
    for one in played {
        writeln!(
            out,
            "{}\t{}\t{:.1}\t{}\t{}\t{}",
            one.utterance.file,
            one.decision,
            one.took.as_secs_f64() * 1e3,
            one.source,
            flat(&one.utterance.text),
            flat(&one.answer)
        )?;
    }
    out.flush()
}

const KINDS: [&str; 7] = ["answer", "clarify", "flow", "reply", "fallback", "handoff", "error"];

fn print(played: &[Played], total: usize, elapsed: Duration) {
    let mut files: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for one in played {
        *files.entry(&one.utterance.file).or_default().entry(one.decision).or_default() += 1;
    }
    print!("{:32}", "");
    for kind in KINDS {
        print!(" {kind:>9}");
    }
    println!();
    for (file, counts) in &files {
        print!("{file:32}");
        for kind in KINDS {
            print!(" {:>9}", counts.get(kind).copied().unwrap_or(0));
        }
        println!();
    }
    let mut times: Vec<Duration> = played.iter().filter(|one| one.decision != "error").map(|one| one.took).collect();
    times.sort();
    let at = |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1)));
    let ms = |share| at(share).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!(
        "\n{} of {total} played in {:.1} s; frame out to frame in: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, most {:.1} ms",
        played.len(),
        elapsed.as_secs_f64(),
        ms(0.5),
        ms(0.9),
        ms(0.99),
        ms(1.0)
    );
    for one in played.iter().filter(|one| one.decision == "error" || one.took > IN_TIME) {
        println!("failed after {:.0} ms: {:?}: {}", one.took.as_secs_f64() * 1e3, one.utterance.text, one.answer);
    }
}
