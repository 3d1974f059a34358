//! The path between companies, with real processes and real TCP on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test fails by panicking, measures how long it waits, and is read by nobody else"
)]

mod tidy;

mod circle;
mod deploy;
mod examples;
mod fifth;
mod http;
mod kill;
mod readme;
