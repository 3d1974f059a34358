//! The order of a group: what comes next is what the variables known so far lead to.

use crate::advice::Stuck;
use crate::algebra::{Beside, Group, Name, Slot, Sub, Trail, Triple};
use crate::choice::Choice;
use crate::path::{End, fans_out, is_nullable};
use crate::plan::{Aside, Block, Step};
use adit_vocab::{PREFIXES, adit, eudpp, schema};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNodeRef, Term};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// The variables with a finite set of terms, and whether such a term can lead to the subjects that have it as object.
pub(crate) type Known = BTreeMap<Name, bool>;

/// Where an object leads from, in the order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ObjectAnchor {
    /// An item, batch or place in the text.
    Given,
    /// A variable.
    Bound,
    /// An identifier in the text that much refers to: an organisation, a model, a method.
    GivenToMuch,
    /// A variable, along a predicate that puts things into kinds.
    BoundToMuch,
}

/// The predicates that many subjects share an object of: who made them, of what model, by what method.
const TO_MUCH: [NamedNodeRef<'static>; 8] = [
    schema::MANUFACTURER,
    schema::MODEL,
    schema::ISSUED_BY,
    adit::FACTS_HELD_BY,
    adit::DELIVERED_TO,
    adit::OWNED_BY,
    eudpp::HAS_ACTOR,
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/conformsTo"),
];

/// Groups tried before planning gives up; a question written by a person needs tens.
const ATTEMPTS_MAX: usize = 10_000;

/// Puts groups in order, and counts the attempts: branches and subqueries are tried again as more becomes known.
#[derive(Debug, Default)]
pub(crate) struct Planner {
    attempts: Cell<usize>,
}

impl Planner {
    /// Puts a group in order: next comes what the variables known so far lead to, cheapest kind first.
    ///
    /// What can be next stays possible when more is known, so the first choice never closes a way.
    pub(crate) fn order(&self, group: &Group, mut known: Known) -> Result<(Block, Known), Stuck> {
        self.attempts.set(self.attempts.get() + 1);
        if self.attempts.get() > ATTEMPTS_MAX {
            return Err(Stuck::Maze(ATTEMPTS_MAX));
        }
        let mut steps = Vec::new();
        for (name, terms) in &group.seeds {
            known.insert(name.clone(), terms.iter().all(leads_to_subjects));
            steps.push(Step::Seed { name: name.clone(), terms: terms.clone() });
        }
        let mut rest = Rest::of(group);
        while !rest.is_empty() {
            match rest.next(self, &mut known) {
                Some(step) => steps.push(step),
                None => return Err(rest.stuck(&known)),
            }
        }
        while let Some(step) = rest.choice(self, &mut known) {
            steps.push(step);
        }
        let mut asides = Vec::new();
        for (at, beside) in group.asides.iter().enumerate() {
            let ordered = self.order_aside(beside, &known);
            let (aside, _) = ordered.map_err(|stuck| stuck.beside(&group.asides[..at]))?;
            asides.push(aside);
        }
        Ok((Block { steps, asides }, known))
    }

    /// Orders a group that stands beside another, and says what is known within it.
    fn order_aside(&self, beside: &Beside, known: &Known) -> Result<(Aside, Known), Stuck> {
        let (block, inside) = self.order(&beside.group, only(known, &beside.enter))?;
        Ok((Aside { enter: beside.enter.clone(), block }, inside))
    }

    /// Orders a BIND once everything that it chooses from is known or can be fetched.
    fn order_choice(
        &self,
        choice: &Choice,
        asides: &[Beside],
        known: &Known,
    ) -> Option<(Step, bool)> {
        let Choice { to, terms, names, options } = choice;
        let mut leads = terms.iter().all(leads_to_subjects);
        for name in names {
            leads &= *known.get(name)?;
        }
        let mut ordered = Vec::new();
        for (at, name) in options {
            let (aside, inside) = self.order_aside(&asides[*at], known).ok()?;
            leads &= *inside.get(name)?;
            ordered.push((aside, name.clone()));
        }
        let (to, terms, names) = (to.clone(), terms.clone(), names.clone());
        Some((Step::Choose { to, terms, names, options: ordered }, leads))
    }

    fn order_sub(&self, sub: &Sub, known: &Known) -> Result<(Step, Known), Stuck> {
        let (block, inside) = self.order(&sub.group, only(known, &sub.enter))?;
        let step = Step::Sub { enter: sub.enter.clone(), leave: sub.leave.clone(), block };
        Ok((step, only(&inside, &sub.leave)))
    }

    fn order_fork(&self, branches: &[Group], known: &Known) -> Result<(Step, Known), Stuck> {
        let mut blocks = Vec::new();
        let mut common: Option<Known> = None;
        for branch in branches {
            let (block, after) = self.order(branch, known.clone())?;
            blocks.push(block);
            common = Some(match common {
                None => after,
                Some(common) => {
                    let both = common.into_iter().filter_map(|(name, leads)| {
                        let other = after.get(&name)?;
                        Some((name, leads && *other))
                    });
                    both.collect()
                }
            });
        }
        Ok((Step::Fork(blocks), common.unwrap_or_default()))
    }
}

fn only(known: &Known, names: &BTreeSet<Name>) -> Known {
    let kept = known.iter().filter(|(name, _)| names.contains(name));
    kept.map(|(name, leads)| (name.clone(), *leads)).collect()
}

/// What of a group has no place in the order yet.
#[derive(Clone)]
pub(crate) struct Rest<'g> {
    pub(crate) group: &'g Group,
    choices: Vec<&'g Choice>,
    pub(crate) triples: Vec<&'g Triple>,
    pub(crate) trails: Vec<&'g Trail>,
    forks: Vec<&'g Vec<Group>>,
    subs: Vec<&'g Sub>,
    /// Why a branch or subquery could not be ordered, the last time it was tried.
    pub(crate) blocked: Option<Stuck>,
}

impl<'g> Rest<'g> {
    fn of(group: &'g Group) -> Self {
        Self {
            group,
            choices: group.choices.iter().collect(),
            triples: group.triples.iter().collect(),
            trails: group.trails.iter().collect(),
            forks: group.forks.iter().collect(),
            subs: group.subs.iter().collect(),
            blocked: None,
        }
    }

    fn is_empty(&self) -> bool {
        // A choice that cannot be made is no obstacle by itself: a pattern that waits for it is.
        let Self { group: _, choices: _, triples, trails, forks, subs, blocked: _ } = self;
        triples.is_empty() && trails.is_empty() && forks.is_empty() && subs.is_empty()
    }

    /// Takes out what comes next and notes what it binds.
    fn next(&mut self, planner: &Planner, known: &mut Known) -> Option<Step> {
        self.choice(planner, known)
            .or_else(|| self.pattern(known, ObjectAnchor::Given))
            .or_else(|| self.nested(planner, known))
            .or_else(|| self.pattern(known, ObjectAnchor::Bound))
            .or_else(|| self.pattern(known, ObjectAnchor::GivenToMuch))
            .or_else(|| self.pattern(known, ObjectAnchor::BoundToMuch))
    }

    /// The pattern that comes next, where the object to start from is at most as far down the preference as said.
    fn pattern(&mut self, known: &mut Known, down_to: ObjectAnchor) -> Option<Step> {
        self.star(known)
            .or_else(|| self.object(known, down_to))
            .or_else(|| self.trail(known, down_to))
    }

    /// How many patterns of the group itself would find no place if this were known.
    pub(crate) fn left_over(mut self, mut known: Known) -> usize {
        while self.pattern(&mut known, ObjectAnchor::BoundToMuch).is_some() {}
        self.triples.len() + self.trails.len()
    }

    fn choice(&mut self, planner: &Planner, known: &mut Known) -> Option<Step> {
        let asides = &self.group.asides;
        take(&mut self.choices, known, |choice, known| {
            let (step, leads) = planner.order_choice(choice, asides, known)?;
            Some((step, Known::from([(choice.to.clone(), leads)])))
        })
    }

    /// Every triple pattern whose subject is known, in one go: an item's facts live with its holder.
    fn star(&mut self, known: &mut Known) -> Option<Step> {
        let (star, rest): (Vec<_>, Vec<_>) =
            self.triples.iter().partition(|triple| is_subject(&triple.subject, known));
        self.triples = rest;
        star.iter().for_each(|triple| triple.bind(known));
        let star: Vec<_> = star.into_iter().map(|triple| (triple.clone(), End::Subject)).collect();
        (!star.is_empty()).then_some(Step::Fetch(star))
    }

    /// The triple pattern whose object leads furthest, at most as far down the preference as said.
    fn object(&mut self, known: &mut Known, down_to: ObjectAnchor) -> Option<Step> {
        let ranked = self.triples.iter().enumerate();
        let ranked = ranked.filter_map(|(at, triple)| Some((triple.object_anchor(known)?, at)));
        let (_, at) = ranked.filter(|(anchor, _)| *anchor <= down_to).min()?;
        let triple = self.triples.remove(at);
        triple.bind(known);
        Some(Step::Fetch(vec![(triple.clone(), End::Object)]))
    }

    fn trail(&mut self, known: &mut Known, down_to: ObjectAnchor) -> Option<Step> {
        take(&mut self.trails, known, |trail, known| {
            let end = trail.leads_from(known, down_to)?;
            let mut after = known.clone();
            for name in [&trail.subject, &trail.object].into_iter().filter_map(Slot::name) {
                after.entry(name.clone()).or_insert(true);
            }
            Some((Step::Walk(Trail::clone(trail), end), after))
        })
    }

    /// A UNION or subquery whose every pattern something leads to.
    fn nested(&mut self, planner: &Planner, known: &mut Known) -> Option<Step> {
        self.blocked = None;
        let blocked = &mut self.blocked;
        let mut tried = |ordered: Result<_, Stuck>| match ordered {
            Ok(ordered) => Some(ordered),
            Err(stuck) => {
                blocked.get_or_insert(stuck);
                None
            }
        };
        take(&mut self.forks, known, |fork, known| tried(planner.order_fork(fork, known))).or_else(
            || take(&mut self.subs, known, |sub, known| tried(planner.order_sub(sub, known))),
        )
    }
}

/// Takes out the first that can be ordered, and notes what it binds.
fn take<T: Copy>(
    rest: &mut Vec<T>,
    known: &mut Known,
    mut order: impl FnMut(T, &Known) -> Option<(Step, Known)>,
) -> Option<Step> {
    let found = rest.iter().enumerate().find_map(|(at, item)| Some((at, order(*item, known)?)));
    let (at, (step, after)) = found?;
    rest.remove(at);
    known.extend(after);
    Some(step)
}

pub(crate) fn is_subject(slot: &Slot, known: &Known) -> bool {
    match slot {
        Slot::Term(term) => matches!(term, Term::NamedNode(_)),
        Slot::Name(name) => known.contains_key(name),
    }
}

/// Whether a term of the query's text leads to the subjects that have it as object.
///
/// Literals and the terms of vocabularies do not: they are everywhere.
fn leads_to_subjects(term: &Term) -> bool {
    match term {
        Term::NamedNode(node) => {
            !PREFIXES.iter().any(|(_, namespace)| node.as_str().starts_with(namespace))
        }
        Term::BlankNode(_) | Term::Literal(_) => false,
    }
}

fn object_anchor(slot: &Slot, known: &Known) -> Option<ObjectAnchor> {
    match slot {
        Slot::Term(term) if !leads_to_subjects(term) => None,
        Slot::Term(Term::NamedNode(node)) if node.as_str().starts_with("did:") => {
            Some(ObjectAnchor::GivenToMuch)
        }
        Slot::Term(_) => Some(ObjectAnchor::Given),
        Slot::Name(name) => known.get(name)?.then_some(ObjectAnchor::Bound),
    }
}

impl Triple {
    fn object_anchor(&self, known: &Known) -> Option<ObjectAnchor> {
        let anchor = object_anchor(&self.object, known)?;
        let predicate = match &self.predicate {
            Slot::Term(Term::NamedNode(node)) => node.as_ref(),
            Slot::Term(_) | Slot::Name(_) => return Some(anchor),
        };
        match anchor {
            _ if predicate == rdf::TYPE => None,
            ObjectAnchor::Given if TO_MUCH.contains(&predicate) => Some(ObjectAnchor::GivenToMuch),
            ObjectAnchor::Bound if TO_MUCH.contains(&predicate) => Some(ObjectAnchor::BoundToMuch),
            anchor => Some(anchor),
        }
    }

    fn bind(&self, known: &mut Known) {
        for name in self.names() {
            known.entry(name.clone()).or_insert(true);
        }
    }
}

impl Trail {
    /// The end to walk from: the subject, else an object at most as far down the preference as said.
    fn leads_from(&self, known: &Known, down_to: ObjectAnchor) -> Option<End> {
        let nullable = is_nullable(&self.path);
        let room = self.room.as_ref().is_none_or(|room| is_subject(room, known));
        if nullable && !room {
            return None;
        }
        let anchor = |slot| object_anchor(slot, known);
        let subject = is_subject(&self.subject, known)
            && (!nullable || anchor(&self.subject).is_some())
            && !fans_out(&self.path, End::Subject);
        let object = anchor(&self.object).is_some_and(|anchor| anchor <= down_to)
            && !fans_out(&self.path, End::Object);
        if subject { Some(End::Subject) } else { object.then_some(End::Object) }
    }
}
