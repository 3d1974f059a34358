#![doc = include_str!("../README.md")]

mod constraint;
mod offer;
mod policies;
mod read;
mod term;

mod decide;
mod judge;
mod missing;
mod permit;
mod refusal;

mod explain;
mod templates;

pub use decide::{Asked, decide, decide_sending};
pub use explain::{Sentence, explain};
pub use offer::{Action, Constraint, Match, Offer, Order, PurposeMatch, Rule, RuleKind, Target};
pub use permit::{Permit, SendPermit, Withheld};
pub use policies::{Policies, PolicyError};
pub use refusal::Refusal;
pub use templates::{CLIENT_TEMPLATES, TEMPLATES};

/// The canonical bytes of a JSON value, [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785#section-3).
fn canonical(value: &serde_json::Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("a JSON value is always canonicalised")
}

#[cfg(test)]
mod tests;
