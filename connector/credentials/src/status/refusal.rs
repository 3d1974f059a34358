//! Why a credential does not stand by its status list.

use super::StatusPurpose;
use crate::limits::*;
use adit_vocab::Did;
use jiff::Timestamp;

/// Why a credential is refused by its status list, or for want of one; one variant per cause.
///
/// Whatever keeps a list from being checked refuses: a holder whose credential was taken back must not open a door by
/// keeping the list away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatusRefusal {
    /// The issuer took the credential back.
    #[error("{issuer} has revoked the credential; ask {issuer} for a new one")]
    Revoked {
        /// The issuer.
        issuer: Did,
    },
    /// The issuer holds the credential for a while.
    #[error("{issuer} has suspended the credential; ask {issuer} when it is let go")]
    Suspended {
        /// The issuer.
        issuer: Did,
    },
    /// The list could not be fetched.
    #[error(
        "the status list {list} could not be fetched: {why}; without it the credential does not count"
    )]
    Unreachable {
        /// The address.
        list: String,
        /// What the network said.
        why: String,
    },
    /// The list lies where nobody is asked.
    #[error("the status list {list} lies at an address that is not asked: {why}")]
    Blocked {
        /// The address.
        list: String,
        /// The rule that forbids it.
        why: String,
    },
    /// The list is longer than is read, as it came or inflated.
    #[error("the status list {list} is longer than {max} bytes")]
    TooLarge {
        /// The address.
        list: String,
        /// The bound.
        max: usize,
    },
    /// The list is another issuer's than the credential.
    #[error(
        "the status list {list} is by {got}; the credential is by {issuer}, and so must its list be"
    )]
    OtherIssuer {
        /// The address.
        list: String,
        /// The issuer of the credential.
        issuer: Did,
        /// The issuer of the list.
        got: Did,
    },
    /// The list is for another purpose than the entry.
    #[error("the status list {list} is for {got}, the credential names it for {purpose}")]
    OtherPurpose {
        /// The address.
        list: String,
        /// What the credential says.
        purpose: StatusPurpose,
        /// What the list says.
        got: String,
    },
    /// The entry points beyond the end of the list.
    #[error("the status list {list} has {bits} bits, the credential names bit {index}")]
    Index {
        /// The address.
        list: String,
        /// The place that the credential names.
        index: u64,
        /// How many there are.
        bits: u64,
    },
    /// A list so short that it would tell who was looked for.
    #[error(
        "the status list {list} has {bits} bits; one with fewer than {STATUS_BITS_MIN} does not hide whom it is asked about"
    )]
    Short {
        /// The address.
        list: String,
        /// How many there are.
        bits: u64,
    },
    /// The bits are not in the one encoding of the specification.
    #[error("the encodedList of {list} does not begin with u, the sign of base64url")]
    Multibase {
        /// The address.
        list: String,
    },
    /// The list has ended.
    #[error(
        "the status list {list} was valid until {valid_until}, now {now}; its issuer has to sign it anew"
    )]
    Stale {
        /// The address.
        list: String,
        /// When it ended.
        valid_until: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// The signature of the list does not hold.
    #[error("the status list {list} is not proved: {why}")]
    Signature {
        /// The address.
        list: String,
        /// What is wrong.
        why: String,
    },
    /// What lies there is no status list.
    #[error("what lies at {list} is not a status list: {why}")]
    NotAList {
        /// The address.
        list: String,
        /// What is wrong.
        why: String,
    },
}

impl StatusRefusal {
    /// A stable name of the cause, such as `status.revoked`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Revoked { .. } => "status.revoked",
            Self::Suspended { .. } => "status.suspended",
            Self::Unreachable { .. } => "status.unreachable",
            Self::Blocked { .. } => "status.blocked",
            Self::TooLarge { .. } => "status.size",
            Self::OtherIssuer { .. } => "status.issuer",
            Self::OtherPurpose { .. } => "status.purpose",
            Self::Index { .. } => "status.index",
            Self::Short { .. } => "status.short",
            Self::Multibase { .. } => "status.multibase",
            Self::Stale { .. } => "status.stale",
            Self::Signature { .. } => "status.signature",
            Self::NotAList { .. } => "status.list",
        }
    }

    /// Whether the issuer says so, rather than that it could not be asked.
    pub fn is_verdict(&self) -> bool {
        matches!(self, Self::Revoked { .. } | Self::Suspended { .. })
    }
}
