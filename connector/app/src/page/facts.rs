//! The visible facts about an item and what stands around it, gathered once through the View.

use crate::error::Error;
use adit_facts::{Fetch, QueryError, Refusal, View};
use adit_vocab::{Room, adit, schema, sosa};
use jiff::Timestamp;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// The most links to an item that are looked through for the newest.
const LINKS_MAX: usize = 20_000;
/// The most rows of a list on the page.
pub(super) const ROWS_MAX: usize = 100;
/// The most things that a page tells something about.
const THINGS_MAX: usize = 2_000;

/// What is said about one thing: predicate and value, sorted, each once.
type Said = Vec<(NamedNode, Term)>;

/// The visible facts that a page is made of.
///
/// Everything comes through one [`View`], so nothing here is above what the caller may see.
pub(super) struct Facts {
    /// The item.
    pub(super) item: NamedNode,
    /// The product group of the rooms that its facts stand in.
    pub(super) group: Option<String>,
    /// The installations of the item, newest first.
    pub(super) installations: Newest,
    /// The installations of parts in the item that hold now, newest first.
    pub(super) parts: Newest,
    /// The newest observation of each property.
    pub(super) observations: Vec<NamedNode>,
    things: HashMap<NamedNode, Said>,
}

/// The newest of a list that may be longer than a page.
#[derive(Default)]
pub(super) struct Newest {
    /// The nodes.
    pub(super) nodes: Vec<NamedNode>,
    /// Whether there are more.
    pub(super) more: bool,
}

impl Facts {
    /// Gathers what a caller may see about an item now.
    pub(super) fn gather(view: &View, item: &NamedNode, now: Timestamp) -> Result<Self, Error> {
        let mut facts = Self {
            item: item.clone(),
            group: group(view, item)?,
            installations: installations(view, item, adit::INSTALLED_ITEM, |_| true)?,
            parts: installations(view, item, adit::INSTALLED_IN, |held| held.holds(now))?,
            observations: observations(view, item)?,
            things: HashMap::new(),
        };
        let mut open = VecDeque::from([item.clone()]);
        let lists = [&facts.observations, &facts.installations.nodes, &facts.parts.nodes];
        open.extend(lists.into_iter().flatten().cloned());
        while let Some(thing) = open.pop_front() {
            if facts.things.contains_key(&thing) || facts.things.len() == THINGS_MAX {
                continue;
            }
            let said = said(view, &thing)?;
            // What has a page of its own is read for its name alone, a record with all that it leads to.
            let is_model = facts.link(item, schema::MODEL) == Some(&thing);
            if thing == *item || is_model || !has_own_page(&said) {
                open.extend(said.iter().filter_map(|(_, value)| node(value)).cloned());
            }
            facts.things.insert(thing, said);
        }
        Ok(facts)
    }

    /// What is said about a thing.
    pub(super) fn said(&self, thing: &NamedNode) -> &[(NamedNode, Term)] {
        self.things.get(thing).map_or(&[], Vec::as_slice)
    }

    /// Whether anything is to be seen about the item.
    pub(super) fn is_empty(&self) -> bool {
        self.said(&self.item).is_empty()
    }

    /// The values of a predicate.
    pub(super) fn values<'f>(
        &'f self,
        thing: &NamedNode,
        predicate: NamedNodeRef<'_>,
    ) -> Vec<&'f Term> {
        let said = self.said(thing).iter();
        said.filter(|(said, _)| *said == predicate).map(|(_, value)| value).collect()
    }

    /// The first value of a predicate.
    pub(super) fn value<'f>(
        &'f self,
        thing: &NamedNode,
        predicate: NamedNodeRef<'_>,
    ) -> Option<&'f Term> {
        self.values(thing, predicate).first().copied()
    }

    /// The first thing that a predicate leads to.
    pub(super) fn link<'f>(
        &'f self,
        thing: &NamedNode,
        predicate: NamedNodeRef<'_>,
    ) -> Option<&'f NamedNode> {
        self.values(thing, predicate).into_iter().find_map(node)
    }
}

/// The node that a value is.
pub(super) fn node(value: &Term) -> Option<&NamedNode> {
    match value {
        Term::NamedNode(node) => Some(node),
        Term::BlankNode(_) | Term::Literal(_) => None,
    }
}

/// The instant that a value is.
pub(super) fn instant(value: &Term) -> Option<Timestamp> {
    match value {
        Term::Literal(literal) => literal.value().parse().ok(),
        Term::NamedNode(_) | Term::BlankNode(_) => None,
    }
}

/// Whether a thing is more than a record: a product, a company, a place.
fn has_own_page(said: &[(NamedNode, Term)]) -> bool {
    let marks = [schema::MODEL, schema::MANUFACTURER, schema::ADDRESS_COUNTRY, schema::LEGAL_NAME];
    said.iter().any(|(predicate, _)| marks.contains(&predicate.as_ref()))
}

fn said(view: &View, thing: &NamedNode) -> Result<Said, Error> {
    let quads = view.describe(thing)?.into_iter();
    let mut said: Said = quads.map(|quad| (quad.predicate, quad.object)).collect();
    // A fact may stand in several rooms. The text of a term orders it well enough.
    said.sort_by_cached_key(|(predicate, value)| (predicate.clone(), value.to_string()));
    said.dedup();
    Ok(said)
}

/// The product group that most facts of the item stand in.
fn group(view: &View, item: &NamedNode) -> Result<Option<String>, Error> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for quad in view.describe(item)? {
        if let GraphName::NamedNode(room) = &quad.graph_name
            && let Some(room) = Room::from_iri(room.as_str())
        {
            *count.entry(room.group).or_default() += 1;
        }
    }
    Ok(count.into_iter().max_by_key(|(_, count)| *count).map(|(group, _)| group))
}

/// The interval of an installation.
#[derive(Default)]
struct Interval {
    from: Option<Timestamp>,
    through: Option<Timestamp>,
}

impl Interval {
    fn holds(&self, now: Timestamp) -> bool {
        self.from.is_some_and(|from| from <= now) && self.through.is_none_or(|end| now < end)
    }
}

/// The installations that name the item in one role and are wanted, newest first.
fn installations(
    view: &View,
    item: &NamedNode,
    role: NamedNodeRef<'_>,
    wanted: impl Fn(&Interval) -> bool,
) -> Result<Newest, Error> {
    let Some(nodes) = pointing(view, role, item)? else { return Ok(Newest::beyond()) };
    let mut held: HashMap<NamedNode, Interval> = HashMap::new();
    for (node, predicate, value) in told(view, nodes, &[schema::VALID_FROM, schema::VALID_THROUGH])?
    {
        let interval = held.entry(node).or_default();
        if predicate == schema::VALID_FROM {
            interval.from = instant(&value);
        } else {
            interval.through = instant(&value);
        }
    }
    let mut held: Vec<_> = held.into_iter().filter(|(_, interval)| wanted(interval)).collect();
    held.sort_by(|(a, x), (b, y)| y.from.cmp(&x.from).then_with(|| a.as_str().cmp(b.as_str())));
    let more = held.len() > ROWS_MAX;
    Ok(Newest { nodes: held.into_iter().take(ROWS_MAX).map(|(node, _)| node).collect(), more })
}

impl Newest {
    /// A list too long to look through.
    fn beyond() -> Self {
        Self { nodes: Vec::new(), more: true }
    }

    /// Whether there is nothing to list.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && !self.more
    }
}

/// The newest observation of each property of the item.
fn observations(view: &View, item: &NamedNode) -> Result<Vec<NamedNode>, Error> {
    let Some(nodes) = pointing(view, sosa::HAS_FEATURE_OF_INTEREST, item)? else {
        return Ok(Vec::new());
    };
    let mut observed: BTreeMap<NamedNode, (Option<NamedNode>, Option<Timestamp>)> = BTreeMap::new();
    for (node, predicate, value) in
        told(view, nodes, &[sosa::OBSERVED_PROPERTY, sosa::RESULT_TIME])?
    {
        let (property, at) = observed.entry(node).or_default();
        match value {
            Term::NamedNode(value) if predicate == sosa::OBSERVED_PROPERTY => {
                *property = Some(value)
            }
            value => *at = instant(&value),
        }
    }
    let mut newest: BTreeMap<NamedNode, (Option<Timestamp>, NamedNode)> = BTreeMap::new();
    for (node, (property, at)) in observed {
        let Some(property) = property else { continue };
        let known = newest.entry(property).or_insert((at, node.clone()));
        if at > known.0 {
            *known = (at, node);
        }
    }
    Ok(newest.into_values().map(|(_, node)| node).collect())
}

/// What points at the item by a predicate; `None` where it is more than anybody looks through.
fn pointing(
    view: &View,
    predicate: NamedNodeRef<'_>,
    item: &NamedNode,
) -> Result<Option<Vec<NamedNode>>, Error> {
    let fetch = Fetch::Match {
        subjects: None,
        predicates: Some(vec![predicate.into_owned()]),
        objects: Some(vec![item.clone().into()]),
    };
    match view.fetch(&fetch, LINKS_MAX) {
        Ok(quads) => Ok(Some(quads.into_iter().filter_map(|quad| named(quad.subject)).collect())),
        Err(QueryError::Refused(Refusal::TooManyQuads { .. })) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// What some predicates say of some nodes.
fn told(
    view: &View,
    nodes: Vec<NamedNode>,
    predicates: &[NamedNodeRef<'_>],
) -> Result<Vec<(NamedNode, NamedNode, Term)>, Error> {
    let fetch = Fetch::Match {
        subjects: Some(nodes),
        predicates: Some(predicates.iter().map(|it| it.into_owned()).collect()),
        objects: None,
    };
    let quads = view.fetch(&fetch, usize::MAX)?.into_iter();
    Ok(quads.filter_map(|q| Some((named(q.subject)?, q.predicate, q.object))).collect())
}

fn named(subject: NamedOrBlankNode) -> Option<NamedNode> {
    match subject {
        NamedOrBlankNode::NamedNode(node) => Some(node),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}
