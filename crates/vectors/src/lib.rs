//! Sentence vectors: texts that mean the same lie close together, whatever words and language they use.

pub mod groups;
mod layers;
mod model;
mod neighbours;
mod pieces;
mod rows;

pub use model::Model;
pub use neighbours::explain;
pub use rows::{Row, Rows};

/// Values of a vector.
pub const DIMENSIONS: usize = 512;

/// A sentence as 512 values of length 1.
pub type Vector = Box<[f32; DIMENSIONS]>;

#[cfg(test)]
mod tests;
