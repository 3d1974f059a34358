//! The settings of a company, ready to use: every problem is reported before a port opens.
//!
//! What `adit.toml` says is overridden by the environment, and that by a flag; see [`crate::layers`].

use crate::error::Error;
use crate::folder::Folder;
use crate::layers::{Override, Settings};
use adit_ingest::Templates;
use adit_vocab::Did;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The settings, after every layer.
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
    /// How many processes evaluate queries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workers: Option<usize>,
    /// What the log tells, such as `debug` or `warn,adit=info`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
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
        Self::parse(&Folder::text(&path)?, folder)
    }

    /// Reads a text as the settings of a folder.
    pub fn parse(text: &str, folder: &Folder) -> Result<Self, Error> {
        let wrong = |message: String| Error::Settings { path: folder.settings(), message };
        let settings = Settings::read(text, folder).map_err(|all| wrong(all.join("\n")))?;
        Self::deserialize(settings.table).map_err(|e| wrong(e.to_string()))
    }

    /// The settings as `adit init` writes them.
    pub fn to_text(&self) -> String {
        toml::to_string(self).unwrap_or_default()
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

/// What the environment says, read once when the program starts.
#[derive(Debug, Default)]
pub struct Environment {
    /// The locale of messages: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set.
    pub locale: Option<String>,
    /// Whether output without colour is asked for, see <https://no-color.org>.
    pub no_color: bool,
    /// The company's folder, `ADIT_FOLDER`.
    pub folder: Option<PathBuf>,
    /// Settings: every other variable whose name begins with `ADIT_`.
    pub settings: Vec<Override>,
}

impl Environment {
    /// Reads the environment.
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    pub fn read() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Override::variable(name.to_str()?, value.to_str()?));
        let mut settings: Vec<_> = variables.filter(|it| it.key != "folder").collect();
        settings.sort_by(|a, b| a.key.cmp(&b.key));
        Self {
            locale: ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set),
            no_color: set("NO_COLOR").is_some(),
            folder: set("ADIT_FOLDER").map(PathBuf::from),
            settings,
        }
    }
}
