//! What an answer rests on.

use crate::{PeerFault, PeerRefusal};
use adit_vocab::{Did, shorten};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Who was asked for an answer, and what came of it.
///
/// It depends on the question, the policies and what the asker may see: a hidden item and one that does not
/// exist give equal reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The companies that were asked, or could not be, by DID.
    pub sources: Vec<Source>,
    /// The longest chain of requests that had to wait for one another.
    pub rounds: usize,
    /// Whether every company that may hold something answered, each from one generation.
    pub complete: bool,
}

/// One company's part in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The company.
    pub did: Did,
    /// How it ended.
    pub status: Status,
    /// Requests sent, without the one for the summary.
    pub requests: usize,
    /// Quads that came back.
    pub quads: usize,
    /// Bytes that came back.
    pub bytes: u64,
    /// The generation that last answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// The rule of the company's policy that last allowed an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Predicates that the company holds back from the asker.
    pub withheld: BTreeSet<String>,
}

/// How it ended with one company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "status")]
pub enum Status {
    /// It answered everything from one generation of its facts.
    Answered,
    /// It answered, but its facts changed while the question ran.
    Moved,
    /// One's own policy does not let the question be sent there.
    NotSent {
        /// Which rule and what would change it.
        reason: PeerRefusal,
    },
    /// It did not answer, or not to the end.
    Failed {
        /// Why.
        fault: PeerFault,
        /// Whether asking again unchanged may help.
        retry: bool,
    },
}

impl Status {
    /// One word for a table: `answered`, `moved`, `not sent`, `refused`, `unreachable`, `too slow`, `bad answer`, `over limit`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Moved => "moved",
            Self::NotSent { .. } => "not sent",
            Self::Failed { fault, .. } => match fault {
                PeerFault::Refused(_) => "refused",
                PeerFault::Unreachable { .. } => "unreachable",
                PeerFault::TooSlow { .. } => "too slow",
                PeerFault::BadAnswer { .. } => "bad answer",
                PeerFault::OverLimit { .. } => "over limit",
            },
        }
    }

    /// Whether nothing that the company may hold is missing.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Answered => true,
            Self::Moved | Self::NotSent { .. } | Self::Failed { .. } => false,
        }
    }
}

impl Source {
    pub(crate) fn new(did: Did) -> Self {
        Self {
            did,
            status: Status::Answered,
            requests: 0,
            quads: 0,
            bytes: 0,
            generation: None,
            rule: None,
            withheld: BTreeSet::new(),
        }
    }

    fn note(&self) -> String {
        match &self.status {
            Status::Answered if self.withheld.is_empty() => String::new(),
            Status::Answered => {
                let names: Vec<_> = self.withheld.iter().map(|iri| shorten(iri)).collect();
                format!("withheld: {}", names.join(", "))
            }
            Status::Moved => "its facts changed while the question ran; ask again".to_owned(),
            Status::NotSent { reason } => reason.to_string(),
            Status::Failed { fault, .. } => fault.to_string(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.sources.iter().map(|source| source.did.as_str().len()).max();
        let width = width.unwrap_or(0).max("source".len());
        writeln!(f, "{:width$}  {:11}  {:>8}  {:>8}", "source", "status", "requests", "quads")?;
        for source in &self.sources {
            let Source { did, status, requests, quads, .. } = source;
            let row = format!(
                "{:width$}  {:11}  {requests:>8}  {quads:>8}  {}",
                did.as_str(),
                status.word(),
                source.note()
            );
            writeln!(f, "{}", row.trim_end())?;
        }
        let requests: usize = self.sources.iter().map(|source| source.requests).sum();
        let missing = self.sources.iter().filter(|source| !source.status.is_whole()).count();
        let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        write!(f, "{} in {}; ", counted(requests, "request"), counted(self.rounds, "round"))?;
        match missing {
            0 => f.write_str("complete"),
            _ => write!(f, "partial: {missing} of {} sources missing in part", self.sources.len()),
        }
    }
}
