//! Why a question is not asked of anybody.

/// A question that this package does not send, or stops sending; the asker's to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No identifier of the question leads to a pattern, so every company would have to be asked for everything.
    #[error("not-anchored: nothing leads to `{pattern}`; {fix}")]
    NotAnchored {
        /// The pattern, as SPARQL text.
        pattern: String,
        /// What to do, as a half sentence.
        fix: String,
    },
    /// The question sends a part of itself somewhere.
    #[error(
        "SERVICE {name} is not sent; leave it out, the companies to ask are found from the identifiers in the question"
    )]
    Service {
        /// The address or variable.
        name: String,
    },
    /// The question uses a SPARQL extension.
    #[error("LATERAL is not planned across companies; write the pattern as a join or a subquery")]
    Lateral,
    /// The question reaches further than one may.
    #[error(
        "over-limit: the question needs more than {limit} {what}; start from fewer identifiers or ask for less about each"
    )]
    OverLimit {
        /// What ran out: `quads`, `requests`, `rounds` or `companies`.
        what: &'static str,
        /// The bound of [`Limits`](crate::Limits).
        limit: usize,
    },
}
