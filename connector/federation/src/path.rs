//! What a property path allows, read from its shape.
//!
//! Implements [SPARQL 1.1, Property Paths](https://www.w3.org/TR/sparql11-query/#propertypaths).

use crate::derived::{DERIVED, Derived};
use adit_facts::Step;
use oxrdf::vocab::rdf;
use spargebra::algebra::PropertyPathExpression as Path;

/// One end of a triple pattern or path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum End {
    /// Where the path starts.
    Subject,
    /// Where it ends.
    Object,
}

impl End {
    /// The other end.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Subject => Self::Object,
            Self::Object => Self::Subject,
        }
    }
}

/// Whether the path has a solution of no step, from a node to itself.
pub(crate) fn is_nullable(path: &Path) -> bool {
    match path {
        Path::NamedNode(_) | Path::NegatedPropertySet(_) => false,
        Path::ZeroOrMore(_) | Path::ZeroOrOne(_) => true,
        Path::Reverse(inner) | Path::OneOrMore(inner) => is_nullable(inner),
        Path::Sequence(a, b) => is_nullable(a) && is_nullable(b),
        Path::Alternative(a, b) => is_nullable(a) || is_nullable(b),
    }
}

/// The path as a choice between single steps, if it is one, walked from the given end.
pub(crate) fn steps(path: &Path, from: End) -> Option<Vec<Step>> {
    match path {
        Path::NamedNode(predicate) => {
            Some(vec![Step { predicate: predicate.clone(), inverse: from == End::Object }])
        }
        Path::Reverse(inner) => steps(inner, from.other()),
        Path::Alternative(a, b) => {
            let mut all = steps(a, from)?;
            all.extend(steps(b, from)?);
            all.sort();
            all.dedup();
            Some(all)
        }
        Path::Sequence(..)
        | Path::ZeroOrMore(_)
        | Path::OneOrMore(_)
        | Path::ZeroOrOne(_)
        | Path::NegatedPropertySet(_) => None,
    }
}

/// Whether walking the path from the given end goes from a class to its instances, which are everywhere.
pub(crate) fn fans_out(path: &Path, from: End) -> bool {
    match path {
        Path::NamedNode(predicate) => from == End::Object && *predicate == rdf::TYPE,
        Path::NegatedPropertySet(_) => false,
        Path::Reverse(inner) => fans_out(inner, from.other()),
        Path::Sequence(a, b) | Path::Alternative(a, b) => fans_out(a, from) || fans_out(b, from),
        Path::ZeroOrMore(inner) | Path::OneOrMore(inner) | Path::ZeroOrOne(inner) => {
            fans_out(inner, from)
        }
    }
}

/// The derived predicates that the path may step along.
pub(crate) fn derived(path: &Path) -> Vec<&'static Derived> {
    match path {
        Path::NamedNode(predicate) => Derived::of(predicate.as_str()).into_iter().collect(),
        Path::NegatedPropertySet(_) => DERIVED.iter().collect(),
        Path::Reverse(inner)
        | Path::ZeroOrMore(inner)
        | Path::OneOrMore(inner)
        | Path::ZeroOrOne(inner) => derived(inner),
        Path::Sequence(a, b) | Path::Alternative(a, b) => {
            derived(a).into_iter().chain(derived(b)).collect()
        }
    }
}
