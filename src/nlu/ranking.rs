//! From features to one order and two honest probabilities: the first is right, the right one is among the first three.
//!
//! The weights are fitted on real questions by `cargo run --release --example fit_ranker` and lie in models/ranker.json;
//! a set of its own serves when there are no vectors.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::candidates::{Features, Hit};

/// Values of a candidate that decide the order.
pub const FUSED: usize = 13;
/// Values of a whole list that decide how sure we are.
pub const TELLING: usize = 12;

/// Candidates that "did you mean" may offer.
pub const CHOICES: usize = 3;

/// The chance that the right one is among the best three, of scores best first.
pub fn in_three(scores: impl IntoIterator<Item = f32>) -> f32 {
    scores.into_iter().take(CHOICES).sum()
}

/// Weights of one fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranker {
    pub fusion: [f32; FUSED],
    /// The first is right.
    pub first: [f32; TELLING],
    /// The right one is among the first three.
    pub in_three: [f32; TELLING],
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rankers {
    pub with_vectors: Ranker,
    pub without_vectors: Ranker,
}

static RANKERS: LazyLock<Rankers> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../models/ranker.json")).expect("the weights are compiled in")
});

/// A candidate with how likely it is the right one, 0 to 1.
pub struct Ranked<'a> {
    pub hit: &'a Hit,
    pub score: f32,
}

/// Best first. `hits` are of one kind (articles, or intents). The first three scores add up to the chance that the right
/// one is among them.
pub fn rank<'a>(hits: impl IntoIterator<Item = &'a Hit>) -> Vec<Ranked<'a>> {
    let hits: Vec<&Hit> = hits.into_iter().collect();
    // Only vectors give cosines.
    let has_vectors = hits.iter().any(|hit| hit.features.cosine != 0.0);
    let ranker = if has_vectors { &RANKERS.with_vectors } else { &RANKERS.without_vectors };
    let mut fused: Vec<(f32, &Hit)> = hits.into_iter().map(|hit| (fuse(ranker, &hit.features), hit)).collect();
    fused.sort_by(|a, b| {
        let exact = b.1.features.exact.cmp(&a.1.features.exact);
        exact.then_with(|| b.0.total_cmp(&a.0)).then_with(|| a.1.topic.cmp(&b.1.topic))
    });
    let list: Vec<(f32, Features)> = fused.iter().map(|(fused, hit)| (*fused, hit.features)).collect();
    let scores = scores(ranker, &list);
    fused.into_iter().zip(scores).map(|((_, hit), score)| Ranked { hit, score }).collect()
}

/// Of a list, best first, with its fused scores: how likely each is the right one.
pub fn scores(ranker: &Ranker, list: &[(f32, Features)]) -> Vec<f32> {
    let shares = softmax(list);
    let exact = list.iter().filter(|(_, features)| features.exact).count();
    let telling = telling(list);
    let first = match exact {
        0 => logistic(&ranker.first, &telling),
        // Two articles with the same phrasing: either may be meant.
        _ => 1.0 / exact as f32,
    };
    let in_three = logistic(&ranker.in_three, &telling).max(first);
    let next: f32 = shares.iter().skip(1).take(2).sum();
    let last: f32 = shares.iter().skip(3).sum();
    let share = |at: usize, share: f32| match at {
        0 => first,
        at if at < exact => first,
        1 | 2 => ((in_three - first) * share / next.max(f32::MIN_POSITIVE)).min(first),
        _ => (1.0 - in_three) * share / last.max(f32::MIN_POSITIVE),
    };
    let mut least = 1.0f32;
    shares
        .iter()
        .enumerate()
        .map(|(at, &of)| {
            least = least.min(share(at, of));
            least
        })
        .collect()
}

/// What orders candidates.
pub fn fuse(ranker: &Ranker, features: &Features) -> f32 {
    ranker.fusion.iter().zip(values(features)).map(|(weight, value)| weight * value).sum()
}

/// In the order of [`Ranker::fusion`].
pub fn values(features: &Features) -> [f32; FUSED] {
    [
        features.explained,
        features.explained_by_terms,
        features.explained_by_meaning,
        features.cosine,
        features.best_cosines,
        features.tfidf,
        features.best_tfidfs,
        features.bm25,
        features.query_coverage,
        features.phrasing_coverage,
        features.topic_coverage,
        features.mutual(),
        features.length_ratio,
    ]
}

/// What the list, best first with its fused scores, tells about the first: in the order of [`Ranker::first`].
pub fn telling(list: &[(f32, Features)]) -> [f32; TELLING] {
    let Some((fused, first)) = list.first() else { return [0.0; TELLING] };
    let shares = softmax(list);
    let second = list.get(1).map_or(*fused - 4.0, |(fused, _)| *fused);
    let leads = |value: fn(&Features) -> f32| {
        let best = list.iter().skip(1).map(|(_, features)| value(features)).fold(0.0, f32::max);
        value(first) - best
    };
    [
        1.0,
        *fused,
        (fused - second).min(4.0),
        shares.iter().take(1).sum(),
        shares.iter().take(3).sum(),
        first.cosine,
        first.topic_coverage,
        first.mutual(),
        // At most 4: a long question covered is more telling than a short one.
        (1.0 + first.length as f32).ln().min(4.0),
        // One word says little, and yet a bare word that names the matter is often right.
        1.0 / (1.0 + first.length as f32),
        leads(|features| features.explained_by_terms),
        leads(|features| features.explained_by_meaning),
    ]
}

/// How the fused scores share out one whole.
fn softmax(list: &[(f32, Features)]) -> Vec<f32> {
    let greatest = list.iter().map(|(fused, _)| *fused).fold(f32::MIN, f32::max);
    let raised: Vec<f32> = list.iter().map(|(fused, _)| (fused - greatest).exp()).collect();
    let sum: f32 = raised.iter().sum();
    raised.iter().map(|raised| raised / sum).collect()
}

fn logistic(weights: &[f32; TELLING], values: &[f32; TELLING]) -> f32 {
    let sum: f32 = weights.iter().zip(values).map(|(weight, value)| weight * value).sum();
    1.0 / (1.0 + (-sum).exp())
}
