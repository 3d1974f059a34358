//! Rows S22 to S27: whom the connector asks because a stranger named them; how they are spelled, and what they answer,
//! below.
//!
//! Names are looked up at a name server of the test, peers speak TLS with certificates of an authority of the test, and
//! the environment of the connector names a proxy, which is the forbidden listener.

mod documents;
mod spelled;

use super::forge::{Key, Token};
use super::names::Names;
use super::peer::{Answer, Forbidden, Party, forbidden};
use super::request::Request;
use super::secure::{Authority, SecurePeer, free_port, party};
use super::target::Target;
use super::{MEMBERSHIP, Row, Scene, credential, presentation};
use crate::circle::json;
use serde_json::Value;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, OnceLock};

/// A scene whose connector asks the test's name server, and may ask 127.0.0.2 and what listens there.
struct World {
    scene: Scene,
    names: Names,
    secure: SecurePeer,
    /// A listener at the port of `secure` that nobody may reach either.
    neighbour: Forbidden,
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
        let secure = SecurePeer::start("secure.example", &certificate);
        let neighbour = Forbidden::start(secure.address.port());
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

    /// A refused order of the company's own people: what is told; nobody was reached.
    fn ordered(&self, arguments: &[&str]) -> Value {
        let reached = forbidden().connections();
        let output = self.scene.target.run(&[arguments, &["--json"]].concat());
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(forbidden().connections(), reached, "{arguments:?}");
        json(&output)
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
    let reached = world.neighbour.connections();
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
    assert_eq!(world.neighbour.connections(), reached, "the forbidden address was reached");
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
