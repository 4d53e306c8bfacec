//! The wire.

mod frames;
