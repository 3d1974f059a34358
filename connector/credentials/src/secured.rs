//! A credential of any type in any of the forms that are read, with what proves it: steps 1 to 6 of the gate, but for
//! its type and its subject.

use crate::claims::{Payload, read_did};
use crate::did::{Relationship, is_fragment};
use crate::integrity::Embedded;
use crate::jose_guard::{Compact, Typ};
use crate::limits::*;
use crate::refusal::Claim;
use crate::{CONTEXT_V1, Evidence, Refusal};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// The contexts that a credential of the data model 1.1 may name, the one that must come first at the front.
const CONTEXTS11: [&str; 3] =
    [CONTEXT_V1, crate::ADIT_CONTEXT, "https://w3id.org/vc/status-list/2021/v1"];

/// A credential with what proves it; nothing is proved yet.
#[derive(Debug)]
pub(crate) struct Secured {
    proof: Proof,
    issuer: Did,
    id: Option<String>,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
}

/// How a credential is written and secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialForm {
    /// A [`vc+jwt`](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose).
    Jwt,
    /// A [JWT of the data model 1.1](https://www.w3.org/TR/vc-data-model/#jwt-encoding).
    Jwt11,
    /// JSON with an [embedded proof](https://www.w3.org/TR/vc-data-integrity/#proofs) by `eddsa-jcs-2022`.
    Embedded,
}

impl std::fmt::Display for CredentialForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jwt => "vc+jwt",
            Self::Jwt11 => "JWT of the data model 1.1",
            Self::Embedded => "JSON with eddsa-jcs-2022",
        })
    }
}

/// What proves a credential.
#[derive(Debug)]
enum Proof {
    /// A [`vc+jwt`](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose): the payload is the credential.
    Jwt(Compact),
    /// A [JWT of the data model 1.1](https://www.w3.org/TR/vc-data-model/#jwt-encoding): the claim `vc` is the credential.
    Jwt11(Compact),
    /// JSON with an [embedded proof](https://www.w3.org/TR/vc-data-integrity/#proofs).
    Embedded(Embedded),
}

impl Secured {
    /// Reads a credential of whatever form: JSON with a proof, a `vc+jwt`, or a JWT of the data model 1.1.
    pub(crate) fn open(text: &str, bytes_max: usize) -> Result<Self, Refusal> {
        if text.starts_with('{') {
            return Self::embedded(text, bytes_max);
        }
        match Self::jwt(text, bytes_max) {
            Err(Refusal::Typ { got, .. }) if got.is_empty() || got == "JWT" => {
                Self::jwt11(text, bytes_max)
            }
            read => read,
        }
    }

    /// Reads a `vc+jwt`.
    pub(crate) fn jwt(token: &str, bytes_max: usize) -> Result<Self, Refusal> {
        let compact = Compact::parse_up_to(token, Typ::Credential, bytes_max)?;
        let payload = Payload(&compact.payload);
        for claim in [Claim::Vc, Claim::Vp] {
            payload.without(claim, "absent: a vc+jwt is the credential itself")?;
        }
        for claim in [Claim::Exp, Claim::Iat, Claim::Nbf] {
            payload.seconds(claim)?;
        }
        payload.known_contexts()?;
        let issuer = issuer_of(&payload)?;
        check_kid(compact.kid.as_deref(), &issuer)?;
        let id = payload.text(Claim::Id, "a string without control characters")?.map(str::to_owned);
        let jti = payload.text(Claim::Jti, "a string")?;
        if jti.is_some() && jti != id.as_deref() {
            return Err(Refusal::Claim { claim: Claim::Jti, expected: "the id of the credential" });
        }
        let valid_from = payload.instant(Claim::ValidFrom)?;
        let valid_until = payload.instant(Claim::ValidUntil)?;
        Ok(Self { proof: Proof::Jwt(compact), issuer, id, valid_from, valid_until })
    }

    /// Reads a JWT of the data model 1.1.
    ///
    /// There `exp` is the end of the credential and not of its signature alone, and `jti` need not be the id: the
    /// conformance kit of the Decentralized Claims Protocol writes two.
    pub(crate) fn jwt11(token: &str, bytes_max: usize) -> Result<Self, Refusal> {
        let compact = Compact::parse_up_to(token, Typ::Credential11, bytes_max)?;
        let payload = Payload(&compact.payload);
        let members = payload.get(Claim::Vc).and_then(Value::as_object);
        let members =
            members.ok_or(Refusal::Claim { claim: Claim::Vc, expected: "the credential" })?;
        let credential = Payload(members);
        credential.contexts_among(&CONTEXTS11)?;
        let expected = "the DID of the issuer";
        let issuer = payload.did(Claim::Iss)?;
        let issuer = issuer.ok_or(Refusal::Claim { claim: Claim::Iss, expected })?;
        if credential.get(Claim::Issuer).is_some() && issuer_of(&credential)? != issuer {
            return Err(Refusal::Claim { claim: Claim::Issuer, expected: "the same DID as iss" });
        }
        check_kid(compact.kid.as_deref(), &issuer)?;
        let id =
            credential.text(Claim::Id, "a string without control characters")?.map(str::to_owned);
        payload.text(Claim::Jti, "a string")?;
        for claim in [Claim::Iat, Claim::Nbf] {
            payload.seconds(claim)?;
        }
        let ends = [payload.seconds(Claim::Exp)?, optional(&credential, Claim::ExpirationDate)?];
        let valid_from = optional(&credential, Claim::IssuanceDate)?;
        let valid_until = ends.into_iter().flatten().min();
        Ok(Self { proof: Proof::Jwt11(compact), issuer, id, valid_from, valid_until })
    }

    /// Reads JSON with an embedded proof.
    fn embedded(text: &str, bytes_max: usize) -> Result<Self, Refusal> {
        let embedded = Embedded::parse(text, bytes_max)?;
        let credential = Payload(embedded.document());
        credential.known_contexts()?;
        let issuer = issuer_of(&credential)?;
        let id =
            credential.text(Claim::Id, "a string without control characters")?.map(str::to_owned);
        let valid_from = credential.instant(Claim::ValidFrom)?;
        let valid_until = credential.instant(Claim::ValidUntil)?;
        Ok(Self { proof: Proof::Embedded(embedded), issuer, id, valid_from, valid_until })
    }

    /// The members of the credential.
    pub(crate) fn members(&self) -> &Map<String, Value> {
        match &self.proof {
            Proof::Jwt(compact) => &compact.payload,
            Proof::Jwt11(compact) => compact
                .payload
                .get(Claim::Vc.as_str())
                .and_then(Value::as_object)
                .expect("it was read from there"),
            Proof::Embedded(embedded) => embedded.document(),
        }
    }

    /// The claims of the token around the credential; without one, the credential itself.
    pub(crate) fn payload(&self) -> Payload<'_> {
        match &self.proof {
            Proof::Jwt(compact) | Proof::Jwt11(compact) => Payload(&compact.payload),
            Proof::Embedded(embedded) => Payload(embedded.document()),
        }
    }

    pub(crate) fn form(&self) -> CredentialForm {
        match &self.proof {
            Proof::Jwt(_) => CredentialForm::Jwt,
            Proof::Jwt11(_) => CredentialForm::Jwt11,
            Proof::Embedded(_) => CredentialForm::Embedded,
        }
    }

    pub(crate) fn issuer(&self) -> &Did {
        &self.issuer
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(crate) fn valid_from(&self) -> Option<Timestamp> {
        self.valid_from
    }

    pub(crate) fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// Until when it passes [`check_times`](Self::check_times): its own end, or that of its proof if that comes first.
    pub(crate) fn ends(&self) -> Option<Timestamp> {
        let proof_ends = match &self.proof {
            Proof::Jwt(compact) => Payload(&compact.payload).signature_ends(),
            // Its `exp` is the end of the credential.
            Proof::Jwt11(_) => None,
            Proof::Embedded(embedded) => embedded.expires(),
        };
        [self.valid_until, proof_ends].into_iter().flatten().min()
    }

    /// The SHA-256 of what was shown.
    pub(crate) fn digest(&self) -> [u8; 32] {
        match &self.proof {
            Proof::Jwt(compact) | Proof::Jwt11(compact) => compact.digest,
            Proof::Embedded(embedded) => embedded.digest(),
        }
    }

    /// Steps 8 and 9: that its issuer signed it; `what` names it in a refusal.
    pub(crate) fn check_signature(
        &self,
        evidence: &Evidence<'_>,
        what: &'static str,
    ) -> Result<(), Refusal> {
        match &self.proof {
            Proof::Jwt(compact) | Proof::Jwt11(compact) => {
                let asserts = Relationship::AssertionMethod;
                evidence.check_signature(compact, &self.issuer, asserts, what)
            }
            Proof::Embedded(embedded) => embedded.check_signature(&self.issuer, evidence, what),
        }
    }

    /// Steps 8 to 10: signature, and validity of signature and data; `what` names it in a refusal.
    pub(crate) fn check_proof(
        &self,
        evidence: &Evidence<'_>,
        what: &'static str,
    ) -> Result<(), Refusal> {
        self.check_signature(evidence, what)?;
        self.check_times(evidence.now)
    }

    /// Step 10: validity of signature and data.
    pub(crate) fn check_times(&self, now: Timestamp) -> Result<(), Refusal> {
        match &self.proof {
            Proof::Jwt(compact) => Payload(&compact.payload).signature_stands(now)?,
            // Its `exp` is the end of the credential, which is held against the clock below.
            Proof::Jwt11(compact) => Payload(&compact.payload).not_from_the_future(now)?,
            Proof::Embedded(embedded) => embedded.signature_stands(now)?,
        }
        let issuer = || self.issuer.clone();
        if let Some(valid_from) = self.valid_from
            && valid_from.as_second() - SKEW_S > now.as_second()
        {
            return Err(Refusal::NotYetValid { issuer: issuer(), valid_from, now });
        }
        match self.valid_until {
            Some(valid_until) if valid_until <= now => {
                Err(Refusal::NoLongerValid { issuer: issuer(), valid_until, now })
            }
            Some(_) | None => Ok(()),
        }
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

/// An instant that may be `null` too: so the data model 1.1 is often written.
fn optional(payload: &Payload<'_>, claim: Claim) -> Result<Option<Timestamp>, Refusal> {
    match payload.get(claim) {
        Some(Value::Null) => Ok(None),
        Some(_) | None => payload.instant(claim),
    }
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
