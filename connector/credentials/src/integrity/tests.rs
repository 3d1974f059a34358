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

/// The canonical form of JSON as it comes: what is hashed.
fn canonical(text: &str) -> String {
    let read = read_json(text.as_bytes(), JSON_DEPTH_MAX).unwrap();
    serde_json_canonicalizer::to_string(&read).unwrap()
}

/// The examples of [RFC 8785, 3.2.2](https://www.rfc-editor.org/rfc/rfc8785#section-3.2.2) and
/// [3.2.3](https://www.rfc-editor.org/rfc/rfc8785#section-3.2.3).
#[test]
fn rfc_8785_literals_strings_and_the_order_of_members() {
    let sample = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
    assert_eq!(canonical(sample), expected);
    let sample = r#"{
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let canonical = canonical(sample);
    let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
    let places = order.map(|word| canonical.find(word).unwrap());
    assert!(places.is_sorted(), "{canonical}");
}

/// The numbers of [RFC 8785, B](https://www.rfc-editor.org/rfc/rfc8785#appendix-B): the bits of a double and its text.
#[test]
fn rfc_8785_numbers() {
    for (bits, text) in [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] {
        let number = f64::from_bits(bits);
        assert_eq!(serde_json_canonicalizer::to_string(&number).unwrap(), text, "{bits:x}");
        // As it comes in a document, in its own text and in the canonical one.
        for written in [format!("{number:e}"), text.to_owned()] {
            assert_eq!(canonical(&written), text, "{written}");
        }
    }
    for no_number in ["NaN", "Infinity", "1e400"] {
        assert!(read_json(no_number.as_bytes(), JSON_DEPTH_MAX).is_err(), "{no_number}");
    }
}

/// A whole number that a double cannot hold: every reader has to come to the same text.
#[test]
fn a_number_beyond_a_double_is_rounded_as_rfc_8785_says() {
    for (written, text) in [
        ("9007199254740993", "9007199254740992"),
        ("-9007199254740993", "-9007199254740992"),
        ("18446744073709551615", "18446744073709552000"),
        ("56.0", "56"),
        ("-0", "0"),
    ] {
        assert_eq!(canonical(written), text);
    }
}
