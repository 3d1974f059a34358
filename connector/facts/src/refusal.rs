//! What the caller can mend: the text of a query, or how much it takes.

use crate::Fault;
use serde::{Deserialize, Serialize};

/// A query or request that is not answered for a reason of its own, with the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The text is too long.
    #[error("the query has {bytes} bytes, at most {limit} are read; split it or send fewer VALUES")]
    Size {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Brackets are nested too deep.
    #[error(
        "brackets are nested more than {limit} deep at line {line}, column {column}; flatten the query"
    )]
    Nesting {
        /// How deep they may be.
        limit: usize,
        /// Where the limit is passed, from 1.
        line: usize,
        /// Where the limit is passed, in characters from 1.
        column: usize,
    },
    /// Too many signs follow each other.
    #[error(
        "more than {limit} signs follow each other at line {line}, column {column}; one '!' or '-' is enough"
    )]
    Signs {
        /// How many may.
        limit: usize,
        /// Where the limit is passed, from 1.
        line: usize,
        /// Where the limit is passed, in characters from 1.
        column: usize,
    },
    /// Too many branches.
    #[error("the query has more than {limit} UNION branches; use VALUES")]
    Unions {
        /// How many it may have.
        limit: usize,
    },
    /// Operators in a chain too long.
    #[error(
        "operators are chained or nested {depth} deep, at most {limit} are evaluated; use IN, VALUES or fewer blocks"
    )]
    Depth {
        /// How deep the query is.
        depth: usize,
        /// How deep it may be.
        limit: usize,
    },
    /// Too many triple patterns and paths.
    #[error(
        "the query has {count} triple patterns and paths, at most {limit} are joined; ask in several queries"
    )]
    Patterns {
        /// How many it has.
        count: usize,
        /// How many it may have.
        limit: usize,
    },
    /// `VALUES` blocks that are multiplied with each other.
    #[error(
        "the VALUES of the query make {rows} rows of each other, at most {limit} are looked at; write the rows that are meant into one block, or ask in parts"
    )]
    Values {
        /// How many rows they make.
        rows: usize,
        /// How many they may make.
        limit: usize,
    },
    /// A regular expression that is too long.
    #[error(
        "a regular expression has {bytes} bytes, at most {limit} are read; compare with IN or VALUES"
    )]
    Regex {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Not SPARQL.
    #[error("the query is not SPARQL 1.1: {message}")]
    Syntax {
        /// What the parser says, with the position.
        message: String,
    },
    /// The base IRI is none.
    #[error("'{base}' cannot be the base of a query: {message}")]
    Base {
        /// What was given.
        base: String,
        /// What is wrong with it.
        message: String,
    },
    /// The query asks the connector to ask elsewhere.
    #[error(
        "SERVICE is not answered here; ask your own connector without SERVICE, it finds the holders"
    )]
    Service,
    /// An update.
    #[error("updates are not accepted here; facts change only by publication")]
    Update,
    /// A function or feature that the evaluator lacks.
    #[error("the query cannot be evaluated: {message}")]
    Unsupported {
        /// What the evaluator says.
        message: String,
    },
    /// A fetch without subjects and without objects.
    #[error("the request binds neither subjects nor objects; bind one of them")]
    Unbound,
    /// A fetch that names more predicates than are looked up.
    #[error(
        "the request names {count} predicates, at most {limit} are looked up; ask in several requests"
    )]
    Predicates {
        /// How many it names, each counted once.
        count: usize,
        /// How many it may name.
        limit: usize,
    },
    /// A fetch with more quads than may travel.
    #[error("more than {limit} quads fit the request; bind more of it")]
    TooManyQuads {
        /// How many may travel.
        limit: usize,
    },
    /// The answer took too long.
    #[error(
        "the query was not done after {limit_ms} ms and was stopped; bind more of it or add LIMIT"
    )]
    Deadline {
        /// How long it may take, in milliseconds.
        limit_ms: u64,
    },
    /// The answer took too much of the processor.
    #[error(
        "the query was not done after {limit_ms} ms of the processor and was stopped; bind more of it or add LIMIT"
    )]
    Processor {
        /// How much it may take, in milliseconds.
        limit_ms: u64,
    },
    /// The answer took too much memory.
    #[error("the query needed more than {limit_mb} MB of memory and was stopped; bind more of it")]
    Memory {
        /// How much it may take, in millions of bytes.
        limit_mb: u64,
    },
    /// The answer has too many rows.
    #[error("the answer has more than {limit} rows; add LIMIT or ask in parts")]
    Rows {
        /// How many it may have.
        limit: usize,
    },
    /// The answer is too large.
    #[error("the answer has more than {limit} bytes; select fewer columns or ask in parts")]
    Bytes {
        /// How large it may be.
        limit: usize,
    },
    /// The process that evaluated the query died.
    #[error("the process that evaluated the query ended ({how}); simplify the query")]
    Killed {
        /// How it ended.
        how: String,
    },
    /// No worker came free in time.
    #[error("no worker came free within {limit_ms} ms; try again later")]
    Busy {
        /// How long was waited, in milliseconds.
        limit_ms: u64,
    },
}

impl Refusal {
    /// The name of the cause, stable across versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Size { .. } => "sparql.size",
            Self::Nesting { .. }
            | Self::Signs { .. }
            | Self::Unions { .. }
            | Self::Depth { .. } => "sparql.depth",
            Self::Patterns { .. } => "sparql.patterns",
            Self::Values { .. } => "sparql.values",
            Self::Regex { .. } => "sparql.regex",
            Self::Syntax { .. } => "sparql.syntax",
            Self::Base { .. } => "sparql.base",
            Self::Service => "sparql.service",
            Self::Update => "sparql.update",
            Self::Unsupported { .. } => "sparql.unsupported",
            Self::Unbound => "fetch.unbound",
            Self::Predicates { .. } => "fetch.predicates",
            Self::TooManyQuads { .. } => "fetch.quads",
            Self::Deadline { .. } | Self::Processor { .. } => "query.deadline",
            Self::Memory { .. } => "query.memory",
            Self::Rows { .. } => "query.rows",
            Self::Bytes { .. } => "query.bytes",
            Self::Killed { .. } => "query.killed",
            Self::Busy { .. } => "query.busy",
        }
    }
}

/// Why a query has no answer, or no whole one: the caller's to mend, or ours.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The caller's to mend.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}
