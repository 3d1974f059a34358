//! What a worker is asked to answer.

use crate::wire::Order;
use crate::{Fault, Graphs, QueryText, Scratch, Store};
use adit_policy::Permit;
use jiff::Timestamp;
use oxrdf::NamedNode;
use std::sync::Arc;

/// One query for a worker process: the text, what it may read, and the date.
#[derive(Clone)]
pub struct Job {
    source: Source,
    text: QueryText,
    at: Timestamp,
    graphs: Graphs,
}

#[derive(Clone)]
enum Source {
    Local(Store, Permit),
    Scratch(Scratch),
}

impl Job {
    /// A query over what the permit opens of the store.
    pub fn local(
        store: &Store,
        text: &QueryText,
        permit: &Permit,
        at: Timestamp,
        graphs: Graphs,
    ) -> Self {
        let source = Source::Local(store.clone(), permit.clone());
        Self { source, text: text.clone(), at, graphs }
    }

    /// A query over all that was sent for it.
    pub fn scratch(scratch: &Scratch, text: &QueryText, at: Timestamp, graphs: Graphs) -> Self {
        Self { source: Source::Scratch(scratch.clone()), text: text.clone(), at, graphs }
    }

    pub(crate) fn store(&self) -> &Store {
        match &self.source {
            Source::Local(store, _) => store,
            Source::Scratch(scratch) => scratch.store(),
        }
    }

    /// The job as the worker gets it, for the store's present generation.
    pub(crate) fn order(&self) -> Result<Order, Fault> {
        let snapshot = self.store().snapshot()?;
        let sight = match &self.source {
            Source::Local(_, permit) => {
                snapshot.catalogue.sight(&snapshot.tables, snapshot.txn(), permit)?
            }
            Source::Scratch(_) => Arc::new(snapshot.catalogue.sight_of_all()),
        };
        let iris = |graphs: &[NamedNode]| graphs.iter().map(|g| g.as_str().to_owned()).collect();
        Ok(Order {
            directory: self.store().directory().to_owned(),
            passing: matches!(self.source, Source::Scratch(_)),
            sight: sight.as_ref().clone(),
            at: self.at,
            text: self.text.as_str().to_owned(),
            base: self.text.base().map(str::to_owned),
            default_graphs: iris(&self.graphs.default),
            named_graphs: iris(&self.graphs.named),
        })
    }
}
