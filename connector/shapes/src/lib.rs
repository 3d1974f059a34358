#![doc = include_str!("../README.md")]

mod error;
mod finding;
mod gaps;
mod shapes;

mod load;
mod node;
mod path;
mod reading;
mod shape;
mod target;

mod data;
mod dataset;
mod value;

mod check;
mod hint;
mod prebound;
mod query;

pub use data::Data;
pub use error::{Cause, ShapesError, Unchecked};
pub use finding::{Finding, Severity};
pub use gaps::Gap;
pub use shapes::{Focus, Scope, Shapes};

#[cfg(test)]
mod tests;
