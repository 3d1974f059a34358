//! What is asked, what comes back, and the caps on it.

use jiff::Timestamp;
use reqwest::Method;
use std::time::Duration;

/// What may be read of an answer and how long it may take, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// A DID document.
    Document,
    /// A status list.
    StatusList,
    /// A token, a description, a summary, a protocol message, a refusal.
    Message,
    /// Quads, which the peer may compute for some time.
    Quads,
}

impl Cap {
    /// The most bytes.
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Document => 64 << 10,
            Self::StatusList | Self::Message => 1 << 20,
            Self::Quads => 64 << 20,
        }
    }

    /// The time to the first byte of the answer, from the time that the request may leave.
    pub(super) const fn first_byte(self) -> Duration {
        match self {
            Self::Document | Self::StatusList | Self::Message => Duration::from_secs(5),
            Self::Quads => Duration::from_secs(20),
        }
    }

    /// The time that a request waits for others to the same host.
    ///
    /// What stands behind a document must be answered in 10 s itself: this and [`Cap::total`] together are less.
    pub(super) const fn wait(self) -> Duration {
        match self {
            Self::Document | Self::StatusList | Self::Message => Duration::from_secs(3),
            Self::Quads => Duration::from_secs(10),
        }
    }

    /// The time to the last byte of the answer, from the time that the request may leave.
    pub(super) const fn total(self) -> Duration {
        match self {
            Self::Document | Self::StatusList => Duration::from_secs(6),
            Self::Message => Duration::from_secs(7),
            Self::Quads => Duration::from_secs(20),
        }
    }
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// The address.
    pub url: String,
    /// The bearer, if the peer gave one.
    pub bearer: Option<String>,
    /// The media types wanted, as in the header `Accept`; an answer of another type is refused.
    pub accept: &'static str,
    /// The body with its media type.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// The caps.
    pub cap: Cap,
    /// A shorter time than the cap's, where whoever waits has less.
    pub within: Option<Duration>,
    /// Whether a stranger named the address.
    pub by_stranger: bool,
}

impl Request {
    /// A GET.
    pub fn get(url: impl Into<String>, accept: &'static str, cap: Cap) -> Self {
        let url = url.into();
        let (method, bearer, body, within) = (Method::GET, None, None, None);
        Self { method, url, bearer, accept, body, cap, within, by_stranger: false }
    }

    /// A POST of JSON.
    pub fn post(url: impl Into<String>, json: &serde_json::Value, cap: Cap) -> Self {
        let body = Some(("application/json", json.to_string().into_bytes()));
        Self { method: Method::POST, body, ..Self::get(url, "application/json", cap) }
    }

    /// The same with a bearer.
    pub fn bearer(mut self, bearer: impl Into<String>) -> Self {
        self.bearer = Some(bearer.into());
        self
    }

    /// The same, if a stranger named the address: whom we deal with under the same host waits for it as little as
    /// possible.
    pub fn by_stranger(mut self, by_stranger: bool) -> Self {
        self.by_stranger = by_stranger;
        self
    }

    /// How long a host has to answer after the request waited for others: the whole time, however long that was,
    /// unless whoever waits has less.
    pub(super) fn left(&self, waited: Duration) -> Duration {
        let total = self.cap.total();
        self.within.map_or(total, |within| within.saturating_sub(waited).min(total))
    }

    /// The same, to be answered within a time that is shorter than the cap's.
    pub fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// When that was by the clock of whoever answered, where they say so.
    pub date: Option<Timestamp>,
    /// The body; empty where a refusal came in a form that nobody asked for.
    pub body: Vec<u8>,
}

/// Whether an answer is of a type that was asked for.
///
/// `accept` lists types without wildcards, each perhaps with a weight. Something that speaks JSON may always say so
/// in the form of a more special JSON.
pub(super) fn is_wanted(accept: &str, got: &str) -> bool {
    let essence =
        |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let got = essence(got);
    accept.split(',').any(|wanted| {
        let wanted = essence(wanted);
        got == wanted || (wanted == "application/json" && got.ends_with("+json"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_its_whole_time_whoever_waited_before() {
        for cap in [Cap::Document, Cap::StatusList, Cap::Message, Cap::Quads] {
            let request = Request::get("https://oem.example/", "application/json", cap);
            assert_eq!(request.left(cap.wait()), cap.total());
            assert!(cap.total() >= cap.first_byte());
            let hurried = request.within(Duration::from_secs(2));
            assert_eq!(hurried.left(Duration::from_millis(1500)), Duration::from_millis(500));
        }
        assert!(Cap::Document.wait() + Cap::Document.total() < Duration::from_secs(10));
    }

    #[test]
    fn an_answer_is_of_a_type_that_was_asked_for() {
        let document = "application/did+json, application/json;q=0.9";
        for (accept, got, wanted) in [
            (document, "application/did+json", true),
            (document, "Application/JSON; charset=utf-8", true),
            (document, "application/did+ld+json", true),
            (document, "text/html", false),
            (document, "text/html; application/json", false),
            (document, "", false),
            ("application/n-triples", "application/n-triples", true),
            ("application/n-triples", "application/ld+json", false),
            ("application/vc+jwt", "application/json", false),
        ] {
            assert_eq!(is_wanted(accept, got), wanted, "{accept} / {got}");
        }
    }
}
