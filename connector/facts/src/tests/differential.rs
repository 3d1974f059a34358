//! `answer(query, permit)` equals the answer of a plain store that holds what the permit opens.

use super::world::{AT, Oracle, ROOMS, item, lines, permit, stored, visible, world};
use crate::{Limits, QueryText, Results, Store, View};
use adit_policy::Permit;
use fastrand::Rng;
use oxrdf::Quad;

/// `I`, `J` are items, `R`, `S` rooms, `P` a predicate.
const QUERIES: [&str; 42] = [
    "SELECT * { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT * { I ?p ?o }",
    "SELECT * { ?s ?p I }",
    "SELECT * { ?s P ?o }",
    "SELECT * { I P ?o }",
    "SELECT * { ?s P I }",
    "SELECT * { I ?p J }",
    "SELECT * { ?x P ?x }",
    "ASK { I P J }",
    "SELECT * { GRAPH ?g { ?s P ?o } }",
    "SELECT * { GRAPH R { ?s ?p ?o } }",
    "SELECT * { GRAPH R { I ?p ?o } }",
    "SELECT * { GRAPH ?g { I ?p ?o } }",
    "SELECT ?g { GRAPH ?g {} }",
    "SELECT (1 AS ?one) { GRAPH R {} }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "SELECT * { ?s P ?o OPTIONAL { ?o <https://a.example/weighs> ?w } }",
    "SELECT * { ?s P ?o FILTER NOT EXISTS { ?o ?q ?z } }",
    "SELECT * { ?s ?p ?o MINUS { ?s <https://schema.org/name> ?name } }",
    "SELECT * { ?s P+ ?o }",
    "SELECT * { I P* ?o }",
    "SELECT * { ?s P+ I }",
    "SELECT * { ?s (P|^<https://a.example/links>)/<https://schema.org/model>? ?o }",
    "SELECT * { ?s !(P|<https://schema.org/name>) ?o }",
    "SELECT * { GRAPH ?g { ?s P+ ?o } }",
    "SELECT * FROM R { ?s ?p ?o }",
    "SELECT DISTINCT * FROM R FROM S { ?s P ?o }",
    "SELECT * FROM NAMED R { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM R FROM NAMED S { ?s P ?o GRAPH ?g { ?s ?q ?z } }",
    "SELECT * FROM R { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <https://a.example/nowhere> { ?s ?p ?o }",
    "SELECT ?p (COUNT(*) AS ?n) (SUM(?o) AS ?sum) { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?s (AVG(?o) AS ?mean) { ?s <https://a.example/weighs> ?o } GROUP BY ?s HAVING (COUNT(?o) > 1)",
    "SELECT * { { SELECT ?s (MAX(?o) AS ?m) { ?s <https://a.example/weighs> ?o } GROUP BY ?s } ?s P ?o }",
    "SELECT * { ?s P ?o FILTER(?o > 1 || datatype(?o) = <http://www.w3.org/2001/XMLSchema#integer>) }",
    "SELECT * { ?s <https://a.example/since> ?o FILTER(?o <= '2026-03-01T12:00:00Z'^^<http://www.w3.org/2001/XMLSchema#dateTime>) }",
    "SELECT ?s ?n { ?s ?p ?o BIND(CONCAT(STR(?s), '!', LANG(?o)) AS ?n) VALUES ?p { P <https://schema.org/name> } }",
    "CONSTRUCT { ?o <https://a.example/back> ?s } { ?s P ?o FILTER(isIRI(?o)) }",
    "DESCRIBE I",
    "DESCRIBE ?o { I P ?o }",
    "SELECT * { ?s P ?o . ?o P ?z } ORDER BY ?s ?o STR(?z) DATATYPE(?z) LIMIT 3",
];

const PREDICATES: [&str; 8] = [
    "<https://a.example/links>",
    "<https://w3id.org/adit/ns#partOf>",
    "<https://w3id.org/adit/ns#locatedAt>",
    "<https://w3id.org/adit/ns#ownedBy>",
    "<https://schema.org/model>",
    "<https://w3id.org/adit/ns#installedIn>",
    "<https://a.example/weighs>",
    "<https://a.example/unknown>",
];

fn concrete(rng: &mut Rng, template: &str) -> String {
    let mut query = String::new();
    for word in template.split_inclusive(|c: char| !c.is_ascii_alphabetic()) {
        let (letter, rest) = word.split_at(usize::from(word.len() <= 2));
        match letter {
            "I" | "J" => query.push_str(&item(rng).to_string()),
            "R" | "S" => query.push_str(&format!("<{}>", ROOMS[rng.usize(..ROOMS.len())])),
            "P" => query.push_str(PREDICATES[rng.usize(..PREDICATES.len())]),
            _ => query.push_str(letter),
        }
        query.push_str(rest);
    }
    query
}

fn answer(view: &View, text: &str) -> Results {
    let text = QueryText::scan(text, None, &Limits::default()).unwrap();
    view.query(&text.parse().unwrap()).unwrap()
}

/// Every second data set is plain.
fn cases(seed: u64, mut check: impl FnMut(&Store, &[Quad], &Permit, &str)) {
    let mut rng = Rng::with_seed(seed);
    for n in 0..50 {
        let quads = world(&mut rng, n % 2 == 0);
        let (_directory, store) = stored(&quads);
        for _ in 0..4 {
            let permit = permit(&mut rng);
            for template in QUERIES {
                check(&store, &quads, &permit, &concrete(&mut rng, template));
            }
        }
    }
}

#[test]
fn a_view_answers_like_a_store_cut_down_to_what_is_visible() {
    let (mut full, mut kept, mut data_sets) = (0, 0, 0);
    let mut oracle: Option<(Vec<Quad>, Permit, Oracle)> = None;
    cases(1, |store, quads, permit, query| {
        if !oracle.as_ref().is_some_and(|(q, p, _)| q == quads && p == permit) {
            data_sets += usize::from(!oracle.as_ref().is_some_and(|(q, ..)| q == quads));
            let cut = Oracle::new(&visible(quads, permit), permit);
            oracle = Some((quads.to_vec(), permit.clone(), cut));
        }
        let (_, _, oracle) = oracle.as_ref().unwrap();
        let view = View::open(store, permit, AT.parse().unwrap()).unwrap();
        let (got, expected) = (answer(&view, query), oracle.query(query));
        assert_eq!(lines(&got), lines(&expected), "{query}\n{permit:?}");
        if data_sets % 2 == 1 {
            assert_eq!(lines(&got), lines(&oracle.query_store(query)), "{query}\n{permit:?}");
        }
        full += 1;
        kept += usize::from(lines(&expected).first().is_some_and(|line| line != "false"));
    });
    assert_eq!(full, 50 * 4 * QUERIES.len());
    assert!(kept * 2 > full, "only {kept} of {full} answers have rows");
}

#[cfg(feature = "seeded-faults")]
#[test]
fn each_seeded_fault_shows_within_the_first_cases() {
    use crate::SeededFault;
    for fault in [SeededFault::MaskOff, SeededFault::DuplicatesKept, SeededFault::FromPassedThrough]
    {
        let (mut caught, mut count) = (None, 0);
        cases(2, |store, quads, permit, query| {
            count += 1;
            if caught.is_some() || count > 300 {
                return;
            }
            let oracle = Oracle::new(&visible(quads, permit), permit);
            let view = View::open_faulty(store, permit, AT.parse().unwrap(), fault).unwrap();
            if lines(&answer(&view, query)) != lines(&oracle.query(query)) {
                caught = Some(count);
            }
        });
        assert!(caught.is_some(), "{fault:?} shows nowhere in 300 cases");
    }
}
