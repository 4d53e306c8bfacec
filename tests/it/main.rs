//! One integration-test binary.

mod command;
mod dialogues;
mod harness;
mod store;
mod stories;
mod tidy;
mod web;
