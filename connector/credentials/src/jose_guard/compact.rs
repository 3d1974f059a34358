//! The compact form of a signed token, read by our own strict parser: steps 1 to 5 of the gate.

use super::{Algorithm, PublicKey, Typ};
use crate::limits::*;
use crate::refusal::clip;
use crate::{Refusal, read_json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A token whose form was checked and whose signature was not.
///
/// Implements [RFC 7515, JWS Compact Serialization](https://www.rfc-editor.org/rfc/rfc7515#section-3.1) with the
/// restrictions of [RFC 8725](https://www.rfc-editor.org/rfc/rfc8725#section-3).
pub(crate) struct Compact {
    pub(crate) kid: Option<String>,
    pub(crate) payload: Map<String, Value>,
    /// The SHA-256 of the whole token.
    pub(crate) digest: [u8; 32],
    algorithm: Algorithm,
    /// What the signature is over.
    signed: String,
    signature: Vec<u8>,
}

impl std::fmt::Debug for Compact {
    /// Says which token it is and never what is in it: whoever reads a log could show it again.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Compact({})", hex::encode(self.digest))
    }
}

impl Compact {
    /// Reads a token of one kind.
    pub(crate) fn parse(token: &str, typ: Typ) -> Result<Self, Refusal> {
        Self::parse_up_to(token, typ, TOKEN_BYTES_MAX)
    }

    /// Reads a token of one kind that may be longer than others: a status list.
    pub(crate) fn parse_up_to(token: &str, typ: Typ, bytes_max: usize) -> Result<Self, Refusal> {
        let (header, payload, signature) = split(token, bytes_max)?;
        if header.len() > HEADER_BYTES_MAX {
            let (what, bytes, max) = ("header of the token", header.len(), HEADER_BYTES_MAX);
            return Err(Refusal::TooLarge { what, bytes, max });
        }
        let (algorithm, kid) = read_header(&object(header, "header")?, typ)?;
        let signed = format!("{header}.{payload}");
        let payload = object(payload, "payload")?;
        typ.check_payload(&payload)?;
        let (signature, digest) = (decode(signature, "signature")?, Sha256::digest(token).into());
        Ok(Self { kid, payload, digest, algorithm, signed, signature })
    }

    /// Step 9: whether this key signed it, with the algorithm that the header names.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.algorithm() == self.algorithm && key.verifies(self.signed.as_bytes(), &self.signature)
    }
}

/// Step 1: size, alphabet, two dots.
fn split(token: &str, bytes_max: usize) -> Result<(&str, &str, &str), Refusal> {
    if token.len() > bytes_max {
        let (what, bytes, max) = ("token", token.len(), bytes_max);
        return Err(Refusal::TooLarge { what, bytes, max });
    }
    let in_alphabet = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if let Some(at) = token.bytes().position(|b| !in_alphabet(b)) {
        return Err(Refusal::Alphabet { at });
    }
    let parts: Vec<_> = token.split('.').collect();
    match parts[..] {
        [header, payload, signature] => Ok((header, payload, signature)),
        _ => Err(Refusal::Parts { parts: parts.len() }),
    }
}

/// Step 2: canonical base64url, strict JSON, an object.
fn object(part: &str, name: &'static str) -> Result<Map<String, Value>, Refusal> {
    let bytes = decode(part, name)?;
    let read = read_json(&bytes, JSON_DEPTH_MAX);
    match read.map_err(|problem| Refusal::Json { part: name, problem })? {
        Value::Object(members) => Ok(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            let problem = crate::JsonProblem::Syntax { why: "not an object".to_owned() };
            Err(Refusal::Json { part: name, problem })
        }
    }
}

fn decode(part: &str, name: &'static str) -> Result<Vec<u8>, Refusal> {
    // This engine refuses padding and bits left over in the last character.
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Base64 { part: name })
}

/// Steps 3 to 5: only members on the list, the kind that this place takes, an algorithm on the list.
fn read_header(
    header: &Map<String, Value>,
    typ: Typ,
) -> Result<(Algorithm, Option<String>), Refusal> {
    let refuse = |member: &str| Refusal::Header { member: clip(member) };
    let known = ["alg", "typ", "kid", "cty"];
    if let Some(member) = header.keys().find(|member| !known.contains(&member.as_str())) {
        return Err(refuse(member));
    }
    let text = |member: &str| match header.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(refuse(member)),
    };
    typ.check_header(text("typ")?, text("cty")?)?;
    let algorithm = Algorithm::named(text("alg")?.unwrap_or_default())?;
    Ok((algorithm, text("kid")?.map(str::to_owned)))
}
