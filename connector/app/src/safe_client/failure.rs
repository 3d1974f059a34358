//! Why no answer came, each reason with its code.

use super::certificates::TlsFault;
use jiff::Timestamp;
use std::net::IpAddr;
use std::time::Duration;

/// How much of an address an error tells.
const SHOWN_CHARS: usize = 200;

/// Why no answer came, or none that can be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The address is one that is never asked; nothing was sent or looked up.
    #[error("{url} is not asked: {why}")]
    Address {
        /// The address.
        url: String,
        /// The rule that forbids it.
        why: Forbidden,
    },
    /// The name leads to an address that may not be asked; nothing was sent.
    #[error("{url} is not asked: {blocked}")]
    Blocked {
        /// The address.
        url: String,
        /// Where it leads.
        blocked: Blocked,
    },
    /// Nobody answered.
    #[error("{url} does not answer: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// What the network said.
        why: String,
    },
    /// Somebody answered, and not with what was asked for.
    #[error("{url} does not answer: status {status}")]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// The configured proxy did not let the request through.
    #[error("the proxy does not reach {url}: {why}")]
    Proxy {
        /// The address.
        url: String,
        /// What it said.
        why: String,
    },
    /// No TLS connection that can be trusted.
    #[error("{url} is not trusted: {why}")]
    Tls {
        /// The address.
        url: String,
        /// What is wrong.
        why: TlsFault,
    },
    /// The answer did not come in time.
    #[error("{url} did not answer within {} s", .within.as_secs_f32())]
    Slow {
        /// The address.
        url: String,
        /// How long was waited.
        within: Duration,
    },
    /// Too many requests to this host were under way already.
    #[error("{url} was not asked: {at_once} requests to its host are under way")]
    Busy {
        /// The address.
        url: String,
        /// How many may be.
        at_once: usize,
    },
    /// The host did not answer so often that it is left alone for a while.
    #[error(
        "{url} is not asked before {until}: {times} times in a row its host failed, the last time: {last}"
    )]
    Paused {
        /// The address.
        url: String,
        /// When it is tried again.
        until: Timestamp,
        /// How often it failed.
        times: u32,
        /// What the last failure was.
        last: String,
    },
    /// The answer points somewhere else; we do not follow.
    #[error("{url} answers {status}, a redirect; redirects are not followed")]
    Redirect {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// The answer is longer than it may be.
    #[error("the answer of {url} is longer than {bytes} bytes")]
    TooLong {
        /// The address.
        url: String,
        /// The cap.
        bytes: usize,
    },
    /// The answer is compressed, which nobody asked for.
    #[error("the answer of {url} is encoded as '{encoding}'; only plain answers are read")]
    Encoded {
        /// The address.
        url: String,
        /// How.
        encoding: String,
    },
    /// The answer is of another type than what was asked for.
    #[error("the answer of {url} is '{got}'; wanted is {wanted}")]
    MediaType {
        /// The address.
        url: String,
        /// What came.
        got: String,
        /// What was asked for.
        wanted: &'static str,
    },
}

/// Why an address is never asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// It is none.
    #[error("it is no address ({0})")]
    Syntax(String),
    /// Another scheme than https.
    #[error("its scheme is {0}; only https is asked")]
    Scheme(String),
    /// A name or password in it.
    #[error("it carries user information")]
    User,
    /// A host in a spelling that hides where it leads.
    #[error(
        "its host is written '{written}' and leads to '{meant}'; only the plain spelling is asked"
    )]
    Spelling {
        /// As it stands there.
        written: String,
        /// As it would be connected to.
        meant: String,
    },
    /// A port that is not in the list.
    #[error("port {0} is not asked; network.ports can allow it")]
    Port(u16),
    /// An address in a special range.
    #[error("{ip} is {what}; network.allow can allow it")]
    Range {
        /// The address.
        ip: IpAddr,
        /// The range.
        what: &'static str,
    },
}

/// A name that leads to an address which may not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the name {name} leads to {ip}, which is {what}; network.allow can allow it")]
pub struct Blocked {
    /// The name.
    pub name: String,
    /// One of its addresses.
    pub ip: IpAddr,
    /// Its range.
    pub what: &'static str,
}

impl Failure {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "net.address",
            Self::Blocked { .. } => "net.blocked",
            Self::Unreachable { .. } | Self::Status { .. } => "peer.unreachable",
            Self::Proxy { .. } => "net.proxy",
            Self::Tls { why, .. } => why.code(),
            Self::Slow { .. } => "net.slow",
            Self::Busy { .. } => "net.busy",
            Self::Paused { .. } => "net.paused",
            Self::Redirect { .. } => "net.redirect",
            Self::TooLong { .. } => "net.size",
            Self::Encoded { .. } => "net.encoding",
            Self::MediaType { .. } => "net.type",
        }
    }

    /// Whether the host failed, rather than this one request or what we think of it.
    pub(super) const fn is_of_the_host(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Proxy { .. } | Self::Tls { .. } | Self::Slow { .. }
        )
    }
}

/// As much of an address as an error tells, on one line.
pub(super) fn shown(url: &str) -> String {
    let mut shown: String = url
        .chars()
        .take(SHOWN_CHARS)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if url.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}
