//! Paths from a focus node to its values.

use crate::data::Data;
use oxrdf::NamedNode;

/// A [property path](https://www.w3.org/TR/shacl/#property-paths) of the kinds in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Path {
    Predicate(NamedNode),
    Inverse(NamedNode),
    /// Two or more, one after the other.
    Sequence(Vec<Path>),
}

impl Path {
    /// The predicate, where the path is one.
    pub(crate) fn predicate(&self) -> Option<&NamedNode> {
        match self {
            Self::Predicate(predicate) => Some(predicate),
            Self::Inverse(_) | Self::Sequence(_) => None,
        }
    }

    /// The distinct values of a node, ascending.
    pub(crate) fn values(&self, data: &Data<'_>, node: u32, values: &mut Vec<u32>) {
        values.clear();
        match self {
            Self::Predicate(predicate) => {
                if let Some(predicate) = data.id_of(predicate) {
                    values.extend(data.objects(node, predicate));
                }
            }
            Self::Inverse(predicate) => {
                if let Some(predicate) = data.id_of(predicate) {
                    values.extend(data.subjects(predicate, node));
                }
            }
            Self::Sequence(steps) => {
                let mut at = vec![node];
                let mut of_one = Vec::new();
                for step in steps {
                    let mut next = Vec::new();
                    for node in at {
                        step.values(data, node, &mut of_one);
                        next.append(&mut of_one);
                    }
                    next.sort_unstable();
                    next.dedup();
                    at = next;
                }
                values.append(&mut at);
            }
        }
    }
}
