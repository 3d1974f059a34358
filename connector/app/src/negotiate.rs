//! Which format an answer takes, by [HTTP content negotiation](https://www.rfc-editor.org/rfc/rfc9110#name-accept).

use crate::error::Error;
use crate::graph::GraphFormat;
use sparesults::QueryResultsFormat;

/// A media type that can be sent, and the format behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer<F: 'static> {
    /// The media type, without parameters.
    pub media_type: &'static str,
    /// What is written.
    pub format: F,
}

/// How an item is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A page for people.
    Page,
    /// Its facts.
    Graph(GraphFormat),
    /// Where more is to be had, as an [RFC 9264](https://www.rfc-editor.org/rfc/rfc9264#name-application-linkset-json-2) linkset.
    Linkset,
}

const fn offer<F>(media_type: &'static str, format: F) -> Offer<F> {
    Offer { media_type, format }
}

/// Rows of a `SELECT`, or the yes or no of an `ASK`; the preferred one first.
pub const ROWS: &[Offer<QueryResultsFormat>] = &[
    offer("application/sparql-results+json", QueryResultsFormat::Json),
    offer("application/json", QueryResultsFormat::Json),
    offer("application/sparql-results+xml", QueryResultsFormat::Xml),
    offer("application/xml", QueryResultsFormat::Xml),
    offer("text/csv", QueryResultsFormat::Csv),
    offer("text/tab-separated-values", QueryResultsFormat::Tsv),
];

/// Rows for a client that sends no `Accept` at all.
///
/// `pandas.read_csv(url)` and spreadsheets are such clients and read CSV alone. RFC 9110 lets the server
/// choose here; who names any format, or `*/*`, is not concerned.
pub const ROWS_UNASKED: Offer<QueryResultsFormat> = offer("text/csv", QueryResultsFormat::Csv);

/// Triples of a `CONSTRUCT` or `DESCRIBE`.
pub const GRAPH: &[Offer<GraphFormat>] = &[
    offer("text/turtle", GraphFormat::Turtle),
    offer("application/n-triples", GraphFormat::NTriples),
    offer("application/n-quads", GraphFormat::NQuads),
    offer("application/ld+json", GraphFormat::JsonLd),
    offer("application/json", GraphFormat::JsonLd),
    offer("application/rdf+xml", GraphFormat::RdfXml),
    offer("application/xml", GraphFormat::RdfXml),
    offer("text/plain", GraphFormat::NTriples),
];

/// An item at its own address: people first.
pub const ITEM: &[Offer<Shape>] = &[
    offer("text/html", Shape::Page),
    offer("text/turtle", Shape::Graph(GraphFormat::Turtle)),
    offer("application/n-triples", Shape::Graph(GraphFormat::NTriples)),
    offer("application/n-quads", Shape::Graph(GraphFormat::NQuads)),
    offer("application/ld+json", Shape::Graph(GraphFormat::JsonLd)),
    offer("application/json", Shape::Graph(GraphFormat::JsonLd)),
    offer("application/rdf+xml", Shape::Graph(GraphFormat::RdfXml)),
    offer("application/linkset+json", Shape::Linkset),
];

/// The description of the endpoint: a graph for programs, who are asked for first, or a page (`None`).
pub const DESCRIPTION: &[Offer<Option<GraphFormat>>] = &[
    offer("text/turtle", Some(GraphFormat::Turtle)),
    offer("application/n-triples", Some(GraphFormat::NTriples)),
    offer("application/n-quads", Some(GraphFormat::NQuads)),
    offer("application/ld+json", Some(GraphFormat::JsonLd)),
    offer("application/json", Some(GraphFormat::JsonLd)),
    offer("application/rdf+xml", Some(GraphFormat::RdfXml)),
    offer("text/html", None),
];

impl<F> Offer<F> {
    /// The `Content-Type`.
    pub fn content_type(&self) -> String {
        match self.media_type {
            text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
            other => other.to_owned(),
        }
    }
}

/// The offer of the highest quality that the client wants; among equals the one offered first.
///
/// # Errors
/// [`Error::NotAcceptable`], naming what is offered.
pub fn negotiate<F: Copy>(accept: Option<&str>, offers: &[Offer<F>]) -> Result<Offer<F>, Error> {
    let accept = accept.unwrap_or("*/*");
    let mut best: Option<(f32, Offer<F>)> = None;
    for offer in offers {
        let quality = quality(accept, offer.media_type);
        if quality > 0.0 && best.is_none_or(|(other, _)| quality > other) {
            best = Some((quality, *offer));
        }
    }
    best.map(|(_, offer)| offer).ok_or_else(|| {
        let offered: Vec<_> = offers.iter().map(|offer| offer.media_type).collect();
        Error::NotAcceptable { offered: offered.join(", ") }
    })
}

/// The quality that an `Accept` header gives a media type; the most specific range decides.
fn quality(accept: &str, offer: &str) -> f32 {
    let mut found = (0, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specificity = match name.as_str() {
            "*/*" | "*" => 1,
            _ if name == offer => 3,
            _ if name
                .strip_suffix("/*")
                .is_some_and(|top| offer.split('/').next() == Some(top)) =>
            {
                2
            }
            _ => continue,
        };
        let quality = parts
            .find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().ok())?
            })
            .unwrap_or(1.0);
        if specificity > found.0 {
            found = (specificity, quality);
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const RDFLIB: &str = "application/sparql-results+xml, application/rdf+xml";
    const SPARQLWRAPPER_JSON: &str =
        "application/sparql-results+json,application/json,text/javascript,application/javascript";
    const COMUNICA_ROWS: &str =
        "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7";
    const COMUNICA_GRAPH: &str = "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,\
        application/n-triples;q=0.8,text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,*/*;q=0.1";
    const YASGUI: &str = "application/sparql-results+json,*/*;q=0.9";
    const YASGUI_GRAPH: &str = "text/turtle,*/*;q=0.9";

    /// What each client gets for rows, for a graph and at an item, by the `Accept` that it sends.
    #[test]
    fn each_client_gets_what_it_reads() {
        let of = |media_type: Result<&'static str, Error>| media_type.ok();
        for (client, accept, rows, graph, item) in [
            (
                "a browser",
                Some(FIREFOX),
                Some("application/xml"),
                Some("application/xml"),
                Some("text/html"),
            ),
            (
                "curl",
                Some("*/*"),
                Some("application/sparql-results+json"),
                Some("text/turtle"),
                Some("text/html"),
            ),
            (
                "pandas.read_csv",
                None,
                Some("application/sparql-results+json"),
                Some("text/turtle"),
                Some("text/html"),
            ),
            (
                "rdflib",
                Some(RDFLIB),
                Some("application/sparql-results+xml"),
                Some("application/rdf+xml"),
                Some("application/rdf+xml"),
            ),
            (
                "SPARQLWrapper, JSON",
                Some(SPARQLWRAPPER_JSON),
                Some("application/sparql-results+json"),
                Some("application/json"),
                Some("application/json"),
            ),
            (
                "Comunica, SELECT",
                Some(COMUNICA_ROWS),
                Some("application/sparql-results+json"),
                None,
                None,
            ),
            (
                "Comunica, CONSTRUCT",
                Some(COMUNICA_GRAPH),
                Some("application/sparql-results+json"),
                Some("application/n-quads"),
                Some("application/n-quads"),
            ),
            (
                "YASGUI, SELECT",
                Some(YASGUI),
                Some("application/sparql-results+json"),
                Some("text/turtle"),
                Some("text/html"),
            ),
            (
                "YASGUI, CONSTRUCT",
                Some(YASGUI_GRAPH),
                Some("application/sparql-results+json"),
                Some("text/turtle"),
                Some("text/turtle"),
            ),
            (
                "a GS1 resolver",
                Some("application/linkset+json"),
                None,
                None,
                Some("application/linkset+json"),
            ),
            ("a picture viewer", Some("image/png"), None, None, None),
        ] {
            assert_eq!(of(negotiate(accept, ROWS).map(|it| it.media_type)), rows, "{client}");
            assert_eq!(of(negotiate(accept, GRAPH).map(|it| it.media_type)), graph, "{client}");
            assert_eq!(of(negotiate(accept, ITEM).map(|it| it.media_type)), item, "{client}");
        }
    }

    #[test]
    fn the_best_format_that_both_know_is_chosen() {
        for (accept, expected) in [
            ("text/csv", Some("text/csv")),
            ("text/csv;q=0.5, application/json", Some("application/json")),
            (
                "text/csv; Q=0.5, text/tab-separated-values; q = 0.6",
                Some("text/tab-separated-values"),
            ),
            ("text/*", Some("text/csv")),
            ("TEXT/CSV", Some("text/csv")),
            (
                "*/*;q=0.1, application/sparql-results+xml;q=0",
                Some("application/sparql-results+json"),
            ),
            ("application/*;q=0.2, text/csv;q=0.3", Some("text/csv")),
            ("text/turtle", None),
            ("text/csv;q=0", None),
            ("", None),
        ] {
            let got = negotiate(Some(accept), ROWS).ok().map(|offer| offer.media_type);
            assert_eq!(got, expected, "{accept}");
        }
    }

    #[test]
    fn a_refusal_names_every_offer() {
        let refused = negotiate(Some("image/png"), ROWS).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "none of the formats asked for can be given here: application/sparql-results+json, application/json, \
             application/sparql-results+xml, application/xml, text/csv, text/tab-separated-values"
        );
    }
}
