//! How well each found phrasing and the question fit one another, in words and in meaning.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hasher},
};

use warmline_vectors::explain;

use super::{Features, Hit, Index, MOST_TERMS, Meaning, Phrasing, Question, TermId, Topic};
use crate::language;

/// BM25's constants, as tantivy has them.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// BM25's share of term frequency is at most this.
const MOST_TERM_SHARE: f32 = K1 + 1.0;

/// A gram that no phrasing holds says less than a word that none holds: most come from how words meet by chance.
const UNKNOWN_PIECE: f32 = 0.4;

/// Phrasings of one kind (articles, intents) that explain a question together. Measured: 30, 60 and 120 differ by less
/// than .003 recall.
const NEIGHBOURS: usize = 48;
/// What meaning counts in the likeness of two phrasings, the rest is terms; and the ridge of [`explain`]. Measured: from
/// .6 to .85 and from .5 to 1 recall differs by less than .005.
const MEANING_SHARE: f32 = 0.75;
const RIDGE: f32 = 0.5;
/// Of how many of a topic's best phrasings the mean is taken.
const BEST: usize = 3;

/// As tantivy computes it: terms of `holders` documents out of `all`.
pub fn idf(holders: f32, all: f32) -> f32 {
    (1.0 + (all - holders + 0.5) / (holders + 0.5)).ln()
}

/// Of letters and digits. Two phrasings with the same key say the same: of a million, two that do not share theirs once
/// in forty million shops.
pub fn key(rewritten: &str) -> u64 {
    let mut sum = DefaultHasher::new();
    rewritten.chars().filter(|c| c.is_alphanumeric()).for_each(|c| sum.write_u32(c.into()));
    sum.finish()
}

/// Different terms of some that ascend, with their TF-IDF weights as a vector of length 1.
fn weighted(terms: &[TermId], idf: &[f32]) -> Vec<(TermId, f32)> {
    let weight = |same: &[TermId]| {
        let often = if same.len() == 1 { 1.0 } else { 1.0 + (same.len() as f32).ln() };
        (same[0], often * (1.0 + idf[same[0] as usize]))
    };
    let mut weighted: Vec<(TermId, f32)> = terms.chunk_by(|a, b| a == b).map(weight).collect();
    let length = weighted.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    weighted.iter_mut().for_each(|(_, weight)| *weight /= length);
    weighted
}

/// Cosine of two lists of [`weighted`].
fn shared(a: &[(TermId, f32)], b: &[(TermId, f32)]) -> f32 {
    let (mut a, mut b, mut sum) = (a.iter().peekable(), b.iter().peekable(), 0.0);
    while let (Some((left, weight)), Some((right, other))) = (a.peek(), b.peek()) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => _ = a.next(),
            std::cmp::Ordering::Greater => _ = b.next(),
            std::cmp::Ordering::Equal => {
                sum += weight * other;
                a.next();
                b.next();
            }
        }
    }
    sum
}

/// The question's different terms, the rarest first.
pub struct Wanted {
    terms: Vec<WantedTerm>,
    weight: f32,
    /// All of its terms that some phrasing holds.
    weighted: Vec<(TermId, f32)>,
    /// Those of `terms` that some phrasing holds, with their idf, ascending.
    known: Vec<(TermId, f32)>,
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

    /// Of a phrasing with these terms, which ascend, beside others with `mean_terms` on average.
    pub fn bm25(&self, terms: &[TermId], mean_terms: f32) -> f32 {
        let norm = K1 * (1.0 - B + B * terms.len() as f32 / mean_terms);
        let mut sum = 0.0;
        let mut known = self.known.iter().peekable();
        for same in terms.chunk_by(|a, b| a == b) {
            while known.next_if(|(id, _)| *id < same[0]).is_some() {}
            if let Some((_, idf)) = known.next_if(|(id, _)| *id == same[0]) {
                let often = same.len() as f32;
                sum += idf * often * (K1 + 1.0) / (often + norm);
            }
        }
        sum
    }
}

/// A phrasing beside the question.
struct Found<'a> {
    document: usize,
    phrasing: &'a Phrasing,
    /// Its different terms, ascending.
    weighted: Vec<(TermId, f32)>,
    bm25: f32,
    cosine: f32,
    tfidf: f32,
}

impl Found<'_> {
    fn likeness(&self, meaning_share: f32) -> f32 {
        meaning_share * self.cosine + (1.0 - meaning_share) * self.tfidf
    }
}

impl Index {
    pub(super) fn wanted(&self, question: &Question) -> Wanted {
        let unknown =
            |term: &str| idf(0.0, self.phrasings() as f32) * if language::is_piece(term) { UNKNOWN_PIECE } else { 1.0 };
        let id = |term: &String| self.lexicon.id(term);
        let mut ids: Vec<TermId> = question.terms.iter().filter_map(id).collect();
        ids.sort_unstable();
        let weighted = weighted(&ids, &self.idf);
        let mut terms: Vec<&String> = question.terms.iter().collect();
        terms.sort_unstable();
        terms.dedup();
        let mut terms: Vec<WantedTerm> = terms
            .into_iter()
            .map(|term| {
                let id = id(term);
                WantedTerm { term: term.clone(), id, idf: id.map_or_else(|| unknown(term), |id| self.idf[id as usize]) }
            })
            .collect();
        terms.sort_by(|a, b| b.idf.total_cmp(&a.idf));
        // What nobody wrote cannot be found; it only counts as not covered, and should not crowd out the rest.
        let (known, unknown): (Vec<_>, Vec<_>) = terms.into_iter().partition(|term| term.id.is_some());
        let terms: Vec<WantedTerm> =
            known.into_iter().take(MOST_TERMS).chain(unknown.into_iter().take(MOST_TERMS)).collect();
        let weight = terms.iter().map(|term| term.idf).sum::<f32>().max(f32::MIN_POSITIVE);
        let mut known: Vec<(TermId, f32)> = terms.iter().filter_map(|term| Some((term.id?, term.idf))).collect();
        known.sort_unstable_by_key(|(id, _)| *id);
        Wanted { terms, weight, weighted, known }
    }

    /// `found`: BM25 and document number. Articles are measured beside articles and intents beside intents: that a
    /// return has both is no doubt about either.
    pub(super) fn measure(
        &self,
        question: &Question,
        wanted: &Wanted,
        meaning: Option<Meaning<'_>>,
        found: Vec<(f32, usize)>,
    ) -> Vec<Hit> {
        let mut bm25: HashMap<usize, f32> = found.into_iter().map(|(bm25, document)| (document, bm25)).collect();
        let mut hits = Vec::new();
        // Passed over when a topic is to be found by its other phrasings.
        let unseen = question.unseen_of.as_ref().map(|topic| (topic, key(&question.text)));
        let is_seen = |document: &usize| {
            let Some(phrasing) = &self.phrasings[*document] else { return false };
            let is =
                |(topic, key): &(&Topic, u64)| self.topics[phrasing.topic as usize] == **topic && phrasing.key == *key;
            !unseen.as_ref().is_some_and(is)
        };
        for kind in &self.kinds {
            let documents = kind.iter().map(|document| *document as usize);
            let by_meaning = meaning.map_or_else(Vec::new, |meaning| {
                let numbers = match &unseen {
                    None => documents.collect(),
                    Some(_) => documents.filter(is_seen).collect(),
                };
                meaning.rows.nearest(meaning.row, numbers, NEIGHBOURS)
            });
            let mut documents: Vec<usize> = bm25
                .keys()
                .copied()
                .filter(|document| kind.binary_search(&(*document as u32)).is_ok() && is_seen(document))
                .chain(by_meaning)
                .collect();
            documents.sort_unstable();
            documents.dedup();
            let cosines = meaning.map_or_else(|| vec![0.0; documents.len()], |meaning| meaning.cosines(&documents));
            let beside = |(document, cosine): (usize, f32)| {
                let phrasing = self.phrasings[document].as_deref()?;
                let weighted = weighted(&phrasing.terms, &self.idf);
                Some(Found {
                    document,
                    phrasing,
                    bm25: bm25.remove(&document).unwrap_or(0.0),
                    cosine,
                    tfidf: shared(&weighted, &wanted.weighted),
                    weighted,
                })
            };
            let found: Vec<Found<'_>> = documents.into_iter().zip(cosines).filter_map(beside).collect();
            hits.extend(self.topics_of(question, wanted, meaning, found));
        }
        hits
    }

    fn topics_of(
        &self,
        question: &Question,
        wanted: &Wanted,
        meaning: Option<Meaning<'_>>,
        mut found: Vec<Found<'_>>,
    ) -> Vec<Hit> {
        let share = if meaning.is_some() { MEANING_SHARE } else { 0.0 };
        found.sort_by(|a, b| b.likeness(share).total_cmp(&a.likeness(share)));
        let mut topics: HashMap<u32, Features> = HashMap::new();
        self.explained(&found[..found.len().min(NEIGHBOURS)], meaning, &mut topics);
        // A bit per known term; MOST_TERMS keeps them within 128.
        let mut bits: Vec<(TermId, u128)> =
            wanted.terms.iter().filter_map(|term| term.id).enumerate().map(|(bit, id)| (id, 1 << bit)).collect();
        bits.sort_unstable();
        let weights: Vec<f32> = wanted.terms.iter().filter(|term| term.id.is_some()).map(|term| term.idf).collect();
        let asked = key(&question.text);
        let mut by_topic: HashMap<u32, Vec<Found<'_>>> = HashMap::new();
        for found in found {
            by_topic.entry(found.phrasing.topic).or_default().push(found);
        }
        let hits = by_topic.into_iter().map(|(topic, found)| {
            let mut features = topics.get(&topic).copied().unwrap_or_default();
            let mut all_matched = 0u128;
            let mut best: Option<(f32, &Found<'_>)> = None;
            for found in &found {
                let (mut shared, mut matched, mut own) = (0.0, 0u128, 0.0);
                let mut bits = bits.iter().peekable();
                // Both ascend.
                for (id, _) in &found.weighted {
                    let idf = self.idf[*id as usize];
                    own += idf;
                    while bits.next_if(|(wanted, _)| wanted < id).is_some() {}
                    if let Some((_, bit)) = bits.next_if(|(wanted, _)| wanted == id) {
                        shared += idf;
                        matched |= bit;
                    }
                }
                all_matched |= matched;
                let (query, phrasing) = (shared / wanted.weight, shared / own.max(f32::MIN_POSITIVE));
                let mutual = (query * phrasing).sqrt();
                if mutual >= features.mutual() {
                    let lengths = (found.weighted.len() as f32, wanted.terms.len() as f32);
                    features.query_coverage = query;
                    features.phrasing_coverage = phrasing;
                    features.length_ratio = lengths.0.min(lengths.1) / lengths.0.max(lengths.1).max(1.0);
                }
                features.bm25 = features.bm25.max(found.bm25 / (wanted.weight * MOST_TERM_SHARE));
                let is_exact = found.phrasing.key == asked;
                features.exact |= is_exact;
                // The phrasing that is shown; the question's own language only breaks ties.
                let own_language = if question.lang == Some(found.phrasing.lang) { 0.01 } else { 0.0 };
                let rank = found.likeness(share) + mutual + own_language + if is_exact { 10.0 } else { 0.0 };
                if best.as_ref().is_none_or(|(best, _)| rank > *best) {
                    best = Some((rank, found));
                }
            }
            let covered: f32 =
                weights.iter().enumerate().filter(|(bit, _)| all_matched >> bit & 1 == 1).map(|(_, w)| w).sum();
            features.topic_coverage = covered / wanted.weight;
            features.length = wanted.terms.len() as u32;
            (features.cosine, features.best_cosines) = best_of(found.iter().map(|found| found.cosine).collect());
            (features.tfidf, features.best_tfidfs) = best_of(found.iter().map(|found| found.tfidf).collect());
            let phrasing = best.map_or(found[0].phrasing, |(_, best)| best.phrasing);
            Hit {
                topic: self.topics[topic as usize].clone(),
                phrasing: phrasing.text.to_string(),
                lang: phrasing.lang,
                features,
            }
        });
        hits.collect()
    }

    /// How much of the question each neighbour's topic explains: by all, by terms alone, by meaning alone.
    fn explained(&self, neighbours: &[Found<'_>], by: Option<Meaning<'_>>, topics: &mut HashMap<u32, Features>) {
        let n = neighbours.len();
        let (mut terms, mut meaning) = (vec![0.0; n * n], vec![0.0; n * n]);
        // One phrasing's weights by term, for the others to be held against.
        let mut weights = vec![0.0; self.idf.len()];
        for (row, a) in neighbours.iter().enumerate() {
            a.weighted.iter().for_each(|(id, weight)| weights[*id as usize] = *weight);
            for (column, b) in neighbours[..=row].iter().enumerate() {
                let shared = b.weighted.iter().map(|(id, weight)| weights[*id as usize] * weight);
                terms[row * n + column] = shared.sum();
            }
            a.weighted.iter().for_each(|(id, _)| weights[*id as usize] = 0.0);
            if let Some(Meaning { rows, scale, .. }) = by {
                let others: Vec<usize> = neighbours[..=row].iter().map(|b| b.document).collect();
                let cosines = rows.get(a.document).map_or_else(Vec::new, |row| rows.cosines(row, &others));
                meaning[row * n..][..=row]
                    .iter_mut()
                    .zip(cosines)
                    .for_each(|(place, cosine)| *place = scale.of(cosine));
            }
        }
        let likeness = |share: f32| {
            let alike: Vec<f32> =
                terms.iter().zip(&meaning).map(|(terms, meaning)| share * meaning + (1.0 - share) * terms).collect();
            let asked: Vec<f32> = neighbours.iter().map(|found| found.likeness(share)).collect();
            explain(&alike, RIDGE, &asked)
        };
        let by_terms = likeness(0.0);
        let (by_all, by_meaning) =
            if by.is_some() { (likeness(MEANING_SHARE), likeness(1.0)) } else { (by_terms.clone(), vec![0.0; n]) };
        for (at, found) in neighbours.iter().enumerate() {
            let features = topics.entry(found.phrasing.topic).or_default();
            features.explained += by_all[at];
            features.explained_by_terms += by_terms[at];
            features.explained_by_meaning += by_meaning[at];
        }
    }
}

/// The best, and the mean of the best three (of as many as there are).
fn best_of(mut values: Vec<f32>) -> (f32, f32) {
    values.sort_by(|a, b| b.total_cmp(a));
    values.truncate(BEST);
    let mean = values.iter().sum::<f32>() / values.len().max(1) as f32;
    (values.first().copied().unwrap_or(0.0), mean)
}
