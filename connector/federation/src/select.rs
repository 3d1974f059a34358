//! Who may hold what: read from the summaries, never asked around.

use crate::derived::{DERIVED, Derived};
use crate::path::End;
use adit_facts::{Summary, prefix};
use oxrdf::Term;

/// Whether a company with this summary may hold quads that have the term at the given end of the predicate.
///
/// A derived predicate stands for the stored ones that it is derived from; `None` is any predicate, and
/// includes the derived ones.
pub(crate) fn may_hold(summary: &Summary, end: End, term: &Term, predicate: Option<&str>) -> bool {
    let has_object = |predicate| summary.may_have_object(term.as_ref(), predicate);
    let has_subject = |predicate| match term {
        Term::NamedNode(node) => summary.may_have_subject(node.as_ref(), predicate),
        Term::BlankNode(_) | Term::Literal(_) => false,
    };
    let is_item = |derived: &Derived| has_object(Some(derived.item.as_str()));
    match (end, predicate, predicate.and_then(Derived::of)) {
        (End::Subject, _, Some(derived)) => is_item(derived),
        (End::Object, _, Some(derived)) => has_object(Some(derived.far.as_str())),
        (End::Subject, Some(_), None) => has_subject(predicate),
        (End::Subject, None, None) => has_subject(None) || DERIVED.iter().any(is_item),
        (End::Object, _, None) => has_object(predicate),
    }
}

/// What of a term the summaries look at: terms of one kind are held by the same companies.
pub(crate) fn kind(term: &Term) -> &str {
    match term {
        Term::NamedNode(node) => prefix(node.as_str()),
        Term::BlankNode(_) | Term::Literal(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use adit_vocab::adit;
    use oxrdf::NamedNode;

    #[test]
    fn a_derived_predicate_is_held_where_its_bases_are() {
        let mut summary = Summary::default();
        let (item, machine) = ("https://a.example/item/1", "https://b.example/machine/1");
        let node = "https://b.example/installation/1";
        let object = |iri: &str| Term::from(NamedNode::new_unchecked(iri));
        summary.note(node, adit::INSTALLED_ITEM.as_str(), object(item).as_ref());
        summary.note(node, adit::INSTALLED_IN.as_str(), object(machine).as_ref());
        let part_of = Some(adit::PART_OF.as_str());
        let table = [
            (End::Subject, item, part_of, true),
            (End::Object, machine, part_of, true),
            (End::Subject, machine, part_of, false),
            (End::Object, item, part_of, false),
            (End::Subject, item, None, true),
            (End::Subject, item, Some(adit::INSTALLED_ITEM.as_str()), false),
            (End::Object, item, Some(adit::INSTALLED_ITEM.as_str()), true),
            (End::Subject, item, Some(adit::LOCATED_AT.as_str()), false),
            (End::Subject, node, None, true),
            (End::Object, node, None, false),
        ];
        for (end, iri, predicate, expected) in table {
            let held = may_hold(&summary, end, &object(iri), predicate);
            assert_eq!(held, expected, "{end:?} {iri} {predicate:?}");
        }
    }
}
