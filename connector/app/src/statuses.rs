//! The status lists of other issuers: fetched, kept for a while, and put together for one verification.
//!
//! A copy is used for [`FRESH`] and then fetched again; where its issuer does not answer it is used up to [`OLDEST`], and
//! from then on every credential in it is refused. So a revocation is heard of within a minute, a restart of the issuer is
//! not noticed, and nobody opens a door by keeping a list away. What we issued ourselves is answered from our own
//! [lists](crate::lists), with no delay.

use crate::connector::Connector;
use crate::documents::{Role, is_within};
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::query::digest;
use crate::safe_client::{Cap, Failure, Request};
use adit_credentials::limits::STATUS_LIST_BYTES_MAX;
use adit_credentials::{
    Caller, Credential, Documents, Evidence, StatusForm, StatusList, StatusRefusal, Statuses,
    WantedList,
};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// How long a copy is used before it is fetched again.
pub const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// How old a copy may get while its issuer does not answer.
pub const OLDEST: SignedDuration = SignedDuration::from_mins(5);
/// How long after a failed fetch nobody tries again.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(10);
/// The most lists kept, in memory and in the folder; in memory those that are too old to use go first.
const MOST: usize = 1_000;
/// The most bytes of bits kept, all lists together.
const BYTES_MAX: usize = 32 << 20;

/// What is asked for: a list names its data model by its media type.
const ACCEPT: &str = "application/vc+jwt, application/jwt, application/vc, application/json";

/// The lists of others, as they were fetched last.
///
/// Of one list there is one fetch at a time; who asks meanwhile waits for it.
#[derive(Debug, Default)]
pub struct Copies {
    kept: Mutex<HashMap<WantedList, Place>>,
}

/// Where one list is kept; who holds the lock fetches it.
type Place = Arc<tokio::sync::Mutex<Copy>>;

/// A list as it was fetched last, and why the last fetch failed if it did.
#[derive(Debug, Default)]
struct Copy {
    list: Option<Arc<StatusList>>,
    failed: Option<(StatusRefusal, Timestamp)>,
}

/// A list as it is kept in the folder, so that a credential can be checked without the network.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    url: String,
    issuer: Did,
    fetched_at: Timestamp,
    body: String,
}

impl Connector {
    /// The status lists that a verification needs, each as it is or with the reason why it is not at hand.
    ///
    /// `documents` holds the documents of the issuers.
    pub async fn statuses(
        &self,
        wanted: &[WantedList],
        documents: &Documents,
        now: Timestamp,
    ) -> Statuses {
        let mut statuses = Statuses::default();
        for list in wanted {
            self.add_status(&mut statuses, list, Some(documents), now).await;
        }
        statuses
    }

    /// The status lists behind a caller who was verified earlier; one that is young enough costs nothing.
    pub async fn statuses_of(&self, caller: &Caller, now: Timestamp) -> Statuses {
        let mut statuses = Statuses::default();
        for list in caller.status_lists() {
            self.add_status(&mut statuses, &list, None, now).await;
        }
        statuses
    }

    /// How a credential of ours stands: the document of its issuer, and the lists that it names.
    pub async fn own_statuses(
        &self,
        credential: &Credential,
        now: Timestamp,
    ) -> (Documents, Statuses) {
        let wanted: Vec<_> = credential.wanted_lists().collect();
        let document = self.document(credential.unverified_issuer(), now).await.ok();
        let documents = document.into_iter().collect();
        let statuses = self.statuses(&wanted, &documents, now).await;
        (documents, statuses)
    }

    /// Whether the issuer of a credential took it back, as far as the lists at hand tell; nobody is asked. Whether it is
    /// held for a while, only a list of now tells.
    pub fn was_taken_back(&self, credential: &Credential, now: Timestamp) -> bool {
        let issuer = credential.unverified_issuer();
        let mut entries = credential.status().iter().zip(credential.wanted_lists());
        entries.any(|(entry, wanted)| {
            let Some(list) = self.list_at_hand(&wanted, now) else { return false };
            let (mut one, seen_at) = (Statuses::default(), list.fetched_at());
            one.add(list);
            match one.check(issuer, entry, seen_at) {
                Err(StatusRefusal::Revoked { .. }) => true,
                Err(StatusRefusal::Suspended { .. }) => is_within(OLDEST, seen_at, now),
                Ok(()) | Err(_) => false,
            }
        })
    }

    fn list_at_hand(&self, wanted: &WantedList, now: Timestamp) -> Option<Arc<StatusList>> {
        if self.lists.is_own(&wanted.url) {
            return self.lists.list(&wanted.url, now);
        }
        let kept = self.copies.kept.lock().expect("no holder of the lock panics");
        kept.get(wanted)?.try_lock().ok()?.list.clone()
    }

    async fn add_status(
        &self,
        statuses: &mut Statuses,
        wanted: &WantedList,
        documents: Option<&Documents>,
        now: Timestamp,
    ) {
        let found = if self.lists.is_own(&wanted.url) {
            self.lists.list(&wanted.url, now).ok_or_else(|| StatusRefusal::NotAList {
                list: wanted.url.clone(),
                why: "no such list is kept here".to_owned(),
            })
        } else {
            self.copy_of(wanted, documents, now).await
        };
        match found {
            Ok(list) => statuses.add(list),
            Err(why) => statuses.fail(&wanted.url, why),
        }
    }

    /// The copy of a list, fetched again unless it is fresh.
    async fn copy_of(
        &self,
        wanted: &WantedList,
        documents: Option<&Documents>,
        now: Timestamp,
    ) -> Result<Arc<StatusList>, StatusRefusal> {
        let place = self.copies.place(wanted, now);
        let mut copy = place.lock().await;
        let younger = |list: &&Arc<StatusList>, age| is_within(age, list.fetched_at(), now);
        if let Some(list) = copy.list.as_ref().filter(|list| younger(list, FRESH)) {
            return Ok(list.clone());
        }
        let fresh = match &copy.failed {
            Some((why, at)) if is_within(RETRY_AFTER, *at, now) => Err(why.clone()),
            Some(_) | None => self.fetch_list(wanted, documents, now).await,
        };
        match fresh {
            Ok(list) => {
                let list = Arc::new(list);
                *copy = Copy { list: Some(list.clone()), failed: None };
                drop(copy);
                self.copies.make_room(wanted);
                Ok(list)
            }
            // Where the issuer is away for a moment, what it said last stands a little longer.
            Err(StatusRefusal::Unreachable { list: url, why }) => {
                let older = copy.list.clone().filter(|list| younger(&list, OLDEST));
                let why = StatusRefusal::Unreachable { list: url, why };
                note(&mut copy, &why, now);
                older.ok_or(why)
            }
            Err(why) => {
                copy.list = None;
                note(&mut copy, &why, now);
                Err(why)
            }
        }
    }

    async fn fetch_list(
        &self,
        wanted: &WantedList,
        documents: Option<&Documents>,
        now: Timestamp,
    ) -> Result<StatusList, StatusRefusal> {
        let body = self.fetch_body(wanted).await?;
        let issuer = &wanted.issuer;
        let away = |error: Error| StatusRefusal::Unreachable {
            list: wanted.url.clone(),
            why: format!("the document of its issuer: {error}"),
        };
        let mut documents = match documents {
            Some(documents) => documents.clone(),
            None => self.issuer_documents(issuer, now).await.map_err(away)?,
        };
        let (statuses, trust) = (Statuses::default(), self.trust());
        let read = |documents: &Documents| {
            StatusList::read(wanted, &body, &self.evidence(documents, &statuses, &trust, now))
        };
        let list = match read(&documents) {
            // The key may be newer than the document at hand.
            Err(StatusRefusal::Signature { .. }) if issuer.method() == "web" => {
                documents.add(self.refreshed(issuer, now).await.map_err(away)?);
                read(&documents)?
            }
            other => other?,
        };
        keep(&self.folder, wanted, &body, now);
        Ok(list)
    }

    async fn fetch_body(&self, wanted: &WantedList) -> Result<Vec<u8>, StatusRefusal> {
        let list = || wanted.url.clone();
        let request = Request::get(list(), ACCEPT, Cap::StatusList);
        let response = self.outbound.send(request).await.map_err(|failure| match failure {
            Failure::Address { why, .. } => {
                StatusRefusal::Blocked { list: list(), why: why.to_string() }
            }
            Failure::Blocked { blocked, .. } => {
                StatusRefusal::Blocked { list: list(), why: blocked.to_string() }
            }
            Failure::TooLong { bytes, .. } => StatusRefusal::TooLarge { list: list(), max: bytes },
            Failure::MediaType { got, .. } => {
                StatusRefusal::NotAList { list: list(), why: format!("it is '{got}'") }
            }
            other => StatusRefusal::Unreachable { list: list(), why: other.to_string() },
        })?;
        match response.status {
            200 => Ok(response.body),
            status => {
                let why = format!("status {status}");
                Err(StatusRefusal::Unreachable { list: list(), why })
            }
        }
    }

    async fn issuer_documents(&self, issuer: &Did, now: Timestamp) -> Result<Documents, Error> {
        let mut documents = Documents::default();
        if issuer.method() == "web" {
            documents.add(self.signer(issuer, Role::Issuer, now).await?);
        }
        Ok(documents)
    }

    /// The lists of others at hand, with the time at which each was fetched.
    pub fn list_ages(&self) -> Vec<Arc<StatusList>> {
        let kept = self.copies.kept.lock().expect("no holder of the lock panics");
        kept.values().filter_map(|place| place.try_lock().ok()?.list.clone()).collect()
    }
}

fn note(copy: &mut Copy, why: &StatusRefusal, now: Timestamp) {
    // A failure that is being remembered keeps the time of the try.
    let is_known = copy.failed.as_ref().is_some_and(|(_, at)| is_within(RETRY_AFTER, *at, now));
    if !is_known {
        copy.failed = Some((why.clone(), now));
    }
}

impl Copies {
    /// Where a list is kept.
    fn place(&self, wanted: &WantedList, now: Timestamp) -> Place {
        let mut kept = self.kept.lock().expect("no holder of the lock panics");
        if kept.len() >= MOST && !kept.contains_key(wanted) {
            kept.retain(|_, place| {
                // A place that cannot be looked at is in use just now.
                place.try_lock().map_or(true, |copy| {
                    let is_young =
                        |list: &Arc<StatusList>| is_within(OLDEST, list.fetched_at(), now);
                    copy.list.as_ref().is_some_and(is_young)
                })
            });
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.entry(wanted.clone()).or_default().clone()
    }

    /// Lets the other lists go where all together take too much memory; each can be fetched again.
    fn make_room(&self, newest: &WantedList) {
        let mut kept = self.kept.lock().expect("no holder of the lock panics");
        let bytes = |place: &Place| {
            place.try_lock().ok().and_then(|copy| Some(copy.list.as_ref()?.bytes())).unwrap_or(0)
        };
        if kept.values().map(bytes).sum::<usize>() > BYTES_MAX {
            kept.retain(|wanted, _| wanted == newest);
        }
    }
}

/// Keeps a list for [`kept`], unless there are very many; where that fails, the list serves all the same.
fn keep(folder: &Folder, wanted: &WantedList, body: &[u8], now: Timestamp) {
    let body = String::from_utf8_lossy(body).into_owned();
    let (url, issuer) = (wanted.url.clone(), wanted.issuer.clone());
    let (kept, path) = (Kept { url, issuer, fetched_at: now, body }, path(folder, wanted));
    let others = path.parent().and_then(|dir| std::fs::read_dir(dir).ok());
    if !path.exists() && others.is_some_and(|others| others.count() >= MOST) {
        return;
    }
    let written = serde_json::to_vec(&kept).map_err(|e| Error::Internal(e.to_string()));
    let written = written.and_then(|text| folder::write(&path, &text, false));
    if let Err(error) = written {
        tracing::warn!(list = wanted.url, %error, "the status list could not be kept");
    }
}

/// The list as it was fetched last, from the folder: read as of that time, with what proved it then.
pub fn kept(
    folder: &Folder,
    wanted: &WantedList,
    evidence: &Evidence<'_>,
) -> Option<Result<StatusList, StatusRefusal>> {
    let text = std::fs::read(path(folder, wanted)).ok()?;
    let kept: Kept = serde_json::from_slice(&text).ok()?;
    if kept.body.len() > STATUS_LIST_BYTES_MAX || kept.url != wanted.url {
        return None;
    }
    let then = Evidence { now: kept.fetched_at, ..*evidence };
    Some(StatusList::read(wanted, kept.body.as_bytes(), &then))
}

fn path(folder: &Folder, wanted: &WantedList) -> PathBuf {
    let form = match wanted.form {
        StatusForm::Bitstring => "bitstring",
        StatusForm::List2021 => "2021",
    };
    let name = digest(&format!("{form} {} {}", wanted.issuer, wanted.url));
    folder.state().join("status").join(format!("{name}.json"))
}
