//! The token gate, in its fixed order:
//!
//! - [`Unverified::parse`] takes steps 1 to 6, without network: size, alphabet, two dots; strict JSON; header members;
//!   `typ`; `alg`; DIDs of accepted methods. It does so for the presentation and each credential in it, and refuses
//!   claims of the wrong form on the way.
//! - [`Unverified::issuers`] asks the trust list, and then names the documents to fetch; the application takes step 7.
//! - [`Unverified::check_issuers`] checks the signatures of the credentials, before anything that they name is fetched.
//! - [`Unverified::verify`], in `verify.rs`, takes steps 8 to 12: key, signature, claims, first use, trust and validity.

use crate::claims::Payload;
use crate::credential::{Credential, check_kid};
use crate::did::{Method, method_of};
use crate::jose_guard::{Compact, Typ};
use crate::limits::*;
use crate::refusal::Claim;
use crate::trust::short_type;
use crate::{Refusal, Trust};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeSet;

/// What the id of an enveloped credential begins with.
pub(crate) const ENVELOPE: &str = "data:application/vc+jwt,";

/// A presentation whose form was checked; nothing about it is proved.
///
/// ```
/// use adit_credentials::{Cause, Unverified};
/// let refusal = Unverified::parse("not a token").unwrap_err();
/// assert_eq!((refusal.code(), refusal.cause()), ("jose.alphabet", Cause::Proof));
/// ```
#[derive(Debug)]
pub struct Unverified {
    pub(crate) compact: Compact,
    pub(crate) holder: Did,
    pub(crate) audience: String,
    pub(crate) jti: String,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) credentials: Vec<Credential>,
}

impl Unverified {
    /// Steps 1 to 6 for a presentation, `vp+jwt`, and for each credential in it.
    ///
    /// Implements [Securing JSON-LD Verifiable Presentations with JOSE](https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose).
    ///
    /// # Errors
    /// Anything that is wrong with its form; no network was used.
    pub fn parse(token: &str) -> Result<Self, Refusal> {
        let compact = Compact::parse(token, Typ::Presentation)?;
        let payload = Payload(&compact.payload);
        for claim in [Claim::Vc, Claim::Vp] {
            payload.without(claim, "absent: a vp+jwt is the presentation itself")?;
        }
        payload.known_contexts()?;
        let types = payload.words(Claim::Type)?;
        if !types.contains(&"VerifiablePresentation") {
            let (claim, expected) = (Claim::Type, "VerifiablePresentation");
            return Err(Refusal::Claim { claim, expected });
        }
        let holder = holder_of(&payload)?;
        check_kid(compact.kid.as_deref(), &holder)?;
        let (issued_at, expires_at) = life_of(&payload, PRESENTATION_LIFE_S_MAX)?;
        Ok(Self {
            audience: audience_of(&payload)?,
            jti: jti_of(&payload)?,
            credentials: credentials_of(&payload)?,
            issued_at,
            expires_at,
            holder,
            compact,
        })
    }

    /// Who is said to present.
    pub fn unverified_holder(&self) -> &Did {
        &self.holder
    }

    /// The issuers whose documents [`verify`](Self::verify) needs and that the network must be asked for, each once; one
    /// that its `did:jwk` or `did:key` spells is not among them.
    ///
    /// # Errors
    /// [`Refusal::Issuer`] for an issuer that the trust list does not hold for each type of its credential,
    /// [`Refusal::Holder`] for a credential about another, and [`Refusal::Blocked`] for a holder that was stopped: such a
    /// token causes no outbound request.
    pub fn issuers(&self, trust: &Trust, now: Timestamp) -> Result<Vec<Did>, Refusal> {
        if trust.blocks(&self.holder) {
            return Err(Refusal::Blocked { holder: self.holder.clone() });
        }
        let mut issuers = BTreeSet::new();
        for credential in &self.credentials {
            self.accepts(credential, trust, now)?;
            let issuer = credential.unverified_issuer();
            issuers.extend(is_elsewhere(issuer).then_some(issuer));
        }
        Ok(issuers.into_iter().cloned().collect())
    }

    /// The holder, where the network must be asked for the document: after [`check_issuers`](Self::check_issuers), so
    /// that nobody makes us ask an address of their choice.
    pub fn holder(&self) -> Option<Did> {
        is_elsewhere(&self.holder).then(|| self.holder.clone())
    }

    /// Whether the trust list holds the issuer for each type, and the credential is the holder's own.
    pub(crate) fn accepts(
        &self,
        credential: &Credential,
        trust: &Trust,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let issuer = credential.unverified_issuer();
        if credential.types.is_empty() {
            return Err(Refusal::UnknownType { issuer: issuer.clone() });
        }
        if let Some(refused) = credential.types.iter().find(|it| !trust.accepts(issuer, it, now)) {
            let type_name = short_type(refused).to_owned();
            return Err(Refusal::Issuer { issuer: issuer.clone(), type_name });
        }
        credential.is_of(&self.holder)
    }
}

/// Whether the document of a DID has to be fetched.
fn is_elsewhere(did: &Did) -> bool {
    matches!(method_of(did), Ok(Method::Elsewhere))
}

pub(crate) fn holder_of(payload: &Payload<'_>) -> Result<Did, Refusal> {
    let required = Refusal::Claim { claim: Claim::Iss, expected: "the DID of the holder" };
    let holder = payload.did(Claim::Iss)?.ok_or(required)?;
    for claim in [Claim::Sub, Claim::Holder] {
        if payload.did(claim)?.is_some_and(|other| other != holder) {
            return Err(Refusal::Claim { claim, expected: "the same DID as iss" });
        }
    }
    Ok(holder)
}

pub(crate) fn audience_of(payload: &Payload<'_>) -> Result<String, Refusal> {
    let expected = "the DID of this connector, as one string";
    let audience = payload.text(Claim::Aud, expected)?;
    audience.map(str::to_owned).ok_or(Refusal::Claim { claim: Claim::Aud, expected })
}

pub(crate) fn jti_of(payload: &Payload<'_>) -> Result<String, Refusal> {
    let expected = "a string of 1 to 128 bytes";
    let jti = payload.text(Claim::Jti, expected)?.unwrap_or_default();
    if jti.is_empty() || jti.len() > JTI_BYTES_MAX {
        return Err(Refusal::Claim { claim: Claim::Jti, expected });
    }
    Ok(jti.to_owned())
}

/// When a token was made and when it ends; the second is at most some seconds after the first.
pub(crate) fn life_of(
    payload: &Payload<'_>,
    life_s_max: i64,
) -> Result<(Timestamp, Timestamp), Refusal> {
    let required = |claim| {
        let expected = "a whole number of seconds since 1970";
        payload.seconds(claim)?.ok_or(Refusal::Claim { claim, expected })
    };
    let (issued_at, expires_at) = (required(Claim::Iat)?, required(Claim::Exp)?);
    payload.seconds(Claim::Nbf)?;
    // Neither subtraction nor comparison can overflow: an instant lies within the year 9999.
    let life_s = expires_at.as_second() - issued_at.as_second();
    if !(0..=life_s_max).contains(&life_s) {
        let expected = "at most 600 s after iat";
        return Err(Refusal::Claim { claim: Claim::Exp, expected });
    }
    Ok((issued_at, expires_at))
}

fn credentials_of(payload: &Payload<'_>) -> Result<Vec<Credential>, Refusal> {
    let entries: &[Value] = match payload.get(Claim::VerifiableCredential) {
        None => &[],
        Some(Value::Array(entries)) => entries,
        Some(one) => std::slice::from_ref(one),
    };
    if entries.is_empty() || entries.len() > CREDENTIALS_MAX {
        return Err(Refusal::CredentialCount { got: entries.len() });
    }
    entries.iter().zip(1..).map(|(entry, number)| enveloped(entry, number)).collect()
}

/// Implements [Enveloped Verifiable Credentials](https://www.w3.org/TR/vc-data-model-2.0/#enveloped-verifiable-credentials).
fn enveloped(entry: &Value, number: usize) -> Result<Credential, Refusal> {
    let is_envelope = match entry.get("type") {
        Some(Value::Array(types)) => types.iter().any(|it| it == "EnvelopedVerifiableCredential"),
        Some(it) => it == "EnvelopedVerifiableCredential",
        None => false,
    };
    let id = entry.get("id").and_then(Value::as_str).filter(|_| is_envelope);
    let token = id.and_then(|id| id.strip_prefix(ENVELOPE));
    Credential::parse(token.ok_or(Refusal::Envelope { number })?)
}
