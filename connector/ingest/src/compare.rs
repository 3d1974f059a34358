//! What a new publication would change.

use crate::canonical;
use oxrdf::{NamedOrBlankNode, Quad};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What differs between what is published and what would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Quads that are new, sorted.
    pub added: Vec<Quad>,
    /// Quads that are gone, sorted.
    pub removed: Vec<Quad>,
    /// The same, counted for each subject, sorted by subject.
    pub subjects: Vec<SubjectChange>,
}

/// How much changes about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectChange {
    /// The IRI of the subject.
    pub subject: String,
    /// How many quads about it are new.
    pub added: usize,
    /// How many quads about it are gone.
    pub removed: usize,
}

impl Difference {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// Compares what is published with what would be; order and repetition do not count.
///
/// ```
/// use adit_ingest::diff;
/// # use oxrdf::{GraphName, Literal, NamedNode, Quad};
/// # let quad = |text: &str| Quad::new(NamedNode::new_unchecked("https://id.shop.example/p/1"),
/// #     NamedNode::new_unchecked("https://schema.org/name"), Literal::from(text), GraphName::DefaultGraph);
/// let difference = diff(&[quad("bolt"), quad("screw")], &[quad("screw"), quad("nut")]);
/// assert_eq!(difference.added, [quad("nut")]);
/// assert_eq!(difference.removed, [quad("bolt")]);
/// assert_eq!(difference.subjects[0].added, 1);
/// ```
pub fn diff(old: &[Quad], new: &[Quad]) -> Difference {
    let (old, new) = (in_order(old), in_order(new));
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => canonical::order_quads(old, new),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        match order {
            Ordering::Less => removed.extend(old.next().cloned()),
            Ordering::Greater => added.extend(new.next().cloned()),
            Ordering::Equal => {
                old.next();
                new.next();
            }
        }
    }
    let subjects = count_subjects(&added, &removed);
    Difference { added, removed, subjects }
}

/// The quads sorted, each once; routed quads are so already.
fn in_order(quads: &[Quad]) -> Vec<&Quad> {
    let mut quads: Vec<&Quad> = quads.iter().collect();
    if !quads.is_sorted_by(|a, b| canonical::order_quads(a, b) == Ordering::Less) {
        quads.sort_unstable_by(|a, b| canonical::order_quads(a, b));
        quads.dedup();
    }
    quads
}

fn count_subjects(added: &[Quad], removed: &[Quad]) -> Vec<SubjectChange> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for quad in added {
        counts.entry(subject_of(quad)).or_default().0 += 1;
    }
    for quad in removed {
        counts.entry(subject_of(quad)).or_default().1 += 1;
    }
    let change = |(subject, (added, removed)): (&str, (usize, usize))| SubjectChange {
        subject: subject.to_owned(),
        added,
        removed,
    };
    counts.into_iter().map(change).collect()
}

fn subject_of(quad: &Quad) -> &str {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str(),
        NamedOrBlankNode::BlankNode(node) => node.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{GraphName, NamedNode};
    use std::collections::HashSet;

    #[test]
    fn finds_what_sets_find() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut some = || -> Vec<Quad> {
            let node = |number: u8| NamedNode::new_unchecked(format!("https://a.example/{number}"));
            (0..random.usize(0..30))
                .map(|_| {
                    Quad::new(
                        node(random.u8(0..4)),
                        node(1),
                        node(random.u8(0..4)),
                        GraphName::DefaultGraph,
                    )
                })
                .collect()
        };
        for _ in 0..200 {
            let (old, new) = (some(), some());
            let sets: (HashSet<&Quad>, HashSet<&Quad>) =
                (old.iter().collect(), new.iter().collect());
            let difference = diff(&old, &new);
            assert_eq!(difference.added.iter().collect::<HashSet<_>>(), &sets.1 - &sets.0);
            assert_eq!(difference.removed.iter().collect::<HashSet<_>>(), &sets.0 - &sets.1);
            let counted: usize =
                difference.subjects.iter().map(|change| change.added + change.removed).sum();
            assert_eq!(counted, difference.added.len() + difference.removed.len());
            assert_eq!(difference.is_empty(), sets.0 == sets.1);
        }
    }
}
