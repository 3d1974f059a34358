//! The View as the dataset that Oxigraph's evaluator reads.
//!
//! The evaluator is never told of `FROM`: its default graph is all rooms of the scope merged without duplicates, its
//! named graphs are the rooms of the scope by name. So nothing a query says can widen what it reads.

use crate::catalogue::Mask;
use crate::key::{Key, Pattern};
use crate::known::{RULES, rule_of};
use crate::scan::{Scan, Wanted};
use crate::term::TermId;
use crate::{Fault, View, inline};
use oxrdf::{NamedNode, Term};
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};
use spargebra::algebra::QueryDataset;

/// The part of a view that one query reads: all of it, or what its `FROM` and `FROM NAMED` leave.
pub(crate) struct Scope<'v> {
    view: &'v View,
    merged: Mask,
    named: Mask,
}

impl<'v> Scope<'v> {
    pub(crate) fn new(view: &'v View, dataset: Option<&QueryDataset>) -> Result<Self, Fault> {
        let all = &view.sight().rooms;
        let (merged, named) = match dataset {
            None => (all.clone(), all.clone()),
            Some(QueryDataset { default, named }) => {
                let merged = rooms(view, default)?;
                (
                    merged,
                    named.as_ref().map_or_else(|| Ok(all.clone()), |named| rooms(view, named))?,
                )
            }
        };
        Ok(Self { view, merged, named })
    }

    fn start(
        &self,
        (subject, predicate, object): (Option<&TermId>, Option<&TermId>, Option<&TermId>),
        graph: Option<Option<&TermId>>,
    ) -> Result<Quads<'_>, Fault> {
        let empty = Quads::empty(self);
        let wanted = match graph {
            Some(None) => Wanted::Merged(&self.merged),
            None => Wanted::Named(&self.named),
            Some(Some(graph)) => match self.room(*graph) {
                Some(room) => Wanted::One(room),
                None => return Ok(empty),
            },
        };
        let Some((subject, predicate)) = number(subject).zip(number(predicate)) else {
            return Ok(empty);
        };
        let pattern = Pattern { subject, predicate, object: object.copied() };
        let derived = predicate.and_then(rule_of);
        let (stored, rules) = match (predicate, derived) {
            (_, Some(rule)) => (None, rule.derived as usize..rule.derived as usize + 1),
            (Some(_), None) => (self.view.scan(&pattern, wanted)?, 0..0),
            (None, None) => (self.view.scan(&pattern, wanted)?, 0..RULES.len()),
        };
        Ok(Quads { pattern, wanted, stored, rules, ..empty })
    }

    /// The named graphs: the rooms of the scope in which something is visible.
    pub(crate) fn graphs(&self) -> Result<Vec<NamedNode>, Fault> {
        let named = self.occupied().map(|room| {
            let iri = self.view.iri(self.view.catalogue().room_term(room)?)?;
            Ok(NamedNode::new_unchecked(iri))
        });
        named.collect()
    }

    /// Whether there is a named graph of this name.
    pub(crate) fn has_graph(&self, name: &NamedNode) -> Result<bool, Fault> {
        let id = self.view.find(&name.clone().into())?;
        let room = id.and_then(|id| self.room(id));
        Ok(room.is_some_and(|room| self.occupied().any(|occupied| occupied == room)))
    }

    /// Whether a term is subject or object of a quad of a named graph, or of the default graph.
    pub(crate) fn is_node(&self, term: &Term, graph: Option<&NamedNode>) -> Result<bool, Fault> {
        let Some(id) = self.view.find(term)? else { return Ok(false) };
        let graph = match graph {
            None => None,
            Some(name) => match self.view.find(&name.clone().into())? {
                None => return Ok(false),
                found => found,
            },
        };
        for place in [(Some(&id), None, None), (None, None, Some(&id))] {
            if let Some(quad) = self.start(place, Some(graph.as_ref()))?.next() {
                return quad.map(|_| true);
            }
        }
        Ok(false)
    }

    fn occupied(&self) -> impl Iterator<Item = u32> {
        let occupied = self.view.sight().occupied.iter().copied();
        occupied.filter(|room| self.named.has(*room))
    }

    /// The room that a term names, if the scope has it by name.
    fn room(&self, graph: TermId) -> Option<u32> {
        let room = self.view.catalogue().room_of(graph.number()?)?;
        self.named.has(room).then_some(room)
    }
}

/// The rooms of a clause, of those that are visible.
fn rooms(view: &View, graphs: &[NamedNode]) -> Result<Mask, Fault> {
    let mut rooms = Vec::new();
    for graph in graphs {
        let id = view.find(&graph.clone().into())?;
        rooms.extend(id.and_then(TermId::number).and_then(|term| view.catalogue().room_of(term)));
    }
    Ok(view.visible_of(rooms.into_iter().collect()))
}

/// `Some(None)` for an open place, `None` for a term that cannot be subject or predicate of a stored quad.
fn number(bound: Option<&TermId>) -> Option<Option<u32>> {
    match bound {
        None => Some(None),
        Some(id) => id.number().map(Some),
    }
}

/// The quads that fit: stored ones first, then derived ones, rule by rule.
pub(crate) struct Quads<'v> {
    scope: &'v Scope<'v>,
    pattern: Pattern,
    wanted: Wanted<'v>,
    stored: Option<Scan<'v>>,
    rules: std::ops::Range<usize>,
    derived: std::vec::IntoIter<Key>,
    failed: Option<Box<Fault>>,
}

impl<'v> Quads<'v> {
    fn empty(scope: &'v Scope<'v>) -> Self {
        Self {
            scope,
            pattern: Pattern::default(),
            wanted: Wanted::Merged(&scope.merged),
            stored: None,
            rules: 0..0,
            derived: Vec::new().into_iter(),
            failed: None,
        }
    }

    fn step(&mut self) -> Result<Option<Key>, Fault> {
        if let Some(fault) = self.failed.take() {
            return Err(*fault);
        }
        if let Some(scan) = &mut self.stored {
            if let Some(key) = scan.next() {
                return key.map(Some);
            }
            self.stored = None;
        }
        loop {
            if let Some(key) = self.derived.next() {
                return Ok(Some(key));
            }
            let Some(rule) = self.rules.next() else { return Ok(None) };
            self.derived = self.scope.view.derived(rule, &self.pattern, self.wanted)?.into_iter();
        }
    }

    fn quad(&self, key: Key) -> Result<InternalQuad<TermId>, Fault> {
        let graph_name = match self.wanted {
            Wanted::Merged(_) => None,
            Wanted::Named(_) | Wanted::One(_) => {
                Some(TermId::named(self.scope.view.catalogue().room_term(key.room)?))
            }
        };
        Ok(InternalQuad {
            subject: TermId::named(key.subject),
            predicate: TermId::named(key.predicate),
            object: key.object,
            graph_name,
        })
    }
}

impl Iterator for Quads<'_> {
    type Item = Result<InternalQuad<TermId>, Fault>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.step() {
            Ok(None) => None,
            Ok(Some(key)) => Some(self.quad(key)),
            Err(fault) => Some(Err(fault)),
        }
    }
}

impl<'a> QueryableDataset<'a> for &'a Scope<'a> {
    type InternalTerm = TermId;
    type Error = Fault;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&TermId>,
        predicate: Option<&TermId>,
        object: Option<&TermId>,
        graph_name: Option<Option<&TermId>>,
    ) -> impl Iterator<Item = Result<InternalQuad<TermId>, Fault>> + use<'a> {
        let scope: &'a Scope<'a> = self;
        match scope.start((subject, predicate, object), graph_name) {
            Ok(quads) => quads,
            Err(fault) => Quads { failed: Some(Box::new(fault)), ..Quads::empty(scope) },
        }
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<TermId, Fault>> + use<'a> {
        let scope: &'a Scope<'a> = self;
        let rooms = scope.view.sight().occupied.iter().filter(|room| scope.named.has(**room));
        rooms.map(|room| Ok(TermId::named(scope.view.catalogue().room_term(*room)?)))
    }

    fn contains_internal_graph_name(&self, graph_name: &TermId) -> Result<bool, Fault> {
        let room = self.room(*graph_name);
        Ok(room.is_some_and(|room| self.view.sight().occupied.binary_search(&room).is_ok()))
    }

    fn internalize_term(&self, term: Term) -> Result<TermId, Fault> {
        self.view.internalize(term)
    }

    fn externalize_term(&self, term: TermId) -> Result<Term, Fault> {
        self.view.externalize(term)
    }

    fn externalize_expression_term(&self, term: TermId) -> Result<ExpressionTerm, Fault> {
        match inline::value(term) {
            Some(value) => Ok(value),
            None => Ok(self.view.externalize(term)?.into()),
        }
    }

    fn internalize_expression_term(&self, term: ExpressionTerm) -> Result<TermId, Fault> {
        match inline::of_value(&term) {
            Some(id) => Ok(id),
            None => self.view.internalize(term.into()),
        }
    }
}
