use super::*;

#[test]
fn s2_keys_that_do_not_fit_the_algorithm() {
    let world = World::new();
    let no_key = "the document of did:web:shop.example lists no usable key for this signature under authentication; name one by an exact kid";
    let changes = [
        json!({"use": "enc"}),
        json!({"key_ops": ["sign"]}),
        json!({"alg": "ES384"}),
        json!({"crv": "P-521"}),
        json!({"kty": "oct", "k": "AAAA"}),
    ];
    for change in changes {
        let mut document = document(&world.shop, &[&world.shop_key]);
        let jwk = document["verificationMethod"][0]["publicKeyJwk"].as_object_mut().unwrap();
        jwk.extend(change.as_object().unwrap().clone());
        let documents = world.documents_with(&world.shop, &document);
        let replay = ForgetfulReplay::default();
        let refusal = world.try_token_with(&world.presentation(), &documents, &replay).unwrap_err();
        assert_eq!((refusal.code(), refusal.to_string().as_str()), ("did.key", no_key), "{change}");
    }
}

#[test]
fn s11_a_kid_is_looked_up_in_the_signers_document_only() {
    let world = World::new();
    let wrong =
        "the kid names no key of did:web:shop.example; write it as did:web:shop.example#NAME";
    let other = format!("did:web:oem.example#{}", world.oem_key.public().thumbprint());
    let long = format!("did:web:shop.example#{}", "k".repeat(10_000));
    for kid in ["../../k", "' OR 1=1 --", &long, &other, "did:web:shop.example", "#0", ""] {
        let token = world.forge(|header, _| header["kid"] = json!(kid));
        world.check(&token, "did.key", Cause::Proof, wrong);
    }
    let token = world.forge(|header, _| header["kid"] = json!("did:web:shop.example#absent"));
    let text = "the document of did:web:shop.example lists no usable key for this signature under authentication; name one by an exact kid";
    world.check(&token, "did.key", Cause::Proof, text);
}

#[test]
fn s11_without_a_kid_the_only_key_is_meant() {
    let world = World::new();
    let token = world.forge(|header, _| drop(header.as_object_mut().unwrap().remove("kid")));
    world.try_token(&token).unwrap();
    let second = Keypair::generate().unwrap();
    let document = document(&world.shop, &[&world.shop_key, &second]);
    let documents = world.documents_with(&world.shop, &document);
    let replay = ForgetfulReplay::default();
    let refusal = world.try_token_with(&token, &documents, &replay).unwrap_err();
    assert_eq!(refusal.code(), "did.key");
    world.try_token_with(&world.presentation(), &documents, &replay).unwrap();
}

#[test]
fn s12_a_key_serves_only_what_it_is_listed_for() {
    let world = World::new();
    for (who, key, list) in [
        (&world.shop, &world.shop_key, "authentication"),
        (&world.oem, &world.oem_key, "assertionMethod"),
    ] {
        let mut document = document(who, &[key]);
        document[list] = json!([]);
        let documents = world.documents_with(who, &document);
        let replay = ForgetfulReplay::default();
        let refusal = world.try_token_with(&world.presentation(), &documents, &replay).unwrap_err();
        let text = format!(
            "the document of {who} lists no usable key for this signature under {list}; name one by an exact kid"
        );
        assert_eq!((refusal.code(), refusal.to_string()), ("did.key", text));
    }
}

#[test]
fn s20_keys_that_nobody_must_use() {
    let world = World::new();
    let zero = URL_SAFE_NO_PAD.encode([0; 32]);
    let private: Value = serde_json::from_str(&world.shop_key.to_private_jwk()).unwrap();
    let off_curve =
        "a key of did:web:shop.example must not be used: its point does not lie on the curve";
    let published =
        "a key of did:web:shop.example must not be used: it is published with its private part";
    for (jwk, text) in [
        (json!({"kty": "EC", "crv": "P-256", "x": zero, "y": zero}), off_curve),
        (private.clone(), published),
    ] {
        let mut document = document(&world.shop, &[&world.shop_key]);
        document["verificationMethod"][0]["publicKeyJwk"] = jwk;
        let read = DidDocument::parse(&world.shop, document.to_string().as_bytes());
        let refusal = read.unwrap_err();
        let got = (refusal.code(), refusal.cause(), refusal.to_string());
        assert_eq!(got, ("did.key", Cause::Form, text.to_owned()));
    }
    for (point, why) in [
        ([0; 32], "its point is of small order"),
        (point(&[1]), "its point is of small order"),
        (
            hex32("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            "its point is of small order",
        ),
        (
            hex32("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            "its point is of small order",
        ),
        (point(&[2]), "its point does not lie on the curve"),
        // The point whose y is 3, written as p + 3.
        (
            hex32("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            "its point is not in its one canonical spelling",
        ),
    ] {
        let mut document = document(&world.shop, &[&world.shop_key]);
        let x = URL_SAFE_NO_PAD.encode(point);
        document["verificationMethod"][0]["publicKeyJwk"] =
            json!({"kty": "OKP", "crv": "Ed25519", "x": x});
        let refusal = DidDocument::parse(&world.shop, document.to_string().as_bytes()).unwrap_err();
        let text = format!("a key of did:web:shop.example must not be used: {why}");
        assert_eq!((refusal.code(), refusal.to_string()), ("did.key", text));
        // The same point as a Multikey, in a document and as a did:key.
        let multikey = crate::jose_guard::multibase::encode(&[&[0xed, 1], &point[..]].concat());
        document["verificationMethod"][0] =
            json!({"id": "#k", "type": "Multikey", "publicKeyMultibase": multikey});
        let refusal = DidDocument::parse(&world.shop, document.to_string().as_bytes()).unwrap_err();
        assert_eq!(refusal.code(), "did.key");
        let token = world.forge(|_, payload| payload["iss"] = json!(format!("did:key:{multikey}")));
        let refusal = world.try_token(&token).unwrap_err();
        assert_eq!((refusal.code(), refusal.cause()), ("did.key", Cause::Form));
    }
    let leaking = did(&format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(private.to_string())));
    let token = world.forge(|header, payload| {
        header["kid"] = json!(format!("{leaking}#0"));
        for claim in ["iss", "sub", "holder"] {
            payload[claim] = json!(leaking);
        }
    });
    let text = "a key of did:jwk:withheld must not be used: it is published with its private part";
    world.check(&token, "did.key", Cause::Form, text);
}

fn point(low: &[u8]) -> [u8; 32] {
    let mut point = [0; 32];
    point[..low.len()].copy_from_slice(low);
    point
}

fn hex32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

#[test]
fn s21_ed25519_under_both_its_names() {
    let mut world = World::new();
    world.shop_key = Keypair::generate_for(Algorithm::Ed25519).unwrap();
    world.oem_key = Keypair::generate_for(Algorithm::Ed25519).unwrap();
    world.try_token(&world.presentation()).unwrap();
    for alg in ["EdDSA", "Ed25519"] {
        let token = world.forge(|header, _| header["alg"] = json!(alg));
        world.try_token(&token).unwrap();
        let token = world.forge_credential(|header, _| header["alg"] = json!(alg));
        world.try_token(&token).unwrap();
    }
}

#[test]
fn s2_one_key_serves_one_algorithm() {
    let mut world = World::new();
    for (algorithm, others) in [
        (Algorithm::Es256, ["ES384", "EdDSA", "Ed25519"]),
        (Algorithm::Ed25519, ["ES256", "ES384", "ES384"]),
    ] {
        world.shop_key = Keypair::generate_for(algorithm).unwrap();
        for alg in others {
            let token = world.forge(|header, _| header["alg"] = json!(alg));
            let text = "the signature of did:web:shop.example does not fit the presentation";
            world.check(&token, "jose.signature", Cause::Proof, text);
        }
    }
}

#[test]
fn keys_as_multikeys_and_as_both_kinds_of_jwk() {
    let world = World::new();
    let (key, did) = (world.shop_key.public(), &world.shop);
    for method in [
        json!({"type": "JsonWebKey", "publicKeyJwk": key.to_jwk()}),
        json!({"type": "JsonWebKey2020", "publicKeyJwk": key.to_jwk()}),
        json!({"type": "Multikey", "publicKeyMultibase": key.to_multibase()}),
    ] {
        let mut document = document(did, &[&world.shop_key]);
        let id = document["verificationMethod"][0]["id"].clone();
        document["verificationMethod"][0] = method;
        document["verificationMethod"][0]["id"] = id;
        let documents = world.documents_with(did, &document);
        let replay = ForgetfulReplay::default();
        world.try_token_with(&world.presentation(), &documents, &replay).unwrap();
    }
}

#[test]
fn private_keys_that_are_not_read() {
    let key = Keypair::generate().unwrap();
    let other: Value = Keypair::generate().unwrap().public().to_jwk();
    let mut mixed: Value = serde_json::from_str(&key.to_private_jwk()).unwrap();
    (mixed["x"], mixed["y"]) = (other["x"].clone(), other["y"].clone());
    let p384 = r#"{"kty":"EC","crv":"P-384","d":"AA"}"#;
    let public = key.public().to_jwk().to_string();
    for text in ["", "{}", "nonsense", p384, &public, &mixed.to_string()] {
        let error = Keypair::from_private_jwk(text).unwrap_err().to_string();
        assert!(error.starts_with("not a private key in use: "), "{error}");
    }
}

#[test]
fn josekit_is_called_in_one_folder_and_only_its_signature_layer() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut uses) = (vec![source.clone()], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines().filter(|line| line.contains(concat!("josekit", "::"))) {
                let layers = [concat!("josekit", "::jws"), concat!("josekit", "::jwk")];
                let is_signature_layer = layers.iter().any(|layer| line.contains(layer));
                let place = path.strip_prefix(&source).unwrap();
                let is_guard = place.starts_with("jose_guard");
                assert!(is_guard && is_signature_layer, "{}: {line}", place.display());
                uses += 1;
            }
        }
    }
    assert!(uses > 0);
}
