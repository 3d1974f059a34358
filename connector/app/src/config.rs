//! The settings of a company, ready to use: every problem is reported before a port opens.
//!
//! What `adit.toml` says is overridden by the environment, and that by a flag; see [`crate::layers`].

use crate::dcp::Issuance;
use crate::error::Error;
use crate::folder::Folder;
use crate::http::limits::Limits;
use crate::keys::Places;
use crate::layers::{Override, Settings};
use crate::network::{Network, Tls};
use adit_ingest::Templates;
use adit_vocab::Did;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

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
    /// What one query may take.
    #[serde(default, skip_serializing_if = "Queries::is_empty")]
    pub queries: Queries,
    /// What the log tells, such as `debug` or `warn,adit=info`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Where a weakness of this connector is reported, as `security.txt` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_contact: Option<String>,
    /// Until when that holds; half a year from each answer if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_expires: Option<Timestamp>,
    /// The identifier templates that this company publishes.
    #[serde(default)]
    pub identifiers: Templates,
    /// What others may ask this company to issue.
    #[serde(default, skip_serializing_if = "Issuance::is_default")]
    pub issuance: Issuance,
    /// How peers are reached.
    #[serde(default, skip_serializing_if = "Network::is_empty")]
    pub network: Network,
    /// What opens the keys.
    #[serde(default, skip_serializing_if = "Keys::is_empty")]
    pub keys: Keys,
    /// How this connector is reached.
    #[serde(default, skip_serializing_if = "Tls::is_empty")]
    pub tls: Tls,
    /// How much one caller may ask.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
}

/// What one query may take.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queries {
    /// Seconds until its last row, and that it waits for a free worker; it may have two thirds of it of the processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Memory of a worker, in units of 2^20 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u32>,
}

impl Queries {
    fn is_empty(&self) -> bool {
        self.seconds.is_none() && self.memory_mb.is_none()
    }

    /// The limits that each query is held to.
    pub fn limits(&self) -> adit_facts::Limits {
        let mut limits = adit_facts::Limits::default();
        if let Some(seconds) = self.seconds {
            limits = limits.within(Duration::from_secs(seconds.into()));
        }
        if let Some(mb) = self.memory_mb {
            limits.memory_bytes = u64::from(mb) << 20;
        }
        limits
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

    /// The file that opens the sealed keys, where the settings name one.
    pub fn passphrase_file(&self, folder: &Folder) -> Option<PathBuf> {
        let named = self.keys.passphrase_file.as_ref().filter(|it| !it.as_os_str().is_empty());
        named.map(|it| folder.root().join(it))
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

/// What opens the keys.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// A file outside the folder, which its owner alone can read: an age identity or a passphrase.
    #[serde(default)]
    pub passphrase_file: Option<PathBuf>,
}

impl Keys {
    fn is_empty(&self) -> bool {
        self.passphrase_file.is_none()
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
    /// Where secrets may lie outside the folder.
    pub places: Places,
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
        let home = set("HOME").map(|home| PathBuf::from(home).join(".config"));
        let places = Places {
            credentials: set("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            config: set("XDG_CONFIG_HOME").map(PathBuf::from).or(home),
        };
        Self {
            places,
            locale: ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set),
            no_color: set("NO_COLOR").is_some(),
            folder: set("ADIT_FOLDER").map(PathBuf::from),
            settings,
        }
    }
}
