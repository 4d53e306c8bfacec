//! One integration-test binary.

mod command;
mod dialogues;
mod harness;
mod nodes;
mod operating;
mod orders;
mod rest;
mod seeds;
mod store;
mod stories;
mod tidy;
mod web;
