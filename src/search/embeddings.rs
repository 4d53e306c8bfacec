//! A model server of the operator's own, which says what texts mean better than the model in this binary, while it can.
//!
//! Calls block: they are made from threads that may wait. A server that fails is not asked again until somebody who has
//! time (`worker/embeddings.rs`) finds it well, so that a shopper pays for its death once at most.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use warmline_vectors::{DIMENSIONS, Row, Vector};

use super::Digest;
use crate::config::EmbeddingsSettings;

/// Texts of one request: most servers take more, but small ones take their time.
pub const AT_ONCE: usize = 64;
/// For what nobody waits for.
const UNHURRIED: Duration = Duration::from_secs(60);
/// For something small, of a server that fell ill.
const LOOK: Duration = Duration::from_secs(2);
/// Of an answer: 64 vectors of 4,096 values, written out, are 4 MB.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

pub struct Embeddings {
    agent: ureq::Agent,
    settings: EmbeddingsSettings,
    is_well: watch::Sender<bool>,
}

/// Why a server gave no vectors, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddingsError(String);

impl fmt::Display for EmbeddingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EmbeddingsError {}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: Vec<String>,
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct Response {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: usize,
    embedding: Vec<f32>,
}

impl Embeddings {
    /// Not asked before it was found well.
    pub fn new(settings: EmbeddingsSettings) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Embeddings { agent, settings, is_well: watch::Sender::new(false) }
    }

    /// Names the model in the database, so that another model's vectors are never taken for its.
    pub fn name(&self) -> String {
        format!("{}|{}", self.settings.model, self.settings.prefix)
    }

    pub fn digest(&self, normal: &str) -> Digest {
        Sha256::new().chain_update(self.name()).chain_update([0]).chain_update(normal).finalize().into()
    }

    pub fn is_well(&self) -> bool {
        *self.is_well.borrow()
    }

    /// Tells when that changes.
    pub fn health(&self) -> watch::Receiver<bool> {
        self.is_well.subscribe()
    }

    /// Of a question, in time for a shopper. `None`: go by another model.
    pub fn row(&self, normal: &str) -> Option<Row> {
        if !self.is_well() {
            return None;
        }
        match self.ask(&[normal], self.settings.patience) {
            Ok(rows) => rows.into_iter().next(),
            Err(error) => {
                self.is_well.send_replace(false);
                tracing::warn!(%error, "the model of this binary answers until the embeddings server is well again");
                None
            }
        }
    }

    /// Of texts in normal form, in their order, however long it takes. The server is well from then on, or not.
    ///
    /// # Errors
    /// What is wrong with the server or with its answer.
    pub fn rows(&self, normals: &[&str]) -> Result<Vec<Row>, EmbeddingsError> {
        self.noted(self.ask(normals, UNHURRIED))
    }

    /// Looks whether the server is well.
    ///
    /// # Errors
    /// It is not, and why.
    pub fn look(&self) -> Result<(), EmbeddingsError> {
        self.noted(self.ask(&["ok"], LOOK)).map(drop)
    }

    fn noted(&self, rows: Result<Vec<Row>, EmbeddingsError>) -> Result<Vec<Row>, EmbeddingsError> {
        self.is_well.send_if_modified(|is_well| std::mem::replace(is_well, rows.is_ok()) != rows.is_ok());
        rows
    }

    fn ask(&self, normals: &[&str], within: Duration) -> Result<Vec<Row>, EmbeddingsError> {
        let EmbeddingsSettings { url, model, key, prefix, .. } = &self.settings;
        let input = normals.iter().map(|normal| format!("{prefix}{normal}")).collect();
        let body = serde_json::to_vec(&Request { model, input, encoding_format: "float" }).map_err(unusable)?;
        let mut request = self.agent.post(&url.0).header("Content-Type", "application/json");
        if let Some(key) = key {
            request = request.header("Authorization", format!("Bearer {}", key.0));
        }
        let request = request.config().timeout_global(Some(within)).build();
        // The address may hold a password: it is not repeated.
        let mut response = request
            .send(&body)
            .map_err(|error| EmbeddingsError(format!("The embeddings server does not answer: {error}.")))?;
        let read = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let answer = read.map_err(|error| EmbeddingsError(format!("The embeddings server broke off: {error}.")))?;
        if !response.status().is_success() {
            let says: String = String::from_utf8_lossy(&answer).chars().take(200).collect();
            let status = response.status();
            return Err(EmbeddingsError(format!("The embeddings server answers {status}: {}", says.trim())));
        }
        let Response { mut data } = serde_json::from_slice(&answer).map_err(unusable)?;
        data.sort_by_key(|embedding| embedding.index);
        let dimensions = data.first().map_or(0, |first| first.embedding.len());
        let is_right = |(at, one): (usize, &Embedding)| {
            one.index == at && one.embedding.len() == dimensions && one.embedding.iter().all(|value| value.is_finite())
        };
        if data.len() != normals.len() || dimensions == 0 || !data.iter().enumerate().all(is_right) {
            return Err(EmbeddingsError(
                "The embeddings server answers with other vectors than were asked for.".into(),
            ));
        }
        Ok(data.iter().map(|one| Row::new(&fitted(&one.embedding))).collect())
    }
}

fn unusable(error: serde_json::Error) -> EmbeddingsError {
    EmbeddingsError(format!("The embeddings server's answer cannot be read: {error}."))
}

/// As many values as a row has. Fewer are filled up; more are added up with signs by chance, always the same, which keeps
/// cosines within some .04 (Johnson and Lindenstrauss).
fn fitted(values: &[f32]) -> Vector {
    let mut fitted: Vector = Box::new([0.0; DIMENSIONS]);
    if values.len() <= DIMENSIONS {
        fitted[..values.len()].copy_from_slice(values);
        return fitted;
    }
    let mut state = 0u64;
    for value in values {
        for some in fitted.chunks_mut(64) {
            let signs = next(&mut state);
            for (bit, sum) in some.iter_mut().enumerate() {
                *sum += if signs >> bit & 1 == 1 { *value } else { -*value };
            }
        }
    }
    fitted
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_vectors_keep_their_angles() {
        let wave = |speed: f32| -> Vec<f32> { (0..3_072).map(|at| (at as f32 * speed).sin()).collect() };
        let cosine = |a: &[f32], b: &[f32]| {
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            product(a, b) / (product(a, a) * product(b, b)).sqrt()
        };
        for (a, b) in [(0.1, 0.1), (0.1, 0.1003), (0.1, 0.7)] {
            let (a, b) = (wave(a), wave(b));
            let kept = Row::new(&fitted(&a)).cosines([&Row::new(&fitted(&b))])[0];
            assert!((kept - cosine(&a, &b)).abs() < 0.1, "{kept} for {}", cosine(&a, &b));
        }
        assert_eq!(fitted(&[0.5, 0.25])[..3], [0.5, 0.25, 0.0]);
    }
}
