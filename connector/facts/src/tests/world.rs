//! Small data sets, the callers who look at them, and the plain store that says what they must see.

use crate::{Change, Results, Store, with_paths_of_no_step};
use adit_policy::Permit;
use adit_vocab::{Room, Tier, adit, eudpp, schema};
use fastrand::Rng;
use oxigraph::sparql::SparqlEvaluator;
use oxrdf::vocab::xsd;
use oxrdf::{Dataset, GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term};
use spareval::{QueryEvaluator, QueryResults};
use spargebra::SparqlParser;
use tempfile::TempDir;

pub(super) const AT: &str = "2026-03-01T12:00:00Z";

pub(super) fn iri(text: &str) -> NamedNode {
    NamedNode::new(text).unwrap()
}

pub(super) fn room(path: &str) -> NamedNode {
    iri(&format!("https://a.example/room/{path}"))
}

pub(super) fn quad(
    subject: &str,
    predicate: impl Into<NamedNode>,
    object: impl Into<Term>,
    room: &NamedNode,
) -> Quad {
    Quad::new(iri(subject), predicate, object, room.clone())
}

pub(super) fn typed(text: &str, datatype: NamedNodeRef<'_>) -> Literal {
    Literal::new_typed_literal(text, datatype)
}

/// A store in a directory of its own, with one publication.
pub(super) fn stored(quads: &[Quad]) -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open_passing(directory.path()).unwrap();
    store.apply(1, &Change { add: quads.to_vec(), remove: vec![] }).unwrap();
    (directory, store)
}

pub(super) const ROOMS: [&str; 6] = [
    "https://a.example/room/machined-part/as-built/public",
    "https://a.example/room/machined-part/as-used/research",
    "https://a.example/room/machined-part/as-built/owner",
    "https://a.example/room/machined-part/as-built/partner/did:web:oem.example",
    "https://a.example/room/machined-part/as-built/partner/did:web:mine.example",
    "https://a.example/not-a-room",
];

/// A random data set: items with names and numbers, links, and nodes that derived quads follow from.
///
/// A plain one spells every number as Oxigraph's own store would, which gives back values and not texts.
pub(super) fn world(rng: &mut Rng, plain: bool) -> Vec<Quad> {
    let mut quads = Vec::new();
    let number = if plain { plain_number } else { number };
    for _ in 0..60 {
        let subject = item(rng);
        let (predicate, object) = match rng.u8(..6) {
            0 => (schema::NAME.into_owned(), text(rng)),
            1 => (iri("https://a.example/links"), item(rng).into()),
            2 => (iri("https://a.example/links"), number(rng)),
            3 => (iri("https://a.example/weighs"), number(rng)),
            4 => (schema::MODEL.into_owned(), item(rng).into()),
            _ => (iri("https://a.example/since"), instant(rng)),
        };
        push(rng, &mut quads, subject, predicate, object);
    }
    for n in 0..rng.usize(4..14) {
        node(rng, &mut quads, n, number);
    }
    quads
}

/// States a quad in one room, or in several.
fn push(rng: &mut Rng, quads: &mut Vec<Quad>, s: NamedNode, p: NamedNode, o: Term) {
    for _ in 0..=rng.usize(..2) {
        let room = iri(ROOMS[rng.usize(..ROOMS.len())]);
        quads.push(Quad::new(s.clone(), p.clone(), o.clone(), room));
    }
}

fn node(rng: &mut Rng, quads: &mut Vec<Quad>, n: usize, number: fn(&mut Rng) -> Term) {
    let node = iri(&format!("https://a.example/n/{n}"));
    let [item_of, link, from, through] = match rng.u8(..3) {
        0 => [adit::INSTALLED_ITEM, adit::INSTALLED_IN, schema::VALID_FROM, schema::VALID_THROUGH],
        1 => [adit::PLACED_ITEM, adit::AT_PLACE, schema::VALID_FROM, schema::VALID_THROUGH],
        _ => [
            eudpp::IN_CONTEXT_OF_PRODUCT,
            eudpp::HAS_ACTOR,
            eudpp::ASSIGNMENT_VALID_FROM,
            eudpp::ASSIGNMENT_VALID_TO,
        ],
    };
    for _ in 0..=rng.usize(..2) {
        let object = if rng.u8(..8) == 0 { number(rng) } else { item(rng).into() };
        push(rng, quads, node.clone(), item_of.into_owned(), object);
    }
    for _ in 0..=rng.usize(..2) {
        let object = if rng.u8(..8) == 0 { text(rng) } else { item(rng).into() };
        push(rng, quads, node.clone(), link.into_owned(), object);
    }
    let object = instant(rng);
    push(rng, quads, node.clone(), from.into_owned(), object);
    if rng.bool() {
        let object = instant(rng);
        push(rng, quads, node.clone(), through.into_owned(), object);
    }
    let role = [adit::OWNER, adit::OWNER, adit::CUSTODIAN][rng.usize(..3)];
    push(rng, quads, node, eudpp::HAS_ROLE.into_owned(), role.into_owned().into());
}

pub(super) fn item(rng: &mut Rng) -> NamedNode {
    iri(&format!("https://a.example/i/{}", rng.u8(..9)))
}

fn text(rng: &mut Rng) -> Term {
    match rng.u8(..3) {
        0 => Literal::new_language_tagged_literal_unchecked("axel", "sv").into(),
        1 => Literal::from("shaft").into(),
        _ => Literal::from("bolt \"M8\"\n").into(),
    }
}

fn plain_number(rng: &mut Rng) -> Term {
    let (text, datatype) = [
        ("1", xsd::INTEGER),
        ("2.5", xsd::DECIMAL),
        ("1.5", xsd::DOUBLE),
        ("true", xsd::BOOLEAN),
        ("-3.25", xsd::DECIMAL),
        ("40", xsd::DECIMAL),
    ][rng.usize(..6)];
    typed(text, datatype).into()
}

fn number(rng: &mut Rng) -> Term {
    let (text, datatype) = [
        ("1", xsd::INTEGER),
        ("01", xsd::INTEGER),
        ("2.50", xsd::DECIMAL),
        ("2.5", xsd::DECIMAL),
        ("1.0E0", xsd::DOUBLE),
        ("true", xsd::BOOLEAN),
        ("7", xsd::INT),
        ("-3.25", xsd::DECIMAL),
        ("1.500000000000000000", xsd::DECIMAL),
    ][rng.usize(..9)];
    typed(text, datatype).into()
}

fn instant(rng: &mut Rng) -> Term {
    let (text, datatype) = [
        ("2025-01-01T00:00:00Z", xsd::DATE_TIME),
        ("2026-03-01T12:00:00Z", xsd::DATE_TIME),
        ("2026-03-01T12:00:00.001Z", xsd::DATE_TIME),
        ("2026-03-01T14:30:00+02:30", xsd::DATE_TIME),
        ("2026-03-01T14:31:00+02:30", xsd::DATE_TIME),
        ("2026-03-01T12:00:00.0000001Z", xsd::DATE_TIME),
        ("2026-03-01T11:59:59.9999999Z", xsd::DATE_TIME),
        ("2020-01-01T00:00:00", xsd::DATE_TIME),
        ("2020-01-01", xsd::DATE),
        ("2020-02-30T00:00:00Z", xsd::DATE_TIME),
        ("2020-01-01T00:00:00Z", xsd::STRING),
        ("2027-01-01T00:00:00Z", xsd::DATE_TIME),
        ("2024-06-01T00:00:00Z", xsd::DATE_TIME),
        ("2024-06-01T00:00:00Z", xsd::DATE_TIME),
    ][rng.usize(..14)];
    typed(text, datatype).into()
}

pub(super) fn permit(rng: &mut Rng) -> Permit {
    let tiers = Tier::ALL.iter().copied().filter(|_| rng.u8(..3) > 0).collect::<Vec<_>>();
    let audience = match rng.u8(..3) {
        0 => None,
        1 => Some("did:web:oem.example".parse().unwrap()),
        _ => Some("did:web:mine.example".parse().unwrap()),
    };
    let hidden = [
        "https://a.example/weighs",
        schema::NAME.as_str(),
        adit::INSTALLED_IN.as_str(),
        adit::OWNED_BY.as_str(),
        schema::VALID_THROUGH.as_str(),
        "https://a.example/unknown",
    ];
    let hidden = hidden.iter().filter(|_| rng.u8(..6) == 0).map(|p| (*p).to_owned()).collect();
    Permit::for_test(tiers, audience, rng.u8(..3) == 0, hidden)
}

/// The quads that a permit opens.
pub(super) fn visible(quads: &[Quad], permit: &Permit) -> Vec<Quad> {
    let opens = |quad: &&Quad| {
        let GraphName::NamedNode(room) = &quad.graph_name else { return false };
        let open = match Room::from_iri(room.as_str()) {
            Some(room) => permit.opens(&room),
            None => permit.sees_all_audiences(),
        };
        open && !permit.hides(quad.predicate.as_str())
    };
    quads.iter().filter(opens).cloned().collect()
}

/// Two plain stores with exactly these quads, each in its graph and in the default graph, and the derived ones.
pub(super) struct Oracle {
    store: oxigraph::store::Store,
    dataset: Dataset,
}

impl Oracle {
    pub(super) fn new(quads: &[Quad], permit: &Permit) -> Self {
        let store = oxigraph::store::Store::new().unwrap();
        let mut oracle = Self { store, dataset: Dataset::new() };
        oracle.insert(quads);
        let rules = [
            (adit::PART_OF, [adit::INSTALLED_ITEM, adit::INSTALLED_IN], false, ""),
            (adit::LOCATED_AT, [adit::PLACED_ITEM, adit::AT_PLACE], false, ""),
            (
                adit::OWNED_BY,
                [eudpp::IN_CONTEXT_OF_PRODUCT, eudpp::HAS_ACTOR],
                true,
                "?n <https://w3id.org/eudpp#hasRole> <https://w3id.org/adit/ns#owner> .",
            ),
        ];
        let mut derived = Vec::new();
        for (predicate, [item, link], assignment, role) in rules {
            if permit.hides(predicate.as_str()) {
                continue;
            }
            let (from, through) = match assignment {
                true => (eudpp::ASSIGNMENT_VALID_FROM, eudpp::ASSIGNMENT_VALID_TO),
                false => (schema::VALID_FROM, schema::VALID_THROUGH),
            };
            let reached = |v: &str| {
                format!(
                    "FILTER(datatype(?{v}) = <http://www.w3.org/2001/XMLSchema#dateTime> && tz(?{v}) != '' && \
                     ?{v} <= '{AT}'^^<http://www.w3.org/2001/XMLSchema#dateTime>)"
                )
            };
            let query = format!(
                "SELECT DISTINCT ?x ?y ?g {{ ?n {item} ?x FILTER(isIRI(?x)) GRAPH ?g {{ ?n {link} ?y }} {role} \
                 ?n {from} ?f {} FILTER NOT EXISTS {{ ?n {through} ?t {} }} }}",
                reached("f"),
                reached("t")
            );
            let Results::Solutions { rows, .. } = oracle.query(&query) else { panic!("rows") };
            for row in rows {
                let [Some(Term::NamedNode(x)), Some(y), Some(Term::NamedNode(g))] = &row[..] else {
                    panic!("a derived quad of {row:?}");
                };
                derived.push(Quad::new(x.clone(), predicate, y.clone(), g.clone()));
            }
        }
        oracle.insert(&derived);
        oracle
    }

    fn insert(&mut self, quads: &[Quad]) {
        for quad in quads {
            let merged = Quad { graph_name: GraphName::DefaultGraph, ..quad.clone() };
            for quad in [quad, &merged] {
                self.store.insert(quad.as_ref()).unwrap();
                self.dataset.insert(quad.as_ref());
            }
        }
    }

    /// By the evaluator over a data set in memory that keeps every text.
    pub(super) fn query(&self, text: &str) -> Results {
        let mut query = SparqlParser::new().parse_query(text).unwrap();
        with_paths_of_no_step(&mut query);
        read(QueryEvaluator::new().prepare(&query).execute(&self.dataset).unwrap())
    }

    /// By Oxigraph as it is used by others.
    pub(super) fn query_store(&self, text: &str) -> Results {
        let mut query = SparqlParser::new().parse_query(text).unwrap();
        with_paths_of_no_step(&mut query);
        read(SparqlEvaluator::new().for_query(query).on_store(&self.store).execute().unwrap())
    }
}

fn read(results: QueryResults<'_>) -> Results {
    match results {
        QueryResults::Boolean(value) => Results::Boolean(value),
        QueryResults::Solutions(solutions) => Results::Solutions {
            variables: solutions.variables().to_vec(),
            rows: solutions.map(|row| row.unwrap().values().to_vec()).collect(),
        },
        QueryResults::Graph(triples) => Results::Graph(triples.map(Result::unwrap).collect()),
    }
}

/// The answer as sorted lines, so that equal multisets are equal.
pub(super) fn lines(results: &Results) -> Vec<String> {
    let mut lines: Vec<_> = match results {
        Results::Boolean(value) => vec![value.to_string()],
        Results::Solutions { rows, .. } => rows.iter().map(|row| format!("{row:?}")).collect(),
        Results::Graph(triples) => triples.iter().map(ToString::to_string).collect(),
    };
    lines.sort_unstable();
    lines
}
