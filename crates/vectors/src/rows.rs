//! Vectors as they are kept and compared: 127 steps of their greatest value, either way.

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
}
