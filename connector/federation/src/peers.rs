//! The companies, as far as this package sees them.

use adit_facts::{Fetch, Summary};
use adit_policy::SendPermit;
use adit_vocab::Did;
use oxrdf::Quad;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;

/// The way to the known companies, one's own connector among them.
///
/// Nothing is asked of another company without a [`SendPermit`] for it: a question is itself a disclosure.
/// One's own facts are asked for in the same way, in process, under [`Recipient::Own`].
pub trait Peers: Sync {
    /// Oneself, if one has facts of one's own; a researcher has none.
    fn own(&self) -> Option<&Did>;

    /// The companies that are known, oneself included.
    fn known(&self) -> Vec<Did>;

    /// Decides whether the question may be sent to a company.
    ///
    /// # Errors
    /// The refusal of one's own policy.
    fn permit(&self, peer: &Did) -> Result<SendPermit, adit_policy::Refusal>;

    /// Finds the connector of a company that a fact names.
    ///
    /// # Errors
    /// Why it could not be found or does not answer.
    fn discover(&self, peer: &SendPermit) -> impl Future<Output = Result<(), PeerFault>> + Send;

    /// What a company could answer to the asker. Called once a question; may come from a cache.
    ///
    /// # Errors
    /// Why the company did not say.
    fn summary(&self, of: &Recipient)
    -> impl Future<Output = Result<Summarised, PeerFault>> + Send;

    /// The quads that a company has for a request: all of them that the asker may see, or a fault.
    ///
    /// # Errors
    /// Why the company did not answer in full.
    fn fetch(
        &self,
        from: &Recipient,
        request: &Fetch,
    ) -> impl Future<Output = Result<Fetched, PeerFault>> + Send;
}

/// Who is asked: oneself, or a company that the question may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// One's own connector, in process.
    Own,
    /// Another company, with the leave to send it the question.
    Peer(SendPermit),
}

/// A company's summary, and the generation of its facts that it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summarised {
    /// Prefixes and predicates that the asker can see.
    pub summary: Summary,
    /// The generation of the facts.
    pub generation: u64,
}

/// A company's answer to one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The quads, each with its room as graph name.
    pub quads: Vec<Quad>,
    /// The generation of the facts that answered.
    pub generation: u64,
    /// Predicates of the request that the company holds back from the asker, as IRIs.
    pub withheld: Vec<String>,
    /// The rule of the company's policy that allowed the answer.
    pub rule: Option<String>,
    /// The size of the answer on the wire; 0 in process.
    pub bytes: u64,
}

/// Why a company did not answer; theirs to mend, or the asker's where it is a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum PeerFault {
    /// The company's policy says no.
    #[error("{0}")]
    Refused(PeerRefusal),
    /// No connection, or it broke.
    #[error("unreachable: {reason}")]
    Unreachable {
        /// What was tried and what came of it.
        reason: String,
    },
    /// No answer in time.
    #[error("no answer within {after_ms} ms")]
    TooSlow {
        /// How long it was waited for.
        after_ms: u64,
    },
    /// An answer that is none.
    #[error("bad answer: {reason}")]
    BadAnswer {
        /// What is wrong with it.
        reason: String,
    },
    /// The company met a limit of its own, or its answer one of ours.
    #[error("over limit: {reason}")]
    OverLimit {
        /// Which limit.
        reason: String,
    },
}

/// A refusal as another company words it.
///
/// One that no rule stands behind, such as that of a stopped company, has its words in `got` and no rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerRefusal {
    /// The rule that came nearest to a yes.
    pub rule: String,
    /// The operand that failed.
    pub operand: String,
    /// What the rule wants.
    pub expected: String,
    /// What the request had.
    pub got: String,
    /// What to do, as a half sentence.
    pub fix: String,
}

impl PeerFault {
    /// Whether the same request may be sent again, without the asker changing anything.
    pub fn is_safe_to_retry(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TooSlow { .. } => true,
            Self::Refused(_) | Self::BadAnswer { .. } | Self::OverLimit { .. } => false,
        }
    }
}

impl fmt::Display for PeerRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, operand, expected, got, fix } = self;
        match (rule.as_str(), fix.as_str()) {
            ("", "") => f.write_str(got),
            ("", fix) => write!(f, "{got}; {fix}"),
            _ => write!(f, "refused by {rule}: {operand} must be {expected}, got {got}; {fix}"),
        }
    }
}

impl From<adit_policy::Refusal> for PeerRefusal {
    fn from(refusal: adit_policy::Refusal) -> Self {
        let adit_policy::Refusal { code: _, rule, operand, expected, got, fix } = refusal;
        Self { rule: rule.into(), operand: operand.to_owned(), expected, got, fix }
    }
}
