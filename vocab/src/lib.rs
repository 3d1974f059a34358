#![doc = include_str!("../README.md")]

mod did;
mod profile;
mod room;
mod term;

pub use did::{Did, NotADid};
pub use profile::{
    base_of, is_derived, is_known, is_purpose, known_predicates, purpose, purpose_is_a, purposes,
    tier_of,
};
pub use room::{Phase, Room, Tier, UnknownName, is_group};
pub use term::{PREFIXES, adit, eudpp, expand, odrl, org, prov, qudt, schema, shorten, skos};

/// The vocabulary, in Turtle.
pub const TURTLE: &str = include_str!("../adit.ttl");
/// The JSON-LD context that gives the terms short names.
pub const CONTEXT: &str = include_str!("../context.jsonld");

#[cfg(test)]
mod tests;
