//! What is refused, in which words, and that the way out which the words name is one.

use super::net::Net;
use super::{CHAIN, answer, plan, query};
use crate::Refusal;

const BESIDE: &str =
    "; inside OPTIONAL, MINUS and EXISTS only variables that are always bound before it count";
const ZERO: &str = ", or write + in place of * and ? where a path of no step is not meant";
const TYPE: &str = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";

fn lead(name: &str) -> String {
    format!(
        "lead to ?{name} from an identifier, for example VALUES ?{name} {{ <https://id.shop.example/part/1> }}"
    )
}

fn replace(name: &str) -> String {
    format!(
        "?{name} is computed, so nothing is known of it before the question runs: write for example VALUES ?{name} {{ <https://id.shop.example/part/1> }} in place of its BIND"
    )
}

fn repeat(name: &str, pattern: &str) -> String {
    format!(
        "an OPTIONAL may leave ?{name} unbound, and then this asks for everything: repeat `{pattern}` in the same group"
    )
}

/// A question, the pattern that it is refused for, and the way out, all as text.
fn refused() -> Vec<(&'static str, String, String)> {
    let adit = |local: &str| format!("<https://w3id.org/adit/ns#{local}>");
    let grade = adit("grade");
    let part_of = adit("partOf");
    let batch = adit("fromBatch");
    vec![
        ("SELECT * { ?s ?p ?o }", "?s ?p ?o".to_owned(), lead("s")),
        ("SELECT * { ?m a adit:Machine }", format!("?m {TYPE} {}", adit("Machine")), lead("m")),
        ("SELECT * { ?x a <https://oem.example/id/class> }", format!("?x {TYPE} <https://oem.example/id/class>"), lead("x")),
        ("SELECT * { ?x schema:serialNumber \"4711\" }", "?x <https://schema.org/serialNumber> \"4711\"".to_owned(), lead("x")),
        ("SELECT * { VALUES ?r { adit:owner } ?x eudpp:hasRole ?r }", "?x <https://w3id.org/eudpp#hasRole> ?r".to_owned(), lead("x")),
        (
            "SELECT * { GRAPH <https://mill.example/room/steel/as-built/public> { ?s adit:grade ?o } }",
            format!("GRAPH <https://mill.example/room/steel/as-built/public> {{ ?s {grade} ?o }}"),
            lead("s"),
        ),
        ("SELECT * { ?x adit:partOf+ ?y }", format!("?x ({part_of})+ ?y"), lead("x")),
        ("SELECT * { ?x adit:partOf* ?y }", format!("?x ({part_of})* ?y"), lead("x") + ZERO),
        ("SELECT * { adit:Machine adit:partOf* ?y }", format!("{} ({part_of})* ?y", adit("Machine")), lead("y") + ZERO),
        ("SELECT * { <https://oem.example/id/class> ^rdf:type ?y }", format!("?y {TYPE} <https://oem.example/id/class>"), lead("y")),
        // A path of several steps comes from the parser in pieces, between blank nodes.
        ("SELECT * { ?x adit:partOf+/adit:fromBatch ?h }", format!("?x ({part_of})+/{batch} ?h"), lead("x")),
        ("SELECT * { ?x schema:weight/qudt:numericValue ?v }", "?x <https://schema.org/weight>/<http://qudt.org/schema/qudt/numericValue> ?v".to_owned(), lead("x")),
        ("SELECT * { ?x adit:fromBatch/^adit:fromBatch/adit:partOf ?y }", format!("?x {batch}/^{batch}/{part_of} ?y"), lead("x")),
        ("SELECT * { ?x ^adit:fromBatch/adit:grade \"S355J2\" }", format!("?x ^{batch}/{grade} \"S355J2\""), lead("x")),
        ("SELECT * { [] adit:fromBatch [ adit:grade ?g ] }", format!("[] {batch}/{grade} ?g"), lead("g")),
        ("SELECT * { [] adit:fromBatch ?h . ?h adit:grade ?g }", format!("[] {batch} ?h"), lead("h")),
        // The variable to lead to is the one that leads to the rest.
        ("SELECT * { ?h adit:grade ?g . ?x adit:fromBatch ?h . ?x adit:partOf+ ?m }", format!("?h {grade} ?g"), lead("h")),
        ("SELECT * { ?h adit:grade \"S355J2\" . ?x adit:fromBatch ?h . ?x adit:partOf+ ?m . ?m a adit:Machine }", format!("?h {grade} \"S355J2\""), lead("h")),
        ("SELECT * { mill:h1 ?p ?a OPTIONAL { ?a ?q ?b } OPTIONAL { ?b ?r ?c } }", "?b ?r ?c".to_owned(), repeat("b", "?a ?q ?b")),
        ("SELECT * { mill:h1 ?p ?a OPTIONAL { ?a adit:partOf+ ?b } FILTER NOT EXISTS { ?b adit:grade ?c } }", format!("?b {grade} ?c"), repeat("b", &format!("?a ({part_of})+ ?b"))),
        ("SELECT * { mill:h1 ?p ?a MINUS { ?b adit:grade ?c } }", format!("?b {grade} ?c"), lead("b") + BESIDE),
        ("SELECT * { mill:h1 ?p ?a FILTER NOT EXISTS { ?b adit:grade ?c } }", format!("?b {grade} ?c"), lead("b") + BESIDE),
        ("SELECT * { mill:h1 ?p ?a { SELECT ?a { ?a adit:grade ?g } LIMIT 5 } }", format!("?a {grade} ?g"), lead("a")),
        ("SELECT * { mill:h1 ?p ?a { SELECT (COUNT(?a) AS ?n) { ?a adit:grade ?g } } }", format!("?a {grade} ?g"), lead("a")),
        ("SELECT * { { mill:h1 adit:grade ?g } UNION { ?x adit:grade ?g } }", format!("?x {grade} ?g"), lead("x")),
        ("SELECT * { mill:h1 adit:grade ?g BIND(IRI(?g) AS ?x) ?x adit:grade ?h }", format!("?x {grade} ?h"), replace("x")),
        ("SELECT * { mill:h1 ?p ?o OPTIONAL { ?o ?q ?r } BIND(?r AS ?x) ?x adit:grade ?h }", format!("?x {grade} ?h"), replace("x")),
        ("SELECT * { ?a adit:grade ?g . ?b adit:partOf ?c }", format!("?a {grade} ?g"), lead("a")),
        ("SELECT * { mill:h1 adit:grade ?g GRAPH ?r {} }", "GRAPH ?r {}".to_owned(), "put a pattern with an identifier inside GRAPH".to_owned()),
        (
            "SELECT * { GRAPH ?r { oem:m1 adit:partOf* ?x } }",
            format!("GRAPH ?r {{ <https://oem.example/id/m1> ({part_of})* ?x }}"),
            "bind ?r by a pattern of its own, or write + in place of * and ?: a path of no step asks for every graph".to_owned(),
        ),
        (
            "DESCRIBE ?b { mill:h1 ?p ?a OPTIONAL { ?a ?q ?b } }",
            "DESCRIBE ?b".to_owned(),
            "describe identifiers, or variables that every solution binds; a part of the solutions may leave ?b unbound".to_owned(),
        ),
    ]
}

#[test]
fn refuses_what_nothing_leads_to() {
    for (text, pattern, fix) in refused() {
        let refusal = plan(text).unwrap_err();
        let expected = Refusal::NotAnchored { pattern: pattern.clone(), fix: fix.clone() };
        assert_eq!(refusal, expected, "{text}");
        let words = format!("not-anchored: nothing leads to `{pattern}`; {fix}");
        assert_eq!(refusal.to_string(), words);
    }
}

#[test]
fn the_way_out_that_a_refusal_names_is_one() {
    for (text, ..) in refused() {
        let mut changed = text.to_owned();
        // One piece of advice may be for one of several patterns that nothing leads to.
        for _ in 0..3 {
            let Err(refusal) = plan(&changed) else { break };
            changed = follow(&changed, &refusal);
        }
        plan(&changed).unwrap_or_else(|refusal| panic!("{text}\n{changed}: {refusal}"));
    }
}

/// Changes a question as a refusal says.
fn follow(text: &str, refusal: &Refusal) -> String {
    let Refusal::NotAnchored { pattern, fix } = refusal else { panic!("{text}: {refusal}") };
    let values = fix.split_once("VALUES ").map(|(_, rest)| {
        let (values, _) = rest.split_once('}').unwrap();
        format!("VALUES {values}}}")
    });
    if fix.ends_with("in place of its BIND") {
        let values = values.unwrap();
        let name = values.split(' ').nth(1).unwrap();
        let end = format!(" AS {name})");
        let (before, after) = text.split_once(&end).unwrap();
        let (before, _) = before.rsplit_once("BIND(").unwrap();
        return format!("{before}{values}{after}");
    }
    if let Some((_, rest)) = fix.split_once("repeat `") {
        return inserted(text, &format!("{} .", rest.split_once('`').unwrap().0), pattern);
    }
    if let Some(values) = values {
        return inserted(text, &values, pattern);
    }
    if fix.starts_with("bind ?r") {
        return text.replace("partOf*", "partOf+");
    }
    if fix.starts_with("put a pattern") {
        return text.replace("{}", "{ mill:h1 ?any ?thing }");
    }
    assert!(fix.starts_with("describe identifiers"), "{fix}");
    text.replace("OPTIONAL", "")
}

/// Puts something at the start of the group that the refused pattern stands in.
fn inserted(text: &str, what: &str, pattern: &str) -> String {
    let starts = text.match_indices('{').map(|(at, _)| at + 1);
    let changed = starts.map(|at| format!("{} {what} {}", &text[..at], &text[at..]));
    let helps = |changed: &String| {
        let parsed = spargebra::SparqlParser::new().parse_query(&query(changed)).is_ok();
        parsed
            && match plan(changed) {
                Ok(_) => true,
                Err(Refusal::NotAnchored { pattern: next, .. }) => next != pattern,
                Err(_) => false,
            }
    };
    changed.clone().find(helps).unwrap_or_else(|| panic!("{text}: {what} helps nowhere"))
}

#[test]
fn a_chain_of_options_is_answered_once_it_says_what_it_means() {
    let net = Net::of(&CHAIN);
    let refused = "SELECT ?x ?y ?z { ?x adit:fromBatch mill:h1 OPTIONAL { ?x adit:partOf ?y } OPTIONAL { ?y adit:partOf ?z } }";
    assert!(matches!(plan(refused), Err(Refusal::NotAnchored { .. })));
    let repeated = "SELECT ?x ?y ?z { ?x adit:fromBatch mill:h1 OPTIONAL { ?x adit:partOf ?y } OPTIONAL { ?x adit:partOf ?y . ?y adit:partOf ?z } }";
    let nested = "SELECT ?x ?y ?z { ?x adit:fromBatch mill:h1 OPTIONAL { ?x adit:partOf ?y OPTIONAL { ?y adit:partOf ?z } } }";
    let (rows, _) = answer(&net, repeated);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows, answer(&net, nested).0);
}
