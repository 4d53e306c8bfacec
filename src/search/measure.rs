//! How well each found phrasing and the question cover one another.

use std::collections::HashMap;

use crate::language;

use super::{Features, Hit, Index, MOST_TERMS, Phrasing, Question, TermId, Topic};

/// BM25's share of term frequency is at most this (k1 + 1, with k1 = 1.2).
const MOST_TERM_SHARE: f32 = 2.2;

/// A gram that no phrasing holds says less than a word that none holds: most come from how words meet by chance.
/// Measured with `fit_scores`: log loss .553 when it counts as much, .546 at 0.4 (all unknown terms at 0.3: .549).
const UNKNOWN_PIECE: f32 = 0.4;

/// As tantivy computes it: terms of `holders` documents out of `all`.
pub fn idf(holders: f32, all: f32) -> f32 {
    (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
}

/// Two phrasings with the same key say the same.
pub fn key(rewritten: &str) -> Box<str> {
    rewritten.chars().filter(|c| c.is_alphanumeric()).collect::<String>().into()
}

/// The question's different terms, the rarest first.
pub struct Wanted {
    terms: Vec<WantedTerm>,
    weight: f32,
}

struct WantedTerm {
    term: String,
    /// `None` when no phrasing holds it.
    id: Option<TermId>,
    idf: f32,
}

impl Wanted {
    pub fn known_terms(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(|term| term.id.is_some()).map(|term| term.term.as_str())
    }
}

impl Index {
    pub(super) fn wanted(&self, question: &Question) -> Wanted {
        let unknown = |term: &str| {
            idf(0.0, self.phrasings.len() as f32) * if language::is_piece(term) { UNKNOWN_PIECE } else { 1.0 }
        };
        let mut terms: Vec<&String> = question.terms.iter().collect();
        terms.sort_unstable();
        terms.dedup();
        let mut terms: Vec<WantedTerm> = terms
            .into_iter()
            .map(|term| {
                let id = self.vocabulary.get(term.as_str()).copied();
                WantedTerm { term: term.clone(), id, idf: id.map_or_else(|| unknown(term), |id| self.idf[id as usize]) }
            })
            .collect();
        terms.sort_by(|a, b| b.idf.total_cmp(&a.idf));
        // What nobody wrote cannot be found; it only counts as not covered, and should not crowd out the rest.
        let (known, unknown): (Vec<_>, Vec<_>) = terms.into_iter().partition(|term| term.id.is_some());
        let terms: Vec<WantedTerm> =
            known.into_iter().take(MOST_TERMS).chain(unknown.into_iter().take(MOST_TERMS)).collect();
        let weight = terms.iter().map(|term| term.idf).sum::<f32>().max(f32::MIN_POSITIVE);
        Wanted { terms, weight }
    }

    /// `found`: BM25 and document number.
    pub(super) fn measure(&self, question: &Question, wanted: &Wanted, found: Vec<(f32, usize)>) -> Vec<Hit> {
        // A bit per known term; MOST_TERMS keeps them within 128.
        let bits: HashMap<TermId, (u128, f32)> = wanted
            .terms
            .iter()
            .filter_map(|term| Some((term.id?, term.idf)))
            .enumerate()
            .map(|(bit, (id, idf))| (id, (1 << bit, idf)))
            .collect();
        let weights: Vec<f32> = wanted.terms.iter().filter(|term| term.id.is_some()).map(|term| term.idf).collect();
        let asked = key(&question.text);
        let mut best: HashMap<u32, Candidate<'_>> = HashMap::new();
        for (bm25, document) in found {
            let Some(phrasing) = self.phrasings.get(document) else { continue };
            let (mut shared, mut matched, mut own) = (0.0, 0u128, 0.0);
            for &id in &phrasing.terms {
                own += self.idf[id as usize];
                if let Some(&(bit, idf)) = bits.get(&id) {
                    shared += idf;
                    matched |= bit;
                }
            }
            let features = Features {
                bm25: bm25 / (wanted.weight * MOST_TERM_SHARE),
                query_coverage: shared / wanted.weight,
                phrasing_coverage: shared / own.max(f32::MIN_POSITIVE),
                length: wanted.terms.len() as u32,
                exact: phrasing.key == asked,
                ..Features::default()
            };
            let candidate = Candidate { phrasing, features, matched };
            match best.get_mut(&phrasing.topic) {
                Some(known) => known.meet(candidate, question),
                None => {
                    best.insert(phrasing.topic, candidate);
                }
            }
        }
        self.hits(best, &weights, wanted.weight)
    }

    fn hits(&self, best: HashMap<u32, Candidate<'_>>, weights: &[f32], all: f32) -> Vec<Hit> {
        let mut hits: Vec<Hit> = best
            .into_iter()
            .map(|(topic, Candidate { phrasing, mut features, matched })| {
                let covered: f32 =
                    weights.iter().enumerate().filter(|(bit, _)| matched >> bit & 1 == 1).map(|(_, w)| w).sum();
                features.topic_coverage = covered / all;
                Hit {
                    topic: self.topics[topic as usize].clone(),
                    phrasing: phrasing.text.to_string(),
                    lang: phrasing.lang,
                    features,
                }
            })
            .collect();
        // Articles lead articles and intents lead intents: that a return has both is no doubt about either.
        for is_article in [true, false] {
            let is_kind = |hit: &&mut Hit| matches!(hit.topic, Topic::Article(_)) == is_article;
            let (mut first, mut second) = (0.0f32, 0.0f32);
            for hit in hits.iter_mut().filter(is_kind) {
                let mutual = hit.features.mutual();
                (first, second) = if mutual > first { (mutual, first) } else { (first, second.max(mutual)) };
            }
            for hit in hits.iter_mut().filter(is_kind) {
                let mutual = hit.features.mutual();
                hit.features.lead = mutual - if mutual == first { second } else { first };
            }
        }
        hits.sort_by(|a, b| b.features.mutual().total_cmp(&a.features.mutual()).then_with(|| a.topic.cmp(&b.topic)));
        hits
    }
}

/// The best phrasing of a topic so far, and the question's terms that any of its phrasings held.
struct Candidate<'a> {
    phrasing: &'a Phrasing,
    features: Features,
    matched: u128,
}

impl<'a> Candidate<'a> {
    fn meet(&mut self, other: Candidate<'a>, question: &Question) {
        let rank = |candidate: &Candidate<'_>| {
            let Features { exact, bm25, .. } = candidate.features;
            // The question's own language only breaks ties.
            (exact, candidate.features.mutual() + bm25, question.lang == Some(candidate.phrasing.lang))
        };
        let matched = self.matched | other.matched;
        if rank(&other).partial_cmp(&rank(self)).is_some_and(std::cmp::Ordering::is_gt) {
            *self = other;
        }
        self.matched = matched;
    }
}
