//! What the fuzzer calls: the readers of bytes that strangers send. Whatever they are, nothing panics.
//!
//! `tests/fuzz.rs` replays with the same functions what is in `corpus/` and what was once found, in `found/`.
#![allow(dead_code, reason = "each fuzz target is one of these functions")]

use adit_credentials::dcp::{self, PresentationQuery};
use adit_credentials::{
    Credential, DidDocument, Documents, Evidence, ForgetfulReplay, StatusForm, StatusList,
    Statuses, Trust, TrustList, Unverified, Verified, WantedList, credential_type, did_web_url,
};
use adit_facts::{Limits, QueryText};
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;

/// A target: takes any bytes, and says whether some reader let them through.
pub type Target = fn(&[u8]) -> bool;

/// Every target, by name.
pub const TARGETS: [(&str, Target); 5] = [
    ("token", token),
    ("did", did),
    ("status_list", status_list),
    ("presentation", presentation),
    ("query", query),
];

/// Between the parts of an input that has several.
const BETWEEN: &str = "\n---\n";

/// Text in the place of a token; and header and payload, put together as one.
pub fn token(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let (header, payload) = text.split_once(BETWEEN).unwrap_or((text, ""));
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let put_together = format!("{}.{}.{}", part(header), part(payload), part(&"s".repeat(64)));
    // Each, though one may let it through before.
    every_reader(text) | every_reader(&put_together)
}

/// Each kind of token has one reader, and each reader meets every kind.
fn every_reader(text: &str) -> bool {
    [
        Unverified::parse(text).is_ok(),
        Unverified::parse11(text).is_ok(),
        Credential::peek(text).is_ok(),
        Credential::read(text).is_ok(),
        dcp::SelfIssued::parse(text).is_ok(),
        dcp::Kept::read(text).is_ok(),
        PresentationQuery::read(text.as_bytes()).is_ok(),
    ]
    .contains(&true)
}

/// A DID on the first line, its document below.
pub fn did(data: &[u8]) -> bool {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (line, document) = data.split_at(end);
    let Some(did) = std::str::from_utf8(line).ok().and_then(|text| text.parse::<Did>().ok()) else {
        return false;
    };
    if let Ok(url) = did_web_url(&did) {
        // What is asked is on the host that the DID names.
        let host = url.strip_prefix("https://").and_then(|rest| rest.split('/').next()).unwrap();
        assert_eq!(host.replace(':', "%3A"), did.id().split(':').next().unwrap());
    }
    DidDocument::parse(&did, document).is_ok_and(|document| {
        assert_eq!(*document.did(), did);
        document.assertion_keys(now()).len() + document.connector().map_or(0, str::len) > 0
    })
}

/// What lies at the address of a status list: any bytes; the payload of one, signed; the bytes behind `encodedList`.
pub fn status_list(data: &[u8]) -> bool {
    let signer = Signer::new();
    let wanted = WantedList {
        url: "https://a.example/status/1".to_owned(),
        issuer: signer.did.clone(),
        form: StatusForm::Bitstring,
    };
    let list = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "id": wanted.url, "issuer": signer.did,
        "credentialSubject": {
            "id": format!("{}#list", wanted.url), "type": "BitstringStatusList",
            "statusPurpose": "revocation", "encodedList": format!("u{}", URL_SAFE_NO_PAD.encode(data)),
        },
    });
    let signed = signer.token("vc+jwt", data);
    let packed = signer.token("vc+jwt", list.to_string().as_bytes());
    let read = |evidence: &Evidence<'_>| {
        let bodies = [data, signed.as_bytes(), packed.as_bytes()];
        bodies.map(|body| {
            let list = StatusList::read(&wanted, body, evidence);
            list.is_ok_and(|list| {
                assert!(list.bytes() <= 16 << 20);
                true
            })
        })
    };
    signer.with_evidence(read).contains(&true)
}

/// The payload of a presentation, then those of credentials that it names `{{1}}`, `{{2}}`, …; all are signed here.
pub fn presentation(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let signer = Signer::new();
    let mut parts = text.split(BETWEEN);
    let mut payload = parts.next().unwrap_or_default().to_owned();
    for (number, credential) in (1..=3).zip(parts) {
        let token = signer.token("vc+jwt", credential.as_bytes());
        payload = payload.replacen(&format!("{{{{{number}}}}}"), &token, 2);
    }
    let Ok(unverified) = Unverified::parse(&signer.token("vp+jwt", payload.as_bytes())) else {
        return false;
    };
    signer.with_evidence(|evidence| {
        drop(unverified.issuers(evidence.trust, evidence.now));
        drop(unverified.check_issuers(evidence));
        drop(unverified.status_lists(evidence));
        unverified.verify(evidence).is_ok_and(|caller| {
            // Only what the signer says of itself can hold here.
            assert_eq!(caller.did(), Some(&signer.did));
            assert!(caller.credentials().iter().all(|held| *held.issuer() == signer.did));
            true
        })
    })
}

/// The most exclamation marks of a query that is fed to the parser here: in a text that is none it takes nearly twice as
/// long for each bracket behind one, which in the program the time of a worker ends (`tests/hostile/negations-nested.toml`).
const NEGATIONS: usize = 10;

/// A query: what the scan lets through, the parser reads.
pub fn query(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    if text.matches('!').count() > NEGATIONS {
        return false;
    }
    let query = QueryText::scan(text, Some("https://a.example/sparql"), &Limits::default());
    query.is_ok_and(|query| query.parse().is_ok())
}

/// Somebody who signs whatever it is given; issuer, holder and verifier at once.
struct Signer {
    key: Ed25519KeyPair,
    did: Did,
}

impl Signer {
    /// Always the same one, so that a finding stays one.
    fn new() -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let x = URL_SAFE_NO_PAD.encode(key.public_key().as_ref());
        let jwk = json!({ "crv": "Ed25519", "kty": "OKP", "x": x });
        let did = format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(jwk.to_string()));
        Self { key, did: did.parse().unwrap() }
    }

    fn token(&self, typ: &str, payload: &[u8]) -> String {
        let kid = format!("{}#0", self.did);
        let header = json!({ "alg": "EdDSA", "typ": typ, "kid": kid }).to_string();
        // In a corpus the signer's DID is written shorter.
        let payload = String::from_utf8_lossy(payload).replace("{{signer}}", self.did.as_str());
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", part(header.as_bytes()), part(payload.as_bytes()));
        let signature = part(self.key.sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }

    /// Runs a check with the signer trusted for two types, at a fixed time.
    fn with_evidence<T>(&self, check: impl FnOnce(&Evidence<'_>) -> T) -> T {
        let mut own = TrustList::default();
        let types = ["ResearcherCredential", "MembershipCredential"];
        own.add(&self.did, types.map(|it| credential_type(it).unwrap()), None).unwrap();
        let (documents, statuses) = (Documents::default(), Statuses::default());
        let (replay, verified) = (ForgetfulReplay::default(), Verified::default());
        check(&Evidence {
            documents: &documents,
            statuses: &statuses,
            trust: &Trust::new(own, Vec::new()),
            audience: &self.did,
            replay: &replay,
            verified: &verified,
            now: now(),
        })
    }
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}
