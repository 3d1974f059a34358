//! Steps 8 to 12 of the gate: the only place where a [`Caller`] with credentials is made.

use crate::claims::Payload;
use crate::compact::Compact;
use crate::credential::Credential;
use crate::document::Relationship;
use crate::gate::Unverified;
use crate::limits::*;
use crate::refusal::Claim;
use crate::{Caller, Documents, Held, Refusal, Replay, TrustList};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};

impl Unverified {
    /// Checks signatures, claims, first use, trust and validity; what stands is the [`Caller`].
    ///
    /// `documents` holds what [`dids`](Self::dids) named, `audience` is the DID of this connector.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the gate.
    pub fn verify(
        self,
        documents: &Documents,
        trust: &TrustList,
        audience: &Did,
        replay: &dyn Replay,
        now: Timestamp,
    ) -> Result<Caller, Refusal> {
        if trust.blocks(&self.holder) {
            return Err(Refusal::Blocked { holder: self.holder });
        }
        let by_holder = (&self.holder, Relationship::Authentication, "presentation");
        verify_signature(&self.compact, by_holder, documents)?;
        self.check_claims(audience, now)?;
        self.check_first_use(replay)?;
        let held = self.credentials.iter().map(|credential| {
            self.accepts(credential, trust)?;
            credential.check_proof(documents, now)?;
            Ok(hold(credential))
        });
        let held = held.collect::<Result<_, Refusal>>()?;
        Ok(Caller::proved(self.holder, held))
    }

    /// Step 10.
    fn check_claims(&self, audience: &Did, now: Timestamp) -> Result<(), Refusal> {
        if self.audience != audience.as_str() {
            return Err(Refusal::Audience { expected: audience.clone() });
        }
        Payload(&self.compact.payload).signature_stands(now)?;
        let age_s = now.as_second() - self.issued_at.as_second();
        if age_s > PRESENTATION_AGE_S_MAX + SKEW_S {
            return Err(Refusal::IssuedAt { issued_at: self.issued_at, now });
        }
        Ok(())
    }

    /// Step 11: remembered for as long as the token could be shown again.
    fn check_first_use(&self, replay: &dyn Replay) -> Result<(), Refusal> {
        let until = self.expires_at.saturating_add(SignedDuration::from_secs(SKEW_S));
        let until = until.expect("adding seconds to an instant saturates");
        match replay.first_use(&self.holder, &self.jti, until) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::Replayed),
            Err(fault) => Err(Refusal::ReplayUnknown(fault)),
        }
    }
}

impl Credential {
    /// Checks a credential that was handed over to be kept: that this issuer signed it for this subject, and that it is
    /// valid. Whether to trust the issuer is for the trust list to say.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the gate.
    pub fn check(
        credential: &str,
        documents: &Documents,
        issuer: &Did,
        subject: &Did,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let credential = Self::parse(credential)?;
        if credential.issuer != *issuer {
            let (claim, expected) = (Claim::Issuer, "the company that hands the credential over");
            return Err(Refusal::Claim { claim, expected });
        }
        if credential.subject != *subject {
            let (subject, holder) = (credential.subject, subject.clone());
            return Err(Refusal::Holder { subject, holder });
        }
        credential.check_proof(documents, now)
    }

    /// Signature, and validity of signature and data.
    fn check_proof(&self, documents: &Documents, now: Timestamp) -> Result<(), Refusal> {
        let by_issuer = (&self.issuer, Relationship::AssertionMethod, "credential");
        verify_signature(&self.compact, by_issuer, documents)?;
        Payload(&self.compact.payload).signature_stands(now)?;
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

/// Steps 8 and 9: the signer's key for this use, and the signature.
fn verify_signature(
    compact: &Compact,
    (signer, relationship, what): (&Did, Relationship, &'static str),
    documents: &Documents,
) -> Result<(), Refusal> {
    let document = documents.resolve(signer)?;
    let key = document.key(relationship, compact.kid.as_deref())?;
    if key.verifies(compact.signed.as_bytes(), &compact.signature) {
        Ok(())
    } else {
        Err(Refusal::Signature { did: signer.clone(), what })
    }
}

fn hold(credential: &Credential) -> Held {
    Held {
        types: credential.types.iter().map(|&iri| iri.to_owned()).collect(),
        issuer: credential.issuer.clone(),
        subject: credential.subject.clone(),
        valid_until: credential.valid_until,
        digest: credential.compact.digest.clone(),
        id: credential.id.clone(),
    }
}
