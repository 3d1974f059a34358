//! A proxy between the connector and everybody else.

use crate::attack::names::Names;
use crate::attack::secure::{Authority, SecurePeer};
use crate::attack::target::Target;
use crate::circle::json;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A proxy that wants a name and a password, and leads every name to one address.
struct Proxy {
    port: u16,
    /// What it was asked to connect to.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(credentials: &'static str, to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
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
    to: SocketAddr,
    asked: &Mutex<Vec<String>>,
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
