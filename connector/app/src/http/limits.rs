//! How often one caller may ask, and how long a request may take to arrive.
//!
//! A DID that was proved counts for itself, wherever it asks from; everybody else counts by address. The company's own
//! people count for nobody.

use crate::connector::Connector;
use crate::error::Error;
use crate::refused;
use actix_web::dev::ServiceRequest;
use adit_credentials::Caller;
use adit_vocab::Did;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

/// Requests a second of one caller if no setting says otherwise, how many at once, connections, seconds.
const REQUESTS: NonZeroU32 = NonZeroU32::new(50).expect("not zero");
const BURST: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const CONNECTIONS: usize = 64;
const HEAD_S: u64 = 10;
const BODY_S: u64 = 30;
/// The most callers remembered before those that kept still are forgotten.
const CALLERS_MAX: usize = 10_000;

/// The settings under `limits`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Requests a second that one caller may send in the long run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<NonZeroU32>,
    /// Requests that one caller may send at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<NonZeroU32>,
    /// Connections that one address may have open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<NonZeroU32>,
    /// Seconds that the head of a request may take to arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_seconds: Option<NonZeroU32>,
    /// Seconds that the body of a request may take to arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_seconds: Option<NonZeroU32>,
    /// The address of the reverse proxy before this connector, which says in `X-Forwarded-For` who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<IpAddr>,
}

impl Limits {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Connections that one address may have open.
    pub fn connections(&self) -> usize {
        self.connections.map_or(CONNECTIONS, |it| it.get() as usize)
    }

    /// How long the head of a request may take to arrive.
    pub fn head_time(&self) -> Duration {
        Duration::from_secs(self.head_seconds.map_or(HEAD_S, |it| it.get().into()))
    }

    /// How long the body of a request may take to arrive.
    pub fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_seconds.map_or(BODY_S, |it| it.get().into()))
    }

    /// Whether the reverse proxy asks from an address, however either is written.
    pub(super) fn is_proxy(&self, peer: IpAddr) -> bool {
        self.proxy.is_some_and(|proxy| proxy.to_canonical() == peer.to_canonical())
    }

    /// The address that a request counts for: the other end of the connection, or whom a trusted proxy names last.
    pub(super) fn address_of(&self, request: &ServiceRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        if !self.is_proxy(peer) {
            return Some(peer);
        }
        let lines = request.headers().get_all("x-forwarded-for");
        Some(lines.last().and_then(|line| last_address(line.as_bytes())).unwrap_or(peer))
    }
}

/// The last address of a header; some proxies write a port behind it. What stands further left was written by whoever
/// sent it, and need not even be text.
fn last_address(line: &[u8]) -> Option<IpAddr> {
    let last = line.rsplit(|byte| *byte == b',').next()?;
    let last = std::str::from_utf8(last).ok()?.trim();
    let with_port = || last.parse().ok().map(|it: SocketAddr| it.ip());
    last.parse().ok().or_else(with_port)
}

/// How often each caller asked lately.
pub struct Rates {
    by_did: DefaultKeyedRateLimiter<Did>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
}

impl Rates {
    /// Nobody asked yet.
    pub fn new(limits: &Limits) -> Self {
        let quota = Quota::per_second(limits.requests.unwrap_or(REQUESTS));
        let quota = quota.allow_burst(limits.burst.unwrap_or(BURST));
        Self { by_did: RateLimiter::keyed(quota), by_address: RateLimiter::keyed(quota) }
    }

    /// Counts a request of somebody who was proved.
    ///
    /// # Errors
    /// [`Error::TooMany`]
    pub fn count_did(&self, did: &Did) -> Result<(), Error> {
        count(&self.by_did, did, Counted::Did)
    }

    /// Counts a request of an address.
    ///
    /// # Errors
    /// [`Error::TooMany`]
    pub fn count_address(&self, address: IpAddr) -> Result<(), Error> {
        count(&self.by_address, &network_of(address), Counted::Address)
    }
}

/// By what requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// By a DID that was proved.
    Did,
    /// By the address that they come from.
    Address,
}

impl Connector {
    /// Notes who is proved to call, and counts the request; the company's own people are not counted.
    ///
    /// # Errors
    /// [`Error::TooMany`]
    pub fn greet(&self, caller: &Caller) -> Result<(), Error> {
        let Some(did) = caller.did() else { return Ok(()) };
        refused::proved(did);
        if !caller.credentials().is_empty() {
            refused::accepted();
        }
        if did == self.did() { Ok(()) } else { self.rates.count_did(did) }
    }
}

fn count<K: Hash + Eq + Clone>(
    rates: &DefaultKeyedRateLimiter<K>,
    key: &K,
    of: Counted,
) -> Result<(), Error> {
    if rates.len() >= CALLERS_MAX {
        rates.retain_recent();
    }
    rates.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        Error::TooMany { of, seconds: wait.as_secs() + 1 }
    })
}

/// An IPv6 subscriber has a whole network of 2^64 addresses to ask from, so the network counts.
pub(super) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(requests: u32, burst: u32) -> Rates {
        let limits = Limits {
            requests: NonZeroU32::new(requests),
            burst: NonZeroU32::new(burst),
            ..Limits::default()
        };
        Rates::new(&limits)
    }

    #[test]
    fn one_caller_uses_up_nobody_elses_share() {
        let rates = rates(1, 3);
        let [mill, shop]: [Did; 2] =
            ["did:web:mill.example", "did:web:shop.example"].map(|it| it.parse().unwrap());
        let counted: Vec<_> = (0..6).map(|_| rates.count_did(&mill).is_ok()).collect();
        assert_eq!(counted, [true, true, true, false, false, false]);
        assert!(rates.count_did(&shop).is_ok());
        let refused = rates.count_did(&mill).unwrap_err().problem();
        assert_eq!((refused.status, refused.code.as_str()), (429, "rate.did"));
    }

    #[test]
    fn the_proxy_is_known_however_its_address_is_written() {
        for (set, peer) in [("192.0.2.1", "::ffff:192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1")] {
            let limits = Limits { proxy: Some(set.parse().unwrap()), ..Limits::default() };
            assert!(limits.is_proxy(peer.parse().unwrap()), "{set} {peer}");
            assert!(!limits.is_proxy("192.0.2.2".parse().unwrap()));
        }
    }

    #[test]
    fn the_last_address_of_the_header_counts_whatever_stands_before_it() {
        for (line, last) in [
            (&b"192.0.2.1"[..], Some("192.0.2.1")),
            (b"192.0.2.1, 2001:db8::1", Some("2001:db8::1")),
            (b"\xff, 192.0.2.1", Some("192.0.2.1")),
            (b"192.0.2.1:4711", Some("192.0.2.1")),
            (b"[2001:db8::1]:4711", Some("2001:db8::1")),
            (b"192.0.2.1, unknown", None),
            (b"192.0.2.1, \xff", None),
            (b"", None),
        ] {
            assert_eq!(last_address(line), last.map(|it| it.parse().unwrap()), "{line:?}");
        }
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        let rates = rates(1, 2);
        let ask = |ip: &str| rates.count_address(ip.parse().unwrap()).is_ok();
        assert!(ask("2001:db8::1") && ask("2001:db8::2"));
        assert!(!ask("2001:db8::3"));
        assert!(ask("2001:db8:0:1::1") && ask("192.0.2.1") && ask("::ffff:192.0.2.1"));
        assert!(!ask("192.0.2.1"), "an IPv4 address is one, however it is written");
    }
}
