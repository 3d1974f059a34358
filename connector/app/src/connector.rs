//! One company's connector, open: settings, key, journal, fact store, policies, trust, sessions.

use crate::config::Config;
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::partners::Directory;
use crate::published::Published;
use crate::replay::Replays;
use crate::session::Sessions;
use adit_credentials::{Keypair, TrustList};
use adit_facts::{Store, Summary, Workers};
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
use tokio::sync::OnceCell;

/// Everything that a request needs, shared by all of them.
pub struct Connector {
    /// The settings.
    pub config: Config,
    /// Where the files are.
    pub folder: Folder,
    /// This company's key.
    pub key: Keypair,
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
    pub trust: RwLock<TrustList>,
    /// The bearers that this server gave.
    pub sessions: Sessions,
    /// The presentations seen.
    pub replays: Replays,
    /// The way out.
    pub outbound: Outbound,
    /// What is known of other companies: addresses, templates, tokens, summaries.
    pub directory: Directory,
    /// What is counted.
    pub metrics: Metrics,
    shapes: OnceLock<Shapes>,
    summaries: Mutex<HashMap<(String, u64), Arc<Summary>>>,
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
        let key = crate::keys::read(&folder.key())?;
        let vocabulary = crate::vocabulary::read(folder)?;
        let policies = read_policies(folder, &vocabulary)?;
        let trust = read_trust(folder)?;
        let journal = Journal::open(&folder.state())?;
        let store = Store::open(&folder.facts())?;
        let published = Published::catch_up(&journal, &store)?;
        let outbound = Outbound::new(&config, folder)?;
        let directory = Directory::read(folder)?;
        Ok(Arc::new(Self {
            config,
            folder: folder.clone(),
            key,
            journal,
            published: tokio::sync::Mutex::new(published),
            store,
            vocabulary,
            policies,
            trust: RwLock::new(trust),
            sessions: Sessions::default(),
            replays: Replays::default(),
            outbound,
            directory,
            metrics: Metrics::new(crate::clock::now()),
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
                let exe = std::env::current_exe()
                    .map_err(|e| Error::Internal(format!("where this program is: {e}")))?;
                Ok(Workers::start(
                    exe,
                    vec!["worker".to_owned()],
                    self.workers_wanted,
                    adit_facts::Limits::default(),
                )?)
            })
            .await
    }

    /// Writes one entry to the journal and waits until it is durable.
    pub async fn record(&self, kind: Kind, body: Value, now: Timestamp) -> Result<Entry, Error> {
        let record = Record { kind, at: now.to_string(), body, blobs: Vec::new() };
        Ok(self.journal.append_async(record).await?)
    }

    /// The summary of a view, made once for equal permits and one generation.
    pub fn summary_of(
        &self,
        permit: &adit_policy::Permit,
        now: Timestamp,
    ) -> Result<(Arc<Summary>, u64), Error> {
        let generation = self.store.generation()?;
        let key = (permit.key(), generation);
        let mut summaries = self.summaries.lock().expect("no holder of the lock panics");
        if let Some(summary) = summaries.get(&key) {
            return Ok((summary.clone(), generation));
        }
        let view = adit_facts::View::open(&self.store, permit, now)?;
        let summary = Arc::new(view.summary()?);
        summaries.retain(|(_, of), _| *of == generation);
        summaries.insert(key, summary.clone());
        Ok((summary, generation))
    }

    /// Changes the trust list, in the journal first, then in the file and in memory.
    pub async fn change_trust(
        &self,
        what: Value,
        change: impl FnOnce(&mut TrustList) -> Result<(), Error>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut changed = self.trust.read().expect("no holder of the lock panics").clone();
        change(&mut changed)?;
        self.record(Kind::Trust, what, now).await?;
        folder::write(&self.folder.trust(), changed.to_text().as_bytes(), false)?;
        *self.trust.write().expect("no holder of the lock panics") = changed;
        Ok(())
    }

    /// The trust list as it stands.
    pub fn trust(&self) -> TrustList {
        self.trust.read().expect("no holder of the lock panics").clone()
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

fn read_trust(folder: &Folder) -> Result<TrustList, Error> {
    let path = folder.trust();
    if !path.exists() {
        return Ok(TrustList::default());
    }
    TrustList::read(&Folder::text(&path)?)
        .map_err(|e| Error::Settings { path, message: e.to_string() })
}
