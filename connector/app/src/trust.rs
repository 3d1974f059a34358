//! Whom this company trusts: its own list, and the circles that it belongs to.

mod circles;

pub use circles::{add_circle, draft_circle, remove_circle, sign_circle};

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::outcome::Outcome;
use adit_credentials::{Circle, Period, Trust, TrustList, Trusted, credential_type};
use adit_journal::Kind;
use adit_vocab::{Did, shorten};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What `adit trust` asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Wanted {
    /// Show who may issue what.
    Show,
    /// Stop somebody, or let them in again.
    Block {
        /// Whom.
        did: Did,
        /// Whether they are stopped.
        blocked: bool,
    },
    /// Trust an issuer for a type.
    Add {
        /// The issuer.
        did: Did,
        /// The type.
        kind: String,
        /// From when.
        from: Option<Timestamp>,
        /// Until when.
        until: Option<Timestamp>,
        /// A remark for people.
        note: Option<String>,
    },
    /// Take nothing of a type from an issuer, whatever a circle says.
    Refuse {
        /// The issuer.
        did: Did,
        /// The type.
        kind: String,
    },
    /// Take what the own list says of an issuer off it.
    Remove {
        /// The issuer.
        did: Did,
    },
    /// Write the draft of a circle's next version, or of a new circle's first one.
    Draft {
        /// The circle.
        circle: String,
        /// Where to.
        output: PathBuf,
    },
    /// Sign a draft or a version that others signed.
    Sign {
        /// The file.
        file: PathBuf,
        /// Where to.
        output: PathBuf,
    },
    /// Take the next version of a circle, or join it.
    AddCircle {
        /// A file or an https address.
        from: String,
        /// The hash that somebody told who joins.
        pin: Option<String>,
    },
    /// Leave a circle.
    RemoveCircle {
        /// Its name.
        circle: String,
    },
}

/// Carries out what `adit trust` asks for.
pub async fn carry_out(connector: &Arc<Connector>, wanted: Wanted) -> Result<Outcome, Error> {
    match wanted {
        Wanted::Show => Ok(show(connector, clock::now())),
        Wanted::Block { did, blocked } => block(connector, &did, blocked).await,
        Wanted::Add { did, kind, from, until, note } => {
            add(connector, &did, &kind, Period { from, until }, note).await
        }
        Wanted::Refuse { did, kind } => refuse(connector, &did, &kind).await,
        Wanted::Remove { did } => remove(connector, &did).await,
        Wanted::Draft { circle, output } => draft_circle(connector, &circle, &output),
        Wanted::Sign { file, output } => sign_circle(connector, &file, &output).await,
        Wanted::AddCircle { from, pin } => add_circle(connector, &from, pin.as_deref()).await,
        Wanted::RemoveCircle { circle } => remove_circle(connector, &circle).await,
    }
}

/// Reads what a folder trusts.
///
/// # Errors
/// A list or a circle's file that cannot be read.
pub fn read(folder: &Folder) -> Result<Trust, Error> {
    let path = folder.trust();
    let own = match path.exists() {
        false => TrustList::default(),
        true => TrustList::read(&Folder::text(&path)?)
            .map_err(|e| Error::Settings { path, message: e.to_string() })?,
    };
    let dir = folder.circles();
    let mut files = Vec::new();
    if dir.exists() {
        for entry in std::fs::read_dir(&dir).map_err(|e| Error::file(&dir, e))? {
            let path = entry.map_err(|e| Error::file(&dir, e))?.path();
            if path.extension().is_some_and(|extension| extension == "list") {
                files.push(path);
            }
        }
    }
    files.sort();
    let circle = |path: PathBuf| {
        Circle::read(&Folder::text(&path)?)
            .map_err(|e| Error::Settings { path, message: e.to_string() })
    };
    Ok(Trust::new(own, files.into_iter().map(circle).collect::<Result<_, _>>()?))
}

impl Connector {
    /// Whom this company trusts, as it stands.
    pub fn trust(&self) -> Arc<Trust> {
        self.trust.read().expect("no holder of the lock panics").clone()
    }

    /// Changes the company's own list, in the journal first, then in the file and in memory.
    async fn change_own(
        &self,
        what: Value,
        change: impl FnOnce(&mut TrustList) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let _one_at_a_time = self.changing.lock().await;
        let trust = self.trust();
        let mut own = trust.own().clone();
        change(&mut own)?;
        self.record(Kind::Trust, what, clock::now()).await?;
        folder::write(&self.folder.trust(), own.to_text().as_bytes(), false)?;
        self.put_trust(trust.with_own(own));
        Ok(())
    }

    fn put_trust(&self, trust: Trust) {
        *self.trust.write().expect("no holder of the lock panics") = Arc::new(trust);
    }
}

/// `adit trust show`: who may issue what, by whom, until when.
fn show(connector: &Connector, now: Timestamp) -> Outcome {
    let trust = connector.trust();
    let listed = trust.listed(now);
    let mut human: String = listed.iter().map(|line| format!("{}\n", told(line, now))).collect();
    for entry in trust.own().issuers() {
        for never in &entry.never {
            human.push_str(&format!(
                "{} never issues {}, whatever a circle says\n",
                entry.did,
                short(never)
            ));
        }
    }
    for did in trust.own().blocked() {
        human.push_str(&format!("{did} is stopped\n"));
    }
    for circle in trust.circles() {
        let list = circle.list();
        let (name, version, until) = (list.circle(), list.version(), list.expires_at());
        let ended = if list.is_in_force(now) { "until" } else { "ENDED" };
        human.push_str(&format!(
            "circle {name}: version {version}, {ended} {until}, {} members, {} sign the next, {}\n",
            list.members().len(),
            list.quorum(),
            list.hash(),
        ));
    }
    let circles: Vec<_> = trust.circles().iter().map(|circle| {
        let list = circle.list();
        json!({
            "circle": list.circle(), "version": list.version(), "hash": list.hash(),
            "until": list.expires_at(), "inForce": list.is_in_force(now), "quorum": list.quorum(),
            "members": list.members(), "signedBy": circle.signers().collect::<Vec<_>>(),
        })
    }).collect();
    let never = trust.own().issuers().iter().filter(|entry| !entry.never.is_empty());
    let never: Vec<_> =
        never.map(|entry| json!({ "issuer": entry.did, "types": entry.never })).collect();
    let json = json!({
        "trusted": listed, "never": never, "blocked": trust.own().blocked(), "circles": circles,
    });
    Outcome::new(json, human)
}

fn told(line: &Trusted<'_>, now: Timestamp) -> String {
    let by = line.circle.map_or_else(String::new, |circle| format!(", by the circle {circle}"));
    let from = line.from.filter(|from| *from > now).map(|from| format!(", from {from}"));
    let until = line.until.map(|until| format!(", until {until}")).unwrap_or_default();
    let not = if line.in_force { "" } else { " (not now)" };
    let note = line.note.map(|note| format!("  # {note}")).unwrap_or_default();
    let (issuer, kind) = (line.issuer, short(line.type_iri));
    format!("{issuer} may issue {kind}{by}{}{until}{not}{note}", from.unwrap_or_default())
}

fn short(type_iri: &str) -> String {
    shorten(type_iri).replace("adit:", "")
}

/// `adit trust add`
async fn add(
    connector: &Connector,
    did: &Did,
    kind: &str,
    period: Period,
    note: Option<String>,
) -> Result<Outcome, Error> {
    let kind = known(kind)?;
    let what = json!({ "issuer": did, "type": kind, "from": period.from, "ends": period.until });
    let change = |list: &mut TrustList| Ok(list.add_for(did, [kind], period, note)?);
    connector.change_own(what.clone(), change).await?;
    let until = period.until.map(|until| format!(" until {until}")).unwrap_or_default();
    Ok(Outcome::new(what, format!("{did} is trusted to issue {}{until}\n", shorten(kind))))
}

/// `adit trust refuse`
async fn refuse(connector: &Connector, did: &Did, kind: &str) -> Result<Outcome, Error> {
    let kind = known(kind)?;
    let what = json!({ "issuer": did, "never": kind });
    connector.change_own(what.clone(), |list| Ok(list.refuse(did, [kind])?)).await?;
    let human = format!("{} of {did} opens nothing here, whatever a circle says\n", shorten(kind));
    Ok(Outcome::new(what, human))
}

/// `adit trust remove`
async fn remove(connector: &Connector, did: &Did) -> Result<Outcome, Error> {
    let what = json!({ "removed": did });
    let change = |list: &mut TrustList| match list.remove(did) {
        true => Ok(()),
        false => Err(Error::Usage(format!("your own trust list has no entry for {did}"))),
    };
    connector.change_own(what.clone(), change).await?;
    let trust = connector.trust();
    let still: BTreeSet<_> = trust
        .listed(clock::now())
        .into_iter()
        .filter(|line| line.in_force && line.issuer == did)
        .filter_map(|line| Some(format!("{} by {}", short(line.type_iri), line.circle?)))
        .collect();
    let still = match still.is_empty() {
        true => String::new(),
        false => {
            let still: Vec<_> = still.into_iter().collect();
            format!("; still trusted by a circle: {}", still.join(", "))
        }
    };
    Ok(Outcome::new(what, format!("{did} is off your own trust list{still}\n")))
}

/// `adit trust block | unblock`
async fn block(connector: &Connector, did: &Did, blocked: bool) -> Result<Outcome, Error> {
    let what = json!({ "did": did, "blocked": blocked });
    let change = |list: &mut TrustList| {
        list.block(did, blocked);
        Ok(())
    };
    connector.change_own(what.clone(), change).await?;
    let told = if blocked {
        "is stopped: what it asks with its credentials is refused from the next request on"
    } else {
        "is let in again from the next request on"
    };
    Ok(Outcome::new(what, format!("{did} {told}\n{}", stranger(connector, did)?)))
}

/// A line about a DID that is no partner's, with the partner that was most likely meant; nothing about a partner.
fn stranger(connector: &Connector, did: &Did) -> Result<String, Error> {
    let rows = connector.directory.partners()?.into_iter().map(|partner| partner.did);
    let partners: BTreeSet<_> =
        rows.chain(connector.directory.descriptions().into_keys()).collect();
    if partners.contains(did) {
        return Ok(String::new());
    }
    Ok(match adit_vocab::nearest(did.as_str(), partners.iter().map(Did::as_str)) {
        Some(near) => format!("it is not one of your partners; nearest: {near}\n"),
        None => "it is not one of your partners\n".to_owned(),
    })
}

fn known(kind: &str) -> Result<&'static str, Error> {
    credential_type(kind).ok_or_else(|| Error::UnknownType { got: kind.to_owned() })
}
