//! The program `adit`: HTTP, commands, configuration, clock, randomness, the one outbound client, wiring.
//!
//! Start with [`query`], which reads like the line of `connector/ARCHITECTURE.md`.

pub mod query;

pub mod identity;
pub mod session;
pub mod token;

pub mod ask;
pub mod peers;

pub mod gaps;
pub mod publish;
pub mod published;
pub mod rules;

pub mod asked;
pub mod audit;
pub mod doctor;
pub mod expiry;

pub mod cli;
pub mod command;
pub mod control;
pub mod outcome;
pub mod program;

pub mod explain;
pub mod help;
pub mod language;

pub mod bundled;
pub mod circle;

pub mod graph;
pub mod http;
pub mod metrics;
pub mod negotiate;
pub mod page;
pub mod results;

pub mod clock;
pub mod config;
pub mod connector;
pub mod dcp;
pub mod documents;
pub mod dumps;
pub mod error;
pub mod folder;
pub mod invite;
pub mod issue;
pub mod keys;
pub mod layers;
pub mod lists;
pub mod logging;
pub mod network;
pub mod partners;
pub mod refused;
pub mod replay;
pub mod safe_client;
pub mod settings;
pub mod standing;
pub mod statuses;
pub mod tls;
pub mod trust;
pub mod vocabulary;
pub mod wallet;

pub use {
    adit_credentials as credentials, adit_facts as facts, adit_federation as federation,
    adit_ingest as ingest, adit_journal as journal, adit_policy as policy, adit_vocab as vocab,
};
