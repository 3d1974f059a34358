//! What is said at each address, in every format and to every kind of client, by the documents that define it.

use crate::circle::{companies, json, text};
use crate::client::{Client, Got, encoded};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::sparql::results::{
    QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput,
};
use oxrdf::{NamedNode, Term, Triple};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

const ITEM: &str = "/p/0010455/00042";
const ITEM_IRI: &str = "https://id.revonsalmi.example/p/0010455/00042";
const NAMES: &str = "SELECT ?s ?n { ?s <https://schema.org/name> ?n } ORDER BY ?s ?n LIMIT 3";
const NAMED: &str = "CONSTRUCT WHERE { ?s <https://schema.org/name> ?n }";
const FIREFOX: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The rows or the boolean of an answer, whatever it is written in.
fn rows(got: &Got) -> Vec<String> {
    assert_eq!(got.status, 200, "{}", got.text());
    let format = QueryResultsFormat::from_media_type(got.media_type()).unwrap();
    let parser = QueryResultsParser::from_format(format);
    match parser.for_slice(&got.body).unwrap() {
        SliceQueryResultsParserOutput::Boolean(yes) => vec![yes.to_string()],
        SliceQueryResultsParserOutput::Solutions(solutions) => solutions
            .map(|row| {
                let row = row.unwrap();
                let value = |term: &Term| match term {
                    Term::Literal(literal) => literal.value().to_owned(),
                    other => other.to_string(),
                };
                row.values().iter().flatten().map(value).collect::<Vec<_>>().join("|")
            })
            .collect(),
    }
}

/// The triples of an answer, whatever it is written in.
fn triples(got: &Got) -> BTreeSet<String> {
    assert_eq!(got.status, 200, "{}", got.text());
    let format = RdfFormat::from_media_type(got.media_type()).unwrap();
    RdfParser::from_format(format)
        .for_slice(&got.body)
        .map(|quad| {
            Triple::from(quad.unwrap_or_else(|e| panic!("{e}: {}", got.text()))).to_string()
        })
        .collect()
}

const GRAPHS: [&str; 5] = [
    "text/turtle",
    "application/n-triples",
    "application/n-quads",
    "application/ld+json",
    "application/rdf+xml",
];

#[test]
fn rows_are_equal_in_the_four_formats_of_sparql() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    for query in [NAMES, "ASK { ?s ?p ?o }"] {
        let expected = rows(&public.query(query, "application/sparql-results+json"));
        assert!(!expected.is_empty());
        let xml = public.query(query, "application/sparql-results+xml");
        assert_eq!(xml.media_type(), "application/sparql-results+xml");
        assert_eq!(rows(&xml), expected);
        let tsv = public.query(query, "text/tab-separated-values");
        assert_eq!(tsv.header("content-type"), Some("text/tab-separated-values; charset=utf-8"));
        assert_eq!(rows(&tsv), expected);
        let csv = public.query(query, "text/csv");
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        let head = usize::from(query == NAMES);
        assert_eq!(csv.text().lines().count(), head + expected.len());
    }
}

#[test]
fn graphs_are_equal_in_the_five_formats_of_rdf() {
    let circle = companies();
    let client = Client::partner(&circle, "oem", "shop", "recall");
    for query in [NAMED.to_owned(), format!("DESCRIBE <{ITEM_IRI}>")] {
        let expected = triples(&client.query(&query, "text/turtle"));
        assert!(expected.len() > 3, "{query}: {expected:?}");
        for media_type in GRAPHS {
            let got = client.query(&query, media_type);
            assert_eq!(got.media_type(), media_type);
            assert_eq!(triples(&got), expected, "{query} in {media_type}");
        }
    }
}

#[test]
fn each_client_gets_what_it_reads() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let sparqlwrapper = "&format=json&output=json&results=json";
    for (client, accept, more, rows, graph) in [
        ("a browser", Some(FIREFOX), "", "application/xml", "application/xml"),
        ("curl", Some("*/*"), "", "application/sparql-results+json", "text/turtle"),
        ("pandas.read_csv", None, "", "text/csv", "text/turtle"),
        (
            "rdflib",
            Some("application/sparql-results+xml, application/rdf+xml"),
            "",
            "application/sparql-results+xml",
            "application/rdf+xml",
        ),
        (
            "SPARQLWrapper",
            Some(
                "application/sparql-results+json,application/json,text/javascript,application/javascript",
            ),
            sparqlwrapper,
            "application/sparql-results+json",
            "application/json",
        ),
        (
            "YASGUI",
            Some("application/sparql-results+json,*/*;q=0.9"),
            "",
            "application/sparql-results+json",
            "text/turtle",
        ),
    ] {
        for (query, media_type) in [(NAMES, rows), (NAMED, graph)] {
            let got = public.get(&format!("/sparql?query={}{more}", encoded(query)), accept);
            assert_eq!(
                (got.status, got.media_type()),
                (200, media_type),
                "{client}: {}",
                got.text()
            );
            assert_eq!(got.header("vary"), Some("Accept, Authorization"));
        }
        let asked = public.get("/sparql?query=ASK%7B%7D", accept);
        let boolean = if accept.is_none() { "application/sparql-results+json" } else { rows };
        assert_eq!(asked.media_type(), boolean, "{client}");
    }
}

#[test]
fn the_protocol_has_an_answer_to_what_it_does_not_allow() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let form = "Content-Type: application/x-www-form-urlencoded";
    let direct = "Content-Type: application/sparql-query";
    let update = "Content-Type: application/sparql-update";
    let graph = "default-graph-uri=https%3A%2F%2Fa.example%2Fg";
    for (method, path, header, body, expected) in [
        ("GET", "/sparql?query=ASK%20%7B%7D&query=ASK%20%7B%7D", "", "", (400, "usage")),
        ("GET", "/sparql?query=ASK%20%7B", "", "", (400, "sparql.syntax")),
        ("GET", "/sparql?update=CLEAR%20ALL", "", "", (400, "sparql.update")),
        ("GET", "/sparql?at=2026-01-01", "", "", (400, "usage")),
        ("POST", "/sparql", "", "query=ASK%20%7B%7D", (415, "media-type")),
        ("POST", "/sparql", "Content-Type: text/plain", "ASK {}", (415, "media-type")),
        (
            "POST",
            "/sparql",
            "Content-Type: application/sparql-query; charset=UTF-16",
            "ASK {}",
            (415, "media-type"),
        ),
        ("POST", "/sparql", form, "", (400, "usage")),
        ("POST", "/sparql", form, "update=CLEAR%20ALL", (400, "sparql.update")),
        ("POST", "/sparql", update, "CLEAR ALL", (400, "sparql.update")),
        (
            "POST",
            "/sparql?using-graph-uri=https%3A%2F%2Fa.example%2F",
            update,
            "CLEAR ALL",
            (400, "sparql.update"),
        ),
        ("PUT", "/sparql?query=ASK%20%7B%7D", form, "", (405, "method")),
        ("DELETE", ITEM, "", "", (405, "method")),
        ("GET", "/token", "", "", (405, "method")),
        ("POST", "/token", "Content-Type: application/json", "{", (400, "usage")),
    ] {
        let headers: Vec<_> = [header].into_iter().filter(|line| !line.is_empty()).collect();
        let got = public.send(method, path, &headers, Some(body.as_bytes()));
        let (status, code) = got.refusal();
        assert_eq!((status, code.as_str()), expected, "{method} {path} {header}: {}", got.text());
        assert_eq!(got.header("cache-control"), Some("no-store"), "{method} {path}");
    }
    let refused = public.send("PUT", "/sparql", &[], None);
    assert_eq!(refused.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    // A dataset may stand in the address while the query stands in the body, in both forms of POST.
    for (header, body) in [(form, "query=ASK+%7B%7D"), (direct, "ASK {}")] {
        let got =
            public.send("POST", &format!("/sparql?{graph}"), &[header], Some(body.as_bytes()));
        assert_eq!(rows(&got), ["true"]);
    }
    // Relative IRIs have the endpoint as their base.
    let relative = public.query("CONSTRUCT { <s> <p> 1 } {}", "application/n-triples");
    assert!(
        relative.text().starts_with("<https://connector.revonsalmi.example/s>"),
        "{}",
        relative.text()
    );
    let long = vec![b' '; (1 << 20) + 1];
    let got = public.send("POST", "/sparql", &[direct], Some(&long));
    assert_eq!(got.refusal(), (413, "body.size".to_owned()));
}

#[test]
fn head_and_options_are_answered_without_a_body() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    for path in ["/sparql", "/sparql?query=ASK%7B%7D", ITEM, "/.well-known/did.json"] {
        let accept = ["Accept: text/html, */*;q=0.5"];
        let get = public.send("GET", path, &accept, None);
        let head = public.send("HEAD", path, &accept, None);
        assert_eq!((get.status, get.media_type()), (head.status, head.media_type()), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
    }
    let options = public.send("OPTIONS", "/sparql", &[], None);
    assert_eq!((options.status, options.header("allow")), (204, Some("GET, POST, HEAD, OPTIONS")));
}

/// A page of another origin asks with a bearer: the preflight has none, and is answered all the same.
#[test]
fn a_browser_page_of_another_origin_may_ask_with_a_bearer() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let origin = "Origin: https://yasgui.example";
    for (path, method) in
        [("/sparql", "POST"), (ITEM, "GET"), ("/summary", "GET"), ("/token", "POST")]
    {
        let wanted = format!("Access-Control-Request-Method: {method}");
        let headers =
            ["Access-Control-Request-Headers: authorization,content-type", &wanted, origin];
        let preflight = public.send("OPTIONS", path, &headers, None);
        assert_eq!(preflight.status, 200, "{path}: {}", preflight.text());
        assert_eq!(preflight.header("access-control-allow-origin"), Some("*"), "{path}");
        assert!(
            preflight.header("access-control-allow-methods").unwrap().contains(method),
            "{path}"
        );
        let allowed = preflight.header("access-control-allow-headers").unwrap().to_lowercase();
        assert!(allowed.contains("authorization") && allowed.contains("content-type"), "{allowed}");
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
    }
    let partner = Client::partner(&circle, "oem", "shop", "recall");
    let heats = encoded("SELECT ?h { ?p <https://w3id.org/adit/ns#fromBatch> ?h } LIMIT 1");
    let asked =
        partner.send("GET", &format!("/sparql?query={heats}"), &[origin, "Accept: text/csv"], None);
    assert_eq!(asked.text().lines().count(), 2, "{}", asked.text());
    let exposed = asked.header("access-control-expose-headers").unwrap().to_lowercase();
    assert!(exposed.contains("adit-withheld") && exposed.contains("link"), "{exposed}");
    // A page must be able to read why it was refused.
    let refused = public.send("GET", "/sparql?query=nonsense", &[origin], None);
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (400, Some("*")));
    // What only machines of companies and operators ask is not for pages.
    for path in ["/metrics", "/quads", "/join"] {
        let headers = [origin, "Access-Control-Request-Method: POST"];
        let got = public.send("OPTIONS", path, &headers, None);
        assert_eq!(got.header("access-control-allow-origin"), None, "{path}");
    }
}

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";
const VOID: &str = "http://rdfs.org/ns/void#";

#[test]
fn the_endpoint_describes_itself_as_its_caller_may_know_it() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let known = |client: &Client| triples(&client.get("/sparql", Some("application/n-triples")));
    let described = known(&public);
    let endpoint = "<https://connector.revonsalmi.example/sparql>";
    for said in [
        format!("{endpoint} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{SD}Service>"),
        format!("{endpoint} <{SD}endpoint> {endpoint}"),
        format!("{endpoint} <{SD}supportedLanguage> <{SD}SPARQL11Query>"),
        format!("{endpoint} <{SD}feature> <{SD}UnionDefaultGraph>"),
        format!("{endpoint} <{SD}resultFormat> <http://www.w3.org/ns/formats/SPARQL_Results_TSV>"),
        format!("{endpoint} <{SD}resultFormat> <http://www.w3.org/ns/formats/JSON-LD>"),
        format!("{endpoint} <http://purl.org/dc/terms/publisher> <did:web:revonsalmi.example>"),
    ] {
        assert!(described.contains(&said), "{said} in {described:#?}");
    }
    for media_type in GRAPHS {
        let got = public.get("/sparql", Some(media_type));
        assert_eq!((got.media_type(), triples(&got).len()), (media_type, described.len()));
    }
    let page = public.get("/sparql", Some(FIREFOX));
    assert_eq!(page.media_type(), "text/html");
    assert!(
        page.text().contains("schema:name") && !page.text().contains("fromBatch"),
        "{}",
        page.text()
    );

    let mentions = |of: &BTreeSet<String>, part: &str| of.iter().any(|said| said.contains(part));
    assert!(mentions(
        &described,
        &format!("<{VOID}uriSpace> \"https://id.revonsalmi.example/p/0010455/\"")
    ));
    assert!(!mentions(&described, "fromBatch") && !mentions(&described, "/partner/"));
    let partner = known(&Client::partner(&circle, "oem", "shop", "recall"));
    assert!(mentions(
        &partner,
        &format!("<{VOID}linkPredicate> <https://w3id.org/adit/ns#fromBatch>")
    ));
    assert!(mentions(&partner, "/partner/did:web:bergvarg.example>"));
    // Never counts: nothing in either is a number.
    for said in described.iter().chain(&partner) {
        assert!(
            !said.contains("XMLSchema#") && !said.contains(&format!("{VOID}triples")),
            "{said}"
        );
    }
}

#[test]
fn an_item_is_the_same_facts_in_every_format() {
    let circle = companies();
    for client in
        [Client::public(&circle, "shop"), Client::partner(&circle, "oem", "shop", "recall")]
    {
        let expected = triples(&client.get(ITEM, Some("text/turtle")));
        assert!(expected.len() > 3);
        for media_type in GRAPHS {
            let got = client.get(ITEM, Some(media_type));
            assert_eq!((got.media_type(), &triples(&got)), (media_type, &expected));
            assert_eq!(got.header("vary"), Some("Accept, Accept-Language, Authorization"));
        }
    }
    let public = Client::public(&circle, "shop");
    assert_eq!(public.get(ITEM, Some(FIREFOX)).media_type(), "text/html");
    assert_eq!(public.get(ITEM, Some("image/png")).refusal(), (406, "accept".to_owned()));
}

#[test]
fn an_item_links_to_where_more_is_to_be_had() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let by_accept = public.get(ITEM, Some("application/linkset+json"));
    let by_address = public.get(&format!("{ITEM}?linkType=linkset"), Some(FIREFOX));
    assert_eq!((by_accept.status, by_accept.media_type()), (200, "application/linkset+json"));
    assert_eq!(by_accept, by_address);
    let linkset = &by_accept.json()["linkset"][0];
    assert_eq!(linkset["anchor"], ITEM_IRI);
    assert_eq!(linkset["https://ref.gs1.org/voc/dpp"][0]["href"], ITEM_IRI);
    assert_eq!(linkset["https://ref.gs1.org/voc/masterData"][0]["type"], "text/turtle");
    assert_eq!(
        linkset["https://w3id.org/adit/ns#factsHeldBy"][0]["href"],
        "did:web:revonsalmi.example"
    );
    assert_eq!(linkset["service-desc"][0]["href"], "https://connector.revonsalmi.example/sparql");
    // The facts by query are the facts at the item's own address.
    let described = linkset["describedby"][0]["href"].as_str().unwrap();
    let described = described.trim_start_matches("https://connector.revonsalmi.example");
    let facts = triples(&public.get(described, Some("text/turtle")));
    assert!(facts.is_subset(&triples(&public.get(ITEM, Some("text/turtle")))), "{facts:?}");
    assert!(!facts.is_empty());
    // Whatever is asked for, the header says the same.
    for accept in ["text/html", "text/turtle", "application/linkset+json"] {
        let header = public.get(ITEM, Some(accept)).header("link").unwrap().to_owned();
        for (relation, targets) in linkset.as_object().unwrap() {
            for target in targets.as_array().into_iter().flatten() {
                let link = format!("<{}>; rel=\"{relation}\"", target["href"].as_str().unwrap());
                assert!(header.contains(&link), "{link} in {header}");
            }
        }
        assert!(
            header.contains(&format!("<{ITEM_IRI}?linkType=linkset>; rel=\"linkset\"")),
            "{header}"
        );
    }
}

#[test]
fn what_is_withheld_follows_from_query_and_policy_alone() {
    let circle = companies();
    let (public, partner) =
        (Client::public(&circle, "shop"), Client::partner(&circle, "oem", "shop", "recall"));
    let withheld = |client: &Client, query: &str| {
        client.query(query, "*/*").header("adit-withheld").map(str::to_owned)
    };
    let heat =
        |iri: &str| format!("SELECT * {{ <{iri}> <https://w3id.org/adit/ns#fromBatch> ?h }}");
    let there = withheld(&public, &heat(ITEM_IRI));
    assert_eq!(there.as_deref(), Some("\"adit:fromBatch\";tier=partner"));
    assert_eq!(there, withheld(&public, &heat("https://id.revonsalmi.example/p/0010455/99999999")));
    assert_eq!(withheld(&public, NAMES), None);
    assert_eq!(withheld(&partner, &heat(ITEM_IRI)), None);
    // Inside OPTIONAL, NOT EXISTS, a path or a subquery it is asked for as well.
    for pattern in [
        "?s <https://schema.org/name> ?n OPTIONAL { ?s adit:fromBatch ?h }",
        "?s <https://schema.org/name> ?n FILTER NOT EXISTS { ?s adit:fromBatch ?h }",
        "?s adit:fromBatch/<https://schema.org/name> ?n",
        "{ SELECT ?s { ?s adit:fromBatch ?h } }",
    ] {
        let query = format!("PREFIX adit: <https://w3id.org/adit/ns#> ASK {{ {pattern} }}");
        let named = withheld(&public, &query).unwrap_or_default();
        assert!(named.contains("\"adit:fromBatch\";tier=partner"), "{query}: {named}");
    }
    let any = withheld(&public, "SELECT * { ?s ?p ?o } LIMIT 1").unwrap();
    assert!(any.ends_with(", *") && any.split(", ").count() == 17, "{any}");
    let own = Client::own(&circle, "shop");
    assert_eq!(withheld(&own, &heat(ITEM_IRI)), None);
}

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
