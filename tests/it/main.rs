//! One integration-test binary.
mod dialogues;
mod store;
