//! What one holder is asked for: quads that match, or quads met on a walk.

use oxrdf::{NamedNode, Term};
use serde::{Deserialize, Serialize};

/// A request for quads of one holder, in one round trip.
///
/// The answer is every quad visible to the asker that fits, each with its room as graph name.
/// A derived predicate (`adit:partOf` and its siblings) stands for the stored quads that it is
/// derived from: asked for `adit:partOf`, a holder returns the installations concerned (their
/// item, parent and interval) that it does not know to be over at the request's date, never a
/// derived quad. A request for any predicate includes them, since it includes the derived ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fetch {
    /// Quads by subject, predicate and object; `None` is any. Subjects or objects must be given.
    #[serde(rename_all = "camelCase")]
    Match {
        /// The subjects, if bound.
        subjects: Option<Vec<NamedNode>>,
        /// The predicates, if bound.
        predicates: Option<Vec<NamedNode>>,
        /// The objects, if bound.
        objects: Option<Vec<Term>>,
    },
    /// Every quad met on walking any number of the steps, in any order, from the start.
    #[serde(rename_all = "camelCase")]
    Walk {
        /// Where to start.
        from: Vec<NamedNode>,
        /// The steps that may be taken from each node reached.
        steps: Vec<Step>,
    },
}

impl Fetch {
    /// The most predicates, or steps, that one request may name; whoever needs more sends several.
    pub const PREDICATES_MAX: usize = 256;
}

/// One step of a walk: along a predicate, or against it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The predicate.
    pub predicate: NamedNode,
    /// From object to subject.
    pub inverse: bool,
}
