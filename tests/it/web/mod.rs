//! The wire.

mod conformance;
mod frames;
mod help;
mod samples;
mod validity;
