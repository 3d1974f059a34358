//! What stands behind the predicates that a View derives.

use adit_vocab::{adit, eudpp, schema};
use oxrdf::NamedNodeRef;

/// A derived predicate and the stored ones that it is derived from, all with one node as subject.
///
/// The node is an installation, a placement or a role assignment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Derived {
    /// `adit:partOf` and its siblings.
    pub(crate) predicate: NamedNodeRef<'static>,
    /// From the node to the item, the derived subject.
    pub(crate) item: NamedNodeRef<'static>,
    /// From the node to the derived object. Its room is the room of the derived fact.
    pub(crate) far: NamedNodeRef<'static>,
    /// What else of the node the derivation reads.
    rest: &'static [NamedNodeRef<'static>],
}

/// Every derived predicate.
pub(crate) const DERIVED: [Derived; 3] = [
    Derived {
        predicate: adit::PART_OF,
        item: adit::INSTALLED_ITEM,
        far: adit::INSTALLED_IN,
        rest: &[schema::VALID_FROM, schema::VALID_THROUGH],
    },
    Derived {
        predicate: adit::LOCATED_AT,
        item: adit::PLACED_ITEM,
        far: adit::AT_PLACE,
        rest: &[schema::VALID_FROM, schema::VALID_THROUGH],
    },
    Derived {
        predicate: adit::OWNED_BY,
        item: eudpp::IN_CONTEXT_OF_PRODUCT,
        far: eudpp::HAS_ACTOR,
        rest: &[eudpp::HAS_ROLE, eudpp::ASSIGNMENT_VALID_FROM, eudpp::ASSIGNMENT_VALID_TO],
    },
];

impl Derived {
    /// The derived predicate with this IRI.
    pub(crate) fn of(predicate: &str) -> Option<&'static Self> {
        DERIVED.iter().find(|derived| derived.predicate.as_str() == predicate)
    }

    /// Every stored predicate that the derivation reads.
    pub(crate) fn bases(&self) -> impl Iterator<Item = NamedNodeRef<'static>> {
        [self.item, self.far].into_iter().chain(self.rest.iter().copied())
    }

    /// Whether the derivation reads this stored predicate.
    #[cfg(test)]
    pub(crate) fn reads(&self, predicate: &str) -> bool {
        self.bases().any(|base| base.as_str() == predicate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_vocabulary() {
        for derived in &DERIVED {
            assert_eq!(adit_vocab::base_of(derived.predicate), Some(derived.far.as_str()));
        }
        let known = adit_vocab::Vocabulary::bundled().predicates();
        let count = known.iter().filter(|iri| adit_vocab::is_derived(iri)).count();
        assert_eq!(count, DERIVED.len());
    }
}
