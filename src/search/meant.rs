//! What the phrasings of an index mean by a model, on the scale that the ranker's weights were fitted on.

use warmline_vectors::{Row, Rows};

use super::{Index, Phrasing};

/// By document number, with how the model's cosines become those of the model in this binary.
pub struct Meant {
    pub(super) rows: Rows,
    scale: Scale,
}

/// A model's cosines, laid onto the scale of the model that the ranker was fitted with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    slope: f32,
    offset: f32,
}

impl Scale {
    pub const OWN: Scale = Scale { slope: 1.0, offset: 0.0 };

    pub fn of(self, cosine: f32) -> f32 {
        (self.slope * cosine + self.offset).clamp(-1.0, 1.0)
    }
}

/// Of the model in this binary over the demo shop's phrasings (a test measures them): two of one topic, and two of different
/// ones, on average.
const OF_ONE_TOPIC: f32 = 0.29;
const OF_TWO_TOPICS: f32 = 0.16;
/// A model that does not tell topics apart by this much is no use.
const LEAST_DIFFERENCE: f32 = 0.02;

impl Index {
    /// Its texts by document number; `None` for those that were taken out.
    pub fn texts(&self) -> impl Iterator<Item = Option<&str>> {
        self.phrasings.iter().map(|phrasing| phrasing.as_ref().map(|phrasing| phrasing.text.as_ref()))
    }

    /// By another model, a row for each of [`Index::texts`]. `None` when that model does not tell topics apart.
    ///
    /// Models differ in how alike they find any two sentences; the weights and thresholds know one of them. Two averages
    /// lay one model's cosines onto the other's: of phrasings of one topic, and of phrasings of two.
    pub fn meant(&self, rows: Rows) -> Option<Meant> {
        let (one, two) = self.likeness(&rows);
        if one - two < LEAST_DIFFERENCE {
            return None;
        }
        let slope = (OF_ONE_TOPIC - OF_TWO_TOPICS) / (one - two);
        Some(Meant { rows, scale: Scale { slope, offset: OF_TWO_TOPICS - slope * two } })
    }

    /// The mean cosine of two phrasings of one topic in one language, and of two topics.
    fn likeness(&self, rows: &Rows) -> (f32, f32) {
        let known: Vec<(&Phrasing, &Row)> = self
            .phrasings
            .iter()
            .zip(rows.iter())
            .filter_map(|(phrasing, row)| Some((phrasing.as_deref()?, row)))
            .collect();
        let (mut one, mut two) = (Mean::default(), Mean::default());
        let far = known.len() / 2;
        for (at, (phrasing, row)) in known.iter().enumerate() {
            for (mean, step) in [(&mut one, 1), (&mut two, far)] {
                let (other, its) = known[(at + step) % known.len()];
                let is_one = other.topic == phrasing.topic;
                if other.lang == phrasing.lang && is_one == (step == 1) {
                    mean.add(row.cosines([its])[0]);
                }
            }
        }
        (one.value(), two.value())
    }
}

impl Meant {
    pub(super) fn scale(&self) -> Scale {
        self.scale
    }
}

#[derive(Default)]
struct Mean {
    sum: f32,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f32) {
        self.sum += value;
        self.count += 1;
    }

    fn value(&self) -> f32 {
        self.sum / self.count.max(1) as f32
    }
}

#[cfg(all(test, feature = "model"))]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;
    use crate::{
        search::Encoder,
        service::seeds::{self, Folders},
    };

    #[test]
    fn the_own_models_likeness_is_what_others_are_laid_onto() {
        let seeds = seeds::read(&Folders::within(Path::new(env!("CARGO_MANIFEST_DIR")))).expect("seeds");
        let index =
            Index::build(&seeds.articles, &seeds.playbook, date(2026, 3, 18), Encoder::built_in()).expect("an index");
        let (one, two) = index.likeness(&index.rows);
        assert!((one - OF_ONE_TOPIC).abs() < 0.02 && (two - OF_TWO_TOPICS).abs() < 0.02, "{one} {two}");
        let meant = index.meant(index.rows.clone()).expect("it tells topics apart");
        assert!((meant.scale.of(0.25) - 0.25).abs() < 0.03);
    }
}
