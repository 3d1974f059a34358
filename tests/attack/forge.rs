//! Tokens made by hand: any header, any payload, any bytes, signed with a key of whatever kind a row wants.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// A key that signs.
#[derive(Debug)]
pub enum Key {
    /// ECDSA on P-256.
    Es256(EcdsaKeyPair),
    /// ECDSA on P-384.
    Es384(EcdsaKeyPair),
    /// Ed25519.
    Ed25519(Ed25519KeyPair),
    /// HMAC with SHA-256 over these bytes.
    Hs256(Vec<u8>),
    /// Signs with these bytes, whatever is to be signed.
    Bytes(Vec<u8>),
}

/// A token before it is signed.
#[derive(Debug, Clone)]
pub struct Token {
    /// The header.
    pub header: Value,
    /// The payload.
    pub payload: Value,
}

impl Key {
    /// A fresh key on P-256.
    pub fn es256() -> Self {
        Self::Es256(ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING))
    }

    /// A fresh key on P-384.
    pub fn es384() -> Self {
        Self::Es384(ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING))
    }

    /// A fresh Ed25519 key.
    pub fn ed25519() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
    }

    /// The public key as a JWK; of a key that is none, an empty object.
    pub fn jwk(&self) -> Value {
        let point = |key: &EcdsaKeyPair, curve: &str| {
            let point = &key.public_key().as_ref()[1..];
            let (x, y) = point.split_at(point.len() / 2);
            json!({ "kty": "EC", "crv": curve, "x": b64(x), "y": b64(y) })
        };
        match self {
            Self::Es256(key) => point(key, "P-256"),
            Self::Es384(key) => point(key, "P-384"),
            Self::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key().as_ref()) })
            }
            Self::Hs256(_) | Self::Bytes(_) => json!({}),
        }
    }

    /// The `alg` of a header.
    pub fn alg(&self) -> &'static str {
        match self {
            Self::Es256(_) => "ES256",
            Self::Es384(_) => "ES384",
            Self::Ed25519(_) => "EdDSA",
            Self::Hs256(_) => "HS256",
            Self::Bytes(_) => "none",
        }
    }

    /// The signature over some bytes.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(key) | Self::Es384(key) => {
                key.sign(&SystemRandom::new(), bytes).unwrap().as_ref().to_vec()
            }
            Self::Ed25519(key) => key.sign(bytes).as_ref().to_vec(),
            Self::Hs256(secret) => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
                ring::hmac::sign(&key, bytes).as_ref().to_vec()
            }
            Self::Bytes(signature) => signature.clone(),
        }
    }
}

fn ecdsa(algorithm: &'static signature::EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap()
}

impl Token {
    /// The same with a member of the header set; `null` takes it out.
    pub fn header(mut self, member: &str, value: impl Into<Value>) -> Self {
        set(&mut self.header, member, value.into());
        self
    }

    /// The same with a claim set; `null` takes it out.
    pub fn claim(mut self, member: &str, value: impl Into<Value>) -> Self {
        set(&mut self.payload, member, value.into());
        self
    }

    /// The compact form, signed.
    pub fn signed(&self, key: &Key) -> String {
        compact(self.header.to_string().as_bytes(), self.payload.to_string().as_bytes(), key)
    }
}

fn set(object: &mut Value, member: &str, value: Value) {
    let members = object.as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.remove(member)),
        value => drop(members.insert(member.to_owned(), value)),
    }
}

/// The compact form of any header and any payload, signed.
pub fn compact(header: &[u8], payload: &[u8], key: &Key) -> String {
    let signed = format!("{}.{}", b64(header), b64(payload));
    let signature = b64(&key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// Base64url without padding.
pub fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
