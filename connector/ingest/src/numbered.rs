//! The statements of all live sources with a number for each node and predicate, so that routing compares no text twice.

use crate::{Statements, canonical};
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// The number of what is no IRI: a literal or a blank node.
pub(crate) const NO_NODE: u32 = u32::MAX;

/// All statements as numbers.
pub(crate) struct Numbered<'a> {
    /// The IRIs that are subject or object of something, by their number.
    pub(crate) nodes: Vec<&'a str>,
    /// The predicates, by their number.
    pub(crate) predicates: Vec<NamedNodeRef<'a>>,
    /// For each source its statements, in the order of the file.
    pub(crate) facts: Vec<Vec<Fact>>,
}

/// A statement: the numbers of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) subject: u32,
    pub(crate) predicate: u32,
    pub(crate) object: u32,
}

/// Numbers in the order in which texts come.
#[derive(Default)]
struct Numbers<'a> {
    known: FxHashMap<&'a str, u32>,
    texts: Vec<&'a str>,
}

impl<'a> Numbers<'a> {
    fn of(&mut self, text: &'a str) -> u32 {
        let Self { known, texts } = self;
        *known.entry(text).or_insert_with(|| {
            texts.push(text);
            u32::try_from(texts.len() - 1).expect("a gigabyte holds fewer IRIs")
        })
    }
}

impl<'a> Numbered<'a> {
    pub(crate) fn of(sources: &'a [Statements]) -> Self {
        let (mut nodes, mut predicates) = (Numbers::default(), Numbers::default());
        let mut last: Option<(&str, u32)> = None;
        let mut number = |triple: &'a Triple| {
            let subject = match &triple.subject {
                NamedOrBlankNode::NamedNode(node) => {
                    // A file says many things about one subject, one after the other.
                    let text = node.as_str();
                    let known = last.filter(|(last, _)| *last == text);
                    let number = known.map_or_else(|| nodes.of(text), |(_, number)| number);
                    last = Some((text, number));
                    number
                }
                NamedOrBlankNode::BlankNode(_) => NO_NODE,
            };
            let object = match &triple.object {
                Term::NamedNode(node) => nodes.of(node.as_str()),
                Term::Literal(_) | Term::BlankNode(_) => NO_NODE,
            };
            Fact { subject, predicate: predicates.of(triple.predicate.as_str()), object }
        };
        let facts = sources.iter().map(|it| it.triples().map(&mut number).collect()).collect();
        let predicates = predicates.texts.into_iter().map(NamedNodeRef::new_unchecked).collect();
        Self { nodes: nodes.texts, predicates, facts }
    }

    /// For each source the places of its statements in the order of canonical N-Quads, each statement once.
    pub(crate) fn in_order(&self, sources: &'a [Statements]) -> Vec<Vec<usize>> {
        let subjects = ranks(&self.nodes);
        let predicates: Vec<&str> = self.predicates.iter().map(|it| it.as_str()).collect();
        let predicates = ranks(&predicates);
        let ordered = |(source, facts): (&'a Statements, &Vec<Fact>)| {
            let triples: Vec<&Triple> = source.triples().collect();
            if facts.iter().any(|fact| fact.subject == NO_NODE) {
                return in_order_of_text(&triples);
            }
            let key = |(place, fact): (usize, &Fact)| {
                (subjects[fact.subject as usize], predicates[fact.predicate as usize], place)
            };
            let mut keys: Vec<_> = facts.iter().enumerate().map(key).collect();
            keys.sort_unstable();
            let mut places = Vec::with_capacity(keys.len());
            for alike in keys.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
                let first = places.len();
                places.extend(alike.iter().map(|(_, _, place)| *place));
                if alike.len() > 1 {
                    let objects = |a: &usize, b: &usize| {
                        canonical::order_terms(&triples[*a].object, &triples[*b].object)
                    };
                    places[first..].sort_by(objects);
                    let mut kept = first;
                    for at in first + 1..places.len() {
                        if triples[places[kept]].object != triples[places[at]].object {
                            kept += 1;
                            places[kept] = places[at];
                        }
                    }
                    places.truncate(kept + 1);
                }
            }
            places
        };
        sources.iter().zip(&self.facts).map(ordered).collect()
    }
}

/// For each text its place in the order of canonical N-Quads.
fn ranks(texts: &[&str]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_unstable_by(|a, b| canonical::order_iris(texts[*a], texts[*b]));
    let mut ranks = vec![0; texts.len()];
    for (rank, place) in (0..).zip(order) {
        ranks[place] = rank;
    }
    ranks
}

fn in_order_of_text(triples: &[&Triple]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..triples.len()).collect();
    let order = |a: &usize, b: &usize| canonical::order_triples(triples[*a], triples[*b]);
    places.sort_by(order);
    places.dedup_by(|a, b| order(a, b) == Ordering::Equal);
    places
}
