//! The SPARQL clients that people use, the real packages, with the bearer of `adit token` as their only setting.

use crate::circle::{companies, program, root, text};
use crate::client::Client;
use crate::node::node;
use adit::circle::Circle;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

const SHOP: &str = "did:web:revonsalmi.example";
const HEATS: &str =
    "SELECT ?part ?heat { ?part <https://w3id.org/adit/ns#fromBatch> ?heat } ORDER BY ?part ?heat";
const NAMED: &str =
    "CONSTRUCT { ?s <https://schema.org/name> ?n } WHERE { ?s <https://schema.org/name> ?n }";

/// Somebody who asks the shop.
struct Caller {
    name: &'static str,
    endpoint: String,
    /// Empty for the public.
    bearer: String,
    asks: Client,
}

/// A question, and its rows without their order.
struct Question {
    query: String,
    rows: Vec<Vec<String>>,
}

type Rows = Vec<Vec<String>>;

/// The machine builder as a partner of the shop, and the public.
fn callers(circle: &Circle) -> [Caller; 2] {
    let endpoint = format!("http://{}/sparql", circle.address("shop").unwrap());
    let token = circle.adit("oem", &["token", "--peer", SHOP, "--purpose", "recall"]).unwrap();
    let bearer = text(&token).trim().to_owned();
    let asks = Client::public(circle, "shop");
    let partner = Caller {
        name: "partner",
        endpoint: endpoint.clone(),
        asks: asks.with_bearer(&bearer),
        bearer,
    };
    let asks = Client::public(circle, "shop");
    [partner, Caller { name: "public", endpoint, bearer: String::new(), asks }]
}

impl Caller {
    /// What this caller may learn of the shop alone: where the locking pin is, by the rows that follow from the files,
    /// and the heat of every part, by those that curl gets.
    fn questions(&self) -> [Question; 2] {
        let examples = root().join("examples");
        // Of the pin the shop knows as much as its own people may learn anywhere.
        let expected = if self.bearer.is_empty() { "public" } else { "shop" };
        let expected = examples.join(format!("expected/where-is-serial.{expected}.csv"));
        let query = std::fs::read_to_string(examples.join("questions/where-is-serial.rq")).unwrap();
        let pin = Question { query, rows: csv(&std::fs::read_to_string(expected).unwrap()) };
        let heats = csv(self.asks.query(HEATS, "text/csv").text());
        assert_eq!(heats.len() > 100, !self.bearer.is_empty(), "{} heats", heats.len());
        assert_eq!(pin.rows.len(), 1);
        [pin, Question { query: HEATS.to_owned(), rows: heats }]
    }

    fn names(&self) -> u64 {
        let got = self.asks.query(NAMED, "application/n-triples");
        got.text().lines().count() as u64
    }

    /// Runs a client and reads what it prints as JSON.
    fn run(&self, client: &mut Command, question: &Question) -> Value {
        let output = client
            .env("ENDPOINT", &self.endpoint)
            .env("TOKEN", &self.bearer)
            .env("QUERY", &question.query)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", self.name);
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// The rows of a CSV text, which has a header and quotes around a cell with a comma.
fn csv(text: &str) -> Rows {
    let row = |line: &str| {
        let mut cells = vec![String::new()];
        for (part, piece) in line.split('"').enumerate() {
            let mut pieces = if part % 2 == 1 { vec![piece] } else { piece.split(',').collect() };
            let first = pieces.remove(0);
            cells.last_mut().unwrap().push_str(first);
            cells.extend(pieces.into_iter().map(str::to_owned));
        }
        cells
    };
    sorted(text.lines().skip(1).map(row).collect())
}

fn rows(value: &Value) -> Rows {
    sorted(serde_json::from_value(value.clone()).unwrap())
}

fn sorted(mut rows: Rows) -> Rows {
    rows.sort_unstable();
    rows
}

/// The script of a client.
fn script(name: &str) -> PathBuf {
    root().join("tests/clients").join(name)
}

#[test]
fn sparqlwrapper_rdflib_and_pandas_get_the_rows_of_partner_and_public() {
    let circle = companies();
    let python = std::env::home_dir().unwrap().join(".cache/adit/venv/bin/python");
    for caller in callers(&circle) {
        let names = caller.names();
        assert!(names > 10);
        for question in caller.questions() {
            let got = caller.run(Command::new(&python).arg(script("clients.py")), &question);
            let by_client = got["rows"].as_object().unwrap();
            assert_eq!(by_client.len(), 5);
            for (client, got) in by_client {
                assert_eq!(rows(got), question.rows, "{client} as {}", caller.name);
            }
            let graphs = got["graphs"].as_object().unwrap();
            assert_eq!(graphs.len(), 5);
            for (client, got) in graphs {
                assert_eq!(got.as_u64(), Some(names), "{client} as {}", caller.name);
            }
            assert_eq!(got["ask"], true, "as {}", caller.name);
        }
    }
}

#[test]
fn comunica_gets_the_rows_of_partner_and_public() {
    let circle = companies();
    for caller in callers(&circle) {
        for question in caller.questions() {
            let got = caller.run(&mut node(&script("comunica.cjs")), &question);
            assert_eq!(rows(&got), question.rows, "as {}", caller.name);
        }
    }
}

#[test]
fn yasgui_shows_the_rows_of_partner_and_public_in_a_real_browser() {
    let circle = companies();
    let pictures = program().parent().unwrap().parent().unwrap().join("acceptance/screens");
    std::fs::create_dir_all(&pictures).unwrap();
    for caller in callers(&circle) {
        for (number, question) in caller.questions().iter().enumerate() {
            let picture = pictures.join(format!("yasgui-{}-{}.png", caller.name, number + 1));
            let got = caller.run(node(&script("yasgui.cjs")).env("PICTURE", &picture), question);
            assert_eq!(rows(&got), question.rows, "as {}", caller.name);
            assert!(std::fs::metadata(&picture).unwrap().len() > 10_000, "{}", picture.display());
        }
    }
}
