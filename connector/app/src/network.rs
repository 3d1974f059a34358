//! The settings under `network` and `tls`: whom this connector may reach and how, and how it is reached.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The ports that a peer may answer on if no setting adds one.
const PORTS: [u16; 2] = [443, 8443];

/// How peers are reached.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Host names that stand for a loopback port; for these plain HTTP is allowed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, SocketAddr>,
    /// A file with such a table, read again whenever a name is looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts_file: Option<PathBuf>,
    /// Address ranges that may be asked although they are not public.
    #[serde(default, skip_serializing_if = "Cidrs::is_empty")]
    pub allow: Cidrs,
    /// Ports that may be asked beside 443 and 8443.
    #[serde(default, skip_serializing_if = "Ports::is_empty")]
    pub ports: Ports,
    /// The name server to ask instead of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<SocketAddr>,
    /// The proxy that stands between this connector and the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The name under which this connector is known to the proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_user: Option<String>,
    /// The file with the password for the proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_password_file: Option<PathBuf>,
    /// A file of certificates that are trusted beside those of the system, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roots: Option<PathBuf>,
    /// A file of revocation lists, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crls: Option<PathBuf>,
}

impl Network {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        toml::Table::try_from(self).is_ok_and(|table| table.is_empty())
    }
}

/// How this connector is reached.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The file with the certificate and those between it and a root, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// The file with the certificate's private key, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// Whether a web server in front speaks TLS, so that plain HTTP may be answered on any address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_proxy: bool,
}

impl Tls {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.certificate.is_none() && self.key.is_none() && !self.by_proxy
    }
}

/// Address ranges, written `10.0.0.0/8, fd12:3456::/32`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidrs(Vec<IpNet>);

impl Cidrs {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them holds an address.
    pub fn contains(&self, ip: &IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(ip))
    }
}

impl TryFrom<String> for Cidrs {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let range = |text: &str| {
            text.parse().map_err(|_| format!("'{text}' is no range such as 10.0.0.0/8"))
        };
        parts(&text).map(range).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Cidrs> for String {
    fn from(ranges: Cidrs) -> Self {
        ranges.0.iter().map(IpNet::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// Ports, written `9443, 10443`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ports(BTreeSet<u16>);

impl Ports {
    /// Whether there is none beside the usual ones.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a port may be asked.
    pub fn contains(&self, port: u16) -> bool {
        PORTS.contains(&port) || self.0.contains(&port)
    }
}

impl TryFrom<String> for Ports {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let port = |text: &str| text.parse().map_err(|_| format!("'{text}' is no port"));
        parts(&text).map(port).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Ports> for String {
    fn from(ports: Ports) -> Self {
        ports.0.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_ports_are_read_as_they_are_written() {
        let ranges = Cidrs::try_from("10.0.0.0/8, fd12::/16".to_owned()).unwrap();
        assert!(ranges.contains(&"10.9.9.9".parse().unwrap()));
        assert!(!ranges.contains(&"11.9.9.9".parse().unwrap()));
        assert_eq!(String::from(ranges), "10.0.0.0/8, fd12::/16");
        assert!(Cidrs::try_from("10.0.0.1-9".to_owned()).is_err());
        let ports = Ports::try_from("9443".to_owned()).unwrap();
        assert!(ports.contains(9443) && ports.contains(443) && !ports.contains(80));
        assert!(Ports::try_from("99999".to_owned()).is_err());
        assert!(Network::default().is_empty());
    }
}
