//! A message read once, what the search hands back for it, and how sure we are of each candidate.

use serde::Serialize;

use super::{ArticleMatch, IntentMatch, MatchedBy, Shift, ranking::rank, shifts};
use crate::{
    domain::{
        Lang,
        playbook::{Intent, Playbook},
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
    /// What its vector is computed of: normal form without what only says who or which order it is.
    pub spoken: String,
    pub lang: Option<Lang>,
    /// This topic's phrasings that say the same are passed over, as if nobody had written them.
    pub unseen_of: Option<Topic>,
}

pub fn read(playbook: &Playbook, text: &str) -> Utterance {
    let limit = playbook.thresholds.max_understood_chars;
    let raw = text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end]).to_owned();
    let normal = language::normalise(&raw);
    let lang = language::detect(&raw);
    let text = playbook.synonyms.rewrite(&normal);
    let question = Question { terms: language::terms(&text), text, spoken: normal.clone(), lang, unseen_of: None };
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
    /// How much of the question this topic's phrasings explain that other topics' do not, in terms and meaning.
    pub explained: f32,
    pub explained_by_terms: f32,
    pub explained_by_meaning: f32,
    /// Of the phrasing nearest in meaning, and the mean of the nearest three.
    pub cosine: f32,
    pub best_cosines: f32,
    /// The same of TF-IDF terms.
    pub tfidf: f32,
    pub best_tfidfs: f32,
    /// BM25 of the best phrasing, as a share of the most this question could reach.
    pub bm25: f32,
    /// Share of the question's weight found in the phrasing that shares most.
    pub query_coverage: f32,
    /// Share of that phrasing's weight found in the question.
    pub phrasing_coverage: f32,
    /// Share of the question's weight found in any of the topic's phrasings that came back.
    pub topic_coverage: f32,
    /// The shorter of question and that phrasing to the longer, in terms.
    pub length_ratio: f32,
    /// Different terms of the question.
    pub length: u32,
    /// The phrasing says the same, sign for sign.
    pub exact: bool,
}

impl Features {
    /// Geometric mean of both coverages.
    pub fn mutual(&self) -> f32 {
        (self.query_coverage * self.phrasing_coverage).sqrt()
    }
}

/// Best first, each article once; and what moved their scores.
pub fn articles(playbook: &Playbook, utterance: &Utterance, hits: &[Hit]) -> (Vec<ArticleMatch>, Vec<Shift>) {
    let is_article = |hit: &&Hit| matches!(hit.topic, Topic::Article(_));
    let matches = rank(hits.iter().filter(is_article)).into_iter().filter_map(|ranked| match &ranked.hit.topic {
        Topic::Article(id) => Some(ArticleMatch {
            id: id.clone(),
            score: ranked.score,
            phrasing: ranked.hit.phrasing.clone(),
            lang: ranked.hit.lang,
            features: ranked.hit.features,
        }),
        Topic::Intent(_) => None,
    });
    let mut found: Vec<ArticleMatch> = matches.collect();
    let phrasing = found.first().map(|first| first.phrasing.as_str());
    let shifts = phrasing.map_or_else(Vec::new, |phrasing| shifts::doubts(playbook, utterance, phrasing));
    shifts::apply(&mut found, shifts.iter().map(|shift| shift.log_odds).sum());
    (found, shifts)
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
        MatchedBy::Pattern(text) | MatchedBy::Example(text) | MatchedBy::Cue(text) => text.chars().count(),
    };
    sure.sort_by_key(|intent| std::cmp::Reverse(length(intent)));
    let doubts = shifts::doubts_of_intents(playbook, utterance);
    let is_intent = |hit: &&Hit| matches!(hit.topic, Topic::Intent(_));
    let mut similar: Vec<IntentMatch> = rank(hits.iter().filter(is_intent))
        .into_iter()
        .filter_map(|ranked| match &ranked.hit.topic {
            Topic::Intent(name) if sure.iter().all(|intent| intent.name != *name) => Some(IntentMatch {
                name: name.clone(),
                score: shifts::doubted(&doubts, ranked.score, &ranked.hit.phrasing),
                by: MatchedBy::Example(ranked.hit.phrasing.clone()),
            }),
            _ => None,
        })
        .collect();
    similar.sort_by(|a, b| b.score.total_cmp(&a.score));
    sure.extend(similar);
    sure
}

/// The words that fit, as said or with synonyms rewritten, unless one of `unless` fits too.
fn pattern_match(intent: &Intent, utterance: &Utterance) -> Option<String> {
    let (said, rewritten) = (utterance.normal.as_str(), utterance.question.text.as_str());
    let forms: &[&str] = if said == rewritten { &[said] } else { &[said, rewritten] };
    let is_off = || intent.unless.iter().any(|unless| forms.iter().any(|form| unless.is_match(form)));
    let found = forms
        .iter()
        .flat_map(|form| intent.patterns.iter().filter_map(|pattern| pattern.find(form)))
        .map(|found| found.as_str())
        .filter(|found| !found.is_empty())
        .max_by_key(|found| found.chars().count())?;
    (!is_off()).then(|| found.to_owned())
}
