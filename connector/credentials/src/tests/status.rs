//! Status lists: what stands, and the exact answer to everything that keeps a list from being believed.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::sync::Arc;

const LIST: &str = "https://connector.oem.example/credentials/status/revocation/1";
const INDEX: u64 = 94_567;

fn entry(purpose: StatusPurpose) -> StatusEntry {
    let (list, form) = (LIST.to_owned(), StatusForm::Bitstring);
    StatusEntry { purpose, list, index: INDEX, form }
}

impl World {
    /// A credential of the OEM for the shop with a place in a list.
    fn with_status(&self, entry: StatusEntry) -> String {
        let claims = Claims { status: vec![entry], ..self.claims() };
        issue(&self.oem_key, &self.oem, &claims, self.now).unwrap()
    }

    /// The list of the OEM, as it is served.
    fn list(&self, purpose: StatusPurpose, bits: &Bits) -> String {
        let valid_until = self.now + SignedDuration::from_mins(15);
        let (url, form, valid_from) = (LIST, StatusForm::Bitstring, self.now);
        let claims = StatusListClaims { url, purpose, bits, valid_from, valid_until, form };
        issue_status_list(&self.oem_key, &self.oem, &claims).unwrap()
    }

    fn clear_list(&self) -> String {
        self.list(StatusPurpose::Revocation, &Bits::new(131_072))
    }

    /// The list with its payload changed, signed by the OEM all the same.
    fn forge_list(&self, change: impl FnOnce(&mut Value)) -> String {
        resign(&self.clear_list(), &self.oem_key, |_, payload| change(payload))
    }

    /// What a credential comes to with what lies at the address of its list.
    fn try_list(&mut self, entry: StatusEntry, body: &str) -> Result<Caller, Refusal> {
        let token = self.present(&[self.with_status(entry)]);
        let (documents, replay) = (self.documents(), ForgetfulReplay::default());
        self.statuses = Statuses::default();
        let evidence = self.evidence(&documents, &replay);
        let wanted = Unverified::parse(&token)?.status_lists(&evidence)?;
        let [wanted] = &wanted[..] else { unreachable!("one entry wants one list: {wanted:?}") };
        let read = StatusList::read(wanted, body.as_bytes(), &evidence);
        match read {
            Ok(list) => self.statuses.add(Arc::new(list)),
            Err(why) => self.statuses.fail(LIST, why),
        }
        self.try_token_with(&token, &documents, &replay)
    }

    fn code(&mut self, entry: StatusEntry, body: &str) -> &'static str {
        match self.try_list(entry, body) {
            Ok(_) => "stands",
            Err(refusal) => {
                assert_eq!(refusal.cause(), Cause::Trust);
                refusal.code()
            }
        }
    }
}

#[test]
fn a_credential_stands_while_its_bit_is_clear() {
    let mut world = World::new();
    for purpose in StatusPurpose::ALL {
        let list = world.list(purpose, &Bits::new(131_072));
        let caller = world.try_list(entry(purpose), &list).unwrap();
        assert_eq!(caller.status_lists().len(), 1);
        let (statuses, now) = (&world.statuses, world.now);
        assert!(caller.still_trusted(&world.trust, statuses, now));
        assert!(!caller.still_trusted(&world.trust, &Statuses::default(), now));
        let late = now + SignedDuration::from_mins(15);
        assert!(!caller.still_trusted(&world.trust, statuses, late), "the list has ended");
    }
    // One that names no list needs none.
    world.try_token(&world.presentation()).unwrap();
}

#[test]
fn a_copy_of_a_list_lasts_no_longer_than_its_signature() {
    let mut world = World::new();
    let exp = world.now + SignedDuration::from_mins(5);
    let list = world.forge_list(|payload| payload["exp"] = json!(exp.as_second()));
    let caller = world.try_list(entry(StatusPurpose::Revocation), &list).unwrap();
    let end = exp + SignedDuration::from_secs(60);
    let stands = |now| caller.still_trusted(&world.trust, &world.statuses, now);
    assert!(stands(end - SignedDuration::from_secs(1)));
    assert!(!stands(end));
}

#[test]
fn each_entry_of_a_credential_is_asked() {
    let mut world = World::new();
    let held = StatusEntry {
        list: LIST.replace("revocation", "suspension"),
        ..entry(StatusPurpose::Suspension)
    };
    let status = vec![entry(StatusPurpose::Revocation), held.clone()];
    let claims = Claims { status, ..world.claims() };
    let token = world.present(&[issue(&world.oem_key, &world.oem, &claims, world.now).unwrap()]);
    let (documents, replay) = (world.documents(), ForgetfulReplay::default());
    let unverified = Unverified::parse(&token).unwrap();
    let wanted = unverified.status_lists(&world.evidence(&documents, &replay)).unwrap();
    assert_eq!(wanted.len(), 2);
    let own = |list: &str, purpose, is_set| {
        let mut bits = Bits::new(131_072);
        bits.set(INDEX, is_set);
        let issuer = did("did:web:oem.example");
        Arc::new(StatusList::own(list.to_owned(), issuer, purpose, bits, claims.valid_from))
    };
    for (revoked, suspended, code) in [
        (false, false, Ok(())),
        (true, false, Err("status.revoked")),
        (false, true, Err("status.suspended")),
    ] {
        world.statuses = Statuses::default();
        world.statuses.add(own(LIST, StatusPurpose::Revocation, revoked));
        world.statuses.add(own(&held.list, StatusPurpose::Suspension, suspended));
        let tried = world.try_token(&token).map(drop).map_err(|refusal| refusal.code());
        assert_eq!(tried, code);
    }
    world.statuses = Statuses::default();
    world.statuses.add(own(LIST, StatusPurpose::Revocation, false));
    assert_eq!(world.try_token(&token).unwrap_err().code(), "status.unreachable");
}

#[test]
fn s17_each_way_in_which_a_list_denies() {
    let mut world = World::new();
    let revocation = entry(StatusPurpose::Revocation);
    let mut set = Bits::new(131_072);
    set.set(INDEX, true);
    let encoded = |text: String| {
        move |payload: &mut Value| {
            payload["credentialSubject"]["encodedList"] = json!(text);
        }
    };
    let bomb = {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        (0..64).for_each(|_| packer.write_all(&vec![0; 1 << 20]).unwrap());
        format!("u{}", URL_SAFE_NO_PAD.encode(packer.finish().unwrap()))
    };
    let clear = Bits::new(131_072).encode();
    let ended = (world.now - SignedDuration::from_secs(1)).to_string();
    let revoked = world.list(StatusPurpose::Revocation, &set);
    let other_purpose = world.list(StatusPurpose::Suspension, &Bits::new(131_072));
    let far = StatusEntry { index: 131_072, ..revocation.clone() };
    let thief = did("did:web:shop.example");
    let by_other = {
        let (url, form, valid_from) = (LIST, StatusForm::Bitstring, world.now);
        let (valid_until, bits) = (world.now + SignedDuration::from_mins(15), Bits::new(131_072));
        let purpose = StatusPurpose::Revocation;
        let claims = StatusListClaims { url, purpose, bits: &bits, valid_from, valid_until, form };
        issue_status_list(&world.shop_key, &thief, &claims).unwrap()
    };
    let forged = resign(&world.clear_list(), &world.shop_key, |_, _| ());
    let cases = [
        ("clear", revocation.clone(), world.clear_list(), "stands"),
        ("bit set", revocation.clone(), revoked, "status.revoked"),
        ("another issuer", revocation.clone(), by_other, "status.issuer"),
        ("another purpose", revocation.clone(), other_purpose, "status.purpose"),
        ("beyond the end", far, world.clear_list(), "status.index"),
        (
            "too short",
            revocation.clone(),
            world.forge_list(encoded(Bits::new(131_064).encode())),
            "status.short",
        ),
        (
            "no u",
            revocation.clone(),
            world.forge_list(encoded(clear[1..].to_owned())),
            "status.multibase",
        ),
        ("a bomb", revocation.clone(), world.forge_list(encoded(bomb)), "status.size"),
        (
            "past its end",
            revocation.clone(),
            world.forge_list(|it| it["validUntil"] = json!(ended)),
            "status.stale",
        ),
        ("forged", revocation.clone(), forged, "status.signature"),
        (
            "another type",
            revocation.clone(),
            world.forge_list(|it| it["type"] = json!(["VerifiableCredential"])),
            "status.list",
        ),
        (
            "of another address",
            revocation.clone(),
            world.forge_list(|it| it["id"] = json!("https://x.example/1")),
            "status.list",
        ),
        (
            "not gzip",
            revocation.clone(),
            world.forge_list(encoded("uAAAA".to_owned())),
            "status.list",
        ),
        (
            "wider entries",
            revocation.clone(),
            world.forge_list(|it| it["credentialSubject"]["statusSize"] = json!(2)),
            "status.list",
        ),
        (
            "unsigned JSON",
            revocation.clone(),
            r#"{"type":["VerifiableCredential"]}"#.to_owned(),
            "status.list",
        ),
        ("a page", revocation.clone(), "<html>".to_owned(), "status.list"),
        ("too long", revocation.clone(), "a".repeat((1 << 20) + 1), "status.size"),
    ];
    for (input, entry, body, code) in cases {
        assert_eq!(world.code(entry, &body), code, "{input}");
    }
    let mut held = entry(StatusPurpose::Suspension);
    held.index = 7;
    let mut set = Bits::new(131_072);
    set.set(7, true);
    let list = world.list(StatusPurpose::Suspension, &set);
    assert_eq!(world.code(held, &list), "status.suspended");
}

#[test]
fn a_list_that_was_not_fetched_denies() {
    let mut world = World::new();
    let token = world.present(&[world.with_status(entry(StatusPurpose::Revocation))]);
    let refusal = world.try_token(&token).unwrap_err();
    assert_eq!((refusal.code(), refusal.cause()), ("status.unreachable", Cause::Trust));
    let list = LIST.to_owned();
    world.statuses.fail(LIST, StatusRefusal::Blocked { list, why: "loopback".into() });
    assert_eq!(world.try_token(&token).unwrap_err().code(), "status.blocked");
}

#[test]
fn a_forged_credential_names_no_list_to_fetch() {
    let world = World::new();
    let credential = world.with_status(entry(StatusPurpose::Revocation));
    let forged = resign(&credential, &world.shop_key, |_, _| ());
    let (documents, replay) = (world.documents(), ForgetfulReplay::default());
    let evidence = world.evidence(&documents, &replay);
    let unverified = Unverified::parse(&world.present(&[forged])).unwrap();
    assert_eq!(unverified.status_lists(&evidence).unwrap_err().code(), "jose.signature");
}

#[test]
fn the_form_of_2021_for_the_data_model_1_1() {
    let mut world = World::new();
    let url = LIST.replace("/status/", "/status2021/");
    let (purpose, form) = (StatusPurpose::Revocation, StatusForm::List2021);
    let place = StatusEntry { purpose, list: url.clone(), index: 7, form };
    let claims = Claims { status: vec![place], ..world.claims() };
    let credential = issue11(&world.oem_key, &world.oem, &claims, world.now).unwrap();
    let read = Credential::read11(&credential).unwrap();
    assert_eq!(read.form(), CredentialForm::Jwt11);
    assert_eq!(read.unverified_valid_until(), Some(claims.valid_until));
    let (documents, replay) = (world.documents(), ForgetfulReplay::default());
    let wanted: Vec<_> = read.wanted_lists().collect();
    for (bit, code) in [(8, "stands"), (7, "status.revoked")] {
        let mut bits = Bits::new(131_072);
        bits.set(bit, true);
        let (valid_from, valid_until) = (world.now, world.now + SignedDuration::from_mins(15));
        let bits = &bits;
        let claims = StatusListClaims { url: &url, purpose, bits, valid_from, valid_until, form };
        let list = issue_status_list(&world.oem_key, &world.oem, &claims).unwrap();
        let evidence = world.evidence(&documents, &replay);
        let list = StatusList::read(&wanted[0], list.as_bytes(), &evidence).unwrap();
        world.statuses.add(Arc::new(list));
        let evidence = world.evidence(&documents, &replay);
        let got =
            read.check_standing(&evidence).map_or_else(|refusal| refusal.code(), |()| "stands");
        assert_eq!(got, code);
    }
}

#[test]
fn credentials_of_the_data_model_1_1_end_with_exp() {
    let world = World::new();
    let credential = issue11(&world.oem_key, &world.oem, &world.claims(), world.now).unwrap();
    let (documents, replay) = (world.documents(), ForgetfulReplay::default());
    let code = |change: &dyn Fn(&mut Value)| {
        let changed = resign(&credential, &world.oem_key, |_, payload| change(payload));
        let evidence = world.evidence(&documents, &replay);
        let check = Credential::read11(&changed).and_then(|it| it.check_standing(&evidence));
        check.map_or_else(|refusal| refusal.code(), |()| "stands")
    };
    let now = world.now.as_second();
    assert_eq!(code(&|_| ()), "stands");
    assert_eq!(code(&|it| it["jti"] = json!("another")), "stands");
    assert_eq!(code(&|it| it["vc"]["expirationDate"] = json!(null)), "stands");
    assert_eq!(code(&|it| it["exp"] = json!(now - 1)), "vc.expired");
    assert_eq!(
        code(&|it| it["vc"]["expirationDate"] = json!("2020-01-01T00:00:00Z")),
        "vc.expired"
    );
    assert_eq!(
        code(&|it| it["vc"]["issuanceDate"] = json!("2030-01-01T00:00:00Z")),
        "vc.notYetValid"
    );
    assert_eq!(code(&|it| it["nbf"] = json!(now + 3600)), "claims.iat");
    assert_eq!(code(&|it| it["iss"] = json!("did:web:other.example")), "vc.issuer");
    assert_eq!(code(&|it| it["sub"] = json!("did:web:other.example")), "claims.sub");
    assert_eq!(code(&|it| it["vc"]["@context"] = json!(["https://x.example"])), "vc.context");
    assert_eq!(code(&|it| it["vc"] = json!(null)), "claims.forbidden");
    let schema = json!({"id": "https://x.example/s.json", "type": "JsonSchemaValidator2018"});
    assert_eq!(code(&|it| it["vc"]["credentialSchema"] = schema.clone()), "vc.schema");
    // The kit of the protocol leaves VerifiableCredential out.
    assert_eq!(code(&|it| it["vc"]["type"] = json!(["PartnerCredential"])), "stands");
}

#[test]
fn a_birth_certificate_is_about_an_item_and_presented_by_nobody() {
    let mut world = World::new();
    world.trust = trusting(&world.oem, ["DigitalBirthCertificate"]);
    let item = Subject::item("https://id.oem.example/01/09506000134352/21/7").unwrap();
    let mut claims = Claims { subject: item.clone(), ..world.claims() };
    claims.types = vec!["DigitalBirthCertificate".into()];
    claims.schema = Some(BIRTH_CERTIFICATE_SCHEMA);
    let error = issue(&world.oem_key, &world.oem, &claims, world.now).unwrap_err();
    assert!(error.to_string().contains("/credentialSubject"), "{error}");
    for (member, value) in [
        ("productionDate", json!("2026-11-20")),
        ("builtAt", json!("https://id.oem.example/414/1")),
        ("bomDigest", json!("ab".repeat(32))),
    ] {
        claims.extra.insert(member.to_owned(), value);
    }
    let certificate = issue(&world.oem_key, &world.oem, &claims, world.now).unwrap();
    let read = Credential::peek(&certificate).unwrap();
    assert_eq!(read.unverified_subject(), &item);
    let (documents, replay) = (world.documents(), ForgetfulReplay::default());
    read.check_standing(&world.evidence(&documents, &replay)).unwrap();
    let broken = resign(&certificate, &world.oem_key, |_, payload| {
        payload["credentialSubject"]["bomDigest"] = json!("none");
    });
    let read = Credential::peek(&broken).unwrap();
    let refusal = read.check_standing(&world.evidence(&documents, &replay)).unwrap_err();
    assert_eq!(refusal.code(), "vc.schema");
    let refusal = world.try_token(&world.present(&[certificate])).unwrap_err();
    assert_eq!(refusal.code(), "vc.subject");
    let partner = Claims { subject: item, ..world.claims() };
    let error = issue(&world.oem_key, &world.oem, &partner, world.now).unwrap_err();
    assert!(matches!(error, IssueError::Subject { .. }), "{error}");
}

#[test]
fn a_credential_with_its_proof_inside() {
    let mut world = World::new();
    world.oem_key = Keypair::generate_for(Algorithm::Ed25519).unwrap();
    let claims = Claims { status: vec![entry(StatusPurpose::Revocation)], ..world.claims() };
    let json = issue_embedded(&world.oem_key, &world.oem, &claims, world.now).unwrap();
    let read = Credential::peek(&json.to_string()).unwrap();
    assert_eq!(read.form(), CredentialForm::Embedded);
    assert_eq!(read.unverified_id(), Some("urn:uuid:1"));
    let (documents, replay) = (world.documents(), ForgetfulReplay::default());
    let evidence = world.evidence(&documents, &replay);
    assert_eq!(read.check_proof(&evidence).map_err(|refusal| refusal.code()), Ok(()));
    let wanted: Vec<_> = read.wanted_lists().collect();
    let list = StatusList::read(&wanted[0], world.clear_list().as_bytes(), &evidence).unwrap();
    world.statuses.add(Arc::new(list));
    read.check_standing(&world.evidence(&documents, &replay)).unwrap();
    let mut changed = json.clone();
    changed["credentialSubject"]["id"] = json!("did:web:thief.example");
    let read = Credential::peek(&changed.to_string()).unwrap();
    let refusal = read.check_proof(&world.evidence(&documents, &replay)).unwrap_err();
    assert_eq!(refusal.code(), "jose.signature");
}
