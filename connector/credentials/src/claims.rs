//! Claims read as our own checked values: integers, DIDs and instants, never through a token library.

use crate::did::method_of;
use crate::limits::*;
use crate::refusal::{Claim, clip};
use crate::{KNOWN_CONTEXTS, Refusal};
use adit_vocab::{Did, NotADid};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// The payload of a token, with readers that refuse what has the wrong form.
pub(crate) struct Payload<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Payload<'a> {
    pub(crate) fn get(&self, claim: Claim) -> Option<&'a Value> {
        self.0.get(claim.as_str())
    }

    /// Refuses a claim that the kind of token must not have.
    pub(crate) fn without(&self, claim: Claim, instead: &'static str) -> Result<(), Refusal> {
        match self.get(claim) {
            None => Ok(()),
            Some(_) => Err(Refusal::Claim { claim, expected: instead }),
        }
    }

    pub(crate) fn text(
        &self,
        claim: Claim,
        expected: &'static str,
    ) -> Result<Option<&'a str>, Refusal> {
        match self.get(claim) {
            None => Ok(None),
            Some(Value::String(text)) if is_plain(text) => Ok(Some(text)),
            Some(_) => Err(Refusal::Claim { claim, expected }),
        }
    }

    /// A DID of an accepted method.
    pub(crate) fn did(&self, claim: Claim) -> Result<Option<Did>, Refusal> {
        let expected = "a DID";
        self.text(claim, expected)?.map(|text| read_did(text, claim)).transpose()
    }

    /// Seconds since 1970 as an instant; [RFC 7519](https://www.rfc-editor.org/rfc/rfc7519#section-2) allows
    /// fractions, this profile does not.
    pub(crate) fn seconds(&self, claim: Claim) -> Result<Option<Timestamp>, Refusal> {
        let Some(value) = self.get(claim) else { return Ok(None) };
        let seconds = value.as_i64().filter(|seconds| *seconds >= 0);
        let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let expected = "a whole number of seconds since 1970";
        instant.map(Some).ok_or(Refusal::Claim { claim, expected })
    }

    /// An instant as text, with its offset.
    pub(crate) fn instant(&self, claim: Claim) -> Result<Option<Timestamp>, Refusal> {
        let expected = "a dateTime with its offset, such as 2026-01-31T00:00:00Z";
        let Some(text) = self.text(claim, expected)? else { return Ok(None) };
        match text.parse() {
            Ok(instant) if text.len() <= 40 => Ok(Some(instant)),
            _ => Err(Refusal::Claim { claim, expected }),
        }
    }

    /// The strings of a claim that is one string or an array of them.
    pub(crate) fn words(&self, claim: Claim) -> Result<Vec<&'a str>, Refusal> {
        words(self.get(claim)).ok_or(Refusal::Claim { claim, expected: "one string or several" })
    }

    /// Refuses a context that is not known: its terms could mean anything.
    pub(crate) fn known_contexts(&self) -> Result<(), Refusal> {
        self.contexts_among(&KNOWN_CONTEXTS)
    }

    /// Refuses a context that is not on a list, whose first must come first.
    pub(crate) fn contexts_among(&self, known: &[&str]) -> Result<(), Refusal> {
        let contexts = words(self.0.get("@context"));
        let contexts = contexts.ok_or(Refusal::Context { got: String::new() })?;
        let unknown = contexts.iter().find(|context| !known.contains(context));
        match (unknown, contexts.first()) {
            (None, Some(first)) if known.first() == Some(first) => Ok(()),
            (None, first) => Err(Refusal::Context { got: clip(first.unwrap_or(&"")) }),
            (Some(got), _) => Err(Refusal::Context { got: clip(got) }),
        }
    }

    /// When it says that it was signed: `iat`, `nbf` before it was common, or when its validity begins.
    pub(crate) fn signed_at(&self) -> Option<Timestamp> {
        let seconds = |claim| self.seconds(claim).ok().flatten();
        seconds(Claim::Iat)
            .or_else(|| seconds(Claim::Nbf))
            .or_else(|| self.instant(Claim::ValidFrom).ok().flatten())
    }

    /// Step 10: the signature has not ended and was not made in the future.
    pub(crate) fn signature_stands(&self, now: Timestamp) -> Result<(), Refusal> {
        if let Some(expired_at) = self.seconds(Claim::Exp)?
            && expired_at.as_second() + SKEW_S <= now.as_second()
        {
            return Err(Refusal::Expired { expired_at, now });
        }
        self.not_from_the_future(now)
    }

    /// Until when [`signature_stands`](Self::signature_stands).
    pub(crate) fn signature_ends(&self) -> Option<Timestamp> {
        let expired_at = self.seconds(Claim::Exp).ok().flatten()?;
        expired_at.saturating_add(SignedDuration::from_secs(SKEW_S)).ok()
    }

    /// Neither made nor begun in the future.
    pub(crate) fn not_from_the_future(&self, now: Timestamp) -> Result<(), Refusal> {
        for claim in [Claim::Iat, Claim::Nbf] {
            if let Some(issued_at) = self.seconds(claim)?
                && issued_at.as_second() - SKEW_S > now.as_second()
            {
                return Err(Refusal::IssuedAt { issued_at, now });
            }
        }
        Ok(())
    }
}

/// Step 6: a DID of an accepted method.
pub(crate) fn read_did(text: &str, claim: Claim) -> Result<Did, Refusal> {
    let did: Did = text.parse().map_err(|NotADid(did)| {
        if did.starts_with("did:") && is_plain(&did) {
            Refusal::DidForm { did, why: "it is not written as a DID is" }
        } else {
            Refusal::Claim { claim, expected: "a DID" }
        }
    })?;
    method_of(&did)?;
    Ok(did)
}

/// Whether text has no control characters: claims are shown to people and written to logs before anything is proved.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn words(value: Option<&Value>) -> Option<Vec<&str>> {
    match value? {
        Value::String(word) => is_plain(word).then(|| vec![word.as_str()]),
        Value::Array(words) => {
            words.iter().map(|word| word.as_str().filter(|it| is_plain(it))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}
