//! The DID documents of others: fetched, kept for some minutes, and the keys of issuers remembered after they leave.

use crate::error::Error;
use crate::folder::{self, Folder};
use crate::safe_client::{Cap, Failure, Request, SafeClient};
use adit_credentials::{DidDocument, PastKey, Refusal, did_web_url};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How long a document is used before it is fetched again.
const AGE: SignedDuration = SignedDuration::from_mins(10);
/// How long after one forced fetch no missing key causes another.
const FORCED_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How long after a failed fetch nobody tries again.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(10);
/// How far ahead of a request the time of a fetch may lie: while it waited, another fetched, for nine seconds at most.
const AHEAD: SignedDuration = SignedDuration::from_secs(10);
/// The most documents kept; those that are too old to use go first, and then the oldest.
const MOST: usize = 512;
/// The most keys remembered of one issuer; the oldest goes first.
const PAST_KEYS_MAX: usize = 64;

/// The documents of others, as they were fetched last.
///
/// Of one DID there is one fetch at a time; who asks meanwhile waits for it.
#[derive(Debug)]
pub struct DocumentCache {
    folder: Folder,
    kept: Mutex<HashMap<Did, Place>>,
}

/// Where the document of one DID is kept; who holds the lock fetches it.
type Place = Arc<tokio::sync::Mutex<Kept>>;

/// What is known of the document of one DID.
#[derive(Debug, Default)]
struct Kept {
    fetched: Option<Fetched>,
    /// Why the last fetch failed, if it did, and when.
    failed: Option<(Error, Timestamp)>,
    /// When it was fetched although it was young.
    forced_at: Option<Timestamp>,
}

/// A document, and when it was fetched.
#[derive(Debug)]
struct Fetched {
    document: DidDocument,
    at: Timestamp,
    /// Whether the keys that its DID listed earlier are with it.
    has_past: bool,
}

/// What a document is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// To check what the DID signs now.
    Signer,
    /// The same of a DID that nobody vouches for: whoever can invent one can invent many.
    Stranger,
    /// To check credentials, also older ones: the keys that it lists are remembered, and those that it listed are
    /// added. Only issuers on the trust list are remembered, so that no stranger fills the disk.
    Issuer,
}

impl Kept {
    /// The document, if it was fetched within a time.
    fn within(&mut self, age: SignedDuration, now: Timestamp) -> Option<&mut Fetched> {
        self.fetched.as_mut().filter(|fetched| is_within(age, fetched.at, now))
    }

    /// Whether it was fetched by force within a minute.
    fn was_forced(&self, now: Timestamp) -> bool {
        self.forced_at.is_some_and(|at| is_within(FORCED_AFTER, at, now))
    }

    /// Fetches the document, unless that failed a moment ago: then it fails for the same reason.
    async fn fetch(
        &mut self,
        client: &SafeClient,
        did: &Did,
        role: Role,
        now: Timestamp,
    ) -> Result<(), Error> {
        let lately = self.failed.as_ref().filter(|(_, at)| is_within(RETRY_AFTER, *at, now));
        if let Some(error) = lately.and_then(|(error, _)| again(error)) {
            return Err(error);
        }
        self.failed = None;
        let by_stranger = role == Role::Stranger && self.fetched.is_none();
        match Box::pin(fetch(client, did, by_stranger, now)).await {
            Ok(fetched) => {
                self.fetched = Some(fetched);
                Ok(())
            }
            Err(error) => {
                self.failed = again(&error).map(|error| (error, now));
                Err(error)
            }
        }
    }
}

/// Whether something is younger than an age. Where the clock was set back since, nobody knows, and it is not.
pub(crate) fn is_within(age: SignedDuration, since: Timestamp, now: Timestamp) -> bool {
    let passed = now.duration_since(since);
    -AHEAD <= passed && passed < age
}

/// The same error once more, if it is one that another try would meet too.
fn again(error: &Error) -> Option<Error> {
    Some(match error {
        // Here nobody was asked.
        Error::Outbound(Failure::Busy { .. } | Failure::Paused { .. }) => return None,
        // Nobody listened: whoever starts is asked at once, and who never does is spared by the client's pause.
        Error::Outbound(Failure::Unreachable { .. }) => return None,
        Error::Outbound(failure) => failure.clone().into(),
        Error::Credential(Refusal::Document { did, why }) => {
            Refusal::Document { did: did.clone(), why }.into()
        }
        Error::Credential(Refusal::DocumentJson { did, problem }) => {
            Refusal::DocumentJson { did: did.clone(), problem: problem.clone() }.into()
        }
        Error::Credential(Refusal::BadKey { did, why }) => {
            Refusal::BadKey { did: did.clone(), why }.into()
        }
        _ => return None,
    })
}

impl DocumentCache {
    /// An empty cache; the keys remembered of issuers lie in the folder.
    pub fn new(folder: &Folder) -> Self {
        Self { folder: folder.clone(), kept: Mutex::default() }
    }

    /// The document of a `did:web`, at most ten minutes old.
    pub async fn document(
        &self,
        client: &SafeClient,
        did: &Did,
        role: Role,
        now: Timestamp,
    ) -> Result<DidDocument, Error> {
        let place = self.place(did, now);
        let mut kept = place.lock().await;
        if kept.within(AGE, now).is_none() {
            kept.fetch(client, did, role, now).await?;
        }
        self.handed_out(&mut kept, did, role)
    }

    /// The document of a `did:web` that seems to lack a key: fetched again, unless that was done within a minute.
    pub async fn refreshed(
        &self,
        client: &SafeClient,
        did: &Did,
        role: Role,
        now: Timestamp,
    ) -> Result<DidDocument, Error> {
        let place = self.place(did, now);
        let mut kept = place.lock().await;
        if kept.within(AGE, now).is_none() || !kept.was_forced(now) {
            // A company that does not answer is not asked more often than one that does.
            kept.forced_at = Some(now);
            kept.fetch(client, did, role, now).await?;
        }
        self.handed_out(&mut kept, did, role)
    }

    /// A copy of the document at hand; for an issuer, with its past.
    fn handed_out(&self, kept: &mut Kept, did: &Did, role: Role) -> Result<DidDocument, Error> {
        let missing = || Error::Internal(format!("the document of {did} was fetched and is gone"));
        let fetched = kept.fetched.as_mut().ok_or_else(missing)?;
        if role == Role::Issuer && !fetched.has_past {
            fetched.document = self.with_past(fetched.document.clone(), fetched.at)?;
            fetched.has_past = true;
        }
        Ok(fetched.document.clone())
    }

    /// The document of an issuer together with the keys that it listed earlier; those that it lists now are remembered.
    fn with_past(&self, document: DidDocument, at: Timestamp) -> Result<DidDocument, Error> {
        let path = past_keys(&self.folder, document.did());
        let known = read_past(&path)?;
        let mut all = document.remember(&known, at);
        all.sort_by_key(|past| std::cmp::Reverse(past.listed));
        all.truncate(PAST_KEYS_MAX);
        if all != known {
            let lines: Vec<_> = all.iter().map(PastKey::to_json).collect();
            folder::write(&path, Value::from(lines).to_string().as_bytes(), false)?;
        }
        Ok(document.with_past(all))
    }

    /// Where the document of a DID is kept.
    fn place(&self, did: &Did, now: Timestamp) -> Place {
        let mut places = self.kept.lock().expect("no holder of the lock panics");
        if places.len() >= MOST && !places.contains_key(did) {
            // A place that somebody else holds is in use just now.
            let age = |place: &Place| {
                let mut kept = place.try_lock().ok().filter(|_| Arc::strong_count(place) == 1)?;
                Some(kept.within(AGE, now).map(|fetched| fetched.at))
            };
            let ages = places.iter().filter_map(|(did, place)| Some((age(place)?, did)));
            match ages.min().map(|(_, oldest)| oldest.clone()) {
                Some(oldest) => drop(places.remove(&oldest)),
                None => places.clear(),
            }
        }
        places.entry(did.clone()).or_default().clone()
    }
}

/// What is remembered of an issuer's document without asking the network: the keys that it listed for credentials.
pub fn remembered(folder: &Folder, issuer: &Did) -> Result<Option<DidDocument>, Error> {
    let past = read_past(&past_keys(folder, issuer))?;
    if past.is_empty() {
        return Ok(None);
    }
    let document = DidDocument::parse(issuer, json!({ "id": issuer }).to_string().as_bytes())?;
    Ok(Some(document.with_past(past)))
}

fn past_keys(folder: &Folder, issuer: &Did) -> PathBuf {
    let name = format!("{}.json", issuer.as_str().replace([':', '%'], "_"));
    folder.state().join("issuer-keys").join(name)
}

fn read_past(path: &Path) -> Result<Vec<PastKey>, Error> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let keys: Vec<Value> = serde_json::from_str(&Folder::text(path)?)
        .map_err(|e| Error::Settings { path: path.to_owned(), message: e.to_string() })?;
    Ok(keys.iter().filter_map(PastKey::from_json).collect())
}

/// Fetches the document of a `did:web`.
///
/// Implements [did:web, Read](https://w3c-ccg.github.io/did-method-web/#read-resolve).
async fn fetch(
    client: &SafeClient,
    did: &Did,
    by_stranger: bool,
    now: Timestamp,
) -> Result<Fetched, Error> {
    let url = did_web_url(did)?;
    let accept = "application/did+json, application/json";
    let request = Request::get(url.clone(), accept, Cap::Document).by_stranger(by_stranger);
    let response = client.send(request).await?;
    if response.status != 200 {
        return Err(Failure::Status { url, status: response.status }.into());
    }
    let document = DidDocument::parse(did, &response.body)?;
    Ok(Fetched { document, at: now, has_past: false })
}

#[cfg(test)]
mod tests;
