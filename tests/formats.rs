//! What is said in every format, to every kind of client and by every method, by the documents that define it.

mod interface;
mod linkset;

use crate::circle::companies;
use crate::client::{Client, Got, encoded};
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::sparql::results::{
    QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput,
};
use oxrdf::{Term, Triple};
use std::collections::BTreeSet;

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
