//! Why the list of a circle was not taken.

use crate::{KeyError, Refusal, TrustError};
use adit_vocab::Did;
use jiff::Timestamp;

/// A list of a circle that was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CircleError {
    /// The file holds no list.
    #[error("the file holds no trust list of a circle: {0}")]
    Shape(String),
    /// A line is no signed list.
    #[error("line {line} of the list: {refusal}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        refusal: Box<Refusal>,
    },
    /// An entry that no list may have.
    #[error(transparent)]
    Entry(#[from] TrustError),
    /// A type that is no circle's to give.
    #[error(
        "the list lets {issuer} issue a {type_name}; who a company's own people and partners are only the company itself says"
    )]
    OwnAffair {
        /// The issuer of the entry.
        issuer: Did,
        /// The type, short.
        type_name: String,
    },
    /// No version has the hash that the company was told.
    #[error(
        "no version in the file has the hash {pin}; it holds {}. Ask the member who told you the hash", .held.join(", ")
    )]
    Pin {
        /// The hash that was told.
        pin: String,
        /// Version and hash of each list in the file.
        held: Vec<String>,
    },
    /// The company joins a circle and was told no hash.
    #[error(
        "you do not belong to the circle '{circle}' yet; compare the hash of version {version} with another member by telephone, then run adit trust circle add FILE --pin {hash}"
    )]
    Unpinned {
        /// The circle.
        circle: String,
        /// The newest version in the file.
        version: u64,
        /// Its hash.
        hash: String,
    },
    /// The version is not newer than the one in force.
    #[error(
        "version {held} of the circle '{circle}' is in force; the file holds nothing newer than version {got}"
    )]
    Rollback {
        /// The circle.
        circle: String,
        /// The version in force.
        held: u64,
        /// The newest version in the file.
        got: u64,
    },
    /// A version between is missing.
    #[error(
        "version {held} of the circle '{circle}' is in force and the file goes on with version {got}; add the versions between first"
    )]
    Gap {
        /// The circle.
        circle: String,
        /// The version in force.
        held: u64,
        /// The next version in the file.
        got: u64,
    },
    /// Two versions of one number.
    #[error(
        "the circle '{circle}' has two versions {version}: {held} is in force here, the file holds {got}; {}", told(.both)
    )]
    Fork {
        /// The circle.
        circle: String,
        /// The number that both have.
        version: u64,
        /// The hash of the one in force, or of the one that the file names as the one before.
        held: String,
        /// The hash of the other.
        got: String,
        /// Who signed both, as far as it is known.
        both: Vec<Did>,
    },
    /// Too few members signed.
    #[error(
        "version {version} of the circle '{circle}' needs {wanted} signatures of the members of the version before; valid are those of {}{}",
        names(.valid), and_unchecked(.unchecked)
    )]
    Quorum {
        /// The circle.
        circle: String,
        /// The version.
        version: u64,
        /// How many must sign.
        wanted: usize,
        /// Whose signatures are valid.
        valid: Vec<Did>,
        /// Whose signatures are there and do not fit or could not be checked.
        unchecked: Vec<Did>,
    },
    /// The list is over.
    #[error(
        "version {version} of the circle '{circle}' ended {expires_at}; ask its members for the next one"
    )]
    Expired {
        /// The circle.
        circle: String,
        /// The version.
        version: u64,
        /// When it ended.
        expires_at: Timestamp,
    },
    /// The list is from the future.
    #[error(
        "version {version} of the circle '{circle}' says that it was made at {issued_at}, now {now}; check the clock"
    )]
    IssuedAt {
        /// The circle.
        circle: String,
        /// The version.
        version: u64,
        /// When it says it was made.
        issued_at: Timestamp,
        /// The time of the check.
        now: Timestamp,
    },
    /// Not a circle of this company.
    #[error("you do not belong to a circle '{circle}'; adit trust show names yours")]
    Unknown {
        /// What was asked for.
        circle: String,
    },
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl CircleError {
    /// A stable name of the cause, such as `circle.quorum`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shape(_) | Self::Line { .. } | Self::Entry(_) => "circle.list",
            Self::OwnAffair { .. } => "circle.type",
            Self::Pin { .. } | Self::Unpinned { .. } => "circle.pin",
            Self::Rollback { .. } => "circle.rollback",
            Self::Gap { .. } => "circle.gap",
            Self::Fork { .. } => "circle.fork",
            Self::Quorum { .. } => "circle.quorum",
            Self::Expired { .. } | Self::IssuedAt { .. } => "circle.expired",
            Self::Unknown { .. } => "circle.unknown",
            Self::Key(_) => "key",
        }
    }
}

fn names(dids: &[Did]) -> String {
    match dids {
        [] => "nobody".to_owned(),
        dids => dids.iter().map(Did::as_str).collect::<Vec<_>>().join(", "),
    }
}

fn and_unchecked(dids: &[Did]) -> String {
    match dids {
        [] => String::new(),
        dids => format!("; those of {} do not fit or could not be checked", names(dids)),
    }
}

fn told(both: &[Did]) -> String {
    match both {
        [] => "ask a member which one the circle means".to_owned(),
        both => format!("signed both: {}", names(both)),
    }
}
