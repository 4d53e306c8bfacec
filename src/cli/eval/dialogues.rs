//! `warmline eval dialogues`: plays dialogue scripts and tells which of them read otherwise.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use crate::{
    config::Settings,
    domain::{Now, SourceFile},
    error::Failure,
    service::{
        mind::Mind,
        script,
        seeds::{self, Folders},
    },
};

/// Each `*.txt` of the folder says what a shopper types and what the bot answers (`>` and `<`, as those in
/// tests/it/dialogues). It is played with knowledge base, playbook and orders of the settings' folders.
/// Exit code 1 when one reads otherwise than it is played.
#[derive(Args)]
pub struct DialoguesArgs {
    /// Folder of scripts
    dir: PathBuf,
    /// The moment at which they play
    #[arg(long, value_name = "TIME", default_value = "2026-11-22T02:00:00Z")]
    at: jiff::Timestamp,
    /// Write them as they are played, for you to read the difference
    #[arg(long)]
    update: bool,
}

#[derive(Serialize)]
pub struct Report {
    scripts: usize,
    passed: usize,
    updated: usize,
    failed: Vec<Failed>,
}

impl Report {
    pub fn is_well(&self) -> bool {
        self.failed.is_empty()
    }
}

/// The first line that differs.
#[derive(Serialize)]
struct Failed {
    file: String,
    line: usize,
    /// `None`: the script, or what was played, ends before.
    written: Option<String>,
    played: Option<String>,
}

pub fn run(settings: &Settings, args: &DialoguesArgs) -> Result<Report, Failure> {
    let seeds = seeds::read(&Folders::of(settings))?;
    let now = Now { at: args.at.as_millisecond(), zone: settings.zone.clone() };
    let mind: Mind = super::mind_on(settings, now.today(), seeds.playbook, seeds.articles)?;
    let mut report = Report { scripts: 0, passed: 0, updated: 0, failed: Vec::new() };
    for path in scripts(&args.dir)? {
        let name = path.display().to_string();
        let text =
            fs::read_to_string(&path).map_err(|error| Failure::Other(format!("{name} cannot be read: {error}.")))?;
        let file = SourceFile { path: name.clone(), text };
        let played = script::play(&file, &mind, &seeds.shop, &now)?;
        report.scripts += 1;
        match difference(&file.text, &played) {
            None => report.passed += 1,
            Some(_) if args.update => {
                fs::write(&path, played)
                    .map_err(|error| Failure::Other(format!("{name} cannot be written: {error}.")))?;
                report.updated += 1;
            }
            Some((line, written, played)) => report.failed.push(Failed { file: name, line, written, played }),
        }
    }
    Ok(report)
}

/// By name.
fn scripts(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error: std::io::Error| Failure::Other(format!("{} cannot be read: {error}.", dir.display()));
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(Failure::Other(format!("{} holds no scripts (*.txt).", dir.display())));
    }
    paths.sort();
    Ok(paths)
}

/// The first line (from 1) that is not the same in both, as each has it.
fn difference(written: &str, played: &str) -> Option<(usize, Option<String>, Option<String>)> {
    let (mut written, mut played) = (written.lines(), played.lines());
    (1..).find_map(|line| match (written.next(), played.next()) {
        (None, None) => Some(None),
        (one, other) if one == other => None,
        (one, other) => Some(Some((line, one.map(str::to_owned), other.map(str::to_owned)))),
    })?
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_first_line_that_differs_is_told_as_each_has_it() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\n", "a\nc\n"), Some((2, Some("b".into()), Some("c".into()))));
        assert_eq!(difference("a\n", "a\nc\n"), Some((2, None, Some("c".into()))));
    }
}
