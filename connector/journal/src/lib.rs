#![doc = include_str!("../README.md")]

mod hash;
mod tree;

mod fault;
mod record;

mod blobs;
mod database;
mod writer;

mod journal;
mod seen;
mod snapshot;
mod verify;

pub use fault::Fault;
pub use hash::{Hash, NotAHash};
pub use journal::Journal;
pub use record::{Entry, Kind, NotAKind, RECORD_BYTES_MAX, Record};
pub use seen::Seen;
pub use snapshot::Snapshot;
pub use verify::{Broken, Verified, verify};
pub use writer::GROUP_RECORDS_MAX;

#[cfg(test)]
mod tests;
