//! Queue order, priority and assignment. Pure.

pub mod priority;

/// An agent whose sockets are all gone keeps their conversations this long: a reload, a lift, a lid.
pub const GRACE_MS: i64 = 45_000;
