//! What texts mean, as vectors: from the model in this binary, remembered for phrasings so that each is computed once.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest as _, Sha256};
use warmline_vectors::{Model, Row, Vector};

/// Of a model and a text in normal form.
pub type Digest = [u8; 32];

/// Names the model in digests: another model, or the same rounded otherwise, must not read its rows.
const MODEL: &[u8] = b"use-multilingual-3/1\0";
/// Rows that no index uses are forgotten when there are more of them than this.
const SPARE: usize = 20_000;

pub struct Encoder {
    /// Taken apart when something is first to be understood: a shop in which nobody speaks does without its memory.
    model: fn() -> &'static Model,
    /// Shared with the indexes that use them.
    known: Mutex<HashMap<Digest, Arc<Row>>>,
}

impl Encoder {
    /// `None` in a build without the model.
    pub fn built_in() -> Option<&'static Encoder> {
        #[cfg(feature = "model")]
        {
            static ENCODER: std::sync::LazyLock<Encoder> =
                std::sync::LazyLock::new(|| Encoder { model: Model::built_in, known: Mutex::default() });
            Some(&ENCODER)
        }
        #[cfg(not(feature = "model"))]
        None
    }

    /// Of a text in normal form. A millisecond or two.
    pub fn vector(&self, normal: &str) -> Vector {
        (self.model)().vector(normal)
    }

    /// Rows of before, so that they need not be computed again.
    pub fn remember(&self, rows: HashMap<Digest, Arc<Row>>) {
        self.known().extend(rows);
    }

    /// How alike each of `others` is to a text, all in normal form; those are computed once.
    pub fn likeness(&self, normal: &str, others: &[String]) -> Vec<f32> {
        let rows = self.known_rows(others);
        Row::new(&self.vector(normal)).cosines(rows.iter().map(|(_, row)| row.as_ref()))
    }

    /// How alike each of `ones` is to each of `others`, all in normal form; what is new is computed once.
    pub fn alike(&self, ones: &[String], others: &[String]) -> Vec<Vec<f32>> {
        let (ones, others) = (self.known_rows(ones), self.known_rows(others));
        ones.iter().map(|(_, one)| one.cosines(others.iter().map(|(_, row)| row.as_ref()))).collect()
    }

    /// Of texts in normal form, in their order. An index that holds `in_use` of them asks.
    pub(super) fn rows(&self, normals: &[String], in_use: usize) -> Vec<(Digest, Arc<Row>)> {
        let rows = self.known_rows(normals);
        let mut known = self.known();
        if known.len() > in_use + SPARE {
            // Nobody else holds them: no index does.
            known.retain(|_, row| Arc::strong_count(row) > 1);
        }
        rows
    }

    fn known_rows(&self, normals: &[String]) -> Vec<(Digest, Arc<Row>)> {
        let digest = |normal: &String| Sha256::new().chain_update(MODEL).chain_update(normal).finalize().into();
        let digests: Vec<Digest> = normals.iter().map(digest).collect();
        let mut seen = HashSet::new();
        let missing: Vec<(Digest, &String)> = {
            let known = self.known();
            let is_missing = |(digest, _): &(Digest, &String)| !known.contains_key(digest) && seen.insert(*digest);
            digests.iter().copied().zip(normals).filter(is_missing).collect()
        };
        let make = |normal: &String| Arc::new(Row::new(&self.vector(normal)));
        let made = super::in_parallel(&missing, |(digest, normal)| (*digest, make(normal)));
        let mut known = self.known();
        known.extend(made);
        // Another index, built at the same time, may have made some of them be forgotten.
        let row = |(digest, normal): (&Digest, &String)| {
            (*digest, known.get(digest).cloned().unwrap_or_else(|| make(normal)))
        };
        digests.iter().zip(normals).map(row).collect()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Digest, Arc<Row>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
