//! Messages, scopes, tokens and what is shown, and the exact answer to everything else.

use super::*;
use crate::*;
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::LazyLock;

static NOW: LazyLock<Timestamp> = LazyLock::new(|| "2026-11-22T12:00:00Z".parse().unwrap());
static SHOP_KEY: LazyLock<Keypair> = LazyLock::new(|| Keypair::generate().unwrap());
static OEM_KEY: LazyLock<Keypair> = LazyLock::new(|| Keypair::generate().unwrap());

fn did(name: &str) -> Did {
    format!("did:web:{name}.example").parse().unwrap()
}

/// The document of a company with one key, with members changed.
fn document(name: &str, key: &Keypair, change: impl FnOnce(&mut Value)) -> DidDocument {
    let services = [json!({
        "id": "#cs", "type": CREDENTIAL_SERVICE, "serviceEndpoint": "https://cs.shop.example/",
    })];
    let mut document =
        did_web_document(&did(name), &[key.public()], "https://connector.example", &services);
    change(&mut document);
    DidDocument::parse(&did(name), document.to_string().as_bytes()).unwrap()
}

fn documents() -> Documents {
    [document("shop", &SHOP_KEY, |_| {}), document("oem", &OEM_KEY, |_| {})].into_iter().collect()
}

fn trust() -> Trust {
    let mut list = TrustList::default();
    list.add(&did("oem"), ["MembershipCredential"], None).unwrap();
    list.into()
}

/// Verifies as the mill does.
fn with_evidence<T>(
    documents: &Documents,
    replay: &dyn Replay,
    check: impl FnOnce(&Evidence<'_>) -> T,
) -> T {
    let (statuses, trust, verified) = (Statuses::default(), trust(), Verified::default());
    let (audience, now) = (&did("mill"), *NOW);
    check(&Evidence {
        documents,
        statuses: &statuses,
        trust: &trust,
        audience,
        replay,
        verified: &verified,
        now,
    })
}

fn verify(token: &str, documents: &Documents, replay: &dyn Replay) -> Result<Sender, Refusal> {
    let token = SelfIssued::parse(token)?;
    with_evidence(documents, replay, |evidence| token.verify(evidence))
}

fn token(access: Option<&str>) -> String {
    self_issue(&SHOP_KEY, &did("shop"), &did("mill"), access, "1", *NOW).unwrap()
}

/// The token with header and claims changed, signed by the shop all the same.
fn forged(change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let token = token(Some("secret"));
    let parts: Vec<_> = token.split('.').collect();
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (mut header, mut payload) = (read(parts[0]), read(parts[1]));
    change(&mut header, &mut payload);
    let [header, payload] = [header, payload].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
    let signature = SHOP_KEY.sign(format!("{header}.{payload}").as_bytes()).unwrap();
    format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn credential(id: &str, holder: &str, valid_s: i64) -> String {
    let until = *NOW + SignedDuration::from_secs(valid_s);
    let from = *NOW - SignedDuration::from_hours(1);
    let claims = Claims::about(id, "MembershipCredential", did(holder), from, until);
    issue(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()
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

#[test]
fn scopes_are_read_with_and_without_their_end() {
    let read = |text: &str| text.parse::<Scope>().map_err(|e| e.to_string());
    let member = Scope::Type("MembershipCredential".into());
    for text in [
        "org.eclipse.dspace.dcp.vc.type:MembershipCredential",
        "org.eclipse.dspace.dcp.vc.type:MembershipCredential:read",
    ] {
        assert_eq!(read(text), Ok(member.clone()));
    }
    let id = Scope::Id("urn:uuid:1".into());
    assert_eq!(read("org.eclipse.dspace.dcp.vc.id:urn:uuid:1"), Ok(id.clone()));
    assert_eq!(read(&id.to_string()), Ok(id.clone()));
    for wrong in [
        "",
        "Member",
        "org.eclipse.dspace.dcp.vc.type:",
        "org.eclipse.dspace.dcp.vc.id::read",
        "org.eclipse.dspace.dcp.vc.type:a b",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let types = ["VerifiableCredential", "MembershipCredential"];
    assert!(member.fits(types, None) && id.fits(types, Some("urn:uuid:1")));
    assert!(Scope::Type("https://w3id.org/adit/ns#MembershipCredential".into()).fits(types, None));
    assert!(!Scope::Type("SensitiveCredential".into()).fits(types, Some("SensitiveCredential")));
    assert!(Scope::Type("Sensitive".into()).fits(["Sensitive"], None));
}

#[test]
fn an_access_token_opens_its_scopes_to_its_verifier_for_its_time() {
    let access = Access {
        verifier: did("shop"),
        scopes: vec![Scope::Type("adit:MembershipCredential".into())],
        until: *NOW + SignedDuration::from_mins(5),
    };
    let sender = verify(&token(None), &documents(), &ForgetfulReplay::default()).unwrap();
    let asked = [Scope::Type("MembershipCredential".into()), Scope::Type("Sensitive".into())];
    assert_eq!(access.opened(&sender, &asked, *NOW).unwrap(), [&asked[0]]);
    let whole = Access { scopes: Vec::new(), ..access.clone() };
    assert_eq!(whole.opened(&sender, &asked, *NOW).unwrap().len(), 2);
    let others = Access { verifier: did("oem"), ..access.clone() };
    assert_eq!(others.opened(&sender, &asked, *NOW).unwrap_err().code(), "dcp.access");
    assert_eq!(access.opened(&sender, &asked, access.until).unwrap_err().code(), "dcp.access");
}

fn message(kind: &str, members: Value) -> Vec<u8> {
    super::message::write(kind, members).to_string().into_bytes()
}

#[test]
fn a_query_asks_in_one_way() {
    let read = |members: Value| {
        PresentationQuery::read(&message("PresentationQueryMessage", members))
            .map_err(|it| (it.code(), it.cause()))
    };
    let scope = "org.eclipse.dspace.dcp.vc.type:MembershipCredential:read";
    let definition = json!({ "id": "1", "input_descriptors": [] });
    let query = read(json!({ "scope": [scope, "other:thing"], "unknown": 1 })).unwrap();
    assert_eq!(query.scopes, [scope.parse().unwrap()]);
    assert_eq!(PresentationQuery::read(query.to_json().to_string().as_bytes()).unwrap(), query);
    for (members, expected) in [
        (
            json!({ "scope": [scope], "presentationDefinition": definition }),
            ("dcp.query", DcpCause::Form),
        ),
        (
            json!({ "presentationDefinition": definition }),
            ("dcp.definition", DcpCause::Unsupported),
        ),
        (json!({ "presentationDefinition": {} }), ("dcp.member", DcpCause::Form)),
        (json!({ "scope": [] }), ("dcp.member", DcpCause::Form)),
        (json!({ "scope": [1] }), ("dcp.member", DcpCause::Form)),
        (json!({}), ("dcp.member", DcpCause::Form)),
    ] {
        assert_eq!(read(members.clone()).unwrap_err(), expected, "{members}");
    }
}

#[test]
fn what_is_no_message_is_refused_before_its_members_are_read() {
    let code = |bytes: &[u8]| PresentationQuery::read(bytes).unwrap_err().code();
    assert_eq!(code(b"{"), "dcp.json");
    assert_eq!(code(b"[]"), "dcp.member");
    assert_eq!(code(br#"{"type": "a", "type": "b"}"#), "dcp.duplicate");
    assert_eq!(code("[".repeat(40).as_bytes()), "dcp.json");
    assert_eq!(code(&vec![b' '; MESSAGE_BYTES_MAX + 1]), "dcp.size");
    for context in [
        json!(DCP_CONTEXT),
        json!([]),
        json!(["https://a.example"]),
        json!([DCP_CONTEXT, {}]),
        Value::Null,
    ] {
        let text = json!({ "@context": context, "type": "PresentationQueryMessage" }).to_string();
        assert_eq!(code(text.as_bytes()), "dcp.context", "{text}");
    }
    let further =
        json!({ "@context": ["https://a.example", DCP_CONTEXT], "type": "CredentialMessage" });
    assert_eq!(code(further.to_string().as_bytes()), "dcp.kind");
    assert_eq!(kind_of(further.to_string().as_bytes()).unwrap(), "CredentialMessage");
}

#[test]
fn a_delivery_is_read_whole_or_not_at_all() {
    let container = json!({ "credentialType": "MembershipCredential", "payload": "a.b.c", "format": "vc11-sl2021/jwt" });
    let whole = || json!({ "issuerPid": "i", "holderPid": "h", "status": "ISSUED", "credentials": [container.clone()] });
    let read = |members: Value| CredentialMessage::read(&message("CredentialMessage", members));
    let delivery = read(whole()).unwrap();
    assert_eq!(
        CredentialMessage::read(delivery.to_json().to_string().as_bytes()).unwrap(),
        delivery
    );
    let rejected = json!({ "issuerPid": "i", "holderPid": "h", "status": "REJECTED", "rejectionReason": null });
    assert_eq!(read(rejected).unwrap().outcome, Outcome::Rejected(None));
    for (member, value) in [
        ("issuerPid", json!("")),
        ("holderPid", Value::Null),
        ("status", json!("INVALID_STATUS")),
        ("credentials", json!([])),
        (
            "credentials",
            json!([{ "credentialType": "M", "payload": { "id": 1 }, "format": "ldp" }]),
        ),
        ("credentials", json!(vec![container.clone(); 17])),
    ] {
        let mut members = whole();
        members[member] = value;
        assert_eq!(read(members).unwrap_err().code(), "dcp.member", "{member}");
    }
}

#[test]
fn requests_offers_and_metadata_are_read_as_they_are_written() {
    let request = CredentialRequest { holder_pid: "h".into(), ids: vec!["a".into(), "b".into()] };
    assert_eq!(CredentialRequest::read(request.to_json().to_string().as_bytes()).unwrap(), request);
    let no_ids = message("CredentialRequestMessage", json!({ "holderPid": "h" }));
    assert_eq!(CredentialRequest::read(&no_ids).unwrap_err().code(), "dcp.member");

    let offers = Offer::of_types(&["MembershipCredential"]);
    let metadata = Offer::metadata(&offers, &did("oem"));
    let read = IssuerMetadata::read(metadata.to_json().to_string().as_bytes()).unwrap();
    assert_eq!(read, metadata);
    let profiles: Vec<_> = read.supported.iter().filter_map(|it| it.profile.as_deref()).collect();
    assert_eq!(profiles, ["vc20-bssl/jwt", "vc11-sl2021/jwt"]);
    assert_eq!(Offer::find(&offers, &did("oem"), "x").unwrap_err().code(), "dcp.offer");

    let offer = CredentialOffer { issuer: did("oem"), credentials: metadata.supported };
    assert_eq!(CredentialOffer::read(offer.to_json().to_string().as_bytes()).unwrap(), offer);
    let sparse = json!({ "issuer": "did:web:oem.example", "credentials": [{ "id": "a" }] });
    CredentialOffer::read(&message("CredentialOfferMessage", sparse)).unwrap();
    for wrong in [
        json!({ "issuer": null, "credentials": [{ "id": "a" }] }),
        json!({ "issuer": "did:web:oem.example", "credentials": [{ "id": "a", "credentialType": "M" }] }),
        json!({ "issuer": "did:web:oem.example", "credentials": [] }),
    ] {
        let read = CredentialOffer::read(&message("CredentialOfferMessage", wrong));
        assert_eq!(read.unwrap_err().code(), "dcp.member");
    }
}

#[test]
fn of_equal_credentials_the_newest_is_shown_and_none_that_ended() {
    let renewed = {
        let until = *NOW + SignedDuration::from_hours(48);
        let claims = Claims::about("urn:uuid:3", "MembershipCredential", did("shop"), *NOW, until);
        issue(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()
    };
    let wallet =
        [credential("urn:uuid:1", "shop", 3600), credential("urn:uuid:2", "shop", -1), renewed];
    let wallet: Vec<_> = wallet.iter().map(|token| Kept::read(token).unwrap()).collect();
    let chosen = |scopes: &[Scope]| {
        let scopes: Vec<_> = scopes.iter().collect();
        let chosen = choose(&wallet, &scopes, &did("mill"), *NOW);
        chosen
            .into_iter()
            .map(|it| it.credential().unverified_id().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(chosen(&[Scope::Type("MembershipCredential".into())]), ["urn:uuid:3"]);
    assert_eq!(chosen(&[Scope::Id("urn:uuid:1".into())]), ["urn:uuid:1"]);
    assert_eq!(chosen(&[Scope::Id("urn:uuid:2".into())]), [""; 0]);
    assert_eq!(chosen(&[Scope::Type("PartnerCredential".into())]), [""; 0]);
    assert!(wallet[2].replaces(&wallet[0]) && wallet[2].replaces(&wallet[1]));
    assert!(!wallet[0].replaces(&wallet[2]) && !wallet[2].replaces(&wallet[2]));
}

#[test]
fn a_credential_between_two_is_shown_to_its_issuer_alone() {
    let claims = Claims::about(
        "urn:uuid:1",
        "PartnerCredential",
        did("shop"),
        *NOW,
        *NOW + SignedDuration::from_hours(1),
    );
    let kept = Kept::read(&issue(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()).unwrap();
    assert!(kept.is_for(&did("oem")));
    assert!(!kept.is_for(&did("mill")));
    let member = Kept::read(&credential("urn:uuid:2", "shop", 60)).unwrap();
    assert!(member.is_for(&did("mill")));
}

/// What the shop shows the mill: each credential in both data models.
fn shown(wallet: &[Kept]) -> PresentationResponse {
    let chosen: Vec<_> = wallet.iter().collect();
    let mut ids = 0;
    let id = || {
        ids += 1;
        format!("presentation-{ids}")
    };
    let presentations = show(&SHOP_KEY, &did("shop"), &chosen, &did("mill"), id, *NOW).unwrap();
    let response = PresentationResponse { presentations };
    PresentationResponse::read(response.to_json().to_string().as_bytes()).unwrap()
}

#[test]
fn what_is_shown_in_both_data_models_makes_one_caller() {
    let claims = Claims::about(
        "urn:uuid:11",
        "MembershipCredential",
        did("shop"),
        *NOW,
        *NOW + SignedDuration::from_hours(1),
    );
    let wallet = [
        Kept::read(&credential("urn:uuid:1", "shop", 60)).unwrap(),
        Kept::read(&issue11(&OEM_KEY, &did("oem"), &claims, *NOW).unwrap()).unwrap(),
    ];
    assert_eq!([wallet[0].profile(), wallet[1].profile()], [Profile::Vc20, Profile::Vc11]);
    let response = shown(&wallet);
    assert_eq!(response.presentations.len(), 2);
    let sender = verify(&token(Some("a")), &documents(), &ForgetfulReplay::default()).unwrap();
    let asked = scopes_to_ask(&trust(), *NOW);
    assert_eq!(asked, [Scope::Type("MembershipCredential".into())]);
    let shown = Shown::read(&response, &sender, &asked).unwrap();
    let replay = ForgetfulReplay::default();
    let callers = shown.into_presentations().into_iter().map(|presentation| {
        with_evidence(&documents(), &replay, |evidence| presentation.verify(evidence).unwrap())
    });
    let caller = callers.reduce(|one, other| one.joined(other).unwrap()).unwrap();
    assert_eq!(caller.did(), Some(&did("shop")));
    assert_eq!(caller.credentials().len(), 2);
    assert!(caller.holds("https://w3id.org/adit/ns#MembershipCredential"));
}

#[test]
fn what_was_not_asked_for_is_passed_over_and_nothing_is_not_enough() {
    let wallet = [Kept::read(&credential("urn:uuid:1", "shop", 60)).unwrap()];
    let sender = verify(&token(Some("a")), &documents(), &ForgetfulReplay::default()).unwrap();
    let read = |response: &PresentationResponse, asked: &[Scope]| {
        Shown::read(response, &sender, asked).map(drop).map_err(|it| (it.code(), it.cause()))
    };
    let partner = [Scope::Type("PartnerCredential".into())];
    let nothing = Err(("dcp.notShown", DcpCause::Forbidden));
    assert_eq!(read(&shown(&wallet), &partner), nothing);
    assert_eq!(read(&PresentationResponse { presentations: Vec::new() }, &partner), nothing);
    // A presentation by another, which the sender passes on.
    let stranger = Keypair::generate().unwrap();
    let token =
        present(&stranger, &did("oem"), &[wallet[0].token().to_owned()], &did("mill"), "1", *NOW);
    let response = PresentationResponse { presentations: vec![token.unwrap()] };
    assert_eq!(read(&response, &partner), Err(("dcp.presenter", DcpCause::Forbidden)));
}

#[test]
fn a_delivered_credential_is_from_its_sender_about_the_holder() {
    let check = |credential: &str, sender: &str| {
        let (documents, replay) = (documents(), ForgetfulReplay::default());
        let kept = Kept::read(credential).unwrap();
        with_evidence(&documents, &replay, |evidence| {
            kept.check_delivered(&did(sender), evidence).map_err(|it| it.code())
        })
    };
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "oem"), Ok(()));
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "shop"), Err("vc.issuer"));
    assert_eq!(check(&credential("urn:uuid:1", "shop", 60), "oem"), Err("vc.holder"));
    assert_eq!(check(&credential("urn:uuid:1", "mill", -60), "oem"), Err("vc.expired"));
}

#[test]
fn a_delivery_is_proved_before_any_status_list_is_asked_for() {
    let forged = {
        let until = *NOW + SignedDuration::from_hours(1);
        let claims = Claims::about("urn:uuid:1", "MembershipCredential", did("mill"), *NOW, until);
        issue(&SHOP_KEY, &did("oem"), &claims, *NOW).unwrap()
    };
    let check = |token: &str, sender: &str| {
        let (documents, kept) = (documents(), Kept::read(token).unwrap());
        with_evidence(&documents, &ForgetfulReplay::default(), |evidence| {
            kept.check_signed(&did(sender), evidence).map_err(|it| it.code())
        })
    };
    assert_eq!(check(&forged, "oem"), Err("did.key"));
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "shop"), Err("vc.issuer"));
    assert_eq!(check(&credential("urn:uuid:1", "shop", 60), "oem"), Err("vc.holder"));
    assert_eq!(check(&credential("urn:uuid:1", "mill", 60), "oem"), Ok(()));
}

#[test]
fn what_is_delivered_was_asked_for_or_renews_what_is_held() {
    let of = |types: &[&str]| types.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let kept = |id: &str, valid_s: i64| Kept::read(&credential(id, "mill", valid_s)).unwrap();
    let (old, new, short) =
        (kept("urn:uuid:1", 60), kept("urn:uuid:2", 90), kept("urn:uuid:3", 30));
    assert!(new.is_of(&of(&["MembershipCredential"])));
    assert!(new.is_of(&of(&["PartnerCredential", "adit:MembershipCredential"])));
    assert!(!new.is_of(&of(&["PartnerCredential"])) && !new.is_of(&[]));
    assert!(!new.renews(&[]), "nothing of its kind is held");
    assert!(new.renews(std::slice::from_ref(&old)) && old.renews(std::slice::from_ref(&old)));
    assert!(!short.renews(&[old]), "it would stand beside the longer one");
}

#[test]
fn a_service_with_a_query_or_a_fragment_in_its_address_is_none() {
    for (endpoint, is_one) in [
        ("https://cs.shop.example/dcp", true),
        ("https://cs.shop.example/send?to=", false),
        ("https://cs.shop.example/#", false),
    ] {
        let change = |it: &mut Value| it["service"][1]["serviceEndpoint"] = json!(endpoint);
        let document = document("shop", &SHOP_KEY, change);
        assert_eq!(document.service(CREDENTIAL_SERVICE).is_some(), is_one, "{endpoint}");
    }
}

#[test]
fn the_texts_of_an_offer_are_cut() {
    let long = "x".repeat(1_000);
    let members = json!({ "issuer": "did:web:oem.example", "credentials": [{
        "id": "a", "type": "CredentialObject", "credentialType": long, "credentialSchema": long,
        "offerReason": long, "bindingMethods": vec![long.clone(); 30], "profile": long,
    }] });
    let offer = CredentialOffer::read(&message("CredentialOfferMessage", members)).unwrap();
    assert!(offer.to_json().to_string().len() < 2_000);
}
