//! Questions that mean the same, found as they come in: groups of vectors by average likeness.
//!
//! A group is the mean of its members. As members have length 1, the product of two means is the mean of the cosines of
//! all pairs between two groups (average linkage), whatever their sizes: nothing but means is ever looked at.

use super::{DIMENSIONS, Vector};

/// Some vectors that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Of vectors of length 1; shorter, the more they differ.
    mean: Vector,
    size: u32,
}

impl Group {
    pub fn of(vector: &Vector) -> Group {
        Group { mean: vector.clone(), size: 1 }
    }

    pub fn size(&self) -> u32 {
        self.size
    }

    /// The mean cosine between members of both.
    pub fn likeness(&self, other: &Group) -> f32 {
        product(&self.mean, &other.mean)
    }

    /// Of one vector to the members, on the mean.
    pub fn likeness_to(&self, vector: &Vector) -> f32 {
        product(&self.mean, vector)
    }

    /// Takes the other's members in.
    pub fn join(&mut self, other: &Group) {
        let share = other.size as f32 / (self.size + other.size) as f32;
        for (mean, theirs) in self.mean.iter_mut().zip(other.mean.iter()) {
            *mean += (theirs - *mean) * share;
        }
        self.size += other.size;
    }

    /// For storage, with [`Group::size`] beside it; read back by [`Group::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        self.mean.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    /// `None` when these are not as many bytes as a mean has.
    pub fn from_bytes(bytes: &[u8], size: u32) -> Option<Group> {
        let values = bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let mean: Box<[f32]> = values.collect();
        let mean: Vector = mean.try_into().ok()?;
        (bytes.len() == 4 * DIMENSIONS).then_some(Group { mean, size })
    }
}

/// The most alike of `groups`, with how alike it is.
pub fn nearest<'a>(group: &Group, groups: impl Iterator<Item = (usize, &'a Group)>) -> Option<(usize, f32)> {
    groups
        .map(|(at, other)| (at, group.likeness(other)))
        .fold(None, |best, one| if best.is_some_and(|(_, likeness)| likeness >= one.1) { best } else { Some(one) })
}

fn product(a: &[f32; DIMENSIONS], b: &[f32; DIMENSIONS]) -> f32 {
    // Sums side by side, so that the compiler may use wide registers.
    let mut sums = [0.0f32; 16];
    for (a, b) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(at: usize) -> Vector {
        Box::new(std::array::from_fn(|value| if value == at { 1.0 } else { 0.0 }))
    }

    #[test]
    fn a_group_is_as_like_another_as_their_members_on_the_mean() {
        let (x, y) = (axis(0), axis(1));
        let mut both = Group::of(&x);
        both.join(&Group::of(&y));
        both.join(&Group::of(&y));
        assert_eq!(both.size(), 3);
        assert!((both.likeness_to(&x) - 1.0 / 3.0).abs() < 1e-6 && (both.likeness_to(&y) - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(Group::from_bytes(&both.to_bytes(), 3), Some(both.clone()));
        assert_eq!(Group::from_bytes(b"short", 3), None);
        let groups = [Group::of(&x), both];
        assert_eq!(nearest(&Group::of(&y), groups.iter().enumerate()).map(|(at, _)| at), Some(1));
        assert_eq!(nearest(&Group::of(&y), std::iter::empty()), None);
    }
}
