//! What a file states, before and after it is in the rooms.

use crate::mapping::Label;
use crate::{Problem, canonical};
use adit_vocab::{Phase, Room};
use oxrdf::{GraphName, Quad, Triple};
use std::cmp::Ordering;

/// The product group of a file whose mapping names none.
pub const GROUP_DEFAULT: &str = "product";
/// The phase of a file whose mapping names none.
pub const PHASE_DEFAULT: Phase = Phase::AsBuilt;

/// What one file states: checked triples with the place of each, and the product group and phase of them all.
///
/// Made by [`read`](crate::read) from a file, and by [`Statements::from_routed`] from what is published.
#[derive(Debug, Clone)]
pub struct Statements {
    name: String,
    label: Label,
    stated: Vec<Stated>,
    titles: Vec<String>,
    warnings: Vec<Problem>,
}

/// A triple and where it stood.
#[derive(Debug, Clone)]
pub(crate) struct Stated {
    pub(crate) triple: Triple,
    pub(crate) place: Place,
}

/// Where a triple stood: row and column, as far as they are known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    /// Counted from 1; 0 where unknown.
    pub(crate) row: u32,
    /// The index into the column titles.
    pub(crate) column: Option<u16>,
}

impl Statements {
    pub(crate) fn new(
        name: &str,
        label: Label,
        stated: Vec<Stated>,
        titles: Vec<String>,
        warnings: Vec<Problem>,
    ) -> Self {
        Self { name: name.to_owned(), label, stated, titles, warnings }
    }

    /// What a published source states, recovered from its routed quads: group and phase from the room, the triple as it is.
    ///
    /// ```
    /// use adit_ingest::{Context, SourceFile, Statements, read, route};
    /// # let context = Context { own: "did:web:shop.example".parse().unwrap(), base: "https://shop.example".into(),
    /// #     templates: Default::default(), partners: vec![], makers: Default::default(), vocabulary: adit_vocab::Vocabulary::bundled().clone(), files: Default::default() };
    /// let data = b"<https://id.shop.example/p/1> <https://schema.org/name> \"bolt\" .";
    /// let first = read(&SourceFile { name: "bolts.nt", data, mapping: None }, &context).unwrap();
    /// let routed = route(vec![first], &context);
    /// let again = Statements::from_routed("bolts.nt", routed[0].quads.clone());
    /// assert_eq!(route(vec![again], &context), routed);
    /// ```
    pub fn from_routed(name: &str, quads: Vec<Quad>) -> Self {
        let room = quads.iter().find_map(|quad| match &quad.graph_name {
            GraphName::NamedNode(graph) => Room::from_iri(graph.as_str()),
            GraphName::BlankNode(_) | GraphName::DefaultGraph => None,
        });
        let label = room.map(|r| Label { group: r.group, phase: r.phase }).unwrap_or_default();
        let mut triples: Vec<Triple> = quads.into_iter().map(Triple::from).collect();
        // Routed quads are in order, and a fact that several organisations may see stands in one room for each of them.
        if !triples.is_sorted_by(|a, b| canonical::order_triples(a, b) != Ordering::Greater) {
            triples.sort_unstable_by(canonical::order_triples);
        }
        triples.dedup();
        let stated =
            triples.into_iter().map(|triple| Stated { triple, place: Place::default() }).collect();
        Self::new(name, label, stated, Vec::new(), Vec::new())
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The product group of everything that the file states.
    pub fn group(&self) -> &str {
        &self.label.group
    }

    /// The phase of everything that the file states.
    pub fn phase(&self) -> Phase {
        self.label.phase
    }

    /// The triples, in the order of the file; one may be there several times.
    pub fn triples(&self) -> impl ExactSizeIterator<Item = &Triple> {
        self.stated.iter().map(|stated| &stated.triple)
    }

    /// What somebody should look at although it can be published.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    pub(crate) fn into_triples(self) -> impl ExactSizeIterator<Item = Triple> {
        self.stated.into_iter().map(|stated| stated.triple)
    }

    pub(crate) fn stated(&self) -> &[Stated] {
        &self.stated
    }

    /// Puts file, row and column into a problem with one of the triples.
    pub(crate) fn locate(&self, problem: Problem, place: Place) -> Problem {
        let problem = problem.in_file(&self.name);
        let problem = if place.row > 0 { problem.at_row(u64::from(place.row)) } else { problem };
        match place.column.and_then(|index| self.titles.get(usize::from(index))) {
            Some(title) => problem.in_column(title),
            None => problem,
        }
    }
}
