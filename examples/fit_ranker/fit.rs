//! The fit: fusion and both calibrations by Newton's method.

use warmline::nlu::{
    Features,
    ranking::{self, CHOICES, FUSED, Ranker, TELLING},
};

use crate::measured::{Asked, Candidate, Measured};

/// Keeps overlapping values from taking huge weights of opposite sign.
const RIDGE: f64 = 1e-3;

/// Candidates of one question that the order is fitted on.
const CONSIDERED: usize = 12;
/// Of how many questions one is fitted on: more change nothing.
const EVERY: usize = 2;

/// Best first, with the fused scores, beside the candidates themselves.
pub fn ordered<'a>(ranker: &Ranker, candidates: &'a [Candidate]) -> (Vec<(f32, Features)>, Vec<&'a Candidate>) {
    let mut list: Vec<(f32, &Candidate)> =
        candidates.iter().map(|candidate| (ranking::fuse(ranker, &candidate.features), candidate)).collect();
    list.sort_by(|(a, one), (b, other)| other.features.exact.cmp(&one.features.exact).then_with(|| b.total_cmp(a)));
    list.into_iter().map(|(fused, candidate)| ((fused, candidate.features), candidate)).unzip()
}

/// Doubts are left out: the playbook adds them afterwards.
pub fn fitted<'a>(tasks: impl Iterator<Item = &'a Measured<'a>> + Clone) -> Ranker {
    let asked = || {
        let some = |task: &'a Measured<'a>| task.asked.iter().step_by(EVERY).map(|asked| (asked, task.weight()));
        let is_exact = |asked: &Asked| asked.candidates.iter().any(|candidate| candidate.features.exact);
        tasks.clone().flat_map(some).filter(move |(asked, _)| !is_exact(asked) && !asked.candidates.is_empty())
    };
    let mut ranker = Ranker { fusion: [0.0; FUSED], first: [0.0; TELLING], in_three: [0.0; TELLING] };
    let choices: Vec<(Vec<[f64; FUSED]>, usize, f64)> = asked()
        .filter_map(|(asked, weight)| {
            let considered = asked.candidates.iter().take(CONSIDERED);
            let right = considered.clone().position(|candidate| candidate.is_right)?;
            let values = considered.map(|candidate| ranking::values(&candidate.features).map(f64::from)).collect();
            Some((values, right, weight))
        })
        .collect();
    ranker.fusion = newton(|weights: &[f64; FUSED]| {
        let mut slope = Slope::new(weights);
        choices.iter().for_each(|(values, right, weight)| slope.add_list(weights, values, *right, *weight));
        slope
    });
    let lists: Vec<([f64; TELLING], [bool; 2], f64)> = asked()
        .map(|(asked, weight)| {
            let (list, candidates) = ordered(&ranker, &asked.candidates);
            let told = [candidates[0].is_right, candidates.iter().take(CHOICES).any(|candidate| candidate.is_right)];
            (ranking::telling(&list).map(f64::from), told, weight)
        })
        .collect();
    let [first, in_three] = [0, 1].map(|which| {
        newton(|weights: &[f64; TELLING]| {
            let mut slope = Slope::new(weights);
            for (values, told, weight) in &lists {
                slope.add_choice(weights, values, told[which], *weight);
            }
            slope
        })
    });
    Ranker { first, in_three, ..ranker }
}

/// First and second derivatives of what is to be made greatest: the likelihood, less a little for large weights.
struct Slope<const N: usize> {
    gradient: [f64; N],
    curve: [[f64; N]; N],
}

impl<const N: usize> Slope<N> {
    fn new(weights: &[f64; N]) -> Self {
        let mut curve = [[0.0; N]; N];
        for (at, row) in curve.iter_mut().enumerate() {
            row[at] = RIDGE;
        }
        Slope { gradient: weights.map(|weight| -weight * RIDGE), curve }
    }

    /// `scale · v vᵀ`.
    fn add_curve(&mut self, v: &[f64; N], scale: f64) {
        for (row, a) in self.curve.iter_mut().zip(v) {
            row.iter_mut().zip(v).for_each(|(cell, b)| *cell += scale * a * b);
        }
    }

    /// A logistic choice.
    fn add_choice(&mut self, weights: &[f64; N], values: &[f64; N], is_true: bool, weight: f64) {
        let sum: f64 = weights.iter().zip(values).map(|(w, v)| w * v).sum();
        let p = 1.0 / (1.0 + (-sum).exp());
        let miss = f64::from(u8::from(is_true)) - p;
        self.gradient.iter_mut().zip(values).for_each(|(slope, value)| *slope += weight * miss * value);
        self.add_curve(values, weight * p * (1.0 - p));
    }
}

impl Slope<FUSED> {
    /// The right one out of a list (softmax).
    fn add_list(&mut self, weights: &[f64; FUSED], values: &[[f64; FUSED]], right: usize, weight: f64) {
        let sum = |values: &[f64; FUSED]| weights.iter().zip(values).map(|(w, v)| w * v).sum::<f64>();
        let greatest = values.iter().map(sum).fold(f64::MIN, f64::max);
        let raised: Vec<f64> = values.iter().map(|values| (sum(values) - greatest).exp()).collect();
        let whole: f64 = raised.iter().sum();
        let mut mean = [0.0; FUSED];
        for (values, raised) in values.iter().zip(&raised) {
            mean.iter_mut().zip(values).for_each(|(mean, value)| *mean += raised / whole * value);
        }
        for (at, slope) in self.gradient.iter_mut().enumerate() {
            *slope += weight * (values[right][at] - mean[at]);
        }
        for (values, raised) in values.iter().zip(&raised) {
            let apart: [f64; FUSED] = std::array::from_fn(|at| values[at] - mean[at]);
            self.add_curve(&apart, weight * raised / whole);
        }
    }
}

/// Newton's method; what is made greatest has one top.
fn newton<const N: usize>(slope: impl Fn(&[f64; N]) -> Slope<N>) -> [f32; N] {
    let mut weights = [0.0; N];
    for _ in 0..25 {
        let Slope { gradient, curve } = slope(&weights);
        let step = solve(curve, gradient);
        // Far from the top the curve promises too much.
        let longest = step.iter().fold(0.0f64, |longest, step| longest.max(step.abs()));
        let shrink = 1f64.min(2.0 / longest.max(f64::MIN_POSITIVE));
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += shrink * step);
        if longest < 1e-4 {
            break;
        }
    }
    weights.map(|weight| weight as f32)
}

/// Gaussian elimination; the matrix is positive definite, so no pivot is needed.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        let row = matrix[pivot];
        for below in pivot + 1..N {
            let factor = matrix[below][pivot] / row[pivot];
            (pivot..N).for_each(|column| matrix[below][column] -= factor * row[column]);
            right[below] -= factor * right[pivot];
        }
    }
    for pivot in (0..N).rev() {
        let known: f64 = (pivot + 1..N).map(|column| matrix[pivot][column] * right[column]).sum();
        right[pivot] = (right[pivot] - known) / matrix[pivot][pivot];
    }
    right
}
