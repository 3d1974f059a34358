//! The order of a group: what comes next is what the variables known so far lead to.

use crate::Refusal;
use crate::algebra::{Beside, Group, Name, Slot, Sub, Trail, Triple};
use crate::path::{End, fans_out, is_nullable};
use crate::plan::{Aside, Block, Step};
use adit_vocab::PREFIXES;
use oxrdf::Term;
use oxrdf::vocab::rdf;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// The variables with a finite set of terms, and whether such a term can lead to the subjects that have it as object.
pub(crate) type Known = BTreeMap<Name, bool>;

/// Where an object leads from, in the order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ObjectAnchor {
    /// An item, batch or other identifier in the text.
    Given,
    /// An organisation in the text, which much refers to.
    GivenOrganisation,
    /// A variable.
    Bound,
}

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
    pub(crate) fn order(&self, group: &Group, mut known: Known) -> Result<(Block, Known), Refusal> {
        self.attempts.set(self.attempts.get() + 1);
        if self.attempts.get() > ATTEMPTS_MAX {
            let what = "attempts to find an order for its nested groups";
            return Err(Refusal::OverLimit { what, limit: ATTEMPTS_MAX });
        }
        let mut steps = Vec::new();
        for (name, terms) in &group.seeds {
            known.insert(name.clone(), terms.iter().all(leads_to_subjects));
            steps.push(Step::Seed { name: name.clone(), terms: terms.clone() });
        }
        let mut rest = Rest::of(group);
        while !rest.is_empty() {
            let Some(step) = rest.next(self, &mut known) else { return Err(rest.refusal(&known)) };
            steps.push(step);
        }
        let asides = group.asides.iter().map(|beside| self.order_aside(beside, &known));
        Ok((Block { steps, asides: asides.collect::<Result<_, _>>()? }, known))
    }

    fn order_aside(&self, beside: &Beside, known: &Known) -> Result<Aside, Refusal> {
        let inside = only(known, &beside.enter);
        let (block, _) = self.order(&beside.group, inside).map_err(|refusal| {
            let Refusal::NotAnchored { pattern, fix } = refusal else { return refusal };
            let hint = "inside OPTIONAL, MINUS and EXISTS only variables that are always bound before it count";
            let fix = if fix.ends_with(hint) { fix } else { format!("{fix}; {hint}") };
            Refusal::NotAnchored { pattern, fix }
        })?;
        Ok(Aside { enter: beside.enter.clone(), block })
    }

    fn order_sub(&self, sub: &Sub, known: &Known) -> Result<(Step, Known), Refusal> {
        let (block, inside) = self.order(&sub.group, only(known, &sub.enter))?;
        let step = Step::Sub { enter: sub.enter.clone(), leave: sub.leave.clone(), block };
        Ok((step, only(&inside, &sub.leave)))
    }

    fn order_fork(&self, branches: &[Group], known: &Known) -> Result<(Step, Known), Refusal> {
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
struct Rest<'g> {
    copies: Vec<&'g (Name, Name)>,
    triples: Vec<&'g Triple>,
    trails: Vec<&'g Trail>,
    forks: Vec<&'g Vec<Group>>,
    subs: Vec<&'g Sub>,
    /// Why a branch or subquery could not be ordered, the last time it was tried.
    blocked: Option<Refusal>,
}

impl<'g> Rest<'g> {
    fn of(group: &'g Group) -> Self {
        Self {
            copies: group.copies.iter().collect(),
            triples: group.triples.iter().collect(),
            trails: group.trails.iter().collect(),
            forks: group.forks.iter().collect(),
            subs: group.subs.iter().collect(),
            blocked: None,
        }
    }

    fn is_empty(&self) -> bool {
        let Self { copies: _, triples, trails, forks, subs, blocked: _ } = self;
        triples.is_empty() && trails.is_empty() && forks.is_empty() && subs.is_empty()
    }

    /// Takes out what comes next and notes what it binds.
    fn next(&mut self, planner: &Planner, known: &mut Known) -> Option<Step> {
        self.copy(known)
            .or_else(|| self.star(known))
            .or_else(|| self.object(known, ObjectAnchor::Given))
            .or_else(|| self.trail(known, |trail, known| trail.leads_from(known, false)))
            .or_else(|| self.nested(planner, known))
            .or_else(|| self.object(known, ObjectAnchor::Bound))
            .or_else(|| self.trail(known, |trail, known| trail.leads_from(known, true)))
    }

    fn copy(&mut self, known: &mut Known) -> Option<Step> {
        let at = self.copies.iter().position(|(from, _)| known.contains_key(from))?;
        let (from, to) = self.copies.swap_remove(at).clone();
        let leads = known.get(&from).copied().unwrap_or_default();
        known.insert(to.clone(), leads);
        Some(Step::Copy { from, to })
    }

    /// Every triple pattern whose subject is known, in one go: an item's facts live with its holder.
    fn star(&mut self, known: &mut Known) -> Option<Step> {
        let (star, rest): (Vec<_>, Vec<_>) =
            self.triples.iter().partition(|triple| is_subject(&triple.subject, known));
        self.triples = rest;
        bind(star.iter().copied().flat_map(Triple::names), known);
        let star: Vec<_> = star.into_iter().map(|triple| (triple.clone(), End::Subject)).collect();
        (!star.is_empty()).then_some(Step::Fetch(star))
    }

    /// The triple pattern whose object leads furthest, at most as far down the preference as said.
    fn object(&mut self, known: &mut Known, down_to: ObjectAnchor) -> Option<Step> {
        let ranked = self.triples.iter().enumerate();
        let ranked = ranked.filter_map(|(at, triple)| Some((triple.object_anchor(known)?, at)));
        let (_, at) = ranked.filter(|(anchor, _)| *anchor <= down_to).min()?;
        let triple = self.triples.remove(at);
        bind(triple.names(), known);
        Some(Step::Fetch(vec![(triple.clone(), End::Object)]))
    }

    fn trail(
        &mut self,
        known: &mut Known,
        from: impl Fn(&Trail, &Known) -> Option<End>,
    ) -> Option<Step> {
        take(&mut self.trails, known, |trail, known| {
            let end = from(trail, known)?;
            let mut after = known.clone();
            bind([&trail.subject, &trail.object].into_iter().filter_map(Slot::name), &mut after);
            Some((Step::Walk(Trail::clone(trail), end), after))
        })
    }

    /// A UNION or subquery whose every pattern something leads to.
    fn nested(&mut self, planner: &Planner, known: &mut Known) -> Option<Step> {
        self.blocked = None;
        let blocked = &mut self.blocked;
        let mut tried = |ordered: Result<_, Refusal>| match ordered {
            Ok(ordered) => Some(ordered),
            Err(refusal) => {
                blocked.get_or_insert(refusal);
                None
            }
        };
        take(&mut self.forks, known, |fork, known| tried(planner.order_fork(fork, known))).or_else(
            || take(&mut self.subs, known, |sub, known| tried(planner.order_sub(sub, known))),
        )
    }

    fn refusal(&self, known: &Known) -> Refusal {
        if let Some(triple) = self.triples.first() {
            return not_anchored(triple, &[&triple.subject, &triple.object], known, "");
        }
        if let Some(trail) = self.trails.first() {
            let ends = [&trail.subject, &trail.object];
            let hint = match (&trail.room, is_nullable(&trail.path)) {
                (Some(Slot::Name(room)), true) if !known.contains_key(room) => {
                    return Refusal::NotAnchored {
                        pattern: format!("GRAPH {room} {{ {trail} }}"),
                        fix: format!(
                            "bind {room} by a pattern of its own, or write + in place of * and ?: a path of no step asks for every graph"
                        ),
                    };
                }
                (_, true) => {
                    ", or write + in place of * and ? where a path of no step is not meant"
                }
                (_, false) => "",
            };
            return not_anchored(trail, &ends, known, hint);
        }
        self.blocked.clone().unwrap_or_else(|| Refusal::NotAnchored {
            pattern: "{}".to_owned(),
            fix: "name an identifier in the question".to_owned(),
        })
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

fn bind<'n>(names: impl Iterator<Item = &'n Name>, known: &mut Known) {
    for name in names {
        known.entry(name.clone()).or_insert(true);
    }
}

fn is_subject(slot: &Slot, known: &Known) -> bool {
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
            Some(ObjectAnchor::GivenOrganisation)
        }
        Slot::Term(_) => Some(ObjectAnchor::Given),
        Slot::Name(name) => known.get(name)?.then_some(ObjectAnchor::Bound),
    }
}

impl Triple {
    fn object_anchor(&self, known: &Known) -> Option<ObjectAnchor> {
        match &self.predicate {
            Slot::Term(Term::NamedNode(node)) if *node == rdf::TYPE => None,
            Slot::Term(_) | Slot::Name(_) => object_anchor(&self.object, known),
        }
    }
}

impl Trail {
    /// The end to walk from: the subject, else an object in the text, else, when nothing better is left, a bound object.
    fn leads_from(&self, known: &Known, bound_objects: bool) -> Option<End> {
        let nullable = is_nullable(&self.path);
        let room = self.room.as_ref().is_none_or(|room| is_subject(room, known));
        if nullable && !room {
            return None;
        }
        let anchor = |slot| object_anchor(slot, known);
        let subject = is_subject(&self.subject, known)
            && (!nullable || anchor(&self.subject).is_some())
            && !fans_out(&self.path, End::Subject);
        let down_to = if bound_objects { ObjectAnchor::Bound } else { ObjectAnchor::Given };
        let object = anchor(&self.object).is_some_and(|anchor| anchor <= down_to)
            && !fans_out(&self.path, End::Object);
        if subject { Some(End::Subject) } else { object.then_some(End::Object) }
    }
}

fn not_anchored(
    pattern: &impl std::fmt::Display,
    ends: &[&Slot],
    known: &Known,
    hint: &str,
) -> Refusal {
    let free = ends.iter().filter_map(|end| end.name()).find(|name| !known.contains_key(name));
    let fix = match free {
        Some(name) => format!(
            "lead to {name} from an identifier, for example VALUES {name} {{ <https://id.shop.example/part/1> }}{hint}"
        ),
        None => format!("lead to it from an identifier of an item, a batch or a place{hint}"),
    };
    Refusal::NotAnchored { pattern: pattern.to_string(), fix }
}
