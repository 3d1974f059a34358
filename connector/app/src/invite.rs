//! Two companies meet: an invitation, its acceptance, and the trust list that both keep.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::outbound::{Cap, Request};
use crate::outcome::Outcome;
use crate::partners::Description;
use crate::query::digest;
use crate::token::refused_by;
use crate::{folder, wallet};
use adit_credentials::{Claims, Credential, Documents, TrustList, credential_type};
use adit_ingest::Partner;
use adit_journal::Kind;
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How long an invitation can be accepted.
const INVITATION_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long the credential of a partner is valid.
const PARTNER_LIFE: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Whom `adit invite` invites.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invitee {
    /// The company.
    pub did: Did,
    /// Our number for it.
    pub number: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Where to write the invitation.
    pub output: std::path::PathBuf,
}

/// An invitation, as it is handed over.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Who invites.
    pub from: Description,
    /// Who is invited.
    pub to: Did,
    /// The secret that shows the invitation was received.
    pub code: String,
    /// Until when.
    pub until: Timestamp,
    /// What joining means, for the person who reads this.
    pub note: String,
}

/// The body of `POST /join`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The secret of the invitation.
    pub code: String,
    /// Who accepts.
    pub from: Description,
    /// The credential that the accepting company issues to the inviting one.
    pub credential: String,
}

/// The answer of `POST /join`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Welcome {
    /// The credential that the inviting company issues to the accepting one.
    pub credential: String,
}

/// What the inviter keeps of an invitation until it is accepted.
#[derive(Debug, Serialize, Deserialize)]
struct Open {
    to: Did,
    code_digest: String,
    until: Timestamp,
}

/// `adit invite`: one trust entry, and the invitation as a file.
pub async fn invite(connector: &Arc<Connector>, invitee: Invitee) -> Result<Outcome, Error> {
    let now = clock::now();
    let from = description(connector)?;
    let code = clock::secret();
    let until = now.saturating_add(INVITATION_LIFE).unwrap_or(now);
    let open = Open { to: invitee.did.clone(), code_digest: digest(&code), until };
    let what = json!({ "invited": invitee.did, "until": until });
    connector.record(Kind::Trust, what, now).await?;
    let kept = serde_json::to_vec(&open).map_err(|e| Error::Internal(e.to_string()))?;
    folder::write(&open_path(connector, &invitee.did), &kept, true)?;
    if let Some(number) = invitee.number {
        let name = invitee.name.unwrap_or_else(|| invitee.did.id().to_owned());
        connector.directory.add_partner(&Partner { number, name, did: invitee.did.clone() })?;
    }
    let invitation = Invitation {
        note: format!(
            "{} invites {} to exchange product facts. Joining shares no fact: each side keeps its own \
             policies. It exchanges partner credentials and identifier templates.",
            from.name, invitee.did
        ),
        from,
        to: invitee.did.clone(),
        code,
        until,
    };
    let text =
        serde_json::to_vec_pretty(&invitation).map_err(|e| Error::Internal(e.to_string()))?;
    let path = connector.folder.root().join(&invitee.output);
    folder::write(&path, &text, true)?;
    let human = format!(
        "invitation for {} written to {}; hand it over, it can be accepted once until {until}\n",
        invitee.did,
        path.display()
    );
    Ok(Outcome::new(json!({ "invitation": path, "to": invitee.did, "until": until }), human))
}

/// `adit join`: accept an invitation at the inviter's connector.
pub async fn join(connector: &Arc<Connector>, invitation: Invitation) -> Result<Outcome, Error> {
    let now = clock::now();
    let inviter = invitation.from.did.clone();
    if invitation.to != *connector.did() {
        return Err(Error::NotInvited { to: invitation.to, own: connector.did().clone() });
    }
    if invitation.until < now {
        return Err(Error::InvitationEnded { until: invitation.until });
    }
    let acceptance = Acceptance {
        code: invitation.code,
        from: description(connector)?,
        credential: partner_credential(connector, &inviter, now)?,
    };
    let address = connector.directory.address(&connector.outbound, &inviter, now).await?;
    let url = format!("{address}/join");
    let request = Request::post(url.clone(), &json!(acceptance), Cap::Message);
    let response = connector.outbound.send(request).await?;
    if response.status != 200 {
        return Err(refused_by(&inviter, &url, &response));
    }
    let welcome: Welcome = serde_json::from_slice(&response.body)
        .map_err(|e| Error::BadAnswer { url, message: e.to_string() })?;
    check_credential(connector, &welcome.credential, &inviter, now).await?;
    connector.record(Kind::Trust, json!({ "joined": inviter }), now).await?;
    wallet::keep(&connector.folder, &format!("partner-{}", inviter.id()), &welcome.credential)?;
    let described = connector.directory.describe(&connector.outbound, &inviter, now).await?;
    let human = format!(
        "joined {} ({inviter}); nothing is shared until you publish, and then as your policies say\n",
        described.name
    );
    Ok(Outcome::new(json!({ "joined": inviter, "name": described.name }), human))
}

/// `POST /join` at the inviter: check the code and the credential, and answer with ours.
pub async fn welcome(connector: &Connector, acceptance: Acceptance) -> Result<Welcome, Error> {
    let now = clock::now();
    let joiner = acceptance.from.did.clone();
    let path = open_path(connector, &joiner);
    let open: Open = std::fs::read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or(Error::InvitationUnknown)?;
    if open.code_digest != digest(&acceptance.code) || open.to != joiner {
        return Err(Error::InvitationUnknown);
    }
    if open.until < now {
        return Err(Error::InvitationEnded { until: open.until });
    }
    check_credential(connector, &acceptance.credential, &joiner, now).await?;
    connector.record(Kind::Trust, json!({ "accepted": joiner }), now).await?;
    connector.directory.keep(&acceptance.from)?;
    wallet::keep(&connector.folder, &format!("partner-{}", joiner.id()), &acceptance.credential)?;
    std::fs::remove_file(&path).map_err(|e| Error::file(&path, e))?;
    Ok(Welcome { credential: partner_credential(connector, &joiner, now)? })
}

/// `adit trust show`
pub fn trust_show(connector: &Connector) -> Result<Outcome, Error> {
    let text = connector.trust().to_text();
    Ok(Outcome::new(json!({ "trust": text }), text))
}

/// `adit trust add`
pub async fn trust_add(
    connector: &Arc<Connector>,
    did: &str,
    kind: &str,
) -> Result<Outcome, Error> {
    let did: Did = did.parse()?;
    let kind = credential_type(kind).ok_or_else(|| Error::UnknownType { got: kind.to_owned() })?;
    let what = json!({ "issuer": did, "type": kind });
    let change = |list: &mut TrustList| Ok(list.add(&did, [kind], None)?);
    connector.change_trust(what.clone(), change, clock::now()).await?;
    let human = format!("{did} is trusted to issue {}\n", adit_vocab::shorten(kind));
    Ok(Outcome::new(what, human))
}

/// `adit trust block | unblock`
pub async fn trust_block(
    connector: &Arc<Connector>,
    did: &str,
    blocked: bool,
) -> Result<Outcome, Error> {
    let did: Did = did.parse()?;
    let what = json!({ "did": did, "blocked": blocked });
    let change = |list: &mut TrustList| {
        list.block(&did, blocked);
        Ok(())
    };
    connector.change_trust(what.clone(), change, clock::now()).await?;
    let told = if blocked {
        "is stopped: what it asks with its credentials is refused from the next request on"
    } else {
        "is let in again from the next request on"
    };
    Ok(Outcome::new(what, format!("{did} {told}\n{}", stranger(connector, &did)?)))
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

/// What we publish about our connector.
pub fn description(connector: &Connector) -> Result<Description, Error> {
    Ok(Description {
        did: connector.did().clone(),
        name: connector.config.name.clone(),
        base: connector.config.base()?.to_owned(),
        identifiers: connector.config.identifiers.clone(),
    })
}

/// The credential by which we tell a company that it is our partner.
fn partner_credential(connector: &Connector, to: &Did, now: Timestamp) -> Result<String, Error> {
    let claims = Claims {
        id: format!("urn:uuid:{}", clock::random_id()),
        types: vec![adit_vocab::adit::PARTNER_CREDENTIAL.as_str().to_owned()],
        subject: to.clone(),
        valid_from: now,
        valid_until: now.saturating_add(PARTNER_LIFE).unwrap_or(now),
        extra: Default::default(),
    };
    Ok(adit_credentials::issue(&connector.key, connector.did(), &claims, now)?)
}

/// Checks that a credential is for us and signed by the company that hands it over.
async fn check_credential(
    connector: &Connector,
    credential: &str,
    issuer: &Did,
    now: Timestamp,
) -> Result<(), Error> {
    let mut documents = Documents::default();
    documents.add(connector.document(issuer, now).await?);
    Ok(Credential::check(credential, &documents, issuer, connector.did(), now)?)
}

fn open_path(connector: &Connector, did: &Did) -> std::path::PathBuf {
    let name = did.as_str().replace([':', '%'], "_");
    connector.folder.state().join("invitations").join(format!("{name}.json"))
}
