//! What is asked of whom: never twice, in batches, with the rounds counted.

use crate::derived::{DERIVED, Derived};
use crate::path::End;
use crate::pool::{Id, Pool};
use crate::select::{kind, may_hold};
use crate::{Limits, Recipient, Refusal, Source, Status};
use adit_facts::{Fetch, Step, Summary};
use adit_vocab::{Did, adit};
use oxrdf::Term;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// A predicate that is wanted, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Wanted {
    Any,
    Predicate(Id),
}

/// What is wanted about which end of which terms.
pub(crate) type Wants = BTreeMap<(End, Id), BTreeSet<Wanted>>;

/// A company that can be asked.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) did: Did,
    pub(crate) recipient: Recipient,
    pub(crate) summary: Summary,
    pub(crate) slots: Semaphore,
}

/// One request to one company.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) holder: usize,
    pub(crate) request: Fetch,
    pub(crate) nodes: BTreeSet<Id>,
}

/// Requests that go out together, and earlier ones still under way that bring a part of what is wanted.
#[derive(Debug)]
pub(crate) struct Wave {
    pub(crate) orders: Vec<Order>,
    pub(crate) others: Vec<watch::Receiver<bool>>,
    pub(crate) done: watch::Sender<bool>,
}

/// A wave that has ended.
pub(crate) const ENDED: usize = 0;

/// Everything that is known while a question runs.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) pool: Pool,
    pub(crate) holders: Vec<Arc<Holder>>,
    pub(crate) sources: BTreeMap<Did, Source>,
    /// Companies that facts name and nobody has looked for yet.
    pub(crate) named: BTreeSet<Did>,
    /// In which wave a company was asked what: holder, end, predicate, term. What came along unasked is in [`ENDED`].
    pub(crate) asked: HashMap<(usize, End, Wanted, Id), usize>,
    waves: Vec<watch::Receiver<bool>>,
    requests: usize,
    /// The predicates whose objects are companies that hold or received the subject.
    hints: [Wanted; 2],
}

impl Wave {
    pub(crate) fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.others.is_empty()
    }
}

impl State {
    pub(crate) fn new() -> Self {
        let (_, ended) = watch::channel(true);
        let mut pool = Pool::new();
        let hints = [adit::FACTS_HELD_BY, adit::DELIVERED_TO];
        let hints = hints.map(|hint| Wanted::Predicate(pool.predicate(hint)));
        Self {
            pool,
            holders: Vec::new(),
            sources: BTreeMap::new(),
            named: BTreeSet::new(),
            asked: HashMap::new(),
            waves: vec![ended],
            requests: 0,
            hints,
        }
    }

    /// Claims whatever of the wants nobody was asked for yet.
    pub(crate) fn claim(
        &mut self,
        wants: &Wants,
        walk: Option<(&[Step], &BTreeSet<Id>)>,
        limits: &Limits,
    ) -> Result<Wave, Refusal> {
        let (done, watched) = watch::channel(false);
        let wave = self.waves.len();
        self.waves.push(watched);
        let mut waiting = BTreeSet::new();
        let mut orders = self.match_orders(wants, limits, &mut waiting);
        if let Some((steps, nodes)) = walk {
            orders.extend(self.walk_orders(steps, nodes, limits, &mut waiting));
        }
        self.requests += orders.len();
        if self.requests > limits.requests_max {
            return Err(Refusal::OverLimit { what: "requests", limit: limits.requests_max });
        }
        waiting.remove(&wave);
        let others = waiting.into_iter().filter_map(|other| self.waves.get(other).cloned());
        Ok(Wave { orders, others: others.collect(), done })
    }

    fn match_orders(
        &mut self,
        wants: &Wants,
        limits: &Limits,
        waiting: &mut BTreeSet<usize>,
    ) -> Vec<Order> {
        let mut groups: BTreeMap<(End, &str, &BTreeSet<Wanted>), Vec<Id>> = BTreeMap::new();
        for ((end, id), wanted) in wants {
            let kind = kind(self.pool.term(*id));
            groups.entry((*end, kind, wanted)).or_default().push(*id);
        }
        let mut chosen = Vec::new();
        for ((end, _, wanted), ids) in groups {
            let term = self.pool.term(ids[0]);
            for (holder, wanted) in self.holders_of(end, term, wanted) {
                chosen.push((holder, end, wanted, ids.clone()));
            }
        }
        let mut batches: BTreeMap<(usize, End, Vec<Wanted>), Vec<Id>> = BTreeMap::new();
        for (holder, end, wanted, ids) in chosen {
            for id in ids {
                let missing = self.missing(holder, end, &wanted, id, waiting);
                if !missing.is_empty() {
                    batches.entry((holder, end, missing)).or_default().push(id);
                }
            }
        }
        let batches = batches.into_iter().flat_map(|((holder, end, wanted), ids)| {
            let parts: Vec<_> = wanted.chunks(Fetch::PREDICATES_MAX).map(<[_]>::to_vec).collect();
            let cut = cut(ids, &self.pool, limits).into_iter();
            cut.flat_map(move |ids| {
                parts.clone().into_iter().map(move |wanted| (holder, end, wanted, ids.clone()))
            })
        });
        let orders = batches.map(|(holder, end, wanted, ids)| Order {
            holder,
            request: self.match_request(end, &wanted, &ids),
            nodes: ids.into_iter().collect(),
        });
        orders.collect()
    }

    /// The companies that may hold something of what is wanted about terms of one kind, and what of it.
    ///
    /// Beside what is wanted, facts about who holds or received a subject lead to companies not known yet.
    /// They come along where a company is asked anyway, from oneself, and where nobody else has the subject.
    fn holders_of(
        &self,
        end: End,
        term: &Term,
        wanted: &BTreeSet<Wanted>,
    ) -> Vec<(usize, Vec<Wanted>)> {
        let holders = self.holders.iter().enumerate();
        let may = |holder: &Holder, wanted: &Wanted| {
            let predicate = match wanted {
                Wanted::Any => None,
                Wanted::Predicate(id) => match self.pool.term(*id) {
                    Term::NamedNode(node) => Some(node.as_str()),
                    Term::BlankNode(_) | Term::Literal(_) => return false,
                },
            };
            may_hold(&holder.summary, end, term, predicate)
        };
        let held: Vec<Vec<Wanted>> = self
            .holders
            .iter()
            .map(|holder| wanted.iter().filter(|wanted| may(holder, wanted)).copied().collect())
            .collect();
        let nobody = held.iter().all(Vec::is_empty);
        let all = holders.zip(held).map(|((at, holder), mut held)| {
            let is_asked = nobody || !held.is_empty() || holder.recipient == Recipient::Own;
            if end == End::Subject && is_asked && !held.contains(&Wanted::Any) {
                held.extend(
                    self.hints
                        .iter()
                        .copied()
                        .filter(|hint| !wanted.contains(hint) && may(holder, hint)),
                );
            }
            (at, held)
        });
        all.filter(|(_, held)| !held.is_empty()).collect()
    }

    /// What of the wanted a company was not asked yet about a term; notes it as asked in the newest wave.
    fn missing(
        &mut self,
        holder: usize,
        end: End,
        wanted: &[Wanted],
        id: Id,
        waiting: &mut BTreeSet<usize>,
    ) -> Vec<Wanted> {
        if self.is_broken(holder) {
            return Vec::new();
        }
        let wave = self.waves.len() - 1;
        let mut missing = Vec::new();
        for want in wanted {
            let all = self.asked.get(&(holder, end, Wanted::Any, id));
            match all.or_else(|| self.asked.get(&(holder, end, *want, id))).copied() {
                Some(earlier) => {
                    if !self.is_done(earlier) {
                        waiting.insert(earlier);
                    }
                }
                None => {
                    self.asked.insert((holder, end, *want, id), wave);
                    missing.push(*want);
                }
            }
        }
        missing
    }

    fn is_done(&self, wave: usize) -> bool {
        // Without its sender a wave will never end; what it brought is there.
        self.waves[wave].has_changed().is_err() || *self.waves[wave].borrow()
    }

    fn is_broken(&self, holder: usize) -> bool {
        let source = self.sources.get(&self.holders[holder].did);
        source.is_some_and(|source| matches!(source.status, Status::Failed { .. }))
    }

    fn match_request(&self, end: End, wanted: &[Wanted], ids: &[Id]) -> Fetch {
        let predicates = wanted.iter().map(|wanted| match wanted {
            Wanted::Any => None,
            Wanted::Predicate(id) => self.pool.node(*id),
        });
        let predicates = predicates.collect();
        match end {
            End::Subject => {
                let subjects = ids.iter().filter_map(|id| self.pool.node(*id)).collect();
                Fetch::Match { subjects: Some(subjects), predicates, objects: None }
            }
            End::Object => {
                let objects = ids.iter().map(|id| self.pool.term(*id).clone()).collect();
                Fetch::Match { subjects: None, predicates, objects: Some(objects) }
            }
        }
    }

    fn walk_orders(
        &mut self,
        steps: &[Step],
        nodes: &BTreeSet<Id>,
        limits: &Limits,
        waiting: &mut BTreeSet<usize>,
    ) -> Vec<Order> {
        let ends: Vec<(End, Wanted)> = steps.iter().map(|step| self.wanted(step)).collect();
        let along = hints_along(steps);
        let taken = [steps, &along].concat();
        let hints: Vec<_> = along.iter().map(|step| self.wanted(step)).collect();
        let wave = self.waves.len() - 1;
        let mut orders = Vec::new();
        for holder in 0..self.holders.len() {
            let mut from = Vec::new();
            for id in nodes.iter().copied() {
                let term = self.pool.term(id);
                if !term.is_named_node() {
                    continue;
                }
                let summary = &self.holders[holder].summary;
                let may = steps.iter().zip(&ends).any(|(step, (end, _))| {
                    may_hold(summary, *end, term, Some(step.predicate.as_str()))
                });
                let mut is_new = false;
                for (end, wanted) in ends.iter().filter(|_| may) {
                    is_new |= !self.missing(holder, *end, &[*wanted], id, waiting).is_empty();
                }
                if is_new {
                    from.push(id);
                }
            }
            for id in &from {
                for (end, wanted) in &hints {
                    self.asked.entry((holder, *end, *wanted, *id)).or_insert(wave);
                }
            }
            for ids in cut(from, &self.pool, limits) {
                let from = ids.iter().filter_map(|id| self.pool.node(*id)).collect();
                let request = Fetch::Walk { from, steps: taken.clone() };
                orders.push(Order { holder, request, nodes: ids.into_iter().collect() });
            }
        }
        orders
    }

    /// What a step of a walk asks about each node.
    pub(crate) fn wanted(&mut self, step: &Step) -> (End, Wanted) {
        let end = if step.inverse { End::Object } else { End::Subject };
        (end, Wanted::Predicate(self.pool.predicate(step.predicate.clone())))
    }

    /// Adds the wants that finish what derived predicates among the wants are derived from.
    ///
    /// The end of an interval, the other end or the role of one and the same installation, placement or
    /// assignment may be held by another company, and a part of it alone would derive what is not so.
    pub(crate) fn complete(&mut self, wants: &mut Wants) {
        let mut found = Vec::new();
        for ((end, id), wanted) in wants.iter() {
            for derived in DERIVED.iter().filter(|derived| self.is_wanted(derived, wanted)) {
                let near = match end {
                    End::Subject => derived.item,
                    End::Object => derived.far,
                };
                let Some(near) = self.pool.number(near) else { continue };
                found.extend(self.pool.subjects(*id, near).map(|node| (node, derived)));
            }
        }
        for (node, derived) in found {
            self.want_whole(node, derived, wants);
        }
    }

    /// Adds the wants for every quad of an installation, placement or assignment that the derivation reads.
    pub(crate) fn want_whole(&mut self, node: Id, derived: &Derived, wants: &mut Wants) {
        let bases = derived.bases().map(|base| Wanted::Predicate(self.pool.predicate(base)));
        wants.entry((End::Subject, node)).or_default().extend(bases);
    }

    fn is_wanted(&self, derived: &Derived, wanted: &BTreeSet<Wanted>) -> bool {
        let number = self.pool.number(derived.predicate).map(Wanted::Predicate);
        wanted.contains(&Wanted::Any) || number.is_some_and(|number| wanted.contains(&number))
    }
}

/// Steps that bring along who holds or received what a walk meets, so that it goes on at companies not known yet.
///
/// They lead to organisations. Where another step may lead from one to all that refers to it, they stay away.
fn hints_along(steps: &[Step]) -> Vec<Step> {
    let between_items = |step: &Step| {
        let predicate = step.predicate.as_ref();
        !step.inverse || predicate == adit::PART_OF || predicate == adit::LOCATED_AT
    };
    if !steps.iter().all(between_items) {
        return Vec::new();
    }
    let hints = [adit::FACTS_HELD_BY, adit::DELIVERED_TO].into_iter();
    hints.map(|hint| Step { predicate: hint.into_owned(), inverse: false }).collect()
}

/// Cuts terms into batches by number and by bytes.
fn cut(ids: Vec<Id>, pool: &Pool, limits: &Limits) -> Vec<Vec<Id>> {
    let mut batches: Vec<Vec<Id>> = Vec::new();
    let mut bytes = 0;
    for id in ids {
        let size = pool.size(id);
        match batches.last_mut() {
            Some(batch)
                if batch.len() < limits.batch_bindings_max
                    && bytes + size <= limits.batch_bytes_max =>
            {
                bytes += size;
                batch.push(id);
            }
            _ => {
                bytes = size;
                batches.push(vec![id]);
            }
        }
    }
    batches
}
