//! The tier of each statement.
//!
//! It is that of the predicate, with one exception: what stands under our own address only because something leads to it.
//! A weight is a node with a number and a unit; whoever may not know *that an item has* the weight must not find the number
//! by itself. So value nodes take the strictest tier of the links that lead to them, and a record's type that of
//! the link to its item.

use crate::audience::ABOUT;
use crate::numbered::{Fact, NO_NODE, Numbered};
use crate::{Context, Statements};
use adit_vocab::{Tier, qudt, schema};
use oxrdf::NamedNodeRef;
use oxrdf::vocab::rdf;

/// What says only which value a value node is.
const STRUCTURE: [NamedNodeRef<'static>; 6] = [
    rdf::TYPE,
    qudt::NUMERIC_VALUE,
    qudt::UNIT,
    schema::ENCODING_FORMAT,
    schema::CONTENT_URL,
    schema::SHA256,
];

/// The tiers of predicates, and of the links that lead to nodes under our address.
pub(crate) struct Tiers {
    /// For each source and predicate.
    own: Vec<Vec<Tier>>,
    /// For each predicate.
    forms: Vec<Form>,
    /// For each node whether it is a value: a quantity, a document, a node that had no name.
    is_value: Vec<bool>,
    /// For each node the strictest tier of the links that lead to it.
    led_to: Vec<Option<Tier>>,
}

/// What a predicate says about a node under our address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Type,
    Structure,
    Other,
}

/// A link to a node under our address, in a source.
struct Link {
    source: usize,
    from: Fact,
    to: u32,
}

impl Tiers {
    pub(crate) fn of(numbered: &Numbered<'_>, sources: &[Statements], context: &Context) -> Self {
        let under = |path: &str| format!("{}/{path}/", context.base);
        let (documents, records) = (under("document"), under("record"));
        let values = [under("record/quantity"), under("record/node"), documents.clone()];
        let form = |predicate: &NamedNodeRef<'_>| match *predicate {
            rdf::TYPE => Form::Type,
            other if STRUCTURE.contains(&other) => Form::Structure,
            _ => Form::Other,
        };
        let tier_in = |source: &Statements| {
            let tier = |it: &NamedNodeRef<'_>| context.vocabulary.tier(it.as_str(), source.group());
            numbered.predicates.iter().map(tier).collect()
        };
        let mut tiers = Self {
            own: sources.iter().map(tier_in).collect(),
            forms: numbered.predicates.iter().map(form).collect(),
            is_value: numbered
                .nodes
                .iter()
                .map(|node| values.iter().any(|value| node.starts_with(value.as_str())))
                .collect(),
            led_to: vec![None; numbered.nodes.len()],
        };
        let is_ours = |node: &&str| node.starts_with(&records) || node.starts_with(&documents);
        let ours: Vec<bool> = numbered.nodes.iter().map(is_ours).collect();
        tiers.follow(&links(numbered, &ours));
        tiers
    }

    /// A value node may lead to another: repeats until none gets stricter.
    fn follow(&mut self, links: &[Link]) {
        let mut changed = true;
        while changed {
            changed = false;
            for Link { source, from, to } in links {
                let link = self.of_fact(*source, *from);
                let known = &mut self.led_to[*to as usize];
                let strictest = known.map_or(link, |known| stricter(known, link));
                if *known != Some(strictest) {
                    *known = Some(strictest);
                    changed = true;
                }
            }
        }
    }

    /// The tier of a statement of a source.
    pub(crate) fn of_fact(&self, source: usize, fact: Fact) -> Tier {
        if fact.subject == NO_NODE {
            return Tier::Owner;
        }
        let own = self.own[source][fact.predicate as usize];
        let Some(led_to) = self.led_to[fact.subject as usize] else { return own };
        match (self.is_value[fact.subject as usize], self.forms[fact.predicate as usize]) {
            (true, Form::Type | Form::Structure) | (false, Form::Type) => led_to,
            (true, Form::Other) => stricter(own, led_to),
            (false, Form::Structure | Form::Other) => own,
        }
    }
}

/// The links to nodes under our address: from a thing to its values, and from a thing to the records about it.
fn links(numbered: &Numbered<'_>, ours: &[bool]) -> Vec<Link> {
    let is_about: Vec<bool> = numbered.predicates.iter().map(|it| ABOUT.contains(it)).collect();
    let is_type: Vec<bool> = numbered.predicates.iter().map(|it| *it == rdf::TYPE).collect();
    let mut links = Vec::new();
    for (source, facts) in numbered.facts.iter().enumerate() {
        for fact in facts.iter().copied() {
            let Fact { subject, predicate, object } = fact;
            if subject == NO_NODE || object == NO_NODE {
                continue;
            }
            if is_about[predicate as usize] && ours[subject as usize] {
                let from = Fact { subject: object, object: subject, predicate };
                links.push(Link { source, from, to: subject });
            } else if !is_type[predicate as usize] && ours[object as usize] {
                links.push(Link { source, from: fact, to: object });
            }
        }
    }
    links
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
