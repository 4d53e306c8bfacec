//! Use cases that read as four verbs: no SQL, no HTTP.

pub mod accounts;
pub mod articles;
pub mod markdown;
pub mod orders;
pub mod seeds;
mod tokens;
pub mod visitors;
