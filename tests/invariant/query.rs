//! Random questions: each leads with one feature of SPARQL and may have others beside it.

use crate::draft::{Draft, as_item};
use crate::oracle::DERIVED;
use fastrand::Rng;
use oxrdf::{NamedNode, Quad, Term};
use std::collections::BTreeSet;

/// What a question makes use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Feature {
    Count,
    Optional,
    NotExists,
    Minus,
    Path,
    Graph,
    From,
    Subquery,
    Construct,
    Describe,
    Ask,
    /// One of the three predicates that the View derives.
    Derived,
    /// Sums and means by group.
    Total,
    /// An OPTIONAL in an OPTIONAL.
    Chain,
    Union,
    /// COALESCE or IF(BOUND(..)).
    Coalesce,
    Values,
    In,
    /// Against an edge.
    Inverse,
    /// ORDER BY and LIMIT.
    Order,
    /// `adit:partOf+` and `*`, through as many hands as there are.
    Deep,
    /// Installations with their intervals, over or not.
    History,
}

impl Feature {
    pub(crate) const ALL: [Self; 22] = [
        Self::Count,
        Self::Optional,
        Self::NotExists,
        Self::Minus,
        Self::Path,
        Self::Graph,
        Self::From,
        Self::Subquery,
        Self::Construct,
        Self::Describe,
        Self::Ask,
        Self::Derived,
        Self::Total,
        Self::Chain,
        Self::Union,
        Self::Coalesce,
        Self::Values,
        Self::In,
        Self::Inverse,
        Self::Order,
        Self::Deep,
        Self::History,
    ];

    /// What the text of a question says of its features, read back from the text.
    fn all_in(text: &str) -> BTreeSet<Self> {
        let marks = |feature| match feature {
            Self::Count => text.contains("(COUNT("),
            Self::Optional => text.contains("OPTIONAL {"),
            Self::NotExists => text.contains("NOT EXISTS {"),
            Self::Minus => text.contains("MINUS {"),
            Self::Path => [">+", ">*", ">?", ")+", " ^<", ">|<", ">/<", "!("]
                .iter()
                .any(|op| text.contains(op)),
            Self::Graph => text.contains("GRAPH ?"),
            Self::From => text.contains("FROM <"),
            Self::Subquery => text.contains("{ SELECT"),
            Self::Construct => text.starts_with("CONSTRUCT"),
            Self::Describe => text.starts_with("DESCRIBE"),
            Self::Ask => text.starts_with("ASK"),
            Self::Derived => DERIVED.iter().any(|it| text.contains(&it.to_string())),
            Self::Total => text.contains("(SUM("),
            Self::Chain => text.matches("OPTIONAL {").count() > 1 && text.contains("} }"),
            Self::Union => text.contains("} UNION {"),
            Self::Coalesce => text.contains("COALESCE(") || text.contains("IF(BOUND("),
            Self::Values => text.contains("VALUES "),
            Self::In => text.contains("IN (<"),
            Self::Inverse => text.contains(" ^<") || text.contains("(^<"),
            Self::Order => text.contains("ORDER BY"),
            Self::Deep => text.contains("partOf>+") || text.contains("partOf>*"),
            Self::History => text.contains("installedItem>"),
        };
        Self::ALL.into_iter().filter(|feature| marks(*feature)).collect()
    }
}

/// A question and what it makes use of.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) features: BTreeSet<Feature>,
}

impl Question {
    pub(crate) fn new(text: String) -> Self {
        Self { features: Feature::all_in(&text), text }
    }
}

/// What questions are drawn from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The facts that the asker can see, derived ones included.
    pub(crate) seen: &'a [Quad],
    /// All facts, derived ones included.
    pub(crate) all: &'a [Quad],
    /// All rooms, for FROM.
    pub(crate) rooms: &'a [NamedNode],
}

/// A question that leads with a feature; `anchored` if each pattern must be reached from a constant.
pub(crate) fn question(
    rng: &mut Rng,
    source: Source<'_>,
    lead: Option<Feature>,
    anchored: bool,
) -> Question {
    for attempt in 0..40 {
        // Not everybody can see what every feature needs.
        let lead = lead.filter(|_| attempt < 25);
        // Now and then the asker guesses at what is hidden, and most of all by yes or no.
        let guess = if lead == Some(Feature::Ask) { 35 } else { 15 };
        let seen = if rng.u8(..100) < guess { source.all } else { source.seen };
        let first = match lead {
            Some(Feature::Deep) => Some(adit_vocab::adit::PART_OF),
            Some(Feature::History) => Some(adit_vocab::adit::INSTALLED_ITEM),
            Some(_) | None => None,
        };
        let Some(mut draft) = Draft::start(rng, seen, source.all, anchored, first) else { break };
        let clauses = draft.rng.usize(..3);
        draft.extend(clauses);
        if anchored && draft.chance(75) {
            draft.cross_borders();
        }
        if let Some(text) = lead_with(&mut draft, lead, source.rooms) {
            return Question::new(text);
        }
    }
    Question::new("ASK { <https://id.nowhere.example/item/1> ?p ?o }".to_owned())
}

/// Adds the clauses and the form of the lead feature, or nothing where the witness has none.
fn lead_with(draft: &mut Draft<'_>, lead: Option<Feature>, rooms: &[NamedNode]) -> Option<String> {
    match lead {
        Some(Feature::Optional) => draft.optional()?,
        Some(Feature::NotExists) => draft.not_exists()?,
        Some(Feature::Minus) => draft.minus()?,
        Some(Feature::Path) => draft.path()?,
        Some(Feature::Graph) => draft.graph()?,
        Some(Feature::Subquery) => draft.subquery()?,
        Some(Feature::Derived) => draft.derived()?,
        Some(Feature::Chain) => draft.chain()?,
        Some(Feature::Union) => draft.union()?,
        Some(Feature::Coalesce) => draft.coalesce()?,
        Some(Feature::Values) => draft.values()?,
        Some(Feature::In) => draft.within()?,
        Some(Feature::Inverse) => draft.sideways()?,
        Some(Feature::Deep) => {
            draft.deep()?;
            draft.cross_borders();
        }
        Some(Feature::History) => draft.history()?,
        Some(
            Feature::Count
            | Feature::From
            | Feature::Construct
            | Feature::Describe
            | Feature::Ask
            | Feature::Total
            | Feature::Order,
        )
        | None => {}
    }
    // What these add is a bonus: a witness without it leaves the question as it is.
    let _bonus: Option<()> = match draft.rng.u8(..24) {
        0 => draft.optional(),
        1 => draft.not_exists(),
        2 => draft.minus(),
        3 | 4 => draft.path(),
        5 => draft.graph(),
        6 => draft.subquery(),
        7..10 => draft.spice(),
        10 => draft.chain(),
        11 => draft.union(),
        12 => draft.coalesce(),
        13 => draft.values(),
        14 => draft.within(),
        15 => draft.sideways(),
        16 => draft.deep(),
        17 => draft.history(),
        _ => None,
    };
    let from_wanted = lead == Some(Feature::From) || draft.chance(6);
    let from = if from_wanted { from(draft, rooms) } else { String::new() };
    Some(match lead {
        Some(Feature::Construct) => construct(draft, &from),
        Some(Feature::Describe) => describe(draft, &from),
        Some(Feature::Ask) => format!("ASK {from}{{ {} }}", draft.body.join(" ")),
        Some(Feature::Count) => count(draft, &from),
        Some(Feature::Total) => draft.total()?,
        Some(Feature::Order) => draft.first_rows()?,
        Some(Feature::Deep) if draft.rng.bool() => {
            draft.total().unwrap_or_else(|| select(draft, &from))
        }
        Some(
            Feature::Optional
            | Feature::NotExists
            | Feature::Minus
            | Feature::Path
            | Feature::Graph
            | Feature::From
            | Feature::Subquery
            | Feature::Derived
            | Feature::Chain
            | Feature::Union
            | Feature::Coalesce
            | Feature::Values
            | Feature::In
            | Feature::Inverse
            | Feature::Deep
            | Feature::History,
        )
        | None => match draft.rng.u8(..12) {
            0 | 1 => count(draft, &from),
            _ => select(draft, &from),
        },
    })
}

/// FROM and FROM NAMED: mostly the rooms of the witnesses, with others that may be hidden.
fn from(draft: &mut Draft<'_>, rooms: &[NamedNode]) -> String {
    let mut clauses = BTreeSet::new();
    let (plain, named) = (draft.rooms.clone(), draft.named.clone());
    for room in plain {
        if draft.chance(94) {
            clauses.insert(format!("FROM {room} "));
        }
    }
    for room in named {
        clauses.insert(format!("FROM NAMED {room} "));
    }
    for _ in 0..draft.rng.u8(..4) {
        let Some(room) = draft.choose(rooms) else { continue };
        let named = if draft.chance(30) { "NAMED " } else { "" };
        clauses.insert(format!("FROM {named}{room} "));
    }
    if clauses.is_empty() || draft.chance(8) {
        clauses.insert("FROM <https://nowhere.example/room/steel/as-built/public> ".to_owned());
    }
    clauses.into_iter().collect()
}

fn names(draft: &Draft<'_>) -> Vec<String> {
    draft.variables.keys().cloned().collect()
}

fn select(draft: &mut Draft<'_>, from: &str) -> String {
    let body = draft.body.join(" ");
    let mut kept = names(draft);
    if kept.is_empty() || draft.chance(25) {
        return format!("SELECT * {from}WHERE {{ {body} }}");
    }
    let all_items = draft.variables.values().all(|term| as_item(term).is_some());
    if !all_items && kept.len() > 1 && draft.rng.bool() {
        let dropped = draft.rng.usize(..kept.len());
        kept.remove(dropped);
    }
    let distinct = if draft.chance(25) { "DISTINCT " } else { "" };
    let kept = kept.join(" ");
    // Rows of identifiers have one total order, so only they may be cut off.
    let end = if all_items && draft.chance(60) {
        format!(" ORDER BY {kept} LIMIT {}", draft.rng.u8(1..20))
    } else {
        String::new()
    };
    format!("SELECT {distinct}{kept} {from}WHERE {{ {body} }}{end}")
}

fn count(draft: &mut Draft<'_>, from: &str) -> String {
    let number = if draft.chance(40) && from.is_empty() { draft.reach_number() } else { None };
    let body = draft.body.join(" ");
    let kept = names(draft);
    let Some(one) = draft.choose(&kept) else {
        return format!("SELECT (COUNT(*) AS ?n) {from}WHERE {{ {body} }}");
    };
    let more = match &number {
        Some(number) => {
            format!(" (SUM({number}) AS ?sum) (MAX({number}) AS ?max) (AVG({number}) AS ?mean)")
        }
        None => String::new(),
    };
    let key = draft.choose(&kept).unwrap_or_else(|| one.clone());
    match draft.rng.u8(..5) {
        0 => format!("SELECT (COUNT(*) AS ?n){more} {from}WHERE {{ {body} }}"),
        1 => format!("SELECT (COUNT(DISTINCT {one}) AS ?n){more} {from}WHERE {{ {body} }}"),
        2 => format!("SELECT (COUNT({one}) AS ?n){more} {from}WHERE {{ {body} }}"),
        3 => format!("SELECT {key} (COUNT(*) AS ?n){more} {from}WHERE {{ {body} }} GROUP BY {key}"),
        _ => format!(
            "SELECT {key} (COUNT({one}) AS ?n){more} {from}WHERE {{ {body} }} GROUP BY {key} HAVING(COUNT(*) >= 1)"
        ),
    }
}

fn construct(draft: &mut Draft<'_>, from: &str) -> String {
    let subjects: Vec<String> = draft
        .variables
        .iter()
        .filter(|(_, term)| as_item(term).is_some())
        .map(|(name, _)| name.clone())
        .collect();
    let kept = names(draft);
    let (item, _) = draft.item();
    let subject = draft.choose(&subjects).unwrap_or_else(|| item.to_string());
    let object = draft.choose(&kept).unwrap_or_else(|| Term::from(item).to_string());
    let more = match draft.choose(&kept) {
        Some(other) => format!(" {subject} <urn:example:beside> {other} ."),
        None => String::new(),
    };
    let body = draft.body.join(" ");
    format!(
        "CONSTRUCT {{ {subject} <urn:example:with> {object} .{more} }} {from}WHERE {{ {body} }}"
    )
}

fn describe(draft: &mut Draft<'_>, from: &str) -> String {
    let (item, name) = draft.item();
    if draft.chance(35) {
        return format!("DESCRIBE {item} {from}");
    }
    let body = draft.body.join(" ");
    format!("DESCRIBE {name} {from}WHERE {{ {body} }}")
}

/// A question with a pattern that no constant reaches, in one of the ways that this happens.
pub(crate) fn unanchored(rng: &mut Rng, source: Source<'_>) -> String {
    let Some(quad) = source.seen.get(rng.usize(..source.seen.len().max(1))) else {
        return "SELECT * WHERE { ?s ?p ?o }".to_owned();
    };
    let (s, p) = (quad.subject.to_string(), quad.predicate.to_string());
    let part_of = adit_vocab::adit::PART_OF.to_string();
    match rng.u8(..14) {
        0 => format!("SELECT * WHERE {{ ?s {p} ?o }}"),
        1 => "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }".to_owned(),
        2 => format!("SELECT * WHERE {{ ?s {part_of}+ ?o }}"),
        3 => format!("SELECT * WHERE {{ ?s {p}* ?o }}"),
        4 => format!("SELECT * WHERE {{ {s} {p} ?o . ?x {part_of} ?y }}"),
        5 => format!("SELECT * WHERE {{ {s} {p} ?o OPTIONAL {{ ?x {p} ?y }} }}"),
        6 => format!("SELECT * WHERE {{ {s} {p} ?o FILTER NOT EXISTS {{ ?x {part_of} ?y }} }}"),
        7 => format!("SELECT * WHERE {{ {s} {p} ?o MINUS {{ ?x {p} ?y }} }}"),
        8 => format!("SELECT * WHERE {{ {{ {s} {p} ?o }} UNION {{ ?x {p} ?o }} }}"),
        9 => format!(
            "SELECT * WHERE {{ {s} {p} ?o {{ SELECT ?x WHERE {{ ?x {p} ?y }} ORDER BY ?x LIMIT 3 }} }}"
        ),
        10 => format!("CONSTRUCT {{ ?s {p} ?o }} WHERE {{ GRAPH ?g {{ ?s {p} ?o }} }}"),
        11 => format!("ASK {{ ?x {part_of}/{p} ?y }}"),
        12 => format!("DESCRIBE ?x WHERE {{ ?x {p} ?y }}"),
        _ => format!("SELECT * WHERE {{ {s} {p} ?o . ?x {part_of} ?y FILTER(STR(?x) = STR(?o)) }}"),
    }
}
