//! Messages, and where they are sent.

use super::*;

fn message(kind: &str, members: Value) -> Vec<u8> {
    crate::dcp::message::write(kind, members).to_string().into_bytes()
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
fn the_texts_of_an_offer_are_cut() {
    let long = "x".repeat(1_000);
    let members = json!({ "issuer": "did:web:oem.example", "credentials": [{
        "id": "a", "type": "CredentialObject", "credentialType": long, "credentialSchema": long,
        "offerReason": long, "bindingMethods": vec![long.clone(); 30], "profile": long,
    }] });
    let offer = CredentialOffer::read(&message("CredentialOfferMessage", members)).unwrap();
    assert!(offer.to_json().to_string().len() < 2_000);
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
