//! Presentations of the data model 1.1 as a JWT, which the profile `vc11-sl2021/jwt` asks for.

use crate::claims::Payload;
use crate::credential::{Credential, check_kid};
use crate::gate::{audience_of, holder_of, jti_of, life_of};
use crate::jose_guard::{Compact, Typ};
use crate::limits::*;
use crate::refusal::{Claim, clip};
use crate::{Refusal, Unverified};
use serde_json::Value;

/// The contexts that such a presentation may name, the one that must come first at the front.
const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/2018/credentials/v1",
    "https://identity.foundation/presentation-exchange/submission/v1",
];

impl Unverified {
    /// Steps 1 to 6 for a presentation of the data model 1.1 and for each credential in it.
    ///
    /// Implements [JSON Web Token, JWT Encoding](https://www.w3.org/TR/vc-data-model/#jwt-encoding).
    ///
    /// # Errors
    /// Anything that is wrong with its form; no network was used.
    pub fn parse11(token: &str) -> Result<Self, Refusal> {
        let compact = Compact::parse(token, Typ::Presentation11)?;
        let payload = Payload(&compact.payload);
        let holder = holder_of(&payload)?;
        check_kid(compact.kid.as_deref(), &holder)?;
        let (issued_at, expires_at) = life_of(&payload, PRESENTATION_LIFE_S_MAX)?;
        let (audience, jti) = (audience_of(&payload)?, jti_of(&payload)?);
        let Some(Value::Object(presentation)) = payload.get(Claim::Vp) else {
            let (claim, expected) = (Claim::Vp, "an object");
            return Err(Refusal::Claim { claim, expected });
        };
        let presentation = Payload(presentation);
        if presentation.did(Claim::Holder)?.is_some_and(|other| other != holder) {
            let (claim, expected) = (Claim::Holder, "the same DID as iss");
            return Err(Refusal::Claim { claim, expected });
        }
        check_contexts(&presentation)?;
        if !presentation.words(Claim::Type)?.contains(&"VerifiablePresentation") {
            let (claim, expected) = (Claim::Type, "VerifiablePresentation");
            return Err(Refusal::Claim { claim, expected });
        }
        let credentials = credentials_of(&presentation)?;
        Ok(Self { audience, jti, credentials, issued_at, expires_at, holder, compact })
    }
}

fn check_contexts(presentation: &Payload<'_>) -> Result<(), Refusal> {
    let contexts = match presentation.0.get("@context") {
        Some(Value::Array(contexts)) => contexts.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let unknown = contexts.iter().find(|it| !CONTEXTS.iter().any(|known| it == known));
    match (unknown, contexts.first()) {
        (None, Some(first)) if first == CONTEXTS[0] => Ok(()),
        (Some(got), _) | (None, Some(got)) => {
            Err(Refusal::Context { got: clip(got.as_str().unwrap_or_default()) })
        }
        (None, None) => Err(Refusal::Context { got: String::new() }),
    }
}

fn credentials_of(presentation: &Payload<'_>) -> Result<Vec<Credential>, Refusal> {
    let entries: &[Value] = match presentation.get(Claim::VerifiableCredential) {
        None => &[],
        Some(Value::Array(entries)) => entries,
        Some(one) => std::slice::from_ref(one),
    };
    if entries.is_empty() || entries.len() > CREDENTIALS_MAX {
        return Err(Refusal::CredentialCount { got: entries.len() });
    }
    let expected = "credentials as JWTs";
    let wrong = || Refusal::Claim { claim: Claim::VerifiableCredential, expected };
    entries.iter().map(|it| Credential::read11(it.as_str().ok_or_else(wrong)?)).collect()
}
