//! The one order and the one text of a set of quads.

use oxrdf::vocab::xsd;
use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term, Triple};
use std::cmp::Ordering;
use std::fmt::Write;

/// Quads as [canonical N-Quads](https://www.w3.org/TR/rdf-canon/#canonical-quads): one a line, sorted by code point, each once.
///
/// Equal sets of quads give equal text, whatever order they come in.
///
/// ```
/// use oxrdf::{GraphName, Literal, NamedNode, Quad};
/// let name = NamedNode::new_unchecked("https://schema.org/name");
/// let quad = |s: &str| Quad::new(NamedNode::new_unchecked(s), name.clone(), Literal::from("x"), GraphName::DefaultGraph);
/// assert_eq!(
///     adit_ingest::canonical_text(&[quad("b:1"), quad("a:1"), quad("b:1")]),
///     "<a:1> <https://schema.org/name> \"x\" .\n<b:1> <https://schema.org/name> \"x\" .\n",
/// );
/// ```
pub fn canonical_text(quads: &[Quad]) -> String {
    let mut sorted: Vec<&Quad> = quads.iter().collect();
    if !sorted.is_sorted_by(|a, b| order_quads(a, b) != Ordering::Greater) {
        sorted.sort_unstable_by(|a, b| order_quads(a, b));
    }
    sorted.dedup();
    let mut text = String::with_capacity(sorted.len() * 160);
    for quad in sorted {
        write_node(&mut text, &quad.subject);
        text.push(' ');
        write_iri(&mut text, quad.predicate.as_str());
        text.push(' ');
        write_term(&mut text, &quad.object);
        match &quad.graph_name {
            GraphName::NamedNode(graph) => {
                text.push(' ');
                write_iri(&mut text, graph.as_str());
            }
            GraphName::BlankNode(graph) => {
                write!(text, " {graph}").expect("a String takes all text");
            }
            GraphName::DefaultGraph => {}
        }
        text.push_str(" .\n");
    }
    text
}

fn write_iri(text: &mut String, iri: &str) {
    text.push('<');
    text.push_str(iri);
    text.push('>');
}

fn write_node(text: &mut String, node: &NamedOrBlankNode) {
    match node {
        NamedOrBlankNode::NamedNode(node) => write_iri(text, node.as_str()),
        NamedOrBlankNode::BlankNode(node) => {
            write!(text, "{node}").expect("a String takes all text");
        }
    }
}

/// Most literals have nothing to be escaped, and are taken over in one piece.
fn write_term(text: &mut String, term: &Term) {
    let literal = match term {
        Term::NamedNode(node) => return write_iri(text, node.as_str()),
        Term::Literal(literal) if !literal.value().bytes().any(is_escaped) => literal,
        Term::Literal(_) | Term::BlankNode(_) => {
            return write!(text, "{term}").expect("a String takes all text");
        }
    };
    text.push('"');
    text.push_str(literal.value());
    text.push('"');
    if let Some(language) = literal.language() {
        text.push('@');
        text.push_str(language);
    } else if literal.datatype() != xsd::STRING {
        text.push_str("^^");
        write_iri(text, literal.datatype().as_str());
    }
}

fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7F)
}

/// The order of the lines of canonical N-Quads, found without writing them.
pub(crate) fn order_quads(a: &Quad, b: &Quad) -> Ordering {
    order_nodes(&a.subject, &b.subject)
        .then_with(|| order_iris(a.predicate.as_str(), b.predicate.as_str()))
        .then_with(|| order_terms(&a.object, &b.object))
        .then_with(|| order_graphs(&a.graph_name, &b.graph_name))
}

/// The same for triples.
pub(crate) fn order_triples(a: &Triple, b: &Triple) -> Ordering {
    order_nodes(&a.subject, &b.subject)
        .then_with(|| order_iris(a.predicate.as_str(), b.predicate.as_str()))
        .then_with(|| order_terms(&a.object, &b.object))
}

fn order_nodes(a: &NamedOrBlankNode, b: &NamedOrBlankNode) -> Ordering {
    match (a, b) {
        (NamedOrBlankNode::NamedNode(a), NamedOrBlankNode::NamedNode(b)) => {
            order_iris(a.as_str(), b.as_str())
        }
        (a, b) => a.to_string().cmp(&b.to_string()),
    }
}

/// A line goes on with `>` where an IRI ends, and that sorts after digits, `/` and `:`.
pub(crate) fn order_iris(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let common = a.len().min(b.len());
    a[..common].cmp(&b[..common]).then_with(|| match (a.get(common), b.get(common)) {
        (None, Some(next)) => b'>'.cmp(next),
        (Some(next), None) => next.cmp(&b'>'),
        (None, None) | (Some(_), Some(_)) => Ordering::Equal,
    })
}

pub(crate) fn order_terms(a: &Term, b: &Term) -> Ordering {
    match (a, b) {
        (Term::NamedNode(a), Term::NamedNode(b)) => order_iris(a.as_str(), b.as_str()),
        (a, b) if a == b => Ordering::Equal,
        // The closing blank tells a literal from a longer one that begins with it.
        (a, b) => format!("{a} ").cmp(&format!("{b} ")),
    }
}

fn order_graphs(a: &GraphName, b: &GraphName) -> Ordering {
    match (a, b) {
        (GraphName::NamedNode(a), GraphName::NamedNode(b)) => order_iris(a.as_str(), b.as_str()),
        (GraphName::DefaultGraph, GraphName::DefaultGraph) => Ordering::Equal,
        // A line without a graph goes on with a full stop, which sorts before `<`.
        (GraphName::DefaultGraph, _) => Ordering::Less,
        (_, GraphName::DefaultGraph) => Ordering::Greater,
        (a, b) => a.to_string().cmp(&b.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{Literal, NamedNode};

    #[test]
    fn the_order_of_quads_is_the_order_of_their_lines() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut node = || {
            let tail: String = (0..random.usize(0..3))
                .map(|_| random.choice(['a', '0', '/', '~', 'é']).expect("a choice"))
                .collect();
            NamedNode::new_unchecked(format!("https://a.example/{tail}"))
        };
        let mut quads: Vec<Quad> = Vec::new();
        let literals = ["", "a", "a\"", "a\n", "a b", "\u{7F}"];
        for i in 0..400 {
            let (s, p, o, g) = (node(), node(), node(), node());
            let object: Term = match i % 4 {
                0 => o.into(),
                1 => Literal::from(literals[i % literals.len()]).into(),
                2 => Literal::new_language_tagged_literal_unchecked(
                    literals[i % literals.len()],
                    "fi",
                )
                .into(),
                _ => Literal::new_typed_literal(literals[i % literals.len()], o).into(),
            };
            let graph = if i % 3 == 0 { GraphName::DefaultGraph } else { g.into() };
            quads.push(Quad::new(s, p, object, graph));
        }
        let mut lines: Vec<String> = quads.iter().map(|quad| format!("{quad} .\n")).collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(canonical_text(&quads), lines.concat());
    }
}
