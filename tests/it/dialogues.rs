//! Every dialogue script in `tests/it/dialogues/` must read as the bot really answers.
//!
//! `UPDATE_SCRIPTS=1 cargo test --test it dialogues` rewrites them; the diff is then yours to read.

use std::{fs, path::Path, sync::Arc};

use warmline::{
    domain::{Now, SourceFile},
    service::{
        mind::Mind,
        script,
        seeds::{self, Folders},
    },
};

/// Sunday 2026-11-22, 10:00 in Taipei: scripts with dates always read the same.
fn now() -> Now {
    let zone = jiff::tz::TimeZone::get("Asia/Taipei").expect("the zone is bundled");
    Now { at: 1_795_312_800_000, zone }
}

#[test]
fn dialogue_scripts_read_as_the_bot_answers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let now = now();
    let seeds = seeds::read(&Folders::within(root)).unwrap_or_else(|error| panic!("{error}"));
    let mind = Mind::new(Arc::new(seeds.playbook), seeds.articles, now.today()).expect("an index in memory");
    let mut paths: Vec<_> = fs::read_dir(root.join("tests/it/dialogues"))
        .expect("scripts are there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 60, "only {} scripts", paths.len());

    let mut wrong = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).expect("readable");
        let name = path.strip_prefix(root).expect("below the root").display().to_string();
        let file = SourceFile { path: name.clone(), text };
        match script::play(&file, &mind, &seeds.shop, &now) {
            Ok(played) if played == file.text => {}
            Ok(played) if std::env::var_os("UPDATE_SCRIPTS").is_some() => fs::write(path, played).expect("writable"),
            Ok(played) => wrong.push(format!("{name}\n--- written\n{}\n--- played\n{played}", file.text)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(wrong.is_empty(), "{} of {} scripts differ:\n{}", wrong.len(), paths.len(), wrong.join("\n"));
}
