//! Writing a signed token.

use super::{KeyError, Keypair, Typ};
use crate::did::key_id;
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// Signs a payload as a token of one kind, by a DID with one of its keys.
///
/// Implements [RFC 7515, Producing or Consuming JWSs](https://www.rfc-editor.org/rfc/rfc7515#section-5.1).
///
/// # Errors
/// The cryptographic library fails.
pub(crate) fn sign(
    keypair: &Keypair,
    signer: &Did,
    typ: Typ,
    payload: &Value,
) -> Result<String, KeyError> {
    let mut header = Map::from_iter([
        ("alg".to_owned(), json!(keypair.public().algorithm().as_str())),
        ("typ".to_owned(), json!(typ.as_str())),
        ("kid".to_owned(), json!(key_id(signer, keypair.public()))),
    ]);
    header.extend(typ.cty().map(|cty| ("cty".to_owned(), json!(cty))));
    let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", encode(json!(header).to_string()), encode(payload.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(keypair.sign(signed.as_bytes())?);
    Ok(format!("{signed}.{signature}"))
}
