//! The only place that opens a connection to somewhere else.
//!
//! Every request goes through [`Outbound::send`], in this order: https only (http for a host that
//! the settings map to loopback), no user information, the literal or every resolved address
//! checked, no redirect, no proxy from the environment, no content decoding, times and bytes capped.
#![expect(clippy::disallowed_methods, reason = "this is the one outbound client")]

use crate::config::Config;
use crate::folder::Folder;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use reqwest::{Client, Method, Url, redirect};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;

/// The most bytes of an answer, by what it is.
#[derive(Debug, Clone, Copy)]
pub enum Cap {
    /// A DID document.
    Document,
    /// A token, a description, a summary, a refusal.
    Message,
    /// Quads.
    Quads,
}

impl Cap {
    const fn bytes(self) -> usize {
        match self {
            Self::Document => 64 << 10,
            Self::Message => 1 << 20,
            Self::Quads => 64 << 20,
        }
    }
}

/// Why no answer came.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The address may not be asked.
    #[error("{url} may not be asked: {why}")]
    Blocked {
        /// The address.
        url: String,
        /// The rule that forbids it.
        why: String,
    },
    /// Nobody answered.
    #[error("{url} does not answer: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// What the network said.
        why: String,
    },
    /// The answer is longer than it may be.
    #[error("the answer of {url} is longer than {bytes} bytes")]
    TooLong {
        /// The address.
        url: String,
        /// The cap.
        bytes: usize,
    },
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
    /// The media type wanted.
    pub accept: &'static str,
    /// The body with its media type.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// The most bytes to read.
    pub cap: Cap,
}

impl Request {
    /// A GET.
    pub fn get(url: impl Into<String>, accept: &'static str, cap: Cap) -> Self {
        Self { method: Method::GET, url: url.into(), bearer: None, accept, body: None, cap }
    }

    /// A POST of JSON.
    pub fn post(url: impl Into<String>, json: &serde_json::Value, cap: Cap) -> Self {
        Self {
            method: Method::POST,
            url: url.into(),
            bearer: None,
            accept: "application/json",
            body: Some(("application/json", json.to_string().into_bytes())),
            cap,
        }
    }

    /// The same with a bearer.
    pub fn bearer(mut self, bearer: impl Into<String>) -> Self {
        self.bearer = Some(bearer.into());
        self
    }
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// The outbound client.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Client,
    config: Config,
    folder: Folder,
}

impl Outbound {
    /// The client of a connector.
    pub fn new(config: &Config, folder: &Folder) -> Result<Self, crate::error::Error> {
        let client = base_client()
            .dns_resolver(PublicOnly)
            .build()
            .map_err(|e| crate::error::Error::Internal(format!("the outbound client: {e}")))?;
        Ok(Self { client, config: config.clone(), folder: folder.clone() })
    }

    /// Sends one request and reads the answer to its end.
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let (url, host) = self.target(&request.url)?;
        let mut call =
            self.client.request(request.method.clone(), url).header(ACCEPT, request.accept);
        if let Some(host) = host {
            call = call.header(HOST, host);
        }
        if let Some(bearer) = &request.bearer {
            call = call.header(AUTHORIZATION, format!("Bearer {bearer}"));
        }
        if let Some((media_type, body)) = request.body {
            call = call.header(CONTENT_TYPE, media_type).body(body);
        }
        read(call, &request.url, request.cap).await
    }

    /// Where to connect, and the host name to say there where it differs.
    fn target(&self, text: &str) -> Result<(Url, Option<String>), Failure> {
        let blocked = |why: String| Failure::Blocked { url: text.to_owned(), why };
        let mut url = Url::parse(text).map_err(|e| blocked(format!("not an address ({e})")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(blocked("user information in the address".into()));
        }
        let host = url.host_str().ok_or_else(|| blocked("no host".into()))?.to_owned();
        if let Some(address) = self.config.host(&self.folder, &host) {
            let refused = |()| blocked("cannot be mapped".into());
            url.set_scheme("http").map_err(refused)?;
            url.set_ip_host(address.ip()).map_err(refused)?;
            url.set_port(Some(address.port())).map_err(refused)?;
            return Ok((url, Some(host)));
        }
        if url.scheme() != "https" {
            return Err(blocked(format!("scheme {}; only https is asked", url.scheme())));
        }
        match url.host() {
            Some(url::Host::Ipv4(ip)) => check(IpAddr::V4(ip)).map_err(blocked)?,
            Some(url::Host::Ipv6(ip)) => check(IpAddr::V6(ip)).map_err(blocked)?,
            Some(url::Host::Domain(_)) | None => {}
        }
        Ok((url, None))
    }
}

/// Sends one command to the server that runs in the same folder, through its Unix socket.
pub async fn control(socket: &Path, command: &[u8]) -> Result<Response, Failure> {
    let url = "http://adit/control";
    install_tls();
    // No time limit: a publication takes as long as its files are large.
    let client =
        Client::builder().no_proxy().unix_socket(socket.to_owned()).build().map_err(|e| {
            Failure::Unreachable { url: socket.display().to_string(), why: e.to_string() }
        })?;
    let call = client.post(url).header(CONTENT_TYPE, "application/json").body(command.to_vec());
    read(call, url, Cap::Quads).await
}

/// Whether a server answers at a socket; that of a server which was killed stays behind.
pub async fn is_answered(socket: &Path) -> bool {
    install_tls();
    let client = Client::builder().no_proxy().unix_socket(socket.to_owned());
    match client.timeout(Duration::from_secs(2)).build() {
        // Whatever it answers, it answers.
        Ok(client) => client.head("http://adit/").send().await.is_ok(),
        Err(_) => false,
    }
}

/// Chooses the provider of cryptography for TLS; a second call in the same process changes nothing.
fn install_tls() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

fn base_client() -> reqwest::ClientBuilder {
    install_tls();
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(20))
        .pool_max_idle_per_host(8)
        .user_agent(concat!("adit/", env!("CARGO_PKG_VERSION")))
}

async fn read(call: reqwest::RequestBuilder, url: &str, cap: Cap) -> Result<Response, Failure> {
    let unreachable = |e: reqwest::Error| Failure::Unreachable {
        url: url.to_owned(),
        why: root_cause(&e.without_url()),
    };
    let mut response = call.send().await.map_err(unreachable)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > cap.bytes() {
            return Err(Failure::TooLong { url: url.to_owned(), bytes: cap.bytes() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status, body })
}

/// The innermost cause: "connection refused" rather than "error sending request".
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// A resolver that answers only when every address of a name may be asked.
#[derive(Debug, Clone)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            for address in &addresses {
                check(address.ip())?;
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is on the public Internet; the special-purpose registries of
/// [RFC 6890](https://www.rfc-editor.org/rfc/rfc6890#section-2.2) are not.
fn check(ip: IpAddr) -> Result<(), String> {
    let public = match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    };
    if public { Ok(()) } else { Err(format!("{ip} is not a public address")) }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = a == 192 && b == 0 && c == 0;
    let benchmark = a == 198 && (18..20).contains(&b);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || protocol
        || benchmark)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // Only global unicast, without the ranges that carry an IPv4 address or documentation.
    let global = (0x2000..0x4000).contains(&a);
    let carries_v4 = a == 0x2002 || (a == 0x2001 && b == 0);
    let documentation = (a == 0x2001 && b == 0x0db8) || a == 0x3fff;
    global && !carries_v4 && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_asked() {
        for (text, public) in [
            ("8.8.8.8", true),
            ("2606:4700::1111", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("240.0.0.1", false),
            ("224.0.0.1", false),
            ("::1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("::ffff:127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(check(text.parse().unwrap()).is_ok(), public, "{text}");
        }
    }
}
