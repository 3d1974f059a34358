//! The protocol suite: requests as they stand in its manifest, sent to a running connector.

use super::exceptions::assert_passed;
use super::manifest::{Entry, entries, items, mf, node};
use super::same::Answer;
use super::server::client;
use crate::client::Got;
use oxigraph::sparql::results::QueryResultsFormat;
use oxrdf::{NamedNode, NamedOrBlankNodeRef, TermRef};

#[test]
fn every_request_is_answered_as_the_protocol_says() {
    assert_passed("protocol", &entries(&["protocol"]), |entry| {
        let action = node(entry.action());
        let requests = object(entry, action, &ht("requests")).unwrap();
        items(&entry.graph, requests)
            .into_iter()
            .try_for_each(|request| check(entry, node(request)))
    });
}

#[test]
fn an_update_is_refused_by_name() {
    let updates = |entry: &Entry| entry.iri.as_str().contains("#update_");
    let entries: Vec<_> = entries(&["protocol"]).into_iter().filter(updates).collect();
    assert_eq!(entries.len(), 7);
    for entry in entries {
        let requests = object(&entry, node(entry.action()), &ht("requests")).unwrap();
        let first = items(&entry.graph, requests)[0];
        let refusal = sent(&entry, node(first)).refusal();
        assert_eq!(refusal, (400, "sparql.update".to_owned()), "{}", entry.iri);
    }
}

fn ht(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://www.w3.org/2011/http#{name}"))
}

fn cnt(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://www.w3.org/2011/content#{name}"))
}

fn object<'e>(
    entry: &'e Entry,
    subject: NamedOrBlankNodeRef<'_>,
    predicate: &NamedNode,
) -> Option<TermRef<'e>> {
    entry.graph.object_for_subject_predicate(subject, predicate)
}

fn string<'e>(
    entry: &'e Entry,
    subject: NamedOrBlankNodeRef<'_>,
    predicate: &NamedNode,
) -> Option<&'e str> {
    match object(entry, subject, predicate)? {
        TermRef::Literal(literal) => Some(literal.value()),
        other => panic!("{other} is no text"),
    }
}

/// Sends one request of an entry and holds the answer against what is expected.
fn check(entry: &Entry, request: NamedOrBlankNodeRef<'_>) -> Result<(), String> {
    let got = sent(entry, request);
    let response = node(object(entry, request, &ht("resp")).unwrap());
    as_expected(entry, response, &got)
        .map_err(|what| format!("{what}; got {} {}: {}", got.status, got.media_type(), got.text()))
}

/// Sends one request of an entry.
fn sent(entry: &Entry, request: NamedOrBlankNodeRef<'_>) -> Got {
    let method = string(entry, request, &ht("methodName")).unwrap();
    let path = string(entry, request, &ht("absolutePath")).unwrap();
    // The manifest has the tester put the path of the service under test in this place.
    let query = path.strip_prefix("/sparql/").unwrap();
    let header = |header: TermRef<'_>| {
        let part = |name| string(entry, node(header), &ht(name)).unwrap();
        // In the manifest a name is in small letters, to the client the header is the same.
        let name = part("fieldName").replace("content-type", "Content-Type");
        format!("{name}: {}", part("fieldValue"))
    };
    let headers = object(entry, request, &ht("headers"));
    let headers = headers.map_or_else(Vec::new, |list| items(&entry.graph, list));
    let headers: Vec<_> = headers.into_iter().map(header).collect();
    let headers: Vec<_> = headers.iter().map(String::as_str).collect();
    let body = object(entry, request, &ht("body")).map(|body| {
        let chars = string(entry, node(body), &cnt("chars")).unwrap();
        match string(entry, node(body), &cnt("characterEncoding")).unwrap() {
            "UTF-8" => chars.as_bytes().to_vec(),
            "UTF-16" => chars.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            other => panic!("a body in {other}"),
        }
    });
    client().send(method, &format!("/sparql{query}"), &headers, body.as_deref())
}

fn as_expected(entry: &Entry, response: NamedOrBlankNodeRef<'_>, got: &Got) -> Result<(), String> {
    let mut statuses = entry.graph.objects_for_subject_predicate(response, &mf("expectedStatus"));
    let class = format!("StatusCode{}xx", got.status / 100);
    if !statuses.any(|status| status.to_string().contains(&class)) {
        return Err("another status is expected".to_owned());
    }
    let results = QueryResultsFormat::from_media_type(got.media_type());
    match string(entry, response, &mf("expectedFormat")) {
        Some("boolean" | "tabular") if results.is_none() => return Err("results expected".into()),
        Some("RDF") => {
            oxigraph::io::RdfFormat::from_media_type(got.media_type()).ok_or("RDF expected")?;
        }
        Some("boolean" | "tabular") | None => {}
        Some(other) => return Err(format!("the format {other} is unknown")),
    }
    match (string(entry, response, &mf("expectedBoolean")), results) {
        (None, _) => Ok(()),
        (Some(expected), Some(format)) => match Answer::read(got.text(), format)? {
            Answer::Boolean(value) if value.to_string() == expected => Ok(()),
            other => Err(format!("expected {expected}, got {other}")),
        },
        (Some(_), None) => Err("a boolean is expected".to_owned()),
    }
}
