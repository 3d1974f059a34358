//! [did:jwk](https://github.com/quartzjer/did-jwk/blob/main/spec.md#read): a DID that spells its key as a JWK.

use super::refuse;
use crate::limits::*;
use crate::{PublicKey, Refusal, read_json};
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The `did:jwk` of a public key: a DID for a person or program without a domain.
///
/// ```
/// use adit_credentials::{Keypair, did_jwk};
/// let did = did_jwk(Keypair::generate().unwrap().public());
/// assert_eq!(did.method(), "jwk");
/// ```
pub fn did_jwk(key: &PublicKey) -> Did {
    let id = URL_SAFE_NO_PAD.encode(key.to_jwk().to_string());
    format!("did:jwk:{id}").parse().expect("base64url is within the characters of a DID")
}

pub(super) fn read(did: &Did) -> Result<PublicKey, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(did.id());
    let bytes = bytes.map_err(|_| refuse(did, "its id is not base64url"))?;
    let Ok(Value::Object(jwk)) = read_json(&bytes, JSON_DEPTH_MAX) else {
        return Err(refuse(did, "its id is not a JWK"));
    };
    match PublicKey::from_jwk(&jwk) {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(Refusal::DidKeyKind { method: "jwk" }),
        // The DID itself would repeat the private part, so the message names the method only.
        Err(why) => Err(Refusal::BadKey { did: withheld(), why }),
    }
}

fn withheld() -> Did {
    "did:jwk:withheld".parse().expect("a method and a word make a DID")
}
