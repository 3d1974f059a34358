//! The token gate from outside: what passes, and the exact answer to everything else.

use crate::*;
use adit_vocab::{Did, adit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The mill is asked; the OEM issues; the shop presents.
struct World {
    mill: Did,
    oem: Did,
    shop: Did,
    oem_key: Keypair,
    shop_key: Keypair,
    trust: TrustList,
    now: Timestamp,
}

fn did(text: &str) -> Did {
    text.parse().unwrap()
}

impl World {
    fn new() -> Self {
        let oem = did("did:web:oem.example");
        let mut trust = TrustList::default();
        trust.add(&oem, ["PartnerCredential"], None).unwrap();
        Self {
            mill: did("did:web:mill.example"),
            shop: did("did:web:shop.example"),
            oem,
            oem_key: Keypair::generate().unwrap(),
            shop_key: Keypair::generate().unwrap(),
            trust,
            now: "2026-11-22T12:00:00Z".parse().unwrap(),
        }
    }

    fn documents(&self) -> Documents {
        let read = |did: &Did, key: &Keypair| {
            let document = did_web_document(did, &[key.public()], "https://connector.example");
            DidDocument::parse(did, document.to_string().as_bytes()).unwrap()
        };
        [read(&self.oem, &self.oem_key), read(&self.shop, &self.shop_key)].into_iter().collect()
    }

    fn claims(&self) -> Claims {
        Claims {
            id: "urn:uuid:1".into(),
            types: vec!["PartnerCredential".into()],
            subject: self.shop.clone(),
            valid_from: self.now,
            valid_until: self.now + SignedDuration::from_hours(24),
            extra: Default::default(),
        }
    }

    fn credential(&self) -> String {
        issue(&self.oem_key, &self.oem, &self.claims(), self.now).unwrap()
    }

    fn presentation(&self) -> String {
        self.present(&[self.credential()])
    }

    fn present(&self, credentials: &[String]) -> String {
        present(&self.shop_key, &self.shop, credentials, &self.mill, "1", self.now).unwrap()
    }

    fn try_token(&self, token: &str) -> Result<Caller, Refusal> {
        self.try_token_with(token, &self.documents(), &ForgetfulReplay::default())
    }

    fn try_token_with(
        &self,
        token: &str,
        documents: &Documents,
        replay: &ForgetfulReplay,
    ) -> Result<Caller, Refusal> {
        let unverified = Unverified::parse(token)?;
        unverified.dids(&self.trust)?;
        unverified.verify(documents, &self.trust, &self.mill, replay, self.now)
    }

    /// The presentation with its parts changed, signed by the shop all the same.
    fn forge(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        resign(&self.presentation(), &self.shop_key, change)
    }

    /// A presentation of the credential with its parts changed, signed by the OEM all the same.
    fn forge_credential(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        self.present(&[resign(&self.credential(), &self.oem_key, change)])
    }

    /// Holds one refused token against code, kind and text.
    fn check(&self, token: &str, code: &str, cause: Cause, text: &str) {
        let refusal = self.try_token(token).unwrap_err();
        let got = (refusal.code(), refusal.cause(), refusal.to_string());
        assert_eq!(got, (code, cause, text.to_owned()));
    }
}

fn resign(token: &str, key: &Keypair, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let parts: Vec<_> = token.split('.').collect();
    let read = |part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (mut header, mut payload) = (read(parts[0]), read(parts[1]));
    change(&mut header, &mut payload);
    sign_text(&header.to_string(), &payload.to_string(), key)
}

fn sign_text(header: &str, payload: &str, key: &Keypair) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

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
    assert_eq!(unverified.dids(&world.trust).unwrap(), [world.oem.clone()]);
    let caller = world.try_token(&world.presentation()).unwrap();
    assert_eq!(caller.did(), Some(&world.shop));
}

#[test]
fn a_caller_dies_with_trust_and_with_its_credentials() {
    let world = World::new();
    let caller = world.try_token(&world.presentation()).unwrap();
    assert!(caller.still_trusted(&world.trust, world.now));
    assert!(!caller.still_trusted(&world.trust, world.claims().valid_until));
    assert!(!caller.still_trusted(&TrustList::default(), world.now));
    assert!(Caller::anonymous().still_trusted(&TrustList::default(), world.now));
}

#[test]
fn s1_algorithms_off_the_list() {
    let world = World::new();
    for alg in ["none", "NoNe", "", "HS256", "RS256", "ES384", "es256"] {
        let token = world.forge(|header, _| header["alg"] = json!(alg));
        let text = format!("the token is signed with alg '{alg}'; only ES256 is accepted");
        world.check(&token, "jose.alg", Cause::Proof, &text);
    }
    let token = world.forge(|header, _| drop(header.as_object_mut().unwrap().remove("alg")));
    let text = "the token is signed with alg ''; only ES256 is accepted";
    world.check(&token, "jose.alg", Cause::Proof, text);
}

#[test]
fn s2_keys_that_do_not_fit_the_algorithm() {
    let world = World::new();
    let no_key = "the document of did:web:shop.example lists no usable ES256 key for this signature under authentication; name one by an exact kid";
    let changes = [
        json!({"use": "enc"}),
        json!({"key_ops": ["sign"]}),
        json!({"alg": "ES384"}),
        json!({"crv": "P-384"}),
        json!({"kty": "oct", "k": "AAAA"}),
    ];
    for change in changes {
        let mut document = did_web_document(&world.shop, &[world.shop_key.public()], "");
        let jwk = document["verificationMethod"][0]["publicKeyJwk"].as_object_mut().unwrap();
        jwk.extend(change.as_object().unwrap().clone());
        let mut documents = world.documents();
        documents.add(DidDocument::parse(&world.shop, document.to_string().as_bytes()).unwrap());
        let replay = ForgetfulReplay::default();
        let refusal = world.try_token_with(&world.presentation(), &documents, &replay).unwrap_err();
        assert_eq!((refusal.code(), refusal.to_string().as_str()), ("did.key", no_key), "{change}");
    }
}

#[test]
fn s3_members_that_stand_twice() {
    let world = World::new();
    let payload = r#"{"aud":"did:web:mill.example","aud":"did:web:other.example"}"#;
    let header = r#"{"alg":"ES256","typ":"vp+jwt"}"#;
    let token = sign_text(header, payload, &world.shop_key);
    let text = "the payload: the member at '/aud' stands twice";
    world.check(&token, "jose.duplicate", Cause::Form, text);
    let header = r#"{"alg":"none","typ":"vp+jwt","alg":"ES256"}"#;
    let token = sign_text(header, payload, &world.shop_key);
    let text = "the header: the member at '/alg' stands twice";
    world.check(&token, "jose.duplicate", Cause::Form, text);
}

#[test]
fn s4_s5_header_members_off_the_list() {
    let world = World::new();
    for (member, value) in [
        ("crit", json!([])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AAAA"])),
        ("jwk", world.shop_key.public().to_jwk()),
        ("kid", json!(7)),
        ("cty", json!("vc")),
    ] {
        let token = world.forge(|header, _| header[member] = value);
        let text = format!(
            "the header member '{member}' is not accepted; only alg, typ, kid and cty are, as strings"
        );
        world.check(&token, "jose.header", Cause::Proof, &text);
    }
}

#[test]
fn s6_an_exp_that_is_no_sane_instant() {
    let world = World::new();
    for exp in [
        json!(u64::MAX),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!("2030"),
        json!(-1),
        json!(1_795_348_800.5),
        json!(null),
        json!([1]),
    ] {
        let token = world.forge(|_, payload| payload["exp"] = exp.clone());
        let text = "the claim 'exp' must be a whole number of seconds since 1970";
        world.check(&token, "claims.exp", Cause::Claims, text);
        let token = world.forge(|_, payload| payload["iat"] = exp);
        let text = "the claim 'iat' must be a whole number of seconds since 1970";
        world.check(&token, "claims.iat", Cause::Claims, text);
    }
    let token = world.forge(|_, payload| drop(payload.as_object_mut().unwrap().remove("exp")));
    let text = "the claim 'exp' must be a whole number of seconds since 1970";
    world.check(&token, "claims.exp", Cause::Claims, text);
    for life_s in [-1, 601] {
        let exp = world.now.as_second() + life_s;
        let token = world.forge(|_, payload| payload["exp"] = json!(exp));
        let text = "the claim 'exp' must be at most 600 s after iat";
        world.check(&token, "claims.exp", Cause::Claims, text);
    }
}

#[test]
fn s7_another_audience() {
    let world = World::new();
    let text =
        "the presentation is made for another audience; make one with aud = did:web:mill.example";
    for aud in ["did:web:oem.example", "did:web:mill.example ", "DID:web:mill.example", ""] {
        let token = world.forge(|_, payload| payload["aud"] = json!(aud));
        world.check(&token, "claims.aud", Cause::Claims, text);
    }
    let text = "the claim 'aud' must be the DID of this connector, as one string";
    for aud in
        [json!(["did:web:mill.example", "did:web:x.example"]), json!(["did:web:mill.example"])]
    {
        let token = world.forge(|_, payload| payload["aud"] = aud);
        world.check(&token, "claims.aud", Cause::Claims, text);
    }
    let token = world.forge(|_, payload| drop(payload.as_object_mut().unwrap().remove("aud")));
    world.check(&token, "claims.aud", Cause::Claims, text);
}

#[test]
fn s8_the_clock_may_differ_by_a_minute() {
    let world = World::new();
    let at = |offset_s: i64| {
        world.forge(|_, payload| {
            let iat = world.now.as_second() + offset_s;
            (payload["iat"], payload["exp"]) = (json!(iat), json!(iat + 600));
        })
    };
    for offset_s in [0, 2, 60, -300, -360] {
        world.try_token(&at(offset_s)).unwrap();
    }
    for (offset_s, iat) in [
        (61, "2026-11-22T12:01:01Z"),
        (600, "2026-11-22T12:10:00Z"),
        (-361, "2026-11-22T11:53:59Z"),
    ] {
        let text = format!(
            "the token says that it was made at {iat}, now 2026-11-22T12:00:00Z; none is from the future and a presentation is used within 300 s, check the clock"
        );
        world.check(&at(offset_s), "claims.iat", Cause::Claims, &text);
    }
    let token = world.forge(|_, payload| {
        let iat = world.now.as_second() - 200;
        (payload["iat"], payload["exp"]) = (json!(iat), json!(iat + 100));
    });
    let text = "'exp' was 2026-11-22T11:58:20Z, now 2026-11-22T12:00:00Z; make a new one";
    world.check(&token, "claims.exp", Cause::Claims, text);
}

#[test]
fn s9_a_presentation_counts_once() {
    let world = World::new();
    let (token, documents) = (world.presentation(), world.documents());
    let replay = ForgetfulReplay::default();
    world.try_token_with(&token, &documents, &replay).unwrap();
    let refusal = world.try_token_with(&token, &documents, &replay).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.to_string().as_str()),
        (
            "claims.replay",
            "the presentation with this 'jti' was used before; make a new one for each request"
        )
    );
    for jti in [json!(""), json!("x".repeat(129)), json!(1)] {
        let token = world.forge(|_, payload| payload["jti"] = jti);
        let text = "the claim 'jti' must be a string of 1 to 128 bytes";
        world.check(&token, "claims.jti", Cause::Claims, text);
    }
}

#[test]
fn s9_a_replay_store_that_does_not_answer_refuses() {
    struct Broken;
    impl Replay for Broken {
        fn first_use(&self, _: &Did, _: &str, _: Timestamp) -> Result<bool, ReplayFault> {
            Err(ReplayFault("disk full at /secret/path".into()))
        }
    }
    let world = World::new();
    let unverified = Unverified::parse(&world.presentation()).unwrap();
    let verified =
        unverified.verify(&world.documents(), &world.trust, &world.mill, &Broken, world.now);
    let refusal = verified.unwrap_err();
    assert_eq!(refusal.cause(), Cause::Unchecked);
    assert_eq!(
        refusal.to_string(),
        "whether the presentation was used before could not be checked; try again"
    );
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
    let text = "the document of did:web:shop.example lists no usable ES256 key for this signature under authentication; name one by an exact kid";
    world.check(&token, "did.key", Cause::Proof, text);
}

#[test]
fn s11_without_a_kid_the_only_key_is_meant() {
    let world = World::new();
    let token = world.forge(|header, _| drop(header.as_object_mut().unwrap().remove("kid")));
    world.try_token(&token).unwrap();
    let second = Keypair::generate().unwrap();
    let keys = [world.shop_key.public(), second.public()];
    let document = did_web_document(&world.shop, &keys, "");
    let mut documents = world.documents();
    documents.add(DidDocument::parse(&world.shop, document.to_string().as_bytes()).unwrap());
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
        let mut document = did_web_document(who, &[key.public()], "");
        document[list] = json!([]);
        let mut documents = world.documents();
        documents.add(DidDocument::parse(who, document.to_string().as_bytes()).unwrap());
        let replay = ForgetfulReplay::default();
        let refusal = world.try_token_with(&world.presentation(), &documents, &replay).unwrap_err();
        let text = format!(
            "the document of {who} lists no usable ES256 key for this signature under {list}; name one by an exact kid"
        );
        assert_eq!((refusal.code(), refusal.to_string()), ("did.key", text));
    }
}

#[test]
fn s13_forms_that_are_not_compact_signed_tokens() {
    let world = World::new();
    let token = world.presentation();
    let parts: Vec<_> = token.split('.').collect();
    let alphabet = |at: usize| {
        format!(
            "byte {at} of the token is none of A-Z a-z 0-9 _ - .; only the compact form is read"
        )
    };
    for (token, at) in [
        (r#"{"payload":"e30"}"#.to_owned(), 0),
        (format!("{token}\n"), token.len()),
        (format!("{token}="), token.len()),
        (format!("{token}é"), token.len()),
        (format!("Bearer {token}"), 6),
    ] {
        world.check(&token, "jose.alphabet", Cause::Proof, &alphabet(at));
    }
    for (token, count) in
        [("a.b.c.d.e".to_owned(), 5), (parts[..2].join("."), 2), (String::new(), 1)]
    {
        let text = format!(
            "the token has {count} parts, a signed one has 3: header, payload, signature; encrypted tokens are not read"
        );
        world.check(&token, "jose.parts", Cause::Proof, &text);
    }
    let text = "the token has 65537 bytes; at most 65536 are read";
    world.check(&"a".repeat(65_537), "jose.size", Cause::Size, text);
    let token = format!("{}.{}.{}", "a".repeat(16_385), parts[1], parts[2]);
    let text = "the header of the token has 16385 bytes; at most 16384 are read";
    world.check(&token, "jose.size", Cause::Size, text);
    let base64 = "is not base64url in its one canonical form without padding";
    // 64 bytes end in a character with four bits to spare; any of them set is another spelling of the same bytes.
    let spare = if parts[2].ends_with('A') { 'B' } else { 'R' };
    let token = format!("{}.{}.{}{spare}", parts[0], parts[1], &parts[2][..85]);
    world.check(&token, "jose.base64", Cause::Proof, &format!("the signature {base64}"));
    let token = format!("A.{}.{}", parts[1], parts[2]);
    world.check(&token, "jose.base64", Cause::Proof, &format!("the header {base64}"));
    let token = sign_text(r#"{"alg":"ES256","typ":"vp+jwt"}"#, "[]", &world.shop_key);
    world.check(&token, "jose.json", Cause::Form, "the payload: not JSON: not an object");
    let deep = format!("{}{}", r#"{"a":"#.repeat(17), "}".repeat(17));
    let token = sign_text(r#"{"alg":"ES256","typ":"vp+jwt"}"#, &deep, &world.shop_key);
    let text = "the payload: arrays and objects nest deeper than 16 levels";
    world.check(&token, "jose.depth", Cause::Form, text);
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

#[test]
fn s15_somebody_elses_credential() {
    let world = World::new();
    let thief = did("did:web:thief.example");
    let thief_key = Keypair::generate().unwrap();
    let stolen = [world.credential()];
    let token = present(&thief_key, &thief, &stolen, &world.mill, "1", world.now).unwrap();
    let text = "the credential is about did:web:shop.example, the presentation is by did:web:thief.example; present only your own";
    world.check(&token, "vc.holder", Cause::Trust, text);
    for claim in ["sub", "holder"] {
        let token = world.forge(|_, payload| payload[claim] = json!(thief));
        let refusal = world.try_token(&token).unwrap_err();
        assert_eq!(refusal.to_string(), format!("the claim '{claim}' must be the same DID as iss"));
    }
}

#[test]
fn s16_an_issuer_that_is_not_trusted_for_the_type() {
    let mut world = World::new();
    let text = "did:web:oem.example is not trusted here to issue a ResearcherCredential; this company would have to add it to its trust list";
    let mut claims = world.claims();
    claims.types = vec!["ResearcherCredential".into(), "PartnerCredential".into()];
    let credential = issue(&world.oem_key, &world.oem, &claims, world.now).unwrap();
    world.check(&world.present(&[credential]), "trust.issuer", Cause::Trust, text);
    let text = text.replace("Researcher", "Partner");
    world.trust = TrustList::default();
    world.check(&world.presentation(), "trust.issuer", Cause::Trust, &text);
    // It is refused before anybody is asked for a document, whatever its signature.
    let unverified = Unverified::parse(&world.presentation()).unwrap();
    assert_eq!(unverified.dids(&world.trust).unwrap_err().code(), "trust.issuer");
    // And again at the end, should somebody verify without having asked.
    let replay = ForgetfulReplay::default();
    let verified =
        unverified.verify(&world.documents(), &world.trust, &world.mill, &replay, world.now);
    assert_eq!(verified.unwrap_err().code(), "trust.issuer");
    let text = "the credential of did:web:oem.example has no type that is known here; known are OwnerCredential, MembershipCredential, PartnerCredential, LegitimateInterestCredential, ResearcherCredential, AuthorityCredential, AuditorCredential";
    let token = world
        .forge_credential(|_, payload| payload["type"] = json!(["VerifiableCredential", "Other"]));
    world.check(&token, "vc.type", Cause::Trust, text);
}

#[test]
fn s17_a_status_that_cannot_be_checked_refuses() {
    let world = World::new();
    let token = world.forge_credential(|_, payload| payload["credentialStatus"] = json!({}));
    let text = "the claim 'credentialStatus' must be absent: status lists are not read yet";
    world.check(&token, "vc.status", Cause::Claims, text);
}

#[test]
fn s18_too_many_credentials_and_presentations_in_presentations() {
    let world = World::new();
    for (count, entries) in
        [(0, json!([])), (17, json!(vec![json!({}); 17])), (10_000, json!(vec![0; 10_000]))]
    {
        let token = world.forge(|_, payload| payload["verifiableCredential"] = entries);
        let text = format!("the presentation holds {count} credentials; between 1 and 16 are read");
        world.check(&token, "vp.count", Cause::Form, &text);
    }
    let envelope = "credential 1 of the presentation must be an EnvelopedVerifiableCredential with an id that begins with data:application/vc+jwt,";
    let inner = world.presentation();
    for entry in [
        json!({"type": "EnvelopedVerifiablePresentation", "id": format!("data:application/vp+jwt,{inner}")}),
        json!({"type": "EnvelopedVerifiableCredential", "id": format!("data:application/vp+jwt,{inner}")}),
        json!({"type": "VerifiableCredential", "issuer": "did:web:oem.example"}),
        json!(world.credential()),
    ] {
        let token = world.forge(|_, payload| payload["verifiableCredential"] = json!([entry]));
        world.check(&token, "vp.envelope", Cause::Form, envelope);
    }
    let credentials = vec![world.credential(); 17];
    let made = present(&world.shop_key, &world.shop, &credentials, &world.mill, "1", world.now);
    assert_eq!(
        made.unwrap_err().to_string(),
        "a presentation holds between 1 and 16 credentials, not 17"
    );
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
        let mut document = did_web_document(&world.shop, &[world.shop_key.public()], "");
        document["verificationMethod"][0]["publicKeyJwk"] = jwk;
        let read = DidDocument::parse(&world.shop, document.to_string().as_bytes());
        let refusal = read.unwrap_err();
        let got = (refusal.code(), refusal.cause(), refusal.to_string());
        assert_eq!(got, ("did.key", Cause::Form, text.to_owned()));
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

#[test]
fn dids_of_methods_that_are_not_accepted() {
    let world = World::new();
    for (holder, why) in [
        ("did:key:z6Mk", "its method is not accepted; use did:web or did:jwk"),
        ("did:web:shop.example%2Fx", "its host is not a domain name in lower case"),
        ("did:jwk:e30", "its key is not for ES256 signatures on P-256"),
        ("did:jwk:AA", "its id is not a JWK"),
    ] {
        let token = world.forge(|_, payload| payload["iss"] = json!(holder));
        let text = format!("'{holder}' cannot be used: {why}");
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
    let good = did_web_document(&world.shop, &[world.shop_key.public()], "");
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
    assert_eq!(
        refuse(&" ".repeat(65_537)),
        "the DID document has 65537 bytes; at most 65536 are read"
    );
    assert_eq!(
        refuse(r#"{"id":"did:web:shop.example","id":"did:web:shop.example"}"#),
        "the DID document: the member at '/id' stands twice"
    );
}

#[test]
fn documents_with_relative_names_and_embedded_methods_and_keys_of_other_kinds() {
    let world = World::new();
    let jwk = world.shop_key.public().to_jwk();
    let document = json!({
        "id": world.shop,
        "verificationMethod": [
            {"id": "#ed", "type": "JsonWebKey", "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA"}},
            {"id": "#multi", "type": "Multikey", "publicKeyMultibase": "z6Mk"},
            {"id": "did:web:other.example#k", "type": "JsonWebKey", "publicKeyJwk": jwk},
        ],
        "authentication": ["#ed", {"id": "#k", "type": "JsonWebKey", "publicKeyJwk": jwk}],
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
fn a_credential_handed_over_is_checked_before_it_is_kept() {
    let world = World::new();
    let (token, documents) = (world.credential(), world.documents());
    let check = |issuer, subject| {
        let checked = Credential::check(&token, &documents, issuer, subject, world.now);
        checked.map_err(|refusal| refusal.to_string())
    };
    assert_eq!(check(&world.oem, &world.shop), Ok(()));
    assert_eq!(
        check(&world.mill, &world.shop).unwrap_err(),
        "the claim 'issuer' must be the company that hands the credential over"
    );
    assert_eq!(
        check(&world.oem, &world.mill).unwrap_err(),
        "the credential is about did:web:shop.example, the presentation is by did:web:mill.example; present only your own"
    );
    let peeked = Credential::peek(&token).unwrap();
    assert_eq!(peeked.unverified_types(), [adit::PARTNER_CREDENTIAL.as_str()]);
    assert_eq!(peeked.unverified_subject(), &world.shop);
    assert_eq!(peeked.unverified_valid_until(), Some(world.claims().valid_until));
    assert_eq!(peeked.unverified_id(), Some("urn:uuid:1"));
}

#[test]
fn credentials_that_are_not_issued() {
    let world = World::new();
    let refuse = |change: &dyn Fn(&mut Claims)| {
        let mut claims = world.claims();
        change(&mut claims);
        issue(&world.oem_key, &world.oem, &claims, world.now).unwrap_err().to_string()
    };
    assert_eq!(
        refuse(&|claims| claims.types = vec!["FriendCredential".into()]),
        "'FriendCredential' is not a type of credential; known are OwnerCredential, MembershipCredential, PartnerCredential, LegitimateInterestCredential, ResearcherCredential, AuthorityCredential, AuditorCredential"
    );
    assert_eq!(
        refuse(&|claims| claims.valid_until = claims.valid_from),
        "the credential would begin at 2026-11-22T12:00:00Z and end at 2026-11-22T12:00:00Z; end it later"
    );
    assert_eq!(
        refuse(&|claims| claims.extra = [("id".to_owned(), json!("x"))].into_iter().collect()),
        "extra holds an id; the subject is named by its own field"
    );
}

#[test]
fn trust_lists_that_are_not_read() {
    let refuse = |text: &str| TrustList::read(text).unwrap_err().to_string();
    let entry = "[[issuer]]\ndid = \"did:web:a.example\"\n";
    assert_eq!(
        refuse(&format!("{entry}types = [\"FriendCredential\"]")),
        "the trust list gives did:web:a.example the type 'FriendCredential'; known are OwnerCredential, MembershipCredential, PartnerCredential, LegitimateInterestCredential, ResearcherCredential, AuthorityCredential, AuditorCredential"
    );
    assert!(
        refuse(&format!("{entry}types = []"))
            .starts_with("the trust list gives did:web:a.example no type")
    );
    let twice = format!("{entry}types = [\"PartnerCredential\"]\n").repeat(2);
    assert_eq!(
        refuse(&twice),
        "the trust list names did:web:a.example twice; put all its types in one entry"
    );
    assert!(refuse(&format!("{entry}types = []\nuntil = 1")).contains("unknown field `until`"));
    assert!(refuse(r#"{"issuer": [{"did": "a", "types": []}]}"#).contains("'a' is not a DID"));
}

#[test]
fn a_trust_list_is_changed_and_written_for_people() {
    let mut list = TrustList::read(
        r#"{"issuer": [{"did": "did:web:a.example", "types": ["adit:PartnerCredential"]}]}"#,
    )
    .unwrap();
    let a = did("did:web:a.example");
    list.add(&a, ["AuditorCredential"], Some("audits us".into())).unwrap();
    assert_eq!(
        list.to_text(),
        "# Which issuer may issue which type of credential.\n\n[[issuer]]\ndid = \"did:web:a.example\"\ntypes = [\"PartnerCredential\", \"AuditorCredential\"]\nnote = \"audits us\"\n"
    );
    assert!(list.remove(&a));
    assert!(!list.remove(&a));
    assert_eq!(TrustList::read(&list.to_text()).unwrap(), TrustList::default());
}

/// The example of [RFC 7515, A.3](https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3).
#[test]
fn verifies_the_published_es256_example() {
    let private = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
    let signed = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let key = Keypair::from_private_jwk(private).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert!(key.public().verifies(signed.as_bytes(), &signature));
    assert!(!key.public().verifies(&signed.as_bytes()[1..], &signature));
}

/// The P-256 key of the test suite of VC-JOSE-COSE, whose kid is its thumbprint.
#[test]
fn the_thumbprint_of_the_published_key() {
    let private = r#"{"kty":"EC","crv":"P-256","d":"J_a5KH6A2Ru7iOAzvUkQEjKCJQCdxUXVajaW3CaPORs"}"#;
    let key = Keypair::from_private_jwk(private).unwrap();
    assert_eq!(key.public().thumbprint(), "73voMXFNmNlOEpuYCSJlh8eN0dscykoO6gBukgRS1uU");
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
        assert!(error.starts_with("not a private P-256 key: "), "{error}");
    }
}

#[test]
fn josekit_is_called_in_one_file_and_only_its_signature_layer() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let uses: Vec<_> = text.lines().filter(|line| line.contains("josekit::")).collect();
        if path.ends_with("jose.rs") {
            let fits = |line: &&str| line.contains("josekit::jw");
            assert!(!uses.is_empty() && uses.iter().all(fits), "{uses:?}");
            assert!(!text.contains(concat!("josekit::", "jwt")));
            assert!(!text.contains(concat!("josekit::", "jwe")));
        } else if !path.ends_with("tests.rs") {
            assert_eq!(uses, [""; 0], "{}", path.display());
        }
    }
}
