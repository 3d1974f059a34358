//! What is written down about credentials that were asked for and offered, on either side.

use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use adit_credentials::dcp::{CredentialMessage, CredentialObject, RequestState};
use adit_vocab::Did;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A request that a holder made for credentials of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Incoming {
    /// Our name of it.
    pub id: String,
    /// Who asks.
    pub holder: Did,
    /// The holder's name of it.
    pub holder_pid: String,
    /// What is asked for: identifiers of our offers.
    pub offers: Vec<String>,
    /// How it stands.
    pub state: RequestState,
    /// When it came.
    pub at: Timestamp,
    /// The access token that the holder wants to see at the delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What is to be delivered; made once, so that each try brings the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<CredentialMessage>,
    /// Whether the holder has it.
    #[serde(default)]
    pub delivered: bool,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Timestamp>,
}

/// A request that we made at an issuer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// Our name of it.
    pub id: String,
    /// Whom we asked.
    pub issuer: Did,
    /// The types that we asked for, short.
    pub types: Vec<String>,
    /// How it stands, as far as the issuer told.
    pub state: RequestState,
    /// Why it was refused, if the issuer said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When we asked.
    pub at: Timestamp,
    /// Where the issuer tells how it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// What an issuer offered us.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offered {
    /// Who offers.
    pub issuer: Did,
    /// What.
    pub credentials: Vec<CredentialObject>,
    /// When.
    pub at: Timestamp,
}

/// `adit credential requests`: what others ask of us, what we asked of others, and what they offer.
pub(super) fn list(connector: &Connector) -> Result<Outcome, Error> {
    let mut incoming = connector.dcp.incoming.all()?;
    let mut asked = connector.dcp.asked.all()?;
    let mut offered = connector.dcp.offered.all()?;
    incoming.sort_by_key(|it| it.at);
    asked.sort_by_key(|it| it.at);
    offered.sort_by_key(|it| it.at);
    let mut human = String::new();
    for it in &incoming {
        let state = match (it.state, it.delivered) {
            (RequestState::Received, _) => "waits for adit credential approve | reject",
            (RequestState::Rejected, _) => "rejected",
            (RequestState::Issued, false) => "issued, not delivered yet",
            (RequestState::Issued, true) => "issued and delivered",
        };
        let offers: Vec<_> = it.offers.iter().map(|id| short(id)).collect();
        let (offers, id) = (offers.join(", "), &it.id);
        line(&mut human, &format!("{id}  {}  asks for {offers}: {state}  ({})", it.holder, it.at));
    }
    for it in &asked {
        let state = it.state.as_str().to_ascii_lowercase();
        let types = it.types.join(", ");
        line(
            &mut human,
            &format!("{}  asked {} for {types}: {state}  ({})", it.id, it.issuer, it.at),
        );
    }
    for it in &offered {
        let names = it.credentials.iter().map(|it| it.credential_type.as_ref().unwrap_or(&it.id));
        let names: Vec<_> = names.map(String::as_str).collect();
        line(&mut human, &format!("{} offers {}  ({})", it.issuer, names.join(", "), it.at));
    }
    if human.is_empty() {
        human.push_str("nobody asks for credentials, none were asked for, none are offered\n");
    }
    let incoming: Vec<_> = incoming
        .iter()
        .map(|it| {
            json!({ "id": it.id, "holder": it.holder, "offers": it.offers, "state": it.state,
                    "delivered": it.delivered, "at": it.at })
        })
        .collect();
    Ok(Outcome::new(json!({ "incoming": incoming, "asked": asked, "offered": offered }), human))
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// The end of the identifier of an offer of ours.
fn short(id: &str) -> &str {
    id.split_once("#offer-").map_or(id, |(_, rest)| rest)
}
