//! One integration-test binary.
mod orders;
mod rest;
mod seeds;
mod store;
