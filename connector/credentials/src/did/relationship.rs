//! What a key is listed for.

/// What a key may be used for.
///
/// Implements [Controlled Identifiers 1.0, Verification Relationships](https://www.w3.org/TR/cid-1.0/#verification-relationships).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relationship {
    /// Signs presentations.
    Authentication,
    /// Signs credentials, status lists and trust lists.
    AssertionMethod,
    /// Signs self-issued identity tokens.
    CapabilityInvocation,
}

impl Relationship {
    pub(super) const ALL: [Self; 3] =
        [Self::Authentication, Self::AssertionMethod, Self::CapabilityInvocation];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::AssertionMethod => "assertionMethod",
            Self::CapabilityInvocation => "capabilityInvocation",
        }
    }
}
