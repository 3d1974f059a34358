//! The facts as the dataset that the evaluator of SPARQL reads: one default graph, no named ones.

use crate::data::Data;
use oxrdf::{Term, TermRef};
use spareval::{InternalQuad, QueryableDataset};
use std::cell::Cell;
use std::sync::Arc;

/// The facts, and how many of them the evaluator may still look at.
pub(crate) struct Facts<'d> {
    data: &'d Data<'d>,
    left: Cell<u64>,
}

/// The evaluator has looked at more facts than the bound allows.
#[derive(Debug, thiserror::Error)]
#[error("the bound of steps is reached")]
pub(crate) struct Exhausted;

/// A term as the evaluator meets it: one of the data, or one that it made itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Met {
    Known(u32),
    Made(Arc<Term>),
}

impl<'d> Facts<'d> {
    pub(crate) fn new(data: &'d Data<'d>, steps_max: u64) -> Self {
        Self { data, left: Cell::new(steps_max) }
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    fn found(&self, (s, p, o): (u32, u32, u32)) -> Result<InternalQuad<Met>, Exhausted> {
        let left = self.left.get();
        if left == 0 {
            return Err(Exhausted);
        }
        self.left.set(left - 1);
        Ok(InternalQuad {
            subject: Met::Known(s),
            predicate: Met::Known(p),
            object: Met::Known(o),
            graph_name: None,
        })
    }
}

/// `Some(None)` for an open place, `None` for a term that stands in no fact.
fn place(bound: Option<&Met>) -> Option<Option<u32>> {
    match bound {
        None => Some(None),
        Some(Met::Known(id)) => Some(Some(*id)),
        Some(Met::Made(_)) => None,
    }
}

type Triples<'d> = Box<dyn Iterator<Item = (u32, u32, u32)> + 'd>;

fn matching<'d>(
    data: &'d Data<'d>,
    subject: Option<u32>,
    predicate: Option<u32>,
    object: Option<u32>,
) -> Triples<'d> {
    match (subject, predicate, object) {
        (Some(s), Some(p), Some(o)) => {
            Box::new(data.contains(s, p, o).then_some((s, p, o)).into_iter())
        }
        (Some(s), Some(p), None) => Box::new(data.objects(s, p).map(move |o| (s, p, o))),
        (Some(s), None, _) => {
            let facts = data.facts_of(s).iter().map(move |(p, o)| (s, *p, *o));
            Box::new(facts.filter(move |(_, _, o)| object.is_none_or(|wanted| wanted == *o)))
        }
        (None, Some(p), Some(o)) => Box::new(data.subjects(p, o).map(move |s| (s, p, o))),
        (None, Some(p), None) => Box::new(data.pairs(p).iter().map(move |(o, s)| (*s, p, *o))),
        (None, None, Some(o)) => {
            let of_predicate = move |p| data.subjects(p, o).map(move |s| (s, p, o));
            Box::new(data.predicates().flat_map(of_predicate))
        }
        (None, None, None) => {
            let of_subject = move |s| data.facts_of(s).iter().map(move |(p, o)| (s, *p, *o));
            Box::new((0..data.terms()).flat_map(of_subject))
        }
    }
}

impl<'d> QueryableDataset<'d> for &'d Facts<'d> {
    type InternalTerm = Met;
    type Error = Exhausted;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Met>,
        predicate: Option<&Met>,
        object: Option<&Met>,
        graph_name: Option<Option<&Met>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Met>, Exhausted>> + use<'d> {
        let facts: &'d Facts<'d> = self;
        let places = match (place(subject), place(predicate), place(object), graph_name) {
            (Some(s), Some(p), Some(o), Some(None)) => Some((s, p, o)),
            // A named graph, or a term that stands nowhere: nothing fits.
            _ => None,
        };
        let found = places.map(|(s, p, o)| matching(facts.data, s, p, o));
        found.into_iter().flatten().map(|triple| facts.found(triple))
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Met, Exhausted>> + use<'d> {
        std::iter::empty()
    }

    fn internalize_term(&self, term: Term) -> Result<Met, Exhausted> {
        Ok(match self.data.id(term.as_ref()) {
            Some(id) => Met::Known(id),
            None => Met::Made(Arc::new(term)),
        })
    }

    fn externalize_term(&self, term: Met) -> Result<Term, Exhausted> {
        Ok(match term {
            Met::Known(id) => owned(self.data.term(id)),
            Met::Made(term) => Arc::unwrap_or_clone(term),
        })
    }
}

pub(crate) fn owned(term: TermRef<'_>) -> Term {
    term.into_owned()
}
