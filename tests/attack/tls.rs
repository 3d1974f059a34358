//! Row W8: peers whose TLS cannot be trusted.

use super::names::Names;
use super::peer::Party;
use super::secure::{Authority, Issued, SecurePeer, free_port, party, self_signed};
use super::target::Target;
use super::{MEMBERSHIP, Row, Scene, credential, presentation};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The serial number of a certificate that its authority took back.
const REVOKED: u64 = 4711;
/// The same at an authority whose list was not renewed.
const STALE: u64 = 4712;
/// The serial number of one that it takes back while the connector runs.
const LATER: u64 = 4713;

/// A server that speaks TLS 1.1 and nothing newer.
struct OldServer {
    port: u16,
    child: Child,
}

impl OldServer {
    fn start(folder: &Path, certificate: &Issued) -> Self {
        let (chain, key) = (folder.join("old.pem"), folder.join("old.key"));
        std::fs::write(&chain, &certificate.pem).unwrap();
        std::fs::write(&key, &certificate.key_pem).unwrap();
        let port = free_port("127.0.0.2");
        let child = Command::new("openssl")
            .args(["s_server", "-www", "-quiet", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
            .args(["-accept", &format!("127.0.0.2:{port}")])
            .arg("-cert")
            .arg(chain)
            .arg("-key")
            .arg(key)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is there; make test installs it");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.2", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "openssl does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { port, child }
    }
}

impl Drop for OldServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn w8_a_peer_whose_tls_cannot_be_trusted_is_refused() {
    let (ours, strangers, stale) =
        (Authority::new("Ours"), Authority::new("A stranger"), Authority::new("Stale"));
    let served = |host: &str, certificate: Issued| SecurePeer::start(host, &certificate);
    let good = served("good.example", ours.issue_numbered(&["good.example"], LATER));
    let peers = [
        ("tls.expired", served("expired.example", ours.issue_expired(&["expired.example"]))),
        ("tls.name", served("other-name.example", ours.issue(&["good.example"]))),
        ("tls.issuer", served("self-signed.example", self_signed(&["self-signed.example"]))),
        ("tls.issuer", served("stranger.example", strangers.issue(&["stranger.example"]))),
        (
            "tls.revoked",
            served("revoked.example", ours.issue_numbered(&["revoked.example"], REVOKED)),
        ),
        ("tls.crl", served("stale.example", stale.issue_numbered(&["stale.example"], STALE + 1))),
    ];
    let names = Names::start();
    let mut target = Target::prepared("");
    let old = OldServer::start(&target.folder(), &ours.issue(&["old.example"]));
    let plain = TcpListener::bind("127.0.0.2:0").unwrap();
    let plain_port = plain.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in plain.incoming().flatten() {
            let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            drop(std::io::Write::write_all(&mut stream, answer));
        }
    });
    let folder = target.folder();
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write("roots.pem", [ours.pem(), stale.pem()].concat());
    write(
        "crls.pem",
        ours.revocation_list(&[REVOKED], true) + &stale.revocation_list(&[STALE], false),
    );
    let mut ports: Vec<_> = peers.iter().map(|(_, peer)| peer.address.port()).collect();
    ports.extend([good.address.port(), old.port, plain_port]);
    let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
    for (name, value) in [
        ("ADIT_NETWORK_DNS", names.address.to_string().as_str()),
        ("ADIT_NETWORK_ALLOW", "127.0.0.2/32"),
        ("ADIT_NETWORK_PORTS", &ports.join(",")),
        ("ADIT_NETWORK_ROOTS", "roots.pem"),
        ("ADIT_NETWORK_CRLS", "crls.pem"),
    ] {
        target = target.variable(name, value);
    }
    let peer = target.peer("peer.example");
    let (issuer, holder) = (peer.party("issuer"), peer.party("holder"));
    target.trust(&issuer, MEMBERSHIP);
    target.start();
    let scene = Scene { target, peer, issuer, holder };
    let asking = |holder: &Party| {
        let shown = credential(&scene.issuer, &holder.did, MEMBERSHIP).signed(&scene.issuer.key);
        scene.asking(&presentation(holder, &[shown]).signed(&holder.key))
    };
    let mut rows = Vec::new();
    for (code, peer) in &peers {
        names.lead(peer.host(), &["127.0.0.2"]);
        rows.push(Row::refused("W8", peer.host(), asking(&peer.party("holder")), 502, code));
    }
    names.lead("old.example", &["127.0.0.2"]);
    let holder = party("old.example", old.port, "holder");
    rows.push(Row::refused("W8", "TLS 1.1 alone", asking(&holder), 502, "tls.version"));
    names.lead("plain.example", &["127.0.0.2"]);
    let holder = party("plain.example", plain_port, "holder");
    rows.push(Row::refused("W8", "no TLS at all", asking(&holder), 502, "tls.handshake"));
    // The same target trusts who can be trusted.
    names.lead("good.example", &["127.0.0.2"]);
    rows.push(Row::answered("W8", "a good peer", asking(&good.party("holder"))));
    scene.target.check(rows);
    for (_, peer) in &peers {
        assert_eq!(peer.requests(), 0, "{} was sent a request", peer.host());
    }
    // A newer list is taken by the running connector.
    write("crls.pem", ours.revocation_list(&[REVOKED, LATER], true));
    let started = Instant::now();
    let mut number = 0;
    let code = loop {
        number += 1;
        let got = asking(&good.party(&format!("later-{number}"))).send(scene.target.address());
        let told: serde_json::Value = serde_json::from_slice(&got.body).unwrap_or_default();
        if got.status != 200 || started.elapsed() > Duration::from_secs(20) {
            break told["code"].clone();
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    assert_eq!(code, "tls.revoked");
}
