//! Every way that something can go wrong, and the one place where a status and an exit code are chosen.

mod told;

use crate::http::limits::Counted;
use crate::keys::KeyTrouble;
use crate::outcome::Problem;
use crate::safe_client::Failure;
use adit_credentials::CircleError;
use adit_credentials::dcp::{DcpCause, DcpRefusal};
use adit_ingest::Problem as DataProblem;
use adit_policy::PolicyError;
use adit_vocab::{Did, NotADid};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use told::data_title;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    // The caller's to mend.
    /// A request or command that says something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// There is no company here.
    #[error("{} is not a company's folder: it has no adit.toml", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A client was asked for what only a company has.
    #[error("this folder is a client without an address; it can ask, but not publish or serve")]
    ClientOnly,
    /// A settings file says something that cannot be.
    #[error("{}: {message}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Profiles that cannot be used.
    #[error("{} of the profiles cannot be used", .0.len())]
    Profiles(Vec<String>),
    /// A rule that came to no end.
    #[error(transparent)]
    Unchecked(#[from] adit_shapes::Unchecked),
    /// Policy files that cannot be used.
    #[error("{} problem(s) in the policies", .0.len())]
    Policies(Vec<PolicyError>),
    /// Another process has the folder.
    #[error("another adit uses {}", folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Keys that cannot be opened, used or changed.
    #[error(transparent)]
    Keys(#[from] KeyTrouble),
    /// A list of a circle that was not taken.
    #[error(transparent)]
    Circle(#[from] CircleError),
    /// A second version of one number.
    #[error("this company signed another version {version} of the circle '{circle}': {hash}")]
    SignedOther {
        /// The circle.
        circle: String,
        /// The version.
        version: u64,
        /// The hash of what was signed.
        hash: String,
    },
    /// Not a DID.
    #[error(transparent)]
    NotADid(#[from] NotADid),
    /// A credential type that is not known.
    #[error("'{got}' is not a credential type")]
    UnknownType {
        /// What stood there.
        got: String,
    },
    /// A credential that this company did not issue.
    #[error("this company issued no credential '{id}'")]
    NotIssued {
        /// The identifier.
        id: String,
    },
    /// A credential that cannot be taken back, because it has no place in a status list.
    #[error("the credential '{id}' was issued without a status list, so it cannot be taken back")]
    NoStatus {
        /// The identifier.
        id: String,
        /// Whom it is about.
        to: String,
    },
    /// A credential that was taken back for good.
    #[error("the credential '{id}' is revoked, which is for good")]
    Revoked {
        /// The identifier.
        id: String,
    },
    /// No file to publish.
    #[error("{} holds no data file", folder.display())]
    NoData {
        /// The folder.
        folder: PathBuf,
    },
    /// A source that is not published.
    #[error("nothing is published from '{name}'")]
    NotPublished {
        /// The source.
        name: String,
        /// What is.
        known: Vec<String>,
    },
    /// Data files with problems.
    #[error("{}", data_title(.0))]
    Data(Vec<DataProblem>),
    /// The same, where they were to be published.
    #[error("{}; nothing was published", data_title(.0))]
    Unpublishable(Vec<DataProblem>),
    /// An `Authorization` header of another kind.
    #[error("the Authorization header is not 'Bearer TOKEN'")]
    NotABearer,
    /// A bearer that is not alive.
    #[error("the bearer is unknown here or has ended")]
    BearerUnknown,
    /// A bearer that died before its hour.
    #[error("the bearer has ended: {why}")]
    BearerEnded {
        /// Why.
        why: &'static str,
    },
    /// A presentation, credential or DID document that does not hold.
    #[error(transparent)]
    Credential(#[from] adit_credentials::Refusal),
    /// A message of the Decentralized Claims Protocol that is not accepted.
    #[error(transparent)]
    Dcp(DcpRefusal),
    /// A no of a policy.
    #[error(transparent)]
    Refused(#[from] adit_policy::Refusal),
    /// A query that does not pass the gate, or met a limit.
    #[error(transparent)]
    Query(#[from] adit_facts::Refusal),
    /// A question that cannot be planned across companies.
    #[error(transparent)]
    Plan(#[from] adit_federation::Refusal),
    /// An invitation for somebody else.
    #[error("the invitation is for {to}, this is {own}")]
    NotInvited {
        /// Whom it is for.
        to: Did,
        /// Who we are.
        own: Did,
    },
    /// An invitation that is over.
    #[error("the invitation ended {until}")]
    InvitationEnded {
        /// When.
        until: Timestamp,
    },
    /// An invitation that nobody gave, or that was accepted before.
    #[error("there is no open invitation for this company with this code")]
    InvitationUnknown,
    /// No such page, item or document, or none that the caller may see.
    #[error("nothing is here that you may see")]
    NotFound,
    /// A body of a kind that is not read here.
    #[error("a body of type '{got}' is not read here; send {allowed}")]
    MediaType {
        /// What it was.
        got: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// No format that both sides know.
    #[error("none of the formats asked for can be given here: {offered}")]
    NotAcceptable {
        /// What can be.
        offered: String,
    },
    /// A method that an address does not know.
    #[error("{got} is not answered here; send {allowed}")]
    Method {
        /// What it was.
        got: String,
        /// What it may be, as the header `Allow` lists it.
        allowed: String,
    },
    /// A body that is too long to be read.
    #[error("the body has more than {limit} bytes")]
    BodyTooLong {
        /// How long it may be.
        limit: usize,
    },
    /// A head that can be read in several ways or in none.
    #[error("the head of the request cannot be read: {why}")]
    Head {
        /// What is wrong.
        why: String,
    },
    /// An address that is too long.
    #[error("the address has more than {limit} bytes")]
    AddressTooLong {
        /// How long it may be.
        limit: usize,
    },
    /// Headers that are too long, or too many.
    #[error("the headers have more than {limit} bytes, or there are too many")]
    HeadersTooLong {
        /// How long all of them may be.
        limit: usize,
    },
    /// More parameters than anybody needs.
    #[error("the request has more than {limit} parameters")]
    TooManyParameters {
        /// How many there may be.
        limit: usize,
    },
    /// A request that did not arrive in time.
    #[error("the request did not arrive in time")]
    TooSlow,
    /// Somebody who asks too often.
    #[error("too many requests; ask again in {seconds} s")]
    TooMany {
        /// What is counted.
        of: Counted,
        /// When the next will be answered, in seconds from now.
        seconds: u64,
    },
    /// An address with too many connections; it is told nothing.
    #[error("too many connections are open from one address")]
    TooManyConnections,
    /// A page in a browser, where something is changed.
    #[error("a page in a browser may change nothing here")]
    FromAPage,
    /// What only the company's own people may read.
    #[error("only this company's own people may read this")]
    OwnPeopleOnly,

    // Theirs.
    /// A peer's no.
    #[error("{peer} refused: {}", problem.title)]
    PeerRefused {
        /// The peer.
        peer: Did,
        /// What it said.
        problem: Box<Problem>,
    },
    /// A company without a connector.
    #[error("the DID document of {did} names no connector")]
    NoConnector {
        /// The company.
        did: Did,
    },
    /// An answer that is none.
    #[error("the answer of {url} cannot be used: {message}")]
    BadAnswer {
        /// The address.
        url: String,
        /// What is wrong.
        message: String,
    },
    /// No answer.
    #[error(transparent)]
    Outbound(#[from] Failure),

    // Ours.
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] adit_journal::Fault),
    /// The journal is damaged.
    #[error("{0}")]
    Broken(String),
    /// The fact store failed.
    #[error(transparent)]
    Facts(#[from] adit_facts::Fault),
    /// A key that cannot be made or used.
    #[error(transparent)]
    Key(#[from] adit_credentials::KeyError),
    /// A credential or presentation that cannot be made.
    #[error(transparent)]
    Issue(#[from] adit_credentials::IssueError),
    /// A trust list that cannot be changed so.
    #[error(transparent)]
    Trust(#[from] adit_credentials::TrustError),
    /// An error code that does not exist.
    #[error("'{got}' is not an error code; adit explain lists them")]
    UnknownCode {
        /// What stood there.
        got: String,
    },
    /// Anything that should not happen.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// A failed reading or writing of a file.
    pub fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }

    /// The problem as it is told, on the wire and on the terminal.
    pub fn problem(&self) -> Problem {
        let (status, exit, code) = self.class();
        Problem {
            code: code.to_owned(),
            title: self.title(),
            fix: self.fix(),
            detail: self.detail(),
            status,
            exit,
        }
    }

    /// HTTP status, exit code and stable code.
    fn class(&self) -> (u16, u8, &'static str) {
        match self {
            Self::Usage(_) => (400, 2, "usage"),
            Self::NoFolder { .. } => (500, 2, "folder.none"),
            Self::ClientOnly => (400, 2, "folder.client"),
            Self::Settings { .. } => (500, 2, "settings"),
            Self::Profiles(_) => (500, 6, "profile"),
            Self::Unchecked(_) => (422, 6, "rule.unchecked"),
            Self::Policies(_) => (500, 6, "policy.file"),
            Self::Locked { .. } => (503, 1, "folder.locked"),
            Self::File { .. } => (500, 1, "file"),
            Self::Keys(trouble) if trouble.is_usage() => (400, 2, trouble.code()),
            Self::Keys(trouble) => (500, 1, trouble.code()),
            Self::Circle(error) => (422, 6, error.code()),
            Self::SignedOther { .. } => (400, 2, "circle.signed"),
            Self::NotADid(_) => (400, 2, "did.syntax"),
            Self::UnknownType { .. } => (400, 2, "credential.type"),
            Self::NotIssued { .. } => (404, 2, "credential.unknown"),
            Self::NoStatus { .. } => (400, 2, "credential.status"),
            Self::Revoked { .. } => (400, 2, "credential.revoked"),
            Self::NoData { .. } => (400, 6, "data.none"),
            Self::NotPublished { .. } => (400, 2, "data.unpublished"),
            Self::Data(_) | Self::Unpublishable(_) => (422, 6, "data"),
            Self::NotABearer => (401, 4, "bearer.scheme"),
            Self::BearerUnknown => (401, 4, "bearer.unknown"),
            Self::BearerEnded { .. } => (401, 4, "bearer.ended"),
            Self::Credential(refusal) => (credential_status(refusal), 4, refusal.code()),
            Self::Dcp(refusal) => dcp_class(refusal),
            Self::Refused(refusal) => (403, 4, refusal.code),
            Self::Query(refusal) => (query_status(refusal), 2, refusal.code()),
            Self::Plan(refusal) => (400, 2, plan_code(refusal)),
            Self::NotInvited { .. } => (400, 2, "invitation.other"),
            Self::InvitationEnded { .. } => (403, 4, "invitation.ended"),
            Self::InvitationUnknown => (403, 4, "invitation.unknown"),
            Self::NotFound => (404, 2, "not-found"),
            Self::MediaType { .. } => (415, 2, "media-type"),
            Self::NotAcceptable { .. } => (406, 2, "accept"),
            Self::Method { .. } => (405, 2, "method"),
            Self::BodyTooLong { .. } => (413, 2, "body.size"),
            Self::Head { .. } => (400, 2, "http.head"),
            Self::AddressTooLong { .. } => (414, 2, "http.address"),
            Self::HeadersTooLong { .. } => (431, 2, "http.headers"),
            Self::TooManyParameters { .. } => (413, 2, "http.parameters"),
            Self::TooSlow => (408, 2, "http.slow"),
            Self::TooMany { of: Counted::Did, .. } => (429, 4, "rate.did"),
            Self::TooMany { of: Counted::Address, .. } => (429, 4, "rate.address"),
            Self::TooManyConnections => (429, 4, "rate.connections"),
            Self::FromAPage => (403, 4, "http.page"),
            Self::OwnPeopleOnly => (403, 4, "own-people"),
            Self::PeerRefused { .. } => (502, 4, "peer.refused"),
            Self::NoConnector { .. } => (502, 5, "peer.connector"),
            Self::BadAnswer { .. } => (502, 5, "peer.answer"),
            Self::Outbound(failure) => (outbound_status(failure), 5, failure.code()),
            Self::Journal(_) => (503, 1, "journal"),
            Self::Broken(_) => (500, 6, "journal.broken"),
            Self::Facts(_) => (500, 1, "facts"),
            Self::Key(_) => (500, 1, "key"),
            Self::Issue(_) => (400, 2, "credential.issue"),
            Self::Trust(_) => (400, 2, "trust"),
            Self::UnknownCode { .. } => (404, 2, "code.unknown"),
            Self::Internal(_) => (500, 1, "internal"),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.class().2
    }
}

fn credential_status(refusal: &adit_credentials::Refusal) -> u16 {
    use adit_credentials::Cause;
    match refusal.cause() {
        Cause::Size => 413,
        Cause::Form => 400,
        Cause::Claims | Cause::Proof => 401,
        Cause::Trust => 403,
        Cause::Peer => 502,
        Cause::Unchecked => 503,
    }
}

/// Whose fault it is that nothing was asked: of whoever named an address that never is, else of the other side.
fn outbound_status(failure: &Failure) -> u16 {
    match failure {
        Failure::Address { .. } => 400,
        Failure::Blocked { .. }
        | Failure::Unreachable { .. }
        | Failure::Proxy { .. }
        | Failure::Tls { .. }
        | Failure::Slow { .. }
        | Failure::Busy { .. }
        | Failure::Paused { .. }
        | Failure::Redirect { .. }
        | Failure::TooLong { .. }
        | Failure::Encoded { .. }
        | Failure::MediaType { .. } => 502,
    }
}

/// A peer's fault is 502; an answer of ours to a message is in the hundreds that the protocol asks for.
fn dcp_class(refusal: &DcpRefusal) -> (u16, u8, &'static str) {
    let (status, exit) = match refusal.cause() {
        DcpCause::Size => (413, 2),
        DcpCause::Form => (400, 2),
        DcpCause::Unsupported => (501, 2),
        DcpCause::Unproved => (401, 4),
        DcpCause::Forbidden => (403, 4),
        DcpCause::Absent => (404, 2),
        DcpCause::Busy => (429, 4),
        DcpCause::Elsewhere => (502, 5),
    };
    (status, exit, refusal.code())
}

fn query_status(refusal: &adit_facts::Refusal) -> u16 {
    use adit_facts::Refusal;
    match refusal {
        Refusal::Size { .. } | Refusal::Predicates { .. } | Refusal::TooManyQuads { .. } => 413,
        Refusal::Nesting { .. }
        | Refusal::Signs { .. }
        | Refusal::Unions { .. }
        | Refusal::Depth { .. }
        | Refusal::Patterns { .. }
        | Refusal::Values { .. }
        | Refusal::Regex { .. }
        | Refusal::Syntax { .. }
        | Refusal::Base { .. }
        | Refusal::Service
        | Refusal::Update
        | Refusal::Unsupported { .. }
        | Refusal::Unbound => 400,
        Refusal::Deadline { .. } | Refusal::Processor { .. } => 504,
        Refusal::Memory { .. }
        | Refusal::Rows { .. }
        | Refusal::Bytes { .. }
        | Refusal::Killed { .. } => 507,
        Refusal::Busy { .. } => 503,
    }
}

fn plan_code(refusal: &adit_federation::Refusal) -> &'static str {
    match refusal {
        adit_federation::Refusal::NotAnchored { .. } => "not-anchored",
        adit_federation::Refusal::Service { .. } => "sparql.service",
        adit_federation::Refusal::Lateral => "sparql.lateral",
        adit_federation::Refusal::OverLimit { .. } => "over-limit",
    }
}

impl From<DcpRefusal> for Error {
    fn from(refusal: DcpRefusal) -> Self {
        match refusal {
            DcpRefusal::Token(refusal) => Self::Credential(refusal),
            other => Self::Dcp(other),
        }
    }
}

impl From<adit_facts::QueryError> for Error {
    fn from(error: adit_facts::QueryError) -> Self {
        match error {
            adit_facts::QueryError::Refused(refusal) => Self::Query(refusal),
            adit_facts::QueryError::Fault(fault) => Self::Facts(fault),
        }
    }
}
