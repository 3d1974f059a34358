//! Self-issued identity tokens: who sends a message, said and signed by the sender alone.

use crate::claims::Payload;
use crate::credential::check_kid;
use crate::did::{Method, Relationship, method_of};
use crate::gate::{audience_of, holder_of, jti_of, life_of};
use crate::jose_guard::{Compact, Typ, sign};
use crate::limits::*;
use crate::refusal::Claim;
use crate::{Evidence, KeyError, Keypair, Refusal, Trust};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};

/// A self-issued token whose form was checked; nothing about it is proved.
///
/// ```
/// use adit_credentials::dcp::SelfIssued;
/// assert_eq!(SelfIssued::parse("not a token").unwrap_err().code(), "jose.alphabet");
/// ```
#[derive(Debug)]
pub struct SelfIssued {
    compact: Compact,
    sender: Did,
    audience: String,
    jti: String,
    issued_at: Timestamp,
    expires_at: Timestamp,
    token: Option<AccessToken>,
}

/// Who sent a message, as a self-issued token proved it.
///
/// Made only by [`SelfIssued::verify`].
#[derive(Debug)]
pub struct Sender {
    did: Did,
    token: Option<AccessToken>,
}

/// An opaque access token; whoever reads a log must not find it there.
#[derive(Clone)]
struct AccessToken(String);

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken")
    }
}

impl Sender {
    /// Who.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The access token that was sent along.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str())
    }
}

impl SelfIssued {
    /// Steps 1 to 6 of the gate for a self-issued token.
    ///
    /// Implements [Self-Issued ID Tokens](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#self-issued-id-tokens).
    ///
    /// # Errors
    /// Anything that is wrong with its form; [`Refusal::Typ`] for a token of another kind.
    pub fn parse(token: &str) -> Result<Self, Refusal> {
        let compact = Compact::parse(token, Typ::SelfIssued)?;
        let payload = Payload(&compact.payload);
        let sender = holder_of(&payload)?;
        if payload.get(Claim::Sub).is_none() {
            let (claim, expected) = (Claim::Sub, "the same DID as iss");
            return Err(Refusal::Claim { claim, expected });
        }
        check_kid(compact.kid.as_deref(), &sender)?;
        let (issued_at, expires_at) = life_of(&payload, SELF_ISSUED_LIFE_S_MAX)?;
        let expected = "a string of 1 to 8192 bytes";
        let token = payload.text(Claim::Token, expected)?;
        if token.is_some_and(|token| token.is_empty() || token.len() > ACCESS_TOKEN_BYTES_MAX) {
            return Err(Refusal::Claim { claim: Claim::Token, expected });
        }
        Ok(Self {
            audience: audience_of(&payload)?,
            jti: jti_of(&payload)?,
            token: token.map(|token| AccessToken(token.to_owned())),
            sender,
            issued_at,
            expires_at,
            compact,
        })
    }

    /// Who is said to send.
    pub fn unverified_sender(&self) -> &Did {
        &self.sender
    }

    /// Whether an access token goes along, by which the sender's credentials can be asked for.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The DID whose document [`verify`](Self::verify) needs and that the network must be asked for.
    ///
    /// # Errors
    /// [`Refusal::Blocked`] for a sender that was stopped, [`Refusal::Audience`] for a token that is not for us: such a
    /// token causes no outbound request.
    pub fn did(&self, trust: &Trust, audience: &Did) -> Result<Option<&Did>, Refusal> {
        self.check_audience(audience)?;
        if trust.blocks(&self.sender) {
            return Err(Refusal::Blocked { holder: self.sender.clone() });
        }
        Ok(match method_of(&self.sender)? {
            Method::Elsewhere => Some(&self.sender),
            Method::Spelled(_) => None,
        })
    }

    /// Checks signature, claims and first use; what stands is the [`Sender`].
    ///
    /// Implements [Validating Self-Issued ID Tokens](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#validating-self-issued-id-tokens).
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the gate.
    pub fn verify(&self, evidence: &Evidence<'_>) -> Result<Sender, Refusal> {
        self.did(evidence.trust, evidence.audience)?;
        let use_of_key = Relationship::CapabilityInvocation;
        evidence.check_signature(&self.compact, &self.sender, use_of_key, "self-issued token")?;
        self.check_times(evidence.now)?;
        let until = self.expires_at.saturating_add(SignedDuration::from_secs(SELF_ISSUED_SKEW_S));
        let until = until.expect("adding seconds to an instant saturates");
        match evidence.replay.first_use(&self.sender, &self.jti, until) {
            Ok(true) => Ok(Sender { did: self.sender.clone(), token: self.token.clone() }),
            Ok(false) => Err(Refusal::Replayed),
            Err(fault) => Err(Refusal::ReplayUnknown(fault)),
        }
    }

    fn check_audience(&self, audience: &Did) -> Result<(), Refusal> {
        if self.audience == audience.as_str() {
            Ok(())
        } else {
            Err(Refusal::Audience { expected: audience.clone() })
        }
    }

    /// Step 10, with the smaller allowance for clocks that differ.
    fn check_times(&self, now: Timestamp) -> Result<(), Refusal> {
        let now_s = now.as_second();
        if self.expires_at.as_second() + SELF_ISSUED_SKEW_S <= now_s {
            return Err(Refusal::Expired { expired_at: self.expires_at, now });
        }
        let not_before = Payload(&self.compact.payload).seconds(Claim::Nbf)?;
        for begins_at in [Some(self.issued_at), not_before].into_iter().flatten() {
            if begins_at.as_second() - SELF_ISSUED_SKEW_S > now_s {
                return Err(Refusal::IssuedAt { issued_at: begins_at, now });
            }
        }
        if now_s - self.issued_at.as_second() > SELF_ISSUED_AGE_S_MAX + SELF_ISSUED_SKEW_S {
            return Err(Refusal::IssuedAt { issued_at: self.issued_at, now });
        }
        Ok(())
    }
}

/// Signs a self-issued token for one audience, to be used once within five minutes; `token` is an access token that
/// goes along, ours for the audience to come back with, or the audience's own.
///
/// # Errors
/// The cryptographic library fails.
pub fn self_issue(
    keypair: &Keypair,
    sender: &Did,
    audience: &Did,
    token: Option<&str>,
    jti: &str,
    now: Timestamp,
) -> Result<String, KeyError> {
    let issued_at = now.as_second();
    let mut payload = Map::from_iter([
        ("iss".to_owned(), json!(sender)),
        ("sub".to_owned(), json!(sender)),
        ("aud".to_owned(), json!(audience)),
        ("jti".to_owned(), json!(jti)),
        ("iat".to_owned(), json!(issued_at)),
        ("exp".to_owned(), json!(issued_at + SELF_ISSUED_AGE_S_MAX)),
    ]);
    payload.extend(token.map(|token| ("token".to_owned(), json!(token))));
    sign(keypair, sender, Typ::SelfIssued, &json!(payload))
}
