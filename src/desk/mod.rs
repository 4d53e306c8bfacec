//! Queue order, priority and assignment, and what helps an agent write. Pure.

pub mod clocks;
pub mod company;
pub mod gaps;
pub mod pools;
pub mod priority;
pub mod promises;
pub mod sla;
pub mod stays;
pub mod surge;
pub mod tone;
pub mod wait;

use crate::domain::UnixMs;

/// An agent whose sockets are all gone keeps their conversations this long: a reload, a lift, a lid.
pub const GRACE_MS: UnixMs = 45_000;

/// Leases are renewed every 10 s for the whole grace: one that ends before this was not renewed twice, because its node
/// is gone. Whoever that was is given nothing new.
pub fn there_until(now: UnixMs) -> UnixMs {
    now + GRACE_MS - 25_000
}
