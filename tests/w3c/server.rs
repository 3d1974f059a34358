//! A running connector that holds the data of all entries, open to everybody, and requests to it.

use super::data;
use super::manifest::{Kind, QUERY, RESULTS, SERVICE, entries, folder};
use crate::client::{Client, Got, encoded};
use adit::circle::Circle;
use adit_facts::{Change, Store};
use oxrdf::{NamedNode, Quad};
use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock};

/// Asks a query over a dataset, as a form.
pub(super) fn ask(query: &str, default: &[NamedNode], named: &[NamedNode], accept: &str) -> Got {
    let part = |name: &str, value: &str| format!("{name}={}", encoded(value));
    let graphs = default.iter().map(|graph| part("default-graph-uri", graph.as_str()));
    let named = named.iter().map(|graph| part("named-graph-uri", graph.as_str()));
    let form: Vec<_> = graphs.chain(named).chain([part("query", query)]).collect();
    let headers = [&format!("Accept: {accept}"), "Content-Type: application/x-www-form-urlencoded"];
    client().send("POST", "/sparql", &headers, Some(form.join("&").as_bytes()))
}

/// Nobody in particular, before the connector, which is started once.
///
/// It ends when this process does: its standard input closes.
pub(super) fn client() -> &'static Client {
    static CIRCLE: OnceLock<(Mutex<Circle>, Client)> = OnceLock::new();
    let (_, client) = CIRCLE.get_or_init(|| {
        let circle = started();
        let client = Client::public(&circle, "suite");
        (Mutex::new(circle), client)
    });
    client
}

const DEMO: &str = r#"
invitation = []
credential = []
client = []
[[company]]
folder = "suite"
did = "did:web:suite.example"
publishes = false
"#;

const SETTINGS: &str = r#"
did = "did:web:suite.example"
name = "The suite"
base = "https://connector.suite.example"
time_zone = "UTC"
"#;

fn started() -> Circle {
    let root = tempfile::Builder::new().prefix("adit-w3c-").tempdir().unwrap().keep();
    let (examples, companies) = (root.join("examples"), root.join("companies"));
    let policies = examples.join("suite/policies");
    std::fs::create_dir_all(&policies).unwrap();
    std::fs::create_dir_all(&companies).unwrap();
    std::fs::write(examples.join("demo.toml"), DEMO).unwrap();
    std::fs::write(examples.join("suite/adit.toml"), SETTINGS).unwrap();
    std::fs::copy(folder().join("all-open.json"), policies.join("all-open.json")).unwrap();
    let mut circle = Circle::prepare(crate::circle::program(), &examples, &companies).unwrap();
    fill(&Store::open(&circle.folder("suite").join(".adit/facts")).unwrap());
    circle.start().unwrap();
    circle
}

/// Puts each data file into a room of its name. A publication could not: the room of a fact follows from the fact.
fn fill(store: &Store) {
    let mut graphs = BTreeSet::new();
    for entry in entries(&[QUERY, RESULTS, SERVICE].concat()) {
        match entry.kind() {
            Kind::Evaluation => {
                let evaluation = entry.evaluation();
                let files = evaluation.default.into_iter().chain(evaluation.named);
                graphs.extend(files.map(|file| (file.clone(), file)));
            }
            Kind::Protocol => graphs.extend(entry.graphs()),
            Kind::PositiveSyntax | Kind::NegativeSyntax | Kind::ServiceDescription => {}
        }
    }
    let quads = graphs.iter().flat_map(|(file, name)| {
        data::facts(file).into_iter().map(|triple| triple.in_graph(name.clone()))
    });
    let add: Vec<Quad> = quads.collect();
    store.apply(1, &Change { add, remove: vec![] }).unwrap();
}
