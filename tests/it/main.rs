//! One integration-test binary.
mod store;
