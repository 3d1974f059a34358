//! Steps 8 to 12 of the gate: the only place where a [`Caller`] with credentials is made.

use crate::claims::Payload;
use crate::credential::Credential;
use crate::did::Relationship;
use crate::gate::Unverified;
use crate::limits::*;
use crate::refusal::Claim;
use crate::{Caller, Evidence, Held, Refusal, Replay};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};

impl Unverified {
    /// Checks signatures, claims, first use, trust and validity; what stands is the [`Caller`].
    ///
    /// A refusal for the holder's key or signature leaves the presentation unused: it can be verified again with a newer
    /// document.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the gate.
    pub fn verify(&self, evidence: &Evidence<'_>) -> Result<Caller, Refusal> {
        if evidence.trust.blocks(&self.holder) {
            return Err(Refusal::Blocked { holder: self.holder.clone() });
        }
        let (compact, holder) = (&self.compact, &self.holder);
        evidence.check_signature(compact, holder, Relationship::Authentication, "presentation")?;
        self.check_claims(evidence.audience, evidence.now)?;
        self.check_first_use(evidence.replay)?;
        let held = self.credentials.iter().map(|credential| {
            self.accepts(credential, evidence.trust, evidence.now)?;
            credential.check_standing(evidence)?;
            Ok(hold(credential, &self.holder))
        });
        let held = held.collect::<Result<_, Refusal>>()?;
        Ok(Caller::proved(self.holder.clone(), held))
    }

    /// Whether the issuers signed the credentials, before the holder's document is asked for; what stands is remembered,
    /// so [`verify`](Self::verify) does not check it twice.
    ///
    /// # Errors
    /// An issuer without such a key, or a signature that does not fit.
    pub fn check_issuers(&self, evidence: &Evidence<'_>) -> Result<(), Refusal> {
        self.credentials.iter().try_for_each(|credential| credential.check_signature(evidence))
    }

    /// Step 10.
    fn check_claims(&self, audience: &Did, now: Timestamp) -> Result<(), Refusal> {
        if self.audience != audience.as_str() {
            return Err(Refusal::PresentedElsewhere { expected: audience.clone() });
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
    /// valid. Whether to trust the issuer is for the trust list to say. Its status is not asked: it was issued this moment.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the gate.
    pub fn check(
        credential: &str,
        issuer: &Did,
        subject: &Did,
        evidence: &Evidence<'_>,
    ) -> Result<(), Refusal> {
        let credential = Self::parse(credential)?;
        if credential.unverified_issuer() != issuer {
            let (claim, expected) = (Claim::Issuer, "the company that hands the credential over");
            return Err(Refusal::Claim { claim, expected });
        }
        credential.is_of(subject)?;
        credential.check_proof(evidence)?;
        credential.check_schemas()
    }
}

fn hold(credential: &Credential, holder: &Did) -> Held {
    Held {
        types: credential.types.iter().map(|&iri| iri.to_owned()).collect(),
        issuer: credential.unverified_issuer().clone(),
        subject: holder.clone(),
        valid_until: credential.secured.ends(),
        digest: hex::encode(credential.secured.digest()),
        id: credential.unverified_id().map(str::to_owned),
        status: credential.status().to_vec(),
    }
}
