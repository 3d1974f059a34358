//! Where a request begins and ends on a connection, and whether its head can be read in one way only.
//!
//! A head that two readers could understand differently is refused before the HTTP library sees a byte of it: by
//! [RFC 9112](https://www.rfc-editor.org/rfc/rfc9112#section-11.2), request smuggling lives on the difference between a
//! proxy and the server behind it.

use actix_web::http::Uri;
use httparse::{EMPTY_HEADER, Error, Request};

/// The most bytes of an address, from the first slash on.
pub(super) const ADDRESS_BYTES_MAX: usize = 8 << 10;
/// The most bytes of all headers of a request together.
pub(super) const HEADERS_BYTES_MAX: usize = 16 << 10;
/// The most bytes of a first line: the address, the method and the version.
const LINE_BYTES_MAX: usize = ADDRESS_BYTES_MAX + 64;
/// The most headers.
const HEADERS_MAX: usize = 96;
/// The most bytes of a body: several times what any address reads, so that each can say itself that it is too long.
const BODY_BYTES_MAX: u64 = 4 << 20;
/// The most bytes of the line before a chunk, and of the lines behind the last.
const CHUNK_LINE_BYTES_MAX: u64 = 256;

/// Why a head is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bad {
    /// It can be read in several ways or in none.
    Form(String),
    /// The address is too long.
    Address,
    /// The headers are too long, or too many.
    Headers,
}

/// The requests of one connection, one after another.
#[derive(Debug, Default)]
pub(super) struct Framing {
    place: Place,
    /// The head that is not complete.
    head: Vec<u8>,
    /// Where its last line begins, and where its second does.
    line: usize,
    first: usize,
    /// How much of the body went out.
    body: u64,
    /// How many heads and bodies have ended.
    ended: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before a head or within it.
    #[default]
    Head,
    /// So many bytes before the end of a body.
    Body(u64),
    /// Within the line before a chunk: its size so far, the bytes of the line, whether digits still count, and whether
    /// the last byte was a carriage return.
    Size { size: u64, bytes: u64, digits: bool, cr: bool },
    /// So many bytes before the end of a chunk and of the line that ends it.
    Chunk(u64),
    /// Within the lines behind the last chunk: the bytes of all and of this one, and whether the last was a carriage
    /// return.
    Trailer { bytes: u64, line: u64, cr: bool },
    /// In a body that is too long, or whose end cannot be found; the HTTP library refuses it too.
    Lost,
}

impl Framing {
    /// Whether some bytes of a head are there and its end is not.
    pub(super) fn is_within_head(&self) -> bool {
        !self.head.is_empty()
    }

    /// Whether a body has begun and its end is not there.
    pub(super) fn is_within_body(&self) -> bool {
        self.place != Place::Head
    }

    /// How many heads and bodies have ended so far; an empty line is neither.
    pub(super) fn ended(&self) -> u64 {
        self.ended
    }

    /// Whether nothing more is read here.
    pub(super) fn is_lost(&self) -> bool {
        self.place == Place::Lost
    }

    /// Reads what came over the connection, and puts what the HTTP library may see into `out`.
    ///
    /// # Errors
    /// A head that is not read; nothing of it is in `out`.
    pub(super) fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Bad> {
        while !bytes.is_empty() {
            let was_within_body = self.is_within_body();
            let taken = match self.place {
                Place::Head => self.feed_head(bytes, out)?,
                Place::Lost => return Ok(()),
                Place::Body(left) | Place::Chunk(left) => {
                    let taken = least(left, bytes.len());
                    out.extend_from_slice(&bytes[..taken]);
                    self.body += taken as u64;
                    let (left, is_chunk) =
                        (left - taken as u64, matches!(self.place, Place::Chunk(_)));
                    self.place = match (left, is_chunk) {
                        _ if self.body > BODY_BYTES_MAX => Place::Lost,
                        (0, true) => Place::SIZE,
                        (0, false) => Place::Head,
                        (left, true) => Place::Chunk(left),
                        (left, false) => Place::Body(left),
                    };
                    taken
                }
                Place::Size { .. } | Place::Trailer { .. } => {
                    out.push(bytes[0]);
                    self.place = self.place.after(bytes[0]);
                    1
                }
            };
            self.ended += u64::from(was_within_body && !self.is_within_body());
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// Takes the bytes up to the end of a line; with the last line the head goes out.
    fn feed_head(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, Bad> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(bytes.len(), |end| end + 1).min(LINE_BYTES_MAX + HEADERS_BYTES_MAX);
        self.head.extend_from_slice(&bytes[..taken]);
        let is_first = self.first == 0;
        if is_first && self.head.len() > LINE_BYTES_MAX {
            return Err(Bad::Address);
        }
        if !is_first && self.head.len() - self.first > HEADERS_BYTES_MAX {
            return Err(Bad::Headers);
        }
        if end.is_none() {
            return Ok(taken);
        }
        let line = &self.head[self.line..];
        if !line.ends_with(b"\r\n") {
            return Err(Bad::Form("a line ends with a bare line feed".to_owned()));
        }
        let is_empty = line.len() == 2;
        self.line = self.head.len();
        match (is_first, is_empty) {
            // An empty line before a request is skipped, as RFC 9112 advises.
            (true, true) => self.begin(),
            (true, false) => self.first = self.head.len(),
            (false, false) => {}
            (false, true) => {
                self.place = body_of(&self.head)?;
                self.body = 0;
                self.ended += 1;
                out.append(&mut self.head);
                self.begin();
            }
        }
        Ok(taken)
    }

    fn begin(&mut self) {
        self.head.clear();
        (self.line, self.first) = (0, 0);
    }
}

impl Place {
    /// Before a chunk.
    const SIZE: Self = Self::Size { size: 0, bytes: 0, digits: true, cr: false };

    /// The place after one more byte of a line around chunks.
    fn after(self, byte: u8) -> Self {
        match self {
            Self::Size { bytes, .. } | Self::Trailer { bytes, .. }
                if bytes >= CHUNK_LINE_BYTES_MAX =>
            {
                Self::Lost
            }
            // A line ends with both or with neither.
            Self::Size { cr, .. } | Self::Trailer { cr, .. } if cr != (byte == b'\n') => Self::Lost,
            Self::Size { size: 0, .. } if byte == b'\n' => {
                Self::Trailer { bytes: 0, line: 0, cr: false }
            }
            // Two more for the end of the line behind the chunk.
            Self::Size { size, .. } if byte == b'\n' => Self::Chunk(size + 2),
            Self::Size { size, bytes, digits, .. } => {
                let digit = char::from(byte).to_digit(16).filter(|_| digits);
                let (bytes, cr) = (bytes + 1, byte == b'\r');
                match digit {
                    Some(_) if size >= 1 << 40 => Self::Lost,
                    Some(digit) => {
                        Self::Size { size: size * 16 + u64::from(digit), bytes, digits, cr }
                    }
                    None if bytes == 1 => Self::Lost,
                    None => Self::Size { size, bytes, digits: false, cr },
                }
            }
            Self::Trailer { line: 1, .. } if byte == b'\n' => Self::Head,
            Self::Trailer { bytes, .. } if byte == b'\n' => {
                Self::Trailer { bytes, line: 0, cr: false }
            }
            Self::Trailer { bytes, line, .. } => {
                Self::Trailer { bytes: bytes + 1, line: line + 1, cr: byte == b'\r' }
            }
            Self::Head | Self::Body(_) | Self::Chunk(_) | Self::Lost => self,
        }
    }
}

fn least(left: u64, there: usize) -> usize {
    usize::try_from(left).map_or(there, |left| left.min(there))
}

/// Checks a whole head, and says what kind of body follows it.
fn body_of(head: &[u8]) -> Result<Place, Bad> {
    let form = |why: &str| Err(Bad::Form(why.to_owned()));
    let mut headers = [EMPTY_HEADER; HEADERS_MAX];
    let mut request = Request::new(&mut headers);
    match request.parse(head) {
        Ok(status) if status.is_complete() => {}
        Ok(_) => return form("it has no end"),
        Err(Error::TooManyHeaders) => return Err(Bad::Headers),
        Err(error) => return form(&error.to_string()),
    }
    if request.path.is_none_or(|path| path.len() > ADDRESS_BYTES_MAX) {
        return Err(Bad::Address);
    }
    if request.method == Some("CONNECT") {
        return form("CONNECT is not answered here");
    }
    let one = |name: &str| {
        let of_name = |it: &&httparse::Header<'_>| it.name.eq_ignore_ascii_case(name);
        let mut found = request.headers.iter().filter(of_name).map(|it| it.value);
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(Bad::Form(format!("the header {name} stands twice"))),
            (value, None) => Ok(value),
        }
    };
    let (host, length, coding) = (one("Host")?, one("Content-Length")?, one("Transfer-Encoding")?);
    one("Authorization")?;
    if request.version == Some(1) && host.is_none() {
        return form("the header Host is missing");
    }
    // The library takes everything behind such a head for the web socket's, whichever of several headers says so.
    if one("Upgrade")?.is_some_and(|it| it.trim_ascii().eq_ignore_ascii_case(b"websocket")) {
        return form("web sockets are not spoken here");
    }
    // What follows the library refuses too, without a word.
    if request.path.is_none_or(|path| Uri::try_from(path).is_err()) {
        return form("the address is none");
    }
    if (request.version, request.method, length) == (Some(0), Some("POST"), None) {
        return form("HTTP/1.0 needs a Content-Length for POST");
    }
    match (length, coding) {
        (Some(_), Some(_)) => form("Content-Length and Transfer-Encoding stand together"),
        (None, Some(_)) if request.version == Some(0) => form("HTTP/1.0 has no Transfer-Encoding"),
        (None, Some(coding)) if coding.eq_ignore_ascii_case(b"chunked") => Ok(Place::SIZE),
        (None, Some(_)) => form("only the Transfer-Encoding chunked is read"),
        (Some(length), None) => {
            let text = std::str::from_utf8(length).unwrap_or_default();
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            match text.parse() {
                Ok(0) if is_number => Ok(Place::Head),
                Ok(length) if is_number => Ok(Place::Body(length)),
                _ => form("Content-Length is not a number"),
            }
        }
        (None, None) => Ok(Place::Head),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes out when the bytes come in pieces of some size.
    fn fed(bytes: &[u8], piece: usize) -> Result<Vec<u8>, Bad> {
        let (mut framing, mut out) = (Framing::default(), Vec::new());
        bytes.chunks(piece).try_for_each(|piece| framing.feed(piece, &mut out))?;
        Ok(out)
    }

    #[test]
    fn requests_go_through_as_they_came_in_whatever_pieces() {
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\n\n\n\n";
        let chunked = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
                       3;a=b\r\nGET\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
        for text in [get, post, chunked, &[get, post, chunked, get, chunked, post, get].concat()] {
            for piece in [1, 2, 7, 1000] {
                assert_eq!(fed(text.as_bytes(), piece).unwrap(), text.as_bytes(), "{text}");
            }
        }
        assert_eq!(fed(format!("\r\n{get}").as_bytes(), 3).unwrap(), get.as_bytes());
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused_wherever_it_stands() {
        let post = "POST / HTTP/1.1\r\nHost: a\r\n";
        let bad = [
            "GET / HTTP/1.1\nHost: a\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\n\n".to_owned(),
            "GET / HTTP/1.1\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost : a\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n".to_owned(),
            "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            "GET / HTTP/2.0\r\nHost: a\r\n\r\n".to_owned(),
            "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nauthorization: y\r\n\r\n".to_owned(),
            format!("{post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            format!("{post}Content-Length: 1\r\nContent-Length: 1\r\n\r\n"),
            format!("{post}Content-Length: +1\r\n\r\n"),
            format!("{post}Content-Length: 1, 1\r\n\r\n"),
            format!("{post}Transfer-Encoding: gzip, chunked\r\n\r\n"),
            format!("{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nUpgrade: websocket\r\n\r\n"
                .to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nUpgrade: websocket\r\n\r\n".to_owned(),
            "POST / HTTP/1.0\r\n\r\n".to_owned(),
            "GET nowhere/at all HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            "GET a:b:c HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ];
        let before = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for text in bad {
            for piece in [1, 1000] {
                assert!(matches!(fed(text.as_bytes(), piece), Err(Bad::Form(_))), "{text:?}");
                let text = format!("{before}{text}");
                assert!(matches!(fed(text.as_bytes(), piece), Err(Bad::Form(_))), "{text:?}");
            }
        }
    }

    #[test]
    fn long_addresses_and_long_headers_are_refused_before_they_end() {
        let get = |path: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(path));
        assert!(fed(get(ADDRESS_BYTES_MAX - 1).as_bytes(), 1000).is_ok());
        assert_eq!(fed(get(ADDRESS_BYTES_MAX).as_bytes(), 1000), Err(Bad::Address));
        assert_eq!(fed(&[b'a'; LINE_BYTES_MAX + 1], 1), Err(Bad::Address));
        let with = |length: usize| {
            let name = "Host: a\r\nX: ";
            let value = "b".repeat(length - name.len() - 4);
            format!("GET / HTTP/1.1\r\n{name}{value}\r\n\r\n")
        };
        assert!(fed(with(HEADERS_BYTES_MAX).as_bytes(), 1000).is_ok());
        assert_eq!(fed(with(HEADERS_BYTES_MAX + 1).as_bytes(), 1000), Err(Bad::Headers));
        let many = "X: y\r\n".repeat(HEADERS_MAX);
        let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n");
        assert_eq!(fed(many.as_bytes(), 1000), Err(Bad::Headers));
    }

    #[test]
    fn a_body_without_an_end_goes_nowhere_else() {
        let post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunks = [
            "x\r\n",
            "\r\n",
            "\n",
            "0\n",
            "a\rb\r\n",
            "fffffffffffffffff\r\n",
            "0\r\n\n",
            "0\r\nX: y\n\r\n",
        ];
        let endless = format!("400\r\n{}\r\n", "a".repeat(1024)).repeat(5000);
        assert!(fed(format!("{post}{endless}").as_bytes(), 1000).unwrap().len() < 5 << 20);
        for body in chunks {
            // What stands behind it is not taken for a request: it would be a bad one.
            let text = format!("{post}{body}GET / HTTP/1.1\r\n\r\n");
            let out = fed(text.as_bytes(), 1000).unwrap();
            assert!(out.len() < text.len(), "{body:?}");
        }
    }
}
