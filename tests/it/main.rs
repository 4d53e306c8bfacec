//! One integration-test binary.
mod dialogues;
mod orders;
mod rest;
mod seeds;
mod store;
