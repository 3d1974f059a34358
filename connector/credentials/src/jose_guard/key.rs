//! Public keys: read strictly, and verifying.

use super::Algorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm,
    VerificationAlgorithm as _,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;

/// A public key for one algorithm; its point was checked to lie on the curve, and not to be of small order.
#[derive(Clone)]
pub struct PublicKey {
    material: Material,
    /// The SHA-256 of its canonical JWK.
    fingerprint: [u8; 32],
}

#[derive(Clone)]
enum Material {
    /// The uncompressed point, 0x04 ‖ x ‖ y.
    P256([u8; 65]),
    P384([u8; 97]),
    Ed25519(Box<VerifyingKey>),
}

/// Why a key is refused that nobody must use.
const OFF_CURVE: &str = "its point does not lie on the curve";
const WEAK: &str = "its point is of small order";
const RESPELLED: &str = "its point is not in its one canonical spelling";
const PRIVATE: &str = "it is published with its private part";

impl PublicKey {
    /// Reads a public key from a JWK, [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517#section-4); `None` for a key of
    /// another kind or for another use.
    ///
    /// # Errors
    /// Why the key must not be used by anybody.
    pub(crate) fn from_jwk(jwk: &Map<String, Value>) -> Result<Option<Self>, &'static str> {
        if jwk.contains_key("d") {
            return Err(PRIVATE);
        }
        let word = |member: &str| jwk.get(member).and_then(Value::as_str);
        let algorithm = match (word("kty"), word("crv")) {
            (Some("EC"), Some("P-256")) => Algorithm::Es256,
            (Some("EC"), Some("P-384")) => Algorithm::Es384,
            (Some("OKP"), Some("Ed25519")) => Algorithm::Ed25519,
            _ => return Ok(None),
        };
        let allows = |member: &str, words: &[&str]| match jwk.get(member) {
            None => true,
            Some(Value::Array(allowed)) => {
                allowed.iter().any(|it| words.iter().any(|word| it == word))
            }
            Some(it) => words.iter().any(|word| it == word),
        };
        if !(allows("use", &["sig"])
            && allows("key_ops", &["verify"])
            && allows("alg", algorithm.names()))
        {
            return Ok(None);
        }
        let coordinate = |member: &str| URL_SAFE_NO_PAD.decode(word(member)?).ok();
        let key = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => {
                let length = if algorithm == Algorithm::Es256 { 32 } else { 48 };
                let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) else {
                    return Err("its x and y are not both there in base64url");
                };
                if (x.len(), y.len()) != (length, length) {
                    return Err("its x and y are not of the length of the curve");
                }
                Self::from_point(algorithm, &[&[4], &x[..], &y[..]].concat())
            }
            Algorithm::Ed25519 => {
                Self::from_point(algorithm, &coordinate("x").ok_or("its x is not in base64url")?)
            }
        };
        key.map(Some)
    }

    /// Reads the point of a key: for ECDSA in the form of SEC 1, compressed or not.
    pub(crate) fn from_point(algorithm: Algorithm, point: &[u8]) -> Result<Self, &'static str> {
        let material = match algorithm {
            Algorithm::Es256 => Material::P256(p256_point(point).ok_or(OFF_CURVE)?),
            Algorithm::Es384 => Material::P384(p384_point(point).ok_or(OFF_CURVE)?),
            Algorithm::Ed25519 => Material::Ed25519(Box::new(ed25519_point(point)?)),
        };
        let fingerprint = fingerprint_of(&members(&material));
        Ok(Self { material, fingerprint })
    }

    /// The one algorithm that the key serves.
    pub fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::P256(_) => Algorithm::Es256,
            Material::P384(_) => Algorithm::Es384,
            Material::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The key as a JWK with its members in the order of [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638#section-3.2).
    pub fn to_jwk(&self) -> Value {
        Value::Object(members(&self.material))
    }

    /// The SHA-256 thumbprint, [RFC 7638](https://www.rfc-editor.org/rfc/rfc7638#section-3), in base64url.
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.fingerprint)
    }

    /// The thumbprint as bytes.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The point as [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey) writes it: ECDSA compressed, Ed25519 as it is.
    pub(crate) fn compressed(&self) -> Vec<u8> {
        let compress = |point: &[u8]| {
            let (x, y) = point[1..].split_at(point.len() / 2);
            [&[2 + (y[y.len() - 1] & 1)], x].concat()
        };
        match &self.material {
            Material::P256(point) => compress(point),
            Material::P384(point) => compress(point),
            Material::Ed25519(key) => key.as_bytes().to_vec(),
        }
    }

    /// Whether the signature over the message was made with this key.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let by_ring = |algorithm: &'static EcdsaVerificationAlgorithm, point: &[u8]| {
            algorithm.verify(point.into(), message.into(), signature.into()).is_ok()
        };
        match &self.material {
            Material::P256(point) => by_ring(&ECDSA_P256_SHA256_FIXED, point),
            Material::P384(point) => by_ring(&ECDSA_P384_SHA384_FIXED, point),
            Material::Ed25519(key) => <[u8; 64]>::try_from(signature)
                .is_ok_and(|bytes| key.verify_strict(message, &bytes.into()).is_ok()),
        }
    }
}

fn p256_point(point: &[u8]) -> Option<[u8; 65]> {
    let key = p256::PublicKey::from_sec1_bytes(point).ok()?;
    key.to_sec1_point(false).as_bytes().try_into().ok()
}

fn p384_point(point: &[u8]) -> Option<[u8; 97]> {
    let key = p384::PublicKey::from_sec1_bytes(point).ok()?;
    key.to_sec1_point(false).as_bytes().try_into().ok()
}

/// A point in its one canonical spelling and not of small order: with such a key one signature fits many messages.
fn ed25519_point(point: &[u8]) -> Result<VerifyingKey, &'static str> {
    let point = point.try_into().map_err(|_| "its x is not 32 bytes long")?;
    let key = VerifyingKey::from_bytes(point).map_err(|_| OFF_CURVE)?;
    if key.is_weak() {
        return Err(WEAK);
    }
    if key.to_edwards().compress().as_bytes() == point { Ok(key) } else { Err(RESPELLED) }
}

fn members(material: &Material) -> Map<String, Value> {
    let elliptic = |curve: &str, point: &[u8]| {
        let (x, y) = point[1..].split_at(point.len() / 2);
        vec![
            ("crv", Value::from(curve)),
            ("kty", Value::from("EC")),
            ("x", Value::from(URL_SAFE_NO_PAD.encode(x))),
            ("y", Value::from(URL_SAFE_NO_PAD.encode(y))),
        ]
    };
    let members = match material {
        Material::P256(point) => elliptic("P-256", point),
        Material::P384(point) => elliptic("P-384", point),
        Material::Ed25519(key) => vec![
            ("crv", Value::from("Ed25519")),
            ("kty", Value::from("OKP")),
            ("x", Value::from(URL_SAFE_NO_PAD.encode(key.as_bytes()))),
        ],
    };
    members.into_iter().map(|(member, value)| (member.to_owned(), value)).collect()
}

/// The hash of the required members alone, in the order of their names.
fn fingerprint_of(members: &Map<String, Value>) -> [u8; 32] {
    let canonical = serde_json_canonicalizer::to_vec(members)
        .expect("an object of strings is always canonicalised");
    Sha256::digest(canonical).into()
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.thumbprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of [RFC 7638, 3.1](https://www.rfc-editor.org/rfc/rfc7638#section-3.1): of an RSA key, which is not in
    /// use here, but hashed the same way.
    #[test]
    fn the_thumbprint_of_the_rfc() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let members = serde_json::json!({"n": n, "kty": "RSA", "e": "AQAB"});
        let hash = fingerprint_of(members.as_object().unwrap());
        let thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        assert_eq!(URL_SAFE_NO_PAD.encode(hash), thumbprint);
    }
}
