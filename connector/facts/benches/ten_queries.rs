//! Ten queries over 1.1 million quads on disk through a View, against Oxigraph's in-memory union of the same quads.
//!
//! `cargo bench -p adit-facts`. Thread processor time, both sides interleaved in one run, parsing included; what
//! counts are the ratios. The answers are compared before anything is timed.

use adit_facts::{Limits, QueryText, Results, Store, View};
use adit_policy::Permit;
use adit_vocab::{Tier, adit, schema};
use fastrand::Rng;
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Quad, Term};

const NS: &str = "https://a.example/ns#";
const TIERS: [Tier; 3] = [Tier::Public, Tier::Research, Tier::Owner];

/// The queries, and how often each is run for one measurement.
const QUERIES: [(&str, &str, usize); 10] = [
    ("q1 describe item", "SELECT ?p ?o { <https://a.example/i/7-3-2-5> ?p ?o }", 5000),
    ("q2 ancestors", "SELECT ?a { <https://a.example/i/7-3-2-5> :partOf+ ?a }", 5000),
    ("q3 descendants", "SELECT ?d { ?d :partOf+ <https://a.example/i/42> }", 200),
    (
        "q4 sum below machine",
        "SELECT (SUM(?c) AS ?sum) { ?d :partOf+ <https://a.example/i/42> ; :co2 ?c }",
        100,
    ),
    (
        "q5 star and filter",
        "SELECT ?i ?m { ?i a :Part ; :material :steel ; :mass ?m ; :madeBy <https://a.example/o/17> FILTER(?m > 60) }",
        5,
    ),
    (
        "q6 count without",
        "SELECT (COUNT(?d) AS ?n) { ?d :partOf+ <https://a.example/i/42> FILTER NOT EXISTS { ?d :material :copper } }",
        200,
    ),
    ("q7 count by class", "SELECT ?c (COUNT(?i) AS ?n) { ?i a ?c } GROUP BY ?c", 5),
    (
        "q8 mean by material",
        "SELECT ?m (AVG(?c) AS ?mean) { ?i :material ?m ; :co2 ?c } GROUP BY ?m",
        1,
    ),
    ("q9 count all", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", 1),
    ("q10 order, top ten", "SELECT ?i ?c { ?i :co2 ?c } ORDER BY DESC(?c) ?i LIMIT 10", 1),
];

fn iri(text: String) -> NamedNode {
    NamedNode::new_unchecked(text)
}

/// 100 machines of ten modules of ten assemblies of ten parts, ten quads each, in 300 rooms.
fn generate(mut take: impl FnMut(Quad)) {
    let mut rng = Rng::with_seed(42);
    for machine in 0..100 {
        let name = format!("{machine}");
        item(&mut rng, machine, &name, None, "Machine", &mut take);
        for module in 0..10 {
            let module = format!("{name}-{module}");
            item(&mut rng, machine, &module, Some(&name), "Module", &mut take);
            for assembly in 0..10 {
                let assembly = format!("{module}-{assembly}");
                item(&mut rng, machine, &assembly, Some(&module), "Assembly", &mut take);
                for part in 0..10 {
                    let part = format!("{assembly}-{part}");
                    item(&mut rng, machine, &part, Some(&assembly), "Part", &mut take);
                }
            }
        }
    }
}

/// The same tree as installations, from which the View derives `adit:partOf`.
fn generate_installations(mut take: impl FnMut(Quad)) {
    let room = iri("https://a.example/room/m/as-built/public".to_owned());
    let from = Literal::new_typed_literal("2025-01-01T00:00:00Z", xsd::DATE_TIME);
    let part_of = format!("{NS}partOf");
    generate(|quad| {
        if quad.predicate.as_str() == part_of {
            let node =
                iri(format!("{}/installation", quad.subject.to_string().trim_matches(['<', '>'])));
            let NamedOrBlankNode::NamedNode(item) = quad.subject else { return };
            take(Quad::new(node.clone(), adit::INSTALLED_ITEM, item, room.clone()));
            take(Quad::new(node.clone(), adit::INSTALLED_IN, quad.object, room.clone()));
            take(Quad::new(node, schema::VALID_FROM, from.clone(), room.clone()));
        }
    });
}

/// What derived predicates cost; there is nothing to compare them with.
#[expect(clippy::print_stdout, reason = "a report is what a benchmark is for")]
fn derived(permit: &Permit) {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store");
    let mut publication = store.begin(1).expect("an empty store");
    generate_installations(|quad| publication.add(quad.as_ref()).expect("a storable quad"));
    publication.commit().expect("a commit");
    let at = "2026-03-01T00:00:00Z".parse().expect("an instant");
    let view = View::open(&store, permit, at).expect("a view");
    let part_of = "<https://w3id.org/adit/ns#partOf>";
    let table = [
        (
            "derived ancestors",
            format!("SELECT * {{ <https://a.example/i/7-3-2-5> {part_of}+ ?a }}"),
            2000,
        ),
        (
            "derived descendants",
            format!("SELECT * {{ ?d {part_of}+ <https://a.example/i/42> }}"),
            50,
        ),
        ("derived count", format!("SELECT (COUNT(*) AS ?n) {{ ?s {part_of} ?o }}"), 3),
    ];
    for (name, query, rounds) in table {
        println!("{name:<22} {:>21.3}", timed(rounds, || by_view(&view, &query)));
    }
}

fn item(
    rng: &mut Rng,
    machine: u32,
    name: &str,
    parent: Option<&str>,
    class: &str,
    take: &mut impl FnMut(Quad),
) {
    let subject = iri(format!("https://a.example/i/{name}"));
    let term = |local: &str| iri(format!("{NS}{local}"));
    let decimal = |value: u32| {
        Literal::new_typed_literal(format!("{}.{}", value / 10, value % 9 + 1), xsd::DECIMAL)
    };
    let material = ["steel", "copper", "aluminium", "rubber", "glass"][rng.usize(..5)];
    let made =
        format!("20{:02}-{:02}-{:02}T08:00:00Z", rng.u8(10..26), rng.u8(1..13), rng.u8(1..29));
    let mut facts: Vec<(Tier, NamedNode, Term)> = vec![
        (TIERS[0], rdf::TYPE.into_owned(), term(class).into()),
        (TIERS[0], term("name"), Literal::from(format!("{class} {name}")).into()),
        (TIERS[0], term("material"), term(material).into()),
        (TIERS[0], term("madeBy"), iri(format!("https://a.example/o/{}", rng.u8(..200))).into()),
        (TIERS[1], term("mass"), decimal(rng.u32(..1000)).into()),
        (TIERS[1], term("made"), Literal::new_typed_literal(made, xsd::DATE_TIME).into()),
        (TIERS[1], term("serial"), Literal::from(format!("SN{:08}", rng.u32(..99_999_999))).into()),
        (TIERS[2], term("co2"), decimal(rng.u32(..100_000)).into()),
        (TIERS[2], term("price"), decimal(rng.u32(..1_000_000)).into()),
    ];
    if let Some(parent) = parent {
        let parent = iri(format!("https://a.example/i/{parent}"));
        facts.push((TIERS[1], term("partOf"), parent.into()));
    }
    for (tier, predicate, object) in facts {
        let room = iri(format!("https://a.example/room/m{machine}/as-built/{tier}"));
        take(Quad::new(subject.clone(), predicate, object, room));
    }
}

/// Processor time of this thread, in milliseconds.
fn cpu_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a Linux system");
    let spent = text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok());
    spent.expect("the first number is nanoseconds") / 1e6
}

fn text(query: &str) -> String {
    format!("PREFIX : <{NS}> {query}")
}

type Rows = Vec<Vec<Option<Term>>>;

fn by_view(view: &View, query: &str) -> Rows {
    let text = QueryText::scan(query, None, &Limits::default()).expect("a small query");
    // As a worker does, the parser runs on the thread at hand: starting one is not what is measured.
    let query = spargebra::SparqlParser::new().parse_query(text.as_str()).expect("a query");
    match view.query(&query).expect("an answer") {
        Results::Solutions { rows, .. } => rows,
        Results::Boolean(_) | Results::Graph(_) => Vec::new(),
    }
}

fn by_union(store: &oxigraph::store::Store, query: &str) -> Rows {
    let mut query = SparqlEvaluator::new().parse_query(query).expect("a query");
    query.dataset_mut().set_default_graph_as_union();
    match query.on_store(store).execute().expect("an answer") {
        QueryResults::Solutions(rows) => {
            rows.map(|row| row.expect("a row").values().to_vec()).collect()
        }
        QueryResults::Boolean(_) | QueryResults::Graph(_) => Vec::new(),
    }
}

fn timed(rounds: usize, mut run: impl FnMut() -> Rows) -> f64 {
    let start = cpu_ms();
    for _ in 0..rounds {
        std::hint::black_box(run());
    }
    (cpu_ms() - start) / rounds as f64
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn sorted(rows: &Rows) -> Vec<String> {
    let mut lines: Vec<_> = rows.iter().map(|row| format!("{row:?}")).collect();
    lines.sort();
    lines
}

#[expect(clippy::print_stdout, reason = "a report is what a benchmark is for")]
fn main() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::open(directory.path()).expect("a store");
    let start = cpu_ms();
    let mut publication = store.begin(1).expect("an empty store");
    generate(|quad| publication.add(quad.as_ref()).expect("a storable quad"));
    publication.commit().expect("a commit");
    println!(
        "load, generation of the quads included: {:.1} s of processor",
        (cpu_ms() - start) / 1e3
    );
    let data = std::fs::metadata(directory.path().join("data.mdb")).expect("the file").len();
    println!("{} quads, {} MB on disk", store.len().expect("a length"), data >> 20);

    let union = oxigraph::store::Store::new().expect("a store");
    let mut loader = union.bulk_loader();
    let mut quads = Vec::new();
    generate(|quad| quads.push(quad));
    loader.load_quads(quads).expect("a load");
    loader.commit().expect("a commit");

    let at = "2026-03-01T00:00:00Z".parse().expect("an instant");
    let permit = |tiers: &[Tier]| Permit::for_test(tiers.iter().copied(), None, true, vec![]);
    let all = View::open(&store, &permit(&TIERS), at).expect("a view");
    let most = View::open(&store, &permit(&TIERS[..2]), at).expect("a view");
    for (name, query, _) in QUERIES {
        let (ours, theirs) = (by_view(&all, &text(query)), by_union(&union, &text(query)));
        assert!(sorted(&ours) == sorted(&theirs), "{name}: the answers differ");
    }
    let only = std::env::args().nth(1).filter(|arg| arg.starts_with('q'));
    println!(
        "{:<22} {:>10} {:>10} {:>6} {:>10} {:>6}",
        "CPU ms", "union", "all", "ratio", "2/3", "ratio"
    );
    for (name, query, rounds) in QUERIES {
        if only.as_ref().is_some_and(|only| !name.starts_with(&format!("{only} "))) {
            continue;
        }
        let query = text(query);
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..7 {
            times[0].push(timed(rounds, || by_union(&union, &query)));
            times[1].push(timed(rounds, || by_view(&all, &query)));
            times[2].push(timed(rounds, || by_view(&most, &query)));
        }
        let [theirs, ours, most] = times.map(median);
        println!(
            "{name:<22} {theirs:>10.3} {ours:>10.3} {:>6.2} {most:>10.3} {:>6.2}",
            ours / theirs,
            most / theirs
        );
    }
    derived(&permit(&TIERS));
}
