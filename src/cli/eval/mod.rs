//! `warmline eval`: measures the bot's judgement on data that anyone can bring, JSON lines in and JSON out.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand};
use serde::{Serialize, de::DeserializeOwned};

use super::known::by_server;
use crate::{
    clock::Clock,
    config::Settings,
    domain::{Article, FileError, playbook::Playbook, sentence::Sentence},
    error::Failure,
    service::{
        mind::Mind,
        seeds::{self, Folders},
    },
};

mod dialogues;
mod faq;
mod feelings;
mod intents;
pub mod metrics;
mod tone;

/// Reads JSON lines, prints one JSON object of measures on standard output; progress goes to standard error when that
/// is a terminal. A line that cannot be read ends it, named by file and line. Members it does not know are passed over.
#[derive(Args)]
pub struct EvalArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// How well questions find their article, and whether the bot knows when it does not know
    Faq(faq::FaqArgs),
    /// Anger, anxiety, disappointment, urgency and the wish for a person, of messages or whole conversations
    Feelings(feelings::FeelingsArgs),
    /// How well messages find their intent
    Intents(intents::IntentsArgs),
    /// Which of an agent's replies the tone coach flags, by kind and language
    Tone(tone::ToneArgs),
    /// Plays dialogue scripts and tells which of them read otherwise
    Dialogues(dialogues::DialoguesArgs),
}

pub fn eval(settings: &Settings, args: EvalArgs) -> Result<ExitCode, Failure> {
    match args.what {
        What::Faq(args) => print(&faq::run(settings, &args)?).map(|()| ExitCode::SUCCESS),
        What::Feelings(args) => print(&feelings::run(settings, &args)?).map(|()| ExitCode::SUCCESS),
        What::Intents(args) => print(&intents::run(settings, &args)?).map(|()| ExitCode::SUCCESS),
        What::Tone(args) => print(&tone::run(settings, &args)?).map(|()| ExitCode::SUCCESS),
        What::Dialogues(args) => {
            let report = dialogues::run(settings, &args)?;
            print(&report)?;
            Ok(if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

fn print(report: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(report).map_err(|error| Failure::Other(error.to_string()))?;
    println!("{json}");
    Ok(())
}

/// What the bot knows with these articles and nothing from a database.
fn mind(settings: &Settings, playbook: Playbook, articles: Vec<Article>) -> Result<Mind, Failure> {
    mind_on(settings, Clock::System.now(&settings.zone).today(), Arc::new(playbook), articles)
}

fn mind_on(
    settings: &Settings,
    today: jiff::civil::Date,
    playbook: Arc<Playbook>,
    articles: Vec<Article>,
) -> Result<Mind, Failure> {
    let mind = Mind::with(settings.encoder(), playbook, articles, today)
        .map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?;
    by_server(settings, mind)
}

/// The playbook of a folder that holds `intents` and `playbook`, or of one of these two; else that of the settings.
fn playbook(settings: &Settings, within: Option<&Path>) -> Result<Playbook, Failure> {
    let mut folders = Folders::of(settings);
    if let Some(within) = within {
        let is_either = within.join("thresholds.toml").is_file() || within.ends_with("intents");
        let root = if is_either { within.join("..") } else { within.to_owned() };
        folders.intents = root.join("intents");
        folders.playbook =
            if is_either && !within.ends_with("intents") { within.into() } else { root.join("playbook") };
        for folder in [&folders.intents, &folders.playbook] {
            if !folder.is_dir() {
                return Err(Failure::Other(format!("There is no folder {}.", folder.display())));
            }
        }
    }
    Ok(seeds::read_playbook(&folders)?)
}

/// JSON lines, read one at a time; empty lines are passed over.
struct JsonLines {
    path: PathBuf,
    reader: BufReader<File>,
    line: usize,
    progress: Progress,
}

impl JsonLines {
    /// `what` names the lines in the progress.
    fn open(path: &Path, what: &'static str) -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| Failure::Other(format!("{} cannot be read: {error}.", path.display()));
        let file = File::open(path).map_err(cannot)?;
        let metadata = file.metadata().map_err(cannot)?;
        if metadata.is_dir() {
            return Err(Failure::Other(format!("{} is a folder, not a file of JSON lines.", path.display())));
        }
        let progress = Progress::new(what, metadata.len());
        Ok(JsonLines { path: path.to_owned(), reader: BufReader::new(file), line: 0, progress })
    }

    /// The next line's value; its number is `self.line`. `None` at the end.
    fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Failure> {
        loop {
            let mut bytes = Vec::new();
            let read = self.reader.read_until(b'\n', &mut bytes).map_err(|error| self.error(error.to_string()))?;
            if read == 0 {
                self.progress.end();
                return Ok(None);
            }
            self.line += 1;
            let text = std::str::from_utf8(&bytes).map_err(|_| self.error("not UTF-8".into()))?;
            let text = text.trim_start_matches('\u{feff}').trim();
            if !text.is_empty() {
                let value = serde_json::from_str(text).map_err(|error| {
                    let told = error.to_string();
                    let place = format!(" at line {} column {}", error.line(), error.column());
                    self.error(format!("{} (column {})", told.trim_end_matches(&place), error.column()))
                })?;
                self.progress.advance(read as u64);
                return Ok(Some(value));
            }
        }
    }

    /// A mistake on the line read last.
    fn error(&self, message: String) -> Failure {
        self.progress.end();
        FileError { path: self.path.display().to_string(), line: self.line, message: Sentence::english(message) }.into()
    }

    /// Something worth knowing about the line read last that does not end it.
    fn warn(&self, message: &str) {
        self.progress.end();
        eprintln!("warmline: {}:{}: {message}", self.path.display(), self.line);
    }

    /// Measures of nothing say nothing.
    fn must_have(&self, count: usize) -> Result<(), Failure> {
        if count > 0 {
            return Ok(());
        }
        let message = "the file holds no lines to measure".to_owned();
        Err(FileError { path: self.path.display().to_string(), line: 0, message: Sentence::english(message) }.into())
    }
}

/// One line on a terminal that says how far it is.
struct Progress {
    what: &'static str,
    total_bytes: u64,
    done_bytes: u64,
    lines: usize,
    shown_at: Option<Instant>,
    is_terminal: bool,
}

impl Progress {
    const EVERY: Duration = Duration::from_millis(100);

    fn new(what: &'static str, total_bytes: u64) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        Progress { what, total_bytes, done_bytes: 0, lines: 0, shown_at: None, is_terminal }
    }

    fn advance(&mut self, bytes: u64) {
        self.done_bytes += bytes;
        self.lines += 1;
        if self.is_terminal && self.shown_at.is_none_or(|at| at.elapsed() >= Self::EVERY) {
            self.shown_at = Some(Instant::now());
            let percent = self.done_bytes * 100 / self.total_bytes.max(1);
            eprint!("\r\x1b[K{} {} ({percent} %)", self.lines, self.what);
        }
    }

    /// Takes the line away, so that what follows stands alone.
    fn end(&self) {
        if self.is_terminal && self.shown_at.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

/// What was found for each line, written as it is found; nothing without a path.
struct Output {
    path: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl Output {
    fn create(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Output { path: PathBuf::new(), writer: None }) };
        let file = File::create(path)
            .map_err(|error| Failure::Other(format!("{} cannot be written: {error}.", path.display())))?;
        Ok(Output { path: path.to_owned(), writer: Some(BufWriter::new(file)) })
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), Failure> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let written = serde_json::to_writer(&mut *writer, line)
            .map_err(std::io::Error::from)
            .and_then(|()| writer.write_all(b"\n"));
        written.map_err(|error| self.cannot(&error))
    }

    fn close(mut self) -> Result<(), Failure> {
        let flushed = self.writer.as_mut().map_or(Ok(()), Write::flush);
        flushed.map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &std::io::Error) -> Failure {
        Failure::Other(format!("{} cannot be written: {error}.", self.path.display()))
    }
}

/// A measure as people read it: four places are more than the data can tell.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
