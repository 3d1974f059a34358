//! What a running server gets over: another program in its place, a publication that stopped half way; and what it tells
//! a client that could not see where an answer ends.

use crate::circle::{adit, program, root, text};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server of one folder, which ends with it.
struct Server {
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts a program over a new folder, with fail-points.
    fn start(program: impl FnOnce(&Path) -> PathBuf, points: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("adit-running-").tempdir().unwrap();
        done(folder.path(), &["init", "--did", "did:web:shop.example", "--name", "Shop"]);
        let policies = folder.path().join("policies");
        std::fs::create_dir_all(&policies).unwrap();
        let open = root().join("tests/w3c/all-open.json");
        std::fs::copy(open, policies.join("all-open.json")).unwrap();
        let child = Command::new(program(folder.path()))
            .args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes"])
            .current_dir(folder.path())
            .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("FAILPOINTS", points)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (file, started) = (folder.path().join(".adit/address"), Instant::now());
        let address = loop {
            let found = std::fs::read_to_string(&file).ok();
            if let Some(address) = found.and_then(|text| text.parse().ok()) {
                break address;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "the server did not start");
            std::thread::sleep(Duration::from_millis(20));
        };
        Self { child, address, folder }
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The processes that it has started.
    fn workers(&self) -> Vec<String> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let children = threads.flatten().map(|thread| thread.path().join("children"));
        let ids = children.filter_map(|file| std::fs::read_to_string(file).ok());
        ids.flat_map(|ids| ids.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn end(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }

    /// A file with so many facts.
    fn write(&self, name: &str, facts: usize) {
        let subject = format!("<https://connector.shop.example/{name}>");
        let fact = |n| format!("{subject} <https://schema.org/name> '{name} {n}' .\n");
        let file = self.folder().join(format!("{name}.ttl"));
        std::fs::write(file, (0..facts).map(fact).collect::<String>()).unwrap();
    }

    /// What it answers to `GET /sparql` in a version of HTTP, byte by byte.
    fn ask(&self, query: &str, version: &str) -> String {
        let query = query.replace(' ', "+").replace('?', "%3F");
        self.send(&format!("GET /sparql?query={query} HTTP/{version}"), "")
    }

    fn send(&self, line: &str, json: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!(
            "{line}\r\nHost: connector.shop.example\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
            json.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = adit(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    text(&output)
}

#[test]
fn an_upgrade_under_a_running_server_changes_nothing_for_it() {
    let server = Server::start(
        |folder| {
            let own = folder.join("own-program");
            std::fs::hard_link(program(), &own)
                .or_else(|_| std::fs::copy(program(), &own).map(drop))
                .unwrap();
            own
        },
        "",
    );
    let other = server.folder().join("other-program");
    std::fs::write(&other, "#!/bin/sh\nexit 1\n").unwrap();
    std::fs::rename(&other, server.folder().join("own-program")).unwrap();
    for worker in server.workers() {
        assert!(Command::new("kill").args(["-KILL", &worker]).status().unwrap().success());
    }
    // Those that take their place are of the program that runs.
    assert!(server.ask("ASK {}", "1.1").starts_with("HTTP/1.1 200 "));
    assert!(!server.workers().is_empty());
}

#[test]
fn a_publication_that_stopped_after_it_was_written_down_is_made_up_for_by_the_next_one() {
    let points = "app.publish.after-append=1*panic(injected)->off";
    let mut server = Server::start(|_| program().to_owned(), points);
    server.write("a", 1);
    server.write("b", 1);
    assert!(!adit(server.folder(), &["publish", "a.ttl"]).status.success());
    assert!(done(server.folder(), &["publish", "b.ttl"]).contains("; 2 facts in all"));
    server.end();
    assert!(done(server.folder(), &["rebuild"]).contains("equal to the one before"));
}

#[test]
fn an_answer_without_chunks_begins_when_it_is_known_to_be_whole() {
    let server = Server::start(|_| program().to_owned(), "");
    server.write("a", 400);
    done(server.folder(), &["publish"]);
    // More rows than anybody gets.
    let too_many = "SELECT * { ?a ?b ?c . ?d ?e ?f }";
    let chunked = server.ask(too_many, "1.1");
    assert!(chunked.starts_with("HTTP/1.1 200 ") && !chunked.ends_with("\r\n0\r\n\r\n"));
    let refused = server.ask(too_many, "1.0");
    assert!(refused.contains("\"query.rows\""), "{refused:.300}");
    let answered = server.ask("SELECT * { ?a ?b 'a 7' }", "1.0");
    let (head, body) = answered.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200 ") && body.contains("connector.shop.example/a"));
    assert!(
        head.to_ascii_lowercase().contains(&format!("content-length: {}", body.len())),
        "{head}"
    );
}

#[test]
fn a_request_for_quads_has_no_more_time_than_there_is() {
    let server = Server::start(|_| program().to_owned(), "app.quads.look=1*sleep(10001)");
    server.write("a", 1);
    done(server.folder(), &["publish"]);
    let wanted = r#"{
        "fetch": { "match": { "subjects": [{ "value": "https://connector.shop.example/a" }] } },
        "at": "2026-11-01T00:00:00Z"
    }"#;
    let late = server.send("POST /quads HTTP/1.1", wanted);
    assert!(late.starts_with("HTTP/1.1 504 ") && late.contains("\"query.deadline\""), "{late}");
    let answered = server.send("POST /quads HTTP/1.1", wanted);
    assert!(answered.starts_with("HTTP/1.1 200 ") && answered.contains("a 0"), "{answered}");
}
