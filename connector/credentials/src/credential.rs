//! A credential as its text says, before anything about it is proved.

use crate::claims::{Payload, read_did};
use crate::compact::{Compact, Typ};
use crate::document::is_fragment;
use crate::refusal::Claim;
use crate::{Refusal, credential_type};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::Value;

/// What a stored credential says, for display; nothing about it is proved.
///
/// Implements the reading side of [Securing with JOSE](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose) and
/// [Verifiable Credentials Data Model 2.0](https://www.w3.org/TR/vc-data-model-2.0/#verifiable-credentials).
#[derive(Debug)]
pub struct Credential {
    pub(crate) compact: Compact,
    pub(crate) types: Vec<&'static str>,
    pub(crate) issuer: Did,
    pub(crate) subject: Did,
    pub(crate) valid_from: Option<Timestamp>,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) id: Option<String>,
}

impl Credential {
    /// Reads a credential without verifying it.
    ///
    /// # Errors
    /// A form that the gate would refuse too.
    pub fn peek(credential: &str) -> Result<Self, Refusal> {
        Self::parse(credential)
    }

    /// The types that it claims, as IRIs.
    pub fn unverified_types(&self) -> &[&'static str] {
        &self.types
    }

    /// Who is said to have issued it.
    pub fn unverified_issuer(&self) -> &Did {
        &self.issuer
    }

    /// Whom it is said to be about.
    pub fn unverified_subject(&self) -> &Did {
        &self.subject
    }

    /// When it says that it begins.
    pub fn unverified_valid_from(&self) -> Option<Timestamp> {
        self.valid_from
    }

    /// When it says that it ends.
    pub fn unverified_valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// The identifier that it claims.
    pub fn unverified_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Steps 1 to 6 of the gate for one credential.
    pub(crate) fn parse(token: &str) -> Result<Self, Refusal> {
        let compact = Compact::parse(token, Typ::Credential)?;
        let payload = Payload(&compact.payload);
        for claim in [Claim::Vc, Claim::Vp] {
            payload.without(claim, "absent: a vc+jwt is the credential itself")?;
        }
        payload.without(Claim::CredentialStatus, "absent: status lists are not read yet")?;
        for claim in [Claim::Exp, Claim::Iat, Claim::Nbf] {
            payload.seconds(claim)?;
        }
        payload.known_contexts()?;
        let issuer = issuer_of(&payload)?;
        check_kid(compact.kid.as_deref(), &issuer)?;
        let id = payload.text(Claim::Id, "a string")?.map(str::to_owned);
        let jti = payload.text(Claim::Jti, "a string")?;
        if jti.is_some() && jti != id.as_deref() {
            return Err(Refusal::Claim { claim: Claim::Jti, expected: "the id of the credential" });
        }
        Ok(Self {
            types: types_of(&payload, &issuer)?,
            subject: subject_of(&payload)?,
            valid_from: payload.instant(Claim::ValidFrom)?,
            valid_until: payload.instant(Claim::ValidUntil)?,
            issuer,
            id,
            compact,
        })
    }
}

fn issuer_of(payload: &Payload<'_>) -> Result<Did, Refusal> {
    let wrong =
        Refusal::Claim { claim: Claim::Issuer, expected: "a DID, or an object with one as id" };
    let text =
        payload.get(Claim::Issuer).and_then(|issuer| issuer.get("id").unwrap_or(issuer).as_str());
    let issuer = read_did(text.ok_or(wrong)?, Claim::Issuer)?;
    match payload.did(Claim::Iss)? {
        Some(iss) if iss != issuer => {
            Err(Refusal::Claim { claim: Claim::Iss, expected: "the issuer of the credential" })
        }
        Some(_) | None => Ok(issuer),
    }
}

fn subject_of(payload: &Payload<'_>) -> Result<Did, Refusal> {
    let claim = Claim::CredentialSubject;
    let subject = payload.get(claim).and_then(|subject| subject.get("id")).and_then(Value::as_str);
    let expected = "one object with a DID as id";
    let subject = read_did(subject.ok_or(Refusal::Claim { claim, expected })?, claim)?;
    match payload.did(Claim::Sub)? {
        Some(sub) if sub != subject => {
            Err(Refusal::Claim { claim: Claim::Sub, expected: "the id of credentialSubject" })
        }
        Some(_) | None => Ok(subject),
    }
}

/// The types that the vocabulary knows; others have no meaning to any policy here.
fn types_of(payload: &Payload<'_>, issuer: &Did) -> Result<Vec<&'static str>, Refusal> {
    let (claim, names) = (Claim::Type, payload.words(Claim::Type)?);
    if !names.contains(&"VerifiableCredential") {
        return Err(Refusal::Claim {
            claim,
            expected: "VerifiableCredential and a type of its own",
        });
    }
    let mut types: Vec<_> = names.into_iter().filter_map(credential_type).collect();
    types.sort_unstable();
    types.dedup();
    if types.is_empty() { Err(Refusal::UnknownType { issuer: issuer.clone() }) } else { Ok(types) }
}

/// A `kid` is a key of the signer itself; anything else is refused before the network is asked.
pub(crate) fn check_kid(kid: Option<&str>, signer: &Did) -> Result<(), Refusal> {
    let Some(kid) = kid else { return Ok(()) };
    let fragment = kid.strip_prefix(signer.as_str()).and_then(|rest| rest.strip_prefix('#'));
    match fragment {
        Some(fragment) if is_fragment(fragment) => Ok(()),
        Some(_) | None => Err(Refusal::Kid { did: signer.clone() }),
    }
}
