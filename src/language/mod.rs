//! Text in, text out: one normal form for shoppers' words, articles and staff's patterns, so that they meet
//! whatever script, width or case they were written in.

pub mod detect;
pub mod normalise;
pub mod phrases;
pub mod synonyms;
pub mod terms;

pub use detect::{Shape, detect, is_latin_around_a_name, shape};
pub use normalise::{as_typed, fold, normalise, pattern};
pub use phrases::Phrases;
pub use synonyms::Synonyms;
pub use terms::{is_piece, terms};
