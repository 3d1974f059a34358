//! The settings of a company, from `adit.toml`: every problem is reported before a port opens.

use crate::error::Error;
use crate::folder::Folder;
use adit_ingest::Templates;
use adit_vocab::Did;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What `adit.toml` says, as it stands there.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who this is: `did:web:…` for a company, `did:jwk:…` for a client without a server.
    pub did: Did,
    /// The name that people read.
    pub name: String,
    /// The address of the connector, `https://…` without a trailing slash; a client has none.
    #[serde(default)]
    pub base: Option<String>,
    /// The zone of times that name none, from the IANA time zone database.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// The country, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// The language of pages, `en`, `sv` or `fi`.
    #[serde(default)]
    pub language: Option<String>,
    /// The address and port to answer on; port 0 lets the system choose.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// The identifier templates that this company publishes.
    #[serde(default)]
    pub identifiers: Templates,
    /// How names are reached.
    #[serde(default, skip_serializing_if = "Network::is_empty")]
    pub network: Network,
}

/// How names are reached.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Host names that stand for a loopback port; for these alone plain HTTP is allowed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, SocketAddr>,
    /// A file with such a table, read again whenever a name is looked up.
    #[serde(default)]
    pub hosts_file: Option<PathBuf>,
}

impl Network {
    fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.hosts_file.is_none()
    }
}

impl Config {
    /// Reads the settings of a folder.
    pub fn read(folder: &Folder) -> Result<Self, Error> {
        let path = folder.settings();
        if !path.exists() {
            return Err(Error::NoFolder { folder: folder.root().to_owned() });
        }
        let text = Folder::text(&path)?;
        let config: Self = toml::from_str(&text)
            .map_err(|e| Error::Settings { path: path.clone(), message: e.to_string() })?;
        config.check().map_err(|message| Error::Settings { path, message })?;
        Ok(config)
    }

    /// The settings as `adit init` writes them.
    pub fn to_text(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), String> {
        if let Some(base) = &self.base
            && (!base.starts_with("https://") || base.ends_with('/'))
        {
            return Err(format!(
                "base is '{base}'; write the address as https://HOST without a slash at its end"
            ));
        }
        for (name, address) in &self.network.hosts {
            if !address.ip().is_loopback() {
                return Err(format!(
                    "network.hosts maps '{name}' to {address}; only loopback addresses may stand there"
                ));
            }
        }
        if let Some(zone) = &self.time_zone {
            jiff::tz::TimeZone::get(zone).map_err(|_| {
                format!("time_zone is '{zone}'; write a name such as Europe/Helsinki")
            })?;
        }
        Ok(())
    }

    /// The address of the connector; a client has none.
    pub fn base(&self) -> Result<&str, Error> {
        self.base.as_deref().ok_or(Error::ClientOnly)
    }

    /// The loopback address that a host name stands for, if the settings map it.
    pub fn host(&self, folder: &Folder, name: &str) -> Option<SocketAddr> {
        if let Some(address) = self.network.hosts.get(name) {
            return Some(*address);
        }
        let file = folder.root().join(self.network.hosts_file.as_ref()?);
        let table: BTreeMap<String, SocketAddr> =
            toml::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
        table.get(name).copied().filter(|address| address.ip().is_loopback())
    }
}

/// Whether the environment asks for output without colour, see <https://no-color.org>.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub fn no_color() -> bool {
    std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty())
}

/// What to log, from the environment.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub fn log_filter() -> Option<String> {
    std::env::var("ADIT_LOG").ok()
}
