//! The HTTP side as strangers and partners meet it.

use crate::circle::{companies, json, text};
use crate::client::{Client, encoded};
use adit::circle::Circle;
use serde_json::Value;

const NAMES: &str = "SELECT ?s ?n { ?s <https://schema.org/name> ?n } ORDER BY ?s ?n LIMIT 3";
const HEATS: &str =
    "SELECT ?p ?h { ?p <https://w3id.org/adit/ns#fromBatch> ?h } ORDER BY ?p ?h LIMIT 5";

/// The heat of one product of the shop.
fn heat_of(serial: &str) -> String {
    format!(
        "SELECT ?o {{ <https://id.revonsalmi.example/p/0010455/{serial}> <https://w3id.org/adit/ns#fromBatch> ?o }}"
    )
}

#[test]
fn a_query_comes_by_get_by_form_and_as_the_body_of_a_post() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let post = |media_type: &str, body: &str| {
        let media_type = format!("Content-Type: {media_type}");
        public.send("POST", "/sparql", &["Accept: text/csv", &media_type], Some(body.as_bytes()))
    };
    let by_get = public.query(NAMES, "text/csv");
    let by_form = post("application/x-www-form-urlencoded", &format!("query={}", encoded(NAMES)));
    let as_body = post("application/sparql-query; charset=UTF-8", NAMES);
    assert_eq!(by_get.status, 200, "{}", by_get.text());
    assert!(by_get.text().starts_with("s,n\r\n"), "{}", by_get.text());
    assert_eq!(by_get.text().lines().count(), 4);
    assert_eq!(by_get, by_form);
    assert_eq!(by_get, as_body);
}

#[test]
fn what_cannot_be_asked_is_refused_by_name() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let deep = format!("SELECT * {{ FILTER({}1{}) }}", "(".repeat(100), ")".repeat(100));
    for (query, code) in [
        ("SELECT", "sparql.syntax"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "sparql.service"),
        ("INSERT DATA { <a:b> <a:c> <a:d> }", "sparql.update"),
        (&deep, "sparql.depth"),
    ] {
        assert_eq!(public.query(query, "*/*").refusal(), (400, code.to_owned()), "{query}");
    }
    assert_eq!(public.query("ASK {}", "image/png").refusal(), (406, "accept".to_owned()));
    for (header, code) in [
        ("Authorization: Basic eDp5", "bearer.scheme"),
        ("Authorization: Bearer nobody", "bearer.unknown"),
    ] {
        let got = public.send("GET", "/sparql?query=ASK%7B%7D", &[header], None);
        assert_eq!(got.refusal(), (401, code.to_owned()));
        assert_eq!(got.header("www-authenticate"), Some("Bearer"));
    }
    let forged = Client::public(&circle, "shop").with_bearer("a.b.c");
    assert_eq!(forged.query("ASK {}", "*/*").status, 401);
}

#[test]
fn a_hostile_query_ends_by_the_deadline_while_others_are_answered() {
    let circle = companies();
    let query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let public = Client::public(&circle, "shop");
    let hostile = {
        let public = Client::public(&circle, "shop");
        std::thread::spawn(move || {
            let direct = ["Content-Type: application/sparql-query"];
            public.send("POST", "/sparql", &direct, Some(query.as_bytes()))
        })
    };
    let process = circle.process("shop").unwrap();
    for _ in 0..5 {
        assert_eq!(public.rows(NAMES).len(), 3);
    }
    assert_eq!(hostile.join().unwrap().refusal(), (504, "query.deadline".to_owned()));
    assert!(std::path::Path::new(&format!("/proc/{process}")).exists());
}

#[test]
fn a_bearer_asks_twice_and_sees_what_its_purpose_opens() {
    let circle = companies();
    let recall = Client::partner(&circle, "oem", "shop", "recall");
    assert_eq!(recall.rows(HEATS).len(), 5);
    assert_eq!(recall.rows(HEATS).len(), 5);
    let other = Client::partner(&circle, "oem", "shop", "ImproveExistingProductsAndServices");
    assert_eq!(other.rows(HEATS).len(), 0);
    assert_eq!(Client::public(&circle, "shop").query(HEATS, "text/csv").text(), "p,h\r\n");
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
    let public = Client::public(&circle, "shop");
    // The first has a public page; what is compared is what the public cannot see of it.
    let [hidden, missing] =
        ["00042", "99999999"].map(|serial| public.query(&heat_of(serial), "text/csv"));
    assert_eq!((hidden.status, hidden.text()), (200, "o\r\n"));
    assert_eq!(hidden, missing);
    // A record that the public sees nothing of, and one that is not there, at their own addresses.
    let hidden = record(&circle);
    let missing =
        format!("{}{}", &hidden[..hidden.len() - 1], if hidden.ends_with('0') { 1 } else { 0 });
    for query in ["", "?linkType=linkset"] {
        for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
            for accept in ["*/*", "text/html", "application/linkset+json", "image/png"] {
                let accept = format!("Accept: {accept}");
                let ask = |path: &str| {
                    let mut got = public.send(method, &format!("{path}{query}"), &[&accept], None);
                    // A page names the address that was asked for.
                    got.body = got.text().replace(path, "").into_bytes();
                    got
                };
                assert_eq!(ask(&hidden), ask(&missing), "{method} {accept}");
                assert!(method != "GET" || ask(&hidden).status == 404, "{accept}");
            }
        }
    }
    // Across companies: the same rows and the same report.
    let asked = |serial: &str| {
        let question = ["query", "--text", &heat_of(serial), "--purpose", "AcademicResearch"];
        let mut answer =
            json(&circle.run("researcher", &[&question, &["--json"][..]].concat()).unwrap());
        answer["at"] = Value::Null;
        answer
    };
    assert_eq!(asked("99999998"), asked("99999999"));
    assert_eq!(asked("99999998"), asked("00042"));
}

/// The path of a quantity record of the shop, as its own people see it.
fn record(circle: &Circle) -> String {
    let query = "SELECT ?q { ?s <https://schema.org/weight> ?q } ORDER BY ?q LIMIT 1";
    let iri = Client::own(circle, "shop").rows(query).pop().expect("a quantity");
    iri.trim_start_matches("https://connector.revonsalmi.example").to_owned()
}

#[test]
fn an_item_is_a_page_for_people_and_turtle_for_programs() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let path = "/p/0010455/00042";
    let page = public.get(path, Some("text/html"));
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let page = page.text();
    assert!(page.contains("<h1>") && page.contains("id.revonsalmi.example"), "{page}");
    assert!(!page.contains("004711"), "the heat is not public");
    let turtle = public.get(path, Some("text/turtle"));
    assert_eq!(turtle.status, 200);
    assert!(turtle.text().contains("schema:name"), "{}", turtle.text());
    assert!(!turtle.text().contains("fromBatch"));
    let more = Client::partner(&circle, "oem", "shop", "recall").get(path, Some("text/turtle"));
    assert!(
        more.text().contains("fromBatch") && more.text().contains("numericValue"),
        "{}",
        more.text()
    );
}

#[test]
fn a_certificate_reaches_the_customer_of_the_heat_and_nobody_else() {
    let circle = companies();
    let customer = Client::partner(&circle, "oem", "mill", "recall");
    let query = "SELECT ?d { ?h <https://schema.org/subjectOf> ?d } ORDER BY ?d LIMIT 1";
    let iri = customer.rows(query).pop().expect("a certificate");
    let path = iri.trim_start_matches("https://connector.kolbacka.example");
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let got = customer.get(path, Some(browser));
    assert!(got.body.starts_with(b"%PDF-"), "{got:?}");
    let facts = customer.get(path, Some("application/ld+json"));
    assert_eq!(facts.media_type(), "application/ld+json");
    assert_eq!(Client::public(&circle, "mill").get(path, None).status, 404);
}

#[test]
fn the_connector_says_who_it_is_and_that_it_runs() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let did = public.get("/.well-known/did.json", None).json();
    assert_eq!(did["id"], "did:web:revonsalmi.example");
    assert_eq!(public.get("/healthz", None).status, 200);
    assert_eq!(public.get("/readyz", None).json()["status"], "ready");
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
    let mill = "did:web:kolbacka.example";
    let client = Client::partner(&circle, "mill", "shop", "recall");
    let ask = || client.query(HEATS, "text/csv").status;
    assert_eq!(ask(), 200);
    circle.adit("shop", &["trust", "block", mill]).unwrap();
    assert_eq!(ask(), 401);
    let peer = ["token", "--peer", "did:web:revonsalmi.example", "--purpose", "recall", "--json"];
    assert_eq!(circle.run("mill", &peer).unwrap().status.code(), Some(4));
    circle.adit("shop", &["trust", "unblock", mill]).unwrap();
    assert_eq!(ask(), 401, "a bearer that died stays dead");
    Client::partner(&circle, "mill", "shop", "recall");
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
