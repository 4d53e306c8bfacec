//! Order look-up for guests: only with proof, and not by trying.

use std::net::IpAddr;

use crate::{
    domain::{
        Now,
        ids::ContactId,
        order::{OrderLookup, Proof},
        time::UnixMs,
    },
    shop::Shop,
    store::{
        Store, StoreError,
        proofs::{self, Attempt},
    },
};

/// 15 minutes.
const WINDOW_MS: UnixMs = 15 * 60 * 1_000;

/// Who asks, for the counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub visitor: ContactId,
    /// From [`network_key`].
    pub network: String,
    /// Names the attempt among all attempts of everybody, so that a turn that is decided twice counts once:
    /// contact and `cid`.
    pub attempt: String,
}

/// What counts as one network: an IPv4 address, or the /64 of an IPv6 address.
pub fn network_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Finds the order and checks the proof. `max_failures` (the playbook's `proof_failures`) within [`WINDOW_MS`] lock a
/// visitor, an order and a network each. Counts the failure by itself (nothing to do at commit).
///
/// Unknown and wrong are the same on purpose: same answer, and the same write before anything is known. The
/// failure is on disk before the proof is looked at, so guesses sent side by side do not get round the limit.
pub async fn look_up(
    store: &Store,
    shop: &Shop,
    number: &str,
    proof: &Proof,
    asker: &Asker,
    max_failures: u32,
    now: &Now,
) -> Result<OrderLookup, StoreError> {
    let attempt = Attempt {
        id: asker.attempt.clone(),
        visitor: asker.visitor.0.clone(),
        order: number.to_owned(),
        network: asker.network.clone(),
        at: now.at,
    };
    if !proofs::begin(store, attempt, now.at - WINDOW_MS, i64::from(max_failures)).await? {
        return Ok(OrderLookup::Locked);
    }
    match shop.find(number, now).filter(|order| order.customer.is_proved_by(proof)) {
        Some(order) => {
            proofs::forgive(store, asker.attempt.clone()).await?;
            Ok(OrderLookup::Found(Box::new(order)))
        }
        None => Ok(OrderLookup::NotProved),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_or_a_64() {
        for (address, key) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(network_key(address.parse().unwrap()), key);
        }
    }
}
