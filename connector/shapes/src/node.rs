//! Reading the graph of shapes: the values of a node, lists, and what to call a node.

use adit_vocab::shorten;
use oxrdf::vocab::rdf;
use oxrdf::{Graph, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef};
use std::collections::BTreeMap;

/// The namespace of SHACL.
pub(crate) const SH: &str = "http://www.w3.org/ns/shacl#";
/// The namespace of the bundled shapes and of hints.
const RULE: &str = "https://w3id.org/adit/shapes#";

/// What stands at a node, by the name of the term.
pub(crate) type Constructs = BTreeMap<String, Vec<Term>>;

/// A term of SHACL.
pub(crate) fn sh(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{SH}{local}"))
}

/// What stands at a node that concerns SHACL: `sh:` terms by their local name and hints by `rule:` and theirs, sorted.
pub(crate) fn constructs(graph: &Graph, node: NamedOrBlankNodeRef<'_>) -> Constructs {
    let mut constructs = Constructs::new();
    for triple in graph.triples_for_subject(node) {
        let predicate = triple.predicate.as_str();
        let name = match (predicate.strip_prefix(SH), predicate.strip_prefix(RULE)) {
            (Some(local), _) => local.to_owned(),
            (None, Some(local)) => format!("rule:{local}"),
            (None, None) => continue,
        };
        constructs.entry(name).or_default().push(triple.object.into_owned());
    }
    for values in constructs.values_mut() {
        values.sort_by_key(Term::to_string);
    }
    constructs
}

/// The members of a list; `None` if it is none.
pub(crate) fn list(graph: &Graph, head: &Term) -> Option<Vec<Term>> {
    let mut members = Vec::new();
    let mut at = head.clone();
    loop {
        let node = match &at {
            Term::NamedNode(node) if *node == rdf::NIL => return Some(members),
            Term::NamedNode(node) => NamedOrBlankNodeRef::from(node),
            Term::BlankNode(node) => NamedOrBlankNodeRef::from(node),
            Term::Literal(_) => return None,
        };
        members.push(graph.object_for_subject_predicate(node, rdf::FIRST)?.into_owned());
        if members.len() > graph.len() {
            return None;
        }
        at = graph.object_for_subject_predicate(node, rdf::REST)?.into_owned();
    }
}

pub(crate) fn as_subject(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

pub(crate) fn is_a(graph: &Graph, node: NamedOrBlankNodeRef<'_>, class: &str) -> bool {
    graph.objects_for_subject_predicate(node, rdf::TYPE).any(|found| match found {
        TermRef::NamedNode(found) => found.as_str().strip_prefix(SH) == Some(class),
        TermRef::BlankNode(_) | TermRef::Literal(_) => false,
    })
}

/// A term as people write it.
pub(crate) fn called(term: TermRef<'_>) -> String {
    match term {
        TermRef::NamedNode(node) => short(node),
        TermRef::BlankNode(_) => "a node without an IRI".to_owned(),
        TermRef::Literal(literal) => literal.to_string(),
    }
}

pub(crate) fn short(node: NamedNodeRef<'_>) -> String {
    match (node.as_str().strip_prefix(SH), node.as_str().strip_prefix(RULE)) {
        (Some(local), _) => format!("sh:{local}"),
        (None, Some(local)) => local.to_owned(),
        (None, None) => shorten(node.as_str()),
    }
}
