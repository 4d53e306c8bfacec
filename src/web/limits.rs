//! How often somebody may do something, and who that somebody is.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::http::HeaderMap;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _, clock::DefaultClock};

use crate::{config::Network, service::orders::network_key};

/// What is counted, each with its own quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A shopper's messages; the burst lets an offline outbox be sent.
    VisitorMessages,
    /// All shoppers' messages of one network: an office or a carrier's address shares it.
    NetworkMessages,
    /// An agent's sends.
    AgentMessages,
    /// New sockets of one network.
    Sockets,
    /// Widget sessions, each of which may become a conversation.
    WidgetSessions,
    /// Pictures that a shopper uploads.
    VisitorFiles,
    /// Those of all shoppers of one network.
    NetworkFiles,
    /// Pictures that a shopper's page fetches: a long conversation has many.
    FilesShown,
    SignInsOfAccount,
    SignInsOfNetwork,
    /// Requests of signed-in staff and of the test bench.
    Staff,
    /// Searches in the help centre of one network, as somebody types too.
    HelpSearches,
    /// What one network says of articles there.
    HelpVerdicts,
}

/// One limiter per kind; keys are forgotten when their quota is full again.
pub struct Limits {
    /// `None` when limits are off, on a local test server.
    limiters: Option<Vec<DefaultKeyedRateLimiter<String>>>,
    clock: DefaultClock,
}

const ALL: [Limit; 13] = [
    Limit::VisitorMessages,
    Limit::NetworkMessages,
    Limit::AgentMessages,
    Limit::Sockets,
    Limit::WidgetSessions,
    Limit::VisitorFiles,
    Limit::NetworkFiles,
    Limit::FilesShown,
    Limit::SignInsOfAccount,
    Limit::SignInsOfNetwork,
    Limit::Staff,
    Limit::HelpSearches,
    Limit::HelpVerdicts,
];

impl Limit {
    /// Burst, and the time after which one more is allowed.
    fn quota(self) -> (u32, Duration) {
        match self {
            Limit::VisitorMessages => (30, Duration::from_secs(1)),
            Limit::NetworkMessages => (300, Duration::from_millis(50)),
            Limit::AgentMessages => (60, Duration::from_millis(200)),
            Limit::Sockets => (200, Duration::from_millis(200)),
            Limit::WidgetSessions => (60, Duration::from_secs(5)),
            Limit::VisitorFiles => (20, Duration::from_secs(10)),
            Limit::NetworkFiles => (120, Duration::from_secs(1)),
            Limit::FilesShown => (200, Duration::from_millis(100)),
            Limit::SignInsOfAccount => (8, Duration::from_secs(30)),
            Limit::SignInsOfNetwork => (40, Duration::from_secs(5)),
            Limit::Staff => (120, Duration::from_millis(100)),
            Limit::HelpSearches => (120, Duration::from_millis(200)),
            Limit::HelpVerdicts => (20, Duration::from_secs(30)),
        }
    }
}

impl Limits {
    pub fn new(on: bool) -> Self {
        let limiter = |limit: Limit| {
            let (burst, refill) = limit.quota();
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::with_period(refill).unwrap_or(Quota::per_second(burst)).allow_burst(burst);
            RateLimiter::keyed(quota)
        };
        Limits { limiters: on.then(|| ALL.into_iter().map(limiter).collect()), clock: DefaultClock::default() }
    }

    /// # Errors
    /// How long to wait before the next try.
    pub fn check(&self, limit: Limit, key: &str) -> Result<(), Duration> {
        let Some(limiters) = &self.limiters else { return Ok(()) };
        let Some(limiter) = ALL.iter().position(|one| *one == limit).and_then(|at| limiters.get(at)) else {
            return Ok(());
        };
        limiter.check_key(&key.to_owned()).map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Forgets those who have their whole quota again.
    pub fn forget_idle(&self) {
        for limiter in self.limiters.iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits")
    }
}

/// The client's address: the peer, or, behind a proxy we trust, the rightmost hop that is not one of ours.
pub fn client_address(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.ip().to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.into_iter().rev() {
        // Whatever stands left of something unreadable was not written by a proxy of ours.
        let Some(address) = hop.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|hop| hop.ip()))
        else {
            break;
        };
        client = address.to_canonical();
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// The key under which a client's network is counted.
pub fn network_of(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> String {
    network_key(client_address(peer, headers, trusted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().expect("a header"));
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        client_address(SocketAddr::new(peer.parse().expect("an address"), 1), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_can_forge_an_address_through_a_header() {
        assert_eq!(client("203.0.113.9", "1.2.3.4", &[]), "203.0.113.9");
        assert_eq!(client("203.0.113.9", "1.2.3.4", &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", "6.6.6.6, 203.0.113.9", &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.7", &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", "6.6.6.6, junk", &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn a_burst_is_allowed_and_then_refused_with_the_time_to_wait() {
        let limits = Limits::new(true);
        for _ in 0..8 {
            assert!(limits.check(Limit::SignInsOfAccount, "a@example.com").is_ok());
        }
        let wait = limits.check(Limit::SignInsOfAccount, "a@example.com").expect_err("refused");
        assert!(wait <= Duration::from_secs(30));
        assert!(limits.check(Limit::SignInsOfAccount, "b@example.com").is_ok(), "another account");
        assert!(limits.check(Limit::SignInsOfNetwork, "a@example.com").is_ok(), "another limit");
    }
}
