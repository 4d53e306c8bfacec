//! Use cases that read as four verbs: no SQL, no HTTP.

pub mod accounts;
pub mod articles;
pub mod ask;
pub mod backup;
pub mod conversations;
pub mod doctor;
pub mod knowledge;
pub mod markdown;
pub mod mind;
pub mod orders;
pub mod rehearsal;
pub mod script;
pub mod seeds;
mod tokens;
pub mod visitors;
