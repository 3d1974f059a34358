//! Data Integrity: a proof inside the JSON that it proves, by the cryptosuite `eddsa-jcs-2022`.
//!
//! Implements [Data Integrity EdDSA Cryptosuites, eddsa-jcs-2022](https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022). The
//! bytes that are signed are canonical JSON, [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785#section-3), so no context is
//! ever fetched.

use crate::did::{Relationship, key_id};
use crate::jose_guard::multibase;
use crate::limits::*;
use crate::refusal::Claim;
use crate::secured::check_kid;
use crate::{Algorithm, Evidence, KeyError, Keypair, Refusal, read_json};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const CRYPTOSUITE: &str = "eddsa-jcs-2022";
const PROOF_TYPE: &str = "DataIntegrityProof";
/// The members that a proof may have; one that changes what is proved is not skipped.
const MEMBERS: [&str; 9] = [
    "@context",
    "id",
    "type",
    "cryptosuite",
    "created",
    "expires",
    "verificationMethod",
    "proofPurpose",
    "proofValue",
];

/// JSON with a proof in it; its form was checked and its signature was not.
#[derive(Debug)]
pub(crate) struct Embedded {
    /// The document without its proof.
    document: Map<String, Value>,
    /// The full name of the key.
    key: String,
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
    /// What the signature is over.
    hash: [u8; 64],
    signature: Vec<u8>,
    /// The SHA-256 of `hash` and `signature`.
    digest: [u8; 32],
}

impl Embedded {
    /// Reads a document with one embedded proof.
    pub(crate) fn parse(text: &str, bytes_max: usize) -> Result<Self, Refusal> {
        if text.len() > bytes_max {
            let (what, bytes, max) = ("credential", text.len(), bytes_max);
            return Err(Refusal::TooLarge { what, bytes, max });
        }
        let read = read_json(text.as_bytes(), JSON_DEPTH_MAX);
        let read = read.map_err(|problem| Refusal::Json { part: "credential", problem })?;
        let Value::Object(mut document) = read else { return Err(wrong("one object")) };
        match document.remove("proof") {
            Some(Value::Object(proof)) => Self::of(document, proof),
            Some(_) | None => Err(wrong("one proof, as an object")),
        }
    }

    fn of(
        mut document: Map<String, Value>,
        mut proof: Map<String, Value>,
    ) -> Result<Self, Refusal> {
        if let Some(unknown) = proof.keys().find(|member| !MEMBERS.contains(&member.as_str())) {
            return Err(Refusal::ProofMember { member: crate::refusal::clip(unknown) });
        }
        let value = proof.remove("proofValue");
        let text = |member: &str| proof.get(member).and_then(Value::as_str);
        if text("type") != Some(PROOF_TYPE) || text("cryptosuite") != Some(CRYPTOSUITE) {
            return Err(wrong("a DataIntegrityProof of the cryptosuite eddsa-jcs-2022"));
        }
        if text("proofPurpose") != Some(Relationship::AssertionMethod.as_str()) {
            return Err(wrong("of the proofPurpose assertionMethod"));
        }
        let instant = |member: &str| match proof.get(member) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .filter(|text| text.len() <= 40)
                .and_then(|text| text.parse().ok())
                .map(Some)
                .ok_or(wrong("with created and expires as dateTimes with their offsets")),
        };
        let (created, expires) = (instant("created")?, instant("expires")?);
        let key = text("verificationMethod")
            .ok_or(wrong("with the name of a key as verificationMethod"))?;
        let key = key.to_owned();
        let signature = value.as_ref().and_then(Value::as_str);
        let signature = signature.and_then(|text| multibase::decode(text, 64));
        let signature = signature.filter(|bytes| bytes.len() == 64);
        let signature =
            signature.ok_or(wrong("with 64 bytes in base58btc behind z as proofValue"))?;
        if let Some(context) = proof.get("@context") {
            if !begins_with(document.get("@context"), context) {
                return Err(wrong("of the same @context as the credential"));
            }
            document.insert("@context".to_owned(), context.clone());
        }
        let hash = hash(&proof, &document);
        let digest = Sha256::new().chain_update(hash).chain_update(&signature).finalize().into();
        Ok(Self { document, key, created, expires, hash, signature, digest })
    }

    /// The document without its proof.
    pub(crate) fn document(&self) -> &Map<String, Value> {
        &self.document
    }

    /// A digest of what was proved and of the proof.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// When the proof ends.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether a key of the signer for assertions made the proof.
    pub(crate) fn check_signature(
        &self,
        signer: &Did,
        evidence: &Evidence<'_>,
        what: &'static str,
    ) -> Result<(), Refusal> {
        check_kid(Some(&self.key), signer)?;
        let asserts = Relationship::AssertionMethod;
        let key = evidence.key(signer, asserts, Some(&self.key), self.created)?;
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(Refusal::NoKey { did: signer.clone(), relationship: asserts.as_str() });
        }
        if !evidence.check(self.digest, &key, &self.hash, &self.signature) {
            return Err(Refusal::Signature { did: signer.clone(), what });
        }
        Ok(())
    }

    /// Whether the proof was not made in the future and has not ended.
    pub(crate) fn signature_stands(&self, now: Timestamp) -> Result<(), Refusal> {
        if let Some(issued_at) = self.created
            && issued_at.as_second() - SKEW_S > now.as_second()
        {
            return Err(Refusal::IssuedAt { issued_at, now });
        }
        match self.expires {
            Some(expired_at) if expired_at <= now => Err(Refusal::Expired { expired_at, now }),
            Some(_) | None => Ok(()),
        }
    }
}

/// Puts a proof into a document, by a DID with one of its Ed25519 keys.
///
/// # Errors
/// A key for another algorithm, or one that cannot sign.
pub(crate) fn embed_proof(
    keypair: &Keypair,
    signer: &Did,
    mut document: Map<String, Value>,
    created: Timestamp,
) -> Result<Value, KeyError> {
    if keypair.public().algorithm() != Algorithm::Ed25519 {
        return Err(KeyError::Library { what: "make an embedded proof: it needs an Ed25519 key" });
    }
    let mut proof = Map::from_iter([
        ("type".to_owned(), json!(PROOF_TYPE)),
        ("cryptosuite".to_owned(), json!(CRYPTOSUITE)),
        ("created".to_owned(), json!(created.to_string())),
        ("verificationMethod".to_owned(), json!(key_id(signer, keypair.public()))),
        ("proofPurpose".to_owned(), json!(Relationship::AssertionMethod.as_str())),
    ]);
    if let Some(context) = document.get("@context") {
        proof.insert("@context".to_owned(), context.clone());
    }
    let signature = keypair.sign(&hash(&proof, &document))?;
    proof.insert("proofValue".to_owned(), json!(multibase::encode(&signature)));
    document.insert("proof".to_owned(), Value::Object(proof));
    Ok(Value::Object(document))
}

/// The hash of the proof's configuration, then that of the document.
fn hash(config: &Map<String, Value>, document: &Map<String, Value>) -> [u8; 64] {
    let mut hash = [0; 64];
    for (half, members) in hash.chunks_mut(32).zip([config, document]) {
        let canonical = serde_json_canonicalizer::to_vec(members)
            .expect("members that were read from JSON are always canonicalised");
        half.copy_from_slice(&Sha256::digest(canonical));
    }
    hash
}

/// Whether the contexts of a document begin with those of its proof.
fn begins_with(document: Option<&Value>, proof: &Value) -> bool {
    let list = |value: &Value| match value {
        Value::Array(entries) => entries.clone(),
        one => vec![one.clone()],
    };
    document.is_some_and(|document| list(document).starts_with(&list(proof)))
}

fn wrong(expected: &'static str) -> Refusal {
    Refusal::Claim { claim: Claim::Proof, expected }
}

#[cfg(test)]
mod tests;
