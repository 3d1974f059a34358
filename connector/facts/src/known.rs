//! The terms whose numbers are the same in every store, so that no scan looks them up.

use adit_vocab::{adit, eudpp, schema};
use oxrdf::NamedNodeRef;

/// The first terms of every dictionary, in order.
pub(crate) const KNOWN: [NamedNodeRef<'static>; 15] = [
    adit::PART_OF,
    adit::LOCATED_AT,
    adit::OWNED_BY,
    adit::INSTALLED_ITEM,
    adit::INSTALLED_IN,
    schema::VALID_FROM,
    schema::VALID_THROUGH,
    adit::PLACED_ITEM,
    adit::AT_PLACE,
    eudpp::IN_CONTEXT_OF_PRODUCT,
    eudpp::HAS_ACTOR,
    eudpp::ASSIGNMENT_VALID_FROM,
    eudpp::ASSIGNMENT_VALID_TO,
    eudpp::HAS_ROLE,
    adit::OWNER,
];

/// How a derived predicate follows from stored quads about one node: an installation, placement or assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The derived predicate.
    pub(crate) derived: u32,
    /// From the node to the subject of the derived quad.
    pub(crate) item: u32,
    /// From the node to the object of the derived quad, which stands in the rooms of this link.
    pub(crate) link: u32,
    /// From the node to the instant since which it holds.
    pub(crate) from: u32,
    /// From the node to the instant until which it holds.
    pub(crate) through: u32,
    /// A further quad that the node must have.
    pub(crate) role: Option<(u32, u32)>,
}

/// The rules, in the order of the first known terms.
pub(crate) const RULES: [Rule; 3] = [
    Rule { derived: 0, item: 3, link: 4, from: 5, through: 6, role: None },
    Rule { derived: 1, item: 7, link: 8, from: 5, through: 6, role: None },
    Rule { derived: 2, item: 9, link: 10, from: 11, through: 12, role: Some((13, 14)) },
];

/// The rule of a derived predicate.
pub(crate) fn rule_of(predicate: u32) -> Option<&'static Rule> {
    RULES.get(predicate as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use adit_vocab::{base_of, is_derived};

    #[test]
    fn the_rules_name_the_terms_they_mean() {
        let name = |number: u32| KNOWN[number as usize];
        for rule in RULES {
            assert!(is_derived(name(rule.derived).as_str()));
            assert_eq!(base_of(name(rule.derived)), Some(name(rule.link).as_str()));
        }
        let text =
            format!("{:?}", RULES.map(|r| [r.item, r.from, r.through].map(|n| name(n).as_str())));
        assert_eq!(
            text,
            "[[\"https://w3id.org/adit/ns#installedItem\", \"https://schema.org/validFrom\", \"https://schema.org/validThrough\"], \
             [\"https://w3id.org/adit/ns#placedItem\", \"https://schema.org/validFrom\", \"https://schema.org/validThrough\"], \
             [\"https://w3id.org/eudpp#inContextOfProduct\", \"https://w3id.org/eudpp#assignmentValidFrom\", \"https://w3id.org/eudpp#assignmentValidTo\"]]"
        );
        let (role, owner) = RULES[2].role.unwrap();
        assert_eq!((name(role), name(owner)), (eudpp::HAS_ROLE, adit::OWNER));
        assert_eq!(KNOWN.iter().filter(|term| is_derived(term.as_str())).count(), RULES.len());
    }
}
