//! Which addresses are not the public Internet.

use crate::network::Cidrs;
use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// The special-purpose ranges of IPv4, see [RFC 6890](https://www.rfc-editor.org/rfc/rfc6890#section-2.2.2)
/// and the registry of IANA, with the addresses that clouds give their metadata services.
const SPECIAL_V4: &[(Ipv4Net, &str)] = &[
    (v4(0, 0, 0, 0, 8), "this network"),
    (v4(10, 0, 0, 0, 8), "a private network"),
    (v4(100, 64, 0, 0, 10), "shared address space"),
    (v4(127, 0, 0, 0, 8), "this machine"),
    (v4(168, 63, 129, 16, 32), "a cloud's metadata"),
    (v4(169, 254, 0, 0, 16), "this link, or a cloud's metadata"),
    (v4(172, 16, 0, 0, 12), "a private network"),
    (v4(192, 0, 0, 0, 24), "protocol assignments"),
    (v4(192, 0, 2, 0, 24), "documentation"),
    (v4(192, 31, 196, 0, 24), "AS112"),
    (v4(192, 52, 193, 0, 24), "AMT"),
    (v4(192, 88, 99, 0, 24), "a 6to4 relay"),
    (v4(192, 168, 0, 0, 16), "a private network"),
    (v4(192, 175, 48, 0, 24), "AS112"),
    (v4(198, 18, 0, 0, 15), "benchmarks"),
    (v4(198, 51, 100, 0, 24), "documentation"),
    (v4(203, 0, 113, 0, 24), "documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved"),
];

/// Global unicast; everything else of IPv6 is special, the ranges that carry an IPv4 address among it.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// The special-purpose ranges within [`GLOBAL_V6`].
const SPECIAL_V6: &[(Ipv6Net, &str)] = &[
    (v6(0x2001, 0, 0, 32), "Teredo"),
    (v6(0x2001, 0, 0, 23), "protocol assignments"),
    (v6(0x2001, 0xdb8, 0, 32), "documentation"),
    (v6(0x2002, 0, 0, 16), "6to4"),
    (v6(0x2620, 0x4f, 0x8000, 48), "AS112"),
    (v6(0x3fff, 0, 0, 20), "documentation"),
];

/// Why an address may not be asked; `None` where it may, because it is public or the settings allow it.
pub(super) fn forbidden(ip: IpAddr, allowed: &Cidrs) -> Option<&'static str> {
    if allowed.contains(&ip) {
        return None;
    }
    match ip {
        IpAddr::V4(ip) => {
            SPECIAL_V4.iter().find(|(range, _)| range.contains(&ip)).map(|(_, what)| *what)
        }
        IpAddr::V6(ip) if !GLOBAL_V6.contains(&ip) => Some(match ip {
            Ipv6Addr::LOCALHOST => "this machine",
            _ if ip.is_unique_local() => "a private network",
            _ if ip.is_unicast_link_local() => "this link",
            _ => "not global unicast",
        }),
        IpAddr::V6(ip) => {
            SPECIAL_V6.iter().find(|(range, _)| range.contains(&ip)).map(|(_, what)| *what)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s27_only_public_addresses_are_asked() {
        for (text, public) in [
            ("8.8.8.8", true),
            ("100.63.255.255", true),
            ("100.128.0.0", true),
            ("172.15.0.1", true),
            ("172.32.0.1", true),
            ("2606:4700::1111", true),
            ("2a00:1450::1", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("100.100.100.200", false),
            ("127.0.0.1", false),
            ("168.63.129.16", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.192", false),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("198.19.255.255", false),
            ("198.51.100.1", false),
            ("203.0.113.1", false),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:8.8.8.8", false),
            ("::ffff:127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b:1::1", false),
            ("100::1", false),
            ("2001::1", false),
            ("2001:2::1", false),
            ("2001:10::1", false),
            ("2001:20::1", false),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false),
            ("3fff::1", false),
            ("5f00::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            let why = forbidden(text.parse().unwrap(), &Cidrs::default());
            assert_eq!(why.is_none(), public, "{text}: {why:?}");
        }
    }

    #[test]
    fn what_the_settings_allow_is_asked_and_its_neighbour_is_not() {
        let allowed = Cidrs::try_from("127.0.0.2/32, 10.7.0.0/16, fd12::/16".to_owned()).unwrap();
        for (text, may) in [
            ("127.0.0.2", true),
            ("127.9.9.9", false),
            ("10.7.200.1", true),
            ("10.8.0.1", false),
            ("fd12::1", true),
            ("fd13::1", false),
            ("::ffff:127.0.0.2", false),
        ] {
            assert_eq!(forbidden(text.parse().unwrap(), &allowed).is_none(), may, "{text}");
        }
    }
}
