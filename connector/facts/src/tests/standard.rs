//! The answers that SPARQL 1.1 asks for where the evaluator gives others.

use super::world::{AT, iri, quad, room, stored};
use crate::{Limits, QueryText, Results, View};
use adit_policy::Permit;
use adit_vocab::Tier;

/// Asks over `a p b` in one open room, `b p 7` in another, `c p d` in a closed one; the rows as lines.
fn ask(query: &str) -> Vec<String> {
    let (one, other) = (room("part/as-built/public"), room("part/as-used/research"));
    let closed = room("part/as-built/owner");
    let quads = [
        quad("urn:x:a", iri("urn:x:p"), iri("urn:x:b"), &one),
        quad("urn:x:b", iri("urn:x:p"), iri("urn:x:e"), &other),
        quad("urn:x:c", iri("urn:x:p"), iri("urn:x:d"), &closed),
    ];
    let (_directory, store) = stored(&quads);
    let permit = Permit::for_test([Tier::Public, Tier::Research], None, false, vec![]);
    let view = View::open(&store, &permit, AT.parse().unwrap()).unwrap();
    let query = query.replace("ONE", &one.to_string()).replace("CLOSED", &closed.to_string());
    let query = format!("PREFIX : <urn:x:> {query}");
    let text = QueryText::scan(&query, None, &Limits::default()).unwrap();
    let mut lines: Vec<_> = match view.query(&text.parse().unwrap()).unwrap() {
        Results::Boolean(value) => vec![value.to_string()],
        Results::Graph(triples) => triples.iter().map(ToString::to_string).collect(),
        Results::Solutions { rows, .. } => {
            let cell = |cell: &Option<oxrdf::Term>| {
                let text = cell.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
                let text = text.replace("^^<http://www.w3.org/2001/XMLSchema#integer>", "");
                text.replace("https://a.example/room/part/", "").replace("urn:x:", ":")
            };
            rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" ")).collect()
        }
    };
    lines.sort_unstable();
    lines
}

fn check(table: &[(&str, &[&str])]) {
    for (query, expected) in table {
        assert_eq!(ask(query), *expected, "{query}");
    }
}

#[test]
fn a_path_of_no_step_holds_for_a_term_that_no_quad_has() {
    check(&[
        ("SELECT * { :nobody :p* ?o }", &["<:nobody>"]),
        ("SELECT * { :nobody :p? ?o }", &["<:nobody>"]),
        ("SELECT * { ?s :p* 'nothing' }", &["\"nothing\""]),
        ("SELECT * { ?s (^:p|:q*)* :nobody }", &["<:nobody>"]),
        ("SELECT * { :c :p* ?o }", &["<:c>"]),
        ("SELECT * { :a :p* ?o }", &["<:a>", "<:b>", "<:e>"]),
        ("SELECT * { :nobody :p+ ?o }", &[]),
        ("SELECT * { :nobody :p*/:p ?o }", &[]),
        ("SELECT * { :nobody :p* ?o . ?o :p ?x }", &[]),
        ("ASK { :nobody :p* :nobody }", &["true"]),
        ("ASK { :nobody :p? :a }", &["false"]),
        ("ASK { :nobody :p :nobody }", &["false"]),
        ("ASK { :a :p ?x FILTER EXISTS { :nobody :p* ?y } }", &["true"]),
        ("SELECT * { GRAPH ONE { :nobody :p* ?o } }", &["<:nobody>"]),
        ("SELECT * { GRAPH ONE { :e :p* ?o } }", &["<:e>"]),
        ("SELECT * { GRAPH CLOSED { :nobody :p* ?o } }", &[]),
        (
            "SELECT ?g ?o { GRAPH ?g { :b :p* ?o } }",
            &["<as-built/public> <:b>", "<as-used/research> <:b>", "<as-used/research> <:e>"],
        ),
    ]);
}

#[test]
fn what_a_graph_holds_is_asked_of_each_by_itself() {
    let both: &[&str] = &["<as-built/public> \"1\"", "<as-used/research> \"1\""];
    check(&[
        ("SELECT ?g ?n { GRAPH ?g { VALUES ?n { 1 } } }", both),
        ("SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } }", both),
        ("SELECT ?g ?n { GRAPH ?g { VALUES (?g ?n) { (ONE 1) } } }", &["<as-built/public> \"1\""]),
        (
            "SELECT ?g ?s { GRAPH ?g { ?s ?p ?o MINUS { ?x :p :e } } }",
            &["<as-built/public> <:a>", "<as-used/research> <:b>"],
        ),
        ("SELECT ?g ?s { GRAPH ?g { ?s ?p ?o MINUS { ?s :p :e } } }", &["<as-built/public> <:a>"]),
        (
            "SELECT ?g ?s { GRAPH ?g { { SELECT ?s { ?s ?p ?o } LIMIT 1 } } }",
            &["<as-built/public> <:a>", "<as-used/research> <:b>"],
        ),
        (
            "SELECT ?g ?h { GRAPH ?g { GRAPH ?h { :a ?p ?o } } }",
            &["<as-built/public> <as-built/public>", "<as-used/research> <as-built/public>"],
        ),
        ("SELECT ?n { GRAPH ONE { VALUES ?n { 1 } } }", &["\"1\""]),
        ("SELECT ?n { GRAPH CLOSED { VALUES ?n { 1 } } }", &[]),
        ("SELECT ?n { GRAPH <urn:x:nowhere> { VALUES ?n { 1 } } }", &[]),
        (
            "SELECT ?g ?n FROM NAMED ONE { GRAPH ?g { VALUES ?n { 1 } } }",
            &["<as-built/public> \"1\""],
        ),
        ("SELECT ?g ?n FROM NAMED CLOSED { GRAPH ?g { VALUES ?n { 1 } } }", &[]),
    ]);
}

#[test]
fn group_concat_gives_a_plain_string() {
    check(&[
        ("SELECT (GROUP_CONCAT(?o) AS ?t) { VALUES ?o { 'a'@en 'a'@en } }", &["\"a a\""]),
        ("SELECT (GROUP_CONCAT(?o; SEPARATOR='') AS ?t) { VALUES ?o { 'a'@en } }", &["\"a\""]),
        ("SELECT (GROUP_CONCAT(DISTINCT ?o) AS ?t) { VALUES ?o { 'a'@en 'a'@fr } }", &["\"a a\""]),
        ("SELECT (GROUP_CONCAT(?o) AS ?t) { VALUES ?o { } }", &["\"\""]),
        ("SELECT (GROUP_CONCAT(?o) AS ?t) { VALUES ?o { <urn:x:a> } }", &["-"]),
        (
            "SELECT ?s { ?s :p ?o } GROUP BY ?s HAVING(GROUP_CONCAT('a'@en) = 'a')",
            &["<:a>", "<:b>"],
        ),
    ]);
}

#[test]
fn bnode_of_a_text_is_one_node_of_the_row() {
    let two_rows = "VALUES ?x { 1 2 }";
    let count = |select: &str| {
        ask(&format!(
            "SELECT ({select} AS ?n) {{ {two_rows} BIND(BNODE('t e') AS ?b) BIND(BNODE('t e') AS ?c) }}"
        ))
    };
    assert_eq!(count("COUNT(DISTINCT ?b)"), ["\"2\""]);
    assert_eq!(count("MIN(IF(SAMETERM(?b, ?c), 'same', 'other'))"), ["\"same\""]);
    check(&[
        (
            "SELECT (BNODE('a') AS ?b) (BNODE('b') AS ?c) (SAMETERM(?b, ?c) AS ?s) {} HAVING(!?s)",
            &[],
        ),
        (
            "SELECT ?n { BIND(BNODE(1) AS ?b) BIND(BOUND(?b) AS ?n) }",
            &["\"false\"^^<http://www.w3.org/2001/XMLSchema#boolean>"],
        ),
        (
            "SELECT (ISBLANK(BNODE('a')) AS ?is) {}",
            &["\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>"],
        ),
    ]);
}
