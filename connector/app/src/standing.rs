//! How a credential stands, from what is at hand and without the network: `adit credential verify`.
//!
//! What is at hand: the files that were named, our own document and lists, the keys that we remember of issuers, and the
//! status lists as they were fetched last. What cannot be told from these is said, and so is how old each list is.

use crate::connector::Connector;
use crate::documents::remembered;
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::{clock, statuses};
use adit_credentials::{
    Credential, DidDocument, Documents, Evidence, Refusal, Replay, ReplayFault, StatusEntry,
    StatusList, StatusRefusal, Statuses, Trust, Verified, WantedList,
};
use adit_vocab::{Did, shorten};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

/// A credential, and what was named to check it with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wanted {
    /// The credential, as its file has it.
    pub credential: String,
    /// DID documents, as their files have them.
    pub documents: Vec<String>,
    /// Status lists, as their files have them.
    pub lists: Vec<String>,
}

/// What was found of one thing that was looked at.
struct Finding {
    what: String,
    told: String,
    /// Whether it could be checked; what was checked and is wrong ends the whole.
    is_checked: bool,
    detail: Value,
}

/// Where to look besides the files that were named.
struct AtHand<'a> {
    connector: Option<&'a Connector>,
    folder: Option<&'a Folder>,
}

/// Checks a credential with what the company's folder and its server have at hand.
pub fn verify(connector: &Connector, wanted: &Wanted) -> Result<Outcome, Error> {
    let folder = Some(&connector.folder);
    examine(wanted, &AtHand { connector: Some(connector), folder }, clock::now())
}

/// Checks a credential without a server: with the files that were named, and what a company's folder has kept.
pub fn verify_alone(wanted: &Wanted, folder: Option<&Folder>) -> Result<Outcome, Error> {
    examine(wanted, &AtHand { connector: None, folder }, clock::now())
}

fn examine(wanted: &Wanted, at_hand: &AtHand<'_>, now: Timestamp) -> Result<Outcome, Error> {
    let credential = Credential::peek(&wanted.credential)?;
    let issuer = credential.unverified_issuer();
    let documents = documents(wanted, issuer, at_hand, now)?;
    let trust = at_hand.connector.map(|connector| connector.trust());
    let (statuses, nobody, verified) = (Statuses::default(), Trust::default(), Verified::default());
    let evidence = Evidence {
        documents: &documents,
        statuses: &statuses,
        trust: trust.as_deref().unwrap_or(&nobody),
        audience: issuer,
        replay: &NeverShown,
        verified: &verified,
        now,
    };
    let mut findings = vec![signature(&credential, &evidence)?];
    credential.check_times(now)?;
    findings.push(Finding::checked("time", validity(&credential)));
    credential.check_schemas()?;
    for schema in credential.schemas() {
        findings.push(Finding::checked("schema", format!("follows {schema}")));
    }
    if credential.status().is_empty() {
        let told = "names no status list: it cannot be taken back before it ends";
        findings.push(Finding::checked("status", told));
    }
    let is_proved = findings[0].is_checked;
    for entry in credential.status() {
        findings.push(status(&credential, entry, is_proved, wanted, at_hand, &evidence)?);
    }
    if trust.is_some() {
        findings.push(trusted(&credential, &evidence));
    }
    Ok(told(&credential, &findings))
}

/// The documents that were named, and those of the issuer that are at hand.
fn documents(
    wanted: &Wanted,
    issuer: &Did,
    at_hand: &AtHand<'_>,
    now: Timestamp,
) -> Result<Documents, Error> {
    let mut documents = Documents::default();
    if let Some(remembered) = at_hand.folder.map(|folder| remembered(folder, issuer)).transpose()? {
        remembered.into_iter().for_each(|document| documents.add(document));
    }
    if let Some(connector) = at_hand.connector
        && connector.did() == issuer
        && issuer.method() == "web"
    {
        let own = connector.own_document(now)?.to_string();
        documents.add(DidDocument::parse(issuer, own.as_bytes())?);
    }
    for text in &wanted.documents {
        let wrong = || Error::Usage("--document names a file that is no DID document".to_owned());
        let read: Value = serde_json::from_str(text).map_err(|_| wrong())?;
        let did: Did = read["id"].as_str().ok_or_else(wrong)?.parse()?;
        documents.add(DidDocument::parse(&did, text.as_bytes())?);
    }
    Ok(documents)
}

fn signature(credential: &Credential, evidence: &Evidence<'_>) -> Result<Finding, Error> {
    let issuer = credential.unverified_issuer();
    match credential.check_signature(evidence) {
        Ok(()) => Ok(Finding::checked("signature", format!("signed by {issuer}"))),
        Err(Refusal::Unresolved { .. }) => {
            let told = format!("no document of {issuer} is at hand; name one with --document");
            Ok(Finding::unchecked("signature", told, Value::Null))
        }
        Err(other) => Err(other.into()),
    }
}

fn validity(credential: &Credential) -> String {
    let from = credential.unverified_valid_from();
    let until = credential.unverified_valid_until();
    match (from, until) {
        (Some(from), Some(until)) => format!("valid from {from} until {until}"),
        (None, Some(until)) => format!("valid until {until}"),
        (Some(from), None) => format!("valid from {from}, without an end"),
        (None, None) => "without a beginning or an end".to_owned(),
    }
}

/// What the youngest list at hand says of one place.
fn status(
    credential: &Credential,
    entry: &StatusEntry,
    is_proved: bool,
    wanted: &Wanted,
    at_hand: &AtHand<'_>,
    evidence: &Evidence<'_>,
) -> Result<Finding, Error> {
    let what = format!("status ({})", entry.purpose);
    let missing = |why: &str| Ok(Finding::unchecked(&what, why.to_owned(), Value::Null));
    if !is_proved {
        return missing("without the issuer's document its list proves nothing");
    }
    let of_entry = credential.wanted_lists().find(|list| list.url == entry.list);
    let Some(list) = of_entry.and_then(|list| find(&list, wanted, at_hand, evidence)) else {
        return missing(&format!("the list {} is not at hand; name it with --list", entry.list));
    };
    let (issuer, now) = (credential.unverified_issuer(), evidence.now);
    let mut one = Statuses::default();
    let (ended, seen_at) = (list.valid_until().filter(|end| *end <= now), list.fetched_at());
    one.add(list);
    let age_s = now.duration_since(seen_at).as_secs();
    let detail = json!({ "list": entry.list, "fetchedAt": seen_at, "age_s": age_s });
    let age = age(now.duration_since(seen_at));
    match (one.check(issuer, entry, seen_at), ended) {
        (Ok(()), None) => {
            let told = format!("not set, by a list of {age}");
            Ok(Finding { detail, ..Finding::checked(&what, told) })
        }
        (Ok(()), Some(end)) => {
            let told = format!("not set by a list of {age}, which ended {end}; fetch it anew");
            Ok(Finding::unchecked(&what, told, detail))
        }
        (Err(StatusRefusal::Suspended { .. }), Some(end)) => {
            let told = format!("suspended by a list of {age}, which ended {end}; fetch it anew");
            Ok(Finding::unchecked(&what, told, detail))
        }
        (Err(other), _) => Err(Refusal::from(other).into()),
    }
}

/// A list among the files that were named, our own, or the one that was fetched last.
fn find(
    list: &WantedList,
    wanted: &Wanted,
    at_hand: &AtHand<'_>,
    evidence: &Evidence<'_>,
) -> Option<Arc<StatusList>> {
    let named = wanted.lists.iter().find_map(|text| read_as_it_was(list, text, evidence));
    if let Some(list) = named {
        return Some(Arc::new(list));
    }
    if let Some(own) = at_hand.connector.and_then(|it| it.lists.list(&list.url, evidence.now)) {
        return Some(own);
    }
    let kept = at_hand.folder.and_then(|folder| statuses::kept(folder, list, evidence));
    kept.and_then(Result::ok).map(Arc::new)
}

/// A list from a file, which may have ended: then as of its last second.
fn read_as_it_was(list: &WantedList, text: &str, evidence: &Evidence<'_>) -> Option<StatusList> {
    match StatusList::read(list, text.trim().as_bytes(), evidence) {
        Ok(read) => Some(read),
        Err(StatusRefusal::Stale { valid_until, .. }) => {
            let then = Evidence { now: valid_until - SignedDuration::from_secs(1), ..*evidence };
            StatusList::read(list, text.trim().as_bytes(), &then).ok()
        }
        Err(_) => None,
    }
}

fn trusted(credential: &Credential, evidence: &Evidence<'_>) -> Finding {
    let issuer = credential.unverified_issuer();
    let accepts = |iri: &&&str| evidence.trust.accepts(issuer, iri, evidence.now);
    let types = credential.unverified_types();
    let told = match types.iter().find(|iri| !accepts(iri)) {
        None => format!("{issuer} is trusted here to issue it"),
        Some(iri) => format!("{issuer} is not trusted here to issue a {}", shorten(iri)),
    };
    Finding::checked("trust", told)
}

fn told(credential: &Credential, findings: &[Finding]) -> Outcome {
    let types: Vec<_> = credential.unverified_types().iter().map(|it| shorten(it)).collect();
    let partial = findings.iter().any(|finding| !finding.is_checked);
    let mut human = format!(
        "{} of {} about {}, {}\n",
        types.join(", "),
        credential.unverified_issuer(),
        credential.unverified_subject(),
        credential.form()
    );
    for Finding { what, told, is_checked, .. } in findings {
        let mark = if *is_checked { "" } else { "not checked: " };
        human.push_str(&format!("  {what}: {mark}{told}\n"));
    }
    let checks = findings.iter().map(|finding| {
        json!({
            "check": finding.what, "checked": finding.is_checked, "told": finding.told,
            "detail": finding.detail,
        })
    });
    let json = json!({
        "types": types, "issuer": credential.unverified_issuer(),
        "subject": credential.unverified_subject().as_str(), "form": credential.form().to_string(),
        "validUntil": credential.unverified_valid_until(),
        "verified": !partial, "checks": checks.collect::<Vec<_>>(),
    });
    Outcome { partial, ..Outcome::new(json, human) }
}

/// How old something is, as people say it.
fn age(age: SignedDuration) -> String {
    match age.as_secs() {
        ..60 => "this minute".to_owned(),
        60..7_200 => format!("{} minutes ago", age.as_secs() / 60),
        7_200..172_800 => format!("{} hours ago", age.as_secs() / 3_600),
        _ => format!("{} days ago", age.as_secs() / 86_400),
    }
}

impl Finding {
    fn checked(what: &str, told: impl Into<String>) -> Self {
        Self { what: what.to_owned(), told: told.into(), is_checked: true, detail: Value::Null }
    }

    fn unchecked(what: &str, told: String, detail: Value) -> Self {
        Self { what: what.to_owned(), told, is_checked: false, detail }
    }
}

/// Nothing is presented here, so nothing can be presented twice.
struct NeverShown;

impl Replay for NeverShown {
    fn first_use(&self, _: &Did, _: &str, _: Timestamp) -> Result<bool, ReplayFault> {
        Ok(true)
    }
}
