use super::*;

#[test]
fn issue_present_verify() {
    let world = World::new();
    let caller = world.try_token(&world.presentation()).unwrap();
    assert_eq!(caller.did(), Some(&world.shop));
    assert!(caller.holds(adit::PARTNER_CREDENTIAL.as_str()));
    assert!(!caller.holds(adit::OWNER_CREDENTIAL.as_str()));
    let [held] = caller.credentials() else { panic!("one credential was shown") };
    assert_eq!((held.issuer(), held.subject()), (&world.oem, &world.shop));
    assert_eq!(held.id(), Some("urn:uuid:1"));
    assert_eq!(held.digest().len(), 64);
    assert_eq!(caller.valid_until(), Some(world.claims().valid_until));
}

#[test]
fn a_did_jwk_needs_no_document() {
    let mut world = World::new();
    world.shop = did_jwk(world.shop_key.public());
    let unverified = Unverified::parse(&world.presentation()).unwrap();
    assert_eq!(unverified.issuers(&world.trust, world.now).unwrap(), [world.oem.clone()]);
    assert_eq!(unverified.holder(), None);
    let caller = world.try_token(&world.presentation()).unwrap();
    assert_eq!(caller.did(), Some(&world.shop));
}

#[test]
fn a_did_key_needs_no_document() {
    for algorithm in [Algorithm::Es256, Algorithm::Ed25519] {
        let mut world = World::new();
        world.shop_key = Keypair::generate_for(algorithm).unwrap();
        world.shop = did_key(world.shop_key.public());
        let caller = world.try_token(&world.presentation()).unwrap();
        assert_eq!(caller.did(), Some(&world.shop));
    }
}

#[test]
fn a_caller_dies_with_trust_and_with_its_credentials() {
    let world = World::new();
    let caller = world.try_token(&world.presentation()).unwrap();
    let (statuses, nobody) = (&world.statuses, Trust::default());
    assert!(caller.still_trusted(&world.trust, statuses, world.now));
    assert!(!caller.still_trusted(&world.trust, statuses, world.claims().valid_until));
    assert!(!caller.still_trusted(&nobody, statuses, world.now));
    assert!(Caller::anonymous().still_trusted(&nobody, statuses, world.now));
}

#[test]
fn signatures_of_others_and_of_nobody() {
    let world = World::new();
    let token = resign(&world.presentation(), &world.oem_key, |_, _| {});
    let text = "the signature of did:web:shop.example does not fit the presentation";
    world.check(&token, "jose.signature", Cause::Proof, text);
    let token = world.present(&[resign(&world.credential(), &world.shop_key, |_, _| {})]);
    let text = "the signature of did:web:oem.example does not fit the credential";
    world.check(&token, "jose.signature", Cause::Proof, text);
    let token = world.presentation();
    let (signed, _) = token.rsplit_once('.').unwrap();
    let mut half = [0; 64];
    half[63] = 1;
    for signature in [&[][..], &[0; 63], &[0; 64], &half, &[0xff; 64], &[1; 4000]] {
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(world.try_token(&token).unwrap_err().code(), "jose.signature");
    }
}

#[test]
fn no_token_with_one_character_changed_passes() {
    let world = World::new();
    let (token, documents) = (world.presentation(), world.documents());
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let tried = world.try_token_with(&changed, &documents, &ForgetfulReplay::default());
        assert!(tried.is_err(), "byte {at}");
    }
    for length in 0..token.len() {
        assert!(
            world
                .try_token_with(&token[..length], &documents, &ForgetfulReplay::default())
                .is_err()
        );
    }
}

#[test]
fn a_refusal_never_repeats_the_token() {
    let world = World::new();
    let token = world.presentation();
    for shown in [
        format!("{:?}", Unverified::parse(&format!("{token}.x")).unwrap_err()),
        format!("{:?} {:?}", world.shop_key, world.shop_key.public()),
        format!("{:?}", Unverified::parse(&token).unwrap()),
    ] {
        let leaks = token.split('.').any(|part| shown.contains(part));
        assert!(!leaks, "{shown}");
        assert!(!shown.contains("\"d\""), "{shown}");
    }
    let long = "x".repeat(5000);
    let token = world.forge(|header, _| header["alg"] = json!(long));
    assert!(world.try_token(&token).unwrap_err().to_string().len() < 200);
}

#[test]
fn the_validity_of_a_credential() {
    let mut world = World::new();
    let (token, valid_until) = (world.credential(), world.claims().valid_until);
    world.now = valid_until - SignedDuration::from_secs(1);
    world.try_token(&world.present(std::slice::from_ref(&token))).unwrap();
    world.now = valid_until;
    let text = "the credential of did:web:oem.example was valid until 2026-11-23T12:00:00Z, now 2026-11-23T12:00:00Z; ask did:web:oem.example for a new one";
    world.check(&world.present(std::slice::from_ref(&token)), "vc.expired", Cause::Trust, text);
    world.now = "2026-11-22T11:58:59Z".parse().unwrap();
    let token = resign(&token, &world.oem_key, |_, payload| payload["iat"] = json!(0));
    let text = "the credential of did:web:oem.example is valid from 2026-11-22T12:00:00Z, now 2026-11-22T11:58:59Z";
    world.check(&world.present(&[token]), "vc.notYetValid", Cause::Trust, text);
}

#[test]
fn a_caller_lasts_no_longer_than_the_signature_of_a_credential() {
    let world = World::new();
    let exp = world.now + SignedDuration::from_mins(10);
    let token = world.forge_credential(|_, payload| payload["exp"] = json!(exp.as_second()));
    let caller = world.try_token(&token).unwrap();
    let end = exp + SignedDuration::from_secs(60);
    assert_eq!(caller.valid_until(), Some(end));
    let stands = |now| caller.still_trusted(&world.trust, &world.statuses, now);
    assert!(stands(end - SignedDuration::from_secs(1)));
    assert!(!stands(end));
}

#[test]
fn claims_of_a_credential_that_contradict_each_other() {
    let world = World::new();
    for (claim, value, code, text) in [
        (
            "iss",
            json!("did:web:x.example"),
            "claims.iss",
            "the claim 'iss' must be the issuer of the credential",
        ),
        (
            "sub",
            json!("did:web:x.example"),
            "claims.sub",
            "the claim 'sub' must be the id of credentialSubject",
        ),
        (
            "jti",
            json!("urn:uuid:2"),
            "claims.jti",
            "the claim 'jti' must be the id of the credential",
        ),
        (
            "id",
            json!("urn:uuid:1\u{1b}[2J"),
            "vc.id",
            "the claim 'id' must be a string without control characters",
        ),
        (
            "type",
            json!(["VerifiableCredential", "PartnerCredential", "Other\n"]),
            "vc.type",
            "the claim 'type' must be one string or several",
        ),
        (
            "credentialSchema",
            json!({"id": "https://x.example/\n", "type": "JsonSchema"}),
            "vc.schema",
            "the claim 'credentialSchema' must be an object with an id, without control characters",
        ),
        (
            "issuer",
            json!(7),
            "vc.issuer",
            "the claim 'issuer' must be a DID, or an object with one as id",
        ),
        ("issuer", json!("oem"), "vc.issuer", "the claim 'issuer' must be a DID"),
        (
            "credentialSubject",
            json!([]),
            "vc.subject",
            "the claim 'credentialSubject' must be one object with a DID as id",
        ),
        (
            "type",
            json!("PartnerCredential"),
            "vc.type",
            "the claim 'type' must be VerifiableCredential and a type of its own",
        ),
        (
            "validUntil",
            json!("2027-01-01"),
            "vc.validUntil",
            "the claim 'validUntil' must be a dateTime with its offset, such as 2026-01-31T00:00:00Z",
        ),
        (
            "validFrom",
            json!("2026-01-01T00:00:00"),
            "vc.validFrom",
            "the claim 'validFrom' must be a dateTime with its offset, such as 2026-01-31T00:00:00Z",
        ),
        (
            "exp",
            json!(1e300),
            "claims.exp",
            "the claim 'exp' must be a whole number of seconds since 1970",
        ),
    ] {
        let token = world.forge_credential(|_, payload| payload[claim] = value);
        world.check(&token, code, Cause::Claims, text);
    }
    for (context, got) in [
        (
            json!(["https://www.w3.org/ns/credentials/v2", "https://evil.example/c"]),
            "https://evil.example/c",
        ),
        (json!([ADIT_CONTEXT]), ADIT_CONTEXT),
        (json!(["https://www.w3.org/ns/credentials/v2", {"PartnerCredential": "x:y"}]), ""),
        (json!(null), ""),
    ] {
        let token = world.forge_credential(|_, payload| payload["@context"] = context);
        let text = format!(
            "the context '{got}' is not known here; known are https://www.w3.org/ns/credentials/v2 and https://w3id.org/adit/context.jsonld"
        );
        world.check(&token, "vc.context", Cause::Claims, &text);
    }
}
