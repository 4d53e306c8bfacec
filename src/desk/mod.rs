//! Queue order, priority and assignment. Pure.

pub mod priority;
