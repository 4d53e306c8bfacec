//! Every dialogue script in `tests/it/dialogues/` must read as the bot really answers.
//!
//! `UPDATE_SCRIPTS=1 cargo test --test it dialogues` rewrites them; the diff is then yours to read.

use std::{fs, path::Path};

use warmline::{
    domain::{EntryBody, Lang, Now, SourceFile},
    service::{
        mind::Mind,
        rehearsal::Rehearsal,
        script,
        seeds::{self, Folders},
    },
};

/// Sunday 2026-11-22, 10:00 in Taipei: scripts with dates always read the same.
fn now() -> Now {
    let zone = jiff::tz::TimeZone::get("Asia/Taipei").expect("the zone is bundled");
    Now { at: 1_795_312_800_000, zone }
}

/// The shop's own seeds.
fn demo() -> seeds::Seeds {
    seeds::read(&Folders::within(Path::new(env!("CARGO_MANIFEST_DIR")))).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_article_missing_in_the_shoppers_language_comes_in_the_nearest_with_a_line_that_says_so() {
    let now = now();
    for (kept, asked, line) in [
        (Lang::ZhHans, Lang::ZhHant, "還沒有繁體中文版"),
        (Lang::En, Lang::ZhHans, "还没有简体中文版"),
        (Lang::ZhHant, Lang::En, "not yet available in English"),
    ] {
        let mut seeds = demo();
        let article = seeds.articles.iter_mut().find(|article| article.id == "shipping-fee").expect("in the demo shop");
        let question = article.texts.exact(asked).expect("in all languages").questions[0].clone();
        // People ask in every language, the answer is written in one.
        let questions: Vec<String> = article.texts.0.values().flat_map(|text| text.questions.clone()).collect();
        article.texts.0.retain(|lang, _| *lang == kept);
        article.texts.0.values_mut().for_each(|text| text.questions.clone_from(&questions));
        let mind = Mind::new(seeds.playbook, seeds.articles, now.today()).expect("an index in memory");
        let mut rehearsal = Rehearsal::new(&mind, &seeds.shop, asked, now.clone());
        let step = rehearsal.say(&question, None);
        let answer = step.drafts.iter().find_map(|draft| match &draft.body {
            EntryBody::Message(message) => message.source.is_some().then(|| message.clone()),
            _ => None,
        });
        let answer = answer.unwrap_or_else(|| panic!("{question} is answered: {:?}", step.notes));
        assert_eq!(answer.source.map(|source| source.lang), Some(kept));
        assert!(answer.text.contains(line), "{}", answer.text);
    }
}

#[test]
fn dialogue_scripts_read_as_the_bot_answers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let now = now();
    let seeds = demo();
    let mind = Mind::new(seeds.playbook, seeds.articles, now.today()).expect("an index in memory");
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
