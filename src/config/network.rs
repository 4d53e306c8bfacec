//! Networks of proxies and origins of pages, as they are written in the configuration.

use std::{net::IpAddr, str::FromStr};

/// An address or a network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        fn bits(address: IpAddr) -> (u128, u8) {
            match address.to_canonical() {
                IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
                IpAddr::V6(v6) => (u128::from(v6), 128),
            }
        }
        let ((own, own_size), (other, other_size)) = (bits(self.address), bits(address));
        let mask = if self.prefix_bits == 0 { 0 } else { u128::MAX << (128 - u32::from(self.prefix_bits)) };
        own_size == other_size && own & mask == other & mask
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| format!("{text:?} is no IP address or network"))?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            None => most,
            Some(prefix) => prefix
                .parse()
                .ok()
                .filter(|bits| *bits <= most)
                .ok_or_else(|| format!("{text:?} needs a prefix of 0 to {most}"))?,
        };
        Ok(Network { address, prefix_bits })
    }
}

/// An exact web origin: scheme, host and port where it is not the usual one; no path.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is no web origin, write one such as https://shop.example.com");
    let trimmed = text.trim_end_matches('/').to_ascii_lowercase();
    let (scheme, host) = trimmed.split_once("://").ok_or_else(wrong)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let host = match scheme {
        "http" => host.strip_suffix(":80").unwrap_or(host),
        "https" => host.strip_suffix(":443").unwrap_or(host),
        _ => return Err(wrong()),
    };
    if host.is_empty() || !host.chars().all(plain) { Err(wrong()) } else { Ok(format!("{scheme}://{host}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        assert_eq!(origin("https://Shop.Example.com/").as_deref(), Ok("https://shop.example.com"));
        assert_eq!(origin("https://shop.example.com:443").as_deref(), Ok("https://shop.example.com"));
        assert_eq!(origin("http://127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        for wrong in ["null", "*", "shop.example.com", "https://", "https://*.example.com", "https://a/b", "ftp://a"] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn networks_hold_their_addresses() {
        let network: Network = "10.1.0.0/16".parse().expect("valid");
        assert!(network.contains("10.1.200.3".parse().expect("an address")));
        assert!(network.contains("::ffff:10.1.2.3".parse().expect("an address")));
        assert!(!network.contains("10.2.0.1".parse().expect("an address")));
        assert!("10.1.0.0/33".parse::<Network>().is_err());
        assert!("fd00::/8".parse::<Network>().expect("valid").contains("fd12::1".parse().expect("an address")));
    }
}
