//! A no, with what would make it a yes.

use serde::Serialize;

/// A decision against the caller: which rule came nearest, what it wanted, what it got, how to meet it.
///
/// It depends on the request and the policy alone, never on data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("refused by {rule}: {operand} must be {expected}, got {got}; {fix}")]
pub struct Refusal {
    /// A stable name of the cause: `policy.credential`, `policy.purpose`, `policy.time`, `policy.recipient`,
    /// `policy.prohibited`, `policy.none`.
    pub code: &'static str,
    /// The rule that came nearest to a yes, or the prohibition that said no; `no rule` where none speaks of it.
    pub rule: Box<str>,
    /// The left operand that failed, as a prefixed name.
    pub operand: &'static str,
    /// What the rule wants.
    pub expected: String,
    /// What the request had.
    pub got: String,
    /// What to do, as a half sentence: `ask with --purpose recall`.
    pub fix: String,
}
