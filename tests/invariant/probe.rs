//! Fixed questions, asked by random people of random data sets: those that have leaked in other
//! engines, and those of the trade whose answers lie at several companies.

use crate::data::iri;
use crate::query::Source;
use adit_vocab::PREFIXES;
use fastrand::Rng;
use oxrdf::NamedNode;

/// Where `ROOM` stands, a room of the company is named, visible or not.
const LOCAL: [&str; 24] = [
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "SELECT ?p (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?g WHERE { GRAPH ?g { } }",
    "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "ASK { GRAPH ROOM { } }",
    "ASK { GRAPH ROOM { ?s ?p ?o } }",
    "SELECT * WHERE { GRAPH ROOM { ?s ?p ?o } }",
    "SELECT * WHERE { GRAPH ?g { ?s adit:partOf ?o } FILTER(?g = ROOM) }",
    "SELECT (COUNT(*) AS ?n) FROM ROOM WHERE { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) FROM ROOM WHERE { GRAPH ?g { ?s ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) FROM NAMED ROOM WHERE { ?s ?p ?o }",
    "SELECT ?g ?s FROM NAMED ROOM WHERE { GRAPH ?g { ?s a ?class } }",
    "SELECT ?g FROM NAMED ROOM WHERE { GRAPH ?g { } }",
    "SELECT ?s ?g FROM ROOM FROM NAMED ROOM WHERE { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?x ?y WHERE { ?x adit:partOf* ?y }",
    "SELECT ?x ?y WHERE { ?x adit:partOf+ ?y }",
    "SELECT ?x ?y WHERE { GRAPH ROOM { ?x adit:partOf* ?y } }",
    "SELECT ?g ?x ?y WHERE { GRAPH ?g { ?x adit:partOf+ ?y } }",
    "SELECT ?x ?y FROM ROOM WHERE { ?x (adit:partOf|adit:installedIn|^adit:installedItem)+ ?y }",
    "SELECT ?x WHERE { ?i adit:installedItem ?x FILTER NOT EXISTS { ?x adit:partOf ?y } }",
    "SELECT ?x ?y WHERE { ?x !(rdf:type|^schema:weight) ?y }",
    "SELECT ?s WHERE { ?s a ?class MINUS { GRAPH ROOM { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { GRAPH ROOM { ?s ?p ?o } } }",
    "SELECT ?d (COUNT(*) AS ?n) (SUM(?w) AS ?sum) WHERE { ?x schema:weight/qudt:numericValue ?w OPTIONAL { ?x adit:deliveredTo ?d } } GROUP BY ?d",
];

/// Where `HEAT`, `PART`, `MODULE`, `MACHINE` or `SITE` stands, an item of that kind is named.
const FEDERATED: [&str; 32] = [
    "SELECT ?x WHERE { ?x adit:partOf+ MACHINE }",
    "SELECT ?x WHERE { ?x adit:partOf* MODULE }",
    "SELECT ?x ?n WHERE { PART adit:partOf* ?x OPTIONAL { ?x schema:name ?n } }",
    "SELECT ?x WHERE { PART adit:partOf? ?x }",
    "SELECT ?machine ?place ?owner ?since WHERE { ?part adit:fromBatch HEAT . ?part adit:partOf+ ?machine . ?machine a adit:Machine OPTIONAL { ?machine adit:locatedAt ?place } OPTIONAL { ?role eudpp:inContextOfProduct ?machine ; eudpp:hasActor ?owner ; eudpp:hasRole adit:owner ; eudpp:assignmentValidFrom ?since } }",
    "SELECT ?part WHERE { ?part adit:fromBatch HEAT FILTER NOT EXISTS { ?part adit:partOf+/adit:locatedAt ?place } }",
    "SELECT ?part WHERE { ?part adit:fromBatch HEAT MINUS { ?part adit:partOf+ ?m . ?m adit:ownedBy ?o } }",
    "SELECT ?x ?n WHERE { PART adit:partOf* ?x { SELECT ?x (COUNT(?y) AS ?n) WHERE { ?y adit:partOf ?x } GROUP BY ?x } }",
    "SELECT ?p ?m ?w WHERE { ?p adit:fromBatch HEAT OPTIONAL { ?p adit:partOf ?m OPTIONAL { ?m adit:partOf ?k . ?k schema:weight/qudt:numericValue ?w } } }",
    "SELECT ?g ?h ?p ?m WHERE { GRAPH ?g { ?p adit:fromBatch HEAT } GRAPH ?h { ?p adit:partOf ?m } }",
    "SELECT ?g ?x WHERE { GRAPH ?g { ?x adit:partOf+ MACHINE } }",
    "SELECT ?x WHERE { PART (adit:partOf|adit:installedIn|^adit:installedItem)+ ?x }",
    "SELECT ?heat WHERE { MACHINE ^adit:partOf+/adit:fromBatch ?heat }",
    "SELECT ?x ?y WHERE { VALUES ?x { PART MODULE } ?x adit:partOf* ?y }",
    "SELECT ?x WHERE { { ?x adit:partOf MODULE } UNION { HEAT ^adit:fromBatch ?x } }",
    "SELECT ?h ?d ?grade WHERE { PART adit:fromBatch ?h OPTIONAL { ?h adit:factsHeldBy ?d } OPTIONAL { ?h adit:grade ?grade } }",
    "SELECT ?m (SUM(?w) AS ?sum) WHERE { ?x adit:partOf+ ?m . ?m adit:partOf* MACHINE . ?x schema:weight/qudt:numericValue ?w } GROUP BY ?m",
    "DESCRIBE ?x WHERE { PART adit:partOf+ ?x }",
    "CONSTRUCT { ?x adit:partOf ?y } WHERE { ?x adit:partOf ?y . ?y adit:partOf* MACHINE }",
    "SELECT ?p ?o WHERE { MACHINE ?p ?o }",
    "SELECT ?s ?p WHERE { ?s ?p MACHINE }",
    "SELECT ?p ?q ?r WHERE { PART ?p ?o . ?o ?q ?r }",
    "SELECT ?b ?h WHERE { ?a adit:fromBatch HEAT . ?a adit:partOf ?m . ?b adit:partOf ?m . ?b adit:fromBatch ?h FILTER(?a != ?b) }",
    "SELECT ?x WHERE { PART !(adit:partOf|rdf:type) ?x }",
    "SELECT ?x WHERE { PART (adit:partOf/adit:partOf)? ?x }",
    "SELECT ?x ?v WHERE { PART (adit:fromBatch/adit:deliveredTo|adit:partOf)* ?x OPTIONAL { ?x schema:model ?v } }",
    "ASK { ?x adit:locatedAt SITE . ?x adit:ownedBy ?o FILTER EXISTS { ?part adit:partOf+ ?x } }",
    "SELECT ?x ?country WHERE { ?x adit:locatedAt/schema:containedInPlace* SITE . SITE schema:addressCountry ?country }",
    "SELECT DISTINCT ?x ?y WHERE { ?x adit:partOf ?y . ?y adit:partOf* MACHINE } ORDER BY ?x ?y LIMIT 3",
    "SELECT ?x ?alias WHERE { MODULE adit:partOf+ ?x . ?alias prov:alternateOf ?x FILTER NOT EXISTS { ?x schema:name ?n MINUS { ?x adit:grade ?g } } }",
    "SELECT ?x ?n WHERE { { SELECT ?x WHERE { MODULE adit:partOf ?x } ORDER BY ?x LIMIT 1 } ?x schema:name ?n }",
    "SELECT ?i ?from ?to WHERE { ?i adit:installedItem PART ; schema:validFrom ?from OPTIONAL { ?i schema:validThrough ?to FILTER(?to > ?from) } }",
];

/// How many questions there are for one company.
pub(crate) const LOCAL_COUNT: usize = LOCAL.len();
/// How many questions there are for all companies together.
pub(crate) const FEDERATED_COUNT: usize = FEDERATED.len();

/// A question for one company, with a room in it.
pub(crate) fn local(rng: &mut Rng, number: usize, rooms: &[NamedNode]) -> String {
    let nowhere = iri("https://nowhere.example/room/steel/as-built/public");
    let room = rooms.get(rng.usize(..rooms.len().max(1))).unwrap_or(&nowhere);
    prefixed(&LOCAL[number % LOCAL_COUNT].replace("ROOM", &room.to_string()))
}

/// A question for all companies, with items in it.
pub(crate) fn federated(rng: &mut Rng, number: usize, source: Source<'_>) -> String {
    let mut text = FEDERATED[number % FEDERATED_COUNT].to_owned();
    for (word, kind) in [
        ("HEAT", "/heat/"),
        ("PART", "/part/"),
        ("MODULE", "/module/"),
        ("MACHINE", "/machine/"),
        ("SITE", "/site/"),
    ] {
        let facts = if rng.u8(..5) == 0 { source.all } else { source.seen };
        let subjects = facts.iter().map(|quad| quad.subject.to_string());
        let items: Vec<String> = subjects.filter(|item| item.contains(kind)).collect();
        let nothing = format!("<https://id.nowhere.example{kind}999>");
        text = text.replace(word, items.get(rng.usize(..items.len().max(1))).unwrap_or(&nothing));
    }
    prefixed(&text)
}

fn prefixed(text: &str) -> String {
    let prefixes = PREFIXES.iter().map(|(name, iri)| format!("PREFIX {name}: <{iri}> "));
    format!("{}{text}", prefixes.collect::<String>())
}
