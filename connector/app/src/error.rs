//! Every way that something can go wrong. Where a status and an exit code are chosen: `class`; how it is told: `told`.

mod class;
mod told;

use crate::http::limits::Counted;
use crate::keys::KeyTrouble;
use crate::outcome::Problem;
use crate::safe_client::Failure;
use adit_credentials::CircleError;
use adit_credentials::dcp::DcpRefusal;
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
