//! The arithmetic of the model: matrix products, layer norms, windows over neighbouring pieces.

use fearless_simd::{Bytes, Level, Simd, SimdBase, SimdIntWiden, dispatch, i16x16, i32x8};

/// Steps of an input's greatest value, either way.
const INPUT_STEPS: f32 = 2047.0;
/// Steps of a weight, either way.
const WEIGHT_STEPS: f32 = 4095.0;

/// A matrix. It is kept and multiplied in steps of 16 bits, which takes half the memory and a third of the time of f32;
/// what the vectors lose by it is in the sixth digit of their cosine.
pub struct Dense {
    inputs: usize,
    /// Block of outputs by block, pair of inputs by pair: the two weights of each output side by side.
    weights: Box<[[i16; 2 * LANES]]>,
    /// What a step of each output's weights is worth.
    scale: Box<[f32]>,
}

/// Outputs in one register.
const LANES: usize = 8;
/// Registers of outputs, and rows of input, that go through together.
const WIDE: usize = 2;
const ROWS: usize = 4;

impl Dense {
    /// `weights`: `inputs` rows of `outputs` values; `inputs` are even, `outputs` a multiple of sixteen.
    pub fn new(inputs: usize, outputs: usize, weights: &[f32]) -> Self {
        let column = |output: usize| weights.iter().skip(output).step_by(outputs);
        let per_weight: Vec<f32> = (0..outputs)
            .map(|output| {
                let (greatest, sum) = column(output)
                    .fold((f32::MIN_POSITIVE, f32::MIN_POSITIVE), |(greatest, sum), weight| {
                        (weight.abs().max(greatest), sum + weight.abs())
                    });
                // Whatever the inputs are, their products add up to less than an i32 holds.
                (WEIGHT_STEPS / greatest).min(2e9 / INPUT_STEPS / sum)
            })
            .collect();
        let step =
            |input: usize, output: usize| (weights[input * outputs + output] * per_weight[output]).round() as i16;
        let mut steps = Vec::with_capacity(weights.len() / (2 * LANES));
        for block in (0..outputs).step_by(WIDE * LANES) {
            for input in (0..inputs).step_by(2) {
                for first in (block..block + WIDE * LANES).step_by(LANES) {
                    steps.push(std::array::from_fn(|at| step(input + at % 2, first + at / 2)));
                }
            }
        }
        let scale = per_weight.iter().map(|per_weight| 1.0 / per_weight).collect();
        Dense { inputs, weights: steps.into(), scale }
    }

    /// Adds `x · W` to `y`, row by row.
    pub fn add_to(&self, x: &[f32], y: &mut [f32]) {
        let (mut pairs, mut worth) = (Vec::with_capacity(x.len() / 2), Vec::new());
        for row in x.chunks_exact(self.inputs) {
            let greatest = strands(row, |greatest, x| if x.abs() > greatest { x.abs() } else { greatest });
            let greatest = greatest.into_iter().fold(f32::MIN_POSITIVE, f32::max);
            let step = |x: f32| u32::from(nearest(x * (INPUT_STEPS / greatest)).cast_unsigned());
            pairs.extend(row.as_chunks::<2>().0.iter().map(|[a, b]| (step(*a) | step(*b) << 16).cast_signed()));
            worth.push(greatest / INPUT_STEPS);
        }
        let level = Level::new();
        dispatch!(level, simd => self.add_blocks(simd, &pairs, &worth, y));
    }

    #[inline(always)]
    fn add_blocks<S: Simd>(&self, simd: S, pairs: &[i32], worth: &[f32], y: &mut [f32]) {
        // A block of weights stays in the nearest cache while all rows pass.
        let weights = self.weights.chunks_exact(self.inputs / 2 * WIDE);
        for (block, (weights, scale)) in weights.zip(self.scale.chunks_exact(WIDE * LANES)).enumerate() {
            let mut rest = worth.len();
            while rest > 0 {
                let at = worth.len() - rest;
                let (x, worth) = (&pairs[at * self.inputs / 2..], &worth[at..]);
                let y = &mut y[at * self.scale.len() + block * WIDE * LANES..];
                rest -= match rest {
                    1 => self.add_rows::<S, 1>(simd, x, weights, scale, worth, y),
                    2 => self.add_rows::<S, 2>(simd, x, weights, scale, worth, y),
                    3 => self.add_rows::<S, 3>(simd, x, weights, scale, worth, y),
                    _ => self.add_rows::<S, ROWS>(simd, x, weights, scale, worth, y),
                };
            }
        }
    }

    #[inline(always)]
    fn add_rows<S: Simd, const N: usize>(
        &self,
        simd: S,
        x: &[i32],
        weights: &[[i16; 2 * LANES]],
        scale: &[f32],
        worth: &[f32],
        y: &mut [f32],
    ) -> usize {
        let pairs = self.inputs / 2;
        let x: [&[i32]; N] = std::array::from_fn(|row| &x[row * pairs..][..pairs]);
        let mut sums = [[i32x8::splat(simd, 0); WIDE]; N];
        for (pair, w) in weights.as_chunks::<WIDE>().0[..pairs].iter().enumerate() {
            let w = [i16x16::load_array_ref(simd, &w[0]), i16x16::load_array_ref(simd, &w[1])];
            for (sums, x) in sums.iter_mut().zip(x) {
                let x: i16x16<S> = i32x8::splat(simd, x[pair]).bitcast();
                for (sum, w) in sums.iter_mut().zip(w) {
                    // Sixteen products and eight sums in one step.
                    *sum += x.pairwise_dot_product(w);
                }
            }
        }
        let sums: [[[i32; LANES]; WIDE]; N] = sums.map(|sums| sums.map(Into::into));
        for (row, (sums, worth)) in sums.iter().zip(worth).enumerate() {
            let y = &mut y[row * self.scale.len()..][..WIDE * LANES];
            let sums = sums.as_flattened();
            for ((y, sum), scale) in y.iter_mut().zip(sums).zip(scale) {
                *y += *sum as f32 * scale * worth;
            }
        }
        N
    }
}

/// The nearest whole number, for values far below 2²²: the last bit of a sum with 1.5 · 2²³ is worth one. Unlike `round`
/// and `as`, this is the same few instructions for many values at once.
pub fn nearest(x: f32) -> i16 {
    const BIG: f32 = 12_582_912.0;
    (x + BIG).to_bits().wrapping_sub(BIG.to_bits()) as i16
}

/// From 0 in eight strands, because a single one would wait for each of its steps. The length is a multiple of eight.
fn strands(values: &[f32], step: impl Fn(f32, f32) -> f32) -> [f32; 8] {
    let eights = values.as_chunks::<8>().0.iter();
    eights.fold([0.0; 8], |strands, eight| std::array::from_fn(|at| step(strands[at], eight[at])))
}

pub struct LayerNorm {
    pub gain: Box<[f32]>,
    pub shift: Box<[f32]>,
}

/// As the model was trained with.
pub const EPSILON: f32 = 1e-12;

impl LayerNorm {
    pub fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.gain.len()) {
            let mean = strands(row, |sum, x| sum + x).iter().sum::<f32>() / row.len() as f32;
            let variance = strands(row, |sum, x| sum + (x - mean) * (x - mean)).iter().sum::<f32>() / row.len() as f32;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            for ((x, gain), shift) in row.iter_mut().zip(&self.gain).zip(&self.shift) {
                *x = (*x - mean) * scale * gain + shift;
            }
        }
    }
}

/// Rows of `width` values; each becomes itself and its neighbours side by side, `size` in all, `left` of them before
/// it. Beyond the ends lie zeros.
pub fn windows(rows: &[f32], width: usize, size: usize, left: usize) -> Vec<f32> {
    let count = rows.len() / width;
    let mut out = vec![0.0; count * size * width];
    for (at, window) in out.chunks_exact_mut(size * width).enumerate() {
        for (slot, cell) in window.chunks_exact_mut(width).enumerate() {
            if let Some(row) = (at + slot).checked_sub(left).filter(|row| *row < count) {
                cell.copy_from_slice(&rows[row * width..][..width]);
            }
        }
    }
    out
}

pub fn relu(values: &mut [f32]) {
    values.iter_mut().for_each(|x| *x = x.max(0.0));
}
