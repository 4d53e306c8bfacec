//! The rival: BM25 over the words of jieba, as most would build it (k1 1.2, b .75), one document per phrasing.
//!
//! It gets our normal form, so that scripts meet; without that it would find nothing of the other script.

use std::collections::HashMap;

use jieba_rs::Jieba;
use warmline::language;

use crate::data::Task;

const K1: f64 = 1.2;
const B: f64 = 0.75;

/// The best article of one question by words alone.
pub struct Found {
    pub score: f64,
    /// Whether the first is right, and one of the first three.
    pub right: [bool; 2],
}

pub fn ask(jieba: &Jieba, task: &Task) -> Vec<Found> {
    let words = |text: &str| -> Vec<String> {
        let normal = language::normalise(text);
        let words = jieba.cut(&normal, true);
        let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
        words.iter().map(|token| token.word).filter(is_word).map(str::to_owned).collect()
    };
    let mut phrasings: Vec<(&str, HashMap<String, f64>, f64)> = Vec::new();
    let mut holders: HashMap<String, f64> = HashMap::new();
    for article in &task.articles {
        for text in article.texts.0.values() {
            for phrasing in text.questions.iter().chain([&text.title]) {
                let mut counts: HashMap<String, f64> = HashMap::new();
                let all = words(phrasing);
                let length = all.len() as f64;
                all.into_iter().for_each(|word| *counts.entry(word).or_default() += 1.0);
                counts.keys().for_each(|word| *holders.entry(word.clone()).or_default() += 1.0);
                phrasings.push((&article.id, counts, length));
            }
        }
    }
    let all = phrasings.len() as f64;
    let mean = phrasings.iter().map(|(_, _, length)| length).sum::<f64>() / all;
    let idf = |word: &str| {
        let holders = holders.get(word).copied().unwrap_or(0.0);
        (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
    };
    let answer = |text: &str, intent: Option<&str>| {
        let asked = words(text);
        let mut best: HashMap<&str, f64> = HashMap::new();
        for (id, counts, length) in &phrasings {
            let part = |word: &String| {
                let count = counts.get(word)?;
                Some(idf(word) * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / mean)))
            };
            let score: f64 = asked.iter().filter_map(part).sum();
            let known = best.entry(id).or_default();
            *known = known.max(score);
        }
        let mut ranked: Vec<(&str, f64)> = best.into_iter().filter(|(_, score)| *score > 0.0).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let is_right = |(id, _): &(&str, f64)| Some(*id) == intent;
        Found {
            score: ranked.first().map_or(0.0, |(_, score)| *score),
            right: [ranked.first().is_some_and(is_right), ranked.iter().take(3).any(is_right)],
        }
    };
    task.questions.iter().map(|line| answer(&line.text, line.intent.as_deref())).collect()
}
