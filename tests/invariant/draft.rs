//! A query in the making: a body drawn from facts that exist, so that it has an answer.
//!
//! Each clause is written from a *witness*, a fact that the asker can see (or sometimes one that is
//! hidden), with its terms replaced by variables. The clauses connect: every one shares an item
//! with an earlier one, so nothing multiplies, and all of it is reached from the anchor.

use crate::data::iri;
use adit_vocab::schema;
use fastrand::Rng;
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet};

/// A query in the making.
pub(crate) struct Draft<'a> {
    pub(crate) rng: &'a mut Rng,
    /// What witnesses are drawn from.
    pub(crate) seen: &'a [Quad],
    /// What there is, visible or not.
    pub(crate) all: &'a [Quad],
    /// Whether every pattern must be reached from a constant.
    pub(crate) anchored: bool,
    pub(crate) body: Vec<String>,
    /// Variables by the term they were drawn from.
    pub(crate) variables: BTreeMap<String, Term>,
    /// The rooms of the witnesses outside and inside GRAPH clauses.
    pub(crate) rooms: BTreeSet<NamedNode>,
    pub(crate) named: BTreeSet<NamedNode>,
    /// Items by how the text writes them; later clauses attach to one of these.
    pub(crate) items: Vec<(NamedNode, String)>,
    pub(crate) used: BTreeSet<String>,
    serial: usize,
}

impl<'a> Draft<'a> {
    /// Starts a query at a fact, with this predicate if there is one: its first clause, or nothing where no fact can be
    /// seen.
    pub(crate) fn start(
        rng: &'a mut Rng,
        seen: &'a [Quad],
        all: &'a [Quad],
        anchored: bool,
        predicate: Option<NamedNodeRef<'_>>,
    ) -> Option<Self> {
        let from = if seen.is_empty() { all } else { seen };
        let mut draft = Self {
            rng,
            seen: from,
            all,
            anchored,
            body: Vec::new(),
            variables: BTreeMap::new(),
            rooms: BTreeSet::new(),
            named: BTreeSet::new(),
            items: Vec::new(),
            used: BTreeSet::new(),
            serial: 0,
        };
        let wanted = |quad: &&Quad| predicate.is_none_or(|predicate| quad.predicate == predicate);
        let candidates: Vec<&Quad> = from.iter().filter(wanted).collect();
        let candidates = if candidates.is_empty() { from.iter().collect() } else { candidates };
        let quad = *candidates.get(draft.rng.usize(..candidates.len().max(1)))?;
        draft.anchor(quad);
        Some(draft)
    }

    pub(crate) fn chance(&mut self, percent: u8) -> bool {
        self.rng.u8(..100) < percent
    }

    pub(crate) fn choose<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.rng.usize(..from.len())].clone())
    }

    /// The first clause, with a constant at one end if the query must have an anchor.
    fn anchor(&mut self, quad: &Quad) {
        let Some(start) = subject(quad) else { return };
        let reverse = as_item(&quad.object).filter(|_| self.rng.bool());
        let constant = self.anchored || self.chance(55);
        if let (Some(end), true) = (&reverse, constant) {
            self.items.push((end.clone(), end.to_string()));
        } else if constant && self.anchored && self.chance(20) {
            // VALUES is an anchor too; the second value is any other item of the data.
            let other = self.choose(self.seen).and_then(|quad| subject(&quad));
            let other = other.unwrap_or_else(|| start.clone());
            let name = self.variable(&Term::from(start.clone()));
            self.body.push(format!("VALUES {name} {{ {start} {other} }}"));
        } else if constant {
            self.items.push((start.clone(), start.to_string()));
        }
        self.pattern(quad);
    }

    /// How the text writes a term: as before, else as a new variable.
    pub(crate) fn variable(&mut self, term: &Term) -> String {
        let known = as_item(term);
        if let Some(item) = &known
            && let Some((_, name)) = self.items.iter().find(|(it, _)| it == item)
        {
            return name.clone();
        }
        let name = self.fresh(term);
        if let Some(item) = known {
            self.items.push((item, name.clone()));
        }
        name
    }

    /// A new variable for a term.
    pub(crate) fn fresh(&mut self, term: &Term) -> String {
        let name = self.unprojected();
        self.variables.insert(name.clone(), term.clone());
        name
    }

    /// A new variable that the query does not project.
    pub(crate) fn unprojected(&mut self) -> String {
        self.serial += 1;
        format!("?v{}", self.serial)
    }

    /// A triple pattern from a witness, outside any GRAPH.
    pub(crate) fn pattern(&mut self, quad: &Quad) {
        let text = self.triple(quad);
        self.rooms.extend(room(quad));
        self.body.push(text);
    }

    pub(crate) fn triple(&mut self, quad: &Quad) -> String {
        self.used.insert(quad.to_string());
        let Some(s) = subject(quad) else { return String::new() };
        let s = self.variable(&Term::from(s));
        let p = if self.chance(6) {
            self.fresh(&Term::from(quad.predicate.clone()))
        } else {
            quad.predicate.to_string()
        };
        let o = self.object(&quad.object, 25);
        format!("{s} {p} {o} .")
    }

    /// An object: an item by its name, anything else as a variable or, at this chance, itself.
    pub(crate) fn object(&mut self, object: &Term, constant: u8) -> String {
        if as_item(object).is_none() && self.chance(constant) {
            return object.to_string();
        }
        self.variable(object)
    }

    /// An item that a clause has named, with its name.
    pub(crate) fn item(&mut self) -> (NamedNode, String) {
        let at = self.rng.usize(..self.items.len().max(1));
        self.items.get(at).cloned().unwrap_or_else(|| {
            let nowhere = iri("https://id.nowhere.example/item/1");
            (nowhere.clone(), nowhere.to_string())
        })
    }

    /// A fact not yet used that touches an item already named.
    pub(crate) fn next_fact(&mut self, fits: impl Fn(&Quad) -> bool) -> Option<Quad> {
        let touches = |quad: &&Quad| {
            let ends = [subject(quad), as_item(&quad.object)];
            self.items.iter().any(|(item, _)| ends.iter().flatten().any(|end| end == item))
        };
        let facts: Vec<Quad> = self
            .seen
            .iter()
            .filter(touches)
            .filter(|quad| fits(quad) && !self.used.contains(&quad.to_string()))
            .cloned()
            .collect();
        self.choose(&facts)
    }

    /// More of the same: clauses that connect to what is there.
    pub(crate) fn extend(&mut self, clauses: usize) {
        for _ in 0..clauses {
            if let Some(quad) = self.next_fact(|_| true) {
                self.pattern(&quad);
            }
        }
    }

    /// Clauses that lead to the facts of another company, as far as the data goes there.
    pub(crate) fn cross_borders(&mut self) {
        for _ in 0..3 {
            let known: BTreeSet<String> = self.rooms.iter().map(holder).collect();
            let abroad =
                |quad: &Quad| room(quad).is_some_and(|room| !known.contains(&holder(&room)));
            let between = |quad: &Quad| as_item(&quad.object).is_some();
            let next = self.next_fact(abroad).or_else(|| self.next_fact(between));
            if let Some(quad) = next {
                self.pattern(&quad);
            }
        }
    }

    /// Reaches a number, if one is near.
    pub(crate) fn reach_number(&mut self) -> Option<String> {
        for _ in 0..2 {
            let wanted = |quad: &Quad| quad.predicate == schema::WEIGHT || is_number(&quad.object);
            let quad = self.next_fact(wanted)?;
            self.rooms.extend(room(&quad));
            self.used.insert(quad.to_string());
            let s = self.variable(&Term::from(subject(&quad)?));
            let o = self.variable(&quad.object);
            self.body.push(format!("{s} {} {o} .", quad.predicate));
            if is_number(&quad.object) {
                return Some(o);
            }
        }
        None
    }

    /// A fact about the item or one like it: hidden from the asker, if `hidden` and there is one.
    pub(crate) fn like(&mut self, item: &NamedNode, hidden: bool) -> Option<Quad> {
        let all = self.all;
        if hidden {
            let seen: BTreeSet<String> = self.seen.iter().map(triple_text).collect();
            let of_item = all.iter().filter(|quad| subject(quad).as_ref() == Some(item));
            let unseen: Vec<_> =
                of_item.filter(|quad| !seen.contains(&triple_text(quad))).collect();
            if let Some(quad) = self.choose(&unseen) {
                return Some(quad.clone());
            }
        }
        let kind = kind(item);
        let same: Vec<&Quad> = all
            .iter()
            .filter(|quad| subject(quad).is_some_and(|s| self::kind(&s) == kind))
            .collect();
        self.choose(&same).cloned()
    }
}

/// The subject of a fact, which is never a blank node.
pub(crate) fn subject(quad: &Quad) -> Option<NamedNode> {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => Some(node.clone()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}

/// A term that identifies an item of a company, and is no class, unit, role or organisation.
pub(crate) fn as_item(term: &Term) -> Option<NamedNode> {
    match term {
        Term::NamedNode(node) if node.as_str().starts_with("https://id.") => Some(node.clone()),
        Term::NamedNode(_) | Term::BlankNode(_) | Term::Literal(_) => None,
    }
}

pub(crate) fn room(quad: &Quad) -> Option<NamedNode> {
    match &quad.graph_name {
        GraphName::NamedNode(room) => Some(room.clone()),
        GraphName::BlankNode(_) | GraphName::DefaultGraph => None,
    }
}

/// The company whose room it is, by the start of the room's IRI.
fn holder(room: &NamedNode) -> String {
    room.as_str().split("/room/").take(1).collect()
}

fn triple_text(quad: &Quad) -> String {
    format!("{} {} {}", quad.subject, quad.predicate, quad.object)
}

/// What an identifier is of, by its prefix.
fn kind(item: &NamedNode) -> &str {
    item.as_str().rsplit_once('/').map_or(item.as_str(), |(prefix, _)| prefix)
}

fn is_number(term: &Term) -> bool {
    const NUMBERS: [NamedNodeRef<'_>; 2] = [xsd::INTEGER, xsd::DECIMAL];
    matches!(term, Term::Literal(literal) if NUMBERS.contains(&literal.datatype()))
}
