//! Who the partner tier of each subject is open to.
//!
//! A customer sees what it was delivered, and what hangs on it: the installations in it, the items they install,
//! the batches those were made from, placements, roles and operating records about them, their documents and quantities.
//! Nothing flows upwards from a part to the machine around it, nor through an organisation, nor along a link
//! that the customer could not see.

use crate::Statements;
use adit_vocab::{Did, Tier, adit, eudpp, org, schema, tier_of};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Records are about their object: what may be seen of the object leads to the record, never back.
pub(crate) const ABOUT: [NamedNodeRef<'static>; 4] = [
    adit::INSTALLED_IN,
    adit::PLACED_ITEM,
    eudpp::IN_CONTEXT_OF_PRODUCT,
    adit::OPERATING_RECORD_OF,
];

/// Links that open nothing: they name organisations, or a class that all its members share.
const CLOSED: [NamedNodeRef<'static>; 7] = [
    adit::DELIVERED_TO,
    adit::SHARED_WITH,
    schema::MANUFACTURER,
    eudpp::HAS_ACTOR,
    adit::OWNED_BY,
    adit::FACTS_HELD_BY,
    rdf::TYPE,
];

/// The organisations that the partner tier of each subject is open to.
pub(crate) struct Audiences<'a> {
    numbers: HashMap<&'a str, usize>,
    organisations: Vec<Did>,
    /// For each node the indices of its organisations, ascending.
    open_to: Vec<Vec<u32>>,
}

impl<'a> Audiences<'a> {
    /// Follows the links of all live sources from what each organisation was delivered or is shared.
    pub(crate) fn of(sources: &'a [Statements], own: &Did) -> Self {
        let numbers = numbered(sources);
        let mut links: Vec<Vec<usize>> = vec![Vec::new(); numbers.len()];
        let mut starts: BTreeMap<Did, Vec<usize>> = BTreeMap::new();
        let organisations = organisations_in(sources);
        for (subject, triple, object) in links_of(sources) {
            let (Some(subject), predicate) =
                (numbers.get(subject).copied(), triple.predicate.as_ref())
            else {
                continue;
            };
            let node = numbers.get(object.as_str()).copied();
            if predicate == adit::DELIVERED_TO || predicate == adit::SHARED_WITH {
                if let Some(did) = organisation(object).filter(|did| did != own) {
                    starts.entry(did).or_default().push(subject);
                }
            } else if ABOUT.contains(&predicate) {
                links_push(&mut links, node, Some(subject));
            } else if !CLOSED.contains(&predicate)
                && matches!(tier_of(predicate.as_str()), Tier::Public | Tier::Partner)
                && !organisations.contains(object.as_str())
            {
                links_push(&mut links, Some(subject), node);
            }
        }
        let mut open_to = vec![Vec::new(); numbers.len()];
        let mut organisations = Vec::new();
        for (number, (did, mut frontier)) in (0..).zip(starts) {
            while let Some(node) = frontier.pop() {
                let open: &mut Vec<u32> = &mut open_to[node];
                if open.last() != Some(&number) {
                    open.push(number);
                    frontier.extend(&links[node]);
                }
            }
            organisations.push(did);
        }
        Self { numbers, organisations, open_to }
    }

    /// The organisations that a subject's partner tier is open to, sorted.
    pub(crate) fn of_subject(&self, subject: &str) -> impl Iterator<Item = &Did> {
        let open = self.numbers.get(subject).map(|number| self.open_to[*number].as_slice());
        open.unwrap_or_default().iter().filter_map(|index| self.organisations.get(*index as usize))
    }
}

fn links_push(links: &mut [Vec<usize>], from: Option<usize>, to: Option<usize>) {
    if let (Some(from), Some(to)) = (from, to) {
        links[from].push(to);
    }
}

/// The organisation that an IRI names.
pub(crate) fn organisation(node: &NamedNode) -> Option<Did> {
    node.as_str().parse().ok()
}

/// Every triple between two IRIs, with its subject and object.
pub(crate) fn links_of(
    sources: &[Statements],
) -> impl Iterator<Item = (&str, &Triple, &NamedNode)> {
    sources.iter().flat_map(Statements::triples).filter_map(|triple| {
        match (&triple.subject, &triple.object) {
            (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) => {
                Some((subject.as_str(), triple, object))
            }
            _ => None,
        }
    })
}

/// Numbers for what is stated about: all subjects, and the things that records are about.
fn numbered(sources: &[Statements]) -> HashMap<&str, usize> {
    let mut numbers = HashMap::new();
    for triple in sources.iter().flat_map(Statements::triples) {
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
            let next = numbers.len();
            numbers.entry(subject.as_str()).or_insert(next);
        }
        if let Term::NamedNode(object) = &triple.object
            && (ABOUT.contains(&triple.predicate.as_ref())
                || triple.predicate == adit::INSTALLED_ITEM)
        {
            let next = numbers.len();
            numbers.entry(object.as_str()).or_insert(next);
        }
    }
    numbers
}

/// What is an organisation without being named by a DID.
fn organisations_in(sources: &[Statements]) -> HashSet<&str> {
    links_of(sources)
        .flat_map(|(subject, triple, object)| {
            let typed = triple.predicate == rdf::TYPE && *object == org::ORGANIZATION;
            let named = object.as_str().starts_with("did:");
            [typed.then_some(subject), named.then_some(object.as_str())]
        })
        .flatten()
        .collect()
}
