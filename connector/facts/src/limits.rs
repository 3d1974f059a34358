//! What one query may be and take.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What one query may be, which its text alone decides, and what it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Length of the text, in bytes.
    pub text_bytes: usize,
    /// Depth of `()`, `{}` and `[]` within each other.
    pub nesting: usize,
    /// Signs (`!`, `-`, `+`) that follow each other.
    pub signs: usize,
    /// `UNION` branches in all.
    pub unions: usize,
    /// Depth of the algebra, chained operators included.
    pub depth: usize,
    /// Triple patterns and property paths in all.
    pub patterns: usize,
    /// Rows that `VALUES` blocks joined with each other can make.
    pub values: usize,
    /// Length of a regular expression that the text spells out, in bytes.
    pub regex_bytes: usize,
    /// Time until the last row, and time that a query waits for a free worker.
    pub wall: Duration,
    /// Processor time of one query.
    pub processor: Duration,
    /// Memory of a worker process, in bytes.
    pub memory_bytes: u64,
    /// Rows or triples of an answer.
    pub rows: usize,
    /// Bytes of an answer, as the worker sends it.
    pub answer_bytes: usize,
    /// Queries that a worker answers before a fresh one takes its place.
    pub queries_per_worker: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 64 << 10,
            nesting: 64,
            signs: 64,
            unions: 64,
            depth: 256,
            patterns: 64,
            values: 10_000,
            regex_bytes: 1 << 10,
            wall: Duration::from_secs(15),
            processor: Duration::from_secs(10),
            memory_bytes: 512 << 20,
            rows: 100_000,
            answer_bytes: 32 << 20,
            queries_per_worker: 100,
        }
    }
}

impl Limits {
    /// The limits with another time: that much until the last row, and two thirds of it of the processor.
    ///
    /// ```
    /// use adit_facts::Limits;
    /// use std::time::Duration;
    /// assert_eq!(Limits::default().within(Duration::from_secs(15)), Limits::default());
    /// ```
    #[must_use]
    pub fn within(self, wall: Duration) -> Self {
        Self { wall, processor: wall * 2 / 3, ..self }
    }
}
