//! Somebody who asks a company's server over HTTP: nobody in particular, or a caller with a bearer.

use crate::circle::text;
use adit::circle::Circle;
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

/// One caller at one company.
pub struct Client {
    base: String,
    bearer: Option<String>,
}

/// What came back.
#[derive(Debug, PartialEq)]
pub struct Got {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    /// Nobody in particular.
    pub fn public(circle: &Circle, company: &str) -> Self {
        Self { base: format!("http://{}", circle.address(company).unwrap()), bearer: None }
    }

    /// Somebody of another company or a researcher, for a purpose.
    pub fn partner(circle: &Circle, from: &str, company: &str, purpose: &str) -> Self {
        let plan = circle.plan().company.iter();
        let did = &plan.clone().find(|member| member.folder == company).unwrap().did;
        let output = circle.adit(from, &["token", "--peer", did, "--purpose", purpose]).unwrap();
        Self::public(circle, company).with_bearer(text(&output).trim())
    }

    /// Somebody of the company itself.
    pub fn own(circle: &Circle, company: &str) -> Self {
        let output = circle.adit(company, &["token"]).unwrap();
        Self::public(circle, company).with_bearer(text(&output).trim())
    }

    /// The same, with what follows `Bearer` in the header.
    pub fn with_bearer(self, bearer: &str) -> Self {
        Self { bearer: Some(bearer.to_owned()), ..self }
    }

    /// `GET`; without `accept` no such header is sent.
    pub fn get(&self, path: &str, accept: Option<&str>) -> Got {
        let accept = accept.map(|accept| format!("Accept: {accept}"));
        self.send("GET", path, accept.as_deref().as_slice(), None)
    }

    /// A query by `GET`.
    pub fn query(&self, query: &str, accept: &str) -> Got {
        self.get(&format!("/sparql?query={}", encoded(query)), Some(accept))
    }

    /// The rows of a query, as CSV without its header.
    pub fn rows(&self, query: &str) -> Vec<String> {
        let got = self.query(query, "text/csv");
        assert_eq!(got.status, 200, "{}", got.text());
        got.text().lines().skip(1).map(str::to_owned).collect()
    }

    /// Any request, with header lines.
    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: Option<&[u8]>) -> Got {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-i", "--max-time", "60", "-H", "Expect:"]);
        match method {
            "HEAD" => curl.arg("--head"),
            _ => curl.args(["-X", method]),
        };
        if let Some(bearer) = &self.bearer {
            curl.args(["-H", &format!("Authorization: Bearer {bearer}")]);
        }
        for name in ["Accept", "Content-Type"] {
            if !headers.iter().any(|line| line.starts_with(&format!("{name}:"))) {
                // Curl would add its own.
                curl.args(["-H", &format!("{name}:")]);
            }
        }
        for line in headers {
            curl.args(["-H", line]);
        }
        if body.is_some() {
            curl.args(["--data-binary", "@-"]);
        }
        curl.arg(format!("{}{path}", self.base));
        let mut curl = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        curl.stdin.take().unwrap().write_all(body.unwrap_or_default()).unwrap();
        Got::parse(&curl.wait_with_output().unwrap().stdout)
    }
}

impl Got {
    /// An answer as it came.
    pub fn parse(answer: &[u8]) -> Self {
        let end = answer.windows(4).position(|it| it == b"\r\n\r\n").expect("an HTTP answer");
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            // The only part of two equal answers that differs.
            .filter(|(name, _)| name != "date")
            .collect();
        headers.sort();
        Self { status, headers, body: answer[end + 4..].to_vec() }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The media type, without parameters.
    pub fn media_type(&self) -> &str {
        self.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// Status and code of a refusal.
    pub fn refusal(&self) -> (u16, String) {
        assert_eq!(self.media_type(), "application/problem+json", "{}", self.text());
        (self.status, self.json()["code"].as_str().unwrap().to_owned())
    }
}

/// A text as it stands in the query of an address or in a form.
pub fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
