//! Decentralized identifiers of organisations and researchers.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A [DID](https://www.w3.org/TR/did-1.0/#did-syntax): the identifier of an organisation or of a person who asks.
///
/// ```
/// let did: adit_vocab::Did = "did:web:mill.example".parse().unwrap();
/// assert_eq!(did.method(), "web");
/// assert!("did:WEB:x".parse::<adit_vocab::Did>().is_err());
/// assert!("did:web:a b".parse::<adit_vocab::Did>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Did(String);

/// Text that is not a DID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a DID; write it as did:METHOD:ID, for example did:web:mill.example")]
pub struct NotADid(pub String);

impl Did {
    /// The DID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The method, such as `web` or `jwk`.
    pub fn method(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// What follows the method, such as `mill.example`.
    pub fn id(&self) -> &str {
        self.0.splitn(3, ':').nth(2).unwrap_or_default()
    }
}

impl FromStr for Did {
    type Err = NotADid;

    fn from_str(text: &str) -> Result<Self, NotADid> {
        let wrong = || NotADid(text.chars().take(120).collect());
        let mut parts = text.splitn(3, ':');
        let (Some("did"), Some(method), Some(id)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let method_fits = !method.is_empty()
            && method.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let id_fits = !id.is_empty()
            && !id.ends_with(':')
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:%".contains(&b));
        if method_fits && id_fits && text.len() <= 2048 {
            Ok(Self(text.to_owned()))
        } else {
            Err(wrong())
        }
    }
}

impl TryFrom<String> for Did {
    type Error = NotADid;

    fn try_from(text: String) -> Result<Self, NotADid> {
        text.parse()
    }
}

impl From<Did> for String {
    fn from(did: Did) -> Self {
        did.0
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
