//! Requests as bytes on a connection: plain ones, and such as no HTTP library would send.

use crate::client::{Got, encoded};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The longest that any answer is waited for.
const WAIT: Duration = Duration::from_secs(60);

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    exactly: Option<Vec<u8>>,
    /// What of it must stand nowhere afterwards.
    pub secrets: Vec<String>,
}

impl Request {
    /// Any method at a path.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            exactly: None,
            secrets: Vec::new(),
        }
    }

    /// `GET`
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// `POST` of a body.
    pub fn post(path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut request = Self::new("POST", path).header("Content-Type", media_type);
        request.body = body.into();
        request
    }

    /// A SPARQL query by `GET`; its text must stand nowhere afterwards.
    pub fn sparql(query: &str) -> Self {
        Self::get(&format!("/sparql?query={}", encoded(query))).hides(query).hides(&encoded(query))
    }

    /// These bytes and no others.
    pub fn exactly(bytes: impl Into<Vec<u8>>) -> Self {
        let mut request = Self::new("", "");
        request.exactly = Some(bytes.into());
        request
    }

    /// The same with a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with a token, of which neither the whole nor payload nor signature may stand anywhere afterwards.
    pub fn bearer(self, token: &str) -> Self {
        let request = self.header("Authorization", &format!("Bearer {token}")).hides(token);
        token.split('.').skip(1).fold(request, |request, part| request.hides(part))
    }

    /// The same, and a text that must stand nowhere afterwards; a short one could stand anywhere by chance.
    pub fn hides(mut self, text: &str) -> Self {
        if text.len() >= 16 {
            self.secrets.push(text.to_owned());
        }
        self
    }

    /// The bytes.
    pub fn bytes(&self) -> Vec<u8> {
        if let Some(bytes) = &self.exactly {
            return bytes.clone();
        }
        let Self { method, path, headers, body, .. } = self;
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let own = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if !own("host") {
            head.push_str("Host: target.example\r\n");
        }
        if !own("connection") {
            head.push_str("Connection: close\r\n");
        }
        if !body.is_empty() && !own("content-length") && !own("transfer-encoding") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        [head.as_bytes(), b"\r\n", body].concat()
    }

    /// Sends it and reads the answer.
    pub fn send(&self, address: SocketAddr) -> Got {
        self.try_send(address).unwrap_or_else(|| panic!("no answer from {address}"))
    }

    /// Sends it; nothing if the connection was refused or closed without an answer.
    pub fn try_send(&self, address: SocketAddr) -> Option<Got> {
        let mut stream = TcpStream::connect(address).ok()?;
        // Who refuses the head of a request does not wait for its end.
        drop(stream.write_all(&self.bytes()));
        answer(&mut stream)
    }
}

/// Reads one answer from a connection; nothing if it closes before one begins.
pub fn answer(stream: &mut (impl Read + HasDeadline)) -> Option<Got> {
    stream.wait_at_most(WAIT);
    let mut bytes = Vec::new();
    loop {
        if let Some(got) = whole(&bytes, false) {
            return Some(got);
        }
        let mut chunk = [0; 16 * 1024];
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return whole(&bytes, true),
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// A connection that can be told how long to wait; a TLS stream is one through what it stands on.
pub trait HasDeadline {
    /// Waits at most so long for the next bytes.
    fn wait_at_most(&self, time: Duration);
}

impl HasDeadline for TcpStream {
    fn wait_at_most(&self, time: Duration) {
        self.set_read_timeout(Some(time)).unwrap();
    }
}

/// The answer, if its bytes are all there.
fn whole(bytes: &[u8], ended: bool) -> Option<Got> {
    let end = find(bytes, b"\r\n\r\n")?;
    let got = Got::parse(bytes);
    if got.status == 100 {
        return whole(&bytes[end + 4..], ended);
    }
    if got.header("transfer-encoding").is_some_and(|it| it == "chunked") {
        let body = dechunked(&got.body).or_else(|| ended.then(|| got.body.clone()))?;
        return Some(Got { body, ..got });
    }
    let length = got.header("content-length").and_then(|it| it.parse::<usize>().ok());
    match length {
        Some(length) if got.body.len() >= length => {
            Some(Got { body: got.body[..length].to_vec(), ..got })
        }
        _ if matches!(got.status, 204 | 304) => Some(got),
        _ => ended.then_some(got),
    }
}

/// The body behind a chunked transfer, if its end is there.
pub fn dechunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = find(bytes, b"\r\n")?;
        let length = std::str::from_utf8(&bytes[..line]).ok()?;
        let length = usize::from_str_radix(length.split(';').next()?.trim(), 16).ok()?;
        bytes = bytes.get(line + 2..)?;
        body.extend_from_slice(bytes.get(..length)?);
        bytes = bytes.get(length + 2..)?;
        if length == 0 {
            return Some(body);
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}
