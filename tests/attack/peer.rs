//! Somebody else's server, in this process on 127.0.0.2, which answers what a row wants; and one that nobody may reach.

use super::forge::Key;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// What a peer was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Path and query.
    pub path: String,
}

/// What a peer answers at one path.
#[derive(Clone)]
pub enum Answer {
    /// Status, media type and body.
    Whole(u16, &'static str, Vec<u8>),
    /// What a function makes of the request.
    Made(Arc<dyn Fn(&Asked) -> Answer + Send + Sync>),
    /// Whatever a function writes, head and all; the connection closes when it returns.
    Written(Arc<dyn Fn(&mut TcpStream) + Send + Sync>),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(status, media_type, body) => {
                write!(f, "{status} {media_type}, {} bytes", body.len())
            }
            Self::Made(_) => f.write_str("made"),
            Self::Written(_) => f.write_str("written"),
        }
    }
}

impl Answer {
    /// 200 with JSON.
    pub fn json(value: &Value) -> Self {
        Self::Whole(200, "application/json", value.to_string().into_bytes())
    }

    /// A function that makes the answer.
    pub fn made(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::Made(Arc::new(answer))
    }

    /// A function that writes the answer, byte by byte if it likes.
    pub fn written(write: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::Written(Arc::new(write))
    }
}

type Script = Arc<Mutex<HashMap<String, Answer>>>;

/// A server of one name; its paths answer what was said last with [`Peer::on`], all others 404.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The name, such as `peer.example`.
    pub host: String,
    /// Where it listens.
    pub address: SocketAddr,
    script: Script,
    requests: Arc<AtomicUsize>,
}

impl Peer {
    /// Starts a server; it lives as long as this process.
    pub fn start(host: &str, requests: Arc<AtomicUsize>) -> Self {
        let listener = TcpListener::bind("127.0.0.2:0").unwrap();
        let address = listener.local_addr().unwrap();
        let script = Script::default();
        let peer = Self { host: host.to_owned(), address, script, requests };
        let serving = peer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let peer = serving.clone();
                std::thread::spawn(move || drop(peer.serve(stream)));
            }
        });
        peer
    }

    /// Says what a path answers from now on.
    pub fn on(&self, path: &str, answer: Answer) {
        self.script.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// A company under this host, `did:web:HOST:NAME`, with a key on P-256, whose DID document is served here.
    pub fn party(&self, name: &str) -> Party {
        self.party_with(name, Key::es256())
    }

    /// The same with a key of one's own.
    pub fn party_with(&self, name: &str, key: Key) -> Party {
        let party = Party { did: format!("did:web:{}:{name}", self.host), key };
        self.on(&format!("/{name}/did.json"), Answer::json(&party.document()));
        party
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let asked = read(&stream)?;
        let path = asked.path.split('?').next().unwrap_or_default();
        let mut answer = self.script.lock().unwrap().get(path).cloned();
        while let Some(Answer::Made(make)) = answer {
            answer = Some(make(&asked));
        }
        match answer {
            Some(Answer::Written(write)) => write(&mut stream),
            Some(Answer::Whole(status, media_type, body)) => {
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 {status} Scripted\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                )?;
                stream.write_all(&body)?;
            }
            Some(Answer::Made(_)) | None => {
                stream.write_all(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                )?;
            }
        }
        Ok(())
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).map(|_| line.trim_end().to_owned())
    };
    let first = line()?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    // A peer that closed before it has read everything would be one that hung up.
    reader.read_exact(&mut vec![0; length])?;
    Ok(Asked { path })
}

/// Somebody with a DID and a key.
#[derive(Debug)]
pub struct Party {
    /// Who.
    pub did: String,
    /// With what they sign.
    pub key: Key,
}

impl Party {
    /// Somebody without a server, whose DID is their key.
    pub fn jwk(key: Key) -> Self {
        let did = format!("did:jwk:{}", super::forge::b64(key.jwk().to_string().as_bytes()));
        Self { did, key }
    }

    /// The name of the key.
    pub fn kid(&self) -> String {
        let fragment = if self.did.starts_with("did:jwk:") { "0" } else { "key-1" };
        format!("{}#{fragment}", self.did)
    }

    /// The DID document: the key for everything.
    pub fn document(&self) -> Value {
        self.document_for(&["authentication", "assertionMethod", "capabilityInvocation"])
    }

    /// The DID document with the key under some relationships only.
    pub fn document_for(&self, relationships: &[&str]) -> Value {
        let kid = self.kid();
        let method = json!({
            "id": kid, "type": "JsonWebKey", "controller": self.did, "publicKeyJwk": self.key.jwk(),
        });
        let mut document = json!({
            "@context": ["https://www.w3.org/ns/did/v1"], "id": self.did, "verificationMethod": [method],
        });
        for relationship in relationships {
            document[*relationship] = json!([kid]);
        }
        document
    }
}

/// A listener on 127.9.9.9 that no connector may ever reach.
#[derive(Debug)]
pub struct Forbidden {
    /// Where it listens.
    pub address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    /// How many of those were connections of [`connections`](Self::connections) itself.
    own: Mutex<usize>,
}

impl Forbidden {
    /// Starts one at a port; 0 for any.
    pub fn start(port: u16) -> Self {
        let listener = TcpListener::bind(("127.9.9.9", port)).unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let counted = accepted.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { address, accepted, own: Mutex::default() }
    }

    /// How often it was reached.
    pub fn connections(&self) -> usize {
        let mut own = self.own.lock().unwrap();
        // Whoever came before this connection is accepted, and counted, before it.
        let mut last = TcpStream::connect(self.address).unwrap();
        drop(last.read(&mut [0]));
        *own += 1;
        self.accepted.load(Ordering::SeqCst) - *own
    }
}

/// The forbidden listener of this process.
pub fn forbidden() -> &'static Forbidden {
    static FORBIDDEN: OnceLock<Forbidden> = OnceLock::new();
    FORBIDDEN.get_or_init(|| Forbidden::start(0))
}
