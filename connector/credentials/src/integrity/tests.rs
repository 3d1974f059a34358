use super::*;
use crate::{Documents, ForgetfulReplay, PublicKey, Statuses, Trust, Verified};

const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

/// The credential of [B.2, Representation: eddsa-jcs-2022](https://www.w3.org/TR/vc-di-eddsa/#representation-eddsa-jcs-2022).
fn unsecured() -> Map<String, Value> {
    let document = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:abcdefgh",
            "alumniOf": "The School of Examples",
        },
    });
    document.as_object().unwrap().clone()
}

fn signer() -> Did {
    format!("did:key:{KEY}").parse().unwrap()
}

/// The published key pair; its private half is a seed behind the two bytes of its codec.
fn keypair() -> Keypair {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let private =
        multibase::decode("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq", 64).unwrap();
    let seed = private.strip_prefix(&[0x80, 0x26]).unwrap();
    let mut jwk = PublicKey::from_multibase(KEY).unwrap().unwrap().to_jwk();
    jwk["d"] = json!(URL_SAFE_NO_PAD.encode(seed));
    Keypair::from_private_jwk(&jwk.to_string()).unwrap()
}

fn check(text: &str, now: &str) -> Result<(), (&'static str, String)> {
    let (documents, statuses, trust) =
        (Documents::default(), Statuses::default(), Trust::default());
    let (audience, replay, verified) = (signer(), ForgetfulReplay::default(), Verified::default());
    let evidence = Evidence {
        documents: &documents,
        statuses: &statuses,
        trust: &trust,
        audience: &audience,
        replay: &replay,
        verified: &verified,
        now: now.parse().unwrap(),
    };
    let check = Embedded::parse(text, TOKEN_BYTES_MAX).and_then(|embedded| {
        embedded.check_signature(&signer(), &evidence, "credential")?;
        embedded.signature_stands(evidence.now)
    });
    check.map_err(|refusal| (refusal.code(), refusal.to_string()))
}

#[test]
fn the_published_credential_in_every_step() {
    let created = "2023-02-24T23:36:38Z".parse().unwrap();
    let signed = embed_proof(&keypair(), &signer(), unsecured(), created).unwrap();
    let value =
        "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX";
    assert_eq!(signed["proof"]["proofValue"], value);
    let embedded = Embedded::parse(&signed.to_string(), TOKEN_BYTES_MAX).unwrap();
    let (config, document) = embedded.hash.split_at(32);
    assert_eq!(
        hex::encode(config),
        "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db"
    );
    assert_eq!(
        hex::encode(document),
        "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
    );
    assert_eq!(
        hex::encode(&embedded.signature),
        "407cd12654b33d718ecbb99179a1506daaa849450bf3fc523cce3e1c96f8b80351da3f253d725c6f00b07c9e5448d50b3ef78012b9ab54255116d069c6dd2808"
    );
    assert_eq!(check(&signed.to_string(), "2026-11-22T00:00:00Z"), Ok(()));
}

#[test]
fn any_change_is_refused() {
    let created = "2023-02-24T23:36:38Z".parse().unwrap();
    let signed = embed_proof(&keypair(), &signer(), unsecured(), created).unwrap();
    let changes = [
        ("/name", json!("Another"), "jose.signature"),
        ("/proof/created", json!("2023-02-24T23:36:39Z"), "jose.signature"),
        ("/proof/created", json!("yesterday"), "vc.proof"),
        ("/proof/type", json!("Ed25519Signature2020"), "vc.proof"),
        ("/proof/cryptosuite", json!("eddsa-rdfc-2022"), "vc.proof"),
        ("/proof/proofPurpose", json!("authentication"), "vc.proof"),
        ("/proof/proofValue", json!("z1"), "vc.proof"),
        ("/proof/proofValue", json!("uAAAA"), "vc.proof"),
        ("/proof/@context", json!(["https://elsewhere.example"]), "vc.proof"),
        ("/proof/verificationMethod", json!("did:key:z6MkOther#z6MkOther"), "did.key"),
        ("/proof", json!([]), "vc.proof"),
    ];
    for (pointer, value, code) in changes {
        let mut changed = signed.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let (got, text) = check(&changed.to_string(), "2026-11-22T00:00:00Z").unwrap_err();
        assert_eq!(got, code, "{pointer}: {text}");
    }
    for member in ["nonce", "previousProof", "domain"] {
        let mut changed = signed.clone();
        changed["proof"][member] = json!("x");
        let (code, text) = check(&changed.to_string(), "2026-11-22T00:00:00Z").unwrap_err();
        assert_eq!(code, "vc.proof", "{text}");
    }
}

#[test]
fn a_proof_has_its_time() {
    let created = "2023-02-24T23:36:38Z".parse().unwrap();
    let signed = embed_proof(&keypair(), &signer(), unsecured(), created).unwrap().to_string();
    let (code, _) = check(&signed, "2023-02-24T23:30:00Z").unwrap_err();
    assert_eq!(code, "claims.iat");
}

#[test]
fn only_an_ed25519_key_makes_such_a_proof() {
    let p256 = Keypair::generate().unwrap();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let error = embed_proof(&p256, &signer(), unsecured(), now).unwrap_err();
    assert!(error.to_string().contains("Ed25519"), "{error}");
}
