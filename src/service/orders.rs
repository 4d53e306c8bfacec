//! Order look-up for guests: only with proof, and not by trying.

use std::net::IpAddr;

use crate::{
    domain::{
        Now,
        ids::ContactId,
        order::{OrderLookup, Proof},
    },
    shop::Shop,
    store::{Store, StoreError},
};

/// Who asks, for the counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub visitor: ContactId,
    /// From [`network_key`].
    pub network: String,
    /// Names the attempt, so that a turn that is decided twice counts once: the sender's `cid`.
    pub attempt: String,
}

/// What counts as one network: an IPv4 address, or the /64 of an IPv6 address.
pub fn network_key(address: IpAddr) -> String {
    todo!()
}

/// Finds the order and checks the proof. Counts the failure by itself (nothing to do at commit).
pub async fn look_up(
    store: &Store,
    shop: &Shop,
    number: &str,
    proof: &Proof,
    asker: &Asker,
    now: &Now,
) -> Result<OrderLookup, StoreError> {
    todo!()
}
