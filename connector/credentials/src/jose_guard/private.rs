//! Private keys: made, read, written and signing, through josekit.

use super::{Algorithm, PublicKey};
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::alg::ed::{EdCurve, EdKeyPair};
use josekit::jwk::{Jwk, KeyPair as _};
use josekit::jws::{ES256, EdDSA, JwsSigner};
use std::fmt;
use zeroize::Zeroizing;

/// A private key for one algorithm, ES256 or Ed25519, and its public half.
///
/// ```
/// use adit_credentials::Keypair;
/// let keypair = Keypair::generate().unwrap();
/// let again = Keypair::from_private_jwk(&keypair.to_private_jwk()).unwrap();
/// assert_eq!(keypair.public(), again.public());
/// ```
pub struct Keypair {
    private: Jwk,
    signer: Box<dyn JwsSigner>,
    public: PublicKey,
}

/// A key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not a private key of a kind in use.
    #[error(
        "not a private key in use: {why}; expected a JWK with kty EC, crv P-256, d, x and y, or with kty OKP, crv Ed25519, d and x"
    )]
    NotPrivate {
        /// What is wrong.
        why: &'static str,
    },
    /// The cryptographic library failed.
    #[error("the cryptographic library could not {what}")]
    Library {
        /// What it was asked to do.
        what: &'static str,
    },
}

impl Keypair {
    /// Makes a new key for ES256 from the randomness of the cryptographic library.
    ///
    /// # Errors
    /// The library has no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Self::generate_for(Algorithm::Es256)
    }

    /// Makes a new key for an algorithm that we sign with.
    ///
    /// # Errors
    /// The library has no randomness, or the algorithm is one that is verified only.
    pub fn generate_for(algorithm: Algorithm) -> Result<Self, KeyError> {
        let failed = |_| KeyError::Library { what: "make a key" };
        let private = match algorithm {
            Algorithm::Es256 => {
                EcKeyPair::generate(EcCurve::P256).map_err(failed)?.to_jwk_key_pair()
            }
            Algorithm::Ed25519 => {
                EdKeyPair::generate(EdCurve::Ed25519).map_err(failed)?.to_jwk_key_pair()
            }
            Algorithm::Es384 => return Err(KeyError::Library { what: "make a key for ES384" }),
        };
        Self::new(private)
    }

    /// Reads a private key from a JWK, [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517#section-4) and
    /// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037#section-2).
    ///
    /// # Errors
    /// Not a JWK of a key in use, or one whose public half is another key's.
    pub fn from_private_jwk(text: &str) -> Result<Self, KeyError> {
        let wrong = |why| KeyError::NotPrivate { why };
        let jwk = Jwk::from_bytes(text).map_err(|_| wrong("not a JWK"))?;
        let private = match (jwk.key_type(), jwk.curve()) {
            ("EC", Some("P-256")) => {
                let pair = EcKeyPair::from_jwk(&jwk).map_err(|_| wrong("not an EC key"))?;
                pair.to_jwk_key_pair()
            }
            ("OKP", Some("Ed25519")) => {
                let pair = EdKeyPair::from_jwk(&jwk).map_err(|_| wrong("not an Ed25519 key"))?;
                pair.to_jwk_key_pair()
            }
            _ => return Err(wrong("another curve")),
        };
        let keypair = Self::new(private)?;
        // A public half that is another key's would sign what nobody can verify.
        let probe = b"adit";
        let signature = keypair.sign(probe)?;
        if keypair.public.verifies(probe, &signature) {
            Ok(keypair)
        } else {
            Err(wrong("the public half belongs to another d"))
        }
    }

    /// The private key as a JWK, to be written where only its owner reads; the text is wiped when dropped.
    pub fn to_private_jwk(&self) -> Zeroizing<String> {
        Zeroizing::new(self.private.to_string())
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs bytes with the algorithm of the key.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.signer.sign(message).map_err(|_| KeyError::Library { what: "sign" })
    }

    fn new(private: Jwk) -> Result<Self, KeyError> {
        let failed = |_| KeyError::Library { what: "sign with this key" };
        let signer: Box<dyn JwsSigner> = match private.key_type() {
            "OKP" => Box::new(EdDSA.signer_from_jwk(&private).map_err(failed)?),
            _ => Box::new(ES256.signer_from_jwk(&private).map_err(failed)?),
        };
        let public = private.to_public_key().map_err(failed)?;
        let public = PublicKey::from_jwk(public.as_ref());
        let public = public.map_err(|why| KeyError::NotPrivate { why })?;
        let public = public.ok_or(KeyError::NotPrivate { why: "not for signatures" })?;
        Ok(Self { private, signer, public })
    }
}

impl fmt::Debug for Keypair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keypair({})", self.public.thumbprint())
    }
}
