//! What a decision opens.

use crate::Refusal;
use adit_vocab::{Did, Room, Tier, Vocabulary, adit, base_of};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What one request may see: tiers, the audience they are open for, predicates that stay hidden.
///
/// Made only by [`decide`](crate::decide()). Serialised for reports; nothing reads one back.
///
/// Implements the outcome of [ODRL 2.2, Permission](https://www.w3.org/TR/odrl-model/#permission) for `odrl:read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Permit {
    /// The open tiers and the permission that opened each.
    pub(crate) tiers: BTreeMap<Tier, String>,
    /// The other tiers and the refusal each would get alone.
    #[serde(skip)]
    pub(crate) closed: BTreeMap<Tier, Refusal>,
    pub(crate) audience: Option<Did>,
    pub(crate) sees_all_audiences: bool,
    /// The hidden predicates and the prohibition that hides each.
    pub(crate) hidden: BTreeMap<String, String>,
    pub(crate) purpose: Option<String>,
    pub(crate) valid_until: Option<Timestamp>,
}

/// A predicate of a query that this permit does not open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Withheld {
    /// The predicate's IRI.
    pub predicate: String,
    /// Its tier.
    pub tier: Tier,
    /// What would open it, as a half sentence.
    pub fix: String,
}

impl Permit {
    /// A permit for the tests of other packages.
    #[cfg(any(test, feature = "test-util"))]
    pub fn for_test(
        tiers: impl IntoIterator<Item = Tier>,
        audience: Option<Did>,
        sees_all_audiences: bool,
        hidden_predicates: Vec<String>,
    ) -> Self {
        Self {
            tiers: tiers.into_iter().map(|tier| (tier, "test".to_owned())).collect(),
            closed: BTreeMap::new(),
            audience,
            sees_all_audiences,
            hidden: hidden_predicates.into_iter().map(|iri| (iri, "test".to_owned())).collect(),
            purpose: None,
            valid_until: None,
        }
    }

    /// Whether the caller may see the facts of a room: its tier is open, and where it has an audience the caller is it.
    ///
    /// A room of the partner tier without an audience is open only to those who see all audiences: what was delivered
    /// to nobody in particular is no partner's.
    pub fn opens(&self, room: &Room) -> bool {
        self.tiers.contains_key(&room.tier)
            && match &room.audience {
                None => room.tier != Tier::Partner || self.sees_all_audiences,
                Some(audience) => {
                    self.sees_all_audiences || self.audience.as_ref() == Some(audience)
                }
            }
    }

    /// Whether a predicate stays hidden in every room, itself or the one that it is derived from.
    pub fn hides(&self, predicate: &str) -> bool {
        self.hiding_rule(predicate).is_some()
    }

    /// The open tiers.
    pub fn tiers(&self) -> impl Iterator<Item = Tier> + '_ {
        self.tiers.keys().copied()
    }

    /// The permission that opened a tier.
    pub fn rule_of(&self, tier: Tier) -> Option<&str> {
        self.tiers.get(&tier).map(String::as_str)
    }

    /// The DID whose rooms are open; `None` for the anonymous caller.
    pub fn audience(&self) -> Option<&Did> {
        self.audience.as_ref()
    }

    /// Whether the rooms of every audience are open, because the caller belongs to the company itself.
    pub fn sees_all_audiences(&self) -> bool {
        self.sees_all_audiences
    }

    /// The predicates that a prohibition names; what is derived from them is hidden too, see [`Permit::hides`].
    pub fn hidden_predicates(&self) -> impl Iterator<Item = &str> {
        self.hidden.keys().map(String::as_str)
    }

    /// The purpose that the caller stated, as an IRI.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// The earliest instant at which a rule or credential that the decision rests on ends.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// The predicates among those given that this permit does not open, sorted, with each tier that they can stand in.
    ///
    /// Computed from the permit and the vocabulary alone, so it says nothing about what is stored.
    pub fn withheld<'a>(
        &self,
        vocabulary: &Vocabulary,
        predicates: impl Iterator<Item = &'a str>,
    ) -> Vec<Withheld> {
        let in_tiers = |predicate: &'a str| {
            vocabulary.tiers(predicate).into_iter().map(move |tier| (predicate, tier))
        };
        let asked: BTreeSet<_> = predicates.flat_map(in_tiers).collect();
        let withheld = asked.into_iter().filter_map(|(predicate, tier)| {
            let fix = if let Some(rule) = self.hiding_rule(predicate) {
                format!("{rule} hides it")
            } else if self.tiers.contains_key(&tier) {
                return None;
            } else if let Some(refusal) = self.closed.get(&tier) {
                refusal.fix.clone()
            } else {
                format!("no rule opens the tier {tier} to this caller")
            };
            Some(Withheld { predicate: predicate.to_owned(), tier, fix })
        });
        withheld.collect()
    }

    /// A stable name of what the permit opens, for caches: equal keys see equal facts.
    pub fn key(&self) -> String {
        let tiers: Vec<_> = self.tiers.keys().collect();
        let hidden: Vec<_> = self.hidden.keys().collect();
        let opened = (tiers, &self.audience, self.sees_all_audiences, hidden);
        let opened = serde_json::to_vec(&opened).expect("names and DIDs are JSON");
        hex::encode(Sha256::digest(opened))
    }

    /// The permit for the journal and for reports.
    pub fn to_json(&self) -> serde_json::Value {
        json!(self)
    }

    fn hiding_rule(&self, predicate: &str) -> Option<&str> {
        let derived = adit::ALL.iter().find(|term| term.as_str() == predicate);
        let base = derived.and_then(|term| base_of(*term));
        let rule = self.hidden.get(predicate).or_else(|| self.hidden.get(base?));
        rule.map(String::as_str)
    }
}

/// Leave to send one peer a question, with the identifiers in it.
///
/// Made only by [`decide_sending`](crate::decide_sending).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SendPermit {
    pub(crate) peer: Did,
    pub(crate) purpose: Option<String>,
    pub(crate) rule: String,
    pub(crate) valid_until: Option<Timestamp>,
}

impl SendPermit {
    /// A permit for the tests of other packages.
    #[cfg(any(test, feature = "test-util"))]
    pub fn for_test(peer: Did, purpose: Option<String>) -> Self {
        Self { peer, purpose, rule: "test".to_owned(), valid_until: None }
    }

    /// Who may be asked.
    pub fn peer(&self) -> &Did {
        &self.peer
    }

    /// The purpose, as an IRI, that the question must be sent with.
    pub fn purpose(&self) -> Option<&str> {
        self.purpose.as_deref()
    }

    /// The permission that allowed it.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The earliest instant at which a rule that the decision rests on ends.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }
}
