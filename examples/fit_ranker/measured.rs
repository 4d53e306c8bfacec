//! Questions as the search answers them: their candidates' features, and which are right.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use warmline::{
    domain::playbook::Playbook,
    nlu::{self, Features, Hit, Topic, shifts},
    search::{Encoder, Index},
};
use warmline_vectors::Row;

use crate::data::Task;

/// What questions mean, by their normal form.
pub type Meanings = HashMap<String, Row>;

/// One candidate of a question.
pub struct Candidate {
    pub features: Features,
    pub is_right: bool,
    /// What the playbook's doubts take from the log-odds of every article where this one is the best.
    pub doubt: f32,
}

/// A question's candidates, those that explain most of it first.
pub struct Asked {
    pub candidates: Vec<Candidate>,
}

/// A task's questions, answered.
pub struct Measured<'a> {
    pub task: &'a Task,
    /// For each question, whether an article answers it at all.
    pub answerable: Vec<bool>,
    pub asked: Vec<Asked>,
}

impl Measured<'_> {
    /// What one question weighs in a fit: tasks weigh the same.
    pub fn weight(&self) -> f64 {
        1.0 / self.asked.len() as f64
    }
}

/// Of all questions, each once.
pub fn meanings(playbook: &Playbook, tasks: &[Task], encoder: &Encoder) -> Meanings {
    let all: HashSet<String> =
        tasks.iter().flat_map(|task| &task.questions).map(|line| nlu::read(playbook, &line.text).normal).collect();
    on_all_cores(&Vec::from_iter(all), |normal| (normal.clone(), Row::new(&encoder.vector(normal))))
        .into_iter()
        .collect()
}

pub fn measure<'a>(
    playbook: &Playbook,
    tasks: &'a [Task],
    encoder: Option<&Encoder>,
    meanings: &Meanings,
) -> Result<Vec<Measured<'a>>> {
    on_all_cores(&Vec::from_iter(tasks), |task| {
        let index = Index::build(&task.articles, playbook, jiff::civil::date(2026, 1, 1), encoder)?;
        let asked = task.questions.iter().map(|line| {
            let utterance = nlu::read(playbook, &line.text);
            let meaning = encoder.and_then(|_| meanings.get(&utterance.normal));
            let mut hits = index.candidates(&utterance.question, meaning);
            hits.sort_by(|a, b| b.features.explained.total_cmp(&a.features.explained));
            let is_right = |topic: &Topic| matches!(topic, Topic::Article(id) if Some(id) == line.intent.as_ref());
            let doubt = |hit: &Hit| {
                let doubts = shifts::doubts(playbook, &utterance, &hit.phrasing);
                doubts.iter().map(|doubt| doubt.log_odds).sum()
            };
            let candidate =
                |hit: &Hit| Candidate { features: hit.features, is_right: is_right(&hit.topic), doubt: doubt(hit) };
            Asked { candidates: hits.iter().map(candidate).collect() }
        });
        let asked = asked.collect();
        let known: HashSet<&String> = task.articles.iter().map(|article| &article.id).collect();
        let has = |intent: &Option<String>| intent.as_ref().is_some_and(|intent| known.contains(intent));
        let answerable = task.questions.iter().map(|line| has(&line.intent)).collect();
        Ok(Measured { task, answerable, asked })
    })
    .into_iter()
    .collect()
}

/// In their order.
pub fn on_all_cores<T: Sync, U: Send>(items: &[T], make: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(item) = items.get(at) else { return made };
            made.push((at, make(item)));
        }
    };
    let mut made: Vec<(usize, U)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no thread of the measure panics")).collect()
    });
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, made)| made).collect()
}
