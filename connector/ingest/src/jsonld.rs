//! JSON-LD to quads, with the contexts that are part of the program and nothing dropped in silence.
//!
//! [JSON-LD](https://www.w3.org/TR/json-ld11-api/#expansion) leaves out every member that its context does not define, and every
//! relative IRI where there is no base. So the context here ends in a vocabulary and a base of ours that stand for nothing:
//! what would have been left out comes out under them, and is an error.

use crate::json::parse_strictly;
use crate::near::nearest;
use crate::problem::{LISTED_MAX, Problems};
use crate::rdf::line_of;
use crate::{Code, Problem};
use oxjsonld::JsonLdParser;
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use oxttl::TurtleParser;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The most bytes of a JSON-LD file, which is read as a whole.
const BYTES_MAX: usize = 64 << 20;
/// Stands before every member that no context defines.
const UNDEFINED: &str = "x-undefined:";
/// Stands before every IRI that is relative.
const RELATIVE: &str = "https://relative.invalid/";

/// Characters that no IRI has.
const NEVER_IN_IRIS: [char; 11] = [' ', '<', '>', '"', '{', '}', '|', '\\', '^', '`', '\n'];

/// The contexts that are part of the program.
const CONTEXTS: &[(&str, &str)] = &[("https://w3id.org/adit/context.jsonld", adit_vocab::CONTEXT)];

/// The [keywords](https://www.w3.org/TR/json-ld11/#keywords) of JSON-LD.
const KEYWORDS: &[&str] = &[
    "@base",
    "@container",
    "@context",
    "@direction",
    "@graph",
    "@id",
    "@included",
    "@index",
    "@json",
    "@language",
    "@list",
    "@nest",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@reverse",
    "@set",
    "@type",
    "@value",
    "@version",
    "@vocab",
];

/// The prefixed names of everything that the bundled vocabulary, rules and profiles name, by local name.
static KNOWN: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let files = adit_vocab::SHAPES.iter().chain(adit_vocab::PROFILES).map(|(_, turtle)| *turtle);
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for turtle in files.chain([adit_vocab::TURTLE]) {
        // The bundled files are read by a test of their own.
        for triple in TurtleParser::new().for_slice(turtle).filter_map(Result::ok) {
            let subject = match triple.subject {
                NamedOrBlankNode::NamedNode(node) => Some(node),
                NamedOrBlankNode::BlankNode(_) => None,
            };
            let object = match triple.object {
                Term::NamedNode(node) => Some(node),
                Term::Literal(_) | Term::BlankNode(_) => None,
            };
            for node in subject.into_iter().chain(object) {
                let short = adit_vocab::shorten(node.as_str());
                if let Some((_, local)) = short.split_once(':').filter(|it| !it.1.starts_with('/'))
                {
                    known.entry(local.to_owned()).or_default().insert(short.clone());
                }
            }
        }
    }
    known
});

/// Reads every quad; what is wrong goes to `problems`.
pub(crate) fn read_jsonld(data: &[u8], problems: &mut Problems) -> Vec<Quad> {
    if data.len() > BYTES_MAX {
        let message = format!("the file has {} MB; the most of JSON-LD is 64 MB", data.len() >> 20);
        problems.push(Problem::error(Code::FileSize, message, "save it as N-Quads (.nq)"));
        return Vec::new();
    }
    let document = match parse_strictly(data) {
        Ok(document) => document,
        Err(error) => {
            let fix = "put the place right; often a comma or a quote is missing just before it";
            let problem = Problem::error(Code::RdfSyntax, format!("it is not JSON: {error}"), fix);
            problems.push(problem.at_row(error.line() as u64));
            return Vec::new();
        }
    };
    let mut reader = Reader { data, terms: BTreeMap::new(), problems };
    let document = reader.with_bundled(document);
    if reader.problems.error_count() > 0 {
        return Vec::new();
    }
    reader.look_at_members(&document, None);
    let document = match document {
        Value::Array(nodes) => Value::Array(nodes.into_iter().map(guarded).collect()),
        node => guarded(node),
    };
    reader.quads(&document)
}

/// What the values of a term are, as far as it decides what would be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Node,
    /// Texts by language.
    Languages,
    /// JSON that is kept as it is.
    Json,
    Other,
}

struct Reader<'a, 'p> {
    data: &'a [u8],
    /// Every term that a context of the file defines, and what its values are.
    terms: BTreeMap<String, Kind>,
    problems: &'p mut Problems,
}

impl Reader<'_, '_> {
    /// The document with the text of each bundled context in the place of its IRI.
    fn with_bundled(&mut self, value: Value) -> Value {
        match value {
            Value::Object(members) => {
                let member = |(key, value): (String, Value)| {
                    let value = match key.as_str() {
                        "@context" => self.context(value),
                        "@import" => {
                            self.refuse_context(value.as_str().unwrap_or_default());
                            Value::Null
                        }
                        _ => self.with_bundled(value),
                    };
                    if key.starts_with('@') && !KEYWORDS.contains(&key.as_str()) && key != "@import"
                    {
                        let message = format!("'{key}' is no keyword of JSON-LD");
                        let fix = "correct it; names that begin with @ are reserved";
                        self.report(Problem::error(Code::TermUndefined, message, fix), &key);
                    }
                    (key, value)
                };
                Value::Object(members.into_iter().map(member).collect())
            }
            Value::Array(items) => {
                Value::Array(items.into_iter().map(|item| self.with_bundled(item)).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
        }
    }

    fn context(&mut self, context: Value) -> Value {
        match context {
            Value::String(iri) => match CONTEXTS.iter().find(|(known, _)| *known == iri) {
                Some((_, text)) => {
                    let mut bundled: Value = serde_json::from_str(text).expect(
                        "the bundled contexts are part of the program and a test reads them",
                    );
                    self.context(bundled["@context"].take())
                }
                None => {
                    self.refuse_context(&iri);
                    Value::Null
                }
            },
            Value::Array(contexts) => {
                // A list within a list is not allowed, and a bundled context is no list.
                Value::Array(contexts.into_iter().map(|context| self.context(context)).collect())
            }
            Value::Object(terms) => {
                self.terms.extend(terms.iter().map(|(term, said)| (term.clone(), kind_of(said))));
                self.with_bundled(Value::Object(terms))
            }
            Value::Null => {
                let message = "a context is taken back with null";
                let fix = "leave the null out; without a context nothing has a meaning";
                self.report(Problem::error(Code::ContextUnknown, message, fix), "@context");
                Value::Null
            }
            Value::Bool(_) | Value::Number(_) => context,
        }
    }

    fn refuse_context(&mut self, iri: &str) {
        let known: Vec<&str> = CONTEXTS.iter().map(|(known, _)| *known).collect();
        let message =
            format!("the context {iri} would have to be fetched, and nothing is fetched here");
        let fix = format!("write {}, or the terms themselves in place of it", known.join(" or "));
        self.report(Problem::error(Code::ContextUnknown, message, fix).with_value(iri), iri);
    }

    /// Looks for what no IRI and no language tag can be, which the expansion leaves out without a trace.
    fn look_at_members(&mut self, value: &Value, term: Option<&str>) {
        match value {
            Value::Object(members) => {
                let languages =
                    term.and_then(|term| self.terms.get(term)) == Some(&Kind::Languages);
                for (key, value) in members {
                    if key == "@context" {
                        continue;
                    }
                    if languages && !key.starts_with('@') {
                        self.look_at_language(key);
                        continue;
                    }
                    if key.contains(NEVER_IN_IRIS) && !self.terms.contains_key(key) {
                        self.undefined(key);
                    }
                    if self.terms.get(key) != Some(&Kind::Json) {
                        self.look_at_members(value, Some(key));
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.look_at_members(item, term)),
            Value::String(text) => match term {
                Some("@language") => self.look_at_language(text),
                Some("@id" | "@type") => self.look_at_iri(text),
                Some(term) if self.terms.get(term) == Some(&Kind::Node) => self.look_at_iri(text),
                Some(_) | None => {}
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn look_at_iri(&mut self, text: &str) {
        if text.contains(NEVER_IN_IRIS) && !self.terms.contains_key(text) {
            let problem = Problem::error(
                Code::ValueIri,
                "it is not an IRI, so it would be left out",
                "write blanks and other such characters with %, as in %20",
            );
            self.report(problem.with_value(text), text);
        }
    }

    fn look_at_language(&mut self, tag: &str) {
        if tag != "@none" && Literal::new_language_tagged_literal("", tag).is_err() {
            let problem = Problem::error(
                Code::ValueLanguage,
                "it is no language tag, so the text would be left out",
                "write a language tag such as fi, sv or en-GB",
            );
            self.report(problem.with_value(tag), tag);
        }
    }

    fn quads(&mut self, document: &Value) -> Vec<Quad> {
        let text = document.to_string();
        let parser = JsonLdParser::new().with_base_iri(RELATIVE);
        let parser = parser.expect("the base is a constant that a test uses");
        let mut quads = Vec::new();
        for quad in parser.for_slice(&text) {
            match quad {
                Ok(quad) => {
                    self.look_at(&quad);
                    quads.push(quad);
                }
                Err(error) => {
                    let fix = "correct the place, or export the file again";
                    let problem = Problem::error(Code::RdfSyntax, error.to_string(), fix);
                    self.problems.push(problem);
                    break;
                }
            }
            if self.problems.error_count() >= LISTED_MAX {
                break;
            }
        }
        quads
    }

    /// Whether a quad holds what JSON-LD would have left out.
    fn look_at(&mut self, quad: &Quad) {
        let mut nodes: Vec<&NamedNode> = vec![&quad.predicate];
        if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
            nodes.push(node);
        }
        if let Term::NamedNode(node) = &quad.object {
            nodes.push(node);
        }
        if let GraphName::NamedNode(node) = &quad.graph_name {
            nodes.push(node);
        }
        let datatype = match &quad.object {
            Term::Literal(literal) => literal.datatype().as_str(),
            Term::NamedNode(_) | Term::BlankNode(_) => "",
        };
        for iri in nodes.into_iter().map(NamedNode::as_str).chain([datatype]) {
            if let Some(term) = iri.strip_prefix(UNDEFINED) {
                self.undefined(term);
            } else if let Some(relative) = iri.strip_prefix(RELATIVE) {
                let message = format!("'{relative}' is a relative IRI, and the file has no base");
                let fix = "write it in full, with https://";
                let problem = Problem::error(Code::ValueIri, message, fix).with_value(relative);
                self.report(problem, relative);
            }
        }
    }

    fn undefined(&mut self, term: &str) {
        let mut near: Vec<&str> = self.prefixed(term);
        if near.is_empty() {
            near = nearest(term, self.terms.keys().map(String::as_str), 3);
        }
        let fix = match near.is_empty() {
            true => "define it in the context, or write the IRI in full".to_owned(),
            false => format!("write {}, or define it in the context", near.join(" or ")),
        };
        let message = format!("no context defines '{term}', so it would be left out");
        let problem = Problem::error(Code::TermUndefined, message, fix).with_value(term);
        self.report(problem, term);
    }

    /// The terms of the bundled files with this name, under the prefixes that the contexts define.
    fn prefixed(&self, term: &str) -> Vec<&'static str> {
        let known = KNOWN.get(term).into_iter().flatten().map(String::as_str);
        let is_defined = |short: &&str| {
            short.split_once(':').is_some_and(|(prefix, _)| self.terms.contains_key(prefix))
        };
        known.filter(is_defined).collect()
    }

    /// Lists a problem once, at the line where its word stands first.
    fn report(&mut self, problem: Problem, word: &str) {
        let quoted = Value::String(word.to_owned()).to_string();
        let problem = Problem { row: line_of(self.data, &quoted), ..problem };
        self.problems.push_once(word.to_owned(), problem);
    }
}

fn kind_of(definition: &Value) -> Kind {
    let said = |key: &str, wanted: &str| match &definition[key] {
        Value::Array(all) => all.iter().any(|one| one == wanted),
        one => one == wanted,
    };
    if said("@type", "@id") || said("@type", "@vocab") {
        Kind::Node
    } else if said("@type", "@json") {
        Kind::Json
    } else if said("@container", "@language") {
        Kind::Languages
    } else {
        Kind::Other
    }
}

/// A node whose context ends in the vocabulary that stands for nothing.
fn guarded(node: Value) -> Value {
    let Value::Object(mut members) = node else { return node };
    let own = match members.remove("@context") {
        None => Vec::new(),
        Some(Value::Array(contexts)) => contexts,
        Some(context) => vec![context],
    };
    let mut contexts = vec![json!({ "@vocab": UNDEFINED })];
    contexts.extend(own);
    let mut guarded = Map::new();
    guarded.insert("@context".to_owned(), Value::Array(contexts));
    guarded.extend(members);
    Value::Object(guarded)
}
