#![doc = include_str!("../README.md")]

mod did;
mod namespace;
mod near;
mod own;
mod profile;
mod purpose;
mod reused;
mod room;
mod vocabulary;

pub use did::{Did, NotADid};
pub use near::{distance, nearest};
pub use own::adit;
pub use profile::{Field, LANGUAGES, Profile, ProfileCause, ProfileError, Section, Words};
pub use purpose::{base_of, is_derived, is_purpose, purpose, purpose_is_a, purposes};
pub use reused::{
    PREFIXES, epcis, eudpp, expand, gs1, odrl, org, prov, qudt, schema, sh, shorten, skos, sosa,
};
pub use room::{Phase, Room, Tier, UnknownName, is_group};
pub use vocabulary::Vocabulary;

/// The vocabulary, in Turtle.
pub const TURTLE: &str = include_str!("../adit.ttl");
/// The JSON-LD context that gives the terms short names.
pub const CONTEXT: &str = include_str!("../context.jsonld");
/// The units of measurement, in Turtle: a part of the QUDT units vocabulary.
pub const UNITS: &str = include_str!("../units.ttl");
/// The rules that facts must keep, as SHACL shapes: file name and Turtle.
pub const SHAPES: &[(&str, &str)] = &[
    ("prefixes.ttl", include_str!("../shapes/prefixes.ttl")),
    ("identifiers.ttl", include_str!("../shapes/identifiers.ttl")),
    ("items.ttl", include_str!("../shapes/items.ttl")),
    ("installations.ttl", include_str!("../shapes/installations.ttl")),
    ("observations.ttl", include_str!("../shapes/observations.ttl")),
    ("composition.ttl", include_str!("../shapes/composition.ttl")),
    ("footprint.ttl", include_str!("../shapes/footprint.ttl")),
];
/// The bundled profiles: file name and Turtle, the core profile first.
pub const PROFILES: &[(&str, &str)] = &[
    ("core.ttl", include_str!("../profiles/core.ttl")),
    ("battery.ttl", include_str!("../profiles/battery.ttl")),
    ("machine.ttl", include_str!("../profiles/machine.ttl")),
    ("machined-part.ttl", include_str!("../profiles/machined-part.ttl")),
    ("steel.ttl", include_str!("../profiles/steel.ttl")),
];

#[cfg(test)]
mod tests;
