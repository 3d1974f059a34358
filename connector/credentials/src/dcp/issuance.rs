//! What is asked of an issuer, and what it says about itself.

use super::DcpRefusal;
use super::message::{Members, write};
use crate::limits::CREDENTIALS_MAX;
use adit_vocab::Did;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const REQUEST: &str = "CredentialRequestMessage";
const OFFER: &str = "CredentialOfferMessage";
const STATUS: &str = "CredentialStatus";
const METADATA: &str = "IssuerMetadata";
const OBJECT: &str = "CredentialObject";
/// Objects in the metadata of an issuer.
const OBJECTS_MAX: usize = 256;

/// What a holder asks an issuer for.
///
/// Implements [Credential Request Message](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#credential-request-message).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRequest {
    /// The holder's name of the request.
    pub holder_pid: String,
    /// What is asked for: identifiers of the issuer's metadata.
    pub ids: Vec<String>,
}

impl CredentialRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A body that is no such message.
    pub fn read(bytes: &[u8]) -> Result<Self, DcpRefusal> {
        let mut message = Members::read(bytes, REQUEST)?;
        let holder_pid = message.id("holderPid")?;
        let expected = "an array of 1 to 16 objects with an id";
        let ids = message
            .some("credentials", expected, CREDENTIALS_MAX)?
            .into_iter()
            .map(|entry| Members::inside(entry, "credentials", expected)?.id("id"));
        let ids = ids.collect::<Result<_, _>>()?;
        Ok(Self { holder_pid, ids })
    }

    /// The request as a message.
    pub fn to_json(&self) -> Value {
        let credentials: Vec<_> = self.ids.iter().map(|id| json!({ "id": id })).collect();
        write(REQUEST, json!({ "holderPid": self.holder_pid, "credentials": credentials }))
    }
}

/// What an issuer would issue if it were asked.
///
/// Implements [Credential Offer Message](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#credential-offer-message).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialOffer {
    /// Who offers.
    pub issuer: Did,
    /// What, whole or by its identifier alone.
    pub credentials: Vec<CredentialObject>,
}

impl CredentialOffer {
    /// Reads an offer.
    ///
    /// # Errors
    /// A body that is no such message.
    pub fn read(bytes: &[u8]) -> Result<Self, DcpRefusal> {
        let mut message = Members::read(bytes, OFFER)?;
        let issuer = did(&mut message, "issuer")?;
        let expected = "an array of 1 to 16 CredentialObjects";
        let credentials = message.some("credentials", expected, CREDENTIALS_MAX)?.into_iter();
        let credentials = credentials.map(CredentialObject::from_json);
        let credentials = credentials.map(|object| object.map(CredentialObject::clipped));
        let credentials = credentials.collect::<Result<_, _>>()?;
        Ok(Self { issuer, credentials })
    }

    /// The offer as a message.
    pub fn to_json(&self) -> Value {
        let credentials: Vec<_> = self.credentials.iter().map(CredentialObject::to_json).collect();
        write(OFFER, json!({ "issuer": self.issuer, "credentials": credentials }))
    }
}

/// A credential that can be asked for; one that is offered may say its identifier alone.
///
/// Implements [CredentialObject](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#credentialobject).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialObject {
    /// Its identifier at the issuer.
    pub id: String,
    /// The type of the credential, short.
    pub credential_type: Option<String>,
    /// Where the schema of the credential is.
    pub credential_schema: Option<String>,
    /// Why it is offered, such as `reissue`.
    pub offer_reason: Option<String>,
    /// The DID methods of holders.
    pub binding_methods: Vec<String>,
    /// The profile that it would follow.
    pub profile: Option<String>,
}

impl CredentialObject {
    /// The object with its texts cut to what a list shows: whoever offers writes them. The identifier is bounded already.
    fn clipped(self) -> Self {
        let cut = |text: Option<String>| text.map(|text| crate::refusal::clip(&text));
        let methods = self.binding_methods.iter().take(CREDENTIALS_MAX);
        Self {
            credential_type: cut(self.credential_type),
            credential_schema: cut(self.credential_schema),
            offer_reason: cut(self.offer_reason),
            binding_methods: methods.map(|method| crate::refusal::clip(method)).collect(),
            profile: cut(self.profile),
            id: self.id,
        }
    }

    fn from_json(value: Value) -> Result<Self, DcpRefusal> {
        let expected = "objects with an id; a whole one has the type CredentialObject";
        let mut object = Members::inside(value, "credentials", expected)?;
        let kind = object.text("type")?;
        let credential_type = object.text("credentialType")?;
        let is_sparse = kind.is_none() && credential_type.is_none();
        let is_whole = kind.as_deref() == Some(OBJECT) && credential_type.is_some();
        if !is_sparse && !is_whole {
            return Err(DcpRefusal::Member { member: "credentials", expected });
        }
        let binding_methods = match object.take("bindingMethods") {
            Some(Value::Array(methods)) => methods.into_iter(),
            _ => Vec::new().into_iter(),
        };
        Ok(Self {
            id: object.id("id")?,
            credential_type,
            credential_schema: object.text("credentialSchema")?,
            offer_reason: object.text("offerReason")?,
            binding_methods: binding_methods
                .filter_map(|method| method.as_str().map(str::to_owned))
                .collect(),
            profile: object.text("profile")?,
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "type": OBJECT,
            "credentialType": self.credential_type,
            "credentialSchema": self.credential_schema,
            "offerReason": self.offer_reason,
            "bindingMethods": self.binding_methods,
            "profile": self.profile,
        })
    }
}

/// What an issuer can issue.
///
/// Implements [IssuerMetadata](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#issuermetadata).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerMetadata {
    /// Who issues.
    pub issuer: Did,
    /// What.
    pub supported: Vec<CredentialObject>,
}

impl IssuerMetadata {
    /// Reads the metadata of an issuer.
    ///
    /// # Errors
    /// A body that is no such message.
    pub fn read(bytes: &[u8]) -> Result<Self, DcpRefusal> {
        let mut message = Members::read(bytes, METADATA)?;
        let issuer = did(&mut message, "issuer")?;
        let supported = match message.take("credentialsSupported") {
            Some(Value::Array(objects)) if objects.len() <= OBJECTS_MAX => objects,
            None => Vec::new(),
            Some(_) => {
                let (member, expected) = ("credentialsSupported", "an array of CredentialObjects");
                return Err(DcpRefusal::Member { member, expected });
            }
        };
        let supported = supported.into_iter().map(CredentialObject::from_json);
        Ok(Self { issuer, supported: supported.collect::<Result<_, _>>()? })
    }

    /// The metadata as a message.
    pub fn to_json(&self) -> Value {
        let supported: Vec<_> = self.supported.iter().map(CredentialObject::to_json).collect();
        write(METADATA, json!({ "issuer": self.issuer, "credentialsSupported": supported }))
    }
}

/// How a request stands, as its holder is told.
///
/// Implements [CredentialStatus](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#credentialstatus).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialStatus {
    /// The issuer's name of the request.
    pub issuer_pid: String,
    /// The holder's name of the request.
    pub holder_pid: String,
    /// How it stands.
    pub state: RequestState,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RequestState {
    /// It waits for somebody to decide.
    Received,
    /// It was refused.
    Rejected,
    /// Credentials were issued.
    Issued,
}

impl RequestState {
    /// The word of the protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Rejected => "REJECTED",
            Self::Issued => "ISSUED",
        }
    }
}

impl CredentialStatus {
    /// The status as a message.
    pub fn to_json(&self) -> Value {
        let members = json!({
            "issuerPid": self.issuer_pid,
            "holderPid": self.holder_pid,
            "status": self.state.as_str(),
        });
        write(STATUS, members)
    }
}

fn did(message: &mut Members, member: &'static str) -> Result<Did, DcpRefusal> {
    let wrong = DcpRefusal::Member { member, expected: "a DID" };
    message.text(member)?.and_then(|text| text.parse().ok()).ok_or(wrong)
}
