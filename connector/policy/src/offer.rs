//! Offers and their rules as closed enums.

use adit_vocab::{Did, Tier, shorten};
use jiff::Timestamp;

/// A set of rules that the company offers to anybody who meets them.
///
/// Implements [ODRL 2.2, Offer](https://www.w3.org/TR/odrl-model/#policy-offer).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The offer's identifier.
    pub uid: String,
    /// The file that it was read from.
    pub file: String,
    /// Its rules: permissions first, then prohibitions, each in the order of the file.
    pub rules: Vec<Rule>,
    /// The SHA-256 of the offer's canonical JSON, in hexadecimal.
    pub hash: String,
}

/// One permission or prohibition.
///
/// Implements [ODRL 2.2, Rule](https://www.w3.org/TR/odrl-model/#rule).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its own identifier, or one made from the offer's: `OFFER#permission-1`.
    pub uid: String,
    /// Whether it allows or forbids.
    pub kind: RuleKind,
    /// What it is about.
    pub target: Target,
    /// What one does with it.
    pub action: Action,
    /// The one party that it concerns; everybody where absent.
    pub assignee: Option<Did>,
    /// What must hold, all of it.
    pub constraints: Vec<Constraint>,
}

/// Whether a rule allows or forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// The rule allows.
    Permission,
    /// The rule forbids, and wins over every permission.
    Prohibition,
}

/// What a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `adit:facts`: every fact of this connector.
    AllFacts,
    /// The facts with one predicate, an IRI.
    Predicate(String),
}

/// What a rule lets one do, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `odrl:read`: obtain facts.
    Read,
    /// `adit:ask`: send a question to another company.
    Ask,
}

/// One condition of a rule.
///
/// Implements [ODRL 2.2, Constraint](https://www.w3.org/TR/odrl-model/#constraint).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// `adit:holdsCredential`: the types, as IRIs, of the credentials that the caller showed.
    HoldsCredential(Match, Vec<&'static str>),
    /// `odrl:purpose`: the purpose that the request states, as an IRI.
    Purpose(PurposeMatch, Vec<String>),
    /// `adit:accessTier`: the tier of the facts.
    AccessTier(Match, Vec<Tier>),
    /// `odrl:dateTime`: the instant of the request.
    DateTime(Order, Timestamp),
    /// `odrl:recipient`: who receives the facts or the question.
    Recipient(Match, Vec<Did>),
}

/// How a value is held against a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// `eq`, `isA` or `isAnyOf`: one of the list.
    Any,
    /// `neq` or `isNoneOf`: none of the list.
    None,
}

/// How a purpose is held against a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurposeMatch {
    /// `eq`: exactly this one.
    Exactly,
    /// `isA` or `isAnyOf`: one of the list or narrower than one of it.
    Any,
    /// `neq` or `isNoneOf`: neither one of the list nor narrower than one of it.
    None,
}

/// How an instant is held against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `lt`
    Before,
    /// `lteq`
    AtOrBefore,
    /// `gt`
    After,
    /// `gteq`
    AtOrAfter,
}

impl Constraint {
    /// The left operand as a prefixed name.
    pub fn operand(&self) -> &'static str {
        match self {
            Self::HoldsCredential(..) => "adit:holdsCredential",
            Self::Purpose(..) => "odrl:purpose",
            Self::AccessTier(..) => "adit:accessTier",
            Self::DateTime(..) => "odrl:dateTime",
            Self::Recipient(..) => "odrl:recipient",
        }
    }
}

impl Target {
    /// The target as a prefixed name.
    pub fn name(&self) -> String {
        match self {
            Self::AllFacts => "adit:facts".to_owned(),
            Self::Predicate(iri) => shorten(iri),
        }
    }
}

impl Action {
    /// The action as a prefixed name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "odrl:read",
            Self::Ask => "adit:ask",
        }
    }
}
