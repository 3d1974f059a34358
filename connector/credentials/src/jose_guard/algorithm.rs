//! The signature algorithms on the list.

use crate::Refusal;
use crate::refusal::clip;
use std::fmt;

/// A signature algorithm; one key serves exactly one.
///
/// [RFC 8725, 3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1) asks for such a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256, [RFC 7518, 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4).
    Es256,
    /// ECDSA on P-384 with SHA-384, verified only.
    Es384,
    /// Ed25519, [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037#section-3.1), under its old name `EdDSA` and under
    /// the exact one of [RFC 9864](https://www.rfc-editor.org/rfc/rfc9864#section-2.2).
    Ed25519,
}

impl Algorithm {
    /// The name that we write: for Ed25519 the old one, which every reader knows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Ed25519 => "EdDSA",
        }
    }

    /// The names under which a token or a JWK may say it.
    pub(crate) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Es256 => &["ES256"],
            Self::Es384 => &["ES384"],
            Self::Ed25519 => &["EdDSA", "Ed25519"],
        }
    }

    /// Step 5: the algorithm of a token, by its exact name.
    pub(crate) fn named(name: &str) -> Result<Self, Refusal> {
        [Self::Es256, Self::Es384, Self::Ed25519]
            .into_iter()
            .find(|algorithm| algorithm.names().contains(&name))
            .ok_or_else(|| Refusal::Alg { got: clip(name) })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
