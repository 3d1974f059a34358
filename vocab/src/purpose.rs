//! What the Turtle says about purposes and derived predicates, read once.

use crate::TURTLE;
use crate::own::adit;
use crate::reused::skos;
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term};
use oxttl::TurtleParser;
use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Default)]
struct Links {
    broader: HashMap<String, String>,
    bases: HashMap<String, String>,
}

static LINKS: LazyLock<Links> = LazyLock::new(|| {
    let mut links = Links::default();
    for triple in TurtleParser::new().for_slice(TURTLE) {
        let triple = triple.expect("adit.ttl is part of the program and a test parses it");
        let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) =
            (triple.subject, triple.object)
        else {
            continue;
        };
        if triple.predicate == skos::BROADER {
            links.broader.insert(subject.into_string(), object.into_string());
        } else if triple.predicate == adit::DERIVED_FROM {
            links.bases.insert(subject.into_string(), object.into_string());
        }
    }
    links
});

/// Whether a predicate is derived by the View and so must never be stored.
///
/// ```
/// use adit_vocab::{adit, is_derived};
/// assert!(is_derived(adit::PART_OF.as_str()));
/// assert!(!is_derived(adit::INSTALLED_IN.as_str()));
/// ```
pub fn is_derived(predicate: &str) -> bool {
    LINKS.bases.contains_key(predicate)
}

/// Whether a purpose is another one or narrower than it, along `skos:broader`.
///
/// Implements `odrl:isA` for [`odrl:purpose`](https://www.w3.org/TR/odrl-vocab/#term-purpose).
///
/// ```
/// use adit_vocab::{adit, purpose_is_a};
/// let recall = adit::PURPOSE_RECALL.as_str();
/// assert!(purpose_is_a(recall, recall));
/// assert!(purpose_is_a(recall, "https://w3id.org/dpv#LegalCompliance"));
/// assert!(!purpose_is_a("https://w3id.org/dpv#LegalCompliance", recall));
/// ```
pub fn purpose_is_a(purpose: &str, wider: &str) -> bool {
    let mut current = purpose;
    // The hierarchy is shallow; the bound keeps a cycle in the file from hanging the program.
    for _ in 0..16 {
        if current == wider {
            return true;
        }
        match LINKS.broader.get(current) {
            Some(next) => current = next,
            None => return false,
        }
    }
    false
}

/// Whether the vocabulary knows the purpose.
pub fn is_purpose(purpose: &str) -> bool {
    LINKS.broader.contains_key(purpose) || LINKS.broader.values().any(|wide| wide == purpose)
}

/// The IRI of a purpose written short (`recall`, `AcademicResearch`) or in full; `None` if unknown.
///
/// ```
/// assert_eq!(adit_vocab::purpose("recall").as_deref(), Some("https://w3id.org/adit/ns#purpose-recall"));
/// assert_eq!(adit_vocab::purpose("AcademicResearch").as_deref(), Some("https://w3id.org/dpv#AcademicResearch"));
/// assert_eq!(adit_vocab::purpose("gossip"), None);
/// ```
pub fn purpose(name: &str) -> Option<String> {
    [
        format!("{}purpose-{name}", adit::NAMESPACE),
        format!("https://w3id.org/dpv#{name}"),
        name.to_owned(),
    ]
    .into_iter()
    .find(|iri| is_purpose(iri))
}

/// Every purpose that the vocabulary knows, sorted.
pub fn purposes() -> Vec<&'static str> {
    let mut all: Vec<&str> = LINKS.broader.iter().flat_map(|(a, b)| [a.as_str(), b]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The stored predicate whose room a derived predicate stands in.
pub fn base_of(derived: NamedNodeRef<'_>) -> Option<&'static str> {
    LINKS.bases.get(derived.as_str()).map(String::as_str)
}
