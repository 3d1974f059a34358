use super::*;

#[test]
fn dids_of_methods_that_are_not_accepted() {
    let world = World::new();
    for (holder, why) in [
        ("did:web:shop.example%2Fx", "its host is not a domain name in lower case"),
        ("did:jwk:AA", "its id is not a JWK"),
    ] {
        let token = world.forge(|_, payload| payload["iss"] = json!(holder));
        let text = format!("'{holder}' cannot be used: {why}");
        world.check(&token, "did.form", Cause::Form, &text);
    }
    let token = world.forge(|_, payload| payload["iss"] = json!("did:ethr:0x1"));
    let text = "'did:ethr:0x1' cannot be used: its method is not accepted; use did:web, did:jwk or did:key";
    world.check(&token, "did.method", Cause::Claims, text);
    let secp256k1 = "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme";
    for (did, method) in [("did:jwk:e30", "jwk"), (secp256k1, "key")] {
        let token = world.forge(|_, payload| payload["iss"] = json!(did));
        let text = format!(
            "a did:{method} cannot be used: its key is not one for ES256, ES384 or Ed25519 signatures"
        );
        world.check(&token, "did.method", Cause::Claims, &text);
    }
}

#[test]
fn an_address_for_each_did_web_and_none_for_others() {
    for (text, url) in [
        ("did:web:a.example", Ok("https://a.example/.well-known/did.json")),
        ("did:web:localhost%3A8080", Ok("https://localhost:8080/.well-known/did.json")),
        ("did:web:a.example%3A443:x:y-1", Ok("https://a.example:443/x/y-1/did.json")),
        ("did:web:a.example%2Fx", Err("its host is not a domain name in lower case")),
        ("did:web:user%40a.example", Err("its host is not a domain name in lower case")),
        (
            "did:web:xn--mll-zed.example",
            Err("its host is internationalised, so it may look like another's"),
        ),
        ("did:web:A.example", Err("its host is not a domain name in lower case")),
        ("did:web:a..example", Err("its host is not a domain name in lower case")),
        ("did:web:-a.example", Err("its host is not a domain name in lower case")),
        ("did:web:127.0.0.1", Err("its host is not a domain name in lower case")),
        ("did:web:0x7f000001", Err("its host is not a domain name in lower case")),
        ("did:web:a.example%3a80", Err("its host is not a domain name in lower case")),
        ("did:web:a.example%3A", Err("its port is not a number from 1 to 65535")),
        ("did:web:a.example%3A0", Err("its port is not a number from 1 to 65535")),
        ("did:web:a.example%3A080", Err("its port is not a number from 1 to 65535")),
        ("did:web:a.example%3A65536", Err("its port is not a number from 1 to 65535")),
        ("did:web:a.example%3A80%3A80", Err("its port is not a number from 1 to 65535")),
        ("did:web:a.example:..:x", Err("its path has a segment that is empty, dotted or escaped")),
        ("did:web:a.example::x", Err("its path has a segment that is empty, dotted or escaped")),
        ("did:web:a.example:x%2Fy", Err("its path has a segment that is empty, dotted or escaped")),
        ("did:jwk:e30", Err("it is no did:web, so it has no address")),
    ] {
        let got = did_web_url(&did(text)).map_err(|refusal| refusal.to_string());
        let expected =
            url.map(str::to_owned).map_err(|why| format!("'{text}' cannot be used: {why}"));
        assert_eq!(got, expected);
    }
}

#[test]
fn documents_that_are_not_of_the_did() {
    let world = World::new();
    let good = document(&world.shop, &[&world.shop_key]);
    let refuse = |document: &str| {
        DidDocument::parse(&world.shop, document.as_bytes()).unwrap_err().to_string()
    };
    let cannot = "the document of did:web:shop.example cannot be used:";
    let mut other = good.clone();
    other["id"] = json!("did:web:oem.example");
    assert_eq!(refuse(&other.to_string()), format!("{cannot} its id is another DID"));
    let mut twice = good.clone();
    let method = twice["verificationMethod"][0].clone();
    twice["verificationMethod"].as_array_mut().unwrap().push(method);
    assert_eq!(refuse(&twice.to_string()), format!("{cannot} it lists two keys of one name"));
    let mut object = good.clone();
    object["authentication"] = json!({});
    assert_eq!(
        refuse(&object.to_string()),
        format!("{cannot} its methods, relationships and services must be arrays")
    );
    assert_eq!(refuse("[]"), format!("{cannot} it is not an object"));
    assert_eq!(refuse(&" ".repeat(65_537)), format!("{cannot} it is larger than 64 KB"));
    assert_eq!(
        refuse(r#"{"id":"did:web:shop.example","id":"did:web:shop.example"}"#),
        format!("{cannot} the member at '/id' stands twice")
    );
    for (member, value, why) in [
        ("controller", json!(world.oem), "it lists a key that another DID controls"),
        ("id", json!("did:web:oem.example#k"), "it lists a key of another DID"),
        (
            "revoked",
            json!("2026-01-01"),
            "a key's revoked or expires is not a dateTime with its offset",
        ),
    ] {
        let mut other = good.clone();
        other["verificationMethod"][0][member] = value;
        assert_eq!(refuse(&other.to_string()), format!("{cannot} {why}"));
    }
}

#[test]
fn documents_with_relative_names_and_embedded_methods_and_keys_of_other_kinds() {
    let world = World::new();
    let jwk = world.shop_key.public().to_jwk();
    let document = json!({
        "id": world.shop,
        "verificationMethod": [
            {"id": "#koblitz", "type": "JsonWebKey2020", "publicKeyJwk": {"kty": "EC", "crv": "secp256k1"}},
            {"id": "#old", "type": "Ed25519VerificationKey2018", "publicKeyBase58": "6Mk"},
        ],
        "authentication": ["#koblitz", {"id": "#k", "type": "JsonWebKey2020", "publicKeyJwk": jwk}],
        "service": [{"type": ["AditConnector"], "serviceEndpoint": "https://shop.example"}],
    });
    let read = DidDocument::parse(&world.shop, document.to_string().as_bytes()).unwrap();
    assert_eq!((read.did(), read.connector()), (&world.shop, Some("https://shop.example")));
    let mut documents = world.documents();
    documents.add(read);
    let replay = ForgetfulReplay::default();
    let token = world.forge(|header, _| header["kid"] = json!("did:web:shop.example#k"));
    world.try_token_with(&token, &documents, &replay).unwrap();
}

#[test]
fn a_document_takes_no_more_memory_than_it_has_bytes() {
    let long = did(&format!("did:web:a.example:{}", "x".repeat(2_000)));
    let endpoint = format!("https://a.example/{}", "y".repeat(2_000));
    let kinds: Vec<_> = (0..5_000).map(|number| number.to_string()).collect();
    let names: Vec<_> = (0..64).map(|number| format!("#{number}")).collect();
    let mut document = json!({
        "id": long,
        "authentication": names, "assertionMethod": names, "capabilityInvocation": names,
        "service": [
            { "type": kinds, "serviceEndpoint": endpoint },
            { "type": "IssuerService", "serviceEndpoint": "https://a.example/issuer" },
        ],
    });
    let text = document.to_string();
    let read = DidDocument::parse(&long, text.as_bytes()).unwrap();
    assert_eq!(
        (read.service("0"), read.service("IssuerService")),
        (None, Some("https://a.example/issuer"))
    );
    let kept = format!("{read:?}").len();
    assert!(kept < text.len(), "{kept} of {} bytes", text.len());
    document["assertionMethod"].as_array_mut().unwrap().push(json!("#64"));
    let refusal = DidDocument::parse(&long, document.to_string().as_bytes()).unwrap_err();
    assert_eq!(refusal.code(), "did.document");
    assert!(refusal.to_string().ends_with("it lists too many keys"), "{refusal}");
}
