//! The data of the suite as facts: its blank nodes have IRIs, since stored facts hold none.
//!
//! Each file's blank nodes become IRIs of its own, by
//! [RDF 1.1, Replacing Blank Nodes with IRIs](https://www.w3.org/TR/rdf11-concepts/#section-skolemization), and are
//! blank nodes again where an answer is compared.

use super::manifest;
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::{BlankNode, NamedNode, NamedOrBlankNode, Term, Triple};

const GENID: &str = "https://suite.example/.well-known/genid/";

/// The triples of a file, blank nodes and all.
pub(super) fn read(file: &NamedNode) -> Vec<Triple> {
    let extension = file.as_str().rsplit('.').next().unwrap();
    let format = RdfFormat::from_extension(extension).unwrap();
    let parser = RdfParser::from_format(format).with_base_iri(file.as_str()).unwrap();
    let text = manifest::text(file);
    parser.for_slice(&text).map(|quad| Triple::from(quad.unwrap())).collect()
}

/// The triples of a file as facts.
pub(super) fn facts(file: &NamedNode) -> Vec<Triple> {
    let name = file.as_str().rsplit_once("/sparql11/").unwrap().1;
    let named = |node: &BlankNode| NamedNode::new(format!("{GENID}{name}/{}", node.as_str()));
    let triples = read(file).into_iter().map(|triple| Triple {
        subject: match triple.subject {
            NamedOrBlankNode::BlankNode(node) => named(&node).unwrap().into(),
            iri @ NamedOrBlankNode::NamedNode(_) => iri,
        },
        predicate: triple.predicate,
        object: match triple.object {
            Term::BlankNode(node) => named(&node).unwrap().into(),
            other @ (Term::NamedNode(_) | Term::Literal(_)) => other,
        },
    });
    triples.collect()
}

/// A term of an answer, as the suite has it.
pub(super) fn unnamed(term: Term) -> Term {
    match &term {
        Term::NamedNode(node) => match node.as_str().strip_prefix(GENID) {
            Some(label) => BlankNode::new_unchecked(label.replace(['/', '.'], "-")).into(),
            None => term,
        },
        Term::BlankNode(_) | Term::Literal(_) => term,
    }
}
