//! One integration-test binary.

mod answers;
mod command;
mod dialogues;
mod eval;
mod flows;
mod fuzz;
mod harness;
mod nodes;
mod operating;
mod orders;
mod promises;
mod rest;
mod seeds;
mod simulation;
mod store;
mod stories;
mod surge;
mod tidy;
mod tone;
mod web;
