//! Vectors as they are kept and compared: 127 steps of their greatest value, either way.

use std::sync::Arc;

use fearless_simd::{Level, Simd, dispatch};

use super::{DIMENSIONS, Vector, layers::nearest};

/// A vector in steps. Cosines of two rows are off by less than .01.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    steps: [i8; DIMENSIONS],
    /// What one step is worth.
    scale: f32,
}

impl Row {
    pub fn new(vector: &Vector) -> Self {
        let greatest = vector.iter().fold(f32::MIN_POSITIVE, |greatest, x| greatest.max(x.abs()));
        Self::of_steps(std::array::from_fn(|at| nearest(vector[at] / greatest * 127.0) as i8))
    }

    fn of_steps(steps: [i8; DIMENSIONS]) -> Self {
        let length = (product(&steps.map(i16::from), &steps) as f32).sqrt().max(1.0);
        Row { steps, scale: 1.0 / length }
    }

    /// With each of `others`, in their order. Quickest when they lie side by side.
    pub fn cosines<'a>(&self, others: impl IntoIterator<Item = &'a Row>) -> Vec<f32> {
        self.cosines_of(&Vec::from_iter(others))
    }

    /// Not generic, so that it is compiled here: a debug build of those who ask would be ten times slower.
    fn cosines_of(&self, others: &[&Row]) -> Vec<f32> {
        let level = Level::new();
        dispatch!(level, simd => self.cosines_by(simd, others))
    }

    #[inline(always)]
    fn cosines_by<S: Simd>(&self, _simd: S, others: &[&Row]) -> Vec<f32> {
        let steps = self.steps.map(i16::from);
        let mut cosines = Vec::with_capacity(others.len());
        // A loop, as `collect` would be compiled elsewhere, for the oldest processor.
        for other in others {
            cosines.push(product(&steps, &other.steps) as f32 * self.scale * other.scale);
        }
        cosines
    }

    fn signs(&self) -> Signs {
        let mut signs = Signs::default();
        for (at, step) in self.steps.iter().enumerate() {
            signs[at / 64] |= u64::from(*step > 0) << (at % 64);
        }
        signs
    }

    /// For storage; read back by [`Row::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        self.steps.iter().map(|step| step.cast_unsigned()).collect()
    }

    /// `None` when these are not as many bytes as a row has.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; DIMENSIONS] = bytes.try_into().ok()?;
        Some(Self::of_steps(bytes.map(u8::cast_signed)))
    }
}

/// Rows by number, to be searched for those that are near another.
#[derive(Clone, Default)]
pub struct Rows {
    rows: Vec<Arc<Row>>,
    /// Side by side, an eighth of the rows' size; empty while there are few.
    signs: Vec<Signs>,
}

/// A bit for each value above zero. Two rows differ in about as many as the angle between them is wide.
type Signs = [u64; DIMENSIONS / 64];

/// Of so many rows that share most signs with another are the cosines taken, or of this share of all where that is more:
/// the nearest are hardly ever farther down.
const SIFTED: usize = 1_024;
const SIFTED_OF: usize = 64;
/// So many rows are compared one by one.
const FEW: usize = 8_192;

impl Rows {
    pub fn push(&mut self, row: Arc<Row>) {
        self.rows.push(row);
        if self.rows.len() > FEW {
            self.signs.extend(self.rows[self.signs.len()..].iter().map(|row| row.signs()));
        }
    }

    pub fn get(&self, number: usize) -> Option<&Row> {
        self.rows.get(number).map(Arc::as_ref)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().map(Arc::as_ref)
    }

    /// Of `row` with each of `numbers`, in their order.
    pub fn cosines(&self, row: &Row, numbers: &[usize]) -> Vec<f32> {
        row.cosines(numbers.iter().map(|number| self.rows[*number].as_ref()))
    }

    /// Those `wanted` of `numbers` that are nearest to `row`, in no order. Of very many, nearly all of them: cosines are
    /// taken of those that share most signs with it.
    pub fn nearest(&self, row: &Row, mut numbers: Vec<usize>, wanted: usize) -> Vec<usize> {
        let sifted = SIFTED.max(numbers.len() / SIFTED_OF);
        if numbers.len() > sifted && !self.signs.is_empty() {
            self.sift(&row.signs(), &mut numbers, sifted);
        }
        if numbers.len() <= wanted {
            return numbers;
        }
        let cosines = self.cosines(row, &numbers);
        let mut near: Vec<(f32, usize)> = cosines.into_iter().zip(numbers).collect();
        near.select_nth_unstable_by(wanted, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        near.truncate(wanted);
        near.into_iter().map(|(_, number)| number).collect()
    }

    /// Leaves the `wanted` that share most signs, and those that share as many as the last of them.
    fn sift(&self, signs: &Signs, numbers: &mut Vec<usize>, wanted: usize) {
        let level = Level::new();
        let distances = dispatch!(level, simd => self.distances(simd, signs, numbers));
        let mut how_many = [0usize; DIMENSIONS + 1];
        distances.iter().for_each(|distance| how_many[usize::from(*distance)] += 1);
        let mut within = 0;
        let farthest = how_many.iter().position(|count| {
            within += count;
            within >= wanted
        });
        let mut distances = distances.into_iter();
        numbers.retain(|_| distances.next().map(usize::from) <= farthest);
    }

    #[inline(always)]
    fn distances<S: Simd>(&self, _simd: S, signs: &Signs, numbers: &[usize]) -> Vec<u16> {
        let mut distances = Vec::with_capacity(numbers.len());
        for number in numbers {
            let theirs = &self.signs[*number];
            let differ = signs.iter().zip(theirs).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>();
            distances.push(differ as u16);
        }
        distances
    }
}

impl FromIterator<Arc<Row>> for Rows {
    fn from_iter<I: IntoIterator<Item = Arc<Row>>>(rows: I) -> Self {
        let mut all = Rows::default();
        rows.into_iter().for_each(|row| all.push(row));
        all
    }
}

#[inline(always)]
fn product(a: &[i16; DIMENSIONS], b: &[i8; DIMENSIONS]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_the_directions() {
        let wave = |speed: f32| -> Vector { Box::new(std::array::from_fn(|at| (at as f32 * speed).sin() / 16.0)) };
        for (a, b) in [(0.1, 0.1), (0.1, 0.11), (0.1, 0.7)] {
            let (a, b) = (wave(a), wave(b));
            let product = |a: &Vector, b: &Vector| a.iter().zip(b.iter()).map(|(a, b)| a * b).sum::<f32>();
            let exact = product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt();
            assert!((Row::new(&a).cosines([&Row::new(&b)])[0] - exact).abs() < 0.01);
        }
        let row = Row::new(&wave(0.3));
        assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row));
        assert_eq!(Row::from_bytes(b"short"), None);
    }

    #[test]
    fn of_very_many_nearly_all_that_are_nearest_are_found() {
        // A thousand directions, and ten near each of them.
        let mut state = 7u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
        };
        let directions: Vec<Vector> = (0..1_000).map(|_| Box::new(std::array::from_fn(|_| noise()))).collect();
        let mut near = |vector: &Vector| -> Vector { Box::new(vector.map(|x| x + noise())) };
        let rows: Rows = directions.iter().cycle().take(10_000).map(|one| Arc::new(Row::new(&near(one)))).collect();
        let all: Vec<usize> = (0..10_000).collect();
        let mut found = 0;
        for direction in directions.iter().take(100) {
            let asked = Row::new(&near(direction));
            let mut exact: Vec<(f32, usize)> = asked.cosines(rows.iter()).into_iter().zip(0..).collect();
            exact.sort_by(|a, b| b.0.total_cmp(&a.0));
            let nearest = rows.nearest(&asked, all.clone(), 20);
            assert_eq!(nearest.len(), 20);
            assert!(exact[..10].iter().all(|(_, number)| nearest.contains(number)), "its own");
            found += exact[..20].iter().filter(|(_, number)| nearest.contains(number)).count();
        }
        assert!(found > 1_800, "{found} of 2,000, most of them hardly nearer than others");
    }
}
