//! The trust list: which issuer may issue which type of credential.

use adit_vocab::{Did, adit, shorten};
use serde::{Deserialize, Serialize};

/// Every credential type that Adit knows, as IRIs.
pub const CREDENTIAL_TYPES: &[&str] = &[
    adit::OWNER_CREDENTIAL.as_str(),
    adit::MEMBERSHIP_CREDENTIAL.as_str(),
    adit::PARTNER_CREDENTIAL.as_str(),
    adit::LEGITIMATE_INTEREST_CREDENTIAL.as_str(),
    adit::RESEARCHER_CREDENTIAL.as_str(),
    adit::AUTHORITY_CREDENTIAL.as_str(),
    adit::AUDITOR_CREDENTIAL.as_str(),
];

/// The IRI of a credential type written short (`PartnerCredential`), prefixed or in full; `None` if unknown.
///
/// ```
/// use adit_credentials::credential_type;
/// let partner = Some("https://w3id.org/adit/ns#PartnerCredential");
/// assert_eq!(credential_type("PartnerCredential"), partner);
/// assert_eq!(credential_type("adit:PartnerCredential"), partner);
/// assert_eq!(credential_type("FriendCredential"), None);
/// ```
pub fn credential_type(name: &str) -> Option<&'static str> {
    CREDENTIAL_TYPES.iter().copied().find(|iri| {
        let prefixed = shorten(iri);
        *iri == name || prefixed == name || prefixed.strip_prefix("adit:") == Some(name)
    })
}

/// The short name of a credential type, `PartnerCredential`; an unknown one stays as it is.
pub(crate) fn short_type(iri: &str) -> &str {
    iri.strip_prefix(adit::NAMESPACE).unwrap_or(iri)
}

/// Which issuer may issue which type of credential, as one company or a circle of companies sees it.
///
/// Kept as text that a person reads and edits, TOML or JSON:
///
/// ```
/// use adit_credentials::TrustList;
/// let list = TrustList::read(r#"
///     [[issuer]]
///     did = "did:web:oem.example"
///     types = ["PartnerCredential"]
///     note = "our customer since 2019"
/// "#).unwrap();
/// let oem = "did:web:oem.example".parse().unwrap();
/// assert!(list.accepts(&oem, "https://w3id.org/adit/ns#PartnerCredential"));
/// assert!(!list.accepts(&oem, "https://w3id.org/adit/ns#ResearcherCredential"));
/// assert_eq!(TrustList::read(&list.to_text()).unwrap(), list);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustList {
    issuers: Vec<TrustedIssuer>,
    blocked: Vec<Did>,
}

/// One entry of the trust list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// The issuer.
    pub did: Did,
    /// The types that it may issue, as IRIs.
    pub types: Vec<&'static str>,
    /// A remark for people.
    pub note: Option<String>,
}

/// Text that is not a trust list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The text is neither TOML nor JSON of the right shape.
    #[error(
        "the trust list cannot be read: {0}; an entry is [[issuer]] with did, types and optionally note"
    )]
    Shape(String),
    /// A type that the vocabulary does not know.
    #[error("the trust list gives {issuer} the type '{got}'; known are {}", known_types())]
    UnknownType {
        /// The issuer of the entry.
        issuer: Did,
        /// What stood there.
        got: String,
    },
    /// An entry without a type.
    #[error("the trust list gives {issuer} no type; name at least one of {}", known_types())]
    NoType {
        /// The issuer of the entry.
        issuer: Did,
    },
    /// One issuer has two entries.
    #[error("the trust list names {issuer} twice; put all its types in one entry")]
    Twice {
        /// The issuer.
        issuer: Did,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Whose credentials open nothing, whoever issued them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    blocked: Vec<Did>,
    #[serde(default)]
    issuer: Vec<WrittenIssuer>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenIssuer {
    did: Did,
    types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

pub(crate) fn known_types() -> String {
    CREDENTIAL_TYPES.iter().map(|iri| short_type(iri)).collect::<Vec<_>>().join(", ")
}

impl TrustList {
    /// Reads a list from TOML, or from JSON where the text begins with `{`.
    ///
    /// # Errors
    /// Unknown fields, unknown types, an entry without types, an issuer with two entries.
    pub fn read(text: &str) -> Result<Self, TrustError> {
        let written: Written = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| TrustError::Shape(error.to_string()))?
        } else {
            toml::from_str(text).map_err(|error| TrustError::Shape(error.message().to_owned()))?
        };
        let mut list = Self { blocked: written.blocked, ..Self::default() };
        for WrittenIssuer { did, types, note } in written.issuer {
            if list.entry(&did).is_some() {
                return Err(TrustError::Twice { issuer: did });
            }
            list.add(&did, types.iter().map(String::as_str), note)?;
        }
        Ok(list)
    }

    /// The list as TOML.
    pub fn to_text(&self) -> String {
        let issuer = self.issuers.iter().map(|entry| WrittenIssuer {
            did: entry.did.clone(),
            types: entry.types.iter().map(|iri| short_type(iri).to_owned()).collect(),
            note: entry.note.clone(),
        });
        let body =
            toml::to_string(&Written { blocked: self.blocked.clone(), issuer: issuer.collect() })
                .expect("a list of strings is always TOML");
        format!("# Which issuer may issue which type of credential.\n\n{body}")
    }

    /// Whether the issuer may issue the type, given as an IRI.
    pub fn accepts(&self, issuer: &Did, type_iri: &str) -> bool {
        self.entry(issuer).is_some_and(|entry| entry.types.contains(&type_iri))
    }

    /// Lets an issuer issue further types; a note given replaces the old one.
    ///
    /// # Errors
    /// A type that the vocabulary does not know, or no type at all.
    pub fn add<'a>(
        &mut self,
        issuer: &Did,
        types: impl IntoIterator<Item = &'a str>,
        note: Option<String>,
    ) -> Result<(), TrustError> {
        let mut known = Vec::new();
        for name in types {
            known.push(credential_type(name).ok_or_else(|| TrustError::UnknownType {
                issuer: issuer.clone(),
                got: name.chars().take(120).collect(),
            })?);
        }
        if known.is_empty() {
            return Err(TrustError::NoType { issuer: issuer.clone() });
        }
        let at = self.issuers.iter().position(|entry| entry.did == *issuer);
        let at = at.unwrap_or_else(|| {
            let entry = TrustedIssuer { did: issuer.clone(), types: Vec::new(), note: None };
            self.issuers.push(entry);
            self.issuers.len() - 1
        });
        let entry = &mut self.issuers[at];
        for type_iri in known {
            if !entry.types.contains(&type_iri) {
                entry.types.push(type_iri);
            }
        }
        entry.note = note.or(entry.note.take());
        Ok(())
    }

    /// Takes an issuer off the list; `false` if it was not on it.
    pub fn remove(&mut self, issuer: &Did) -> bool {
        let before = self.issuers.len();
        self.issuers.retain(|entry| entry.did != *issuer);
        self.issuers.len() < before
    }

    /// Stops a holder, whoever issued their credentials, or lets them in again.
    pub fn block(&mut self, holder: &Did, blocked: bool) {
        self.blocked.retain(|known| known != holder);
        if blocked {
            self.blocked.push(holder.clone());
        }
    }

    /// Whether a holder was stopped.
    pub fn blocks(&self, holder: &Did) -> bool {
        self.blocked.contains(holder)
    }

    /// Every entry, in the order of the text.
    pub fn issuers(&self) -> &[TrustedIssuer] {
        &self.issuers
    }

    fn entry(&self, issuer: &Did) -> Option<&TrustedIssuer> {
        self.issuers.iter().find(|entry| entry.did == *issuer)
    }
}
