//! Rows S22 and S26: addresses and DIDs that are not what they look like.

use super::{World, world};
use crate::attack::forge::Key;
use crate::attack::peer::{Answer, Party, forbidden};
use crate::attack::target::DID;
use crate::attack::{MEMBERSHIP, Row, credential, self_issued};
use serde_json::json;

/// The spellings by which something that checks texts is led to this machine.
const SPELLINGS: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "１２７.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "127.9.9.9",
    "127.9.9.9.",
    "localhost",
    "localhost.",
    "peer.example.",
    "user@127.9.9.9",
    "user@peer.example",
    "peer.example:password@127.9.9.9",
];

#[test]
fn s22_no_spelling_of_an_address_in_a_did_is_asked() {
    let world = world();
    let row = |host: &str, code: &str| {
        let holder = World::somebody(format!("did:web:{host}"));
        Row::refused("S22", format!("did:web:{host}"), world.by(&holder), 400, code).offline()
    };
    let port = forbidden().address.port();
    let rows = [
        "127.0.0.1".to_owned(),
        format!("127.9.9.9%3A{port}"),
        format!("2130706433%3A{port}"),
        "0x7f.1".to_owned(),
        "0x7f.0x1".to_owned(),
        "0177.0.0.1".to_owned(),
        "0".to_owned(),
        "127.1".to_owned(),
        "%5B%3A%3Affff%3A127.0.0.1%5D".to_owned(),
        "127.0.0.1.".to_owned(),
        "peer.example.".to_owned(),
        "user%40peer.example".to_owned(),
        // These characters are in no DID at all.
        "１２７.0.0.1".to_owned(),
        "[::1]".to_owned(),
        "user@peer.example".to_owned(),
    ];
    world.scene.target.check(rows.iter().map(|host| row(host, "did.form")));
    // The issuer's document is at hand from here on.
    let known = world.by(&Party::jwk(Key::es256()));
    world.scene.target.check([Row::answered("S22", "a true holder", known)]);
    // A name that is this machine everywhere passes the grammar, and stops at the gate.
    world.scene.target.check([row("localhost", "net.address"), row("a.localhost", "net.address")]);
}

#[test]
fn s22_no_spelling_of_an_address_in_a_service_endpoint_is_asked() {
    let world = world();
    let port = forbidden().address.port();
    for (number, host) in SPELLINGS.iter().enumerate() {
        let name = format!("endpoint-{number}");
        let party = world.scene.peer.party(&name);
        let mut document = party.document();
        // Without a port of its own, so that the port is not what is refused.
        let endpoint = format!("https://{host}");
        document["service"] = json!([{
            "id": format!("{}#adit", party.did), "type": "AditConnector", "serviceEndpoint": endpoint,
        }]);
        world.scene.peer.on(&format!("/{name}/did.json"), Answer::json(&document));
        let told = world.ordered(&["token", "--peer", &party.did]);
        assert_eq!(told["code"], "net.address", "{endpoint}");
        // The spelling alone would say so too.
        let is_user = told["title"].as_str().unwrap().contains("it carries user information");
        assert_eq!(is_user, host.contains('@'), "{told}");
        // And an address that one of our own people was given.
        let with_port = format!("https://{host}:{port}");
        let told = world.ordered(&["token", "--peer", &with_port]);
        assert_eq!(told["code"], "net.address", "{with_port}");
    }
}

#[test]
fn s22_no_spelling_of_an_address_to_call_back_at_is_asked() {
    let world = world();
    let rows = SPELLINGS.iter().enumerate().map(|(number, host)| {
        let name = format!("calls-back-{number}");
        let party = world.scene.peer.party(&name);
        let mut document = party.document();
        document["service"] = json!([{
            "id": "#cs", "type": "CredentialService", "serviceEndpoint": format!("https://{host}/cs"),
        }]);
        world.scene.peer.on(&format!("/{name}/did.json"), Answer::json(&document));
        let token = self_issued(&party).claim("token", "an-access-token").signed(&party.key);
        Row::refused("S22", *host, world.scene.asking(&token), 400, "net.address")
    });
    world.scene.target.check(rows);
}

#[test]
fn s22_no_spelling_of_an_address_of_a_status_list_is_asked() {
    let world = world();
    let (issuer, holder) = (&world.scene.issuer, &world.scene.holder);
    let rows = SPELLINGS.iter().map(|host| {
        let list = format!("https://{host}/list");
        let shown = credential(issuer, &holder.did, MEMBERSHIP).claim(
            "credentialStatus",
            json!({
                "id": format!("{list}#7"), "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation", "statusListIndex": "7", "statusListCredential": list,
            }),
        );
        let shown = world.scene.showing(&[shown.signed(&issuer.key)]);
        // What is no address at all is refused with the credential, before the gate sees it.
        let (status, code) =
            if host.is_ascii() { (403, "status.blocked") } else { (401, "vc.status") };
        Row::refused("S22", *host, world.scene.asking(&shown), status, code)
    });
    world.scene.target.check(rows);
}

#[test]
fn s22_no_spelling_of_an_address_in_an_invitation_is_asked() {
    let world = world();
    let folder = world.scene.target.folder();
    for (did, code) in [
        ("did:web:127.0.0.1", "did.form"),
        ("did:web:2130706433", "did.form"),
        ("did:web:0x7f.1", "did.form"),
        ("did:web:localhost", "net.address"),
        ("did:web:peer.example%3A22", "net.address"),
    ] {
        let invitation = json!({
            "from": {
                "did": did, "name": "Nobody", "base": "https://127.9.9.9", "identifiers": {},
            },
            "to": DID, "code": "0", "until": "2099-01-01T00:00:00Z", "note": "",
        });
        let path = folder.join("hostile-invitation.json");
        std::fs::write(&path, invitation.to_string()).unwrap();
        assert_eq!(world.ordered(&["join", path.to_str().unwrap()])["code"], code, "{did}");
    }
}

#[test]
fn s26_a_did_that_looks_like_another_is_none() {
    let world = world();
    let row = |did: &str, status: u16, code: &str| {
        let holder = World::somebody(did);
        Row::refused("S26", did, world.by(&holder), status, code).offline()
    };
    world.scene.target.check([
        row("did:web:peer.example%2F..%2Fadmin", 400, "did.form"),
        row("did:web:peer.example:..:admin", 400, "did.form"),
        row("did:web:peer.example%2f%2e%2e", 400, "did.form"),
        row("did:web:peer.example%40evil.example", 400, "did.form"),
        row("did:web:peer.example%3A", 400, "did.form"),
        row("did:web:peer.example%3A0443", 400, "did.form"),
        row("did:web:peer.example%3A99999", 400, "did.form"),
        row("did:web:peer.example%3A22:holder", 400, "net.address"),
        row("did:web:peer.example%3A6379:holder", 400, "net.address"),
        // р is Cyrillic; in its other spelling it is a label of plain letters.
        row("did:web:xn--eer-red.example:holder", 400, "did.form"),
        row("did:web:рeer.example:holder", 400, "did.form"),
        row("did:web:PEER.example:holder", 400, "did.form"),
    ]);
}
