//! Tiers, phases, and the room that a fact stands in.

use crate::Did;
use oxrdf::NamedNode;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A name that none of the known ones equals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{got}' is not one of {expected}")]
pub struct UnknownName {
    /// What stood there.
    pub got: String,
    /// What may stand there.
    pub expected: &'static str,
}

/// Defines a closed set of names with its text form.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident [$expected:literal] { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every member of the set.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name as it stands in IRIs and files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;
            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(UnknownName { got: other.to_owned(), expected: $expected }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names! {
/// A class of readers to whom a predicate is open: a partial order, not a ladder.
///
/// After [Regulation (EU) 2023/1542, Article 77](https://eur-lex.europa.eu/eli/reg/2023/1542/oj#art_77).
Tier ["public, legitimateInterest, authority, partner, research, owner"] {
    /// Everyone.
    Public = "public",
    /// Persons with a legitimate interest.
    LegitimateInterest = "legitimateInterest",
    /// Market surveillance, notified bodies, the Commission.
    Authority = "authority",
    /// The organisation that the item was delivered to or is shared with.
    Partner = "partner",
    /// Research under a research credential.
    Research = "research",
    /// The company itself.
    Owner = "owner",
}
}

names! {
/// Whether a fact describes an item as built, as used or as recycled.
Phase ["as-built, as-used, as-recycled"] {
    /// From making.
    AsBuilt = "as-built",
    /// From use.
    AsUsed = "as-used",
    /// From end-of-life treatment.
    AsRecycled = "as-recycled",
}
}

/// A named graph with one lock: product group, phase, tier and audience, spelled in its IRI.
///
/// ```
/// use adit_vocab::{Phase, Room, Tier};
/// let room = Room {
///     base: "https://shop.example".into(),
///     group: "machined-part".into(),
///     phase: Phase::AsBuilt,
///     tier: Tier::Partner,
///     audience: Some("did:web:oem.example".parse().unwrap()),
/// };
/// let iri = room.to_iri();
/// assert_eq!(iri.as_str(), "https://shop.example/room/machined-part/as-built/partner/did:web:oem.example");
/// assert_eq!(Room::from_iri(iri.as_str()), Some(room));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Room {
    /// The address of the connector that holds the room, without a trailing slash.
    pub base: String,
    /// The product group, lower-case letters, digits and hyphens.
    pub group: String,
    /// The phase.
    pub phase: Phase,
    /// The tier.
    pub tier: Tier,
    /// The one organisation that the room is open to, where the tier is partner.
    pub audience: Option<Did>,
}

impl Room {
    /// The IRI of the named graph.
    pub fn to_iri(&self) -> NamedNode {
        let Self { base, group, phase, tier, audience } = self;
        NamedNode::new_unchecked(match audience {
            Some(did) => format!("{base}/room/{group}/{phase}/{tier}/{did}"),
            None => format!("{base}/room/{group}/{phase}/{tier}"),
        })
    }

    /// The room that an IRI spells, or `None` where it spells none.
    pub fn from_iri(iri: &str) -> Option<Self> {
        let (base, path) = iri.split_once("/room/")?;
        let mut parts = path.splitn(4, '/');
        let group = parts.next().filter(|group| is_group(group))?;
        let phase = parts.next()?.parse().ok()?;
        let tier = parts.next()?.parse().ok()?;
        let audience = match parts.next() {
            Some(did) => Some(did.parse().ok()?),
            None => None,
        };
        Some(Self { base: base.to_owned(), group: group.to_owned(), phase, tier, audience })
    }
}

/// Whether text can name a product group: lower-case letters, digits and hyphens.
///
/// ```
/// assert!(adit_vocab::is_group("machined-part"));
/// assert!(!adit_vocab::is_group("Machined part"));
/// ```
pub fn is_group(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
