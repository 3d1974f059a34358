//! Everything that a verification looks at besides the token.

use crate::claims::Payload;
use crate::did::Relationship;
use crate::jose_guard::Compact;
use crate::{Documents, PublicKey, Refusal, Replay, Statuses, Trust, Verified};
use adit_vocab::Did;
use jiff::Timestamp;

/// What is at hand for one verification; the application gathers it, the gate reads it.
///
/// `documents` and `statuses` hold what [`Unverified::issuers`](crate::Unverified::issuers) and
/// [`Unverified::status_lists`](crate::Unverified::status_lists) named.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The DID documents of signers.
    pub documents: &'a Documents,
    /// The status lists of issuers.
    pub statuses: &'a Statuses,
    /// Which issuer may issue which type.
    pub trust: &'a Trust,
    /// The DID of this connector.
    pub audience: &'a Did,
    /// The memory of used presentations.
    pub replay: &'a dyn Replay,
    /// The signatures that were checked before.
    pub verified: &'a Verified,
    /// The time of the check.
    pub now: Timestamp,
}

impl Evidence<'_> {
    /// Steps 8 and 9: the signer's key for this use, and the signature; `what` names the token in a refusal.
    ///
    /// What asserts is shown again and again, so its signature is checked once; the other kinds are shown once.
    pub(crate) fn check_signature(
        &self,
        compact: &Compact,
        signer: &Did,
        relationship: Relationship,
        what: &'static str,
    ) -> Result<(), Refusal> {
        let signed_at = Payload(&compact.payload).signed_at();
        let key = self.key(signer, relationship, compact.kid.as_deref(), signed_at)?;
        let check = || compact.is_signed_by(&key);
        let fits = match relationship {
            Relationship::AssertionMethod => self.verified.check(compact.digest, &key, check),
            Relationship::Authentication | Relationship::CapabilityInvocation => {
                self.verified.once(check)
            }
        };
        if fits { Ok(()) } else { Err(Refusal::Signature { did: signer.clone(), what }) }
    }

    /// Step 8: the signer's key for a use; `signed_at` lets a key that was rotated since check what it signed then.
    pub(crate) fn key(
        &self,
        signer: &Did,
        relationship: Relationship,
        kid: Option<&str>,
        signed_at: Option<Timestamp>,
    ) -> Result<PublicKey, Refusal> {
        let document = self.documents.resolve(signer)?;
        document.key(relationship, kid, signed_at, self.now).cloned()
    }

    /// Whether a key made this signature; remembered by a digest over message and signature.
    pub(crate) fn check(
        &self,
        digest: [u8; 32],
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.verified.check(digest, key, || key.verifies(message, signature))
    }
}
