//! The fixed shapes that need no query text: all of one subject, and what a peer may fetch.

use crate::key::{Key, Pattern};
use crate::known::{RULES, Rule, rule_of};
use crate::term::TermId;
use crate::{Fault, Fetch, QueryError, Refusal, Step, View};
use oxrdf::{NamedNode, Quad, Term};
use std::collections::{BTreeSet, HashSet};

impl View {
    /// Every visible quad about a subject, derived ones too, each in its room.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn describe(&self, subject: &NamedNode) -> Result<Vec<Quad>, Fault> {
        let Some(subject) = self.number(subject)? else { return Ok(Vec::new()) };
        let pattern = Pattern { subject: Some(subject), ..Pattern::default() };
        let mut quads = Vec::new();
        for key in self.scan(&pattern, self.everywhere())?.into_iter().flatten() {
            quads.push(self.quad(&key?)?);
        }
        for rule in 0..RULES.len() {
            for key in self.derived(rule, &pattern, self.everywhere())? {
                quads.push(self.quad(&key)?);
            }
        }
        Ok(quads)
    }

    /// Whether any stored quad about the subject is visible.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn contains(&self, subject: &NamedNode) -> Result<bool, Fault> {
        let Some(subject) = self.number(subject)? else { return Ok(false) };
        let pattern = Pattern { subject: Some(subject), ..Pattern::default() };
        let first = self.scan(&pattern, self.everywhere())?.into_iter().flatten().next();
        Ok(first.transpose()?.is_some())
    }

    /// The visible quads that a peer asks for, each once, in its room; never a derived one.
    ///
    /// # Errors
    /// [`Refusal::Unbound`], [`Refusal::Predicates`], [`Refusal::TooManyQuads`], or a [`Fault`] of the store.
    pub fn fetch(&self, fetch: &Fetch, max_quads: usize) -> Result<Vec<Quad>, QueryError> {
        self.fetch_while(fetch, max_quads, &|| Ok(()))
    }

    /// [`View::fetch`] for somebody who may not take all the time there is: `may_go_on` is asked before every look at
    /// the index, at every quad found, and on the way over those that are not visible, so that a request which finds
    /// nothing ends in time too.
    ///
    /// # Errors
    /// As of [`View::fetch`], and whatever `may_go_on` says.
    pub fn fetch_while(
        &self,
        fetch: &Fetch,
        max_quads: usize,
        may_go_on: &dyn Fn() -> Result<(), Refusal>,
    ) -> Result<Vec<Quad>, QueryError> {
        let (keys, seen) = (Vec::new(), HashSet::new());
        let may_go_on = || Ok(may_go_on()?);
        let mut gathered = Gathered { view: self, max_quads, may_go_on: &may_go_on, keys, seen };
        match fetch {
            Fetch::Match { subjects, predicates, objects } => {
                gathered.matching(
                    subjects.as_deref(),
                    predicates.as_deref(),
                    objects.as_deref(),
                )?;
            }
            Fetch::Walk { from, steps } => gathered.walk(from, steps)?,
        }
        let told = |key| {
            may_go_on()?;
            Ok(self.quad(key)?)
        };
        gathered.keys.iter().map(told).collect()
    }

    pub(crate) fn number(&self, node: &NamedNode) -> Result<Option<u32>, Fault> {
        Ok(self.find(&node.clone().into())?.and_then(TermId::number))
    }

    fn numbers(&self, nodes: &[NamedNode]) -> Result<Vec<u32>, Fault> {
        let numbers: Result<Vec<_>, _> = nodes.iter().map(|node| self.number(node)).collect();
        let mut numbers: Vec<_> = numbers?.into_iter().flatten().collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }
}

/// The quads of an answer so far.
struct Gathered<'v> {
    view: &'v View,
    max_quads: usize,
    may_go_on: &'v dyn Fn() -> Result<(), QueryError>,
    keys: Vec<Key>,
    seen: HashSet<Key>,
}

impl Gathered<'_> {
    fn take(&mut self, key: Key) -> Result<(), QueryError> {
        if self.seen.insert(key) {
            if self.keys.len() == self.max_quads {
                return Err(Refusal::TooManyQuads { limit: self.max_quads }.into());
            }
            self.keys.push(key);
        }
        Ok(())
    }

    fn matching(
        &mut self,
        subjects: Option<&[NamedNode]>,
        predicates: Option<&[NamedNode]>,
        objects: Option<&[Term]>,
    ) -> Result<(), QueryError> {
        // Before any look at the data: a refusal must not depend on what is stored.
        if subjects.is_none() && objects.is_none() {
            return Err(Refusal::Unbound.into());
        }
        within_limit(predicates.unwrap_or_default())?;
        let view = self.view;
        let subjects = subjects.map(|nodes| view.numbers(nodes)).transpose()?;
        let objects = objects.map(|terms| object_ids(view, terms)).transpose()?;
        // An empty list of predicates matches nothing; no list matches any.
        let predicates: Vec<Option<u32>> = match predicates {
            None => vec![None],
            Some(nodes) => view.numbers(nodes)?.into_iter().map(Some).collect(),
        };
        for predicate in predicates {
            match (&subjects, &objects) {
                (Some(subjects), objects) => {
                    for subject in subjects {
                        self.edges(Some(*subject), predicate, None, objects.as_deref())?;
                    }
                }
                (None, objects) => {
                    for object in objects.iter().flatten() {
                        self.edges(None, predicate, Some(*object), None)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes the quads along one predicate, or any, from a subject or to an object; returns the far ends.
    fn edges(
        &mut self,
        subject: Option<u32>,
        predicate: Option<u32>,
        object: Option<TermId>,
        among: Option<&[TermId]>,
    ) -> Result<Vec<TermId>, QueryError> {
        let (view, may_go_on) = (self.view, self.may_go_on);
        may_go_on()?;
        let mut ends = Vec::new();
        let derived = predicate.and_then(rule_of);
        if derived.is_none() {
            let pattern = Pattern { subject, predicate, object };
            let scan = view.scan(&pattern, view.everywhere())?.into_iter();
            for key in scan.flat_map(|scan| scan.asking(may_go_on)) {
                let key = key?;
                if among.is_none_or(|among| among.binary_search(&key.object).is_ok()) {
                    ends.push(if subject.is_some() {
                        key.object
                    } else {
                        TermId::named(key.subject)
                    });
                    self.take(key)?;
                }
            }
        }
        for (rule, applies) in RULES.iter().zip(view.sight().permitted) {
            if applies && (predicate.is_none() || derived == Some(rule)) {
                self.bases(rule, subject, object, among, &mut ends)?;
            }
        }
        Ok(ends)
    }

    /// Takes the quads that derived ones follow from, of every node that is not known to be over.
    ///
    /// A node counts even where a quad that it needs is not visible here: another holder may have it.
    fn bases(
        &mut self,
        rule: &Rule,
        subject: Option<u32>,
        object: Option<TermId>,
        among: Option<&[TermId]>,
        ends: &mut Vec<TermId>,
    ) -> Result<(), QueryError> {
        let (view, may_go_on) = (self.view, self.may_go_on);
        for number in view.nodes(rule, subject, object, may_go_on)? {
            may_go_on()?;
            let node = view.node(rule, number, may_go_on)?;
            let among = |end: &TermId| among.is_none_or(|among| among.binary_search(end).is_ok());
            let fits = node.links.is_empty() || node.links.iter().any(|(end, _)| among(end));
            if node.over || !fits {
                continue;
            }
            match subject {
                Some(_) => ends.extend(node.links.iter().map(|(end, _)| *end)),
                None => ends.extend(&node.items),
            }
            for key in node.quads {
                self.take(key)?;
            }
        }
        Ok(())
    }

    fn walk(&mut self, from: &[NamedNode], steps: &[Step]) -> Result<(), QueryError> {
        let steps: BTreeSet<_> = steps.iter().collect();
        within_limit(&steps)?;
        let predicates: Result<Vec<_>, Fault> = steps
            .into_iter()
            .map(|step| Ok(self.view.number(&step.predicate)?.map(|number| (number, step.inverse))))
            .collect();
        let steps: Vec<_> = predicates?.into_iter().flatten().collect();
        let mut frontier: Vec<_> =
            self.view.numbers(from)?.into_iter().map(TermId::named).collect();
        let mut met: HashSet<_> = frontier.iter().copied().collect();
        while let Some(node) = frontier.pop() {
            for (predicate, inverse) in &steps {
                let ends = match (inverse, node.number()) {
                    (true, _) => self.edges(None, Some(*predicate), Some(node), None)?,
                    (false, Some(node)) => self.edges(Some(node), Some(*predicate), None, None)?,
                    (false, None) => Vec::new(),
                };
                frontier.extend(ends.into_iter().filter(|end| met.insert(*end)));
            }
        }
        Ok(())
    }
}

/// Refuses more predicates or steps than are looked up, before any look at the data.
fn within_limit<T: Ord>(named: impl IntoIterator<Item = T>) -> Result<(), Refusal> {
    let (count, limit) = (named.into_iter().collect::<BTreeSet<_>>().len(), Fetch::PREDICATES_MAX);
    if count > limit { Err(Refusal::Predicates { count, limit }) } else { Ok(()) }
}

fn object_ids(view: &View, terms: &[Term]) -> Result<Vec<TermId>, Fault> {
    let ids: Result<Vec<_>, _> = terms.iter().map(|term| view.find(term)).collect();
    let mut ids: Vec<_> = ids?.into_iter().flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
