//! Credentials that this company issues, takes back and renews; each step is in the journal before anybody sees it.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::folder;
use crate::outcome::Outcome;
use adit_credentials::{
    BIRTH_CERTIFICATE_SCHEMA, Claims, Credential, CredentialForm, DidDocument, Documents, Statuses,
    Subject, credential_type,
};
use adit_journal::Kind;
use adit_vocab::{Did, adit, shorten};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// What `adit credential issue` asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wanted {
    /// The type, short or as an IRI.
    pub kind: String,
    /// The DID of the holder, or the IRI of the item.
    pub to: String,
    /// How many days it is valid.
    pub days: u16,
    /// What else it says of its subject.
    pub claims: Map<String, Value>,
    /// Whether the proof stands inside the credential, as JSON.
    pub embedded: bool,
    /// Where to write it.
    pub output: PathBuf,
}

/// What `adit credential revoke` asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Revocation {
    /// The identifier of the credential.
    pub id: String,
    /// What is done to it.
    pub step: Step,
    /// Why, for our own journal.
    pub reason: Option<String>,
}

/// What is done to a credential that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// It is taken back for good.
    Revoke,
    /// It is held for a while.
    Suspend,
    /// It counts again.
    Resume,
}

/// What `adit credential renew` asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Renewal {
    /// The credential to renew.
    pub credential: String,
    /// How many days the new one is valid; as many as the old one if left out.
    pub days: Option<u16>,
    /// After how many days the old one is revoked.
    pub hand_over_days: u16,
    /// Where to write the new one.
    pub output: PathBuf,
}

impl Connector {
    /// The claims with a place in our status lists; a client has no address for one, so its credentials have none.
    pub fn status_for(&self, claims: Claims) -> Result<Claims, Error> {
        Ok(self.lists.with_place(claims))
    }
}

/// Writes to the journal that a credential is issued; before anybody has it.
pub async fn record(connector: &Connector, claims: &Claims, now: Timestamp) -> Result<(), Error> {
    connector.record(Kind::Trust, connector.lists.entry_of(claims), now).await.map(drop)
}

/// Issues a credential: the journal first, then the file.
pub async fn issue(connector: &Connector, wanted: Wanted) -> Result<Outcome, Error> {
    let Wanted { kind, to, days, claims: extra, embedded, output } = wanted;
    let kind = credential_type(&kind).ok_or(Error::UnknownType { got: kind })?;
    let is_of_item = kind == adit::DIGITAL_BIRTH_CERTIFICATE.as_str();
    let subject = match Subject::item(&to).filter(|_| is_of_item) {
        Some(item) => item,
        None => to.parse::<Did>()?.into(),
    };
    let (now, id) = (clock::now(), format!("urn:uuid:{}", clock::random_id()));
    let life = SignedDuration::from_hours(i64::from(days) * 24);
    let until = now.saturating_add(life).unwrap_or(now);
    let mut claims = connector.status_for(Claims::about(id, kind, subject, now, until))?;
    claims.extra = extra;
    claims.schema = is_of_item.then_some(BIRTH_CERTIFICATE_SCHEMA);
    let form = if embedded { CredentialForm::Embedded } else { CredentialForm::Jwt };
    // No key is replaced between the signature and the entry in the journal, where its end is looked up.
    let _same_key = connector.changing.lock().await;
    let written = sign(connector, &claims, form, now)?;
    record(connector, &claims, now).await?;
    folder::write(&output, format!("{written}\n").as_bytes(), true)?;
    let human = format!(
        "{} for {to} written to {}\nid {}, valid until {until}\n",
        shorten(kind),
        output.display(),
        claims.id
    );
    let json = json!({
        "id": claims.id, "type": kind, "subject": to, "validUntil": until, "file": output,
    });
    Ok(Outcome::new(json, human))
}

/// The credential in one of its forms; what is only signed here has been shown to nobody.
fn sign(
    connector: &Connector,
    claims: &Claims,
    form: CredentialForm,
    now: Timestamp,
) -> Result<String, Error> {
    let (keys, own) = (connector.keys(), connector.did());
    Ok(match form {
        CredentialForm::Jwt => adit_credentials::issue(keys.issuing(), own, claims, now)?,
        CredentialForm::Jwt11 => adit_credentials::issue11(keys.issuing(), own, claims, now)?,
        CredentialForm::Embedded => {
            adit_credentials::issue_embedded(keys.issuing(), own, claims, now)?.to_string()
        }
    })
}

/// Takes a credential back, holds it, or lets it go: the journal first, then the list.
pub async fn revoke(connector: &Connector, wanted: Revocation) -> Result<Outcome, Error> {
    let Revocation { id, step, reason } = wanted;
    let now = clock::now();
    let issued = connector.lists.find(&id).ok_or(Error::NotIssued { id: id.clone() })?;
    if issued.place.is_none() {
        return Err(Error::NoStatus { id, to: issued.to });
    }
    let is_revoked = issued.revoked_from.is_some_and(|from| from <= now);
    let (body, told) = match step {
        Step::Revoke if is_revoked => (None, "was revoked already"),
        Step::Suspend | Step::Resume if is_revoked => return Err(Error::Revoked { id }),
        Step::Revoke => (Some(json!({ "revoked": id, "from": now })), "is revoked for good"),
        Step::Suspend if issued.is_suspended => (None, "was suspended already"),
        Step::Suspend => {
            (Some(json!({ "suspended": id, "held": true })), "is suspended until you resume it")
        }
        Step::Resume if !issued.is_suspended => (None, "was not suspended"),
        Step::Resume => (Some(json!({ "suspended": id, "held": false })), "counts again"),
    };
    if let Some(mut body) = body {
        body["reason"] = json!(reason);
        connector.record(Kind::Trust, body, now).await?;
    }
    let kind = shorten(&issued.kind);
    let human = format!(
        "{kind} of {}: {told}\nhere from the next request on; elsewhere within a minute where this connector is asked, and within 15 minutes at the latest\n",
        issued.to
    );
    let state = connector.lists.find(&id).map(|issued| issued.state(now));
    Ok(Outcome::new(json!({ "id": id, "to": issued.to, "state": state }), human))
}

/// Issues a credential anew with the same claims, and revokes the old one when the new one has had time to arrive.
pub async fn renew(connector: &Connector, wanted: Renewal) -> Result<Outcome, Error> {
    let Renewal { credential, days, hand_over_days, output } = wanted;
    let now = clock::now();
    let old = Credential::peek(&credential)?;
    let (old_id, old_until) = check_own(connector, &old, now)?;
    let id = format!("urn:uuid:{}", clock::random_id());
    let old_from = old.unverified_valid_from().unwrap_or(now);
    let life = days.map(|days| SignedDuration::from_hours(i64::from(days) * 24));
    let life = life.unwrap_or_else(|| old_until.duration_since(old_from));
    let until = now.saturating_add(life).unwrap_or(now);
    let subject = old.unverified_subject().clone();
    let mut claims = Claims::about(id, "", subject, now, until);
    claims.types = old.unverified_types().iter().map(|&iri| iri.to_owned()).collect();
    claims.extra = old.unverified_claims();
    let names_schema = old.schemas().any(|id| id == BIRTH_CERTIFICATE_SCHEMA);
    claims.schema = names_schema.then_some(BIRTH_CERTIFICATE_SCHEMA);
    let claims = connector.status_for(claims)?;
    // No key is replaced between the signature and the entry in the journal, where its end is looked up.
    let _same_key = connector.changing.lock().await;
    let written = sign(connector, &claims, old.form(), now)?;
    let mut body = connector.lists.entry_of(&claims);
    body["renews"] = json!(old_id);
    connector.record(Kind::Trust, body, now).await?;
    folder::write(&output, format!("{written}\n").as_bytes(), true)?;
    let hand_over = SignedDuration::from_hours(i64::from(hand_over_days) * 24);
    let from = now.saturating_add(hand_over).unwrap_or(now);
    let told = if old.status().is_empty() {
        format!("the old one has no status and stays valid until {old_until}")
    } else if from < old_until {
        let what = json!({ "revoked": old_id, "from": from });
        connector.record(Kind::Trust, what, now).await?;
        format!("the old one is revoked from {from} on")
    } else {
        format!("the old one ends by itself, {old_until}")
    };
    let types: Vec<_> = claims.types.iter().map(|iri| shorten(iri)).collect();
    let human = format!(
        "{} for {} written to {}; hand it over\nid {}, valid until {until}; {told}\n",
        types.join(", "),
        claims.subject,
        output.display(),
        claims.id
    );
    let json = json!({
        "id": claims.id, "renews": old_id, "subject": claims.subject.as_str(),
        "validUntil": until, "file": output,
    });
    Ok(Outcome::new(json, human))
}

/// The identifier and the end of a credential that we issued, signed and have not taken back; it may have ended.
fn check_own(
    connector: &Connector,
    credential: &Credential,
    now: Timestamp,
) -> Result<(String, Timestamp), Error> {
    let id = credential.unverified_id().unwrap_or_default().to_owned();
    if credential.unverified_issuer() != connector.did() {
        return Err(Error::NotIssued { id });
    }
    let own = connector.own_document(now)?;
    let mut documents = Documents::default();
    let document = own.to_string();
    documents.add(DidDocument::parse(connector.did(), document.as_bytes())?);
    let (statuses, trust) = (Statuses::default(), connector.trust());
    let evidence = connector.evidence(&documents, &statuses, &trust, now);
    credential.check_signature(&evidence)?;
    let issued = connector.lists.find(&id).ok_or(Error::NotIssued { id: id.clone() })?;
    let is_same = issued.to == credential.unverified_subject().as_str();
    match issued.revoked_from {
        Some(from) if from <= now => Err(Error::Revoked { id }),
        Some(_) | None if is_same => Ok((id, issued.until)),
        Some(_) | None => Err(Error::NotIssued { id }),
    }
}

/// Every credential that this company issued, as the journal has it.
pub fn issued(connector: &Connector) -> Outcome {
    let now = clock::now();
    let all = connector.lists.all();
    let rows = all.iter().map(|issued| {
        json!({
            "id": issued.id, "type": issued.kind, "to": issued.to,
            "validUntil": issued.until, "state": issued.state(now),
            "revokedFrom": issued.revoked_from,
            "list": issued.place.map(|place| json!({ "list": place.list, "index": place.index })),
        })
    });
    let json = json!({ "issued": rows.collect::<Vec<_>>() });
    let line = |it: &crate::lists::Issued| {
        let (kind, state) = (shorten(&it.kind), it.state(now));
        format!("{}  {state}  {kind}  {}  until {}\n", it.id, it.to, it.until)
    };
    let human = match all.as_slice() {
        [] => "this company has issued no credential\n".to_owned(),
        all => all.iter().map(line).collect(),
    };
    Outcome::new(json, human)
}
