#![doc = include_str!("../README.md")]

mod fault;
mod refusal;

mod change;
mod dictionary;
mod inline;
mod key;
mod known;
mod scratch;
mod store;
mod term;

mod catalogue;
mod dataset;
mod derive;
mod scan;
mod view;

mod evaluate;
mod fetch;
mod gate;
mod gather;
mod limits;
#[cfg(any(test, feature = "test-util"))]
mod no_step;
mod parts;
mod standard;
mod summary;
mod syntax;
mod turns;

mod job;
mod wire;
mod worker;
mod workers;

pub use change::{Change, Publication, check_storable};
pub use evaluate::{Graphs, Results, Row};
pub use fault::{Fault, Unstorable};
pub use fetch::{Fetch, Step};
pub use gate::QueryText;
pub use job::Job;
pub use limits::Limits;
#[cfg(any(test, feature = "test-util"))]
pub use no_step::with_paths_of_no_step;
pub use parts::operands;
pub use refusal::{QueryError, Refusal};
pub use scratch::Scratch;
pub use store::Store;
pub use summary::{Prefixes, Summary, prefix};
pub use turns::{Turn, Turns, Who};
#[cfg(feature = "seeded-faults")]
pub use view::SeededFault;
pub use view::{Shown, View};
pub use worker::worker_main;
pub use workers::{Answer, Evaluated, Workers};

#[cfg(test)]
mod tests;
