//! Two companies meet: an invitation, and its acceptance.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::partners::Description;
use crate::query::digest;
use crate::safe_client::{Cap, Request};
use crate::token::refused_by;
use crate::{folder, issue, wallet};
use adit_credentials::{Claims, Credential, Documents, Statuses};
use adit_ingest::Partner;
use adit_journal::Kind;
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
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
        credential: partner_credential(connector, &inviter, now).await?,
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
    wallet::keep(&connector.folder, &file_of(&inviter), &welcome.credential)?;
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
    wallet::keep(&connector.folder, &file_of(&joiner), &acceptance.credential)?;
    std::fs::remove_file(&path).map_err(|e| Error::file(&path, e))?;
    Ok(Welcome { credential: partner_credential(connector, &joiner, now).await? })
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
async fn partner_credential(
    connector: &Connector,
    to: &Did,
    now: Timestamp,
) -> Result<String, Error> {
    let kind = adit_vocab::adit::PARTNER_CREDENTIAL.as_str();
    let until = now.saturating_add(PARTNER_LIFE).unwrap_or(now);
    let id = format!("urn:uuid:{}", clock::random_id());
    let claims = connector.status_for(Claims::about(id, kind, to.clone(), now, until))?;
    // No key is replaced between the entry in the journal and the signature: what it signed last is read there.
    let _same_key = connector.changing.lock().await;
    issue::record(connector, &claims, now).await?;
    Ok(adit_credentials::issue(connector.keys().issuing(), connector.did(), &claims, now)?)
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
    let (statuses, trust) = (Statuses::default(), connector.trust());
    let evidence = connector.evidence(&documents, &statuses, &trust, now);
    Ok(Credential::check(credential, issuer, connector.did(), &evidence)?)
}

fn open_path(connector: &Connector, did: &Did) -> std::path::PathBuf {
    let name = did.as_str().replace([':', '%'], "_");
    connector.folder.state().join("invitations").join(format!("{name}.json"))
}

/// The name of a partner's credential in the wallet, which writes all but letters and digits as hyphens: a digest keeps
/// apart the partners that would then have one name, since the credential of the second would replace the first.
fn file_of(did: &Did) -> String {
    let id = did.id();
    let is_plain = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    if is_plain { format!("partner-{id}") } else { format!("partner-{id}-{:.16}", digest(id)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    #[test]
    fn the_credential_of_one_partner_never_replaces_that_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::at(folder.path());
        let dids = [
            "did:web:oem.example",
            "did:web:oem-example",
            "did:web:oem.example:a",
            "did:web:oem.example-a",
        ];
        for did in dids {
            wallet::keep(&folder, &file_of(&did.parse().unwrap()), did).unwrap();
        }
        let mut kept = wallet::read(&folder).unwrap();
        kept.sort_unstable();
        let mut dids = dids.to_vec();
        dids.sort_unstable();
        assert_eq!(kept, dids);
    }
}
