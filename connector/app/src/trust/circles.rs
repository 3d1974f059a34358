//! Circles: drafting, signing and taking the versions of their lists. Where a list lies is up to its members.

use crate::clock;
use crate::connector::Connector;
use crate::documents::Role;
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::outcome::Outcome;
use crate::safe_client::{Cap, Request};
use adit_credentials::{
    Circle, CircleError, CircleList, Documents, LIST_FILE_BYTES_MAX, SignedList, Trust,
};
use adit_journal::Kind;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How many entries of the journal are read at a time.
const PAGE: usize = 1000;

/// `adit trust circle draft`: the next version of a circle, or the first of a new one, for a person to change.
pub fn draft_circle(connector: &Connector, circle: &str, output: &Path) -> Result<Outcome, Error> {
    let now = clock::now();
    let trust = connector.trust();
    let (text, version) = match find(&trust, circle) {
        Some(held) => (held.list().next_draft(now), held.list().version() + 1),
        None => (CircleList::first_draft(circle, connector.did(), now), 1),
    };
    // A name that no circle may have is told before a file is written.
    CircleList::draft(&text, now)?;
    folder::write(output, text.as_bytes(), false)?;
    let human = format!(
        "version {version} of the circle {circle} is drafted in {0}; change it, then run adit trust sign {0} -o FILE\n",
        output.display()
    );
    Ok(Outcome::new(json!({ "circle": circle, "version": version, "file": output }), human))
}

/// `adit trust sign`: our line under a draft, or beside the lines of others.
pub async fn sign_circle(
    connector: &Connector,
    file: &Path,
    output: &Path,
) -> Result<Outcome, Error> {
    let _one_at_a_time = connector.changing.lock().await;
    let now = clock::now();
    let (list, lines) = read_to_sign(&bounded(file)?, now)?;
    let own = connector.did();
    let trust = connector.trust();
    let before = find(&trust, list.circle()).map_or(&list, |circle| circle.list());
    if !before.members().contains(own) && !list.members().contains(own) {
        let circle = list.circle();
        return Err(Error::Usage(format!(
            "{own} is no member of the circle {circle}, so its signature counts nothing"
        )));
    }
    refuse_second(connector, &list)?;
    let line = list.sign(connector.keys().issuing(), own)?;
    // In the journal first, so that we never sign two versions of one number.
    let what = json!({
        "signed": list.hash(), "circle": list.circle(), "version": list.version(),
        "until": list.expires_at(),
    });
    connector.record(Kind::Trust, what, now).await?;
    let text = format!("{lines}{line}\n");
    folder::write(output, text.as_bytes(), false)?;
    let signers: BTreeSet<_> =
        SignedList::read_all(&text)?.iter().flat_map(SignedList::signers).cloned().collect();
    let (circle, version, hash) = (list.circle(), list.version(), list.hash());
    let human = format!(
        "version {version} of the circle {circle} carries {} signature(s) in {}; its hash is {hash}\n",
        signers.len(),
        output.display(),
    );
    let json = json!({
        "circle": circle, "version": version, "hash": hash, "signedBy": signers, "file": output,
    });
    Ok(Outcome::new(json, human))
}

/// `adit trust circle add`: the next version of a circle, or the first one that we hold of it.
pub async fn add_circle(
    connector: &Connector,
    from: &str,
    pin: Option<&str>,
) -> Result<Outcome, Error> {
    let now = clock::now();
    let mut lists = SignedList::read_all(&fetched(connector, from).await?)?;
    let trust = connector.trust();
    let name = lists.first().map(|it| it.list().circle().to_owned()).unwrap_or_default();
    let before = find(&trust, &name).cloned();
    let mut held = before.clone();
    match &held {
        None => lists = SignedList::pinned(lists, pin)?,
        Some(circle) => {
            let (version, hash) = (circle.list().version(), circle.list().hash());
            let is_in_force = |it: &SignedList| it.list().hash() == hash;
            if lists.last().is_some_and(is_in_force) {
                let json = json!({ "circle": name, "version": version, "hash": hash });
                let human = format!("version {version} of the circle {name} is in force already\n");
                return Ok(Outcome::new(json, human));
            }
            // What is older than the version in force was checked when it was taken.
            let newest = lists.last().map(|it| it.list().version()).unwrap_or_default();
            lists.retain(|it| it.list().version() >= version.min(newest) && !is_in_force(it));
        }
    }
    for list in lists {
        let documents = documents(connector, &list, held.as_ref(), now).await?;
        held = Some(list.accept(held.as_ref(), &documents, now)?);
    }
    let circle = held.ok_or_else(|| CircleError::Shape("it is empty".to_owned()))?;
    let list = circle.list();
    if !list.is_in_force(now) {
        let (circle, version) = (name, list.version());
        return Err(CircleError::Expired { circle, version, expires_at: list.expires_at() }.into());
    }
    // The keys of members were asked for without holding anybody up; nobody took another version meanwhile.
    let _one_at_a_time = connector.changing.lock().await;
    let trust = connector.trust();
    if find(&trust, &name) != before.as_ref() {
        return Err(Error::Usage(format!("the circle {name} was changed meanwhile; try again")));
    }
    let signers: Vec<_> = circle.signers().collect();
    let what = json!({
        "circle": name, "version": list.version(), "hash": list.hash(),
        "signedBy": signers, "ends": list.expires_at(),
    });
    connector.record(Kind::Trust, what.clone(), now).await?;
    folder::write(&path(connector, &name), circle.to_text().as_bytes(), false)?;
    let human = format!(
        "version {} of the circle {name} is in force until {}: {} entries, signed by {}; adit trust show lists them\n",
        list.version(),
        list.expires_at(),
        list.issuers().len(),
        signers.iter().map(|did| did.as_str()).collect::<Vec<_>>().join(", "),
    );
    let mut circles: Vec<_> =
        trust.circles().iter().filter(|it| it.list().circle() != name).cloned().collect();
    circles.push(circle.clone());
    connector.put_trust(Trust::new(trust.own().clone(), circles));
    Ok(Outcome::new(what, human))
}

/// `adit trust circle remove`
pub async fn remove_circle(connector: &Connector, circle: &str) -> Result<Outcome, Error> {
    let _one_at_a_time = connector.changing.lock().await;
    let trust = connector.trust();
    if find(&trust, circle).is_none() {
        return Err(CircleError::Unknown { circle: circle.chars().take(80).collect() }.into());
    }
    let what = json!({ "left": circle });
    connector.record(Kind::Trust, what.clone(), clock::now()).await?;
    let path = path(connector, circle);
    std::fs::remove_file(&path).map_err(|e| Error::file(&path, e))?;
    let circles = trust.circles().iter().filter(|it| it.list().circle() != circle).cloned();
    connector.put_trust(Trust::new(trust.own().clone(), circles.collect()));
    let human =
        format!("what the circle {circle} says is trusted no more, from the next request on\n");
    Ok(Outcome::new(what, human))
}

fn find<'t>(trust: &'t Trust, circle: &str) -> Option<&'t Circle> {
    trust.circles().iter().find(|it| it.list().circle() == circle)
}

/// The name was checked when the list was read: letters, digits and hyphens.
fn path(connector: &Connector, circle: &str) -> PathBuf {
    connector.folder.circles().join(format!("{circle}.list"))
}

/// A draft, or the newest version in a file with the lines that it carries.
fn read_to_sign(text: &str, now: Timestamp) -> Result<(CircleList, String), Error> {
    let is_draft = text.lines().map(str::trim).any(|line| line.starts_with("circle"));
    if is_draft {
        return Ok((CircleList::draft(text, now)?, String::new()));
    }
    let newest = SignedList::read_all(text)?.pop();
    let newest = newest.ok_or_else(|| CircleError::Shape("it is empty".to_owned()))?;
    Ok((newest.list().clone(), newest.to_text()))
}

/// Two versions of one number can both be valid only if a member signs both; we do not.
fn refuse_second(connector: &Connector, list: &CircleList) -> Result<(), Error> {
    let mut from = 1;
    loop {
        let entries = connector.journal.entries_of(Kind::Trust, from, PAGE)?;
        let Some(last) = entries.last() else { return Ok(()) };
        from = last.number + 1;
        for entry in &entries {
            let body = &entry.record.body;
            let is_other = body["circle"] == list.circle()
                && body["version"] == list.version()
                && body["signed"].as_str().is_some_and(|hash| hash != list.hash());
            if is_other {
                return Err(Error::SignedOther {
                    circle: list.circle().to_owned(),
                    version: list.version(),
                    hash: body["signed"].as_str().unwrap_or_default().to_owned(),
                });
            }
        }
    }
}

/// The DID documents of those who signed and may. One that cannot be had leaves its signature uncounted.
async fn documents(
    connector: &Connector,
    list: &SignedList,
    before: Option<&Circle>,
    now: Timestamp,
) -> Result<Documents, Error> {
    let mut documents = Documents::default();
    for did in list.signed_by(before)?.iter().filter(|did| did.method() == "web") {
        let document = if did == connector.did() {
            connector.document(did, now).await
        } else {
            // Asked for anew: a member may have changed its key since we last talked. The keys of members are remembered
            // as those of issuers are.
            let kept = &connector.directory.documents;
            kept.refreshed(&connector.outbound, did, Role::Issuer, now).await
        };
        match document {
            Ok(document) => documents.add(document),
            Err(error) => tracing::warn!(%did, code = error.code(), "a member's key cannot be had"),
        }
    }
    Ok(documents)
}

async fn fetched(connector: &Connector, from: &str) -> Result<String, Error> {
    if !from.starts_with("https://") {
        return bounded(Path::new(from));
    }
    let request =
        Request::get(from, "text/plain, application/jose, application/octet-stream", Cap::Message);
    let response = connector.outbound.send(request).await?;
    let bad = |message: String| Error::BadAnswer { url: from.to_owned(), message };
    if response.status != 200 {
        return Err(bad(format!("status {}", response.status)));
    }
    String::from_utf8(response.body).map_err(|_| bad("it is no text".to_owned()))
}

fn bounded(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::metadata(path).map_err(|e| Error::file(path, e))?.len();
    if bytes > LIST_FILE_BYTES_MAX as u64 {
        return Err(CircleError::Shape(format!("it has {bytes} bytes")).into());
    }
    Folder::text(path)
}
