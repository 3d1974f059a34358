//! Which format an answer takes, by [HTTP content negotiation](https://www.rfc-editor.org/rfc/rfc9110#name-accept).

use crate::error::Error;

/// A format that answers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// [SPARQL 1.1 Query Results JSON](https://www.w3.org/TR/sparql11-results-json/#json-result-object).
    Json,
    /// [SPARQL 1.1 Query Results CSV](https://www.w3.org/TR/sparql11-results-csv-tsv/#csv).
    Csv,
    /// [Turtle](https://www.w3.org/TR/turtle/#sec-iri).
    Turtle,
    /// [N-Triples](https://www.w3.org/TR/n-triples/#n-triples-mediatype).
    NTriples,
    /// A page for people.
    Html,
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Rows, or yes or no.
    Rows,
    /// Triples.
    Graph,
    /// The description of an item: a page or triples.
    Item,
}

impl Format {
    /// The `Content-Type`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/sparql-results+json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Turtle => "text/turtle; charset=utf-8",
            Self::NTriples => "application/n-triples",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

impl Kind {
    /// The media types that are answered, the preferred one first.
    const fn offers(self) -> &'static [(&'static str, Format)] {
        match self {
            Self::Rows => &[
                ("application/sparql-results+json", Format::Json),
                ("application/json", Format::Json),
                ("text/csv", Format::Csv),
            ],
            Self::Graph => &[
                ("text/turtle", Format::Turtle),
                ("application/n-triples", Format::NTriples),
                ("text/plain", Format::NTriples),
            ],
            Self::Item => &[
                ("text/html", Format::Html),
                ("text/turtle", Format::Turtle),
                ("application/n-triples", Format::NTriples),
            ],
        }
    }

    const fn offered(self) -> &'static str {
        match self {
            Self::Rows => "application/sparql-results+json, text/csv",
            Self::Graph => "text/turtle, application/n-triples",
            Self::Item => "text/html, text/turtle, application/n-triples",
        }
    }
}

/// The format of the highest quality that both sides know; among equals the one offered first.
pub fn negotiate(accept: Option<&str>, kind: Kind) -> Result<Format, Error> {
    let accept = accept.unwrap_or("*/*");
    let mut best: Option<(f32, Format)> = None;
    for (offer, format) in kind.offers() {
        let quality = quality(accept, offer);
        if quality > 0.0 && best.is_none_or(|(other, _)| quality > other) {
            best = Some((quality, *format));
        }
    }
    best.map(|(_, format)| format).ok_or(Error::NotAcceptable { offered: kind.offered() })
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
                .is_some_and(|top| offer.starts_with(&format!("{top}/"))) =>
            {
                2
            }
            _ => continue,
        };
        let quality = parts
            .find_map(|parameter| parameter.strip_prefix("q="))
            .and_then(|value| value.parse().ok())
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

    #[test]
    fn the_best_format_that_both_know_is_chosen() {
        for (accept, kind, expected) in [
            (None, Kind::Rows, Some(Format::Json)),
            (Some("*/*"), Kind::Graph, Some(Format::Turtle)),
            (Some("text/csv"), Kind::Rows, Some(Format::Csv)),
            (Some("text/csv;q=0.5, application/json"), Kind::Rows, Some(Format::Json)),
            (Some("text/*"), Kind::Rows, Some(Format::Csv)),
            (Some("text/html,*/*;q=0.8"), Kind::Item, Some(Format::Html)),
            (Some("text/html;q=0, */*"), Kind::Item, Some(Format::Turtle)),
            (Some("application/n-triples"), Kind::Graph, Some(Format::NTriples)),
            (Some("image/png"), Kind::Item, None),
            (Some("text/turtle"), Kind::Rows, None),
        ] {
            assert_eq!(negotiate(accept, kind).ok(), expected, "{accept:?}");
        }
    }
}
