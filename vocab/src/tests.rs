//! The constants, the Turtle and the context say the same.

use crate::*;
use oxrdf::{Graph, NamedOrBlankNodeRef, TermRef, vocab::rdfs};
use oxttl::TurtleParser;
use std::collections::BTreeSet;

fn graph() -> Graph {
    TurtleParser::new().for_slice(TURTLE).map(Result::unwrap).collect()
}

#[test]
fn every_term_of_the_turtle_is_a_constant_and_back() {
    let graph = graph();
    let in_turtle: BTreeSet<_> = graph
        .iter()
        .filter_map(|triple| match triple.subject {
            NamedOrBlankNodeRef::NamedNode(node) => Some(node.as_str()),
            NamedOrBlankNodeRef::BlankNode(_) => None,
        })
        .filter(|iri| iri.starts_with(adit::NAMESPACE))
        .collect();
    let constants: BTreeSet<_> = adit::ALL.iter().map(|term| term.as_str()).collect();
    assert_eq!(in_turtle, constants);
}

#[test]
fn every_reused_predicate_constant_has_a_tier() {
    for term in
        [schema::ALL, qudt::ALL, eudpp::ALL, prov::ALL, sosa::ALL, epcis::ALL, gs1::ALL].concat()
    {
        let local = term.as_str().rsplit(['/', '#']).next().unwrap();
        if local.starts_with(char::is_lowercase) {
            assert!(
                Vocabulary::bundled().knows(term.as_str()),
                "{term} has no tier in adit.ttl or the core profile"
            );
        }
    }
}

#[test]
fn every_term_has_labels_in_three_languages() {
    let graph = graph();
    for term in adit::ALL {
        let languages: BTreeSet<_> = graph
            .objects_for_subject_predicate(*term, rdfs::LABEL)
            .filter_map(|label| match label {
                TermRef::Literal(literal) => literal.language(),
                _ => None,
            })
            .collect();
        assert_eq!(languages, BTreeSet::from(["en", "fi", "sv"]), "{term}");
    }
}

#[test]
fn every_term_of_the_context_is_known() {
    let context: serde_json::Value = serde_json::from_str(CONTEXT).unwrap();
    let known: BTreeSet<&str> = adit::ALL
        .iter()
        .map(|term| term.as_str())
        .chain(Vocabulary::bundled().predicates())
        .collect();
    for (name, value) in context["@context"].as_object().unwrap() {
        let id = value.as_str().or_else(|| value["@id"].as_str()).unwrap_or_default();
        if name.starts_with('@') || PREFIXES.iter().any(|(prefix, _)| prefix == name) {
            continue;
        }
        let iri = expand(id).unwrap_or_else(|| id.to_owned());
        let is_class = iri.rsplit(['/', '#']).next().unwrap().starts_with(char::is_uppercase);
        assert!(is_class || known.contains(iri.as_str()), "{name}: {iri}");
    }
    for term in adit::ALL {
        let short = term.as_str().trim_start_matches(adit::NAMESPACE);
        let is_property = Vocabulary::bundled().knows(term.as_str());
        assert!(!is_property || context["@context"].get(short).is_some(), "{short} is missing");
    }
}

#[test]
fn a_room_iri_reads_back() {
    for text in [
        "https://a.example/room/steel/as-built/public",
        "https://a.example/room/steel/as-used/partner/did:web:b.example",
    ] {
        assert_eq!(Room::from_iri(text).unwrap().to_iri().as_str(), text);
    }
    for text in [
        "https://a.example/steel",
        "https://a.example/room/Steel/as-built/public",
        "https://a.example/room/steel/as-built/secret",
        "https://a.example/room/steel/as-built/partner/nobody",
    ] {
        assert_eq!(Room::from_iri(text), None, "{text}");
    }
}
