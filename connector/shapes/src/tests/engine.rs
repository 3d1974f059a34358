//! The engine: what it refuses to read, when it stops, what it never reports.

use super::{PREFIXES, files, found, turtle};
use crate::check::Check;
use crate::*;
use adit_vocab::Vocabulary;
use oxrdf::Triple;

#[test]
fn a_query_that_takes_too_long_is_stopped() {
    let triples: Vec<_> = files("damaged").into_iter().flat_map(|(_, triples)| triples).collect();
    let shapes = Shapes::bundled();
    let data = shapes.data(triples.iter().map(Triple::as_ref));
    let scope = Scope::default();
    let stopped = Check::new(shapes.shapes(), &data, &scope).within(10).run().unwrap_err();
    let Unchecked::TooCostly { shape, steps_max: 10 } = &stopped else { panic!("{stopped}") };
    assert_eq!(
        stopped.to_string(),
        format!(
            "checking {shape} took more than 10 steps and was stopped: too many nodes depend on each other; publish fewer at \
             a time, or look for a column that was mapped to the wrong property"
        )
    );
}

#[test]
fn a_query_that_calls_what_nobody_knows_fails_by_name() {
    let profile = format!(
        "{PREFIXES} <https://shop.example/profile> a adit:Profile ; adit:profileOf \"x\" .
        x:A a sh:NodeShape ; sh:targetClass schema:ProductModel ; sh:sparql [ sh:prefixes <https://w3id.org/adit/shapes> ;
            sh:select \"SELECT $this WHERE {{ $this a schema:ProductModel FILTER(<https://shop.example/f>($this)) }}\" ] ."
    );
    let shapes = Shapes::of(&Vocabulary::with([("x.ttl".to_owned(), profile)]).unwrap()).unwrap();
    let triples = turtle(&format!("{PREFIXES} m:1 a schema:ProductModel ."));
    let data = shapes.data(triples.iter().map(Triple::as_ref));
    let failed = shapes.validate(&data, &Scope::default()).unwrap_err().to_string();
    let shape = "the query of https://shop.example/profile#A cannot be evaluated: ";
    assert!(failed.starts_with(shape) && failed.contains("https://shop.example/f"), "{failed}");
}

#[test]
fn no_constraint_reports_without_end() {
    let text: String = (0..50).map(|n| format!("i:{n} adit:installedItem p:{n} .\n")).collect();
    let scope = Scope { each_max: 3, ..Scope::default() };
    let findings = found(Shapes::bundled(), &turtle(&format!("{PREFIXES}{text}")), &scope);
    let no_parent = |it: &&Finding| it.shape.as_str().ends_with("#S4-parent");
    assert_eq!(findings.iter().filter(no_parent).count(), 3);
}

#[test]
fn constructs_that_are_not_supported_are_refused_by_name() {
    let table = [
        (
            "x:A a sh:NodeShape ; sh:xone ( [ sh:class x:B ] ) .",
            "https://shop.example/profile#A uses sh:xone, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:closed true .",
            "https://shop.example/profile#A uses sh:closed, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:targetNode p:1 .",
            "https://shop.example/profile#A uses sh:targetNode, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:minCount 1 .",
            "https://shop.example/profile#A uses sh:minCount, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:PropertyShape ; sh:path schema:name ; sh:uniqueLang true .",
            "https://shop.example/profile#A uses sh:uniqueLang, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:PropertyShape ; sh:path [ sh:zeroOrMorePath schema:name ] .",
            "https://shop.example/profile#A uses sh:zeroOrMorePath of this form in sh:path, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:not [ a sh:NodeShape ; sh:sparql [ sh:select \"SELECT $this { $this schema:name ?n }\" ; sh:prefixes <https://w3id.org/adit/shapes> ] ] .",
            "https://shop.example/profile#A uses sh:sparql within sh:not, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:sparql [ sh:ask \"ASK { $this ?p ?o }\" ] .",
            "https://shop.example/profile#A uses sh:ask at sh:sparql, which is not supported here; say it with the constructs that vocab/shapes use",
        ),
        (
            "x:A a sh:NodeShape ; sh:property [ sh:path schema:name ; sh:minCount 1 ] .",
            "https://shop.example/profile#A has a sh:property without an IRI; findings name the shape that was broken, so give it one",
        ),
        (
            "x:A a sh:NodeShape ; sh:property x:B . x:B a sh:NodeShape ; sh:class x:C .",
            "sh:property of https://shop.example/profile#A cannot be https://shop.example/profile#B",
        ),
        (
            "x:A a sh:NodeShape ; sh:pattern \"([0-9]\" .",
            "sh:pattern of https://shop.example/profile#A cannot be \"([0-9]\"",
        ),
        (
            "x:A a sh:PropertyShape ; sh:path schema:name ; sh:minCount \"many\" .",
            "sh:minCount of https://shop.example/profile#A cannot be \"many\"",
        ),
        (
            "x:A a sh:NodeShape ; sh:severity sh:Debug ; sh:class x:C .",
            "sh:severity of https://shop.example/profile#A cannot be sh:Debug",
        ),
        (
            "x:A a sh:NodeShape ; sh:node x:B . x:B a sh:NodeShape ; sh:not x:A .",
            "https://shop.example/profile#A refers to itself; recursive shapes mean nothing certain",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(refusal(text), format!("shapes x.ttl: {expected}"), "{text}");
    }
}

/// Why a profile with these shapes is refused.
fn refusal(text: &str) -> String {
    let profile = format!(
        "{PREFIXES} <https://shop.example/profile> a adit:Profile ; adit:profileOf \"x\" . {text}"
    );
    let vocabulary = Vocabulary::with([("x.ttl".to_owned(), profile)]).unwrap();
    Shapes::of(&vocabulary).unwrap_err().to_string()
}

#[test]
fn a_query_that_cannot_be_asked_once_for_all_is_refused() {
    let table = [
        ("SELECT ?x WHERE { ?x schema:name ?n }", "no pattern binds $this"),
        ("SELECT ?n WHERE { $this schema:name ?n }", "a SELECT or GROUP BY leaves $this out"),
        (
            "SELECT $this WHERE { $this schema:name ?n { FILTER(STR($this) = 'a') } }",
            "a FILTER uses $this in a group that does not bind it",
        ),
        (
            "SELECT $this WHERE { $this schema:name ?n { ?x schema:name ?n . BIND(STR($this) AS ?s) } }",
            "a BIND uses $this in a group that does not bind it",
        ),
        (
            "SELECT $this WHERE { ?x schema:name ?n OPTIONAL { $this schema:name ?n } }",
            "an OPTIONAL uses $this in a group that does not bind it",
        ),
        (
            "SELECT $this WHERE { { $this schema:name ?n } UNION { ?x schema:name ?n } }",
            "one side of a UNION binds $this and the other does not",
        ),
        (
            "SELECT $this WHERE { $this schema:name ?n { SELECT ?n { $this schema:model ?n } } }",
            "a SELECT or GROUP BY leaves $this out",
        ),
        ("SELECT $this WHERE { $this schema:name ?n } LIMIT 1", "it has a LIMIT or OFFSET"),
        (
            "SELECT $this WHERE { $this schema:name ?n MINUS { $this schema:model ?m } }",
            "it has a MINUS; write FILTER NOT EXISTS",
        ),
        (
            "SELECT $this WHERE { VALUES ?n { 1 } $this schema:name ?n }",
            "it has VALUES; write FILTER(... IN ...)",
        ),
        (
            "SELECT $this WHERE { SERVICE <https://a.example/> { $this schema:name ?n } }",
            "it has SERVICE; a check asks nobody",
        ),
        (
            "SELECT $this WHERE { GRAPH ?g { $this schema:name ?n } }",
            "it has GRAPH; the facts are one graph here",
        ),
        ("ASK { $this schema:name ?n }", "it is no SELECT over the facts"),
        (
            "SELECT $this ?value WHERE { $this $PATH ?value }",
            "it uses $PATH, which is not supported here",
        ),
    ];
    for (query, reason) in table {
        let text = format!(
            "x:A a sh:NodeShape ; sh:sparql [ sh:select \"{query}\" ; sh:prefixes <https://w3id.org/adit/shapes> ] ."
        );
        let expected =
            format!("shapes x.ttl: the query of https://shop.example/profile#A: {reason}");
        assert_eq!(refusal(&text), expected, "{query}");
    }
    let syntax = refusal("x:A a sh:NodeShape ; sh:sparql [ sh:select \"SELECT $this {\" ] .");
    assert!(syntax.starts_with("shapes x.ttl: the query of https://shop.example/profile#A: "));
}

#[test]
fn a_shape_that_is_switched_off_is_silent() {
    let profile = format!(
        "{PREFIXES} <https://shop.example/profile> a adit:Profile ; adit:profileOf \"x\" .
        x:A a sh:NodeShape ; sh:targetClass schema:ProductModel ; sh:deactivated true ; sh:pattern \"^never$\" .
        x:B a sh:NodeShape ; sh:targetClass schema:ProductModel ; sh:severity sh:Warning ; sh:pattern \"^never$\" ."
    );
    let shapes = Shapes::of(&Vocabulary::with([("x.ttl".to_owned(), profile)]).unwrap()).unwrap();
    let findings = found(
        &shapes,
        &turtle(&format!("{PREFIXES} m:1 a schema:ProductModel .")),
        &Scope::default(),
    );
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.shape.as_str(), "https://shop.example/profile#B");
    assert_eq!(finding.severity, Severity::Warning);
    // A shape without a message says what it asks for.
    assert_eq!(finding.message("fi"), "the value does not match ^never$");
}
