//! The main safety property, tested at random.
//!
//! For every caller, the answer to a query equals the answer of a plain Oxigraph store that was
//! loaded with exactly the quads which the caller may see at every company.

#![expect(clippy::print_stdout, reason = "the coverage figures belong in the output of the run")]

mod answer;
mod case;
mod clauses;
mod coverage;
mod data;
mod draft;
mod federated;
mod holdings;
mod law;
mod local;
mod network;
mod oracle;
mod party;
mod pen;
mod phrases;
mod probe;
mod processes;
mod query;
