//! Second opinions: two other libraries read the same tokens, good and damaged, and come to the same verdict.

use super::*;
use crate::jose_guard::Compact;

/// What each reader says about a token under a key: ours, `jsonwebtoken`, `ssi-jws`.
fn verdicts(token: &str, key: &PublicKey) -> [bool; 3] {
    let ours = Compact::parse(token, Typ::Credential).is_ok_and(|it| it.is_signed_by(key));
    [ours, jsonwebtoken_says(token, key), ssi_says(token, key)]
}

fn jsonwebtoken_says(token: &str, key: &PublicKey) -> bool {
    use jsonwebtoken::{DecodingKey, Validation, decode};
    let jwk = serde_json::from_value(key.to_jwk()).unwrap();
    let mut validation = Validation::new(key.algorithm().as_str().parse().unwrap());
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation).is_ok()
}

fn ssi_says(token: &str, key: &PublicKey) -> bool {
    // Without an `alg` in the key, ssi takes the token's word for it, or none at all.
    let mut jwk = key.to_jwk();
    jwk["alg"] = json!(key.algorithm().as_str());
    let jwk: ssi_jwk::JWK = serde_json::from_value(jwk).unwrap();
    ssi_jws::decode_verify(token, &jwk)
        .is_ok_and(|(_, payload)| serde_json::from_slice::<Value>(&payload).is_ok())
}

fn keys() -> [Keypair; 2] {
    [Algorithm::Es256, Algorithm::Ed25519].map(|it| Keypair::generate_for(it).unwrap())
}

/// A token of ours, with a payload of some length.
fn token(key: &Keypair, random: &mut fastrand::Rng) -> String {
    let text: String = (0..random.usize(1..200)).map(|_| random.alphanumeric()).collect();
    let payload = json!({"iss": "did:web:oem.example", "text": text, "number": random.u32(..)});
    crate::jose_guard::sign(key, &did("did:web:oem.example"), Typ::Credential, &payload).unwrap()
}

#[test]
fn all_accept_what_we_sign() {
    let mut random = fastrand::Rng::with_seed(1);
    for key in keys() {
        for _ in 0..100 {
            assert_eq!(verdicts(&token(&key, &mut random), key.public()), [true; 3]);
        }
    }
}

#[test]
fn all_refuse_what_was_damaged() {
    let mut random = fastrand::Rng::with_seed(2);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for key in keys() {
        for _ in 0..300 {
            let token = token(&key, &mut random);
            let mut bytes = token.clone().into_bytes();
            let at = random.usize(..bytes.len());
            match random.u8(..4) {
                0 => bytes[at] = *random.choice(alphabet).unwrap(),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, *random.choice(alphabet).unwrap()),
                _ => bytes.truncate(at),
            }
            let damaged = String::from_utf8(bytes).unwrap();
            let expected = [damaged == token; 3];
            assert_eq!(verdicts(&damaged, key.public()), expected, "{damaged}");
        }
    }
}

#[test]
fn all_refuse_the_key_of_another_and_the_algorithm_of_another_key() {
    let mut random = fastrand::Rng::with_seed(3);
    let (keys, others) = (keys(), self::keys());
    for (key, other) in keys.iter().zip(&others) {
        let token = token(key, &mut random);
        assert_eq!(verdicts(&token, other.public()), [false; 3]);
        for alg in ["none", "HS256", "ES384", "RS256"] {
            let forged = resign(&token, key, |header, _| header["alg"] = json!(alg));
            assert_eq!(verdicts(&forged, key.public()), [false; 3], "{alg}");
        }
    }
    for (key, other) in [(&keys[0], &keys[1]), (&keys[1], &keys[0])] {
        let token = token(key, &mut random);
        assert_eq!(verdicts(&token, other.public()), [false; 3]);
    }
}

/// What others let through: a header that names other keys, or that has a member twice.
#[test]
fn ours_refuses_more() {
    let key = Keypair::generate().unwrap();
    let plain = json!({"alg": "ES256", "typ": "vc+jwt"});
    let with = |member: &str, value: Value| {
        let mut header = plain.clone();
        header[member] = value;
        header
    };
    for (header, payload) in [
        (with("jku", json!("https://evil.example")), "{}"),
        (with("jwk", key.public().to_jwk()), "{}"),
        (plain.clone(), r#"{"aud":"did:web:a.example","aud":"did:web:b.example"}"#),
    ] {
        let token = sign_text(&header.to_string(), payload, &key);
        let [ours, others @ ..] = verdicts(&token, key.public());
        assert!(!ours && others.contains(&true), "{header}");
    }
}
