//! The path between companies, with real processes and real TCP on loopback.

mod tidy;

mod circle;
mod deploy;
mod examples;
mod fifth;
mod http;
mod kill;
mod readme;
