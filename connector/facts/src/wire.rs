//! What the server and its worker processes say to each other: frames of a length and a postcard value.

use crate::catalogue::Sight;
use crate::{QueryError, Refusal};
use oxrdf::vocab::xsd;
use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// One query.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) directory: PathBuf,
    /// Whether the store dies with this query, so that it is not kept open.
    pub(crate) passing: bool,
    pub(crate) sight: Sight,
    pub(crate) at: jiff::Timestamp,
    pub(crate) text: String,
    pub(crate) base: Option<String>,
    pub(crate) default_graphs: Vec<String>,
    pub(crate) named_graphs: Vec<String>,
}

/// One part of an answer; each ends with `Done`, `Moved`, `Refused` or `Failed`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The order was read: what happens from here on is the query's doing.
    Taken,
    /// The query is admitted; the predicates that it names, unless it asks for any.
    Admitted(Option<BTreeSet<String>>),
    Columns(Vec<String>),
    Rows(Vec<Vec<Option<WireTerm>>>),
    Boolean(bool),
    Graph,
    Triples(Vec<[WireTerm; 3]>),
    Done,
    /// The store has another generation than the order; make a new order.
    Moved,
    Refused(Refusal),
    Failed(String),
}

impl From<QueryError> for Reply {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Refused(refusal) => Self::Refused(refusal),
            QueryError::Fault(fault) => Self::Failed(fault.to_string()),
        }
    }
}

/// A term on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WireTerm {
    Iri(String),
    Blank(String),
    Plain(String),
    Tagged(String, String),
    Typed(String, String),
}

pub(crate) fn wire_term(term: &Term) -> WireTerm {
    match term {
        Term::NamedNode(node) => WireTerm::Iri(node.as_str().to_owned()),
        Term::BlankNode(node) => WireTerm::Blank(node.as_str().to_owned()),
        Term::Literal(literal) => {
            let value = literal.value().to_owned();
            match (literal.language(), literal.datatype()) {
                (Some(language), _) => WireTerm::Tagged(value, language.to_owned()),
                (None, xsd::STRING) => WireTerm::Plain(value),
                (None, datatype) => WireTerm::Typed(value, datatype.as_str().to_owned()),
            }
        }
    }
}

impl From<WireTerm> for Term {
    fn from(term: WireTerm) -> Self {
        match term {
            WireTerm::Iri(iri) => NamedNode::new_unchecked(iri).into(),
            WireTerm::Blank(id) => BlankNode::new_unchecked(id).into(),
            WireTerm::Plain(value) => Literal::new_simple_literal(value).into(),
            WireTerm::Tagged(value, language) => {
                Literal::new_language_tagged_literal_unchecked(value, language).into()
            }
            WireTerm::Typed(value, datatype) => {
                Literal::new_typed_literal(value, NamedNode::new_unchecked(datatype)).into()
            }
        }
    }
}

pub(crate) fn wire_triple(triple: Triple) -> [WireTerm; 3] {
    let Triple { subject, predicate, object } = triple;
    [Term::from(subject), Term::from(predicate), object].map(|term| wire_term(&term))
}

/// The triple, unless the worker sent none.
pub(crate) fn read_triple([subject, predicate, object]: [WireTerm; 3]) -> Option<Triple> {
    let subject = match Term::from(subject) {
        Term::NamedNode(node) => NamedOrBlankNode::from(node),
        Term::BlankNode(node) => node.into(),
        Term::Literal(_) => return None,
    };
    let Term::NamedNode(predicate) = Term::from(predicate) else { return None };
    Some(Triple { subject, predicate, object: object.into() })
}

/// The bytes of a frame: four of length, then the value.
pub(crate) fn frame<T: Serialize>(value: &T) -> Result<Vec<u8>, postcard::Error> {
    let mut bytes = postcard::to_extend(value, vec![0; 4])?;
    let length =
        u32::try_from(bytes.len() - 4).map_err(|_| postcard::Error::SerializeBufferFull)?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_comes_back_as_it_went() {
        let terms = [
            Term::from(NamedNode::new("urn:x:1").unwrap()),
            BlankNode::new("b").unwrap().into(),
            Literal::from("text").into(),
            Literal::new_language_tagged_literal("kone", "fi").unwrap().into(),
            Literal::from(7).into(),
        ];
        for term in terms {
            assert_eq!(Term::from(wire_term(&term)), term);
        }
    }
}
