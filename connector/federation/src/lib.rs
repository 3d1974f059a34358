#![doc = include_str!("../README.md")]

mod limits;
mod peers;
mod refusal;
mod report;

mod algebra;
mod derived;
mod expression;
mod mentioned;
mod order;
mod path;
mod plan;

mod answer;
mod ask;
mod gather;
mod pool;
mod run;
mod select;

pub use gather::{Gathered, gather};
pub use limits::Limits;
pub use peers::{Fetched, PeerFault, PeerRefusal, Peers, Recipient, Summarised};
pub use plan::Plan;
pub use refusal::Refusal;
pub use report::{Report, Source, Status};

#[cfg(test)]
mod tests;
