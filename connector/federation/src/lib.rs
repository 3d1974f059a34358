#![doc = include_str!("../README.md")]

mod peers;

mod limits;
mod refusal;
mod report;

mod derived;
mod expression;
mod path;

mod algebra;
mod choice;
mod order;
mod plan;

mod advice;

mod mentioned;

mod pool;
mod select;

mod answer;
mod ask;
mod run;

mod gather;

pub use gather::{Gathered, gather};
pub use limits::Limits;
pub use peers::{Fetched, PeerFault, PeerRefusal, Peers, Recipient, Summarised};
pub use plan::Plan;
pub use refusal::Refusal;
pub use report::{Report, Source, Status};

#[cfg(test)]
mod tests;
