//! The path between companies, with real processes and real TCP on loopback.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test fails by panicking, measures how long it waits, and is read by nobody else"
)]

mod tidy;

mod attack;
mod audit;
mod browser;
mod circle;
mod client;
mod clients;
mod comfort;
mod credential;
mod damaged;
mod dcp;
mod deploy;
mod doctor;
mod examples;
mod fifth;
mod formats;
mod fuzz;
mod http;
mod joining;
mod kill;
mod node;
mod profiles;
mod readme;
mod running;
mod sbom;
mod security;
mod shapes;
mod shop;
mod tls;
mod trust;
mod w3c;
mod withdraw;
