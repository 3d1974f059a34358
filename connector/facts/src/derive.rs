//! The derived predicates: part of, located at, owned by, as of the view's date.
//!
//! A node (an installation, a placement, a role assignment) gives `item derived link` if it has visible quads for
//! item and link, a visible instant *from* that is not after the date, and no visible instant *through* that is not
//! after the date. The derived quad stands in each visible room in which the link quad stands.

use crate::key::{Key, Pattern};
use crate::known::{RULES, Rule};
use crate::scan::Wanted;
use crate::term::TermId;
use crate::{Fault, View};

/// What the visible quads say about one node under one rule.
#[derive(Default)]
pub(crate) struct Node {
    pub(crate) items: Vec<TermId>,
    pub(crate) links: Vec<(TermId, u32)>,
    pub(crate) begun: bool,
    pub(crate) over: bool,
    pub(crate) in_role: bool,
    /// All of the quads that count.
    pub(crate) quads: Vec<Key>,
}

impl View {
    /// Reads one node.
    pub(crate) fn node<E: From<Fault>>(
        &self,
        rule: &Rule,
        number: u32,
        may_go_on: impl Fn() -> Result<(), E>,
    ) -> Result<Node, E> {
        let mut node = Node { in_role: rule.role.is_none(), ..Node::default() };
        let pattern = Pattern { subject: Some(number), ..Pattern::default() };
        let scan = self.scan(&pattern, self.everywhere())?.into_iter();
        for key in scan.flat_map(|scan| scan.asking(&may_go_on)) {
            let key = key?;
            let Key { predicate, object, room, .. } = key;
            if predicate == rule.item {
                node.items.push(object);
            } else if predicate == rule.link {
                node.links.push((object, room));
            } else if predicate == rule.from {
                node.begun = node.begun || self.is_reached(object)?;
            } else if predicate == rule.through {
                node.over = node.over || self.is_reached(object)?;
            } else if rule.role.is_some_and(|(role, _)| role == predicate) {
                node.in_role |= rule.role.is_some_and(|(_, is)| TermId::named(is) == object);
            } else {
                continue;
            }
            node.quads.push(key);
        }
        Ok(node)
    }

    /// The nodes that a rule may join to this subject or object, each once.
    pub(crate) fn nodes<E: From<Fault>>(
        &self,
        rule: &Rule,
        subject: Option<u32>,
        object: Option<TermId>,
        may_go_on: impl Fn() -> Result<(), E>,
    ) -> Result<Vec<u32>, E> {
        let (predicate, object) = match subject {
            Some(subject) => (rule.item, Some(TermId::named(subject))),
            None => (rule.link, object),
        };
        let pattern = Pattern { predicate: Some(predicate), object, ..Pattern::default() };
        let mut nodes = Vec::new();
        let scan = self.scan(&pattern, self.everywhere())?.into_iter();
        for key in scan.flat_map(|scan| scan.asking(&may_go_on)) {
            nodes.push(key?.subject);
        }
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    /// The derived quads of one rule that fit, without duplicates; merged rooms count as one.
    pub(crate) fn derived(
        &self,
        rule: usize,
        pattern: &Pattern,
        wanted: Wanted<'_>,
    ) -> Result<Vec<Key>, Fault> {
        let applies = self.sight().rules.get(rule).copied().unwrap_or(false);
        let Some(rule) = RULES.get(rule).filter(|_| applies) else { return Ok(Vec::new()) };
        let mut quads = Vec::new();
        // Who asks by query text is stopped from outside.
        let may_go_on = || Ok::<_, Fault>(());
        for number in self.nodes(rule, pattern.subject, pattern.object, may_go_on)? {
            let node = self.node(rule, number, may_go_on)?;
            if !node.begun || node.over || !node.in_role {
                continue;
            }
            for item in node.items {
                let Some(subject) = item.number() else { continue };
                if !self.is_iri(subject)? {
                    continue;
                }
                for (object, room) in &node.links {
                    let predicate = rule.derived;
                    let key = Key { subject, predicate, object: *object, room: *room };
                    if pattern.fits(&key) && wanted.has(*room) {
                        quads.push(key);
                    }
                }
            }
        }
        quads.sort_unstable();
        match wanted {
            Wanted::Merged(_) if !self.keeps_duplicates() => {
                quads.dedup_by_key(|key| (key.subject, key.object));
            }
            Wanted::Merged(_) | Wanted::Named(_) | Wanted::One(_) => quads.dedup(),
        }
        Ok(quads)
    }
}
