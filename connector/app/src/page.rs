//! The page of an item: plain HTML, readable on a phone and without script.

use crate::config::Config;
use crate::error::Error;
use adit_vocab::{qudt, schema, shorten};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Time;
use oxrdf::vocab::{rdfs, xsd};
use oxrdf::{Graph, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, TermRef};
use oxttl::TurtleParser;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Template)]
#[template(path = "item.html")]
struct Page<'p> {
    language: &'p str,
    title: String,
    iri: &'p str,
    path: String,
    company: &'p str,
    note: &'p str,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    values: Vec<Value>,
}

struct Value {
    text: String,
    link: Option<String>,
}

/// The labels of the vocabulary's terms, in English.
static LABELS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let graph: Graph =
        TurtleParser::new().for_slice(adit_vocab::TURTLE).filter_map(Result::ok).collect();
    let label = |triple: oxrdf::TripleRef<'_>| match (triple.subject, triple.object) {
        (oxrdf::NamedOrBlankNodeRef::NamedNode(term), TermRef::Literal(label))
            if label.language() == Some("en") =>
        {
            Some((term.as_str().to_owned(), label.value().to_owned()))
        }
        _ => None,
    };
    graph.triples_for_predicate(rdfs::LABEL).filter_map(label).collect()
});

/// Renders the visible facts about an item.
pub fn page(
    config: &Config,
    iri: &NamedNode,
    facts: &[Quad],
    signed_in: bool,
) -> Result<String, Error> {
    let own = NamedOrBlankNode::from(iri.clone());
    let reader = Reader { config, facts };
    let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut title = None;
    for quad in facts.iter().filter(|quad| quad.subject == own) {
        if quad.predicate == schema::NAME {
            title.get_or_insert_with(|| reader.text(quad.object.as_ref()));
            continue;
        }
        let values = rows.entry(label(quad.predicate.as_str())).or_default();
        let value =
            Value { text: reader.text(quad.object.as_ref()), link: link(quad.object.as_ref()) };
        if !values.iter().any(|known| known.text == value.text) {
            values.push(value);
        }
    }
    let page = Page {
        language: "en",
        title: title.unwrap_or_else(|| last_part(iri.as_str())),
        iri: iri.as_str(),
        path: iri.as_str().splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default(),
        company: &config.name,
        note: if signed_in {
            "You see what your credentials open."
        } else {
            "You see what is public; partners, researchers and authorities see more."
        },
        rows: rows.into_iter().map(|(label, values)| Row { label, values }).collect(),
    };
    page.render().map_err(|e| Error::Internal(format!("the page of {iri}: {e}")))
}

/// The name of a term as a person reads it: its label, else its local name in words.
fn label(iri: &str) -> String {
    if let Some(label) = LABELS.get(iri) {
        return capitalised(label);
    }
    let mut words = String::new();
    for c in last_part(iri).chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    capitalised(&words)
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn last_part(iri: &str) -> String {
    iri.rsplit(['/', '#', ':']).next().unwrap_or(iri).to_owned()
}

/// Words values for a person: with the company's name and zone, and what is said of the nodes in between.
struct Reader<'r> {
    config: &'r Config,
    facts: &'r [Quad],
}

impl Reader<'_> {
    /// A value as a person reads it: a quantity with its unit, a term by its label, a day without its hours.
    fn text(&self, value: TermRef<'_>) -> String {
        let node = match value {
            TermRef::Literal(literal) if literal.datatype() == xsd::DATE_TIME => {
                return self.time(literal.value());
            }
            TermRef::Literal(literal) => return literal.value().to_owned(),
            TermRef::BlankNode(_) => return String::new(),
            TermRef::NamedNode(node) => node,
        };
        if node.as_str() == self.config.did.as_str() {
            return self.config.name.clone();
        }
        if let Some(number) = self.said_of(node, qudt::NUMERIC_VALUE) {
            let unit = self.said_of(node, qudt::UNIT).unwrap_or_default();
            return format!("{number} {}", symbol(&unit));
        }
        match shorten(node.as_str()) {
            short if short.contains("://") || short.starts_with("did:") => short,
            _ => label(node.as_str()),
        }
    }

    fn said_of(&self, node: NamedNodeRef<'_>, predicate: NamedNodeRef<'_>) -> Option<String> {
        let subject = NamedOrBlankNode::from(node.into_owned());
        let mut quads = self.facts.iter();
        let quad = quads.find(|quad| quad.predicate == predicate && quad.subject == subject)?;
        Some(match &quad.object {
            Term::Literal(literal) => literal.value().to_owned(),
            Term::NamedNode(node) => node.as_str().to_owned(),
            Term::BlankNode(_) => String::new(),
        })
    }

    /// An instant in the company's zone; the start of a day there is that day.
    fn time(&self, text: &str) -> String {
        let zone = self.config.time_zone.as_deref().unwrap_or("UTC");
        let local = text.parse::<Timestamp>().ok().and_then(|at| at.in_tz(zone).ok());
        match local {
            Some(local) if local.time() == Time::midnight() => local.date().to_string(),
            Some(local) => format!("{} {zone}", local.strftime("%Y-%m-%d %H:%M")),
            None => text.to_owned(),
        }
    }
}

/// The symbol of a unit of measure, else its name in QUDT.
fn symbol(unit: &str) -> String {
    match shorten(unit).as_str() {
        "unit:KiloGM" => "kg".to_owned(),
        "unit:TONNE" => "t".to_owned(),
        "unit:MilliM" => "mm".to_owned(),
        "unit:M" => "m".to_owned(),
        "unit:HR" => "h".to_owned(),
        "unit:KiloW-HR" => "kWh".to_owned(),
        other => other.replace("unit:", ""),
    }
}

fn link(value: TermRef<'_>) -> Option<String> {
    match value {
        TermRef::NamedNode(node) if node.as_str().starts_with("https://") => {
            Some(node.as_str().to_owned())
        }
        TermRef::NamedNode(_) | TermRef::BlankNode(_) | TermRef::Literal(_) => None,
    }
}
