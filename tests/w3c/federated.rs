//! The suite of Federated Query: whoever asks, `SERVICE` is read as SPARQL and refused by name.
//!
//! Its entries carry `mf:feature sd:BasicFederatedQuery`, and a service that does not
//! [list that feature](https://www.w3.org/TR/sparql11-service-description/#sd-BasicFederatedQuery) does not offer it.

use super::manifest::{Entry, FEDERATED, Kind, entries, text};
use super::server::ask;
use adit_facts::{Limits, QueryText, Refusal};

fn query(entry: &Entry) -> String {
    match entry.kind() {
        Kind::Evaluation => text(&entry.evaluation().query),
        Kind::PositiveSyntax => text(&entry.syntax()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn service_is_read_and_refused_in_process_and_over_http() {
    let entries = entries(FEDERATED);
    assert_eq!(entries.len(), 10);
    for entry in entries {
        let query = query(&entry);
        let text = QueryText::scan(&query, Some("urn:x:"), &Limits::default()).unwrap();
        assert_eq!(text.parse().unwrap_err(), Refusal::Service, "{}", entry.iri);
        let got = ask(&query, &[], &[], "*/*");
        assert_eq!(got.status, 400, "{}", entry.iri);
        assert!(got.text().contains("\"sparql.service\""), "{}: {}", entry.iri, got.text());
    }
}
