//! What an issuer delivers to a holder.

use super::DcpRefusal;
use super::message::{Members, write};
use crate::limits::CREDENTIALS_MAX;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What an issuer delivers to a Credential Service.
///
/// Implements [Credential Message](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#credential-message).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialMessage {
    /// The issuer's name of the request.
    pub issuer_pid: String,
    /// The holder's name of the request. The text leaves it out at will; without it nobody knows what is answered, so
    /// it is asked for, as the conformance kit does.
    pub holder_pid: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Credentials.
    Issued(Vec<CredentialContainer>),
    /// None, and why, if the issuer says it.
    Rejected(Option<String>),
}

/// One credential as it is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialContainer {
    /// Its type, short.
    pub credential_type: String,
    /// The credential, as a token.
    pub payload: String,
    /// The profile that it follows, as the issuer names it.
    pub format: String,
}

impl CredentialMessage {
    /// The name of this kind of message.
    pub const KIND: &str = "CredentialMessage";

    /// Reads a delivery.
    ///
    /// # Errors
    /// A body that is no such message, or a credential that is not a token.
    pub fn read(bytes: &[u8]) -> Result<Self, DcpRefusal> {
        let mut message = Members::read(bytes, Self::KIND)?;
        let issuer_pid = message.id("issuerPid")?;
        let holder_pid = message.id("holderPid")?;
        let outcome = match message.text("status")?.as_deref() {
            Some("ISSUED") => Outcome::Issued(containers(&mut message)?),
            Some("REJECTED") => {
                let reason = message.text("rejectionReason")?;
                Outcome::Rejected(reason.map(|reason| crate::refusal::clip(&reason)))
            }
            _ => {
                let expected = "ISSUED or REJECTED";
                return Err(DcpRefusal::Member { member: "status", expected });
            }
        };
        Ok(Self { issuer_pid, holder_pid, outcome })
    }

    /// The delivery as a message.
    pub fn to_json(&self) -> Value {
        let (status, credentials, reason) = match &self.outcome {
            Outcome::Issued(containers) => {
                let credentials = containers.iter().map(|it| {
                    json!({
                        "credentialType": it.credential_type,
                        "payload": it.payload,
                        "format": it.format,
                    })
                });
                ("ISSUED", Some(credentials.collect::<Vec<_>>()), &None)
            }
            Outcome::Rejected(reason) => ("REJECTED", None, reason),
        };
        let members = json!({
            "issuerPid": self.issuer_pid,
            "holderPid": self.holder_pid,
            "status": status,
            "credentials": credentials,
            "rejectionReason": reason,
        });
        write(Self::KIND, members)
    }
}

fn containers(message: &mut Members) -> Result<Vec<CredentialContainer>, DcpRefusal> {
    let expected = "an array of 1 to 16 objects with credentialType, format and payload";
    let entries = message.some("credentials", expected, CREDENTIALS_MAX)?;
    let container = |entry| {
        let mut container = Members::inside(entry, "credentials", expected)?;
        let signed = DcpRefusal::Member { member: "payload", expected: "a credential as a JWT" };
        Ok(CredentialContainer {
            credential_type: container.id("credentialType")?,
            payload: container.text("payload")?.ok_or(signed)?,
            format: container.id("format")?,
        })
    };
    entries.into_iter().map(container).collect()
}
