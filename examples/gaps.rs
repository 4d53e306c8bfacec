//! Groups questions as the gap finder does and holds the groups against labels it has not seen: adjusted mutual
//! information (Vinh et al. 2010, average of the entropies), beside k-means on TF-IDF in the same run.
//!
//! `cargo run --release --example gaps -- FILE.jsonl…`, one `{"text": …, "intent": …}` a line. k-means is told how many
//! labels there are, and once more how many groups we found; it has the best of five beginnings by its own measure.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use warmline::{
    language::{normalise, terms},
    nlu::grouping::Groups,
    search::Encoder,
};

#[derive(serde::Deserialize)]
struct Row {
    text: String,
    intent: Option<String>,
}

/// Questions that come in before groups are looked at again, as on a quiet day.
const PORTION: usize = 20;

fn main() -> Result<()> {
    let encoder = Encoder::built_in().context("this build has no sentence model")?;
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let rows = text.lines().map(serde_json::from_str).collect::<Result<Vec<Row>, _>>()?;
        let rows: Vec<&Row> = shuffled(rows.iter().filter(|row| row.intent.is_some()).collect());
        let labels = numbered(rows.iter().map(|row| row.intent.clone()));
        let many = 1 + labels.iter().max().context("the file has no labels")?;

        let ours = grouped(rows.iter().map(|row| row.text.as_str()), encoder);
        let found = 1 + ours.iter().max().copied().unwrap_or_default();
        let table = tfidf(rows.iter().map(|row| row.text.as_str()));
        let (by_labels, by_found) = (kmeans(&table, many), kmeans(&table, found));
        let [own, first, second] = [&ours, &by_labels, &by_found].map(|groups| ami(groups, &labels));
        println!("{path}: {} questions, {many} labels", rows.len());
        println!("  groups by meaning, {found} of them:      AMI {own:.3}");
        println!("  k-means on TF-IDF, k = {many} (labels): AMI {first:.3}");
        println!("  k-means on TF-IDF, k = {found} (ours):   AMI {second:.3}");
        ensure!(own > first && own > second, "{path}: k-means on TF-IDF is better");
    }
    Ok(())
}

/// As the worker does it: portion by portion, then a look at what has grown alike.
fn grouped<'a>(texts: impl Iterator<Item = &'a str>, encoder: &Encoder) -> Vec<usize> {
    let texts: Vec<&str> = texts.collect();
    let (mut groups, mut placed) = (Groups::default(), Vec::new());
    for portion in texts.chunks(PORTION) {
        placed.extend(portion.iter().map(|text| groups.place(&encoder.vector(&normalise(text)))));
        for (from, into) in groups.settle(|_, _| true) {
            placed.iter_mut().filter(|at| **at == from).for_each(|at| *at = into);
        }
    }
    numbered(placed.into_iter())
}

/// In one order for all runs, that is not the file's: there labels stand together.
fn shuffled<T>(mut items: Vec<T>) -> Vec<T> {
    let mut chance = Chance(7);
    for at in (1..items.len()).rev() {
        items.swap(at, chance.below(at + 1));
    }
    items
}

struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn numbered<T: Ord>(values: impl Iterator<Item = T>) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    values
        .map(|value| {
            let next = numbers.len();
            *numbers.entry(value).or_insert(next)
        })
        .collect()
}

type Sparse = Vec<(usize, f64)>;

/// Words, characters and pairs of characters with their TF-IDF weights, each of length 1.
fn tfidf<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Sparse> {
    let texts: Vec<Vec<String>> = texts.map(|text| terms(&normalise(text))).collect();
    let mut holders: HashMap<&str, usize> = HashMap::new();
    for text in &texts {
        for term in std::collections::BTreeSet::from_iter(text) {
            *holders.entry(term).or_default() += 1;
        }
    }
    let ids: HashMap<&str, usize> = holders.keys().enumerate().map(|(id, term)| (*term, id)).collect();
    let row = |text: &Vec<String>| {
        let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
        text.iter().for_each(|term| *counts.entry(ids[term.as_str()]).or_default() += 1.0);
        let idf = |term: &str| ((1 + texts.len()) as f64 / (1 + holders[term]) as f64).ln() + 1.0;
        for term in std::collections::BTreeSet::from_iter(text) {
            *counts.entry(ids[term.as_str()]).or_default() *= idf(term);
        }
        let length = counts.values().map(|weight| weight * weight).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        counts.into_iter().map(|(id, weight)| (id, weight / length)).collect()
    };
    texts.iter().map(row).collect()
}

/// Lloyd's algorithm from k-means++ beginnings; of five runs the one with the least distance.
fn kmeans(rows: &[Sparse], k: usize) -> Vec<usize> {
    let runs = (0..5).map(|seed| one_kmeans(rows, k, Chance(seed)));
    let best = runs.min_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map(|(_, groups)| groups).unwrap_or_default()
}

fn one_kmeans(rows: &[Sparse], k: usize, mut chance: Chance) -> (f64, Vec<usize>) {
    let width = 1 + rows.iter().flatten().map(|(id, _)| *id).max().unwrap_or_default();
    let dense = |row: &Sparse| {
        let mut centre = vec![0.0; width];
        row.iter().for_each(|(id, weight)| centre[*id] = *weight);
        centre
    };
    let distance = |row: &Sparse, centre: &[f64], square: f64| {
        1.0 - 2.0 * row.iter().map(|(id, weight)| weight * centre[*id]).sum::<f64>() + square
    };
    let mut centres = vec![dense(&rows[chance.below(rows.len())])];
    let mut nearest = vec![f64::MAX; rows.len()];
    while centres.len() < k {
        let last = &centres[centres.len() - 1];
        for (row, near) in rows.iter().zip(&mut nearest) {
            *near = near.min(distance(row, last, 1.0).max(0.0));
        }
        let mut left = chance.share() * nearest.iter().sum::<f64>();
        let chosen = nearest.iter().position(|near| {
            left -= near;
            left <= 0.0
        });
        centres.push(dense(&rows[chosen.unwrap_or(rows.len() - 1)]));
    }
    let mut groups = vec![usize::MAX; rows.len()];
    for _ in 0..100 {
        let squares: Vec<f64> = centres.iter().map(|centre| centre.iter().map(|x| x * x).sum()).collect();
        let best = |row: &Sparse| {
            let all = centres.iter().zip(&squares).map(|(centre, square)| distance(row, centre, *square)).enumerate();
            all.min_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or_default()
        };
        let found: Vec<(usize, f64)> = rows.iter().map(best).collect();
        let inertia = found.iter().map(|(_, distance)| distance).sum();
        let now: Vec<usize> = found.into_iter().map(|(group, _)| group).collect();
        if now == groups {
            return (inertia, groups);
        }
        groups = now;
        let mut sizes = vec![0.0; k];
        centres = vec![vec![0.0; width]; k];
        for (row, group) in rows.iter().zip(&groups) {
            sizes[*group] += 1.0;
            row.iter().for_each(|(id, weight)| centres[*group][*id] += weight);
        }
        for (centre, size) in centres.iter_mut().zip(&sizes) {
            centre.iter_mut().for_each(|value| *value /= f64::max(*size, 1.0));
        }
    }
    (f64::MAX, groups)
}

/// Adjusted mutual information of two groupings of the same things: 1 where they are the same, 0 what chance gives.
fn ami(ours: &[usize], theirs: &[usize]) -> f64 {
    let n = ours.len();
    let sizes = |groups: &[usize]| {
        let mut sizes = vec![0usize; 1 + groups.iter().max().copied().unwrap_or_default()];
        groups.iter().for_each(|group| sizes[*group] += 1);
        sizes
    };
    let (a, b) = (sizes(ours), sizes(theirs));
    let mut both: HashMap<(usize, usize), usize> = HashMap::new();
    ours.iter().zip(theirs).for_each(|(one, other)| *both.entry((*one, *other)).or_default() += 1);
    let n_f = n as f64;
    let entropy = |sizes: &[usize]| {
        -sizes.iter().filter(|size| **size > 0).map(|size| *size as f64 / n_f).map(|p| p * p.ln()).sum::<f64>()
    };
    let information: f64 = both
        .iter()
        .map(|((i, j), shared)| {
            let shared = *shared as f64;
            shared / n_f * (n_f * shared / (a[*i] as f64 * b[*j] as f64)).ln()
        })
        .sum();
    // Of two groupings with these sizes that know nothing of one another (Vinh et al. 2010, equation 24a).
    let mut ln_factorial = vec![0.0; n + 1];
    (1..=n).for_each(|x| ln_factorial[x] = ln_factorial[x - 1] + (x as f64).ln());
    let f = |x: usize| ln_factorial[x];
    let count = |sizes: &[usize]| {
        let mut counted: BTreeMap<usize, f64> = BTreeMap::new();
        sizes.iter().filter(|size| **size > 0).for_each(|size| *counted.entry(*size).or_default() += 1.0);
        counted
    };
    let mut expected = 0.0;
    for (&x, x_times) in &count(&a) {
        for (&y, y_times) in &count(&b) {
            for shared in (x + y).saturating_sub(n).max(1)..=x.min(y) {
                let s = shared as f64;
                let chance = f(x) + f(y) + f(n - x) + f(n - y)
                    - f(n)
                    - f(shared)
                    - f(x - shared)
                    - f(y - shared)
                    - f(n + shared - x - y);
                expected += x_times * y_times * s / n_f * (n_f * s / (x as f64 * y as f64)).ln() * chance.exp();
            }
        }
    }
    let most = (entropy(&a) + entropy(&b)) / 2.0;
    (information - expected) / (most - expected).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measure_is_what_others_print() {
        // sklearn.metrics.adjusted_mutual_info_score of 1.5.
        assert!((ami(&[0, 0, 1, 1], &[1, 1, 0, 0]) - 1.0).abs() < 1e-9);
        assert!(ami(&[0, 0, 0, 0], &[0, 1, 2, 3]).abs() < 1e-9);
        assert!((ami(&[0, 0, 1, 1, 2, 2], &[0, 0, 1, 2, 2, 2]) - 0.45).abs() < 0.2);
    }
}
