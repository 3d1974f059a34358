//! One company's connector, open: settings, key, journal, fact store, policies, trust, sessions.

use crate::config::Config;
use crate::dcp::Dcp;
use crate::error::Error;
use crate::folder::Folder;
use crate::http::limits::Rates;
use crate::keys::Keystore;
use crate::lists::OwnLists;
use crate::metrics::Metrics;
use crate::partners::Directory;
use crate::published::Published;
use crate::refused::Refusals;
use crate::replay::Replays;
use crate::safe_client::SafeClient;
use crate::session::Sessions;
use crate::statuses::Copies;
use crate::tls::Served;
use adit_credentials::{Keys, Trust, Verified};
use adit_facts::{Shown, Store, Summary, Turns, View, Workers};
use adit_journal::{Entry, Journal, Kind, Record};
use adit_policy::Policies;
use adit_shapes::Shapes;
use adit_vocab::{Did, Vocabulary};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::Duration;
use tokio::sync::{Notify, OnceCell};

/// How many requests for quads are answered at once, and how long the next one waits.
const QUADS_AT_ONCE: usize = 4;
const QUADS_WAIT: Duration = Duration::from_secs(5);

/// The program that runs, also where an upgrade has put another in its place: a worker of another version would not
/// understand its server.
const PROGRAM: &str = "/proc/self/exe";

/// Everything that a request needs, shared by all of them.
pub struct Connector {
    /// The settings.
    pub config: Config,
    /// Where the files are.
    pub folder: Folder,
    /// This company's keys; [`Connector::keys`] gives them.
    pub(crate) keys: RwLock<Arc<Keys>>,
    /// Where they lie.
    pub(crate) keystore: Keystore,
    /// Wakes whoever waits for the next date of a key.
    pub(crate) keys_changed: Notify,
    /// Held while keys or trust are changed.
    pub(crate) changing: tokio::sync::Mutex<()>,
    /// The truth.
    pub journal: Journal,
    /// What is published, by source; held while a publication is made.
    pub published: tokio::sync::Mutex<Published>,
    /// The projection that queries read.
    pub store: Store,
    /// What predicates and product groups mean.
    pub vocabulary: Arc<Vocabulary>,
    /// The usage policies.
    pub policies: Policies,
    /// Whom this company trusts.
    pub(crate) trust: RwLock<Arc<Trust>>,
    /// The bearers that this server gave.
    pub sessions: Sessions,
    /// The presentations and self-issued tokens seen.
    pub replays: Replays,
    /// What the Decentralized Claims Protocol needs to remember.
    pub dcp: Dcp,
    /// The signatures that were checked before.
    pub verified: Verified,
    /// The way out.
    pub outbound: SafeClient,
    /// The certificate that the running server answers with, if it speaks TLS itself.
    pub served: OnceLock<Arc<Served>>,
    /// What is known of other companies: addresses, templates, tokens, summaries.
    pub directory: Directory,
    /// The status lists of what this company issued.
    pub lists: OwnLists,
    /// The status lists of others, as they were fetched last.
    pub copies: Copies,
    /// What is counted.
    pub metrics: Metrics,
    /// How often each caller asked lately.
    pub rates: Rates,
    /// Turns at gathering quads for others, which this process does itself.
    pub quads: Turns,
    /// The refused calls that were counted instead of written down.
    pub refusals: Refusals,
    shapes: OnceLock<Shapes>,
    summaries: Mutex<HashMap<(Shown, u64), Arc<Summary>>>,
    workers: OnceCell<Workers>,
    workers_wanted: usize,
    /// The runtime of several threads that orders run on.
    pub runtime: tokio::runtime::Handle,
    _lock: File,
}

impl Connector {
    /// Opens a folder for one command.
    pub fn open(folder: &Folder) -> Result<Arc<Self>, Error> {
        Self::open_with(folder, 1)
    }

    /// Opens a folder with a number of worker processes, started when the first query comes.
    ///
    /// Takes the folder's lock; brings the fact store up to the journal.
    pub fn open_with(folder: &Folder, workers_wanted: usize) -> Result<Arc<Self>, Error> {
        let config = Config::read(folder)?;
        let lock = folder.lock()?;
        clear(&folder.scratch())?;
        let (keystore, keys) = Keystore::open(folder, &config)?;
        let vocabulary = crate::vocabulary::read(folder)?;
        let policies = read_policies(folder, &vocabulary)?;
        let trust = crate::trust::read(folder)?;
        let journal = Journal::open(&folder.state())?;
        let replays = Replays::open(folder)?;
        let store = Store::open(&folder.facts())?;
        let mut published = Published::default();
        published.catch_up(&journal, &store)?;
        let outbound = SafeClient::new(&config, folder)?;
        let directory = Directory::read(folder)?;
        let lists = OwnLists::read(&journal, &config.did, config.base.as_deref())?;
        let rates = Rates::new(&config.limits);
        Ok(Arc::new(Self {
            config,
            folder: folder.clone(),
            keys: RwLock::new(Arc::new(keys)),
            keystore,
            keys_changed: Notify::new(),
            changing: tokio::sync::Mutex::new(()),
            journal,
            published: tokio::sync::Mutex::new(published),
            store,
            vocabulary,
            policies,
            trust: RwLock::new(Arc::new(trust)),
            sessions: Sessions::default(),
            replays,
            dcp: Dcp::of(folder),
            verified: Verified::default(),
            outbound,
            served: OnceLock::new(),
            directory,
            lists,
            copies: Copies::default(),
            metrics: Metrics::new(crate::clock::now()),
            rates,
            quads: Turns::new(QUADS_AT_ONCE, QUADS_WAIT),
            refusals: Refusals::default(),
            shapes: OnceLock::new(),
            summaries: Mutex::default(),
            workers: OnceCell::new(),
            workers_wanted,
            runtime: tokio::runtime::Handle::current(),
            _lock: lock,
        }))
    }

    /// This company's DID.
    pub fn did(&self) -> &Did {
        &self.config.did
    }

    /// The rules of the vocabulary and the profiles, read once.
    pub fn shapes(&self) -> Result<&Shapes, Error> {
        if let Some(shapes) = self.shapes.get() {
            return Ok(shapes);
        }
        let shapes = crate::vocabulary::shapes(&self.folder, &self.vocabulary)?;
        Ok(self.shapes.get_or_init(|| shapes))
    }

    /// The worker processes that evaluate query text.
    pub async fn workers(&self) -> Result<&Workers, Error> {
        self.workers
            .get_or_try_init(|| async {
                Ok(Workers::start(
                    PROGRAM.into(),
                    vec!["worker".to_owned()],
                    self.workers_wanted,
                    self.config.queries.limits(),
                )?)
            })
            .await
    }

    /// Writes one entry to the journal and waits until it is durable.
    pub async fn record(&self, kind: Kind, body: Value, now: Timestamp) -> Result<Entry, Error> {
        let record = Record { kind, at: now.to_string(), body, blobs: Vec::new() };
        let entry = self.journal.append_async(record).await?;
        // What was issued or taken back is in the journal now, and only now in the lists.
        if kind == Kind::Trust {
            self.lists.apply(&entry.record.body);
        }
        Ok(entry)
    }

    /// The summary of a view, made once for all who see the same of one generation: a DID of one's own buys no other.
    pub fn summary_of(
        &self,
        permit: &adit_policy::Permit,
        now: Timestamp,
    ) -> Result<(Arc<Summary>, u64), Error> {
        let view = View::open(&self.store, permit, now)?;
        let generation = view.generation();
        let key = (view.shown(), generation);
        let mut summaries = self.summaries.lock().expect("no holder of the lock panics");
        if let Some(summary) = summaries.get(&key) {
            return Ok((summary.clone(), generation));
        }
        let summary = Arc::new(view.summary()?);
        summaries.retain(|(_, of), _| *of == generation);
        summaries.insert(key, summary.clone());
        Ok((summary, generation))
    }
}

/// Makes an empty folder, whatever a process that was killed left there; the lock says that nobody uses it.
fn clear(dir: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(dir, e)),
        Ok(()) | Err(_) => {}
    }
    std::fs::create_dir_all(dir).map_err(|e| Error::file(dir, e))
}

fn read_policies(folder: &Folder, vocabulary: &Vocabulary) -> Result<Policies, Error> {
    let dir = folder.policies();
    let mut files = Vec::new();
    if dir.exists() {
        for entry in std::fs::read_dir(&dir).map_err(|e| Error::file(&dir, e))? {
            let path = entry.map_err(|e| Error::file(&dir, e))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.push((name, std::fs::read(&path).map_err(|e| Error::file(&path, e))?));
            }
        }
    }
    files.sort();
    Policies::read(files, vocabulary).map_err(Error::Policies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use adit_policy::Permit;
    use adit_vocab::Tier;
    use clap::Parser;

    #[tokio::test]
    async fn a_did_of_ones_own_buys_no_summary_of_ones_own() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::at(root.path().join("shop"));
        let init = "adit init --did did:web:shop.example --passphrase-file ../shop.passphrase";
        let Command::Init(init) = Cli::parse_from(init.split(' ')).command else { panic!() };
        crate::command::init::run(&folder, &init).await.unwrap();
        let connector = Connector::open(&folder).unwrap();
        let now = crate::clock::now();
        let summary = |name: &str| {
            let did = format!("did:web:{name}.example").parse().ok();
            let permit = Permit::for_test([Tier::Public], did, false, Vec::new());
            connector.summary_of(&permit, now).unwrap().0
        };
        assert!(Arc::ptr_eq(&summary("one"), &summary("other")));
    }
}
