//! Rows W1, W3 to W5 and W9: what may come over HTTP.

use super::*;
use std::io::Write;
use std::net::TcpStream;
use std::thread;

/// A request of the form that most of these rows change.
fn head(lines: &str) -> Vec<u8> {
    format!("GET /healthz HTTP/1.1\r\nHost: target.example\r\n{lines}\r\n").into_bytes()
}

fn plain(id: &'static str, input: &str, bytes: impl Into<Vec<u8>>, status: u16, code: &str) -> Row {
    Row::refused(id, input, Request::exactly(bytes), status, code).offline()
}

#[test]
fn w1_requests_that_are_too_large() {
    let scene = scene();
    let json = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
    let over = |path: &str, media_type: &str, body: String| {
        Row::refused(
            "W1",
            format!("{path}: a byte over the limit"),
            Request::post(path, media_type, body),
            413,
            "body.size",
        )
        .offline()
    };
    let chunked = |path: &'static str, media_type: &'static str| {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: target.example\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        plain("W1", "", Vec::new(), 413, "body.size").by(move |target| {
            let mut stream = TcpStream::connect(target.address()).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut sent = 0;
            // Until the other side has had enough.
            while sent < 64 << 20 && stream.write_all(&chunk(64 << 10)).is_ok() {
                sent += 64 << 10;
            }
            assert!(sent < 64 << 20, "64 MB of chunks were taken");
            request::answer(&mut stream).expect("an answer to chunks without end")
        })
    };
    let parameters = "a=1&".repeat(10_000);
    let graphs = "default-graph-uri=a%3Ab&".repeat(10_000);
    let form = "application/x-www-form-urlencoded";
    scene.target.check([
        over("/token", "application/json", json((256 << 10) + 1)),
        over("/join", "application/json", json((256 << 10) + 1)),
        over("/quads", "application/json", json((1 << 20) + 1)),
        over("/sparql", "application/sparql-query", json((1 << 20) + 1)),
        chunked("/sparql", "application/sparql-query"),
        chunked("/token", "application/json"),
        plain(
            "W1",
            "20 KB of headers",
            head(&format!("X-Long: {}\r\n", "a".repeat(20 << 10))),
            431,
            "http.headers",
        ),
        plain("W1", "10,000 headers", head(&"X: y\r\n".repeat(10_000)), 431, "http.headers"),
        plain(
            "W1",
            "an address of 9 KB",
            format!("GET /{} HTTP/1.1\r\n", "a".repeat(9 << 10)),
            414,
            "http.address",
        ),
        plain(
            "W1",
            "an address without end",
            "GET /".to_owned() + &"a".repeat(200 << 10),
            414,
            "http.address",
        ),
        Row::refused(
            "W1",
            "10,000 parameters in the address",
            Request::get(&format!("/sparql?{parameters}")),
            414,
            "http.address",
        )
        .offline(),
        Row::refused(
            "W1",
            "10,000 parameters in the body",
            Request::post("/sparql", form, graphs),
            413,
            "http.parameters",
        )
        .offline(),
    ]);
}

/// A chunk of so many bytes.
fn chunk(bytes: usize) -> Vec<u8> {
    format!("{bytes:x}\r\n{}\r\n", " ".repeat(bytes)).into_bytes()
}

#[test]
fn w1_requests_that_are_too_slow() {
    let scene = Scene::started("[limits]\nhead_seconds = 1\nbody_seconds = 2\n");
    let dripping = |input: &str, first: &'static str, drop: &'static str| {
        plain("W1", input, Vec::new(), 408, "http.slow").within(Duration::from_secs(5)).by(
            move |target| {
                let mut stream = TcpStream::connect(target.address()).unwrap();
                stream.write_all(first.as_bytes()).unwrap();
                let mut dripping = stream.try_clone().unwrap();
                thread::spawn(move || {
                    while dripping.write_all(drop.as_bytes()).is_ok() {
                        thread::sleep(Duration::from_millis(50));
                    }
                });
                request::answer(&mut stream).expect("an answer to a slow request")
            },
        )
    };
    scene.target.check([
        dripping("a slow head", "GET / HTTP/1.1\r\nHost: a\r\nX: ", "a"),
        dripping("a slow first line", "GE", "T"),
        dripping(
            "a slow body",
            "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
            " ",
        ),
        dripping(
            "slow chunks",
            "POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\n \r\n",
        ),
    ]);
    // Who says nothing is told nothing.
    let last = scene.target.last_entry();
    let mut silent = TcpStream::connect(scene.target.address()).unwrap();
    assert!(request::answer(&mut silent).is_none());
    assert_eq!(scene.target.last_entry(), last);
}

#[test]
fn w3_a_page_in_a_browser_changes_nothing() {
    let scene = scene();
    let form = "application/x-www-form-urlencoded";
    let json = "application/json";
    let posts = ["/join", "/quads", "/dcp/credentials", "/dcp/offers", "/dcp/presentations/query"];
    let page = |input: String, request: Request| {
        Row::refused("W3", input, request, 403, "http.page").offline()
    };
    let rows = posts.iter().flat_map(|path| {
        let post = |media_type: &str| Request::post(path, media_type, "{}");
        [
            page(
                format!("{path}: a foreign origin"),
                post(json).header("Origin", "https://evil.example"),
            ),
            page(
                format!("{path}: our own origin"),
                post(json).header("Origin", "https://connector.target.example"),
            ),
            page(format!("{path}: Origin: null"), post(json).header("Origin", "null")),
            page(format!("{path}: a form"), post(form)),
            page(format!("{path}: a form with files"), post("multipart/form-data; boundary=x")),
            page(format!("{path}: a form of text"), post("text/plain")),
        ]
    });
    scene.target.check(rows);
    for path in posts {
        let origin = ("Origin", "https://evil.example");
        let preflight = Request::new("OPTIONS", path)
            .header(origin.0, origin.1)
            .header("Access-Control-Request-Method", "POST");
        for request in [preflight, Request::post(path, json, "{}").header(origin.0, origin.1)] {
            let got = request.send(scene.target.address());
            assert_eq!(got.header("access-control-allow-origin"), None, "{path}");
            assert_eq!(got.header("set-cookie"), None, "{path}");
        }
    }
    // Orders go through the socket in the folder; no address of the network takes one.
    let order = Request::post("/control", json, "{\"Publish\":{\"files\":[],\"withdraw\":[]}}");
    scene
        .target
        .check([Row::refused("W3", "an order over the network", order, 405, "method").offline()]);
    let ports = listening(scene.target.process());
    assert_eq!(ports, [scene.target.address().port()], "one port, and nothing manages through it");
}

/// The TCP ports that a process listens on.
fn listening(process: u32) -> Vec<u16> {
    let own: Vec<String> = std::fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|entry| Some(std::fs::read_link(entry.path()).ok()?.display().to_string()))
        .collect();
    let mut ports = Vec::new();
    for table in ["tcp", "tcp6"] {
        let text =
            std::fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<_> = line.split_whitespace().collect();
            // State 0A listens.
            if fields[3] == "0A" && own.contains(&format!("socket:[{}]", fields[9])) {
                let port = fields[1].rsplit(':').next().unwrap();
                ports.push(u16::from_str_radix(port, 16).unwrap());
            }
        }
    }
    ports
}

#[test]
fn w4_paths_that_lead_elsewhere() {
    let scene = scene();
    let paths = [
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/../../../../etc/passwd",
        "/..%252f..%252fetc%252fpasswd",
        "/document/..%2f..%2f..%2fkeys%2fkey.json",
        "/record/../../keys/key.json",
        "/%00",
        "/document/a%00.pdf",
        "//etc/passwd",
        "/%5c..%5c..%5cetc%5cpasswd",
        "/keys/key.json",
        "/.adit/journal.db",
    ];
    let rows = paths
        .iter()
        .map(|path| Row::refused("W4", *path, Request::get(path), 404, "not-found").offline());
    scene.target.check(rows.collect::<Vec<_>>());
    scene.target.check([
        Row::refused(
            "W4",
            "a code that is a path",
            Request::get("/errors/..%2f..%2fetc%2fpasswd"),
            404,
            "not-found",
        )
        .offline(),
        plain(
            "W4",
            "NUL as it is",
            b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
            400,
            "http.head",
        ),
        plain("W4", "a space", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "http.head"),
    ]);
}

#[test]
fn w5_heads_that_two_servers_read_differently() {
    let scene = scene();
    let post = |lines: &str| {
        format!(
            "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{lines}\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
        )
    };
    let heads = [
        ("Content-Length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
        ("chunks and Content-Length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")),
        ("Content-Length twice", post("Content-Length: 5\r\nContent-Length: 6\r\n")),
        ("Content-Length twice, equal", post("Content-Length: 5\r\nContent-Length: 5\r\n")),
        ("two lengths in one", post("Content-Length: 5, 5\r\n")),
        ("a signed length", post("Content-Length: +5\r\n")),
        ("a coding that hides another", post("Transfer-Encoding: xchunked\r\n")),
        ("chunks twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")),
        ("a space before the colon", post("Transfer-Encoding : chunked\r\n")),
        ("a folded line", post("X: y\r\n Transfer-Encoding: chunked\r\n")),
        ("Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned()),
        ("no Host", "GET / HTTP/1.1\r\n\r\n".to_owned()),
        ("Authorization twice", "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nAuthorization: Bearer y\r\n\r\n".to_owned()),
        ("a bare line feed after the first line", "GET / HTTP/1.1\nHost: a\r\n\r\n".to_owned()),
        ("a bare line feed after a header", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n".to_owned()),
        ("bare line feeds alone", "GET / HTTP/1.1\nHost: a\n\n".to_owned()),
        ("a bare carriage return", "GET / HTTP/1.1\r\nHost: a\r\nX: y\rZ: a\r\n\r\n".to_owned()),
        ("a version that is none", "GET / HTTP/9.9\r\nHost: a\r\n\r\n".to_owned()),
        ("HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("CONNECT", "CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        ("a web socket", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".to_owned()),
        ("Upgrade twice", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nUpgrade: websocket\r\n\r\n".to_owned()),
        ("TLS where none is spoken", "\x16\x03\x01\x00\x05hello\n".to_owned()),
    ];
    scene.target.check(heads.map(|(input, bytes)| plain("W5", input, bytes, 400, "http.head")));
    // Nobody outside knows what the door says to the house.
    let forged = Request::get("/healthz").header("adit-refused", "form a guess");
    assert_eq!(forged.send(scene.target.address()).status, 200);
    // A good request before a bad one on the same connection is answered, the bad one refused, the rest not read.
    let mut stream = TcpStream::connect(scene.target.address()).unwrap();
    let good = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let bad = "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
    stream.write_all(format!("{good}{bad}{good}").as_bytes()).unwrap();
    let mut answers = String::new();
    drop(std::io::Read::read_to_string(&mut stream, &mut answers));
    let statuses: Vec<_> =
        answers.match_indices("HTTP/1.1 ").map(|(at, _)| &answers[at + 9..at + 12]).collect();
    assert_eq!(statuses, ["200", "400"], "{answers}");
}

#[test]
fn w9_a_handler_that_panics_takes_nothing_with_it() {
    let mut target =
        Target::prepared("").variable("FAILPOINTS", "app.http.token=2*panic(injected)->off");
    target.start();
    let exchange = || Request::post("/token", "application/json", "{}");
    // Two workers: each has had its panic.
    target.check([
        Row::refused("W9", "a panic", exchange(), 500, "internal"),
        Row::refused("W9", "another", exchange(), 500, "internal"),
        Row::answered("W9", "the next", exchange()),
        Row::answered("W9", "and the one after", exchange()),
    ]);
    let log = std::fs::read_to_string(target.log()).unwrap();
    assert!(log.contains("injected") && log.contains("a handler panicked"), "{log}");
}

#[test]
fn every_answer_tells_a_browser_to_be_careful() {
    let scene = scene();
    for path in ["/", "/healthz", "/errors", "/summary", "/nothing", "/sparql", "/openapi.json"] {
        let got = Request::get(path)
            .header("Accept", "text/html, */*;q=0.1")
            .send(scene.target.address());
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(
            got.header("strict-transport-security"),
            None,
            "{path}: there is no TLS to come back with"
        );
        if got.media_type() == "text/html" {
            let policy = got.header("content-security-policy").expect(path);
            assert!(
                policy.contains("default-src 'none'") && !policy.contains("script-src"),
                "{policy}"
            );
        }
    }
}
