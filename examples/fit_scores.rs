//! Measures how well questions find their topic and how honest the confidence is; with `--fit` it also prints the
//! weights for `[score]` in playbook/thresholds.toml, fitted on what it measured.
//!
//! `cargo run --release --example fit_scores -- [--fit] DATA_DIR`, where DATA_DIR holds `jddc`, `hint3`, `clinc150` and
//! `banking77` as JSON lines of `{"text", "intent"}` (`null`: nothing should be answered).

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use serde::Deserialize;
use warmline::{
    domain::{
        Article, ArticleText, ByLang, Lang,
        article::ArticleStatus,
        playbook::{Playbook, ScoreWeights, SourceFile},
    },
    nlu::{self, Features, Topic},
    search::Index,
};

const PHRASINGS: usize = 5;
/// Candidates of one question that the fit looks at: the best by mutual coverage.
const CONSIDERED: usize = 8;
/// Keeps overlapping features from taking huge weights of opposite sign.
const RIDGE: f64 = 1e-4;

#[derive(Deserialize, Clone)]
struct Row {
    text: String,
    intent: Option<String>,
}

/// One knowledge base and questions to it.
struct Task {
    name: String,
    articles: Vec<Article>,
    questions: Vec<Row>,
}

/// A question's candidates, each with whether it is right.
type Asked = Vec<(Features, bool)>;

fn main() -> Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let fit = arguments.iter().position(|argument| argument == "--fit").map(|at| arguments.remove(at)).is_some();
    let folder = arguments.first().context("say where the data is: fit_scores [--fit] DATA_DIR")?;
    let playbook = Playbook::parse(&source_files(&["playbook"])?)?;
    let mut measured = Vec::new();
    for task in tasks(Path::new(folder))? {
        let asked = ask(&playbook, &task)?;
        measured.push((task.name, asked));
    }
    let mut weights = playbook.thresholds.score;
    if fit {
        weights = fit_weights(&measured);
        println!("{weights:#?}\n");
    }
    for (name, asked) in &measured {
        report(name, asked, &weights);
    }
    let all: Vec<Asked> = measured.into_iter().flat_map(|(_, asked)| asked).collect();
    report("all", &all, &weights);
    Ok(())
}

fn source_files(folders: &[&str]) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {folder}"))? {
            let path = entry?.path();
            let text = std::fs::read_to_string(&path)?;
            files.push(SourceFile { path: path.to_string_lossy().into_owned(), text });
        }
    }
    Ok(files)
}

fn rows(path: &Path) -> Result<Vec<Row>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// The first phrasings of each topic become its article, the title being the first; what is left are questions.
fn split(rows: Vec<Row>, lang: Lang) -> (Vec<Article>, Vec<Row>) {
    let mut topics: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut left = Vec::new();
    for row in rows {
        match &row.intent {
            Some(intent) if topics.get(intent).is_none_or(|known| known.len() < PHRASINGS) => {
                topics.entry(intent.clone()).or_default().push(row.text);
            }
            _ => left.push(row),
        }
    }
    let article = |(id, mut questions): (String, Vec<String>)| {
        let text = ArticleText { title: questions.remove(0), questions, body: "-".to_owned() };
        Article {
            id,
            status: ArticleStatus::Published,
            category: String::new(),
            products: Vec::new(),
            valid_from: None,
            valid_until: None,
            texts: ByLang(BTreeMap::from([(lang, text)])),
            version: 1,
        }
    };
    (topics.into_iter().map(article).collect(), left)
}

fn tasks(folder: &Path) -> Result<Vec<Task>> {
    let base = |file: &str, lang| -> Result<Vec<Article>> { Ok(split(rows(&folder.join(file))?, lang).0) };
    let rest = |file: &str| -> Result<(Vec<Article>, Vec<Row>)> { Ok(split(rows(&folder.join(file))?, Lang::En)) };
    let every = |rows: Vec<Row>, step: usize| rows.into_iter().step_by(step).collect::<Vec<_>>();
    let (mattress, mattress_rest) = rest("hint3/sofmattress_train.jsonl")?;
    let (kart, kart_rest) = rest("hint3/curekart_train.jsonl")?;
    let (bank, bank_rest) = rest("banking77/train.jsonl")?;
    let jddc = rows(&folder.join("jddc/tune.hans.jsonl"))?;
    let hant = rows(&folder.join("jddc/tune.hant.jsonl"))?;
    let clinc = rows(&folder.join("clinc150/tune.jsonl"))?;
    let full = [
        ("jddc", base("jddc/kb.hans.jsonl", Lang::ZhHans)?, jddc),
        ("jddc, asked in hant", base("jddc/kb.hans.jsonl", Lang::ZhHans)?, hant),
        ("sofmattress", mattress, mattress_rest),
        ("curekart", kart, kart_rest),
        ("banking77", bank, every(bank_rest, 6)),
        ("clinc150", base("clinc150/train10.jsonl", Lang::En)?, every(clinc, 2)),
    ]
    .map(|(name, articles, questions)| Task { name: name.to_owned(), articles, questions });
    let thinned: Vec<Task> = full.iter().map(thin).collect();
    Ok(full.into_iter().chain(thinned).collect())
}

/// The same with every third topic taken out of the knowledge base. The questions to those stay: in the shop's field,
/// but nothing answers them. These near misses are what a bot must not answer.
fn thin(task: &Task) -> Task {
    let is_kept = |(index, _): &(usize, &Article)| index % 3 != 0;
    let articles = task.articles.iter().enumerate().filter(is_kept).map(|(_, article)| article.clone()).collect();
    Task { name: format!("{}, thinned", task.name), articles, questions: task.questions.clone() }
}

fn ask(playbook: &Playbook, task: &Task) -> Result<Vec<Asked>> {
    let index = Index::build(&task.articles, playbook, jiff::civil::date(2026, 1, 1))?;
    let started = std::time::Instant::now();
    let mut asked = Vec::with_capacity(task.questions.len());
    for row in &task.questions {
        let hits = index.candidates(&nlu::read(playbook, &row.text).question);
        let is_right = |topic: &Topic| matches!(topic, Topic::Article(id) if Some(id) == row.intent.as_ref());
        asked.push(hits.iter().take(CONSIDERED).map(|hit| (hit.features, is_right(&hit.topic))).collect());
    }
    let us = started.elapsed().as_micros() / task.questions.len().max(1) as u128;
    println!("{}: {} topics, {} questions, {us} µs each", task.name, task.articles.len(), task.questions.len());
    Ok(asked)
}

fn report(name: &str, all: &[Asked], weights: &ScoreWeights) {
    let mut first = Vec::new();
    let mut in_three = 0;
    for asked in all {
        let mut ranked: Vec<(f32, bool)> = asked.iter().map(|(f, right)| (f.confidence(weights), *right)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        in_three += usize::from(ranked.iter().take(3).any(|(_, right)| *right));
        first.push(ranked.first().copied().unwrap_or((0.0, false)));
    }
    let n = all.len() as f32;
    let right = first.iter().filter(|(_, right)| *right).count() as f32;
    let surprise = |(p, right): &(f32, bool)| -(if *right { *p } else { 1.0 - p }).max(0.001).ln();
    let surprise = first.iter().map(surprise).sum::<f32>() / n;
    println!("\n{name}: recall@1 {:.3}, recall@3 {:.3}, log loss {surprise:.4}", right / n, in_three as f32 / n);
    println!("  confidence   share  right");
    for band in 0..10 {
        let (low, high) = (band as f32 / 10.0, (band + 1) as f32 / 10.0);
        let in_band: Vec<bool> =
            first.iter().filter(|(p, _)| *p >= low && (*p < high || band == 9)).map(|(_, right)| *right).collect();
        let right = in_band.iter().filter(|right| **right).count() as f32;
        println!(
            "  {low:.1} to {high:.1}  {:6.3}  {:.3}",
            in_band.len() as f32 / n,
            right / in_band.len().max(1) as f32
        );
    }
}

/// The features in the order of [`ScoreWeights`], the bias first.
fn vector(features: &Features) -> [f64; 8] {
    [
        1.0,
        features.query_coverage,
        features.phrasing_coverage,
        features.topic_coverage,
        features.mutual(),
        features.bm25,
        features.lead,
        features.length_feature(),
    ]
    .map(f64::from)
}

/// Logistic regression by Newton's method; each task weighs the same, and so does each of its questions.
fn fit_weights(measured: &[(String, Vec<Asked>)]) -> ScoreWeights {
    let rows: Vec<([f64; 8], f64, f64)> = measured
        .iter()
        .flat_map(|(_, asked)| {
            let weight = 1.0 / (measured.len() * asked.len()) as f64;
            let rows = asked.iter().flatten().filter(|(features, _)| !features.exact);
            rows.map(move |(features, right)| (vector(features), f64::from(u8::from(*right)), weight))
        })
        .collect();
    let mut w = [0.0; 8];
    for _ in 0..25 {
        let mut gradient = w.map(|value: f64| -value * RIDGE);
        let mut hessian = [[0.0; 8]; 8];
        for (diagonal, row) in hessian.iter_mut().enumerate() {
            row[diagonal] = RIDGE;
        }
        for (x, y, weight) in &rows {
            let sum: f64 = x.iter().zip(&w).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            for (i, row) in hessian.iter_mut().enumerate() {
                gradient[i] += weight * (y - p) * x[i];
                row.iter_mut().zip(x).for_each(|(cell, xj)| *cell += weight * p * (1.0 - p) * x[i] * xj);
            }
        }
        let step = solve(hessian, gradient);
        w.iter_mut().zip(step).for_each(|(w, step)| *w += step);
    }
    let [bias, query_coverage, phrasing_coverage, topic_coverage, mutual, bm25, lead, length] = w.map(|w| w as f32);
    ScoreWeights { bias, query_coverage, phrasing_coverage, topic_coverage, mutual, bm25, lead, length }
}

/// Gaussian elimination; the matrix is positive definite, so no pivot is needed.
fn solve(mut matrix: [[f64; 8]; 8], mut right: [f64; 8]) -> [f64; 8] {
    for pivot in 0..8 {
        let row = matrix[pivot];
        for below in pivot + 1..8 {
            let factor = matrix[below][pivot] / row[pivot];
            (pivot..8).for_each(|column| matrix[below][column] -= factor * row[column]);
            right[below] -= factor * right[pivot];
        }
    }
    for pivot in (0..8).rev() {
        let known: f64 = (pivot + 1..8).map(|column| matrix[pivot][column] * right[column]).sum();
        right[pivot] = (right[pivot] - known) / matrix[pivot][pivot];
    }
    right
}
