//! The wire.

mod conformance;
mod frames;
