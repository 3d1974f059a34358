//! The first half of the outbound gate: from a text to an address that may be connected to.

use super::addresses;
use super::failure::Forbidden;
use crate::network::Network;
use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use url::Host;

/// Where to connect.
#[derive(Debug)]
pub(super) struct Target {
    /// The address to connect to.
    pub(super) url: Url,
    /// The host to name there, where it differs.
    pub(super) said: Option<String>,
    /// The host and port as one text, by which requests at once and failures are counted.
    pub(super) host: String,
}

/// Checks an address in the fixed order: scheme, user information, port, spelling and range of the host.
///
/// `mapped` gives the loopback address that the settings put in the place of a host name. Plain HTTP is for
/// those, and for loopback addresses that `network.allow` holds: on both only tests run.
pub(super) fn target(
    text: &str,
    network: &Network,
    mapped: impl Fn(&str) -> Option<SocketAddr>,
) -> Result<Target, Forbidden> {
    let mut url = parse(text)?;
    let name = url.host_str().unwrap_or_default().to_owned();
    let literal = literal(&url);
    let mapped = if literal.is_none() { mapped(&name) } else { None };
    let is_test = mapped.is_some()
        || literal.is_some_and(|ip| ip.is_loopback() && network.allow.contains(&ip));
    match url.scheme() {
        "https" => {}
        "http" if is_test => {}
        other => return Err(Forbidden::Scheme(other.to_owned())),
    }
    if authority(text).contains('@') {
        return Err(Forbidden::User);
    }
    let port = url.port_or_known_default().unwrap_or_default();
    if url.scheme() == "https" && !network.ports.contains(port) {
        return Err(Forbidden::Port(port));
    }
    check_spelling(text, &name)?;
    if let Some(ip) = literal
        && let Some(what) = addresses::forbidden(ip, &network.allow)
    {
        return Err(Forbidden::Range { ip, what });
    }
    let Some(address) = mapped else {
        return Ok(Target { host: format!("{name}:{port}"), url, said: None });
    };
    let said = match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name,
    };
    let refused = |()| Forbidden::Syntax(format!("cannot be led to {address}"));
    url.set_scheme("http").map_err(refused)?;
    url.set_ip_host(address.ip()).map_err(refused)?;
    url.set_port(Some(address.port())).map_err(refused)?;
    Ok(Target { url, said: Some(said), host: address.to_string() })
}

fn parse(text: &str) -> Result<Url, Forbidden> {
    // Where a parser would drop or change a character, two readers see two addresses.
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err(Forbidden::Syntax("a character that no address has".to_owned()));
    }
    let url = Url::parse(text).map_err(|e| Forbidden::Syntax(e.to_string()))?;
    match url.has_host() && text.contains("://") {
        true => Ok(url),
        false => Err(Forbidden::Syntax("no host".to_owned())),
    }
}

/// The address that a host is by itself, without a name server; `localhost` is one in every spelling.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
        Host::Domain(name) => {
            let last = name.trim_end_matches('.').rsplit('.').next()?;
            (last == "localhost").then_some(IpAddr::V4(Ipv4Addr::LOCALHOST))
        }
    }
}

/// What stands between the scheme and the path, as it is written.
fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Refuses a host that is written otherwise than it is connected to: `0x7f.1`, `2130706433`, a last dot.
fn check_spelling(text: &str, meant: &str) -> Result<(), Forbidden> {
    let authority = authority(text);
    let written = match authority.rfind(']') {
        Some(end) => &authority[..=end],
        None => authority.split(':').next().unwrap_or_default(),
    };
    if written.eq_ignore_ascii_case(meant) && !meant.ends_with('.') {
        return Ok(());
    }
    let meant = meant.trim_end_matches('.').to_owned();
    Err(Forbidden::Spelling { written: written.to_owned(), meant })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(allow: &str, ports: &str) -> Network {
        Network {
            allow: allow.to_owned().try_into().unwrap(),
            ports: ports.to_owned().try_into().unwrap(),
            ..Network::default()
        }
    }

    fn mapped(name: &str) -> Option<SocketAddr> {
        (name == "shop.example").then(|| SocketAddr::from(([127, 0, 0, 1], 4000)))
    }

    #[test]
    fn s22_no_spelling_of_this_machine_is_asked() {
        let network = network("127.0.0.2/32", "");
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "017700000001",
            "0",
            "0.0.0.0",
            "１２７.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:0:0:1]",
            "127.0.0.1.",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "shop.example.",
            "user@shop.example",
            "user:password@shop.example",
            "@shop.example",
            "shop.example@127.0.0.1",
            "shop.example\\@127.0.0.1",
            "127.0.0.3",
            "127.0.0.2.",
            "0x7f.2",
        ] {
            for text in
                [format!("https://{host}/did.json"), format!("https://{host}:8443/did.json")]
            {
                let refused = target(&text, &network, mapped);
                assert!(refused.is_err(), "{text}: {refused:?}");
            }
        }
    }

    #[test]
    fn the_plain_spelling_of_a_public_host_is_asked() {
        let network = network("", "9443");
        for text in [
            "https://shop-2.example/.well-known/did.json",
            "https://SHOP-2.example:8443/",
            "https://shop-2.example:9443/a?b=c@d#e",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://xn--ljy-rna.example/",
        ] {
            let target = target(text, &network, mapped).unwrap();
            assert_eq!((target.url.scheme(), target.said), ("https", None), "{text}");
        }
    }

    #[test]
    fn the_address_says_what_is_wrong_with_it() {
        let network = network("127.0.0.2/32", "");
        for (text, why) in [
            ("http://oem.example/", "its scheme is http; only https is asked"),
            ("file:///etc/passwd", "it is no address (no host)"),
            ("ftp://oem.example/", "its scheme is ftp; only https is asked"),
            ("https:shop.example", "it is no address (no host)"),
            ("https://a b/", "it is no address (a character that no address has)"),
            ("https://u@oem.example/", "it carries user information"),
            ("https://oem.example:22/", "port 22 is not asked; network.ports can allow it"),
            ("https://shop.example:22/", "port 22 is not asked; network.ports can allow it"),
            (
                "https://0x7f.1/",
                "its host is written '0x7f.1' and leads to '127.0.0.1'; only the plain spelling is asked",
            ),
            ("https://10.0.0.1/", "10.0.0.1 is a private network; network.allow can allow it"),
        ] {
            assert_eq!(target(text, &network, mapped).unwrap_err().to_string(), why, "{text}");
        }
    }

    #[test]
    fn plain_http_is_for_tests_alone() {
        let network = network("127.0.0.2/32, 10.0.0.0/8", "");
        assert!(target("http://127.0.0.2:4000/", &network, mapped).is_ok());
        assert!(target("http://127.0.0.1:4000/", &network, mapped).is_err());
        // A private network that is allowed is no test network.
        assert!(target("http://10.0.0.1/", &network, mapped).is_err());
        assert!(target("https://10.0.0.1/", &network, mapped).is_ok());
        let target = target("https://shop.example/a", &network, mapped).unwrap();
        assert_eq!(target.url.as_str(), "http://127.0.0.1:4000/a");
        assert_eq!(target.said.as_deref(), Some("shop.example"));
    }
}
