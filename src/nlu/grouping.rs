//! Which questions go together: each joins the group that it is most like, groups that have grown alike become one.
//! Nothing is ever taken apart, so that what somebody has seen as one matter stays one.

use std::collections::BTreeSet;

use warmline_vectors::{
    Vector,
    groups::{Group, nearest},
};

/// How alike a question must be to the questions of a group, on the mean, to be one of them; and two groups, to be one.
/// Measured with `examples/gaps`.
pub const ALIKE: f32 = 0.5;

/// Groups by number. A number stays what it is; a group that was joined to another is `None`.
#[derive(Default)]
pub struct Groups {
    groups: Vec<Option<Group>>,
    touched: BTreeSet<usize>,
}

impl Groups {
    /// As they were kept, in their order.
    pub fn of(groups: impl IntoIterator<Item = Group>) -> Groups {
        Groups { groups: groups.into_iter().map(Some).collect(), touched: BTreeSet::new() }
    }

    pub fn get(&self, at: usize) -> Option<&Group> {
        self.groups.get(at)?.as_ref()
    }

    /// Whether a number stands for nothing any more.
    pub fn has_holes(&self) -> bool {
        self.groups.iter().any(Option::is_none)
    }

    /// The number of the group that the question joined, or that it began.
    pub fn place(&mut self, question: &Vector) -> usize {
        let question = Group::of(question);
        let at = match nearest(&question, self.there()).filter(|(_, likeness)| *likeness >= ALIKE) {
            Some((at, _)) => at,
            None => {
                self.groups.push(None);
                self.groups.len() - 1
            }
        };
        match &mut self.groups[at] {
            Some(group) => group.join(&question),
            empty => *empty = Some(question),
        }
        self.touched.insert(at);
        at
    }

    /// Joins groups that have grown alike since the last time, where `may` allows it: (from, into) in this order.
    pub fn settle(&mut self, may: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
        let mut joined = Vec::new();
        while let Some(at) = self.touched.pop_first() {
            let Some(group) = self.get(at) else { continue };
            let others = self.there().filter(|(other, _)| *other != at && may(at, *other));
            let Some((other, _)) = nearest(group, others).filter(|(_, likeness)| *likeness >= ALIKE) else { continue };
            // The older one is what people know.
            let (into, from) = (at.min(other), at.max(other));
            if let Some(from) = self.groups[from].take()
                && let Some(into) = &mut self.groups[into]
            {
                into.join(&from);
            }
            joined.push((from, into));
            self.touched.insert(into);
        }
        joined
    }

    fn there(&self) -> impl Iterator<Item = (usize, &Group)> {
        self.groups.iter().enumerate().filter_map(|(at, group)| Some((at, group.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two directions and what lies between.
    fn vector(share: f32) -> Vector {
        let length = (share * share + (1.0 - share) * (1.0 - share)).sqrt();
        let mut vector: Vector = Box::new([0.0; warmline_vectors::DIMENSIONS]);
        (vector[0], vector[1]) = (share / length, (1.0 - share) / length);
        vector
    }

    #[test]
    fn what_is_alike_goes_together_and_groups_that_meet_become_the_older_one() {
        let mut groups = Groups::default();
        assert_eq!((groups.place(&vector(1.0)), groups.place(&vector(0.0)), groups.place(&vector(0.95))), (0, 1, 0));
        assert_eq!(groups.settle(|_, _| true), []);
        // What lies between draws them together.
        for _ in 0..4 {
            groups.place(&vector(0.5));
        }
        assert_eq!(groups.settle(|_, _| false), [], "not where somebody has decided otherwise");
        groups.place(&vector(0.5));
        assert_eq!(groups.settle(|_, _| true), [(1, 0)]);
        assert_eq!((groups.get(0).map(Group::size), groups.get(1)), (Some(8), None));
        assert_eq!(groups.place(&vector(0.0)), 0, "the number stays");
    }
}
