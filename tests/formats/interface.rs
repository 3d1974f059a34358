//! The interface as its document tells it, and the counters.

use super::ITEM;
use crate::circle::{companies, json, text};
use crate::client::Client;
use oxrdf::NamedNode;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn the_counters_are_for_the_companys_own_people() {
    let circle = companies();
    let question = root_question();
    circle.run("oem", &["query", &question, "--purpose", "recall"]).unwrap();
    Client::public(&circle, "oem").query("nonsense", "*/*");
    let public = Client::public(&circle, "oem").get("/metrics", None);
    assert_eq!(public.refusal(), (403, "own-people".to_owned()));
    let partner = Client::partner(&circle, "shop", "oem", "recall").get("/metrics", None);
    assert_eq!(partner.refusal(), (403, "own-people".to_owned()));

    let got = Client::own(&circle, "oem").get("/metrics", None);
    assert_eq!(got.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let socket = circle.folder("oem").join(".adit/control.sock");
    let socket = ["-s", "--unix-socket", socket.to_str().unwrap(), "http://adit/metrics"];
    let by_socket = Command::new("curl").args(socket).output().unwrap();
    let names = |text: &str| -> BTreeSet<String> {
        text.lines().filter(|line| line.starts_with("# TYPE")).map(str::to_owned).collect()
    };
    assert_eq!(names(got.text()), names(&text(&by_socket)));
    for line in [
        "# TYPE adit_http_requests_total counter",
        "# TYPE adit_query_duration_seconds histogram",
        "# TYPE adit_fact_store_bytes gauge",
        "adit_build_info{version=\"0.1.0\"} 1",
        "adit_publications_total 1",
        "adit_http_requests_total{route=\"/sparql\",status=\"400\"}",
        "adit_refusals_total{code=\"sparql.syntax\"}",
        "adit_federated_requests_total{outcome=\"answered\"}",
    ] {
        assert!(got.text().contains(line), "{line} in {}", got.text());
    }
    let value = |name: &str| -> f64 {
        let line = got.text().lines().find(|line| line.starts_with(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("{name}")).split(' ').next_back().unwrap().parse().unwrap()
    };
    assert!(value("adit_facts") > 100.0 && value("adit_generation") >= 1.0);
    assert!(value("adit_journal_entries") >= value("adit_generation"));
    assert!(value("adit_query_duration_seconds_count") >= 1.0);
    // No label names a partner, a caller or an item.
    for secret in ["did:", "example", "https:", "0010455"] {
        assert!(!got.text().contains(secret), "{secret} in {}", got.text());
    }
}

fn root_question() -> String {
    crate::circle::root().join("examples/questions/machines-with-heat.rq").display().to_string()
}

#[test]
fn the_interface_is_documented_as_it_is() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let got = public.get("/openapi.json", None);
    validate(&got.body);
    let document = got.json();
    assert_eq!(document["servers"][0]["url"], "https://connector.revonsalmi.example");
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace("/{path}", ITEM).replace("{code}", "sparql.syntax");
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            let documented = &item[method.to_lowercase()];
            let got = public.send(method, &path, &["Content-Type: application/json"], None);
            if documented.is_null() {
                assert_eq!(got.refusal(), (405, "method".to_owned()), "{method} {path}");
                continue;
            }
            // Without what it needs, an operation refuses; how, is documented too.
            let answer = &documented["responses"][got.status.to_string()];
            assert!(!answer.is_null(), "{method} {path} answers {}: {}", got.status, got.text());
            let name = answer["$ref"].as_str().map(|it| it.rsplit('/').next().unwrap());
            let answer = name.map_or(answer, |name| &document["components"]["responses"][name]);
            let content = &answer["content"][got.media_type()];
            assert!(!content.is_null(), "{method} {path} answers in {}", got.media_type());
        }
    }
}

/// Asks a validator of OpenAPI that is not ours.
fn validate(document: &[u8]) {
    let python = std::env::home_dir().unwrap().join(".cache/adit/venv/bin/python");
    let script = "import json, sys, openapi_spec_validator as v; v.validate(json.load(sys.stdin))";
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(document).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Each example of a body that the document shows is one that the server reads or writes.
#[test]
fn the_examples_of_the_interface_are_read() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let document = public.get("/openapi.json", None).json();
    let example = |path: &str| -> Value {
        document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
            .clone()
    };
    let post = |path: &str, body: Value| {
        public.send(
            "POST",
            path,
            &["Content-Type: application/json"],
            Some(body.to_string().as_bytes()),
        )
    };
    let quads = post("/quads", example("/quads"));
    assert_eq!(quads.status, 200, "{}", quads.text());
    let forged = post("/token", example("/token"));
    assert_eq!(forged.status / 100, 4, "{}", forged.text());
    assert_ne!(forged.refusal().1, "usage", "{}", forged.text());
    let bearer = post("/token", serde_json::json!({ "purpose": "recall" })).json();
    assert_eq!(bearer["token_type"], "Bearer");
    let who = json(&circle.adit("shop", &["whoami", "--json"]).unwrap());
    assert_eq!(public.get("/.well-known/adit.json", None).json()["did"], who["did"]);
    assert!(NamedNode::new(document["servers"][0]["url"].as_str().unwrap()).is_ok());
}
