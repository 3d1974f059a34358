//! The Credential Service: shows what it may, takes what is delivered; and the holder who asks an issuer.

use super::requests::{Asked, Offered};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::query::digest;
use crate::safe_client::{self, Cap};
use crate::wallet;
use adit_credentials::dcp::{
    CredentialContainer, CredentialMessage, CredentialObject, CredentialOffer, CredentialRequest,
    DcpRefusal, ISSUER_SERVICE, IssuerMetadata, Kept, Outcome as Delivered, PresentationQuery,
    PresentationResponse, Profile, RequestState, Sender, choose, show,
};
use adit_credentials::{Documents, Statuses, credential_type};
use adit_journal::Kind;
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The most credentials in a wallet into which others may deliver.
const WALLET_MAX: usize = 512;
/// The most offers of one issuer that are kept; the oldest go first.
const OFFERS_MAX: usize = 64;

/// `POST /presentations/query`: the presentations that answer a verifier's query, as far as its access token opens them.
pub fn query(
    connector: &Connector,
    sender: &Sender,
    body: &[u8],
    now: Timestamp,
) -> Result<Value, Error> {
    let asked = PresentationQuery::read(body)?.scopes;
    let opened = connector.dcp.access.opened(sender, &asked, now)?;
    let wallet = connector.wallet()?;
    let wallet = wallet.iter().filter_map(|token| Kept::read(token).ok());
    let (taken_back, standing): (Vec<_>, Vec<_>) =
        wallet.partition(|kept| connector.was_taken_back(kept.credential(), now));
    let verifier = sender.did();
    let mut chosen = choose(&standing, &opened, verifier, now);
    if chosen.is_empty() {
        // Where nothing else fits, the verifier's refusal says why.
        chosen = choose(&taken_back, &opened, verifier, now);
    }
    let keys = connector.keys();
    let signing = keys.signing(now);
    let (holder, id) = (connector.did(), clock::random_id);
    let presentations = show(signing, holder, &chosen, verifier, id, now)?;
    Ok(PresentationResponse { presentations }.to_json())
}

/// `POST /credentials` with a `CredentialMessage`: puts what an issuer delivers into the wallet.
///
/// The same message twice changes nothing. What we asked for is taken once; otherwise a company that we asked or deal with
/// may put a newer credential in the place of one of its own, and nothing else.
pub async fn receive(
    connector: &Connector,
    sender: &Sender,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Error> {
    let message = CredentialMessage::read(body)?;
    if sender.token().is_some() {
        // We put no access token into a request, so this is none of ours.
        return Err(DcpRefusal::Access { sender: sender.did().clone() }.into());
    }
    let asked = connector.dcp.asked.get(&message.holder_pid)?;
    let asked = asked.filter(|asked| asked.issuer == *sender.did());
    if asked.is_none() && !connector.knows(sender.did(), now)? {
        return Err(DcpRefusal::NotAsked { issuer: sender.did().clone() }.into());
    }
    let asked = asked.filter(|asked| asked.state == RequestState::Received);
    let (state, reason) = match &message.outcome {
        Delivered::Issued(containers) => {
            let types = asked.as_ref().map(|asked| asked.types.as_slice());
            keep_all(connector, sender.did(), containers, types, now).await?;
            (RequestState::Issued, None)
        }
        Delivered::Rejected(reason) => (RequestState::Rejected, reason.clone()),
    };
    if let Some(mut asked) = asked {
        (asked.state, asked.reason) = (state, reason);
        connector.dcp.asked.put(&message.holder_pid, &asked)?;
    }
    Ok(())
}

/// Whether every credential is of a type that was asked for, or, unasked, the newer one of its kind.
fn are_wanted(delivered: &[Kept], asked: Option<&[String]>, wallet: &[Kept]) -> bool {
    let is_alone =
        |kept: &Kept| delivered.iter().all(|it| it.token() == kept.token() || !it.is_like(kept));
    delivered.iter().all(|kept| match asked {
        Some(types) => kept.is_of(types),
        None => kept.renews(wallet) && is_alone(kept),
    })
}

/// Checks every credential, then keeps them all; one that does not hold refuses all. `asked` has the types that are
/// waited for, if this answers a request.
async fn keep_all(
    connector: &Connector,
    issuer: &Did,
    containers: &[CredentialContainer],
    asked: Option<&[String]>,
    now: Timestamp,
) -> Result<(), Error> {
    let mut documents = Documents::default();
    documents.add(connector.document(issuer, now).await?);
    let kept = containers.iter().map(|it| Kept::read(&it.payload));
    let kept = kept.collect::<Result<Vec<_>, _>>()?;
    let (trust, none) = (connector.trust(), Statuses::default());
    for kept in &kept {
        kept.check_signed(issuer, &connector.evidence(&documents, &none, &trust, now))?;
    }
    let wallet = connector.wallet()?;
    let held: Vec<_> = wallet.iter().filter_map(|token| Kept::read(token).ok()).collect();
    if !are_wanted(&kept, asked, &held) {
        return Err(DcpRefusal::NotAsked { issuer: issuer.clone() }.into());
    }
    // Only now: the addresses of the lists are the sender's own words.
    for kept in &kept {
        let wanted: Vec<_> = kept.credential().wanted_lists().collect();
        let statuses = connector.statuses(&wanted, &documents, now).await;
        kept.check_delivered(issuer, &connector.evidence(&documents, &statuses, &trust, now))?;
    }
    let new: Vec<_> =
        kept.iter().filter(|kept| !wallet.iter().any(|it| it == kept.token())).collect();
    if new.is_empty() {
        return Ok(());
    }
    if wallet.len() + new.len() > WALLET_MAX {
        return Err(DcpRefusal::TooMany { count: wallet.len() }.into());
    }
    let names: Vec<_> = new.iter().map(|kept| digest(kept.token())).collect();
    let replaced = replaced_by(connector, &kept)?;
    let gone: Vec<_> = replaced.iter().map(|(_, token)| digest(token)).collect();
    let what = json!({ "received": names, "from": issuer, "replaced": gone });
    connector.record(Kind::Trust, what, now).await?;
    for (kept, name) in new.iter().zip(&names) {
        wallet::keep(&connector.folder, &format!("dcp-{}", &name[..16]), kept.token())?;
    }
    for (path, _) in replaced {
        std::fs::remove_file(&path).map_err(|e| Error::file(&path, e))?;
    }
    Ok(())
}

/// The files of credentials that came by message before and that newer ones take the place of.
fn replaced_by(connector: &Connector, newer: &[Kept]) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut files = wallet::files(&connector.folder)?;
    files.retain(|(path, token)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let older = Kept::read(token).ok().filter(|_| name.starts_with("dcp-"));
        older.is_some_and(|older| newer.iter().any(|newer| newer.replaces(&older)))
    });
    Ok(files)
}

/// `POST /offers`: notes what an issuer offers, for `adit credential requests` to show.
pub async fn offered(
    connector: &Connector,
    sender: &Sender,
    body: &[u8],
    now: Timestamp,
) -> Result<(), Error> {
    let offer = CredentialOffer::read(body)?;
    if offer.issuer != *sender.did() {
        let (member, expected) = ("issuer", "the DID of the company that sends the offer");
        return Err(DcpRefusal::Member { member, expected }.into());
    }
    if !connector.knows(sender.did(), now)? {
        return Err(DcpRefusal::NotAsked { issuer: sender.did().clone() }.into());
    }
    let (shelf, name) = (&connector.dcp.offered, offer.issuer.to_string());
    let before = shelf.get(&name)?.map(|it| it.credentials).unwrap_or_default();
    let new = offer.credentials.iter().filter(|object| !before.contains(object));
    let new: Vec<_> = new.map(|object| object.id.as_str()).collect();
    if new.is_empty() {
        return Ok(());
    }
    let what = json!({ "offered": new, "by": offer.issuer });
    connector.record(Kind::Trust, what, now).await?;
    let ids: Vec<_> = offer.credentials.iter().map(|object| object.id.as_str()).collect();
    let before = before.into_iter().filter(|object| !ids.contains(&object.id.as_str()));
    let credentials = offer.credentials.iter().cloned().chain(before).take(OFFERS_MAX).collect();
    shelf.put(&name, &Offered { issuer: offer.issuer, credentials, at: now })
}

/// `adit credential request`: asks an issuer for a credential, which it delivers when it has decided.
pub(super) async fn ask(
    connector: &Connector,
    issuer: Did,
    kind: String,
    profile: Option<Profile>,
) -> Result<Outcome, Error> {
    let now = clock::now();
    let service = connector.service_of(&issuer, ISSUER_SERVICE, now).await?;
    let object = on_offer(connector, &service, &issuer, &kind, profile).await?;
    let id = clock::random_id();
    let type_name = object.credential_type.clone().unwrap_or(kind);
    let what = json!({ "asked": id, "of": issuer, "type": type_name });
    connector.record(Kind::Trust, what, now).await?;
    let mut asked = Asked {
        id: id.clone(),
        issuer: issuer.clone(),
        types: vec![type_name.clone()],
        state: RequestState::Received,
        reason: None,
        at: now,
        location: None,
    };
    // Kept before it is sent: the delivery may be faster than the answer.
    connector.dcp.asked.put(&id, &asked)?;
    let message = CredentialRequest { holder_pid: id.clone(), ids: vec![object.id] }.to_json();
    let url = format!("{service}/credentials");
    let request = safe_client::Request::post(url.clone(), &message, Cap::Message)
        .bearer(connector.self_issued(&issuer, None, now)?);
    let response = connector.outbound.send(request).await?;
    if !(200..300).contains(&response.status) {
        asked.state = RequestState::Rejected;
        connector.dcp.asked.put(&id, &asked)?;
        return Err(crate::token::refused_by(&issuer, &url, &response));
    }
    let human = format!(
        "asked {issuer} for {type_name} ({id}); it comes into credentials/ once {issuer} has decided\n"
    );
    Ok(Outcome::new(json!({ "id": id, "issuer": issuer, "type": type_name }), human))
}

/// What of an issuer's metadata is meant by a type.
async fn on_offer(
    connector: &Connector,
    service: &str,
    issuer: &Did,
    kind: &str,
    profile: Option<Profile>,
) -> Result<CredentialObject, Error> {
    let url = format!("{service}/metadata");
    let request = safe_client::Request::get(url.clone(), "application/json", Cap::Message);
    let response = connector.outbound.send(request).await?;
    if response.status != 200 {
        return Err(crate::token::refused_by(issuer, &url, &response));
    }
    let metadata = IssuerMetadata::read(&response.body)?;
    if metadata.issuer != *issuer {
        let message = format!("it is the metadata of {}, not of {issuer}", metadata.issuer);
        return Err(Error::BadAnswer { url, message });
    }
    let iri = credential_type(kind);
    let is_meant = |object: &CredentialObject| {
        let name = object.credential_type.as_deref().unwrap_or_default();
        name == kind || (iri.is_some() && credential_type(name) == iri)
    };
    let profiles = profile.map_or_else(|| Profile::ALL.to_vec(), |it| vec![it]);
    let found = profiles.iter().find_map(|profile| {
        let mut objects = metadata.supported.iter().filter(|it| is_meant(it));
        objects.find(|it| it.profile.as_deref() == Some(profile.as_str()))
    });
    Ok(found.cloned().ok_or_else(|| DcpRefusal::NotOffered { id: kind.to_owned() })?)
}
