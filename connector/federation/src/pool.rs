//! The quads gathered so far, and where their patterns lead.

use crate::algebra::{Slot, Triple};
use crate::derived::DERIVED;
use crate::path::End;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use spargebra::algebra::PropertyPathExpression as Path;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A term, by its number in the [`Pool`].
pub(crate) type Id = u32;

/// A set of terms that holds whatever equals one of them for the evaluator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) ids: BTreeSet<Id>,
    /// Whether some term is a number, date or the like: two spellings may be one value, so all of these count as equal.
    has_value: bool,
}

/// The quads gathered so far.
#[derive(Debug)]
pub(crate) struct Pool {
    terms: Vec<Term>,
    ids: HashMap<Term, Id>,
    values: HashSet<Id>,
    quads: HashSet<[Id; 4]>,
    outward: HashMap<Id, Vec<Edge>>,
    inward: HashMap<Id, Vec<Edge>>,
    ways: [Way; 3],
}

/// The predicates of a derived one, by number.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    predicate: Id,
    item: Id,
    far: Id,
}

/// A stored or derived quad, seen from one end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    predicate: Id,
    /// The other end.
    pub(crate) end: Id,
    room: Id,
}

/// Which predicates a pattern or step takes.
#[derive(Debug)]
pub(crate) enum Along {
    /// Any, stored or derived.
    Any,
    /// One of these.
    One(BTreeSet<Id>),
    /// Any but these.
    But(BTreeSet<Id>),
}

impl Along {
    fn takes(&self, predicate: Id) -> bool {
        match self {
            Self::Any => true,
            Self::One(these) => these.contains(&predicate),
            Self::But(these) => !these.contains(&predicate),
        }
    }
}

impl Terms {
    fn contains(&self, id: Id, pool: &Pool) -> bool {
        self.ids.contains(&id) || (self.has_value && pool.values.contains(&id))
    }

    fn insert(&mut self, id: Id, pool: &Pool) {
        self.ids.insert(id);
        self.has_value |= pool.values.contains(&id);
    }

    pub(crate) fn union(&mut self, other: &Self) {
        self.ids.extend(&other.ids);
        self.has_value |= other.has_value;
    }
}

impl Pool {
    pub(crate) fn new() -> Self {
        let mut pool = Self {
            terms: Vec::new(),
            ids: HashMap::new(),
            values: HashSet::new(),
            quads: HashSet::new(),
            outward: HashMap::new(),
            inward: HashMap::new(),
            ways: [Way::default(); 3],
        };
        pool.ways = DERIVED.each_ref().map(|derived| Way {
            predicate: pool.predicate(derived.predicate),
            item: pool.predicate(derived.item),
            far: pool.predicate(derived.far),
        });
        pool
    }

    pub(crate) fn intern(&mut self, term: &Term) -> Id {
        if let Some(id) = self.ids.get(term) {
            return *id;
        }
        let id = Id::try_from(self.terms.len()).expect("the limit on quads is far below 2^32");
        self.terms.push(term.clone());
        self.ids.insert(term.clone(), id);
        if let Term::Literal(literal) = term
            && literal.datatype() != xsd::STRING
            && literal.datatype() != rdf::LANG_STRING
        {
            self.values.insert(id);
        }
        id
    }

    pub(crate) fn term(&self, id: Id) -> &Term {
        &self.terms[id as usize]
    }

    /// The term, if it is an IRI.
    pub(crate) fn node(&self, id: Id) -> Option<NamedNode> {
        match self.term(id) {
            Term::NamedNode(node) => Some(node.clone()),
            Term::BlankNode(_) | Term::Literal(_) => None,
        }
    }

    /// The bytes of a term's text.
    pub(crate) fn size(&self, id: Id) -> usize {
        match self.term(id) {
            Term::NamedNode(node) => node.as_str().len(),
            Term::BlankNode(node) => node.as_str().len(),
            Term::Literal(literal) => literal.value().len() + literal.datatype().as_str().len(),
        }
    }

    /// The number of an IRI that occurred.
    pub(crate) fn number(&self, node: NamedNodeRef<'_>) -> Option<Id> {
        self.ids.get(&Term::from(node)).copied()
    }

    /// The number of a predicate; one that no quad has gets one too.
    pub(crate) fn predicate(&mut self, predicate: impl Into<NamedNode>) -> Id {
        self.intern(&Term::NamedNode(predicate.into()))
    }

    fn known<'p>(&self, predicates: impl IntoIterator<Item = &'p NamedNode>) -> BTreeSet<Id> {
        let ids = predicates.into_iter().filter_map(|node| self.ids.get(&Term::from(node.clone())));
        ids.copied().collect()
    }

    /// The set of these terms.
    pub(crate) fn set(&mut self, terms: &[Term]) -> Terms {
        let ids: Vec<Id> = terms.iter().map(|term| self.intern(term)).collect();
        self.collect(ids)
    }

    pub(crate) fn collect(&self, ids: impl IntoIterator<Item = Id>) -> Terms {
        let mut all = Terms::default();
        ids.into_iter().for_each(|id| all.insert(id, self));
        all
    }

    /// Both sets' common terms; from two spellings of one value, those of the first.
    pub(crate) fn common(&self, of: &Terms, with: &Terms) -> Terms {
        self.collect(of.ids.iter().copied().filter(|id| with.contains(*id, self)))
    }

    /// The terms of a set, and every gathered one that may be another spelling of a value in it.
    pub(crate) fn spellings(&self, of: &Terms) -> BTreeSet<Id> {
        let mut all = of.ids.clone();
        if of.has_value {
            all.extend(&self.values);
        }
        all
    }

    /// Adds a quad that a company may store; any other has no effect.
    pub(crate) fn add(&mut self, quad: &Quad) {
        let NamedOrBlankNode::NamedNode(subject) = &quad.subject else { return };
        let GraphName::NamedNode(room) = &quad.graph_name else { return };
        let subject = self.predicate(subject.clone());
        let predicate = self.predicate(quad.predicate.clone());
        let object = self.intern(&quad.object);
        let room = self.predicate(room.clone());
        if self.quads.insert([subject, predicate, object, room]) {
            self.outward.entry(subject).or_default().push(Edge { predicate, end: object, room });
            self.inward.entry(object).or_default().push(Edge { predicate, end: subject, room });
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.quads.len()
    }

    pub(crate) fn into_quads(self) -> Vec<Quad> {
        let node = |id: &Id| self.node(*id);
        let mut sorted: Vec<_> = self.quads.iter().collect();
        sorted.sort_unstable();
        let quads = sorted.into_iter().filter_map(|[subject, predicate, object, room]| {
            let object = self.terms[*object as usize].clone();
            Some(Quad::new(node(subject)?, node(predicate)?, object, node(room)?))
        });
        quads.collect()
    }

    /// Whether some gathered quad has the term as subject or object.
    pub(crate) fn occurs(&self, id: Id) -> bool {
        self.outward.contains_key(&id) || self.inward.contains_key(&id)
    }

    /// The subjects of an object along one stored predicate.
    pub(crate) fn subjects(&self, object: Id, predicate: Id) -> impl Iterator<Item = Id> {
        let edges = self.inward.get(&object).into_iter().flatten();
        edges.filter(move |edge| edge.predicate == predicate).map(|edge| edge.end)
    }

    /// Every subject of a stored predicate.
    pub(crate) fn all_subjects(&self, predicate: Id) -> BTreeSet<Id> {
        let quads = self.quads.iter().filter(|[_, found, _, _]| *found == predicate);
        quads.map(|[subject, _, _, _]| *subject).collect()
    }

    /// The edges of a node: stored ones, and derived ones regardless of dates.
    ///
    /// What is derived in the end depends on the dates; this is more, never less.
    fn edges(&self, node: Id, from: End, along: &Along) -> Vec<Edge> {
        let stored = match from {
            End::Subject => self.outward.get(&node),
            End::Object => self.inward.get(&node),
        };
        let stored = stored.into_iter().flatten().copied();
        let mut edges: Vec<Edge> = stored.filter(|edge| along.takes(edge.predicate)).collect();
        for Way { predicate, item, far } in self.ways {
            if !along.takes(predicate) {
                continue;
            }
            let (near, other) = match from {
                End::Subject => (item, far),
                End::Object => (far, item),
            };
            for inner in self.subjects(node, near) {
                let ends = self.outward.get(&inner).into_iter().flatten();
                for far in ends.clone().filter(|edge| edge.predicate == far) {
                    let ends = ends.clone().filter(|edge| edge.predicate == other);
                    let ends = ends.filter(|edge| from == End::Object || edge.end == far.end);
                    let ends = ends.filter(|_| from == End::Subject || far.end == node);
                    edges.extend(ends.map(|edge| Edge {
                        predicate,
                        end: edge.end,
                        room: far.room,
                    }));
                }
            }
        }
        edges
    }

    /// The nodes that a path leads to from any of these, walked from the given end.
    pub(crate) fn reach(&self, path: &Path, start: &BTreeSet<Id>, from: End) -> BTreeSet<Id> {
        match path {
            Path::NamedNode(predicate) => {
                self.step(&Along::One(self.known([predicate])), start, from)
            }
            Path::NegatedPropertySet(but) => self.step(&Along::But(self.known(but)), start, from),
            Path::Reverse(inner) => self.reach(inner, start, from.other()),
            Path::Sequence(a, b) => {
                let (first, second) = in_order(a, b, from);
                let middle = self.reach(first, start, from);
                self.reach(second, &middle, from)
            }
            Path::Alternative(a, b) => {
                let mut all = self.reach(a, start, from);
                all.extend(self.reach(b, start, from));
                all
            }
            Path::ZeroOrOne(inner) => {
                let mut all = self.reach(inner, start, from);
                all.extend(start);
                all
            }
            Path::OneOrMore(inner) => {
                let first = self.reach(inner, start, from);
                self.close(inner, first, from)
            }
            Path::ZeroOrMore(inner) => self.close(inner, start.clone(), from),
        }
    }

    fn step(&self, along: &Along, start: &BTreeSet<Id>, from: End) -> BTreeSet<Id> {
        let ends = start.iter().flat_map(|node| self.edges(*node, from, along));
        ends.map(|edge| edge.end).collect()
    }

    pub(crate) fn close(&self, path: &Path, start: BTreeSet<Id>, from: End) -> BTreeSet<Id> {
        let (mut reached, mut frontier) = (start.clone(), start);
        while !frontier.is_empty() {
            let next = self.reach(path, &frontier, from);
            frontier = &next - &reached;
            reached.extend(&frontier);
        }
        reached
    }

    /// The values that each place of a pattern has in the gathered quads, in the order subject, predicate,
    /// object, room, where the places allow them.
    pub(crate) fn values(
        &self,
        triple: &Triple,
        from: End,
        allowed: impl Fn(&Slot) -> Option<Terms>,
    ) -> [Terms; 4] {
        let slots = [
            Some(&triple.subject),
            Some(&triple.predicate),
            Some(&triple.object),
            triple.room.as_ref(),
        ];
        let limits = slots.map(|slot| slot.and_then(&allowed));
        let along = limits[1].as_ref().map_or(Along::Any, |terms| Along::One(terms.ids.clone()));
        let near = match from {
            End::Subject => &limits[0],
            End::Object => &limits[2],
        };
        let mut found: [Terms; 4] = Default::default();
        for node in near.iter().flat_map(|terms| self.spellings(terms)) {
            for edge in self.edges(node, from, &along) {
                let ids = match from {
                    End::Subject => [node, edge.predicate, edge.end, edge.room],
                    End::Object => [edge.end, edge.predicate, node, edge.room],
                };
                if self.fits(ids, &slots, &limits) {
                    for (terms, id) in found.iter_mut().zip(ids) {
                        terms.insert(id, self);
                    }
                }
            }
        }
        found
    }

    fn fits(&self, ids: [Id; 4], slots: &[Option<&Slot>; 4], limits: &[Option<Terms>; 4]) -> bool {
        let allowed =
            |at: usize| limits[at].as_ref().is_none_or(|terms| terms.contains(ids[at], self));
        // A variable that stands twice has one value.
        let same = |a: usize, b: usize| match (slots[a], slots[b]) {
            (Some(Slot::Name(one)), Some(Slot::Name(other))) if one == other => ids[a] == ids[b],
            _ => true,
        };
        (0..4).all(|at| allowed(at) && (0..at).all(|before| same(before, at)))
    }
}

/// The parts of a sequence in the order in which they are walked.
pub(crate) fn in_order<'p>(a: &'p Path, b: &'p Path, from: End) -> (&'p Path, &'p Path) {
    match from {
        End::Subject => (a, b),
        End::Object => (b, a),
    }
}
