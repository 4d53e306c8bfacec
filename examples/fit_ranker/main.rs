//! Fits the ranker on real questions and writes models/ranker.json; before that it prints, for each body of data, what
//! weights fitted on the others do on it, beside BM25 on words: the tables of docs/measures.md.
//!
//! `cargo run --release --example fit_ranker -- DATA_DIR [models/ranker.json]`, where DATA_DIR holds `jddc`, `hint3`,
//! `clinc150`, `banking77` and `hwu64` as JSON lines of `{"text", "intent"}` (`null`: nothing should be answered).
//!
//! What is asked: `tune` where there is one, else what is left of the training data after five (two, eight) of each
//! topic are indexed; never what is indexed, however it is written.

use std::path::Path;

use anyhow::{Context, Result};
use warmline::{
    domain::playbook::{Playbook, SourceFile},
    nlu::ranking::{Ranker, Rankers},
    search::Encoder,
};

mod data;
mod fit;
mod measured;
mod table;
mod words;

use data::Task;
use measured::{Meanings, Measured};
use table::Body;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("say where the data is: fit_ranker DATA_DIR [OUT]")?;
    let out = arguments.next().unwrap_or_else(|| "models/ranker.json".to_owned());
    let playbook = Playbook::parse(&source_files("playbook")?)?;
    let tasks = data::tasks(Path::new(&folder))?;
    let jieba = jieba_rs::Jieba::new();
    let is_shown = |task: &&Task| task.phrasings == data::SHOWN;
    let by_words =
        measured::on_all_cores(&Vec::from_iter(tasks.iter().filter(is_shown)), |task| words::ask(&jieba, task));
    let fit = |encoder: Option<&Encoder>, meanings: &Meanings, answer: f32| -> Result<Ranker> {
        let measured = measured::measure(&playbook, &tasks, encoder, meanings)?;
        print(&measured, &by_words, answer);
        Ok(fit::fitted(measured.iter()))
    };
    println!("# Without vectors");
    let without_vectors = fit(None, &Meanings::new(), playbook.thresholds.answer)?;
    let encoder = Encoder::built_in().context("this command needs a build with the model")?;
    println!("\n# With vectors");
    let meanings = measured::meanings(&playbook, &tasks, encoder);
    let with_vectors = fit(Some(encoder), &meanings, playbook.thresholds.answer)?;
    std::fs::write(&out, serde_json::to_string_pretty(&Rankers { with_vectors, without_vectors })? + "\n")?;
    println!("\n{out} is written: cargo builds it in");
    Ok(())
}

/// Markdown tables.
fn print(measured: &[Measured<'_>], by_words: &[Vec<words::Found>], answer: f32) {
    let shown: Vec<&Measured<'_>> = measured.iter().filter(|measured| measured.task.phrasings == data::SHOWN).collect();
    let mut names: Vec<(&str, &str)> = Vec::new();
    for task in shown.iter().map(|measured| measured.task) {
        if !names.contains(&(task.data, task.name)) {
            names.push((task.data, task.name));
        }
    }
    let mut bodies: Vec<(&str, [Body; 3])> = Vec::new();
    let mut rankers: Vec<(&str, Ranker)> = Vec::new();
    for (data, name) in names {
        if !rankers.iter().any(|(of, _)| *of == data) {
            let others = measured.iter().filter(|measured| measured.task.data != data);
            rankers.push((data, fit::fitted(others)));
        }
        let Some((_, ranker)) = rankers.iter().find(|(of, _)| *of == data) else { continue };
        let body = |thinned: bool, doubts: bool| {
            let is_of = |task: &Task| task.name == name && task.without.is_some() == thinned;
            let tasks = shown.iter().copied().zip(by_words).filter(|(measured, _)| is_of(measured.task));
            Body::of(ranker, tasks, doubts)
        };
        bodies.push((name, [body(false, true), body(true, false), body(true, true)]));
    }
    println!("\n| all topics there | questions | recall@1 | recall@3 | AUROC of P1 |\n| --- | --- | --- | --- | --- |");
    for (name, [whole, ..]) in &bodies {
        let [first, three, auroc] =
            [table::recall_at_1, table::recall_at_3, table::auroc].map(|of| table::beside(whole, of));
        println!("| {name} | {} | {first} | {three} | {auroc} |", whole.questions());
    }
    println!(
        "\n| each third of the topics taken out in turn | answerable | AUROC of P1 | answered at {answer} | right of these | \
         right without doubts.toml |\n| --- | --- | --- | --- | --- | --- |"
    );
    for (name, [_, plain, doubting]) in &bodies {
        println!(
            "| {name} | {:.2} | {} | {} | {} | {} |",
            doubting.answerable(),
            table::beside(doubting, table::auroc),
            table::alone(doubting, |outcomes| table::coverage(outcomes, answer)),
            table::beside(doubting, |outcomes, who| table::precision(outcomes, who, answer)),
            table::alone(plain, |outcomes| table::precision(outcomes, 0, answer)),
        );
    }
    println!(
        "\n| precision of answers (share answered) at | .8 | .85 | .88 | .9 | .92 | .94 | .96 |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    for (name, [_, _, doubting]) in &bodies {
        let at = [0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.96].map(|threshold| table::at(doubting, threshold));
        println!("| {name} | {} |", at.join(" | "));
    }
}

fn source_files(folder: &str) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {folder}"))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        files.push(SourceFile { path: path.to_string_lossy().into_owned(), text });
    }
    Ok(files)
}
