//! What policies are read, and what they decide.

mod cases;
mod files;
mod permit;

use crate::*;
use adit_credentials::Caller;
use adit_vocab::{Did, Tier, Vocabulary};
use serde_json::{Value, json};

fn mill() -> Did {
    "did:web:mill.example".parse().unwrap()
}

fn did(text: &str) -> Did {
    text.parse().unwrap()
}
