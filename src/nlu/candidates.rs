//! A message read once, what the search hands back for it, and how sure we are of each candidate.

use serde::Serialize;

use super::{ArticleMatch, IntentMatch, MatchedBy};
use crate::{
    domain::{
        Lang,
        playbook::{Intent, Playbook, ScoreWeights},
    },
    language::{self, Shape},
};

/// A message in the forms that everything else works on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Utterance {
    /// As typed, cut to what is read (`max_understood_chars`).
    pub raw: String,
    pub shape: Shape,
    pub lang: Option<Lang>,
    /// In normal form.
    pub normal: String,
    pub question: Question,
}

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// Normal form with synonyms rewritten.
    pub text: String,
    /// Of `text`, in order, repeated as they occur.
    pub terms: Vec<String>,
    pub lang: Option<Lang>,
}

pub fn read(playbook: &Playbook, text: &str) -> Utterance {
    let limit = playbook.thresholds.max_understood_chars;
    let raw = text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end]).to_owned();
    let normal = language::normalise(&raw);
    let lang = language::detect(&raw);
    let text = playbook.synonyms.rewrite(&normal);
    let question = Question { terms: language::terms(&text), text, lang };
    Utterance { shape: language::shape(&raw), lang, normal, question, raw }
}

/// What a phrasing stands for. Articles and intents lie in one index and compete on one scale.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Topic {
    Article(String),
    Intent(String),
}

/// One topic that the search found, by its best phrasing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    pub topic: Topic,
    pub phrasing: String,
    pub lang: Lang,
    pub features: Features,
}

/// Why a candidate scored as it did; shown by `warmline ask` and the test bench. Shares are 0 to 1, by idf weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Features {
    /// BM25 of the best phrasing, as a share of the most this question could reach.
    pub bm25: f32,
    /// Share of the question's weight found in the phrasing.
    pub query_coverage: f32,
    /// Share of the phrasing's weight found in the question.
    pub phrasing_coverage: f32,
    /// Share of the question's weight found in any of the topic's phrasings that came back.
    pub topic_coverage: f32,
    /// Mutual coverage (geometric mean) ahead of the best other topic of the same kind; negative when behind.
    pub lead: f32,
    /// Different terms of the question.
    pub length: u32,
    /// The phrasing says the same, sign for sign.
    pub exact: bool,
}

impl Features {
    pub fn mutual(&self) -> f32 {
        (self.query_coverage * self.phrasing_coverage).sqrt()
    }

    /// 0 to 1: about how often a candidate like this one is right.
    pub fn confidence(&self, weights: &ScoreWeights) -> f32 {
        if self.exact {
            return 1.0;
        }
        let sum = weights.bias
            + weights.query_coverage * self.query_coverage
            + weights.phrasing_coverage * self.phrasing_coverage
            + weights.topic_coverage * self.topic_coverage
            + weights.mutual * self.mutual()
            + weights.bm25 * self.bm25
            + weights.lead * self.lead
            + weights.length * self.length_feature();
        1.0 / (1.0 + (-sum).exp())
    }

    /// ln(1 + length), at most 4: a long question covered is more telling than a short one.
    pub fn length_feature(&self) -> f32 {
        (1.0 + self.length as f32).ln().min(4.0)
    }
}

/// Best first, each article once.
pub fn articles(playbook: &Playbook, hits: &[Hit]) -> Vec<ArticleMatch> {
    let weights = &playbook.thresholds.score;
    let mut matches: Vec<ArticleMatch> = hits
        .iter()
        .filter_map(|hit| match &hit.topic {
            Topic::Article(id) => Some(ArticleMatch {
                id: id.clone(),
                score: hit.features.confidence(weights),
                phrasing: hit.phrasing.clone(),
                lang: hit.lang,
                features: hit.features,
            }),
            Topic::Intent(_) => None,
        })
        .collect();
    matches.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    matches
}

/// Best first, each intent once: those whose pattern fits, the longest fit first, then those of similar examples.
pub fn intents(playbook: &Playbook, utterance: &Utterance, hits: &[Hit]) -> Vec<IntentMatch> {
    let mut sure: Vec<IntentMatch> = playbook
        .intents
        .values()
        .filter_map(|intent| {
            let by = MatchedBy::Pattern(pattern_match(intent, utterance)?);
            Some(IntentMatch { name: intent.name.clone(), score: 1.0, by })
        })
        .collect();
    let length = |intent: &IntentMatch| match &intent.by {
        MatchedBy::Pattern(text) | MatchedBy::Example(text) => text.chars().count(),
    };
    sure.sort_by_key(|intent| std::cmp::Reverse(length(intent)));
    let weights = &playbook.thresholds.score;
    let mut similar: Vec<IntentMatch> = hits
        .iter()
        .filter_map(|hit| match &hit.topic {
            Topic::Intent(name) if sure.iter().all(|intent| intent.name != *name) => Some(IntentMatch {
                name: name.clone(),
                score: hit.features.confidence(weights),
                by: MatchedBy::Example(hit.phrasing.clone()),
            }),
            _ => None,
        })
        .collect();
    similar.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
    sure.extend(similar);
    sure
}

/// The words that fit, as said or with synonyms rewritten, unless one of `unless` fits too.
fn pattern_match(intent: &Intent, utterance: &Utterance) -> Option<String> {
    let forms = [utterance.normal.as_str(), utterance.question.text.as_str()];
    let is_off = || intent.unless.iter().any(|unless| forms.iter().any(|form| unless.is_match(form)));
    let found = forms
        .iter()
        .flat_map(|form| intent.patterns.iter().filter_map(|pattern| pattern.find(form)))
        .map(|found| found.as_str())
        .filter(|found| !found.is_empty())
        .max_by_key(|found| found.chars().count())?;
    (!is_off()).then(|| found.to_owned())
}
