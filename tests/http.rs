//! The HTTP side as strangers and partners meet it.

use crate::circle::{companies, json, text};
use adit::circle::Circle;
use serde_json::Value;
use std::process::Command;

/// What curl got: status, content type, body.
struct Got {
    status: u16,
    media_type: String,
    body: String,
}

fn curl(arguments: &[&str]) -> Got {
    let output = Command::new("curl")
        .args(["-s", "--max-time", "30", "-w", "\n%{http_code} %{content_type}"])
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, last) = text.rsplit_once('\n').unwrap();
    let (status, media_type) = last.split_once(' ').unwrap();
    Got {
        status: status.parse().unwrap(),
        media_type: media_type.to_owned(),
        body: body.to_owned(),
    }
}

fn url(circle: &Circle, company: &str, path: &str) -> String {
    format!("http://{}{path}", circle.address(company).unwrap())
}

fn token(circle: &Circle, from: &str, peer: &str, purpose: &str) -> String {
    let output = circle.adit(from, &["token", "--peer", peer, "--purpose", purpose]).unwrap();
    text(&output).trim().to_owned()
}

const NAMES: &str = "SELECT ?s ?n { ?s <https://schema.org/name> ?n } ORDER BY ?s ?n LIMIT 3";
const HEATS: &str =
    "SELECT ?p ?h { ?p <https://w3id.org/adit/ns#fromBatch> ?h } ORDER BY ?p ?h LIMIT 5";

#[test]
fn a_query_comes_by_get_by_form_and_as_the_body_of_a_post() {
    let circle = companies();
    let endpoint = url(&circle, "shop", "/sparql");
    let accept = "Accept: text/csv";
    let by_get =
        curl(&["-G", "-H", accept, "--data-urlencode", &format!("query={NAMES}"), &endpoint]);
    let by_form = curl(&["-H", accept, "--data-urlencode", &format!("query={NAMES}"), &endpoint]);
    let direct = "Content-Type: application/sparql-query";
    let as_body = curl(&["-H", accept, "-H", direct, "--data-binary", NAMES, &endpoint]);
    assert_eq!(by_get.status, 200, "{}", by_get.body);
    assert!(by_get.body.starts_with("s,n\r\n"), "{}", by_get.body);
    assert_eq!(by_get.body.lines().count(), 4);
    assert_eq!(by_get.body, by_form.body);
    assert_eq!(by_get.body, as_body.body);
}

#[test]
fn answers_come_in_the_formats_of_the_protocol() {
    let circle = companies();
    let endpoint = url(&circle, "shop", "/sparql");
    for (query, accept, media_type, begins) in [
        (NAMES, "application/sparql-results+json", "application/sparql-results+json", "{\"head\""),
        (NAMES, "text/csv", "text/csv; charset=utf-8", "s,n"),
        ("ASK { ?s ?p ?o }", "application/json", "application/sparql-results+json", "{\"head\""),
        (
            "CONSTRUCT WHERE { ?s <https://schema.org/name> ?n }",
            "application/n-triples",
            "application/n-triples",
            "<",
        ),
        (
            "CONSTRUCT WHERE { ?s <https://schema.org/name> ?n }",
            "text/turtle",
            "text/turtle; charset=utf-8",
            "<",
        ),
    ] {
        let accept = format!("Accept: {accept}");
        let got =
            curl(&["-G", "-H", &accept, "--data-urlencode", &format!("query={query}"), &endpoint]);
        assert_eq!((got.status, got.media_type.as_str()), (200, media_type), "{}", got.body);
        assert!(got.body.starts_with(begins), "{}", got.body);
    }
}

#[test]
fn what_cannot_be_asked_is_refused_by_name() {
    let circle = companies();
    let endpoint = url(&circle, "shop", "/sparql");
    let deep = format!("SELECT * {{ FILTER({}1{}) }}", "(".repeat(100), ")".repeat(100));
    for (query, status, code) in [
        ("SELECT", 400, "sparql.syntax"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 400, "sparql.service"),
        ("INSERT DATA { <a:b> <a:c> <a:d> }", 400, "sparql.update"),
        (deep.as_str(), 400, "sparql.depth"),
    ] {
        let got = curl(&["-G", "--data-urlencode", &format!("query={query}"), &endpoint]);
        let problem: Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!((got.status, problem["code"].as_str().unwrap()), (status, code), "{}", got.body);
        assert_eq!(got.media_type, "application/problem+json");
    }
    for (arguments, status) in [
        (vec!["-G", endpoint.as_str()], 400),
        (vec!["-H", "Content-Type: text/plain", "-d", NAMES, endpoint.as_str()], 415),
        (vec!["-G", "-H", "Accept: image/png", "--data-urlencode", "query=ASK {}", &endpoint], 406),
        (
            vec![
                "-G",
                "-H",
                "Authorization: Basic eDp5",
                "--data-urlencode",
                "query=ASK {}",
                &endpoint,
            ],
            401,
        ),
        (
            vec![
                "-G",
                "-H",
                "Authorization: Bearer nobody",
                "--data-urlencode",
                "query=ASK {}",
                &endpoint,
            ],
            401,
        ),
        (
            vec![
                "-G",
                "-H",
                "Authorization: Bearer a.b.c",
                "--data-urlencode",
                "query=ASK {}",
                &endpoint,
            ],
            401,
        ),
    ] {
        let got = curl(&arguments);
        assert_eq!(got.status, status, "{arguments:?}: {}", got.body);
    }
}

#[test]
fn a_hostile_query_ends_by_the_deadline_while_others_are_answered() {
    let circle = companies();
    let endpoint = url(&circle, "shop", "/sparql");
    let values = (0..300).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    let query = format!(
        "query=SELECT (COUNT(*) AS ?n) {{ VALUES ?a {{ {values} }} VALUES ?b {{ {values} }} VALUES ?c {{ {values} }} \
         VALUES ?d {{ {values} }} VALUES ?e {{ {values} }} }}"
    );
    let hostile = {
        let endpoint = endpoint.clone();
        std::thread::spawn(move || curl(&["--data-urlencode", &query, &endpoint]))
    };
    let process = circle.process("shop").unwrap();
    for _ in 0..5 {
        let got = curl(&["-G", "--data-urlencode", &format!("query={NAMES}"), &endpoint]);
        assert_eq!(got.status, 200, "{}", got.body);
    }
    let got = hostile.join().unwrap();
    let problem: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(
        (got.status, problem["code"].as_str().unwrap()),
        (504, "query.deadline"),
        "{}",
        got.body
    );
    assert!(std::path::Path::new(&format!("/proc/{process}")).exists());
}

#[test]
fn a_bearer_asks_twice_and_sees_what_its_purpose_opens() {
    let circle = companies();
    let endpoint = url(&circle, "shop", "/sparql");
    let query = format!("query={HEATS}");
    let ask = |bearer: &str| {
        let header = format!("Authorization: Bearer {bearer}");
        let got = curl(&[
            "-G",
            "-H",
            &header,
            "-H",
            "Accept: text/csv",
            "--data-urlencode",
            &query,
            &endpoint,
        ]);
        assert_eq!(got.status, 200, "{}", got.body);
        got.body.lines().count() - 1
    };
    let recall = token(&circle, "oem", "did:web:revonsalmi.example", "recall");
    assert_eq!(ask(&recall), 5);
    assert_eq!(ask(&recall), 5);
    let other =
        token(&circle, "oem", "did:web:revonsalmi.example", "ImproveExistingProductsAndServices");
    assert_eq!(ask(&other), 0);
    let anonymous = curl(&["-G", "-H", "Accept: text/csv", "--data-urlencode", &query, &endpoint]);
    assert_eq!(anonymous.body, "p,h\r\n");
}

#[test]
fn a_purpose_that_nobody_knows_is_refused_with_the_way_out() {
    let circle = companies();
    let output = circle
        .run(
            "oem",
            &["token", "--peer", "did:web:revonsalmi.example", "--purpose", "gossip", "--json"],
        )
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    let problem = json(&output);
    assert!(problem.to_string().contains("gossip"), "{problem}");
    assert!(problem["fix"].is_string(), "{problem}");
}

#[test]
fn a_hidden_item_and_one_that_does_not_exist_get_the_same_answer() {
    let circle = companies();
    // The first has a public page; what is compared is what the public cannot see of it.
    for (iri, predicate) in [
        ("https://id.revonsalmi.example/p/0010455/00042", "fromBatch"),
        ("https://id.revonsalmi.example/p/0010455/99999999", "fromBatch"),
    ] {
        let query =
            format!("query=SELECT ?o {{ <{iri}> <https://w3id.org/adit/ns#{predicate}> ?o }}");
        let endpoint = url(&circle, "shop", "/sparql");
        let got = curl(&["-G", "-H", "Accept: text/csv", "--data-urlencode", &query, &endpoint]);
        assert_eq!((got.status, got.body.as_str()), (200, "o\r\n"));
    }
    // A record that the public sees nothing of, and one that is not there, at their own addresses.
    let quantity = record(&circle);
    let hidden = curl(&[&url(&circle, "shop", &quantity)]);
    let missing = curl(&[&url(&circle, "shop", "/record/quantity/0000000000000000")]);
    assert_eq!((hidden.status, &hidden.body), (missing.status, &missing.body));
    assert_eq!(hidden.status, 404);

    // Across companies: the same rows and the same report.
    let reports: Vec<Value> = ["99999998", "99999999"]
        .iter()
        .map(|serial| {
            let iri = format!("https://id.revonsalmi.example/p/0010455/{serial}");
            let output = circle
                .run(
                    "researcher",
                    &[
                        "query",
                        "--text",
                        &format!("SELECT ?o {{ <{iri}> <https://w3id.org/adit/ns#fromBatch> ?o }}"),
                        "--purpose",
                        "AcademicResearch",
                        "--json",
                    ],
                )
                .unwrap();
            let mut answer = json(&output);
            answer["at"] = Value::Null;
            answer
        })
        .collect();
    let there = circle
        .run("researcher", &["query", "--text", "SELECT ?o { <https://id.revonsalmi.example/p/0010455/00042> <https://w3id.org/adit/ns#fromBatch> ?o }", "--purpose", "AcademicResearch", "--json"])
        .unwrap();
    let mut there = json(&there);
    there["at"] = Value::Null;
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], there);
}

/// The path of a quantity record of the shop, as its own people see it.
fn record(circle: &Circle) -> String {
    let bearer = text(&circle.adit("shop", &["token"]).unwrap()).trim().to_owned();
    let header = format!("Authorization: Bearer {bearer}");
    let query = "query=SELECT ?q { ?s <https://schema.org/weight> ?q } ORDER BY ?q LIMIT 1";
    let endpoint = url(circle, "shop", "/sparql");
    let got = curl(&[
        "-G",
        "-H",
        &header,
        "-H",
        "Accept: text/csv",
        "--data-urlencode",
        query,
        &endpoint,
    ]);
    let iri = got.body.lines().nth(1).expect("a quantity").to_owned();
    iri.trim_start_matches("https://connector.revonsalmi.example").to_owned()
}

#[test]
fn an_item_is_a_page_for_people_and_turtle_for_programs() {
    let circle = companies();
    let address = url(&circle, "shop", "/p/0010455/00042");
    let page = curl(&["-H", "Accept: text/html", &address]);
    assert_eq!((page.status, page.media_type.as_str()), (200, "text/html; charset=utf-8"));
    assert!(
        page.body.contains("<h1>") && page.body.contains("id.revonsalmi.example"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("004711"), "the heat is not public");
    let turtle = curl(&["-H", "Accept: text/turtle", &address]);
    assert_eq!(turtle.status, 200);
    assert!(turtle.body.contains("schema:name"), "{}", turtle.body);
    assert!(!turtle.body.contains("fromBatch"));
    let bearer = token(&circle, "oem", "did:web:revonsalmi.example", "recall");
    let header = format!("Authorization: Bearer {bearer}");
    let more = curl(&["-H", "Accept: text/turtle", "-H", &header, &address]);
    assert!(more.body.contains("fromBatch") && more.body.contains("numericValue"), "{}", more.body);
}

#[test]
fn a_certificate_reaches_the_customer_of_the_heat_and_nobody_else() {
    let circle = companies();
    let bearer = token(&circle, "oem", "did:web:kolbacka.example", "recall");
    let header = format!("Authorization: Bearer {bearer}");
    let query = "query=SELECT ?d { ?h <https://schema.org/subjectOf> ?d } ORDER BY ?d LIMIT 1";
    let endpoint = url(&circle, "mill", "/sparql");
    let got = curl(&[
        "-G",
        "-H",
        &header,
        "-H",
        "Accept: text/csv",
        "--data-urlencode",
        query,
        &endpoint,
    ]);
    let iri = got.body.lines().nth(1).expect("a certificate").to_owned();
    let address =
        url(&circle, "mill", iri.trim_start_matches("https://connector.kolbacka.example"));
    let output = Command::new("curl").args(["-s", "-H", &header, &address]).output().unwrap();
    assert!(output.stdout.starts_with(b"%PDF-"), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(curl(&[&address]).status, 404);
}

#[test]
fn the_connector_says_who_it_is_and_that_it_runs() {
    let circle = companies();
    let did = curl(&[&url(&circle, "shop", "/.well-known/did.json")]);
    let document: Value = serde_json::from_str(&did.body).unwrap();
    assert_eq!(document["id"], "did:web:revonsalmi.example");
    assert_eq!(curl(&[&url(&circle, "shop", "/healthz")]).status, 200);
    let ready: Value =
        serde_json::from_str(&curl(&[&url(&circle, "shop", "/readyz")]).body).unwrap();
    assert_eq!(ready["status"], "ready");
    let who = json(&circle.adit("shop", &["whoami", "--json"]).unwrap());
    assert_eq!(who["did"], "did:web:revonsalmi.example");
}

#[test]
fn an_unanchored_question_is_refused_before_anything_leaves() {
    let circle = companies();
    let entries = |name: &str| {
        json(&circle.adit(name, &["journal", "verify", "--json"]).unwrap())["entries"]
            .as_u64()
            .unwrap()
    };
    let before = entries("shop");
    let output = circle
        .run(
            "oem",
            &[
                "query",
                "--text",
                "SELECT ?s { ?s a <https://w3id.org/adit/ns#Heat> }",
                "--purpose",
                "recall",
                "--json",
            ],
        )
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["code"], "not-anchored");
    assert_eq!(entries("shop"), before, "every request that reaches a company is in its journal");
}

#[test]
fn the_journal_verifies_and_the_store_rebuilds_to_an_equal_hash() {
    let mut circle = crate::circle::started();
    let verified = json(&circle.adit("shop", &["journal", "verify", "--json"]).unwrap());
    assert!(verified["entries"].as_u64().unwrap() > 1 && verified["blobs"].as_u64().unwrap() > 3);
    let locked = circle.run("shop", &["rebuild"]).unwrap();
    assert_eq!(locked.status.code(), Some(1), "a running server keeps its store");
    let ask = |circle: &Circle| {
        let text = "SELECT ?h { <https://id.revonsalmi.example/p/0010455/00042> <https://w3id.org/adit/ns#fromBatch> ?h }";
        circle.run("oem", &["query", "--text", text, "--purpose", "recall", "--json"]).unwrap()
    };
    assert_eq!(json(&ask(&circle))["results"]["results"]["bindings"].as_array().unwrap().len(), 1);
    assert!(circle.terminate("shop"), "a service manager's signal ends the server");
    let partial = ask(&circle);
    assert_eq!(partial.status.code(), Some(3), "an answer without the shop is a partial one");
    assert!(json(&partial)["told"].as_str().unwrap().contains("unreachable"));
    let rebuilt = json(&circle.adit("shop", &["rebuild", "--json"]).unwrap());
    assert_eq!(rebuilt["equal"], true, "{rebuilt}");
    assert!(rebuilt["facts"].as_u64().unwrap() > 1000, "{rebuilt}");
    // It comes back under another port, with no memory of the bearers that it gave.
    circle.start_one("shop", "did:web:revonsalmi.example").unwrap();
    assert_eq!(json(&ask(&circle))["results"]["results"]["bindings"].as_array().unwrap().len(), 1);
    let again = json(&circle.adit("shop", &["publish", "--json"]).unwrap());
    assert_eq!(
        again["published"].as_array().unwrap().len(),
        0,
        "the same files twice change nothing"
    );
}

#[test]
fn a_partner_that_is_stopped_loses_its_bearer_at_the_next_request() {
    let circle = companies();
    let endpoint = url(&circle, "shop", "/sparql");
    let query = format!("query={HEATS}");
    let mill = "did:web:kolbacka.example";
    let bearer = token(&circle, "mill", "did:web:revonsalmi.example", "recall");
    let header = format!("Authorization: Bearer {bearer}");
    let ask = || {
        curl(&[
            "-G",
            "-H",
            &header,
            "-H",
            "Accept: text/csv",
            "--data-urlencode",
            &query,
            &endpoint,
        ])
        .status
    };
    assert_eq!(ask(), 200);
    circle.adit("shop", &["trust", "block", mill]).unwrap();
    assert_eq!(ask(), 401);
    let refused = circle
        .run(
            "mill",
            &["token", "--peer", "did:web:revonsalmi.example", "--purpose", "recall", "--json"],
        )
        .unwrap();
    assert_eq!(refused.status.code(), Some(4));
    circle.adit("shop", &["trust", "unblock", mill]).unwrap();
    assert_eq!(ask(), 401, "a bearer that died stays dead");
    token(&circle, "mill", "did:web:revonsalmi.example", "recall");
}

#[test]
fn exit_codes_say_what_kind_of_thing_went_wrong() {
    let circle = companies();
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().display().to_string();
    let code = |arguments: &[&str]| circle.run("researcher", arguments).unwrap().status.code();
    assert_eq!(code(&["whoami"]), Some(0));
    assert_eq!(code(&["query"]), Some(2));
    assert_eq!(code(&["publish"]), Some(2), "a client has nothing to publish with");
    assert_eq!(code(&["-C", &empty, "whoami"]), Some(2));
    assert_eq!(code(&["token", "--peer", "did:web:nobody.example"]), Some(5));
    std::fs::write(circle.folder("university").join("broken.csv"), "a;b\n1\n").unwrap();
    let refused = circle.run("university", &["check", "--json"]).unwrap();
    assert_eq!(refused.status.code(), Some(6), "{}", text(&refused));
    assert_eq!(json(&refused)["detail"]["problems"][0]["file"], "broken.csv");
}
