//! Self-issued tokens.

use super::*;

/// The shop's token, changed.
fn forged(change: impl FnOnce(&mut Value, &mut Value)) -> String {
    resigned(&token(Some("secret")), change)
}

#[test]
fn a_self_issued_token_proves_its_sender_once() {
    let replay = ForgetfulReplay::default();
    let sender = verify(&token(Some("secret")), &documents(), &replay).unwrap();
    assert_eq!((sender.did(), sender.token()), (&did("shop"), Some("secret")));
    assert!(!format!("{sender:?}").contains("secret"));
    let again = verify(&token(None), &documents(), &replay).unwrap_err();
    assert_eq!((again.code(), again.cause()), ("claims.replay", Cause::Claims));
}

#[test]
fn every_rule_for_self_issued_tokens_has_its_refusal() {
    let now = NOW.as_second();
    let claim = |name: &'static str, value: Value| {
        forged(move |_, payload| {
            let members = payload.as_object_mut().unwrap();
            drop(if value.is_null() {
                members.remove(name)
            } else {
                members.insert(name.into(), value)
            });
        })
    };
    let cases = [
        ("another sub", claim("sub", json!("did:web:oem.example")), "claims.sub"),
        ("no sub", claim("sub", Value::Null), "claims.sub"),
        ("no iss", claim("iss", Value::Null), "claims.iss"),
        ("another audience", claim("aud", json!("did:web:oem.example")), "claims.aud"),
        (
            "two audiences",
            claim("aud", json!(["did:web:mill.example", "did:web:x.example"])),
            "claims.aud",
        ),
        ("no jti", claim("jti", Value::Null), "claims.jti"),
        ("no iat", claim("iat", Value::Null), "claims.iat"),
        ("no exp", claim("exp", Value::Null), "claims.exp"),
        ("exp after more than ten minutes", claim("exp", json!(now + 602)), "claims.exp"),
        ("exp before iat", claim("exp", json!(now - 1)), "claims.exp"),
        ("iat a minute ahead", claim("iat", json!(now + 60)), "claims.iat"),
        ("nbf a minute ahead", claim("nbf", json!(now + 60)), "claims.iat"),
        ("an empty access token", claim("token", json!("")), "dcp.access"),
        ("an access token of 9 KB", claim("token", json!("x".repeat(9 << 10))), "dcp.access"),
        ("a credential", claim("vc", json!({})), "jose.typ"),
        ("a presentation", claim("vp", json!({})), "jose.typ"),
        ("a typ of another kind", forged(|header, _| header["typ"] = json!("vc+jwt")), "jose.typ"),
        (
            "a key of another",
            forged(|header, _| header["kid"] = json!("did:web:oem.example#k")),
            "did.key",
        ),
        (
            "a key that is not there",
            forged(|header, _| header["kid"] = json!("did:web:shop.example#k")),
            "did.key",
        ),
    ];
    for (what, token, code) in cases {
        let refusal = verify(&token, &documents(), &ForgetfulReplay::default()).unwrap_err();
        assert_eq!(refusal.code(), code, "{what}: {refusal}");
    }
    for fine in [
        claim("iat", json!(now + 20)),
        claim("nbf", json!(now)),
        claim("exp", json!(now + 600)),
        forged(|header, _| drop(header.as_object_mut().unwrap().remove("typ"))),
        forged(|header, _| drop(header.as_object_mut().unwrap().remove("kid"))),
    ] {
        verify(&fine, &documents(), &ForgetfulReplay::default()).unwrap();
    }
}

#[test]
fn a_token_that_ended_or_is_old_is_refused() {
    let later = |seconds: i64| {
        let (documents, replay) = (documents(), ForgetfulReplay::default());
        let token = SelfIssued::parse(&token(None)).unwrap();
        with_evidence(&documents, &replay, |evidence| {
            let now = *NOW + SignedDuration::from_secs(seconds);
            token.verify(&Evidence { now, ..*evidence }).map(drop).map_err(|it| it.code())
        })
    };
    assert_eq!(later(329), Ok(()));
    assert_eq!(later(330), Err("claims.exp"));
}

#[test]
fn the_key_is_one_for_capability_invocation_and_named_where_there_are_several() {
    let refusal = |change: fn(&mut Value), token: &str| {
        let documents = [document("shop", &SHOP_KEY, change)].into_iter().collect();
        verify(token, &documents, &ForgetfulReplay::default()).map(drop).map_err(|it| it.code())
    };
    let nameless = forged(|header, _| drop(header.as_object_mut().unwrap().remove("kid")));
    let not_listed = |it: &mut Value| it["capabilityInvocation"] = json!([]);
    assert_eq!(refusal(not_listed, &token(None)), Err("did.key"));
    let several = |it: &mut Value| {
        let mut other = it["verificationMethod"][0].clone();
        other["id"] = json!("did:web:shop.example#other");
        it["verificationMethod"].as_array_mut().unwrap().push(other);
    };
    assert_eq!(refusal(several, &nameless), Err("did.key"));
    assert_eq!(refusal(several, &token(None)), Ok(()));
}

#[test]
fn a_stopped_sender_and_another_audience_are_known_before_any_request() {
    let mut list = TrustList::default();
    list.block(&did("shop"), true);
    let parsed = SelfIssued::parse(&token(None)).unwrap();
    assert_eq!(parsed.did(&list.into(), &did("mill")).unwrap_err().code(), "trust.blocked");
    assert_eq!(parsed.did(&trust(), &did("oem")).unwrap_err().code(), "claims.aud");
    assert_eq!(parsed.did(&trust(), &did("mill")).unwrap(), Some(&did("shop")));
}
