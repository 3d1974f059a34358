//! RDF files: parse, name the blank nodes, look at the literals, say who holds what.

use crate::blank::name_blank_nodes;
use crate::jsonld::read_jsonld;
use crate::problem::{LISTED_MAX, Problems};
use crate::resolve;
use crate::statements::{Place, Stated};
use crate::text::FileKind;
use crate::{Code, Context, Problem};
use adit_vocab::{Did, Room};
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use oxrdfxml::RdfXmlParser;
use oxsdatatypes::{Boolean, Date, DateTime, Decimal, Double, Integer};
use oxttl::{NQuadsParser, NTriplesParser, TriGParser, TurtleParser, TurtleSyntaxError};
use std::collections::{HashMap, HashSet};

/// The most bytes that are searched for the line of a problem.
const SEARCHED_BYTES_MAX: usize = 16 << 20;

/// Reads every triple; what is wrong goes to `problems`.
pub(crate) fn read_rdf(
    kind: FileKind,
    data: &[u8],
    context: &Context,
    problems: &mut Problems,
) -> Vec<Stated> {
    let data = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data);
    let in_default = |triple: Result<Triple, TurtleSyntaxError>| {
        triple.map(|triple| triple.in_graph(GraphName::DefaultGraph))
    };
    let triples = match kind {
        FileKind::NTriples => {
            collect(NTriplesParser::new().for_slice(data).map(in_default), data, context, problems)
        }
        FileKind::Turtle => {
            collect(TurtleParser::new().for_slice(data).map(in_default), data, context, problems)
        }
        FileKind::NQuads => collect(NQuadsParser::new().for_slice(data), data, context, problems),
        FileKind::TriG => collect(TriGParser::new().for_slice(data), data, context, problems),
        FileKind::JsonLd => {
            let quads = read_jsonld(data, problems);
            quads.into_iter().map(|quad| looked_at(quad, data, context, problems)).collect()
        }
        FileKind::RdfXml => read_rdfxml(data, context, problems),
        FileKind::Csv | FileKind::Xlsx => Vec::new(),
    };
    if problems.error_count() > 0 {
        return Vec::new();
    }
    if triples.is_empty() {
        let fix = "export it again; an export that failed often leaves an empty file";
        problems.push(Problem::error(Code::FileEmpty, "the file states nothing", fix));
    }
    let mut triples = match name_blank_nodes(triples, &context.base) {
        Ok(triples) => triples,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let followed = Holders::of(context).followed(&triples, problems);
    triples.extend(followed);
    triples.into_iter().map(|triple| Stated { triple, place: Place::default() }).collect()
}

fn collect(
    quads: impl Iterator<Item = Result<Quad, TurtleSyntaxError>>,
    data: &[u8],
    context: &Context,
    problems: &mut Problems,
) -> Vec<Triple> {
    let mut triples = Vec::new();
    for quad in quads {
        match quad {
            Ok(quad) => triples.push(looked_at(quad, data, context, problems)),
            Err(error) => {
                let start = error.location().start;
                problems
                    .push(syntax_problem(error.message(), start.column + 1).at_row(start.line + 1));
                // After a slip in a prefix every later line is an error of its own.
                if problems.error_count() >= LISTED_MAX {
                    break;
                }
            }
        }
    }
    triples
}

fn syntax_problem(message: &str, character: u64) -> Problem {
    // The parser says which part of an IRI it missed, and not what that means.
    if message.contains("No scheme found") {
        let message =
            format!("a relative IRI stands at character {character}, and the file has no base");
        return Problem::error(Code::ValueIri, message, "write it in full, with https://");
    }
    let message = format!("{message} (character {character})");
    Problem::error(Code::RdfSyntax, message, "correct the line, or export the file again")
}

/// A graph name says nothing here: rooms are assigned. Only our own rooms come back as they went out.
fn check_graph(graph: &GraphName, context: &Context, problems: &mut Problems) {
    let GraphName::NamedNode(name) = graph else { return };
    if Room::from_iri(name.as_str()).is_none_or(|room| room.base != context.base) {
        let message = format!("the graph name <{}> is not kept", name.as_str());
        let fix = "nothing, unless the name matters: facts stand in rooms by their predicate";
        problems.push_once(String::new(), Problem::warning(Code::RdfGraph, message, fix));
    }
}

/// A literal must be what its datatype says, and an instant must have a zone.
fn check_literal(literal: &Literal) -> Option<Problem> {
    let (text, datatype) = (literal.value(), literal.datatype());
    let is_sound = match datatype {
        xsd::STRING => return None,
        xsd::DATE_TIME => match text.parse::<DateTime>() {
            Ok(at) if at.timezone_offset().is_none() => {
                let message = "the time has no zone, so it cannot be compared with others";
                let problem = Problem::error(
                    Code::ZoneMissing,
                    message,
                    format!("write {text}Z if it is UTC, or add an offset such as +02:00"),
                );
                return Some(problem.with_value(text));
            }
            parsed => parsed.is_ok(),
        },
        xsd::DATE => text.parse::<Date>().is_ok(),
        xsd::DECIMAL => text.parse::<Decimal>().is_ok(),
        xsd::INTEGER => text.parse::<Integer>().is_ok(),
        xsd::BOOLEAN => text.parse::<Boolean>().is_ok(),
        xsd::DOUBLE => text.parse::<Double>().is_ok(),
        _ => return None,
    };
    if is_sound {
        return None;
    }
    let code = match datatype {
        xsd::DATE_TIME | xsd::DATE => Code::ValueDate,
        xsd::DECIMAL => Code::ValueDecimal,
        xsd::INTEGER => Code::ValueInteger,
        xsd::BOOLEAN => Code::ValueBoolean,
        _ => Code::ValueNumber,
    };
    let message = format!("it is no {}", adit_vocab::shorten(datatype.as_str()));
    // JSON-LD makes a floating-point number of every number with a fraction.
    let fix = if datatype == xsd::DECIMAL && text.parse::<Double>().is_ok() {
        "write it without an exponent, in JSON-LD as text in quotes"
    } else {
        "correct the value or its datatype"
    };
    Some(Problem::error(code, message, fix).with_value(text))
}

/// RDF/XML, whose entities are refused: a few of them inside each other fill any memory.
fn read_rdfxml(data: &[u8], context: &Context, problems: &mut Problems) -> Vec<Triple> {
    if data.windows(8).any(|window| window == b"<!ENTITY") {
        let fix = "write the namespaces in full, or save the file as Turtle";
        problems.push(Problem::error(Code::RdfSyntax, "entities of XML are not read here", fix));
        return Vec::new();
    }
    if !is_closed(data) {
        let fix = "the file may be cut off: export it again";
        let message = "the outermost element is not closed";
        problems.push(Problem::error(Code::RdfSyntax, message, fix));
        return Vec::new();
    }
    let mut triples = Vec::new();
    let mut parser = RdfXmlParser::new().for_slice(data);
    while let Some(triple) = parser.next() {
        match triple {
            Ok(triple) => {
                let quad = triple.in_graph(GraphName::DefaultGraph);
                triples.push(looked_at(quad, data, context, problems));
            }
            Err(error) => {
                let before = usize::try_from(parser.buffer_position()).unwrap_or(data.len());
                let before = &data[..before.min(data.len())];
                let row = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u64;
                let fix = "correct the place, or export the file again";
                let problem = Problem::error(Code::RdfSyntax, error.to_string(), fix);
                problems.push(problem.at_row(row));
                break;
            }
        }
    }
    triples
}

/// Whether the outermost element ends, which the parser does not ask for.
fn is_closed(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let mut rest = text.trim_end();
    while let Some(start) = rest.strip_suffix("-->").and_then(|inner| inner.rfind("<!--")) {
        rest = rest[..start].trim_end();
    }
    let is_name = |c: &char| c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.');
    let name_after = |at: usize| text[at..].chars().take_while(is_name).collect::<String>();
    let starts = text.match_indices('<').map(|(at, _)| name_after(at + 1));
    let Some(root) = starts.into_iter().find(|name| !name.is_empty()) else { return false };
    let last = rest.rfind('<').map(|at| rest[at..].trim_end_matches('>').trim_end());
    match last {
        Some(last) if rest.ends_with('>') => {
            last.strip_prefix("</") == Some(root.as_str())
                || last.ends_with('/') && last.trim_start_matches('<').starts_with(&root)
        }
        _ => false,
    }
}

/// The line on which a text stands first, where the file is short enough to look for it.
pub(crate) fn line_of(data: &[u8], wanted: &str) -> Option<u64> {
    let wanted = wanted.as_bytes();
    if data.len() > SEARCHED_BYTES_MAX || wanted.is_empty() {
        return None;
    }
    let at = data.windows(wanted.len()).position(|window| window == wanted)?;
    Some(1 + data[..at].iter().filter(|byte| **byte == b'\n').count() as u64)
}

/// The triple of a quad, after its graph name and its literal have been checked.
fn looked_at(quad: Quad, data: &[u8], context: &Context, problems: &mut Problems) -> Triple {
    check_graph(&quad.graph_name, context, problems);
    if let Term::Literal(literal) = &quad.object
        && let Some(problem) = check_literal(literal)
    {
        let line = line_of(data, &format!("\"{}\"", literal.value()));
        problems.push(Problem { row: line, ..problem });
    }
    Triple::from(quad)
}

/// Whose things begin with what.
struct Holders<'a> {
    /// By scheme and host, so that a million IRIs need not meet every prefix.
    by_host: HashMap<&'a str, Vec<(&'a str, Option<&'a Did>)>>,
}

impl<'a> Holders<'a> {
    fn of(context: &'a Context) -> Self {
        let mut by_host: HashMap<&str, Vec<(&str, Option<&Did>)>> = HashMap::new();
        let own = context.templates.prefixes().into_iter().map(|prefix| (prefix, None));
        let makers = context.makers.iter().filter(|(did, _)| **did != context.own);
        let foreign = makers.flat_map(|(did, templates)| {
            templates.prefixes().into_iter().map(move |prefix| (prefix, Some(did)))
        });
        for (prefix, did) in own.chain(foreign) {
            by_host.entry(host_of(prefix)).or_default().push((prefix, did));
        }
        // The longest prefix decides.
        by_host
            .values_mut()
            .for_each(|known| known.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len())));
        Self { by_host }
    }

    /// That another company holds the facts about each of its things that the triples mention.
    fn followed(&self, triples: &[Triple], problems: &mut Problems) -> Vec<Triple> {
        let mut seen: HashSet<&NamedNode> = HashSet::new();
        let mut followed = Vec::new();
        let subjects = triples.iter().filter_map(|triple| match &triple.subject {
            NamedOrBlankNode::NamedNode(node) => Some(node),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        let objects = triples.iter().filter_map(|triple| match &triple.object {
            Term::NamedNode(node) => Some(node),
            Term::BlankNode(_) | Term::Literal(_) => None,
        });
        for node in subjects.chain(objects) {
            let Some(known) = self.by_host.get(host_of(node.as_str())) else { continue };
            let Some((prefix, did)) =
                known.iter().find(|(prefix, _)| node.as_str().starts_with(prefix))
            else {
                continue;
            };
            if known.iter().any(|(other, maker)| other == prefix && maker != did) {
                let message = format!("things under {prefix} may be of several companies");
                let fix = "state adit:factsHeldBy of each of them in the file";
                problems.push_once(
                    (*prefix).to_owned(),
                    Problem::warning(Code::ReferenceAmbiguous, message, fix),
                );
            } else if let Some(did) = did
                && seen.insert(node)
            {
                followed.push(resolve::held_by(node, did));
            }
        }
        followed
    }
}

/// Scheme and host of an IRI: all up to the third slash.
fn host_of(iri: &str) -> &str {
    let mut slashes = iri.match_indices('/').skip(2);
    slashes.next().map_or(iri, |(end, _)| &iri[..end])
}
