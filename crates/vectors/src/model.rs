//! The model file, and a text's way through it: universal-sentence-encoder-multilingual v3, as converted by
//! models/convert.py, which describes the file.

use super::{
    DIMENSIONS, Vector,
    layers::{Dense, EPSILON, LayerNorm, relu, windows},
    pieces::Pieces,
};

const MAGIC: &[u8] = b"WLUSE2\0";
/// Width of each branch.
const BRANCH: usize = 256;
/// Pieces that a branch sees at once, and how many of them lie before the one it stands on.
const WINDOWS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
const ENTERED: usize = WINDOWS.len() * BRANCH;
const FEATURES: usize = DIMENSIONS + ENTERED;
const INNER: usize = 320;
/// Blocks of rows that share scale and least value.
const BLOCKS: usize = 17;
/// Four values of six bits in three bytes.
const ROW_BYTES: usize = DIMENSIONS / 4 * 3;
/// Pieces of one text that are read; what follows hardly changes a sentence's meaning, and attackers write long ones.
const MOST_PIECES: usize = 128;

pub struct Model {
    pieces: Pieces,
    rows: &'static [u8],
    blocks: &'static [u8],
    scale: Box<[f32]>,
    least: Box<[f32]>,
    /// Into the branches, side by side, and one norm over all of them.
    enter: Layer,
    enter_norm: LayerNorm,
    branches: Vec<Branch>,
    norm: LayerNorm,
    project: Layer,
    /// d0, p1, d1, d2, p3, d3: the last stretch, with its short cuts.
    tail: [Dense; 6],
}

struct Layer {
    weights: Dense,
    bias: Box<[f32]>,
}

struct Branch {
    near: Layer,
    far: Layer,
}

impl Layer {
    fn apply(&self, x: &[f32], rows: usize) -> Vec<f32> {
        let mut y = self.bias.repeat(rows);
        self.weights.add_to(x, &mut y);
        y
    }
}

impl Model {
    /// The model this binary carries.
    #[cfg(feature = "model")]
    pub fn built_in() -> &'static Model {
        static MODEL: std::sync::LazyLock<Model> = std::sync::LazyLock::new(|| {
            Model::parse(include_bytes!("../../../models/use.bin"))
                .expect("the model is compiled in, and a test reads it")
        });
        &MODEL
    }

    /// `None` when the file is cut off or another.
    pub fn parse(file: &'static [u8]) -> Option<Model> {
        let mut reader = Reader { rest: file.strip_prefix(MAGIC)?, is_whole: false };
        reader.is_whole = reader.bytes(1)? == [1];
        let counts = reader.u32s(2)?;
        let (count, bytes) = (counts[0] as usize, counts[1] as usize);
        let (ends, scores) = (reader.u32s(count)?, reader.f32s(count)?);
        let (blocks, texts) = (reader.bytes(count)?, reader.bytes(bytes)?);
        let rows = reader.bytes(count * ROW_BYTES)?;
        let (scale, least) = (reader.f32s(BLOCKS)?, reader.f32s(BLOCKS)?);
        let unknown_score = reader.f32s(1)?[0];
        let enter = reader.layer(DIMENSIONS, ENTERED)?;
        let enter_norm = LayerNorm { gain: reader.reals(ENTERED)?, shift: reader.reals(ENTERED)? };
        let mut branches = Vec::new();
        for (size, _) in WINDOWS {
            let (near, far) = (reader.layer(size * BRANCH, BRANCH)?, reader.layer(size * BRANCH, BRANCH)?);
            branches.push(Branch { near, far });
        }
        let norm = LayerNorm { gain: reader.reals(FEATURES)?, shift: reader.reals(FEATURES)? };
        let project = reader.layer(FEATURES, DIMENSIONS)?;
        let tail = [
            reader.dense(DIMENSIONS, INNER)?,
            reader.dense(DIMENSIONS, INNER)?,
            reader.dense(INNER, INNER)?,
            reader.dense(INNER, DIMENSIONS)?,
            reader.dense(INNER, DIMENSIONS)?,
            reader.dense(DIMENSIONS, DIMENSIONS)?,
        ];
        let pieces = Pieces::new(texts, ends, scores, unknown_score);
        Some(Model { pieces, rows, blocks, scale, least, enter, enter_norm, branches, norm, project, tail })
    }

    /// `text` in normal form. About a millisecond for a short question.
    pub fn vector(&self, text: &str) -> Vector {
        let mut pieces = self.pieces.cut(text);
        if pieces.len() > MOST_PIECES {
            pieces.drain(MOST_PIECES - 1..pieces.len() - 1);
        }
        let count = pieces.len();
        let embedded: Vec<f32> = pieces.iter().flat_map(|&piece| self.row(piece as usize)).collect();
        let mut entered = self.enter.apply(&embedded, count);
        self.enter_norm.apply(&mut entered);
        let mut features = vec![0.0; count * FEATURES];
        let copy = |from: &[f32], width: usize, to: &mut [f32], at: usize| {
            for (from, to) in from.chunks_exact(width).zip(to.chunks_exact_mut(FEATURES)) {
                to[at..at + width].copy_from_slice(from);
            }
        };
        copy(&embedded, DIMENSIONS, &mut features, 0);
        for (at, (branch, (size, left))) in self.branches.iter().zip(WINDOWS).enumerate() {
            let own = entered.chunks_exact(ENTERED).flat_map(|row| &row[at * BRANCH..][..BRANCH]);
            let mut x: Vec<f32> = own.copied().collect();
            for layer in [&branch.near, &branch.far] {
                let mut seen = layer.apply(&windows(&x, BRANCH, size, left), count);
                relu(&mut seen);
                x.iter_mut().zip(seen).for_each(|(x, seen)| *x += seen);
            }
            copy(&x, BRANCH, &mut features, DIMENSIONS + at * BRANCH);
        }
        self.norm.apply(&mut features);
        let mut sum = vec![0.0; FEATURES];
        for row in features.chunks_exact(FEATURES) {
            sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let mut meaning: Vec<f32> = self.project.bias.iter().map(|bias| bias * count as f32).collect();
        self.project.weights.add_to(&sum, &mut meaning);
        let shrink = 1.0 / (count as f32).sqrt();
        meaning.iter_mut().for_each(|x| *x *= shrink);
        self.last_stretch(&meaning)
    }

    fn last_stretch(&self, meaning: &[f32]) -> Vector {
        let [d0, p1, d1, d2, p3, d3] = &self.tail;
        let mut inner = vec![0.0; INNER];
        d0.add_to(meaning, &mut inner);
        relu(&mut inner);
        let mut middle = vec![0.0; INNER];
        p1.add_to(meaning, &mut middle);
        d1.add_to(&inner, &mut middle);
        relu(&mut middle);
        let mut wide = vec![0.0; DIMENSIONS];
        d2.add_to(&middle, &mut wide);
        relu(&mut wide);
        let mut vector = Box::new([0.0; DIMENSIONS]);
        p3.add_to(&middle, vector.as_mut_slice());
        d3.add_to(&wide, vector.as_mut_slice());
        vector.iter_mut().for_each(|x| *x = x.tanh());
        let length = vector.iter().map(|x| x * x).sum::<f32>().max(EPSILON).sqrt();
        vector.iter_mut().for_each(|x| *x /= length);
        vector
    }

    fn row(&self, piece: usize) -> impl Iterator<Item = f32> + '_ {
        let block = usize::from(self.blocks[piece]);
        let (scale, least) = (self.scale[block], self.least[block]);
        self.rows[piece * ROW_BYTES..][..ROW_BYTES].chunks_exact(3).flat_map(move |three| {
            let word = u32::from(three[0]) | u32::from(three[1]) << 8 | u32::from(three[2]) << 16;
            [0, 6, 12, 18].map(|shift| (word >> shift & 63) as f32 * scale + least)
        })
    }
}

/// Takes a model file apart from its front.
struct Reader {
    rest: &'static [u8],
    /// Layers are f32, not f16.
    is_whole: bool,
}

impl Reader {
    fn bytes(&mut self, count: usize) -> Option<&'static [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn u32s(&mut self, count: usize) -> Option<Box<[u32]>> {
        let bytes = self.bytes(count.checked_mul(4)?)?;
        Some(bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    fn f32s(&mut self, count: usize) -> Option<Box<[f32]>> {
        Some(self.u32s(count)?.iter().map(|bits| f32::from_bits(*bits)).collect())
    }

    fn reals(&mut self, count: usize) -> Option<Box<[f32]>> {
        if self.is_whole {
            return self.f32s(count);
        }
        let bytes = self.bytes(count.checked_mul(2)?)?;
        Some(bytes.as_chunks().0.iter().map(|bytes| half(u16::from_le_bytes(*bytes))).collect())
    }

    fn dense(&mut self, inputs: usize, outputs: usize) -> Option<Dense> {
        Some(Dense::new(inputs, outputs, &self.reals(inputs * outputs)?))
    }

    fn layer(&mut self, inputs: usize, outputs: usize) -> Option<Layer> {
        Some(Layer { weights: self.dense(inputs, outputs)?, bias: self.reals(outputs)? })
    }
}

/// IEEE 754 half precision. Weights are small and finite.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15), u32::from(bits >> 10 & 31), u32::from(bits & 1023));
    if exponent == 0 {
        let value = fraction as f32 / 16_777_216.0;
        return if sign == 1 { -value } else { value };
    }
    f32::from_bits(sign << 31 | (exponent + 112) << 23 | fraction << 13)
}
