//! The tier of each statement.
//!
//! It is that of the predicate, with one exception: what stands under our own address only because something leads to it.
//! A weight is a node with a number and a unit; whoever may not know *that an item has* the weight must not find the number
//! by itself. So value nodes take the strictest tier of the links that lead to them, and a record's type that of
//! the link to its item.

use crate::Statements;
use crate::audience::{ABOUT, links_of};
use adit_vocab::{Tier, qudt, schema, tier_of};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Triple};
use std::collections::HashMap;

/// What says only which value a value node is.
const STRUCTURE: [NamedNodeRef<'static>; 6] = [
    rdf::TYPE,
    qudt::NUMERIC_VALUE,
    qudt::UNIT,
    schema::ENCODING_FORMAT,
    schema::CONTENT_URL,
    schema::SHA256,
];

/// The tiers of the links that lead to nodes under our address.
pub(crate) struct Tiers<'a> {
    values: String,
    nodes: String,
    documents: String,
    records: String,
    led_to: HashMap<&'a str, Tier>,
}

impl<'a> Tiers<'a> {
    pub(crate) fn of(sources: &'a [Statements], base: &str) -> Self {
        let mut tiers = Self {
            values: format!("{base}/record/quantity/"),
            nodes: format!("{base}/record/node/"),
            documents: format!("{base}/document/"),
            records: format!("{base}/record/"),
            led_to: HashMap::new(),
        };
        let mut links: Vec<(&str, &Triple, &str)> = Vec::new();
        for (subject, triple, object) in links_of(sources) {
            let predicate = triple.predicate.as_ref();
            if ABOUT.contains(&predicate) && tiers.is_ours(subject) {
                links.push((object.as_str(), triple, subject));
            } else if predicate != rdf::TYPE && tiers.is_ours(object.as_str()) {
                links.push((subject, triple, object.as_str()));
            }
        }
        // A value node may lead to another: repeat until none gets stricter.
        let mut changed = true;
        while changed {
            changed = false;
            for (from, triple, to) in &links {
                let link = tiers.of_statement(from, triple.predicate.as_ref());
                let known = tiers.led_to.get(to).copied();
                let strictest = known.map_or(link, |known| stricter(known, link));
                if known != Some(strictest) {
                    tiers.led_to.insert(to, strictest);
                    changed = true;
                }
            }
        }
        tiers
    }

    /// The tier of a statement.
    pub(crate) fn of_triple(&self, triple: &Triple) -> Tier {
        match &triple.subject {
            NamedOrBlankNode::NamedNode(subject) => {
                self.of_statement(subject.as_str(), triple.predicate.as_ref())
            }
            NamedOrBlankNode::BlankNode(_) => Tier::Owner,
        }
    }

    fn of_statement(&self, subject: &str, predicate: NamedNodeRef<'_>) -> Tier {
        let own = tier_of(predicate.as_str());
        let Some(led_to) = self.led_to.get(subject).copied() else { return own };
        let is_value = [&self.values, &self.nodes, &self.documents]
            .iter()
            .any(|base| subject.starts_with(base.as_str()));
        match is_value {
            true if STRUCTURE.contains(&predicate) => led_to,
            true => stricter(own, led_to),
            false if predicate == rdf::TYPE => led_to,
            false => own,
        }
    }

    fn is_ours(&self, node: &str) -> bool {
        node.starts_with(&self.records) || node.starts_with(&self.documents)
    }
}

/// The tier of those who are in both: tiers are no ladder, and nobody but the owner is surely in two of them.
fn stricter(a: Tier, b: Tier) -> Tier {
    match (a, b) {
        (a, b) if a == b => a,
        (Tier::Public, other) | (other, Tier::Public) => other,
        (
            Tier::LegitimateInterest
            | Tier::Authority
            | Tier::Partner
            | Tier::Research
            | Tier::Owner,
            Tier::LegitimateInterest
            | Tier::Authority
            | Tier::Partner
            | Tier::Research
            | Tier::Owner,
        ) => Tier::Owner,
    }
}
