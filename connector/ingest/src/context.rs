//! What a file is read against: who we are, whom we trade with, and how each names its things.

use adit_vocab::{Did, Vocabulary};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

/// Everything beside a file that its reading depends on.
///
/// ```
/// use adit_ingest::{Context, Templates};
/// let context = Context {
///     own: "did:web:shop.example".parse().unwrap(),
///     base: "https://shop.example".into(),
///     templates: Templates {
///         item: Some("https://id.shop.example/p/{part}/{serial}".into()),
///         ..Templates::default()
///     },
///     partners: vec![],
///     makers: Default::default(),
///     vocabulary: adit_vocab::Vocabulary::bundled().clone(), files: Default::default(),
/// };
/// assert_eq!(context.templates.prefixes(), ["https://id.shop.example/p/"]);
/// ```
#[derive(Debug, Clone)]
pub struct Context {
    /// Our own organisation.
    pub own: Did,
    /// The address of our connector, without a trailing slash; our records, documents and rooms stand under it.
    pub base: String,
    /// Our own identifier templates.
    pub templates: Templates,
    /// Whom our numbers of customers and suppliers stand for.
    pub partners: Vec<Partner>,
    /// The identifier templates that the partners publish.
    pub makers: BTreeMap<Did, Templates>,
    /// What the predicates mean and whom they are open to, per product group.
    pub vocabulary: Arc<Vocabulary>,
    /// The attached documents by file name.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// One line of `partners.csv`: our number of a customer or supplier, and who that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Our number, as our own files write it, leading zeros kept.
    pub number: String,
    /// The organisation.
    pub did: Did,
    /// What we call it.
    pub name: String,
}

/// How a maker spells the IRIs of its things: for each kind an `https` IRI with parameters in braces.
///
/// Simple expansion of [RFC 6570](https://www.rfc-editor.org/rfc/rfc6570#section-3.2.2): `{name}` alone, each value percent-encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// Serialised items, such as `https://id.shop.example/p/{part}/{serial}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Batches and heats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The kinds of things that a maker has a template for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Item,
    Batch,
    Model,
    Place,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Item, Self::Batch, Self::Model, Self::Place];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Batch => "batch",
            Self::Model => "model",
            Self::Place => "place",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Templates {
    pub(crate) fn of(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::Item => self.item.as_deref(),
            Kind::Batch => self.batch.as_deref(),
            Kind::Model => self.model.as_deref(),
            Kind::Place => self.place.as_deref(),
        }
    }

    /// What the identifiers of each kind begin with: the text before the first parameter, sorted, each once.
    pub fn prefixes(&self) -> Vec<&str> {
        let mut prefixes: Vec<&str> = Kind::ALL
            .iter()
            .filter_map(|kind| self.of(*kind)?.split('{').next())
            .filter(|prefix| !prefix.is_empty())
            .collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
    }
}

impl Context {
    /// Our partners by number.
    pub(crate) fn partners_by_number(&self) -> HashMap<&str, &Partner> {
        self.partners.iter().map(|partner| (partner.number.as_str(), partner)).collect()
    }

    /// The only company whose identifiers begin as this one does; `None` where there is none, or several.
    pub(crate) fn maker_by_prefix(&self, iri: &str) -> Option<&Did> {
        let makers = self.makers.iter().filter(|(did, _)| **did != self.own);
        let all = std::iter::once((&self.own, &self.templates)).chain(makers);
        let mut longest: Option<(usize, Option<&Did>)> = None;
        for (did, templates) in all {
            let fits = templates.prefixes().into_iter().filter(|prefix| iri.starts_with(prefix));
            let Some(length) = fits.map(str::len).max() else { continue };
            longest = match longest {
                Some((known, _)) if known == length => Some((length, None)),
                Some(known) if known.0 > length => Some(known),
                _ => Some((length, Some(did))),
            };
        }
        longest?.1
    }

    /// The templates of a maker: our own, or those that it publishes.
    pub(crate) fn templates_of(&self, maker: &Did) -> Option<&Templates> {
        if *maker == self.own { Some(&self.templates) } else { self.makers.get(maker) }
    }
}
