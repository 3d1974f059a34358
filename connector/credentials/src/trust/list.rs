//! The list that a company keeps itself, as text that a person edits.

use super::{credential_type, known_types, short_type};
use crate::refusal::clip;
use adit_vocab::Did;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which issuer may issue which type of credential, as one company says itself.
///
/// Kept as text that a person reads and edits, TOML or JSON:
///
/// ```
/// use adit_credentials::TrustList;
/// let list = TrustList::read(r#"
///     [[issuer]]
///     did = "did:web:oem.example"
///     types = ["PartnerCredential"]
///     until = "2027-12-31T00:00:00Z"
///     note = "our customer since 2019"
/// "#).unwrap();
/// let oem = "did:web:oem.example".parse().unwrap();
/// let at = |text: &str| text.parse().unwrap();
/// let partner = "https://w3id.org/adit/ns#PartnerCredential";
/// assert!(list.accepts(&oem, partner, at("2026-11-22T12:00:00Z")));
/// assert!(!list.accepts(&oem, partner, at("2028-01-01T00:00:00Z")));
/// assert!(!list.accepts(&oem, "https://w3id.org/adit/ns#ResearcherCredential", at("2026-11-22T12:00:00Z")));
/// assert_eq!(TrustList::read(&list.to_text()).unwrap(), list);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustList {
    issuers: Vec<TrustedIssuer>,
    blocked: Vec<Did>,
}

/// One entry of a trust list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// The issuer.
    pub did: Did,
    /// The types that it may issue, as IRIs.
    pub types: Vec<&'static str>,
    /// The types that it may not issue, whatever a circle says, as IRIs.
    pub never: Vec<&'static str>,
    /// From when it may; since always if nothing is said.
    pub from: Option<Timestamp>,
    /// Until when it may; for good if nothing is said.
    pub until: Option<Timestamp>,
    /// A remark for people.
    pub note: Option<String>,
}

/// From when until when an entry counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// From when; since always if nothing is said.
    pub from: Option<Timestamp>,
    /// Until when; for good if nothing is said.
    pub until: Option<Timestamp>,
}

/// Text that is not a trust list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The text is neither TOML nor JSON of the right shape.
    #[error(
        "the trust list cannot be read: {0}; an entry is [[issuer]] with did, types and optionally never, from, until, note; instants are quoted, such as \"2027-12-31T00:00:00Z\""
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
    /// An entry that ends before it begins.
    #[error("the trust list gives {issuer} an entry that ends before it begins; end it later")]
    Period {
        /// The issuer of the entry.
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

/// One entry as it is written, here and in the list of a circle.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenIssuer {
    did: Did,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    never: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
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
        let issuers = TrustedIssuer::read_all(written.issuer)?;
        Ok(Self { issuers, blocked: written.blocked })
    }

    /// The list as TOML.
    pub fn to_text(&self) -> String {
        let issuer = self.issuers.iter().map(TrustedIssuer::written).collect();
        let body = toml::to_string(&Written { blocked: self.blocked.clone(), issuer })
            .expect("a list of strings is always TOML");
        format!("# Which issuer may issue which type of credential.\n\n{body}")
    }

    /// Whether the issuer may issue the type, given as an IRI, at an instant.
    pub fn accepts(&self, issuer: &Did, type_iri: &str, now: Timestamp) -> bool {
        self.entry(issuer).is_some_and(|entry| entry.accepts(type_iri, now))
            && !self.refuses(issuer, type_iri)
    }

    /// Whether the issuer may not issue the type, whatever a circle says.
    pub fn refuses(&self, issuer: &Did, type_iri: &str) -> bool {
        self.blocks(issuer)
            || self.entry(issuer).is_some_and(|entry| entry.never.contains(&type_iri))
    }

    /// Lets an issuer issue further types; a note or a period given replaces the old one.
    ///
    /// # Errors
    /// A type that the vocabulary does not know, or no type at all, or a period that ends before it begins.
    pub fn add<'a>(
        &mut self,
        issuer: &Did,
        types: impl IntoIterator<Item = &'a str>,
        note: Option<String>,
    ) -> Result<(), TrustError> {
        self.add_for(issuer, types, Period::default(), note)
    }

    /// Lets an issuer issue further types for a period, which then holds for all its types.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    pub fn add_for<'a>(
        &mut self,
        issuer: &Did,
        types: impl IntoIterator<Item = &'a str>,
        period: Period,
        note: Option<String>,
    ) -> Result<(), TrustError> {
        let known = read_types(issuer, types)?;
        if known.is_empty() {
            return Err(TrustError::NoType { issuer: issuer.clone() });
        }
        let mut entry = self.entry(issuer).cloned().unwrap_or_else(|| TrustedIssuer::of(issuer));
        entry.never.retain(|never| !known.contains(never));
        entry.types.extend(known);
        entry.types = without_repetition(&entry.types);
        entry.from = period.from.or(entry.from);
        entry.until = period.until.or(entry.until);
        entry.note = note.or(entry.note);
        self.put(entry.checked()?);
        Ok(())
    }

    /// Lets an issuer not issue types, whatever a circle says; [`add`](Self::add) takes it back.
    ///
    /// # Errors
    /// A type that the vocabulary does not know, or no type at all.
    pub fn refuse<'a>(
        &mut self,
        issuer: &Did,
        types: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), TrustError> {
        let known = read_types(issuer, types)?;
        if known.is_empty() {
            return Err(TrustError::NoType { issuer: issuer.clone() });
        }
        let mut entry = self.entry(issuer).cloned().unwrap_or_else(|| TrustedIssuer::of(issuer));
        entry.types.retain(|type_iri| !known.contains(type_iri));
        entry.never.extend(known);
        entry.never = without_repetition(&entry.never);
        self.put(entry);
        Ok(())
    }

    /// Takes an issuer off the list; `false` if it was not on it.
    pub fn remove(&mut self, issuer: &Did) -> bool {
        let before = self.issuers.len();
        self.issuers.retain(|entry| entry.did != *issuer);
        self.issuers.len() < before
    }

    /// Stops a holder and issuer, whoever else trusts it, or lets it in again.
    pub fn block(&mut self, holder: &Did, blocked: bool) {
        self.blocked.retain(|known| known != holder);
        if blocked {
            self.blocked.push(holder.clone());
        }
    }

    /// Whether a holder or issuer was stopped.
    pub fn blocks(&self, holder: &Did) -> bool {
        self.blocked.contains(holder)
    }

    /// Everybody who was stopped.
    pub fn blocked(&self) -> &[Did] {
        &self.blocked
    }

    /// Every entry, in the order of the text.
    pub fn issuers(&self) -> &[TrustedIssuer] {
        &self.issuers
    }

    fn entry(&self, issuer: &Did) -> Option<&TrustedIssuer> {
        self.issuers.iter().find(|entry| entry.did == *issuer)
    }

    fn put(&mut self, entry: TrustedIssuer) {
        match self.issuers.iter_mut().find(|known| known.did == entry.did) {
            Some(known) => *known = entry,
            None => self.issuers.push(entry),
        }
    }
}

impl TrustedIssuer {
    fn of(did: &Did) -> Self {
        let (types, never) = (Vec::new(), Vec::new());
        Self { did: did.clone(), types, never, from: None, until: None, note: None }
    }

    /// Whether the entry gives the type at an instant.
    pub(crate) fn accepts(&self, type_iri: &str, now: Timestamp) -> bool {
        self.types.contains(&type_iri) && self.lives(now)
    }

    /// Whether the entry counts at an instant.
    pub(crate) fn lives(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// The entries of a list, each issuer once.
    pub(crate) fn read_all(written: Vec<WrittenIssuer>) -> Result<Vec<Self>, TrustError> {
        let mut all: Vec<Self> = Vec::with_capacity(written.len());
        for WrittenIssuer { did, types, never, from, until, note } in written {
            if all.iter().any(|known| known.did == did) {
                return Err(TrustError::Twice { issuer: did });
            }
            let types = read_types(&did, types.iter().map(String::as_str))?;
            let never = read_types(&did, never.iter().map(String::as_str))?;
            if types.is_empty() && never.is_empty() {
                return Err(TrustError::NoType { issuer: did });
            }
            all.push(Self { did, types, never, from, until, note }.checked()?);
        }
        Ok(all)
    }

    pub(crate) fn written(&self) -> WrittenIssuer {
        let short =
            |types: &[&'static str]| types.iter().map(|it| short_type(it).to_owned()).collect();
        WrittenIssuer {
            did: self.did.clone(),
            types: short(&self.types),
            never: short(&self.never),
            from: self.from,
            until: self.until,
            note: self.note.clone(),
        }
    }

    fn checked(self) -> Result<Self, TrustError> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if until <= from => {
                Err(TrustError::Period { issuer: self.did })
            }
            (Some(_) | None, Some(_) | None) => Ok(self),
        }
    }
}

fn read_types<'a>(
    issuer: &Did,
    types: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<&'static str>, TrustError> {
    let read = |name: &str| {
        let issuer = issuer.clone();
        credential_type(name).ok_or(TrustError::UnknownType { issuer, got: clip(name) })
    };
    let known = types.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(without_repetition(&known))
}

fn without_repetition(types: &[&'static str]) -> Vec<&'static str> {
    let mut seen = Vec::with_capacity(types.len());
    for type_iri in types {
        if !seen.contains(type_iri) {
            seen.push(*type_iri);
        }
    }
    seen
}
