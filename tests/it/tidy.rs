//! House rules run as tests: layers, openings, sizes, and data that does not belong into code.

use std::path::{Path, PathBuf};

/// Values in, values out.
const PURE: [&str; 6] = ["domain", "language", "nlu", "dialogue", "desk", "policy"];

/// What a pure folder must not touch, and why nothing there needs it.
const IMPURE: [&str; 13] = [
    "sqlx::",
    "axum::",
    "tokio::",
    "tokio_util::",
    "tantivy::",
    "std::fs",
    "std::env",
    "std::net",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "getrandom",
    "async fn",
];

/// Lines of a source file without its tests.
const MAX_LINES: usize = 520;

struct Source {
    path: PathBuf,
    /// Relative to the repository, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// Without unit tests at the end.
    fn code(&self) -> &str {
        self.text.split("\n#[cfg(test)]").next().unwrap_or_default()
    }

    fn is_in(&self, folder: &str) -> bool {
        self.name.starts_with(&format!("src/{folder}/"))
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                found.push(Source { path, name, text });
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// Each offending line as `path:line: why`.
fn offences(sources: &[Source], why: &str, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (number, line) in (1..).zip(source.code().lines()) {
            if !line.trim_start().starts_with("//") && is_wrong(line) {
                found.push(format!("{}:{number}: {why}: {}", source.name, line.trim()));
            }
        }
    }
    found
}

fn none(offences: Vec<String>) {
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn pure_folders_stay_pure() {
    let pure: Vec<_> =
        sources("src").into_iter().filter(|source| PURE.iter().any(|folder| source.is_in(folder))).collect();
    none(offences(&pure, "a pure folder has no I/O, clock, randomness or async", |line| {
        IMPURE.iter().any(|word| line.contains(word))
    }));
    none(offences(&pure, "a pure folder knows no shell", |line| {
        ["store", "search", "bus", "hub", "service", "worker", "web", "cli", "app", "clock", "config"]
            .iter()
            .any(|shell| line.contains(&format!("crate::{shell}::")))
    }));
}

#[test]
fn sql_lives_in_the_store_alone() {
    let others: Vec<_> = sources("src").into_iter().filter(|source| !source.is_in("store")).collect();
    none(offences(&others, "only src/store knows sqlx", |line| line.contains("sqlx::")));
    none(offences(&sources("src"), "static SQL only", |line| line.contains("AssertSqlSafe")));
}

#[test]
fn the_shells_of_the_house_do_not_know_each_other() {
    let all = sources("src");
    for (folder, strangers) in [
        ("store", ["web", "service", "hub", "bus"]),
        ("bus", ["web", "service", "hub", "store"]),
        ("shop", ["web", "service", "hub", "store"]),
    ] {
        let own: Vec<_> = all
            .iter()
            .filter(|source| source.is_in(folder))
            .map(|source| Source { path: source.path.clone(), name: source.name.clone(), text: source.text.clone() })
            .collect();
        for stranger in strangers {
            none(offences(&own, &format!("{folder} does not know {stranger}"), |line| {
                line.contains(&format!("crate::{stranger}::"))
            }));
        }
    }
    let services: Vec<_> = all.into_iter().filter(|source| source.is_in("service")).collect();
    none(offences(&services, "services know no HTTP", |line| line.contains("axum::") || line.contains("crate::web::")));
}

#[test]
fn chinese_words_are_data() {
    let is_han = |c: char| matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}');
    // Whole files of tests may quote shoppers, as `mod tests` may.
    let is_test = |name: &str| name.ends_with("/tests.rs") || name.ends_with("/testing.rs");
    let shipped: Vec<_> = sources("src").into_iter().filter(|source| !is_test(&source.name)).collect();
    none(offences(&shipped, "Chinese text belongs into data files", |line| {
        line.split("//").next().unwrap_or_default().chars().any(is_han)
    }));
}

/// What the server tells staff is told in their language: `web_console/strings/told.js` has each sentence's translations
/// (that both are there and name the same places is asked by `tests/browser/unit/told.test.mjs`).
#[test]
fn every_sentence_of_the_server_can_be_said_in_chinese() {
    let told = include_str!("../../web_console/strings/told.js");
    let (mut found, mut missing) = (0, Vec::new());
    for source in sources("src").iter().filter(|source| source.name != "src/domain/sentence.rs") {
        for made in source.code().split("sentence!(").skip(1) {
            let Some(literal) = made.trim_start().strip_prefix('"') else { continue };
            let mut escaped = false;
            let end = literal.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            // Rust and JavaScript escape a quote the same way.
            let literal = &literal[..end.expect("a literal ends")];
            found += 1;
            if !told.contains(&format!("\n  \"{literal}\": s(\"")) {
                missing.push(format!("{}: told.js does not translate {literal}", source.name));
            }
        }
    }
    assert!(found > 200, "{found} sentences read");
    none(missing);
}

#[test]
fn the_environment_is_read_in_one_file() {
    let others: Vec<_> = sources("src").into_iter().filter(|source| source.name != "src/config.rs").collect();
    none(offences(&others, "settings come from src/config.rs", |line| {
        line.contains("env::var") || line.contains("env::vars")
    }));
    let others: Vec<_> = sources("src").into_iter().filter(|source| source.name != "src/clock.rs").collect();
    none(offences(&others, "time is passed in; only src/clock.rs reads the clock", |line| {
        line.contains("SystemTime::now")
    }));
}

/// The suite of `tests/it/store` is stamped on SQLite and PostgreSQL, except for tests of one engine (`#[tokio::test]`
/// written out). Whatever is called there is shown on both.
#[test]
fn every_function_of_the_store_is_shown_on_both_databases() {
    let mut shown = String::new();
    for source in sources("tests/it/store") {
        let mut parts = source.text.split("\n#[tokio::test]");
        shown.push_str(parts.next().unwrap_or_default());
        // What follows the test that was written out.
        parts.for_each(|part| shown.push_str(part.split_once("\n}\n").map_or("", |(_, rest)| rest)));
    }
    let mut missing = Vec::new();
    for source in sources("src").iter().filter(|source| source.name.starts_with("src/store/")) {
        let module = source.path.file_stem().expect("a name").to_string_lossy().into_owned();
        for line in source.code().lines() {
            let Some((name, _)) = line.trim_start().strip_prefix("pub async fn ").and_then(|rest| rest.split_once('('))
            else {
                continue;
            };
            let calls = match line.starts_with(' ') {
                true => vec![format!(".{name}("), format!("Store::{name}(")],
                false => vec![format!("{module}::{name}(")],
            };
            if !calls.iter().any(|call| shown.contains(call)) {
                missing.push(format!("{}: {name} is not shown on both databases by tests/it/store", source.name));
            }
        }
    }
    none(missing);
}

#[test]
fn nothing_is_left_undone() {
    none(offences(&sources("src"), "unfinished", |line| {
        ["todo!(", "unimplemented!(", "dbg!(", "#[allow(dead_code)]", "unsafe {"].iter().any(|word| line.contains(word))
    }));
}

#[test]
fn a_file_opens_with_why_it_exists_and_is_small_enough_to_read() {
    let mut wrong = Vec::new();
    for source in sources("src").iter().chain(&sources("tests")) {
        if !source.text.starts_with("//! ") {
            wrong.push(format!("{} does not open with a `//!` sentence", source.name));
        }
        let lines = source.code().lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{} has {lines} lines: which noun wants a file of its own?", source.name));
        }
    }
    none(wrong);
}

#[test]
fn tests_wait_for_events_and_never_sleep() {
    let sleep = ["::sl", "eep("].concat();
    let tests = sources("tests");
    none(offences(&tests, "wait for a frame instead", |line| line.contains(&sleep)));
}
