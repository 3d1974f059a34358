//! Scopes: what a verifier asks to see.

use crate::credential_type;
use std::fmt;
use std::str::FromStr;

const TYPE_ALIAS: &str = "org.eclipse.dspace.dcp.vc.type:";
const ID_ALIAS: &str = "org.eclipse.dspace.dcp.vc.id:";
/// What the conformance kit and Eclipse EDC put after a scope; the text of the protocol does not have it.
const READ: &str = ":read";
/// Bytes of a scope.
const SCOPE_BYTES_MAX: usize = 256;

/// What a verifier asks to see: credentials of a type, or the one of an identifier.
///
/// Implements [Scopes](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#scopes). It is
/// written with `:read` at its end, as other implementations expect it, and read with and without.
///
/// ```
/// use adit_credentials::dcp::Scope;
/// let member: Scope = "org.eclipse.dspace.dcp.vc.type:MembershipCredential".parse().unwrap();
/// assert_eq!(member, Scope::Type("MembershipCredential".into()));
/// assert_eq!(member.to_string(), "org.eclipse.dspace.dcp.vc.type:MembershipCredential:read");
/// assert_eq!(member.to_string().parse(), Ok(member));
/// assert!("friend:Member".parse::<Scope>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Credentials of a type, by its short name or its IRI.
    Type(String),
    /// The credential of an identifier.
    Id(String),
}

/// Text that is not a scope of a known alias.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a scope that is known here; write org.eclipse.dspace.dcp.vc.type:TYPE or org.eclipse.dspace.dcp.vc.id:ID"
)]
pub struct UnknownScope(pub String);

impl Scope {
    /// Whether a credential with these types and this identifier is meant.
    pub fn fits<'a>(&self, types: impl IntoIterator<Item = &'a str>, id: Option<&str>) -> bool {
        match self {
            Self::Id(wanted) => id == Some(wanted.as_str()),
            Self::Type(wanted) => {
                let iri = credential_type(wanted);
                types
                    .into_iter()
                    .any(|held| held == wanted || (iri.is_some() && credential_type(held) == iri))
            }
        }
    }

    /// Whether two scopes ask for the same, however each spells its type.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Type(_), Self::Type(name)) => self.fits([name.as_str()], None),
            (Self::Id(one), Self::Id(other)) => one == other,
            (Self::Type(_), Self::Id(_)) | (Self::Id(_), Self::Type(_)) => false,
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let unknown = || UnknownScope(crate::refusal::clip(text));
        if text.len() > SCOPE_BYTES_MAX {
            return Err(unknown());
        }
        let plain = text.strip_suffix(READ).unwrap_or(text);
        let make: fn(String) -> Self;
        let rest = if let Some(rest) = plain.strip_prefix(TYPE_ALIAS) {
            make = Self::Type;
            rest
        } else {
            make = Self::Id;
            plain.strip_prefix(ID_ALIAS).ok_or_else(unknown)?
        };
        if rest.is_empty() || !rest.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(unknown());
        }
        Ok(make(rest.to_owned()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(name) => write!(f, "{TYPE_ALIAS}{name}{READ}"),
            Self::Id(id) => write!(f, "{ID_ALIAS}{id}{READ}"),
        }
    }
}
