//! The commands, one file each.

pub mod asked;
pub mod audit;
pub mod completions;
pub mod config;
pub mod credential;
pub mod demo;
pub mod did;
pub mod doctor;
pub mod explain;
pub mod init;
pub mod invite;
pub mod join;
pub mod journal;
pub mod key;
pub mod map;
pub mod query;
pub mod rebuild;
pub mod serve;
pub mod token;
pub mod trace;
pub mod trust;
pub mod whoami;
