//! Graphs as bytes, in the formats of RDF 1.1.

use crate::error::Error;
use oxjsonld::{JsonLdSerializer, WriterJsonLdSerializer};
use oxrdf::{GraphNameRef, Quad, QuadRef, TripleRef};
use oxrdfxml::{RdfXmlSerializer, WriterRdfXmlSerializer};
use oxttl::nquads::WriterNQuadsSerializer;
use oxttl::ntriples::WriterNTriplesSerializer;
use oxttl::turtle::WriterTurtleSerializer;
use oxttl::{NQuadsSerializer, NTriplesSerializer, TurtleSerializer};
use std::collections::HashSet;
use std::io::{self, Write};

/// A format that graphs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// [Turtle](https://www.w3.org/TR/turtle/#sec-iri).
    Turtle,
    /// [N-Triples](https://www.w3.org/TR/n-triples/#n-triples-mediatype).
    NTriples,
    /// [N-Quads](https://www.w3.org/TR/n-quads/#n-quads-mediatype).
    NQuads,
    /// [JSON-LD](https://www.w3.org/TR/json-ld11/#expanded-document-form), expanded, with our prefixes as its context.
    JsonLd,
    /// [RDF/XML](https://www.w3.org/TR/rdf-syntax-grammar/#section-Syntax).
    RdfXml,
}

impl GraphFormat {
    /// Every format.
    pub const ALL: &[Self] =
        &[Self::Turtle, Self::NTriples, Self::NQuads, Self::JsonLd, Self::RdfXml];

    /// The name of the format in the [W3C's list](https://www.w3.org/ns/formats/).
    pub const fn iri(self) -> &'static str {
        match self {
            Self::Turtle => "http://www.w3.org/ns/formats/Turtle",
            Self::NTriples => "http://www.w3.org/ns/formats/N-Triples",
            Self::NQuads => "http://www.w3.org/ns/formats/N-Quads",
            Self::JsonLd => "http://www.w3.org/ns/formats/JSON-LD",
            Self::RdfXml => "http://www.w3.org/ns/formats/RDF_XML",
        }
    }

    /// The media type of the format alone.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Turtle => "text/turtle",
            Self::NTriples => "application/n-triples",
            Self::NQuads => "application/n-quads",
            Self::JsonLd => "application/ld+json",
            Self::RdfXml => "application/rdf+xml",
        }
    }

    /// Whether the format says which graph a triple stands in.
    const fn names_graphs(self) -> bool {
        match self {
            Self::NQuads => true,
            // JSON-LD could; a program that asks for it wants one object per item, not one per room.
            Self::Turtle | Self::NTriples | Self::JsonLd | Self::RdfXml => false,
        }
    }
}

/// Writes a graph triple by triple, so that nothing is held back.
pub enum GraphWriter<W: Write> {
    /// Turtle.
    Turtle(WriterTurtleSerializer<W>),
    /// N-Triples.
    NTriples(WriterNTriplesSerializer<W>),
    /// N-Quads.
    NQuads(WriterNQuadsSerializer<W>),
    /// JSON-LD.
    JsonLd(WriterJsonLdSerializer<W>),
    /// RDF/XML.
    RdfXml(WriterRdfXmlSerializer<W>),
}

impl<W: Write> GraphWriter<W> {
    /// Begins a graph; the formats that have prefixes get these beside the vocabulary's.
    pub fn new(format: GraphFormat, more_prefixes: &[(&str, &str)], writer: W) -> Self {
        let prefixes = adit_vocab::PREFIXES.iter().chain(more_prefixes);
        let known = "the prefixes are constants, and a test writes them";
        match format {
            GraphFormat::Turtle => {
                let add = |it: TurtleSerializer, (prefix, iri): &(&str, &str)| {
                    it.with_prefix(*prefix, *iri).expect(known)
                };
                Self::Turtle(prefixes.fold(TurtleSerializer::new(), add).for_writer(writer))
            }
            GraphFormat::NTriples => Self::NTriples(NTriplesSerializer::new().for_writer(writer)),
            GraphFormat::NQuads => Self::NQuads(NQuadsSerializer::new().for_writer(writer)),
            GraphFormat::JsonLd => {
                let add = |it: JsonLdSerializer, (prefix, iri): &(&str, &str)| {
                    it.with_prefix(*prefix, *iri).expect(known)
                };
                Self::JsonLd(prefixes.fold(JsonLdSerializer::new(), add).for_writer(writer))
            }
            GraphFormat::RdfXml => {
                let add = |it: RdfXmlSerializer, (prefix, iri): &(&str, &str)| {
                    it.with_prefix(*prefix, *iri).expect(known)
                };
                Self::RdfXml(prefixes.fold(RdfXmlSerializer::new(), add).for_writer(writer))
            }
        }
    }

    /// Writes one quad; the formats of one graph leave its graph out.
    ///
    /// # Errors
    /// What the format cannot say, such as a predicate that makes no XML name; or what the writer says.
    pub fn write(&mut self, quad: QuadRef<'_>) -> io::Result<()> {
        let triple = TripleRef::from(quad);
        match self {
            Self::Turtle(writer) => writer.serialize_triple(triple),
            Self::NTriples(writer) => writer.serialize_triple(triple),
            Self::NQuads(writer) => writer.serialize_quad(quad),
            Self::JsonLd(writer) => {
                writer.serialize_quad(triple.in_graph(GraphNameRef::DefaultGraph))
            }
            Self::RdfXml(writer) => writer.serialize_triple(triple),
        }
    }

    /// Ends the graph.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Turtle(writer) => writer.finish(),
            Self::NTriples(writer) => Ok(writer.finish()),
            Self::NQuads(writer) => Ok(writer.finish()),
            Self::JsonLd(writer) => writer.finish(),
            Self::RdfXml(writer) => writer.finish(),
        }
    }
}

/// A graph that is at hand, as text; each triple once where the format has no graphs to tell them apart.
pub fn write(
    format: GraphFormat,
    more_prefixes: &[(&str, &str)],
    quads: &[Quad],
) -> Result<String, Error> {
    let broken = |e: String| Error::Internal(format!("writing {format:?}: {e}"));
    let mut writer = GraphWriter::new(format, more_prefixes, Vec::new());
    let mut seen = HashSet::new();
    for quad in quads {
        let mut quad = quad.as_ref();
        if !format.names_graphs() {
            quad.graph_name = GraphNameRef::DefaultGraph;
        }
        if seen.insert(quad) {
            writer.write(quad).map_err(|e| broken(e.to_string()))?;
        }
    }
    let bytes = writer.finish().map_err(|e| broken(e.to_string()))?;
    String::from_utf8(bytes).map_err(|e| broken(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use oxttl::NQuadsParser;

    const QUADS: &str = "\
        <https://id.shop.example/p/1> <https://schema.org/name> \"Stång\"@sv <https://shop.example/room/a/as-built/public> .\n\
        <https://id.shop.example/p/1> <https://schema.org/name> \"Stång\"@sv <https://shop.example/room/b/as-built/public> .\n\
        <https://id.shop.example/p/1> <https://w3id.org/adit/ns#fromBatch> <https://id.mill.example/h/4711> <https://shop.example/room/a/as-built/public> .\n";

    #[test]
    fn a_fact_of_two_rooms_is_one_triple_and_two_quads() {
        let quads: Vec<Quad> =
            NQuadsParser::new().for_slice(QUADS).collect::<Result<_, _>>().unwrap();
        for (format, count) in [
            (GraphFormat::Turtle, 1),
            (GraphFormat::NTriples, 1),
            (GraphFormat::NQuads, 2),
            (GraphFormat::JsonLd, 1),
            (GraphFormat::RdfXml, 1),
        ] {
            let text = write(format, &[], &quads).unwrap();
            assert_eq!(text.matches("Stång").count(), count, "{format:?}: {text}");
            assert_eq!(text.contains("/room/"), format == GraphFormat::NQuads, "{text}");
        }
        expect![[r#"
            <https://id.shop.example/p/1> <https://schema.org/name> "Stång"@sv .
            <https://id.shop.example/p/1> <https://w3id.org/adit/ns#fromBatch> <https://id.mill.example/h/4711> .
        "#]]
        .assert_eq(&write(GraphFormat::NTriples, &[], &quads).unwrap());
    }

    #[test]
    fn every_format_writes_an_empty_graph_that_can_be_read() {
        for format in GraphFormat::ALL {
            let text = write(*format, &[("void", "http://rdfs.org/ns/void#")], &[]).unwrap();
            let read = match format {
                GraphFormat::Turtle => oxttl::TurtleParser::new().for_slice(&text).count(),
                GraphFormat::NTriples => oxttl::NTriplesParser::new().for_slice(&text).count(),
                GraphFormat::NQuads => NQuadsParser::new().for_slice(&text).count(),
                GraphFormat::JsonLd => oxjsonld::JsonLdParser::new().for_slice(&text).count(),
                GraphFormat::RdfXml => oxrdfxml::RdfXmlParser::new().for_slice(&text).count(),
            };
            assert_eq!(read, 0, "{format:?}: {text}");
        }
    }
}
