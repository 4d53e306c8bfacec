//! Queue order, priority and assignment. Pure.
