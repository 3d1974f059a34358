#![doc = include_str!("../README.md")]
#![expect(
    clippy::result_large_err,
    reason = "a problem is made for a person to read; its size costs nothing"
)]

mod context;
mod partners;
mod problem;
mod source;
mod statements;

mod csv;
mod table;
mod text;
mod xlsx;

mod columns;
mod datatype;
mod dialect;
mod json;
mod mapping;
mod reference;
mod template;
mod units;

mod carrier;
mod cells;
mod date;
mod gs1;
mod literal;
mod near;
mod number;
mod resolve;
mod rows;
mod titles;
mod zeros;

mod blank;
mod jsonld;
mod rdf;

mod check;
mod findings;

mod audience;
mod canonical;
mod compare;
mod numbered;
mod route;
mod tier;

mod headers;
mod likely;
mod suggest;

pub use canonical::canonical_text;
pub use check::check;
pub use compare::{Difference, SubjectChange, diff};
pub use context::{Context, Partner, Templates};
pub use findings::{Finding, locate};
pub use mapping::mapping_name;
pub use partners::read_partners;
pub use problem::{Code, LISTED_MAX, Problem, Severity, in_order};
pub use resolve::document_iri;
pub use route::{Routed, route};
pub use source::{SourceFile, read};
pub use statements::{GROUP_DEFAULT, PHASE_DEFAULT, Statements};
pub use suggest::suggest_mapping;
pub use text::{can_read, not_a_file, too_large, unreadable};

#[cfg(test)]
mod tests;
