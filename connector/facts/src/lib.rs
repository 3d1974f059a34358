#![doc = include_str!("../README.md")]

mod fault;
mod refusal;

mod term;
mod inline;
mod dictionary;
mod key;
mod known;
mod store;
mod change;
mod scratch;

mod catalogue;
mod view;
mod scan;
mod derive;
mod dataset;

mod gate;
mod evaluate;
mod gather;
mod fetch;
mod summary;

mod job;
mod wire;
mod worker;
mod workers;

pub use change::{Change, Publication, check_storable};
pub use evaluate::{Graphs, Results, Row};
pub use fault::{Fault, Unstorable};
pub use fetch::{Fetch, Step};
pub use job::Job;
pub use gate::{Limits, QueryText};
pub use refusal::{QueryError, Refusal};
pub use scratch::Scratch;
pub use store::Store;
pub use summary::{Prefixes, Summary, prefix};
pub use view::View;
pub use worker::worker_main;
pub use workers::{Answer, Workers};
#[cfg(feature = "seeded-faults")]
pub use view::SeededFault;

#[cfg(test)]
mod tests;
