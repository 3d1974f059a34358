//! What an issuer has on offer, and under which profile it issues.

use super::{CredentialObject, DcpRefusal, IssuerMetadata};
use crate::credential_type;
use crate::trust::short_type;
use adit_vocab::Did;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the metadata name as the schema of a subject where we have none of our own: any object.
const SCHEMA: &str = "https://json-schema.org/draft/2020-12/schema";

/// A profile of credentials: data model, status list and proof.
///
/// Implements [DCP Profile Definitions](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#dcp-profile-definitions).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Profile {
    /// `vc20-bssl/jwt`: data model 2.0, Bitstring Status List, enveloped.
    #[serde(rename = "vc20-bssl/jwt")]
    Vc20,
    /// `vc11-sl2021/jwt`: data model 1.1, StatusList2021, external proof.
    #[serde(rename = "vc11-sl2021/jwt")]
    Vc11,
}

impl Profile {
    /// Both, the one that we prefer first.
    pub const ALL: [Self; 2] = [Self::Vc20, Self::Vc11];

    /// Its alias in the protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vc20 => "vc20-bssl/jwt",
            Self::Vc11 => "vc11-sl2021/jwt",
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Vc20 => "vc20",
            Self::Vc11 => "vc11",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One type of credential under one profile.
///
/// ```
/// use adit_credentials::dcp::Offer;
/// let issuer = "did:web:oem.example".parse().unwrap();
/// let offers = Offer::of_types(&["https://w3id.org/adit/ns#MembershipCredential"]);
/// assert_eq!(offers[0].id(&issuer), "did:web:oem.example#offer-MembershipCredential-vc20");
/// assert_eq!(Offer::find(&offers, &issuer, &offers[1].id(&issuer)).unwrap(), &offers[1]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The type, as an IRI.
    pub type_iri: &'static str,
    /// The profile.
    pub profile: Profile,
}

impl Offer {
    /// What an issuer offers that issues these types, given as IRIs: each under both profiles.
    pub fn of_types(types: &[&str]) -> Vec<Self> {
        let known = types.iter().filter_map(|name| credential_type(name));
        known.flat_map(|type_iri| Profile::ALL.map(|profile| Self { type_iri, profile })).collect()
    }

    /// The identifier of the offer, which never changes: who asked for it yesterday means the same today.
    pub fn id(&self, issuer: &Did) -> String {
        format!("{issuer}#offer-{}-{}", self.short_type(), self.profile.suffix())
    }

    /// The type without its namespace.
    pub fn short_type(&self) -> &'static str {
        short_type(self.type_iri)
    }

    /// The offer of an identifier.
    ///
    /// # Errors
    /// [`DcpRefusal::NotOffered`]
    pub fn find<'a>(offers: &'a [Self], issuer: &Did, id: &str) -> Result<&'a Self, DcpRefusal> {
        let found = offers.iter().find(|offer| offer.id(issuer) == id);
        found.ok_or_else(|| DcpRefusal::NotOffered { id: crate::refusal::clip(id) })
    }

    /// The metadata of an issuer with these offers.
    pub fn metadata(offers: &[Self], issuer: &Did) -> IssuerMetadata {
        let object = |offer: &Self| CredentialObject {
            id: offer.id(issuer),
            credential_type: Some(offer.short_type().to_owned()),
            credential_schema: Some(SCHEMA.to_owned()),
            offer_reason: Some("issuance".to_owned()),
            binding_methods: ["did:web", "did:jwk", "did:key"].map(str::to_owned).into(),
            profile: Some(offer.profile.to_string()),
        };
        IssuerMetadata { issuer: issuer.clone(), supported: offers.iter().map(object).collect() }
    }
}
