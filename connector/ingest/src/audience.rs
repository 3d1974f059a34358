//! Who the partner tier of each subject is open to.
//!
//! A customer sees what it was delivered, and what hangs on it: the installations in it, the items they install,
//! the batches those were made from, placements, roles and operating records about them, their documents and quantities.
//! Nothing flows upwards from a part to the machine around it, nor through an organisation, nor along a link
//! that the customer could not see.

use crate::numbered::{Fact, NO_NODE, Numbered};
use crate::{Context, Statements};
use adit_vocab::{Did, Tier, adit, epcis, eudpp, org, schema, sosa};
use oxrdf::NamedNodeRef;
use oxrdf::vocab::rdf;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Records are about their object: what may be seen of the object leads to the record, never back.
pub(crate) const ABOUT: [NamedNodeRef<'static>; 8] = [
    adit::INSTALLED_IN,
    adit::PLACED_ITEM,
    eudpp::IN_CONTEXT_OF_PRODUCT,
    adit::OPERATING_RECORD_OF,
    adit::CERTIFIES_ITEM,
    eudpp::APPLIES_TO_PRODUCT,
    sosa::HAS_FEATURE_OF_INTEREST,
    epcis::EPC_LIST,
];

/// Links that open nothing: they name organisations, or a class that all its members share.
const CLOSED: [NamedNodeRef<'static>; 5] =
    [schema::MANUFACTURER, eudpp::HAS_ACTOR, adit::OWNED_BY, adit::FACTS_HELD_BY, rdf::TYPE];

/// What a link between two things does.
#[derive(Clone, Copy)]
enum Way {
    /// Opens its subject to the organisation that is its object.
    Gives,
    /// Leads from its object to its subject.
    Back,
    /// Leads from its subject to its object.
    On,
    Nowhere,
}

/// The organisations that the partner tier of each subject is open to.
pub(crate) struct Audiences {
    /// Sorted.
    organisations: Vec<Did>,
    /// The organisation that a node is, where something is delivered to it or shared with it.
    of_node: FxHashMap<u32, u32>,
    /// For each node the numbers of its organisations, ascending.
    open_to: Vec<Vec<u32>>,
}

impl Audiences {
    /// Follows the links of all live sources from what each organisation was delivered or is shared.
    pub(crate) fn of(numbered: &Numbered<'_>, sources: &[Statements], context: &Context) -> Self {
        let is_organisation = organisations_in(numbered);
        let mut links: Vec<Vec<u32>> = vec![Vec::new(); numbered.nodes.len()];
        let mut given: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (source, facts) in sources.iter().zip(&numbered.facts) {
            let way = |predicate: &NamedNodeRef<'_>| way(*predicate, source, context);
            let ways: Vec<Way> = numbered.predicates.iter().map(way).collect();
            for Fact { subject, predicate, object } in facts.iter().copied() {
                if subject == NO_NODE || object == NO_NODE {
                    continue;
                }
                match ways[predicate as usize] {
                    Way::Gives => given.entry(object).or_default().push(subject),
                    Way::Back => links[object as usize].push(subject),
                    Way::On if !is_organisation[object as usize] => {
                        links[subject as usize].push(object);
                    }
                    Way::On | Way::Nowhere => {}
                }
            }
        }
        let mut starts: BTreeMap<Did, (u32, Vec<u32>)> = BTreeMap::new();
        for (node, subjects) in given {
            let did: Option<Did> = numbered.nodes[node as usize].parse().ok();
            if let Some(did) = did.filter(|did| *did != context.own) {
                starts.insert(did, (node, subjects));
            }
        }
        let mut open_to = vec![Vec::new(); numbered.nodes.len()];
        let (mut organisations, mut of_node) = (Vec::new(), FxHashMap::default());
        for (number, (did, (node, mut frontier))) in (0..).zip(starts) {
            while let Some(node) = frontier.pop() {
                let open: &mut Vec<u32> = &mut open_to[node as usize];
                if open.last() != Some(&number) {
                    open.push(number);
                    frontier.extend(&links[node as usize]);
                }
            }
            organisations.push(did);
            of_node.insert(node, number);
        }
        Self { organisations, of_node, open_to }
    }

    /// The organisations that a subject's partner tier is open to, ascending.
    pub(crate) fn of_subject(&self, subject: u32) -> &[u32] {
        self.open_to.get(subject as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The organisation that a thing is delivered to, if that is not ourselves.
    pub(crate) fn of_delivery(&self, object: u32) -> Option<u32> {
        self.of_node.get(&object).copied()
    }

    pub(crate) fn organisation(&self, number: u32) -> &Did {
        &self.organisations[number as usize]
    }
}

fn way(predicate: NamedNodeRef<'_>, source: &Statements, context: &Context) -> Way {
    if predicate == adit::DELIVERED_TO || predicate == adit::SHARED_WITH {
        return Way::Gives;
    }
    if ABOUT.contains(&predicate) {
        return Way::Back;
    }
    if CLOSED.contains(&predicate) {
        return Way::Nowhere;
    }
    match context.vocabulary.tier(predicate.as_str(), source.group()) {
        Tier::Public | Tier::Partner => Way::On,
        Tier::LegitimateInterest | Tier::Authority | Tier::Research | Tier::Owner => Way::Nowhere,
    }
}

/// Which nodes are organisations: named by a DID, or stated to be one.
fn organisations_in(numbered: &Numbered<'_>) -> Vec<bool> {
    let mut found: Vec<bool> = numbered.nodes.iter().map(|it| it.starts_with("did:")).collect();
    let number = |iri: &str| numbered.nodes.iter().position(|it| *it == iri);
    let Some(class) = number(org::ORGANIZATION.as_str()) else { return found };
    for fact in numbered.facts.iter().flatten().filter(|fact| fact.object as usize == class) {
        let is_type = numbered.predicates[fact.predicate as usize] == rdf::TYPE;
        if is_type && let Some(is_organisation) = found.get_mut(fact.subject as usize) {
            *is_organisation = true;
        }
    }
    found
}
