//! The path between companies, with real processes and real TCP on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test fails by panicking, measures how long it waits, and is read by nobody else"
)]

mod tidy;

mod browser;
mod circle;
mod client;
mod clients;
mod comfort;
mod damaged;
mod deploy;
mod examples;
mod fifth;
mod formats;
mod http;
mod joining;
mod kill;
mod node;
mod profiles;
mod readme;
mod shapes;
mod w3c;
mod withdraw;
