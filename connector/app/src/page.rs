//! The page of an item: plain HTML, readable on a phone and without script.

use crate::config::Config;
use crate::error::Error;
use adit_vocab::{qudt, schema, shorten};
use askama::Template;
use oxrdf::{Graph, NamedNode, NamedOrBlankNode, Quad, TermRef, vocab::rdfs};
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
pub fn page(config: &Config, iri: &NamedNode, facts: &[Quad], signed_in: bool) -> Result<String, Error> {
    let own = NamedOrBlankNode::from(iri.clone());
    let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut title = None;
    for quad in facts.iter().filter(|quad| quad.subject == own) {
        if quad.predicate == schema::NAME {
            title.get_or_insert_with(|| text(quad.object.as_ref(), facts));
        }
        let values = rows.entry(label(quad.predicate.as_str())).or_default();
        let value = Value { text: text(quad.object.as_ref(), facts), link: link(quad.object.as_ref()) };
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

/// A value as a person reads it: a quantity with its unit, a term by its label.
fn text(value: TermRef<'_>, facts: &[Quad]) -> String {
    let node = match value {
        TermRef::Literal(literal) => return literal.value().to_owned(),
        TermRef::BlankNode(_) => return String::new(),
        TermRef::NamedNode(node) => node,
    };
    let of_node = |predicate| {
        let quad = facts.iter().find(|quad| {
            quad.predicate == predicate && quad.subject == NamedOrBlankNode::from(node.into_owned())
        })?;
        Some(match &quad.object {
            oxrdf::Term::Literal(literal) => literal.value().to_owned(),
            other => other.to_string().trim_matches(['<', '>']).to_owned(),
        })
    };
    if let Some(number) = of_node(qudt::NUMERIC_VALUE) {
        let unit = of_node(qudt::UNIT).unwrap_or_default();
        return format!("{number} {}", symbol(&unit));
    }
    LABELS.get(node.as_str()).map_or_else(|| shorten(node.as_str()), |label| capitalised(label))
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
