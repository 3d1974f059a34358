//! TLS on the connector's own side: its certificate, and a new one under load; the web server in front and the proxy
//! behind, below.

mod behind;
mod proxy;

use crate::attack::secure::{self, Authority, Issued};
use crate::attack::target::Target;
use crate::circle::{Ends, json, program};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The host of the target's address.
const HOST: &str = "connector.target.example";

/// Puts a certificate where the target looks for it, as a program that renews it does.
fn put(folder: &Path, certificate: &Issued) {
    put_pair(folder, &certificate.pem, &certificate.key_pem);
}

fn put_pair(folder: &Path, certificate: &str, key: &str) {
    for (name, text) in [("tls.pem", certificate), ("tls.key", key)] {
        let new = folder.join(format!("{name}.new"));
        std::fs::write(&new, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        std::fs::set_permissions(&new, mode).unwrap();
        std::fs::rename(new, folder.join(name)).unwrap();
    }
}

/// A target that answers with a certificate.
fn with_tls(certificate: &Issued) -> Target {
    let target = Target::prepared("");
    put(&target.folder(), certificate);
    let mut target = target
        .variable("ADIT_TLS_CERTIFICATE", "tls.pem")
        .variable("ADIT_TLS_KEY", "tls.key")
        // The load is one caller's.
        .variable("ADIT_LIMITS_REQUESTS", "1000000")
        .variable("ADIT_LIMITS_BURST", "1000000");
    target.start();
    target
}

/// Waits until something holds.
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(30), "{what} did not come about");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_new_certificate_is_served_without_a_failed_request() {
    let authority = Authority::new("Authority of the test");
    let [first, second, third] = [(); 3].map(|()| authority.issue(&[HOST]));
    let target = with_tls(&first);
    let (address, folder) = (target.address(), target.folder());
    let client = authority.client();
    let (is_over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let failed: Vec<String> = std::thread::scope(|scope| {
        let load: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut failed = Vec::new();
                    while !is_over.load(Ordering::SeqCst) {
                        match secure::get(&client, address, HOST, "/healthz") {
                            Ok((200, ..)) => {}
                            other => failed.push(format!("{other:?}")),
                        }
                        asked.fetch_add(1, Ordering::SeqCst);
                    }
                    failed
                })
            })
            .collect();
        let ends = Ends(&is_over);
        let shown = || secure::get(&client, address, HOST, "/healthz").unwrap().2;
        assert!(first.is(&shown()));
        put(&folder, &second);
        wait_until("the second certificate", || second.is(&shown()));
        // Files that do not belong together, that are no certificate, that have ended, that are for another name.
        let log = || std::fs::read_to_string(target.log()).unwrap();
        let expired = authority.issue_expired(&[HOST]);
        let other_name = authority.issue(&["www.target.example"]);
        for (certificate, key, why) in [
            (&third.pem, &second.key_pem, "does not fit"),
            (&"nonsense".to_owned(), &third.key_pem, "no certificate is in it"),
            (&expired.pem, &expired.key_pem, "it ended 2021-01-01"),
            (&other_name.pem, &other_name.key_pem, "it is not for connector.target.example"),
        ] {
            put_pair(&folder, certificate, key);
            wait_until(why, || log().contains(why));
            assert!(second.is(&shown()), "{why}: the certificate before is kept");
        }
        put(&folder, &third);
        wait_until("the third certificate", || third.is(&shown()));
        drop(ends);
        load.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(failed, Vec::<String>::new());
    assert!(asked.load(Ordering::SeqCst) > 100, "{asked:?} requests are no load");
}

#[test]
fn the_connector_speaks_tls_1_2_and_1_3_alone() {
    let authority = Authority::new("Authority of the test");
    let target = with_tls(&authority.issue(&[HOST]));
    let speaks = |version: &str| {
        let output = Command::new("openssl")
            .args(["s_client", "-brief", version, "-cipher", "ALL:@SECLEVEL=0"])
            .args(["-connect", &target.address().to_string(), "-servername", HOST])
            .stdin(Stdio::null())
            .output()
            .expect("openssl is there; make test installs it");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // An error after the first bytes were sent is what the connector says, not what this client cannot.
        (output.status.success(), said.contains("ssl3_read_bytes"))
    };
    assert_eq!([speaks("-tls1_3"), speaks("-tls1_2")], [(true, false); 2]);
    assert_eq!([speaks("-tls1_1"), speaks("-tls1")], [(false, true); 2]);
    // Whoever speaks HTTP without TLS gets nothing at all.
    let mut stream = TcpStream::connect(target.address()).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: target.example\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"), "{answer:?}");
}

#[test]
fn a_certificate_that_cannot_be_served_stops_the_start() {
    let authority = Authority::new("Authority of the test");
    let [one, other] = [(); 2].map(|()| authority.issue(&[HOST]));
    let target = Target::prepared("");
    let refused = |set: &[&str]| {
        let output = target.run(&[&["serve", "--listen", "127.0.0.1:0", "--json"], set].concat());
        assert!(!output.status.success());
        let told = json(&output);
        (told["code"].as_str().unwrap().to_owned(), told["title"].as_str().unwrap().to_owned())
    };
    let both = ["--set", "tls.certificate=tls.pem", "--set", "tls.key=tls.key"];
    let (code, title) = refused(&both[..2]);
    assert!(code == "settings" && title.contains("belong together"), "{title}");
    put_pair(&target.folder(), &one.pem, &other.key_pem);
    let (code, title) = refused(&both);
    assert!(code == "settings" && title.contains("does not fit"), "{title}");
    put(&target.folder(), &one);
    let key = target.folder().join("tls.key");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&key, mode).unwrap();
    assert_eq!(refused(&both).0, "key.readable");
}

#[test]
fn plain_http_leaves_this_machine_only_behind_a_web_server() {
    let target = Target::prepared("");
    let output = target.run(&["serve", "--listen", "0.0.0.0:0", "--json"]);
    let told = json(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told["code"], "settings");
    assert!(told["title"].as_str().unwrap().contains("tls.by_proxy = true"), "{told}");
    assert!(!target.folder().join(".adit/address").exists());
    let mut child = Command::new(program())
        .args(["serve", "--listen", "0.0.0.0:0", "--set", "tls.by_proxy=true"])
        .args(["--until-stdin-closes", "-C"])
        .arg(target.folder())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("an answer", || target.folder().join(".adit/address").exists());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
