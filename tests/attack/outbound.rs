//! Rows S22 to S27: whom the connector asks because a stranger named them.
//!
//! Names are looked up at a name server of the test, peers speak TLS with certificates of an authority of the test, and
//! the environment of the connector names a proxy, which is the forbidden listener.

use super::forge::{Key, Token};
use super::names::Names;
use super::peer::{Answer, Party, forbidden};
use super::request::Request;
use super::secure::{Authority, SecurePeer, free_port, party};
use super::target::Target;
use super::{MEMBERSHIP, Row, Scene, credential, presentation, self_issued};
use crate::circle::json;
use serde_json::json;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

/// A scene whose connector asks the test's name server, and may ask 127.0.0.2 and what listens there.
struct World {
    scene: Scene,
    names: Names,
    secure: SecurePeer,
    /// How often somebody came to the port of `secure` at 127.9.9.9.
    neighbour: Arc<AtomicUsize>,
}

fn world() -> MutexGuard<'static, World> {
    static WORLD: OnceLock<Mutex<World>> = OnceLock::new();
    let world = WORLD.get_or_init(|| Mutex::new(World::start()));
    // A test that failed while it held the world says so itself.
    world.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl World {
    fn start() -> Self {
        let names = Names::start();
        let authority = Authority::new("Authority of the test");
        let certificate = authority.issue(&["secure.example", "flip.example"]);
        let (secure, neighbour) = beside(&certificate);
        let forbidden = forbidden().address;
        let proxy = format!("http://{forbidden}");
        let mut target = Target::prepared("");
        let roots = target.folder().join("roots.pem");
        std::fs::write(&roots, authority.pem()).unwrap();
        let ports = format!("{}, {}", secure.address.port(), forbidden.port());
        for (name, value) in [
            ("ADIT_NETWORK_DNS", names.address.to_string().as_str()),
            ("ADIT_NETWORK_ALLOW", "127.0.0.2/32"),
            ("ADIT_NETWORK_PORTS", &ports),
            ("ADIT_NETWORK_ROOTS", "roots.pem"),
            ("http_proxy", &proxy),
            ("HTTP_PROXY", &proxy),
            ("HTTPS_PROXY", &proxy),
            ("https_proxy", &proxy),
            ("ALL_PROXY", &proxy),
        ] {
            target = target.variable(name, value);
        }
        let peer = target.peer("peer.example");
        let (issuer, holder) = (peer.party("issuer"), peer.party("holder"));
        target.trust(&issuer, MEMBERSHIP);
        target.start();
        names.lead("secure.example", &["127.0.0.2"]);
        let scene = Scene { target, peer, issuer, holder };
        Self { scene, names, secure, neighbour }
    }

    /// A request by somebody whose DID leads where it leads.
    fn by(&self, holder: &Party) -> Request {
        self.scene.asking(&self.token(holder).signed(&holder.key))
    }

    fn token(&self, holder: &Party) -> Token {
        let issuer = &self.scene.issuer;
        let shown = credential(issuer, &holder.did, MEMBERSHIP).signed(&issuer.key);
        presentation(holder, &[shown])
    }

    /// Somebody with any DID.
    fn somebody(did: impl Into<String>) -> Party {
        Party { did: did.into(), key: Key::es256() }
    }

    /// Somebody at `peer.example` whose DID document answers so.
    fn answering(&self, name: &str, answer: Answer) -> Party {
        let party = self.scene.peer.party(name);
        self.scene.peer.on(&format!("/{name}/did.json"), answer);
        party
    }

    /// A refused order of the company's own people: its code, and that nobody was reached.
    fn ordered(&self, arguments: &[&str]) -> String {
        let reached = forbidden().connections();
        let output = self.scene.target.run(&[arguments, &["--json"]].concat());
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(forbidden().connections(), reached, "{arguments:?}");
        let told = json(&output);
        told["code"].as_str().unwrap_or_else(|| panic!("{arguments:?}: {told}")).to_owned()
    }
}

/// A server of `secure.example`, and a listener at the same port of 127.9.9.9 that nobody may reach.
fn beside(certificate: &super::secure::Issued) -> (SecurePeer, Arc<AtomicUsize>) {
    let secure = SecurePeer::start("secure.example", certificate);
    let listener = TcpListener::bind(("127.9.9.9", secure.address.port())).unwrap();
    let reached = Arc::new(AtomicUsize::new(0));
    let counted = reached.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (secure, reached)
}

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
    ];
    world.scene.target.check(rows.iter().map(|host| row(host, "did.form")));
    // The issuer's document is at hand from here on.
    let known = world.by(&Party::jwk(Key::es256()));
    world.scene.target.check([Row::answered("S22", "a true holder", known)]);
    // A name that is this machine everywhere passes the grammar, and stops at the gate.
    world.scene.target.check([row("localhost", "net.address"), row("a.localhost", "net.address")]);
    // These characters are in no DID at all.
    world.scene.target.check(["１２７.0.0.1", "[::1]", "user@peer.example"].map(|host| {
        let holder = World::somebody(format!("did:web:{host}"));
        Row::refused("S22", format!("did:web:{host}"), world.by(&holder), 401, "claims.iss")
            .offline()
    }));
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
        assert_eq!(world.ordered(&["token", "--peer", &party.did]), "net.address", "{endpoint}");
        // And an address that one of our own people was given.
        let with_port = format!("https://{host}:{port}");
        assert_eq!(world.ordered(&["token", "--peer", &with_port]), "net.address", "{with_port}");
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
            "to": super::target::DID, "code": "0", "until": "2099-01-01T00:00:00Z", "note": "",
        });
        let path = folder.join("hostile-invitation.json");
        std::fs::write(&path, invitation.to_string()).unwrap();
        assert_eq!(world.ordered(&["join", path.to_str().unwrap()]), code, "{did}");
    }
}

#[test]
fn s23_a_name_that_leads_to_a_forbidden_address_is_not_asked() {
    let world = world();
    let port = forbidden().address.port();
    world.names.lead("inside.example", &["127.9.9.9"]);
    // One bad address among good ones is enough.
    world.names.lead("mixed.example", &["127.0.0.2", "127.9.9.9"]);
    world.names.lead("mixed-6.example", &["127.0.0.2", "fd00::1"]);
    let rows = ["inside.example", "mixed.example", "mixed-6.example"].map(|host| {
        let holder = party(host, port, "holder");
        Row::refused("S23", host, world.by(&holder), 502, "net.blocked")
    });
    world.scene.target.check(rows);
    let reached = world.neighbour.load(Ordering::SeqCst);
    world.names.lead_in_turn("flip.example", &[&["127.0.0.2"], &["127.9.9.9"]]);
    let at_flip = |name: &str| {
        let party = party("flip.example", world.secure.address.port(), name);
        world.secure.on(&format!("/{name}/did.json"), &party.document());
        party
    };
    let (first, second) = (at_flip("first"), at_flip("second"));
    world.scene.target.check([Row::answered("S23", "before it flips", world.by(&first))]);
    assert_eq!(
        world.names.looked_up("flip.example"),
        1,
        "what was checked is what is connected to"
    );
    let row = Row::refused("S23", "after it flipped", world.by(&second), 502, "net.blocked");
    world.scene.target.check([row]);
    assert_eq!(
        world.neighbour.load(Ordering::SeqCst),
        reached,
        "the forbidden address was reached"
    );
}

#[test]
fn s24_neither_a_redirect_nor_the_environment_leads_anywhere() {
    let world = world();
    let to = |name: &str, status: u16, location: String| {
        let answer = Answer::written(move |stream| {
            let head = format!(
                "HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            drop(stream.write_all(head.as_bytes()));
        });
        world.answering(name, answer)
    };
    let forbidden = forbidden().address;
    let rows = [
        ("to-forbidden", 302, format!("http://{forbidden}/did.json")),
        ("to-file", 302, "file:///etc/passwd".to_owned()),
        ("to-itself", 301, "https://peer.example/holder/did.json".to_owned()),
        ("to-kept", 307, format!("https://{forbidden}/")),
        ("to-kept-forever", 308, format!("//{forbidden}/")),
    ];
    world.scene.target.check(rows.map(|(name, status, location)| {
        let input = format!("{status} {location}");
        Row::refused("S24", input, world.by(&to(name, status, location)), 502, "net.redirect")
    }));
    // Every request of this process goes past the proxies that its environment names, the encrypted ones too.
    let holder = world.secure.party("past-the-proxy");
    world.scene.target.check([Row::answered("S24", "HTTPS_PROXY", world.by(&holder))]);
}

#[test]
fn s25_a_document_that_is_none_costs_little() {
    let world = world();
    let long = vec![b' '; 10 << 20];
    let bomb = bomb();
    let written = |head: &'static str, bytes: Vec<u8>| {
        Answer::written(move |stream| {
            drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes)));
        })
    };
    let chunked = Answer::written(|stream| {
        drop(stream.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        ));
        let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 1 << 16], b"\r\n"].concat();
        while stream.write_all(&chunk).is_ok() {}
    });
    let gzip = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let silent_gzip =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
    let other = |change: fn(&mut serde_json::Value)| {
        let mut document =
            Party { did: "did:web:peer.example:liar".into(), key: Key::es256() }.document();
        change(&mut document);
        Answer::json(&document)
    };
    let rows: [(&str, Answer, &str); 9] = [
        ("ten-megabytes", Answer::Whole(200, "application/json", long), "net.size"),
        ("chunks-without-end", chunked, "net.size"),
        ("gzip-bomb", written(gzip, bomb.clone()), "net.encoding"),
        ("gzip-that-says-nothing", written(silent_gzip, bomb[..60_000].to_vec()), "did.document"),
        ("html", Answer::Whole(200, "text/html", b"<html>sign in</html>".to_vec()), "net.type"),
        (
            "no-type",
            written("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"{}".to_vec()),
            "net.type",
        ),
        ("no-json", Answer::Whole(200, "application/json", b"{".to_vec()), "did.document"),
        ("liar", other(|it| it["id"] = json!("did:web:peer.example:holder")), "did.document"),
        (
            "liar-about-its-key",
            other(|it| {
                it["id"] = json!("did:web:peer.example:liar-about-its-key");
                it["verificationMethod"][0]["controller"] = json!("did:web:peer.example:holder");
            }),
            "did.document",
        ),
    ];
    world.scene.target.check(rows.map(|(name, answer, code)| {
        Row::refused("S25", name, world.by(&world.answering(name, answer)), 502, code)
    }));
}

#[test]
fn s25_a_document_that_drips_ends_within_ten_seconds() {
    let world = world();
    let drip = Answer::written(|stream| {
        let head =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 600\r\n\r\n";
        drop(stream.write_all(head));
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    let silent = Answer::written(|_| std::thread::sleep(Duration::from_secs(12)));
    let ten = Duration::from_secs(10);
    let rows = [("one-byte-a-second", drip), ("nothing-at-all", silent)].map(|(name, answer)| {
        let request = world.by(&world.answering(name, answer));
        Row::refused("S25", name, request, 502, "net.slow").within(ten)
    });
    world.scene.target.check(rows);
}

#[test]
fn a_host_that_fails_again_and_again_is_left_alone_for_a_while() {
    let world = world();
    let nobody = SocketAddr::from(([127, 0, 0, 2], free_port("127.0.0.2")));
    world.scene.target.note_host("down.example", nobody);
    let row = |number: usize, code: &str| {
        let holder = World::somebody(format!("did:web:down.example:{number}"));
        Row::refused("breaker", format!("failure {number}"), world.by(&holder), 502, code)
    };
    world.scene.target.check((1..=5).map(|number| row(number, "peer.unreachable")));
    world.scene.target.check((6..=9).map(|number| row(number, "net.paused").offline()));
    // It says when it is tried again, and what was wrong.
    let got =
        world.by(&World::somebody("did:web:down.example:10")).send(world.scene.target.address());
    let told: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
    let title = told["title"].as_str().unwrap();
    assert!(title.contains("is not asked before 20") && title.contains("refused"), "{title}");
    // Nobody else waits for it.
    world.scene.target.check([Row::answered(
        "breaker",
        "another host",
        world.scene.asking(&world.scene.presentation().signed(&world.scene.holder.key)),
    )]);
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
        row("did:web:рeer.example:holder", 401, "claims.iss"),
        row("did:web:PEER.example:holder", 400, "did.form"),
    ]);
}

#[test]
fn s27_no_special_network_is_asked_behind_a_name() {
    let world = world();
    let port = world.secure.address.port();
    let networks = [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2001::1",
        "2001:2::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fd00:ec2::254",
        "fe80::1",
    ];
    let rows = networks.iter().enumerate().map(|(number, network)| {
        let host = format!("network-{number}.example");
        world.names.lead(&host, &[network]);
        let holder = party(&host, port, "holder");
        Row::refused("S27", *network, world.by(&holder), 502, "net.blocked")
    });
    world.scene.target.check(rows);
    // The one range that the settings allow.
    let asked = world.secure.requests();
    let holder = world.secure.party("allowed");
    world.scene.target.check([Row::answered("S27", "127.0.0.2, allowed", world.by(&holder))]);
    assert_eq!(world.secure.requests(), asked + 1);
}

/// One megabyte that is a gigabyte inside.
fn bomb() -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    for _ in 0..1024 {
        packed.write_all(&zeros).unwrap();
    }
    packed.finish().unwrap()
}
