//! The W3C's test suites of SPARQL 1.1, through a View that a policy opens in full.
//!
//! The query suite is asked twice: in this process, of a store for each entry, and over HTTP of one running connector
//! that holds the data of all entries, with the dataset in the parameters of the protocol. `w3c/exceptions.toml` lists
//! what fails and the clause that lets it; an entry that fails and is not listed, or is listed and passes, is a
//! failure.

#![expect(
    clippy::print_stdout,
    reason = "the figures of each manifest belong in the output of the run"
)]

mod data;
mod exceptions;
mod federated;
mod manifest;
mod protocol;
mod query;
mod same;
mod server;
mod service_description;
