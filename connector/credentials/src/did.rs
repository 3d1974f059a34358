//! The DID methods in use: `did:web`, resolved over the network by the application, and `did:jwk`, resolved here.

use crate::limits::*;
use crate::refusal::clip;
use crate::{PublicKey, Refusal, read_json};
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The DID methods that are accepted; a new one does not compile until each place has decided.
#[derive(Debug)]
pub(crate) enum Method {
    /// [did:web](https://w3c-ccg.github.io/did-method-web/#web-did-method-specification): a document elsewhere.
    Web,
    /// [did:jwk](https://github.com/quartzjer/did-jwk/blob/main/spec.md#read): the DID spells this key.
    Jwk(PublicKey),
}

/// Step 6: whether the DID's method is accepted and its id fits the method.
pub(crate) fn method_of(did: &Did) -> Result<Method, Refusal> {
    match did.method() {
        "web" => did_web_url(did).map(|_| Method::Web),
        "jwk" => key_of_did_jwk(did).map(Method::Jwk),
        _ => Err(refuse(did, "its method is not accepted; use did:web or did:jwk")),
    }
}

/// The address of the document of a `did:web`.
///
/// The grammar is stricter than the method's: host names in lower case with a letter in the last label, `%3A` before a
/// port and no other escape, no empty or dotted path segment. So each document has one DID.
///
/// Implements [did:web, Read](https://w3c-ccg.github.io/did-method-web/#read-resolve).
///
/// ```
/// use adit_credentials::did_web_url;
/// let url = |did: &str| did_web_url(&did.parse().unwrap()).ok();
/// assert_eq!(url("did:web:mill.example").unwrap(), "https://mill.example/.well-known/did.json");
/// assert_eq!(url("did:web:mill.example%3A8443:north").unwrap(), "https://mill.example:8443/north/did.json");
/// assert_eq!(url("did:web:mill.example%2Fx"), None);
/// ```
///
/// # Errors
/// Another method, or an id that the grammar does not allow.
pub fn did_web_url(did: &Did) -> Result<String, Refusal> {
    if did.method() != "web" {
        return Err(refuse(did, "it is no did:web, so it has no address"));
    }
    let mut segments = did.id().split(':');
    let authority = segments.next().unwrap_or_default();
    let (host, port) = match authority.split_once("%3A") {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if !is_host(host) {
        return Err(refuse(did, "its host is not a domain name in lower case"));
    }
    let port_fits = port.is_none_or(|port| {
        port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port)
    });
    if !port_fits {
        return Err(refuse(did, "its port is not a number from 1 to 65535"));
    }
    let path: Vec<_> = segments.collect();
    if !path.iter().all(|segment| is_segment(segment)) {
        return Err(refuse(did, "its path has a segment that is empty, dotted or escaped"));
    }
    let authority = authority.replace("%3A", ":");
    let path = if path.is_empty() { ".well-known".to_owned() } else { path.join("/") };
    Ok(format!("https://{authority}/{path}/did.json"))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    // A last label without a letter would be an IPv4 address in one of its spellings.
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.split('.').all(is_label)
        && last.bytes().any(|b| b.is_ascii_lowercase())
        && !last.starts_with("0x")
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty()
        && !segment.starts_with('.')
        && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

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

fn key_of_did_jwk(did: &Did) -> Result<PublicKey, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(did.id());
    let bytes = bytes.map_err(|_| refuse(did, "its id is not base64url"))?;
    let Ok(Value::Object(jwk)) = read_json(&bytes, JSON_DEPTH_MAX) else {
        return Err(refuse(did, "its id is not a JWK"));
    };
    match PublicKey::from_jwk(&jwk) {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(refuse(did, "its key is not for ES256 signatures on P-256")),
        // The DID itself would repeat the private part, so the message names the method only.
        Err(why) => Err(Refusal::BadKey { did: method_only(did), why }),
    }
}

fn method_only(did: &Did) -> Did {
    format!("did:{}:withheld", did.method()).parse().expect("a method and a word make a DID")
}

/// The name of the key that a DID signs with: `#0` for a `did:jwk`, else the key's thumbprint.
pub(crate) fn key_id(did: &Did, key: &PublicKey) -> String {
    match did.method() {
        "jwk" => format!("{did}#0"),
        _ => format!("{did}#{}", key.thumbprint()),
    }
}

fn refuse(did: &Did, why: &'static str) -> Refusal {
    Refusal::DidMethod { did: clip(did.as_str()), why }
}
