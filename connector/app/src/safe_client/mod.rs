//! The only place that opens a connection to somewhere else.
//!
//! Every request passes the outbound gate of [`SafeClient::send`], in this order:
//!
//! 1. `target.rs`: https only (http where only tests run), no user information, a port of the list, a host in its
//!    plain spelling; a literal is held against the table of `addresses.rs`. What fails here is never looked up.
//! 2. `hosts.rs`: four requests at once to one host; none to one that failed five times in a row, for a while. What
//!    strangers name has two of the four and its own count of failures, so that they pause nobody whom we deal with.
//! 3. `resolver.rs`: a name with one forbidden address is refused; the connection is made to what was checked.
//! 4. `certificates.rs`: TLS 1.2 or 1.3 with a certificate that is trusted.
//! 5. No redirect, no proxy but the configured one, no cookie, no content decoding; a cap on bytes and times and a
//!    list of media types, by what is wanted (`request.rs`).
#![expect(clippy::disallowed_methods, reason = "this is the one outbound client")]

mod addresses;
mod certificates;
mod failure;
mod hosts;
mod request;
mod resolver;
mod socket;
mod target;

pub use certificates::TlsFault;
pub use failure::{Blocked, Failure, Forbidden};
pub use request::{Cap, Request, Response};
pub use socket::{control, is_answered};

use crate::clock;
use crate::config::Config;
use crate::error::Error;
use crate::folder::Folder;
use crate::network::Network;
use failure::shown;
use hosts::Hosts;
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HOST};
use reqwest::{Client, Proxy, StatusCode, Url, redirect};
use resolver::Resolver;
use std::path::PathBuf;
use std::sync::RwLock;
use std::time::Duration;
use target::Target;
use tokio::time::timeout;

/// The time to connect, name look-up and TLS included.
const CONNECT: Duration = Duration::from_secs(3);

/// How many requests to one host are under way at once, and how many of them because strangers named it.
const AT_ONCE: usize = 4;
const AT_ONCE_BY_STRANGERS: usize = 2;

/// The outbound client.
pub struct SafeClient {
    client: RwLock<Client>,
    hosts: Hosts,
    by_strangers: Hosts,
    config: Config,
    folder: Folder,
}

impl SafeClient {
    /// The client of a connector.
    pub fn new(config: &Config, folder: &Folder) -> Result<Self, Error> {
        let client = RwLock::new(client(config, folder)?);
        let (config, folder) = (config.clone(), folder.clone());
        let (hosts, by_strangers) = (Hosts::new(AT_ONCE), Hosts::new(AT_ONCE_BY_STRANGERS));
        Ok(Self { client, hosts, by_strangers, config, folder })
    }

    /// Reads roots and revocation lists again; where they cannot be used, those before stay.
    pub fn reload(&self) -> Result<(), Error> {
        let new = client(&self.config, &self.folder)?;
        *self.client.write().expect("no holder of the lock panics") = new;
        Ok(())
    }

    /// The files that [`SafeClient::reload`] reads.
    pub fn files(&self) -> Vec<PathBuf> {
        let network = &self.config.network;
        let named = [&network.roots, &network.crls].into_iter().flatten();
        named.map(|file| self.folder.root().join(file)).collect()
    }

    /// Sends one request and reads the answer to its end.
    ///
    /// # Errors
    /// What of the outbound gate the request or the answer did not pass. A status other than 2xx is an answer.
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let mapped = |host: &str| self.config.host(&self.folder, host);
        let target = target::target(&request.url, &self.config.network, mapped)
            .map_err(|why| Failure::Address { url: shown(&request.url), why })?;
        let wait = request.cap.wait();
        let wait = request.within.map_or(wait, |within| within.min(wait));
        let started = clock::instant();
        let strangers = match request.by_stranger {
            true => Some(self.by_strangers.enter(&target.host, &request.url, wait).await?),
            false => None,
        };
        let left = wait.saturating_sub(started.elapsed());
        let slot = self.hosts.enter(&target.host, &request.url, left).await?;
        let left = request.left(started.elapsed());
        let slow = |_| Err(Failure::Slow { url: shown(&request.url), within: left });
        let answer = timeout(left, Box::pin(self.ask(&target, &request))).await;
        // Somebody's hurry says nothing about the host.
        let is_hurried = answer.is_err() && left < request.cap.total();
        let answer = answer.unwrap_or_else(slow);
        // What a stranger named says nothing to those whom we deal with there: it may be the one path that is broken.
        if let Some(slot) = strangers.or(Some(slot)).filter(|_| !is_hurried) {
            slot.ended(failed(&answer, request.by_stranger));
        }
        answer
    }

    async fn ask(&self, target: &Target, request: &Request) -> Result<Response, Failure> {
        let client = self.client.read().expect("no holder of the lock panics").clone();
        let mut call = client.request(request.method.clone(), target.url.clone());
        call = call.header(ACCEPT, request.accept);
        if let Some(host) = &target.said {
            call = call.header(HOST, host);
        }
        if let Some(bearer) = &request.bearer {
            call = call.header(AUTHORIZATION, format!("Bearer {bearer}"));
        }
        if let Some((media_type, body)) = &request.body {
            call = call.header(CONTENT_TYPE, *media_type).body(body.clone());
        }
        let first_byte = request.cap.first_byte();
        let slow = |_| Failure::Slow { url: shown(&request.url), within: first_byte };
        let response = timeout(first_byte, call.send()).await.map_err(slow)?;
        let response = response.map_err(|e| failure(&e, &request.url))?;
        read(response, request).await
    }
}

// The library's own would print the proxy with its password.
impl std::fmt::Debug for SafeClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SafeClient").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

fn client(config: &Config, folder: &Folder) -> Result<Client, Error> {
    let network = &config.network;
    let proxy = proxy(network, folder)?;
    let exempt = proxy.as_ref().and_then(|(_, host)| host.clone());
    let mut builder = Client::builder()
        .tls_backend_preconfigured(certificates::client_config(network, folder.root())?)
        .dns_resolver(Resolver::new(network, exempt))
        .redirect(redirect::Policy::none())
        // Whatever the environment says.
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_max_idle_per_host(8)
        .user_agent(concat!("adit/", env!("CARGO_PKG_VERSION")));
    if let Some((proxy, _)) = proxy {
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|e| Error::Internal(format!("the outbound client: {}", why(&e))))
}

/// The configured proxy with its host name: https goes through it by
/// [CONNECT](https://www.rfc-editor.org/rfc/rfc9110#name-connect).
///
/// The proxy looks names up; what is checked here of a target is its form, its port and a literal address.
fn proxy(network: &Network, folder: &Folder) -> Result<Option<(Proxy, Option<String>)>, Error> {
    let Some(text) = network.proxy.as_ref().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let wrong = |message: String| Error::Settings { path: folder.settings(), message };
    let url = Url::parse(text).map_err(|e| wrong(format!("network.proxy is '{text}': {e}")))?;
    let host = url.host_str().map(str::to_owned);
    let mut proxy = Proxy::https(url).map_err(|e| wrong(format!("network.proxy: {}", why(&e))))?;
    if let Some(user) = network.proxy_user.as_ref().filter(|user| !user.is_empty()) {
        let password = match network.proxy_password_file.as_ref() {
            Some(file) if !file.as_os_str().is_empty() => Folder::text(&folder.root().join(file))?,
            Some(_) | None => String::new(),
        };
        proxy = proxy.basic_auth(user, password.trim_end_matches(['\r', '\n']));
    }
    Ok(Some((proxy, host)))
}

/// How a host failed, if it did. A web server that stands in front of one that is dead answers in its place; what that
/// says of the host is held against strangers alone.
fn failed(answer: &Result<Response, Failure>, by_stranger: bool) -> Option<String> {
    match answer {
        Ok(Response { status: status @ (502..=504), .. }) if by_stranger => {
            Some(format!("status {status}"))
        }
        Ok(_) => None,
        Err(failure) => failure.is_of_the_host().then(|| failure.to_string()),
    }
}

/// Reads an answer: no redirect, plain, of a type that was asked for, no longer than the cap.
async fn read(response: reqwest::Response, request: &Request) -> Result<Response, Failure> {
    let url = || shown(&request.url);
    let header =
        |name| response.headers().get(name).map(|it| String::from_utf8_lossy(it.as_bytes()));
    let status = response.status();
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        return Err(Failure::Redirect { url: url(), status: status.as_u16() });
    }
    let encoding = header(CONTENT_ENCODING).unwrap_or_default();
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Failure::Encoded { url: url(), encoding: shown(&encoding) });
    }
    let got = header(CONTENT_TYPE).unwrap_or_default().into_owned();
    let is_wanted = request::is_wanted(request.accept, &got);
    if !status.is_success() && !is_wanted && !request::is_wanted("application/json", &got) {
        // The page of a web server that stands in front: its status says all.
        return Ok(Response { status: status.as_u16(), date: date(&response), body: Vec::new() });
    }
    let other =
        |got: &str| Failure::MediaType { url: url(), got: shown(got), wanted: request.accept };
    if status.is_success() && !is_wanted && !got.is_empty() {
        return Err(other(&got));
    }
    let read = read_body(response, &request.url, request.cap.bytes()).await?;
    match got.is_empty() && !read.body.is_empty() {
        true => Err(other("of no type")),
        false => Ok(read),
    }
}

async fn read_body(
    mut response: reqwest::Response,
    url: &str,
    bytes: usize,
) -> Result<Response, Failure> {
    let (status, date) = (response.status().as_u16(), date(&response));
    let too_long = || Failure::TooLong { url: shown(url), bytes };
    if response.content_length().is_some_and(|length| length > bytes as u64) {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| failure(&e, url))? {
        if body.len() + chunk.len() > bytes {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status, date, body })
}

/// The header `Date`, see [RFC 9110, Date](https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1).
fn date(response: &reqwest::Response) -> Option<Timestamp> {
    let text = response.headers().get(DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp())
}

/// What an error of the HTTP library means.
fn failure(error: &reqwest::Error, url: &str) -> Failure {
    let url = shown(url);
    for cause in causes(error) {
        if let Some(blocked) = cause.downcast_ref::<Blocked>() {
            return Failure::Blocked { url, blocked: blocked.clone() };
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Failure::Tls { url, why: tls.into() };
        }
        if cause.to_string().starts_with("tunnel error") {
            return Failure::Proxy { url, why: why(error) };
        }
    }
    match error.is_timeout() {
        true if error.is_connect() => Failure::Slow { url, within: CONNECT },
        _ => Failure::Unreachable { url, why: why(error) },
    }
}

/// The innermost cause: "connection refused" rather than "error sending request".
fn why(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// An error and what lies behind it; an input or output error hides its own.
fn causes<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |cause| match cause.downcast_ref::<std::io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn std::error::Error + 'static)),
        None => cause.source(),
    })
}
