//! The fact stores of the companies of a data set.

use crate::data::World;
use adit_facts::{Change, Store};
use tempfile::TempDir;

/// One store for each company, on disk until dropped.
pub(crate) struct Holdings {
    stores: Vec<(Store, TempDir)>,
}

impl Holdings {
    /// Publishes the facts in two entries, the second of which withdraws some that the first had too many.
    pub(crate) fn of(world: &World) -> Self {
        let stores = world.companies.iter().map(|company| {
            let directory = tempfile::tempdir().expect("a temporary directory");
            let store = Store::open(directory.path()).expect("an empty store opens");
            let passing = &world.companies[0].facts[..5];
            let first = Change { add: [passing, &company.facts].concat(), remove: Vec::new() };
            let second = Change { add: Vec::new(), remove: passing.to_vec() };
            for (entry, change) in [(1, first), (2, second)] {
                store.apply(entry, &change).expect("the facts can be stored");
            }
            (store, directory)
        });
        Self { stores: stores.collect() }
    }

    /// The store of a company, by its place in the data set.
    pub(crate) fn store(&self, company: usize) -> &Store {
        &self.stores[company].0
    }
}
