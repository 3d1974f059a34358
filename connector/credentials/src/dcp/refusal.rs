//! Why a message of the Decentralized Claims Protocol was not accepted.

use crate::{JsonProblem, Refusal};
use adit_vocab::Did;

/// Why a message was not accepted; one variant per cause. It never holds a token or a credential.
#[derive(Debug, thiserror::Error)]
pub enum DcpRefusal {
    /// The body is not JSON as it is read here.
    #[error("the message cannot be read: {0}")]
    Json(JsonProblem),
    /// The body has more bytes than a message may have.
    #[error("the message has {bytes} bytes; at most {} are read", super::MESSAGE_BYTES_MAX)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The context of the protocol is not among the message's.
    #[error("'@context' must be an array of strings with {} among them", super::DCP_CONTEXT)]
    Context,
    /// Another message than this address takes.
    #[error("'type' is '{got}'; this address takes {expected}")]
    Kind {
        /// What it takes.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// A member is absent or of the wrong form.
    #[error("'{member}' must be {expected}")]
    Member {
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A query that asks in both ways.
    #[error("the query has both scope and presentationDefinition; send one of them")]
    BothWays,
    /// A query by a presentation definition.
    #[error("presentationDefinition is not understood here; ask by scope")]
    Definition,
    /// A self-issued token by which no credential can be fetched.
    #[error(
        "the self-issued token of {sender} has no claim 'token', so its credentials cannot be asked for"
    )]
    NoToken {
        /// Who sent it.
        sender: Did,
    },
    /// An access token that is not ours, has ended, or is another's.
    #[error("the claim 'token' is no access token for {sender}, or it has ended")]
    Access {
        /// Who sent it.
        sender: Did,
    },
    /// A DID document that does not say where the service is.
    #[error("the document of {did} names no service of type {service} with an https address")]
    NoService {
        /// Whose document.
        did: Did,
        /// The type of the service.
        service: &'static str,
    },
    /// The Credential Service of the sender did not show anything.
    #[error("the Credential Service of {holder} answered {status}, so nothing is proved")]
    NotShown {
        /// Whose service.
        holder: Did,
        /// The status that it answered.
        status: u16,
    },
    /// What was shown holds none of the credentials that were asked for.
    #[error("{holder} showed none of the credentials asked for: {asked}")]
    NothingShown {
        /// Who showed.
        holder: Did,
        /// The scopes asked for.
        asked: String,
    },
    /// A presentation by another than the one who asked.
    #[error("{holder} sent the token, the presentation is by {presenter}")]
    Presenter {
        /// Who asked.
        holder: Did,
        /// Who presents.
        presenter: Did,
    },
    /// A request for what is not on offer.
    #[error("'{id}' is not on offer here; the issuer metadata list what is")]
    NotOffered {
        /// The identifier asked for.
        id: String,
    },
    /// A request that nobody made, or that another made.
    #[error("there is no request of yours under this address")]
    NoRequest,
    /// What was not asked for, takes the place of nothing, or comes from a company that is not known here.
    #[error(
        "{issuer} sends what nobody here asked it for; besides that, only a newer credential in the place of one of its own is taken"
    )]
    NotAsked {
        /// Who sends.
        issuer: Did,
    },
    /// More is open than is kept for one company, or for all.
    #[error("{count} are open already; wait until some are decided")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// A token or credential that does not hold.
    #[error(transparent)]
    Token(#[from] Refusal),
}

/// What kind of thing is wrong; the application chooses a status by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DcpCause {
    /// Too much was sent.
    Size,
    /// The message cannot be read.
    Form,
    /// The protocol allows it, this implementation does not know it.
    Unsupported,
    /// The sender did not prove what is needed.
    Unproved,
    /// Proved, and not allowed.
    Forbidden,
    /// There is no such thing, or none that the sender may know of.
    Absent,
    /// Too much is open.
    Busy,
    /// What others published cannot be used.
    Elsewhere,
}

impl DcpRefusal {
    /// A stable name of the cause, such as `dcp.scope`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(JsonProblem::Duplicate { .. }) => "dcp.duplicate",
            Self::Json(_) => "dcp.json",
            Self::TooLarge { .. } => "dcp.size",
            Self::Context => "dcp.context",
            Self::Kind { .. } => "dcp.kind",
            Self::Member { .. } => "dcp.member",
            Self::BothWays => "dcp.query",
            Self::Definition => "dcp.definition",
            Self::NoToken { .. } => "dcp.noToken",
            Self::Access { .. } => "dcp.access",
            Self::NoService { .. } => "dcp.service",
            Self::NotShown { .. } | Self::NothingShown { .. } => "dcp.notShown",
            Self::Presenter { .. } => "dcp.presenter",
            Self::NotOffered { .. } => "dcp.offer",
            Self::NoRequest => "dcp.request",
            Self::NotAsked { .. } => "dcp.notAsked",
            Self::TooMany { .. } => "dcp.open",
            Self::Token(refusal) => refusal.code(),
        }
    }

    /// What kind of thing is wrong.
    pub fn cause(&self) -> DcpCause {
        match self {
            Self::TooLarge { .. } => DcpCause::Size,
            Self::Json(_)
            | Self::Context
            | Self::Kind { .. }
            | Self::Member { .. }
            | Self::BothWays
            | Self::NotOffered { .. } => DcpCause::Form,
            Self::Definition => DcpCause::Unsupported,
            Self::NoToken { .. } | Self::Access { .. } | Self::NotShown { .. } => {
                DcpCause::Unproved
            }
            Self::NothingShown { .. } | Self::Presenter { .. } | Self::NotAsked { .. } => {
                DcpCause::Forbidden
            }
            Self::NoRequest => DcpCause::Absent,
            Self::TooMany { .. } => DcpCause::Busy,
            Self::NoService { .. } => DcpCause::Elsewhere,
            // As a message that could not be proved; whoever wants it finer asks the refusal inside.
            Self::Token(_) => DcpCause::Unproved,
        }
    }
}
