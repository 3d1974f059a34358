//! Terms as numbers: what an identifier says by itself, and the bytes of a term in the dictionary.

use crate::Fault;
use crate::inline;
use oxrdf::{BlankNode, Literal, LiteralRef, NamedNode, Term, TermRef};

/// A term as the index and the evaluator hold it: four bits of kind and sixty of content.
///
/// Equal identifiers are equal terms in the sense of RDF, within one store and one query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TermId(u64);

/// What the content of an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number of the dictionary.
    Named,
    Integer,
    Decimal,
    Boolean,
    DateTime,
    Date,
    /// A term that only this query knows: its place in the query's side table.
    Guest,
}

const KINDS: [Kind; 7] = [
    Kind::Named,
    Kind::Integer,
    Kind::Decimal,
    Kind::Boolean,
    Kind::DateTime,
    Kind::Date,
    Kind::Guest,
];

impl TermId {
    pub(crate) const fn new(kind: Kind, payload: u64) -> Self {
        Self((kind as u64) << 60 | payload)
    }

    pub(crate) const fn named(number: u32) -> Self {
        Self(number as u64)
    }

    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// The number in the dictionary; subjects, predicates and rooms always have one.
    pub(crate) const fn number(self) -> Option<u32> {
        if self.0 <= u32::MAX as u64 { Some(self.0 as u32) } else { None }
    }

    pub(crate) const fn payload(self) -> u64 {
        self.0 & ((1 << 60) - 1)
    }

    pub(crate) fn kind(self) -> Kind {
        // Only these seven are ever written; damage shows as a missing dictionary entry.
        KINDS.get((self.0 >> 60) as usize).copied().unwrap_or(Kind::Named)
    }
}

/// The identifier that a term carries by itself, if it does.
pub(crate) fn inlined(term: TermRef<'_>) -> Option<TermId> {
    match term {
        TermRef::Literal(literal) if literal.language().is_none() => {
            inline::inline(literal.value(), literal.datatype().as_str())
        }
        TermRef::Literal(_) | TermRef::NamedNode(_) | TermRef::BlankNode(_) => None,
    }
}

/// Writes the bytes of a term: one letter of kind, the language or datatype with its length, the text.
pub(crate) fn write_bytes(term: TermRef<'_>, bytes: &mut Vec<u8>) {
    bytes.clear();
    match term {
        TermRef::NamedNode(node) => put(bytes, b'i', node.as_str()),
        TermRef::BlankNode(node) => put(bytes, b'b', node.as_str()),
        TermRef::Literal(literal) => write_literal(literal, bytes),
    }
}

fn write_literal(literal: LiteralRef<'_>, bytes: &mut Vec<u8>) {
    let (kind, qualifier) = match literal.language() {
        Some(language) => (b'l', language),
        None if literal.datatype() == oxrdf::vocab::xsd::STRING => {
            return put(bytes, b's', literal.value());
        }
        None => (b't', literal.datatype().as_str()),
    };
    bytes.push(kind);
    bytes.extend_from_slice(&(qualifier.len() as u32).to_be_bytes());
    bytes.extend_from_slice(qualifier.as_bytes());
    bytes.extend_from_slice(literal.value().as_bytes());
}

fn put(bytes: &mut Vec<u8>, kind: u8, text: &str) {
    bytes.push(kind);
    bytes.extend_from_slice(text.as_bytes());
}

/// The term that the bytes spell.
pub(crate) fn read_bytes(bytes: &[u8]) -> Result<Term, Fault> {
    let (kind, rest) = bytes.split_first().ok_or(DAMAGED)?;
    Ok(match kind {
        b'i' => NamedNode::new_unchecked(text(rest)?).into(),
        b's' => Literal::new_simple_literal(text(rest)?).into(),
        b'b' => BlankNode::new_unchecked(text(rest)?).into(),
        b'l' => {
            let (language, value) = qualified(rest)?;
            Literal::new_language_tagged_literal_unchecked(value, language).into()
        }
        b't' => {
            let (datatype, value) = qualified(rest)?;
            Literal::new_typed_literal(value, NamedNode::new_unchecked(datatype)).into()
        }
        _ => return Err(DAMAGED),
    })
}

/// The IRI that the bytes spell, if they spell one.
pub(crate) fn read_iri(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes.strip_prefix(b"i")?).ok()
}

const DAMAGED: Fault = Fault::Damaged("a term cannot be read");

fn text(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| DAMAGED)
}

fn qualified(bytes: &[u8]) -> Result<(&str, &str), Fault> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(DAMAGED)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (qualifier, value) = rest.split_at_checked(length).ok_or(DAMAGED)?;
    Ok((text(qualifier)?, text(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let terms = [
            Term::from(NamedNode::new("https://id.mill.example/heat/H4711").unwrap()),
            BlankNode::new("b1").unwrap().into(),
            Literal::new_simple_literal("").into(),
            Literal::new_simple_literal("Räikkä \u{0}").into(),
            Literal::new_language_tagged_literal("kone", "fi").unwrap().into(),
            Literal::new_typed_literal("01", oxrdf::vocab::xsd::INTEGER).into(),
        ];
        let mut bytes = Vec::new();
        for term in terms {
            write_bytes(term.as_ref(), &mut bytes);
            assert_eq!(read_bytes(&bytes).unwrap(), term);
        }
    }

    #[test]
    fn names_damage() {
        for bytes in [&b""[..], b"?x", b"t\0\0\0\x09short", b"l\0\0", b"i\xff"] {
            let fault = read_bytes(bytes).unwrap_err().to_string();
            assert_eq!(
                fault,
                "the fact store is damaged: a term cannot be read; delete it and rebuild it from the journal"
            );
        }
    }
}
