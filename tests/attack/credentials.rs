//! Rows S10 to S12, S14 to S16, S18, S20 and S21: who signs what about whom.

use super::forge::b64;
use super::*;

#[test]
fn s10_a_token_of_another_kind() {
    let scene = scene();
    let (holder, issuer) = (&scene.holder, &scene.issuer);
    let shown = scene.credential().signed(&issuer.key);
    let by_holder = |token: Token| token.signed(&holder.key);
    let list = scene
        .credential()
        .claim("type", json!(["VerifiableCredential", "BitstringStatusListCredential"]))
        .claim(
            "credentialSubject",
            json!({ "id": "https://peer.example/list#list", "type": "BitstringStatusList" }),
        );
    let rows = [
        ("a credential as the caller's token", shown.clone()),
        ("a credential typed as one, with the claims of a self-issued token", {
            by_holder(self_issued(holder).header("typ", "vc+jwt"))
        }),
        (
            "a presentation as a credential",
            scene.showing(&[scene.showing(std::slice::from_ref(&shown))]),
        ),
        ("a self-issued token as a credential", scene.showing(&[by_holder(self_issued(holder))])),
        ("a status list as a credential", scene.showing(&[list.signed(&issuer.key)])),
        (
            "a transfer token as a self-issued token",
            by_holder(self_issued(holder).header("typ", "at+jwt")),
        ),
        (
            "a trust list as a self-issued token",
            by_holder(self_issued(holder).header("typ", "adit-trust+jwt")),
        ),
        (
            "a ledger entry as a presentation",
            by_holder(scene.presentation().header("typ", "adit-ledger+jwt")),
        ),
        (
            "a presentation without a typ",
            by_holder(
                scene
                    .presentation()
                    .header("typ", Value::Null)
                    .header("cty", Value::Null)
                    .claim("vp", json!({}))
                    .claim("vc", json!({})),
            ),
        ),
        ("VP+JWT", by_holder(scene.presentation().header("typ", "VP+JWT"))),
        (
            "a credential of the old model as a self-issued token",
            by_holder(self_issued(holder).claim("vc", json!({}))),
        ),
    ];
    scene.target.check(rows.map(|(input, token)| {
        Row::refused("S10", input, scene.asking(&token), 401, "jose.typ").offline()
    }));
}

#[test]
fn s11_the_name_of_a_key_that_is_not_the_signers() {
    let scene = scene();
    let did = &scene.holder.did;
    let names = [
        ("a path", "../../k".to_owned()),
        ("a path as fragment", format!("{did}#../../k")),
        ("a quote and OR", format!("{did}#' OR '1'='1")),
        ("a key of another DID", scene.issuer.kid()),
        ("a fragment alone", "#key-1".to_owned()),
        ("an address", format!("https://{}/holder/did.json#key-1", scene.peer.host)),
        ("10 KB", format!("{did}#{}", "k".repeat(10_000))),
        ("empty", String::new()),
    ];
    let named = |kid: &str| scene.presentation().header("kid", kid).signed(&scene.holder.key);
    let rows = names.iter().map(|(input, kid)| {
        Row::refused("S11", *input, scene.exchanging(&named(kid)), 401, "did.key").offline()
    });
    scene.target.check(rows);
    let absent = scene.asking(&named(&format!("{did}#key-2")));
    let of_issuer = scene.credential().header("kid", format!("{}#key-2", scene.issuer.did));
    let of_issuer = scene.showing(&[of_issuer.signed(&scene.issuer.key)]);
    scene.target.check([
        Row::refused("S11", "a fragment that is not in the document", absent, 401, "did.key"),
        Row::refused("S11", "the same of an issuer", scene.asking(&of_issuer), 401, "did.key"),
    ]);
}

#[test]
fn s12_a_key_for_another_purpose() {
    let scene = scene();
    let only = |name: &str, relationship: &str| {
        let party = scene.peer.party(name);
        let document = party.document_for(&[relationship]);
        scene.peer.on(&format!("/{name}/did.json"), peer::Answer::json(&document));
        party
    };
    let asserting = only("s12-asserting", "assertionMethod");
    let token = self_issued(&asserting).claim("token", "any").signed(&asserting.key);
    let shown = credential(&scene.issuer, &asserting.did, MEMBERSHIP).signed(&scene.issuer.key);
    let presented = presentation(&asserting, &[shown]).signed(&asserting.key);
    let authenticating = only("s12-authenticating", "authentication");
    scene.target.trust(&authenticating, MEMBERSHIP);
    let shown =
        credential(&authenticating, &scene.holder.did, MEMBERSHIP).signed(&authenticating.key);
    let shown = scene.showing(&[shown]);
    scene.target.check([
        Row::refused(
            "S12",
            "assertionMethod signs a self-issued token",
            scene.asking(&token),
            401,
            "did.key",
        ),
        Row::refused(
            "S12",
            "assertionMethod signs a presentation",
            scene.asking(&presented),
            401,
            "did.key",
        ),
        Row::refused(
            "S12",
            "authentication signs a credential",
            scene.asking(&shown),
            401,
            "did.key",
        ),
    ]);
}

#[test]
fn s14_claims_of_the_old_model_in_a_new_token() {
    let scene = scene();
    let inner = json!({ "type": ["VerifiableCredential"] });
    let refused = |input: &str, request: Request| {
        Row::refused("S14", input, request, 401, "claims.forbidden").offline()
    };
    scene.target.check([
        refused("vc in a credential", scene.with_vc_claim("vc", inner.clone())),
        refused("vp in a credential", scene.with_vc_claim("vp", inner.clone())),
        refused("vc in a presentation", scene.with_claim("vc", inner.clone())),
        refused("vp in a presentation", scene.with_claim("vp", inner)),
    ]);
}

#[test]
fn s15_what_belongs_to_somebody_else() {
    let scene = scene();
    let thief = scene.peer.party("s15-thief");
    let shown = scene.credential().signed(&scene.issuer.key);
    let stolen = presentation(&thief, &[shown]).signed(&thief.key);
    let replayed = scene.presentation().claim("aud", "did:web:other.example");
    let replayed = replayed.signed(&scene.holder.key);
    let own = credential(&scene.issuer, &thief.did, MEMBERSHIP).signed(&scene.issuer.key);
    let mixed = presentation(&thief, &[own, scene.credential().signed(&scene.issuer.key)]);
    let mixed = mixed.signed(&thief.key);
    scene.target.check([
        Row::refused("S15", "a credential of another", scene.asking(&stolen), 403, "vc.holder")
            .offline(),
        Row::refused("S15", "one's own and another's", scene.asking(&mixed), 403, "vc.holder")
            .offline(),
        Row::refused(
            "S15",
            "a presentation for another",
            scene.asking(&replayed),
            403,
            "vp.audience",
        ),
        Row::refused(
            "S15",
            "the same in an exchange",
            scene.exchanging(&replayed),
            403,
            "vp.audience",
        ),
    ]);
}

#[test]
fn s16_an_issuer_that_may_not_issue_this() {
    let scene = scene();
    let stranger = scene.peer.party("s16-stranger");
    let of = |issuer: &Party, kind: &str| {
        let shown = credential(issuer, &scene.holder.did, kind).signed(&issuer.key);
        scene.asking(&scene.showing(&[shown]))
    };
    let both = credential(&scene.issuer, &scene.holder.did, MEMBERSHIP)
        .claim("type", json!(["VerifiableCredential", MEMBERSHIP, "AuthorityCredential"]));
    let both = scene.asking(&scene.showing(&[both.signed(&scene.issuer.key)]));
    let forged = credential(&scene.issuer, &scene.holder.did, MEMBERSHIP).signed(&stranger.key);
    let forged = scene.asking(&scene.showing(&[forged]));
    scene.target.check([
        Row::refused(
            "S16",
            "an issuer that nobody trusts",
            of(&stranger, MEMBERSHIP),
            403,
            "trust.issuer",
        )
        .offline(),
        Row::refused(
            "S16",
            "a type that it may not issue",
            of(&scene.issuer, "AuthorityCredential"),
            403,
            "trust.issuer",
        )
        .offline(),
        Row::refused("S16", "one type that it may, one that it may not", both, 403, "trust.issuer")
            .offline(),
        Row::refused(
            "S16",
            "a trusted issuer whose key another has not",
            forged,
            401,
            "jose.signature",
        ),
    ]);
}

#[test]
fn s18_more_than_anybody_shows() {
    let scene = scene();
    let shown = scene.credential().signed(&scene.issuer.key);
    let many = vec![shown.clone(); 10_000];
    let some = vec![shown.clone(); 17];
    let envelope = |token: String| {
        json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "id": format!("data:application/vp+jwt,{token}"), "type": "EnvelopedVerifiablePresentation",
        })
    };
    let inner = scene.showing(&[shown]);
    let middle = scene.presentation().claim("verifiableCredential", json!([envelope(inner)]));
    let outer = scene
        .presentation()
        .claim("verifiableCredential", json!([envelope(middle.signed(&scene.holder.key))]));
    let outer = outer.signed(&scene.holder.key);
    let none = scene.presentation().claim("verifiableCredential", json!([]));
    let none = none.signed(&scene.holder.key);
    scene.target.check([
        Row::refused(
            "S18",
            "10,000 credentials",
            scene.exchanging(&scene.showing(&many)),
            413,
            "body.size",
        )
        .offline(),
        Row::refused(
            "S18",
            "17 credentials",
            scene.exchanging(&scene.showing(&some)),
            400,
            "vp.count",
        )
        .offline(),
        Row::refused("S18", "none", scene.exchanging(&none), 400, "vp.count").offline(),
        Row::refused(
            "S18",
            "presentations three deep",
            scene.exchanging(&outer),
            400,
            "vp.envelope",
        )
        .offline(),
    ]);
}

#[test]
fn s20_keys_that_nobody_must_use() {
    let scene = scene();
    // The eight points of small order on Ed25519 all fall into the subgroup that these generate or hold.
    let small = [
        [0; 32],
        {
            let mut one = [0; 32];
            one[0] = 1;
            one
        },
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    let mut keys: Vec<Value> = small
        .iter()
        .map(|point| json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(point) }))
        .collect();
    keys.push(json!({ "kty": "EC", "crv": "P-256", "x": b64(&[0; 32]), "y": b64(&[0; 32]) }));
    let mut open = scene.holder.key.jwk();
    open["d"] = json!(b64(&[7; 32]));
    keys.push(open.clone());
    let before = scene.target.last_entry();
    let rows = keys.iter().enumerate().map(|(number, jwk)| {
        let name = format!("s20-{number}");
        let party = scene.peer.party_with(&name, Key::ed25519());
        let mut document = party.document();
        document["verificationMethod"][0]["publicKeyJwk"] = jwk.clone();
        scene.peer.on(&format!("/{name}/did.json"), peer::Answer::json(&document));
        let shown = credential(&scene.issuer, &party.did, MEMBERSHIP).signed(&scene.issuer.key);
        let token = presentation(&party, &[shown]).signed(&party.key);
        Row::refused(
            "S20",
            format!("a document with the key {jwk}"),
            scene.asking(&token),
            400,
            "did.key",
        )
    });
    scene.target.check(rows.collect::<Vec<_>>());
    let spelled = format!("did:jwk:{}", b64(open.to_string().as_bytes()));
    let party = Party { did: spelled, key: Key::es256() };
    let shown = credential(&scene.issuer, &party.did, MEMBERSHIP).signed(&scene.issuer.key);
    let token = presentation(&party, &[shown]).signed(&party.key);
    let private = b64(&[7; 32]);
    let row = Row::refused(
        "S20",
        "a did:jwk with its private part",
        scene.asking(&token),
        400,
        "did.key",
    );
    scene.target.check([row.offline().hides(&private).hides(&party.did)]);
    let alerts = scene.target.entries_after(before);
    assert_eq!(alerts.len(), 6);
    assert!(alerts.iter().all(|entry| entry.body["alert"] == true), "{alerts:?}");
    let log = std::fs::read_to_string(scene.target.log()).unwrap();
    assert!(log.contains("a key that must not be used"), "{log}");
}

#[test]
fn s21_ed25519_under_both_its_names() {
    let scene = scene();
    let modern = scene.peer.party_with("s21-modern", Key::ed25519());
    let issuer = scene.peer.party_with("s21-issuer", Key::ed25519());
    scene.target.trust(&issuer, MEMBERSHIP);
    let shown = |alg: &str| {
        let shown = credential(&issuer, &modern.did, MEMBERSHIP).header("alg", alg);
        let shown = shown.signed(&issuer.key);
        scene.asking(&presentation(&modern, &[shown]).header("alg", alg).signed(&modern.key))
    };
    scene.target.check([
        Row::answered("S21", "Ed25519", shown("Ed25519")),
        Row::answered("S21", "EdDSA", shown("EdDSA")),
        Row::refused("S21", "ed25519", shown("ed25519"), 401, "jose.alg"),
    ]);
}
