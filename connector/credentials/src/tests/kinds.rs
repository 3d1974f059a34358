use super::*;
use crate::jose_guard::Compact;

const KINDS: [Typ; 6] = [
    Typ::Credential,
    Typ::Presentation,
    Typ::SelfIssued,
    Typ::Credential11,
    Typ::Presentation11,
    Typ::TrustList,
];

/// A token of one kind, by what makes it that kind.
fn of_kind(kind: Typ, key: &Keypair) -> String {
    let payload = match kind {
        Typ::Credential11 => json!({"vc": {}}),
        Typ::Presentation11 => json!({"vp": {}}),
        Typ::Credential | Typ::Presentation | Typ::SelfIssued | Typ::TrustList => json!({}),
    };
    let mut header = json!({"alg": "ES256", "typ": kind.as_str()});
    header.as_object_mut().unwrap().extend(kind.cty().map(|cty| ("cty".to_owned(), json!(cty))));
    sign_text(&header.to_string(), &payload.to_string(), key)
}

#[test]
fn s10_no_kind_of_token_passes_for_another() {
    let key = Keypair::generate().unwrap();
    for kind in KINDS {
        for reader in KINDS {
            let read = Compact::parse(&of_kind(kind, &key), reader);
            match read {
                Ok(_) => assert_eq!(kind, reader),
                Err(refusal) => {
                    assert_ne!(kind, reader);
                    assert_eq!((refusal.code(), refusal.cause()), ("jose.typ", Cause::Claims));
                }
            }
        }
    }
}

#[test]
fn s10_a_token_without_a_typ_is_known_by_its_claims() {
    let key = Keypair::generate().unwrap();
    let header = r#"{"alg":"ES256"}"#;
    for (payload, kind) in [
        (json!({}), Some(Typ::SelfIssued)),
        (json!({"vc": {}}), Some(Typ::Credential11)),
        (json!({"vp": {}}), Some(Typ::Presentation11)),
        (json!({"vc": {}, "vp": {}}), None),
        (json!({"presentation": {}}), None),
        (json!({"vc": {}, "presentation": {}}), None),
    ] {
        let token = sign_text(header, &payload.to_string(), &key);
        for reader in KINDS {
            let read = Compact::parse(&token, reader).map_err(|refusal| refusal.code()).map(drop);
            let expected = if Some(reader) == kind { Ok(()) } else { Err("jose.typ") };
            assert_eq!(read, expected, "{payload} read as {reader:?}");
        }
    }
}

#[test]
fn s10_a_status_list_is_no_credential_of_a_holder() {
    let world = World::new();
    let token = world.forge_credential(|_, payload| {
        payload["type"] = json!(["VerifiableCredential", "BitstringStatusListCredential"]);
    });
    assert_eq!(world.try_token(&token).unwrap_err().code(), "jose.typ");
}

#[test]
fn s10_a_token_of_another_kind() {
    let world = World::new();
    let text = "the token is of typ 'vc+jwt'; here only 'vp+jwt' is read";
    world.check(&world.credential(), "jose.typ", Cause::Claims, text);
    let text = "the token is of typ 'vp+jwt'; here only 'vc+jwt' is read";
    world.check(&world.present(&[world.presentation()]), "jose.typ", Cause::Claims, text);
    for typ in ["JWT", "VP+JWT", "application/vp+jwt", ""] {
        let token = world.forge(|header, _| header["typ"] = json!(typ));
        let text = format!("the token is of typ '{typ}'; here only 'vp+jwt' is read");
        world.check(&token, "jose.typ", Cause::Claims, &text);
    }
    // A credential under the typ of a presentation lacks what a presentation must say.
    let token = resign(&world.credential(), &world.oem_key, |header, _| {
        (header["typ"], header["cty"]) = (json!("vp+jwt"), json!("vp"));
    });
    let text = "the claim 'type' must be VerifiablePresentation";
    world.check(&token, "vc.type", Cause::Claims, text);
}

#[test]
fn s14_a_credential_inside_a_claim() {
    let world = World::new();
    for claim in ["vc", "vp"] {
        let token = world.forge_credential(|_, payload| payload[claim] = json!({}));
        let text = format!("the claim '{claim}' must be absent: a vc+jwt is the credential itself");
        world.check(&token, "claims.forbidden", Cause::Claims, &text);
        let token = world.forge(|_, payload| payload[claim] = json!({}));
        let text =
            format!("the claim '{claim}' must be absent: a vp+jwt is the presentation itself");
        world.check(&token, "claims.forbidden", Cause::Claims, &text);
    }
}
