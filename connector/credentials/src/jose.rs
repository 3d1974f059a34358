//! Keys, signing and verifying: the only place that calls josekit, and only its signature layer.
//!
//! josekit's token layer is not used: its validator panics on an `exp` of 2^64 - 1 and accepts a token without `aud`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::{Jwk, KeyPair as _};
use josekit::jws::alg::ecdsa::{EcdsaJwsSigner, EcdsaJwsVerifier};
use josekit::jws::{ES256, JwsSigner, JwsVerifier};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// A private key for ES256, [RFC 7518](https://www.rfc-editor.org/rfc/rfc7518#section-3.4), and its public half.
///
/// ```
/// use adit_credentials::Keypair;
/// let keypair = Keypair::generate().unwrap();
/// let again = Keypair::from_private_jwk(&keypair.to_private_jwk()).unwrap();
/// assert_eq!(keypair.public(), again.public());
/// ```
pub struct Keypair {
    private: EcKeyPair,
    signer: EcdsaJwsSigner,
    public: PublicKey,
}

/// A public key for ES256 on P-256; the point was checked to lie on the curve.
#[derive(Clone)]
pub struct PublicKey {
    x: String,
    y: String,
    verifier: EcdsaJwsVerifier,
}

/// A key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not a private key of the kind in use.
    #[error("not a private P-256 key: {why}; expected a JWK with kty EC, crv P-256, d, x and y")]
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
    /// Makes a new key from the randomness of the cryptographic library.
    ///
    /// # Errors
    /// The library has no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let private = EcKeyPair::generate(EcCurve::P256);
        Self::new(private.map_err(|_| KeyError::Library { what: "make a key" })?)
    }

    /// Reads a private key from a JWK, [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517#section-4).
    ///
    /// # Errors
    /// Not a JWK of a P-256 key, or one whose public half is another key's.
    pub fn from_private_jwk(text: &str) -> Result<Self, KeyError> {
        let wrong = |why| KeyError::NotPrivate { why };
        let jwk = Jwk::from_bytes(text).map_err(|_| wrong("not a JWK"))?;
        let private = EcKeyPair::from_jwk(&jwk).map_err(|_| wrong("not an EC key"))?;
        if private.curve() != EcCurve::P256 {
            return Err(wrong("another curve"));
        }
        let keypair = Self::new(private)?;
        // A public half that is another key's would sign what nobody can verify.
        let probe = b"adit";
        let signature = keypair.sign(probe)?;
        if keypair.public.verifies(probe, &signature) {
            Ok(keypair)
        } else {
            Err(wrong("x and y belong to another d"))
        }
    }

    /// The private key as a JWK, to be written where only its owner reads; the text is wiped when dropped.
    pub fn to_private_jwk(&self) -> Zeroizing<String> {
        Zeroizing::new(self.private.to_jwk_key_pair().to_string())
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs bytes with ES256.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.signer.sign(message).map_err(|_| KeyError::Library { what: "sign" })
    }

    fn new(private: EcKeyPair) -> Result<Self, KeyError> {
        let signer = ES256.signer_from_jwk(&private.to_jwk_private_key());
        let signer = signer.map_err(|_| KeyError::Library { what: "sign with this key" })?;
        let jwk = private.to_jwk_public_key();
        let public = PublicKey::from_jwk(jwk.as_ref());
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

impl PublicKey {
    /// Reads a public key from a JWK; `None` for a key of another kind or for another use.
    ///
    /// # Errors
    /// Why the key must not be used by anybody.
    pub(crate) fn from_jwk(jwk: &Map<String, Value>) -> Result<Option<Self>, &'static str> {
        if jwk.contains_key("d") {
            return Err("it is published with its private part");
        }
        let is = |member: &str, word: &str| jwk.get(member).is_some_and(|it| it == word);
        let allows = |member: &str, word: &str| match jwk.get(member) {
            None => true,
            Some(Value::Array(words)) => words.iter().any(|it| it == word),
            Some(it) => it == word,
        };
        let is_p256 = is("kty", "EC") && is("crv", "P-256");
        let signs = allows("use", "sig") && allows("key_ops", "verify") && allows("alg", "ES256");
        if !is_p256 || !signs {
            return Ok(None);
        }
        let coordinate = |member: &str| {
            let text = jwk.get(member).and_then(Value::as_str)?;
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            (bytes.len() == 32).then(|| text.to_owned())
        };
        let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) else {
            return Err("its x and y are not 32 bytes each in base64url");
        };
        let plain = Jwk::from_map(members(&x, &y)).ok();
        let verifier = plain.and_then(|jwk| ES256.verifier_from_jwk(&jwk).ok());
        let verifier = verifier.ok_or("its point does not lie on the curve")?;
        Ok(Some(Self { x, y, verifier }))
    }

    /// The key as a JWK with its members in the order of [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638#section-3.2).
    pub fn to_jwk(&self) -> Value {
        Value::Object(members(&self.x, &self.y))
    }

    /// The SHA-256 thumbprint, [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638#section-3), in base64url.
    pub fn thumbprint(&self) -> String {
        let bytes = serde_json_canonicalizer::to_vec(&self.to_jwk())
            .expect("an object of strings is always canonicalised");
        URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
    }

    /// Whether the signature over the message was made with this key.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        // josekit writes the two halves as DER integers, which zero has no room for; zero is never valid.
        signature.len() == 64
            && signature.chunks(32).all(|half| half.iter().any(|byte| *byte != 0))
            && self.verifier.verify(message, signature).is_ok()
    }
}

fn members(x: &str, y: &str) -> Map<String, Value> {
    [("crv", "P-256"), ("kty", "EC"), ("x", x), ("y", y)]
        .map(|(member, value)| (member.to_owned(), Value::from(value)))
        .into_iter()
        .collect()
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.x, &self.y) == (&other.x, &other.y)
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}
