//! TLS on the connector's own side: its certificate, a new one under load, the web server in front, the proxy behind.

use crate::attack::names::Names;
use crate::attack::secure::{self, Authority, Issued, SecurePeer, free_port};
use crate::attack::target::Target;
use crate::circle::{json, program, root, text};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
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

/// Ends the load, also when the test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
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
        output.status.success()
    };
    assert!(speaks("-tls1_3") && speaks("-tls1_2"));
    assert!(!speaks("-tls1_1") && !speaks("-tls1"));
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

/// A web server that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// `deploy/nginx.conf`, with the places of this test in it.
fn nginx(
    folder: &Path,
    port: u16,
    connector: std::net::SocketAddr,
    certificate: &Issued,
) -> Running {
    let sample = std::fs::read_to_string(root().join("deploy/nginx.conf")).unwrap();
    std::fs::write(folder.join("fullchain.pem"), &certificate.pem).unwrap();
    std::fs::write(folder.join("privkey.pem"), &certificate.key_pem).unwrap();
    let place = folder.display().to_string();
    let mut text = sample;
    for (from, to) in [
        ("    listen [::]:443 ssl;\n", String::new()),
        ("listen 443 ssl;", format!("listen 127.0.0.2:{port} ssl;")),
        ("server 127.0.0.1:8080;", format!("server {connector};")),
        ("/etc/ssl/shop.example", place.clone()),
        ("/var/www/adit", place.clone()),
    ] {
        assert!(text.contains(from), "deploy/nginx.conf has no {from}");
        text = text.replace(from, &to);
    }
    // One process, which whoever runs the test is: what ends with it leaves nobody behind.
    let main = format!(
        "daemon off;\nmaster_process off;\npid {place}/nginx.pid;\nerror_log {place}/error.log;\n\
         events {{}}\nhttp {{\n  access_log off;\n  client_body_temp_path {place}/body;\n  \
         proxy_temp_path {place}/proxy;\n  fastcgi_temp_path {place}/fastcgi;\n  uwsgi_temp_path {place}/uwsgi;\n  \
         scgi_temp_path {place}/scgi;\n{text}}}\n"
    );
    let path = folder.join("nginx.conf");
    std::fs::write(&path, main).unwrap();
    let child = Command::new("/usr/sbin/nginx")
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx is there; make test installs it");
    let running = Running(child);
    wait_until("nginx", || TcpStream::connect(("127.0.0.2", port)).is_ok());
    running
}

#[test]
fn a_connector_behind_a_web_server_is_found_by_the_document_that_was_exported() {
    let work = tempfile::tempdir().unwrap();
    let names = Names::start();
    let port = free_port("127.0.0.2");
    let domains = ["shop.example", "connector.shop.example", "id.shop.example"];
    for name in domains {
        names.lead(name, &["127.0.0.2"]);
    }
    let authority = Authority::new("Authority of the test");
    let did = format!("did:web:shop.example%3A{port}");
    let base = format!("https://connector.shop.example:{port}");
    let adit = |folder: &str, arguments: &[&str]| -> Output {
        let output = Command::new(program())
            .arg("-C")
            .arg(work.path().join(folder))
            .args(arguments)
            .env("ADIT_NETWORK_DNS", names.address.to_string())
            .env("ADIT_NETWORK_ALLOW", "127.0.0.2/32")
            .env("ADIT_NETWORK_PORTS", port.to_string())
            .env("ADIT_NETWORK_ROOTS", work.path().join("roots.pem"))
            .env("XDG_CONFIG_HOME", work.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    };
    std::fs::write(work.path().join("roots.pem"), authority.pem()).unwrap();
    adit("shop", &["init", "--did", &did, "--name", "Shop", "--base", &base]);
    adit("client", &["init", "--name", "A researcher"]);

    let mut serving = Command::new(program())
        .args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes", "-C"])
        .arg(work.path().join("shop"))
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let address = work.path().join("shop/.adit/address");
    wait_until("the connector", || address.exists());
    let connector = std::fs::read_to_string(address).unwrap().parse().unwrap();
    let served = work.path().join("served");
    std::fs::create_dir(&served).unwrap();
    let file = served.join("did.json");
    let told =
        json(&adit("shop", &["did", "export", "--output", file.to_str().unwrap(), "--json"]));
    assert_eq!(told["address"], format!("https://shop.example:{port}/.well-known/did.json"));
    let printed: serde_json::Value =
        serde_json::from_str(&text(&adit("shop", &["did", "export"]))).unwrap();
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(printed, written);
    assert_eq!(written["id"], did);
    let nginx = nginx(&served, port, connector, &authority.issue(&domains));

    // The document lies on the web server, the connector behind it: a bearer comes back through both.
    let bearer = text(&adit("client", &["token", "--peer", &did]));
    assert!(bearer.trim().len() > 30, "{bearer}");
    let client = authority.client();
    let at = std::net::SocketAddr::from(([127, 0, 0, 2], port));
    let get = |host: &str, path: &str| secure::get(&client, at, host, path).unwrap();
    assert_eq!(get("connector.shop.example", "/healthz").0, 200);
    // A page that is not there is told by the connector, not by the web server.
    let (status, body, _) = get("id.shop.example", "/p/1/1");
    assert!(status == 404 && body.contains("not-found"), "{status} {body}");
    drop(nginx);
    drop(serving.stdin.take());
    assert!(serving.wait().unwrap().success());
}

/// A proxy that wants a name and a password, and leads every name to one address.
struct Proxy {
    port: u16,
    /// What it was asked to connect to.
    asked: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(credentials: &'static str, to: std::net::SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<std::sync::Mutex<Vec<String>>>::default();
        let noting = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let asked = noting.clone();
                std::thread::spawn(move || drop(lead(stream, credentials, to, &asked)));
            }
        });
        Self { port, asked }
    }
}

fn lead(
    mut stream: TcpStream,
    credentials: &str,
    to: std::net::SocketAddr,
    asked: &std::sync::Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap()?;
    let head: Vec<_> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    asked.lock().unwrap().push(first);
    let wanted = format!("basic {credentials}");
    let is_known = head.iter().any(|line| {
        let value =
            line.to_ascii_lowercase().strip_prefix("proxy-authorization: ").map(str::to_owned);
        value.is_some_and(|value| value == wanted.to_ascii_lowercase())
    });
    if !is_known {
        return stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    }
    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    let far = TcpStream::connect(to)?;
    let (mut from_near, mut to_far) = (stream.try_clone()?, far.try_clone()?);
    std::thread::spawn(move || {
        drop(std::io::copy(&mut from_near, &mut to_far));
        drop(to_far.shutdown(Shutdown::Write));
    });
    let mut from_far = far;
    drop(std::io::copy(&mut from_far, &mut stream));
    stream.shutdown(Shutdown::Both)
}

#[test]
fn others_are_reached_through_the_configured_proxy_alone() {
    let target = Target::prepared("");
    let folder = target.folder();
    let authority = Authority::new("Authority of the firm");
    let peer = SecurePeer::start("far.example", &authority.issue(&["far.example"]));
    peer.on("/.well-known/adit.json", &json!({ "no": "description" }));
    std::fs::write(folder.join("roots.pem"), authority.pem()).unwrap();
    // "adit:a long secret" in Base64.
    let proxy = Proxy::start("YWRpdDphIGxvbmcgc2VjcmV0", peer.address);
    let names = Names::start();
    names.lead("proxy.example", &["127.0.0.1"]);
    let ask = |address: &str, password: &str| {
        std::fs::write(folder.join("password"), format!("{password}\n")).unwrap();
        let output = target.run(&[
            "token",
            "--json",
            "--peer",
            address,
            "--set",
            &format!("network.dns={}", names.address),
            "--set",
            &format!("network.proxy=http://proxy.example:{}", proxy.port),
            "--set",
            "network.proxy_user=adit",
            "--set",
            "network.proxy_password_file=password",
            "--set",
            "network.roots=roots.pem",
        ]);
        json(&output)["code"].as_str().unwrap().to_owned()
    };
    let asked = || std::mem::take(&mut *proxy.asked.lock().unwrap());
    // The peer answered, though with something else than was wanted: the way there is open.
    assert_eq!(ask("https://far.example", "a long secret"), "peer.answer");
    assert_eq!(asked(), ["CONNECT far.example:443 HTTP/1.1"]);
    assert_eq!(peer.requests(), 1);
    assert_eq!(names.looked_up("far.example"), 0, "the proxy looks names up");
    assert_eq!(ask("https://far.example", "another"), "net.proxy");
    assert_eq!(asked().len(), 1);
    // What is refused without a name server is refused before the proxy hears of it.
    for address in
        ["https://127.9.9.9", "https://localhost", "https://far.example:22", "http://far.example"]
    {
        assert_eq!(ask(address, "a long secret"), "net.address", "{address}");
    }
    assert_eq!(asked(), Vec::<String>::new());
    assert_eq!(peer.requests(), 1);
}

#[test]
fn a_name_that_nobody_knows_is_told_in_plain_words() {
    let target = Target::prepared("");
    let server = format!("network.dns={}", Names::start().address);
    let output =
        target.run(&["token", "--json", "--peer", "https://typo.example", "--set", &server]);
    let told = json(&output);
    assert_eq!(told["code"], "peer.unreachable");
    assert_eq!(
        told["title"],
        "https://typo.example/.well-known/adit.json does not answer: no address is known for the name typo.example"
    );
}
