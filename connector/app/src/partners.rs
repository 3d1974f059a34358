//! What is known of other companies: our numbers of them, their addresses, templates, tokens and summaries.

use crate::documents::{DocumentCache, Role};
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::safe_client::{Cap, Request, SafeClient};
use adit_facts::Summary;
use adit_ingest::{Partner, Templates};
use adit_policy::Withheld;
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

/// How long a summary is used before it is fetched again.
pub const SUMMARY_AGE: SignedDuration = SignedDuration::from_secs(30);

/// What a company publishes about its connector, at `/.well-known/adit.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Description {
    /// Who.
    pub did: Did,
    /// The name that people read.
    pub name: String,
    /// The address of the connector.
    pub base: String,
    /// The templates of the company's identifiers.
    pub identifiers: Templates,
}

/// A bearer that a peer gave us.
#[derive(Debug, Clone)]
pub struct PeerToken {
    /// The bearer.
    pub bearer: String,
    /// When it ends.
    pub until: Timestamp,
}

/// A summary as it was fetched.
#[derive(Debug, Clone)]
pub struct PeerSummary {
    /// The summary.
    pub summary: Arc<Summary>,
    /// The generation that it was made of.
    pub generation: u64,
    /// What the company withholds from us, with what would open it.
    pub withheld: Vec<Withheld>,
    /// When it was fetched.
    pub at: Timestamp,
}

/// Which conversation with a peer: the peer, the purpose, and the credentials shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conversation {
    /// The peer.
    pub peer: Did,
    /// What for.
    pub purpose: Option<String>,
    /// The digest of what is shown.
    pub shown: String,
}

/// What is known of other companies. Tokens and summaries live in memory.
#[derive(Debug)]
pub struct Directory {
    folder: Folder,
    /// The DID documents of others.
    pub documents: DocumentCache,
    /// Tokens by conversation.
    pub tokens: Mutex<HashMap<Conversation, PeerToken>>,
    /// Summaries by conversation.
    pub summaries: Mutex<HashMap<Conversation, PeerSummary>>,
}

impl Directory {
    /// The directory of a folder.
    pub fn read(folder: &Folder) -> Result<Self, Error> {
        Ok(Self {
            folder: folder.clone(),
            documents: DocumentCache::new(folder),
            tokens: Mutex::default(),
            summaries: Mutex::default(),
        })
    }

    /// Ends a conversation: its bearer is of no use any more, and what was learned with it is old.
    pub fn forget(&self, conversation: &Conversation) {
        self.tokens.lock().expect("no holder of the lock panics").remove(conversation);
        self.summaries.lock().expect("no holder of the lock panics").remove(conversation);
    }

    /// The rows of `partners.csv`: our number, DID, name.
    pub fn partners(&self) -> Result<Vec<Partner>, Error> {
        let path = self.folder.partners();
        if !path.exists() {
            return Ok(Vec::new());
        }
        let bytes = std::fs::read(&path).map_err(|e| Error::file(&path, e))?;
        adit_ingest::read_partners("partners.csv", &bytes).map_err(Error::Data)
    }

    /// Adds a row to `partners.csv` unless the DID stands there.
    pub fn add_partner(&self, partner: &Partner) -> Result<(), Error> {
        if self.partners()?.iter().any(|known| known.did == partner.did) {
            return Ok(());
        }
        let path = self.folder.partners();
        let mut text =
            if path.exists() { Folder::text(&path)? } else { "number;did;name\n".to_owned() };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let quoted = partner.name.replace('"', "\"\"");
        text.push_str(&format!("{};{};\"{quoted}\"\n", partner.number, partner.did));
        folder::write(&path, text.as_bytes(), false)
    }

    /// The descriptions kept from earlier meetings.
    pub fn descriptions(&self) -> BTreeMap<Did, Description> {
        let entries = std::fs::read_dir(self.folder.known()).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let text = std::fs::read(entry.path()).ok()?;
                let description: Description = serde_json::from_slice(&text).ok()?;
                Some((description.did.clone(), description))
            })
            .collect()
    }

    /// Keeps a description.
    pub fn keep(&self, description: &Description) -> Result<(), Error> {
        let name = format!("{}.json", description.did.as_str().replace([':', '%'], "_"));
        let text =
            serde_json::to_vec_pretty(description).map_err(|e| Error::Internal(e.to_string()))?;
        folder::write(&self.folder.known().join(name), &text, false)
    }

    /// The address of a company's connector, from its DID document.
    pub async fn address(
        &self,
        outbound: &SafeClient,
        did: &Did,
        now: Timestamp,
    ) -> Result<String, Error> {
        let document = self.documents.document(outbound, did, Role::Signer, now).await?;
        document
            .connector()
            .map(|endpoint| endpoint.trim_end_matches('/').to_owned())
            .ok_or_else(|| Error::NoConnector { did: did.clone() })
    }

    /// Fetches what a company publishes about its connector, and keeps it.
    pub async fn describe(
        &self,
        outbound: &SafeClient,
        did: &Did,
        now: Timestamp,
    ) -> Result<Description, Error> {
        let base = self.address(outbound, did, now).await?;
        let url = format!("{base}/.well-known/adit.json");
        let response =
            outbound.send(Request::get(url.clone(), "application/json", Cap::Document)).await?;
        let description: Description = serde_json::from_slice(&response.body)
            .map_err(|e| Error::BadAnswer { url: url.clone(), message: e.to_string() })?;
        if &description.did != did {
            let message = format!("it describes {}, not {did}", description.did);
            return Err(Error::BadAnswer { url, message });
        }
        self.keep(&description)?;
        Ok(description)
    }
}
