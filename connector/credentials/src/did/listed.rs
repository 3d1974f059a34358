//! One key of a document, and until when it counts.

use super::Relationship;
use crate::PublicKey;
use jiff::Timestamp;
use serde_json::Value;

/// A key in a document's `verificationMethod`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) key: PublicKey,
    /// When it was, or will be, revoked: from then on it proves nothing, old or new.
    pub(super) revoked: Option<Timestamp>,
    /// When it ends: what it signed before still counts as a credential.
    pub(super) expires: Option<Timestamp>,
}

impl Listed {
    /// Whether the key may have made a signature for this use.
    ///
    /// Implements [Verification Methods](https://www.w3.org/TR/cid-1.0/#verification-methods), `expires` and `revoked`.
    pub(super) fn serves(
        &self,
        relationship: Relationship,
        signed_at: Option<Timestamp>,
        now: Timestamp,
    ) -> bool {
        let ends_before = |at: Timestamp, end: Option<Timestamp>| end.is_some_and(|end| end <= at);
        if ends_before(now, self.revoked) {
            return false;
        }
        !ends_before(now, self.expires)
            || (relationship == Relationship::AssertionMethod
                && signed_at.is_some_and(|at| !ends_before(at, self.expires)))
    }
}

/// A key that a document listed under `assertionMethod` once, so that the credentials of that time stay checkable.
///
/// It is kept as a line of JSON: `{"id": …, "key": {JWK}, "listed": instant}`, and `"revoked": instant` if it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastKey {
    /// The full name of the key, `did:web:oem.example#k1`.
    pub id: String,
    /// The key.
    pub key: PublicKey,
    /// When it was last seen in the document.
    pub listed: Timestamp,
    /// When it was, or will be, revoked, as a document said once: from then on it proves nothing, old or new.
    pub revoked: Option<Timestamp>,
}

impl PastKey {
    /// The key as JSON, for a file.
    pub fn to_json(&self) -> Value {
        let mut line =
            serde_json::json!({"id": self.id, "key": self.key.to_jwk(), "listed": self.listed});
        if let Some(revoked) = self.revoked {
            line["revoked"] = serde_json::json!(revoked);
        }
        line
    }

    /// Reads what [`to_json`](Self::to_json) wrote; `None` if it is not that.
    pub fn from_json(value: &Value) -> Option<Self> {
        let key = PublicKey::from_jwk(value.get("key")?.as_object()?).ok()??;
        let id = value.get("id")?.as_str()?.to_owned();
        let instant = |value: &Value| value.as_str()?.parse().ok();
        let revoked = match value.get("revoked") {
            None => None,
            Some(revoked) => Some(instant(revoked)?),
        };
        Some(Self { id, key, listed: instant(value.get("listed")?)?, revoked })
    }

    /// Whether the key may have signed a credential then, as far as is known now.
    pub(super) fn serves(&self, signed_at: Timestamp, now: Timestamp) -> bool {
        signed_at <= self.listed && self.revoked.is_none_or(|at| now < at)
    }
}
