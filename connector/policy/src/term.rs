//! The words that a policy may use. A word that is not here refuses the policy.

use adit_vocab::{adit, expand, odrl, shorten};

/// A left operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    HoldsCredential,
    Purpose,
    AccessTier,
    DateTime,
    Recipient,
}

/// An operator.
///
/// Implements [ODRL 2.2, Constraint Operators](https://www.w3.org/TR/odrl-vocab/#constraintRelationalOperators).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Neq,
    IsA,
    IsAnyOf,
    IsNoneOf,
    Lt,
    Lteq,
    Gt,
    Gteq,
}

impl Operand {
    pub(crate) const ALL: [Self; 5] =
        [Self::HoldsCredential, Self::Purpose, Self::AccessTier, Self::DateTime, Self::Recipient];

    fn iri(self) -> &'static str {
        match self {
            Self::HoldsCredential => adit::HOLDS_CREDENTIAL.as_str(),
            Self::Purpose => odrl::PURPOSE.as_str(),
            Self::AccessTier => adit::ACCESS_TIER.as_str(),
            Self::DateTime => odrl::DATE_TIME.as_str(),
            Self::Recipient => odrl::RECIPIENT.as_str(),
        }
    }

    pub(crate) fn name(self) -> String {
        shorten(self.iri())
    }

    pub(crate) fn read(name: &str) -> Option<Self> {
        let iri = iri_of(name);
        Self::ALL.into_iter().find(|operand| operand.iri() == iri)
    }

    /// The operators that mean something for the operand.
    pub(crate) const fn operators(self) -> &'static [Operator] {
        use Operator::{Eq, Gt, Gteq, IsA, IsAnyOf, IsNoneOf, Lt, Lteq, Neq};
        match self {
            Self::HoldsCredential | Self::Purpose => &[Eq, Neq, IsA, IsAnyOf, IsNoneOf],
            // Tiers are a partial order, so none is less than another.
            Self::AccessTier | Self::Recipient => &[Eq, Neq, IsAnyOf, IsNoneOf],
            // No request arrives at exactly one instant.
            Self::DateTime => &[Lt, Lteq, Gt, Gteq],
        }
    }
}

impl Operator {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::IsA => "isA",
            Self::IsAnyOf => "isAnyOf",
            Self::IsNoneOf => "isNoneOf",
            Self::Lt => "lt",
            Self::Lteq => "lteq",
            Self::Gt => "gt",
            Self::Gteq => "gteq",
        }
    }

    /// Whether the operator takes a list.
    pub(crate) const fn takes_many(self) -> bool {
        match self {
            Self::IsA | Self::IsAnyOf | Self::IsNoneOf => true,
            Self::Eq | Self::Neq | Self::Lt | Self::Lteq | Self::Gt | Self::Gteq => false,
        }
    }

    pub(crate) fn read(name: &str, among: &[Self]) -> Option<Self> {
        let iri = iri_of(name);
        let local = iri.strip_prefix(odrl::NAMESPACE)?;
        among.iter().copied().find(|operator| operator.name() == local)
    }
}

/// The IRI of a name in a policy: a bare one is ODRL's, a prefixed one is expanded.
pub(crate) fn iri_of(name: &str) -> String {
    if name.contains("://") {
        name.to_owned()
    } else if name.contains(':') {
        expand(name).unwrap_or_else(|| name.to_owned())
    } else {
        format!("{}{name}", odrl::NAMESPACE)
    }
}
