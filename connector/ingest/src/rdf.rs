//! RDF files: parse, name the blank nodes, look at the literals, say who holds what.

use crate::blank::name_blank_nodes;
use crate::problem::{LISTED_MAX, Problems};
use crate::resolve;
use crate::statements::{Place, Stated};
use crate::text::FileKind;
use crate::{Code, Context, Problem};
use adit_vocab::{Did, Room};
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use oxsdatatypes::{Boolean, Date, DateTime, Decimal, Double, Integer};
use oxttl::{NQuadsParser, NTriplesParser, TriGParser, TurtleParser, TurtleSyntaxError};
use std::collections::{HashMap, HashSet};

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
            collect(NTriplesParser::new().for_slice(data).map(in_default), context, problems)
        }
        FileKind::Turtle => {
            collect(TurtleParser::new().for_slice(data).map(in_default), context, problems)
        }
        FileKind::NQuads => collect(NQuadsParser::new().for_slice(data), context, problems),
        FileKind::TriG => collect(TriGParser::new().for_slice(data), context, problems),
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
    context: &Context,
    problems: &mut Problems,
) -> Vec<Triple> {
    let mut triples = Vec::new();
    for quad in quads {
        match quad {
            Ok(quad) => {
                check_graph(&quad.graph_name, context, problems);
                if let Term::Literal(literal) = &quad.object {
                    problems.extend(check_literal(literal));
                }
                triples.push(Triple::from(quad));
            }
            Err(error) => {
                let start = error.location().start;
                let message = format!("{} (character {})", error.message(), start.column + 1);
                let fix = "correct the line, or export the file again";
                problems.push(Problem::error(Code::RdfSyntax, message, fix).at_row(start.line + 1));
                // After a slip in a prefix every later line is an error of its own.
                if problems.error_count() >= LISTED_MAX {
                    break;
                }
            }
        }
    }
    triples
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
    Some(Problem::error(code, message, "correct the value or its datatype").with_value(text))
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
