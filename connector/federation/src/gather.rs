//! A plan, carried out: each step asks the companies that may hold what it needs, and narrows what comes next.

use crate::algebra::{Name, Slot, Trail, Triple};
use crate::ask::{State, Wanted, Wants};
use crate::path::{End, is_nullable, steps};
use crate::plan::{Block, Plan, Step};
use crate::pool::{Id, Terms, in_order};
use crate::run::Run;
use crate::{Limits, Peers, Refusal, Report};
use adit_facts::Fetch;
use futures_util::future::{BoxFuture, FutureExt, try_join_all};
use oxrdf::Quad;
use spargebra::algebra::PropertyPathExpression as Path;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a question gathered, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// Every quad once, with its room as graph name. The original query over these answers the question.
    pub quads: Vec<Quad>,
    /// Who was asked, and what came of it.
    pub report: Report,
}

/// Carries out a plan: gathers every quad that the known companies let the asker see and that the answer depends on.
///
/// A company that fails does not fail the question: it is in the report, and the answer is partial. Companies
/// that gathered facts name are looked for, and then asked for everything that the others were asked.
///
/// # Errors
/// [`Refusal::OverLimit`] where the question reaches further than the limits.
pub async fn gather<P: Peers>(
    plan: &Plan,
    peers: &P,
    limits: &Limits,
) -> Result<Gathered, Refusal> {
    let run = Run::new(peers, limits);
    run.meet(peers.known()).await;
    let mut rounds = 0;
    loop {
        let met = run.state().holders.len();
        rounds = run.pass(plan, rounds).await?;
        if run.state().holders.len() == met {
            break;
        }
    }
    let state = run.into_state();
    let sources = state.sources.into_values();
    let sources: Vec<_> =
        sources.filter(|source| source.requests > 0 || !source.status.is_whole()).collect();
    let complete = sources.iter().all(|source| source.status.is_whole());
    let report = Report { sources, rounds, complete };
    Ok(Gathered { quads: state.pool.into_quads(), report })
}

/// The terms that each variable can still have, and how many rounds it took to know.
#[derive(Debug, Clone, Default)]
struct Env {
    terms: BTreeMap<Name, Arc<Terms>>,
    rounds: usize,
    /// Whether some variable has no term left, so that nothing here has a solution.
    is_dead: bool,
}

impl Env {
    fn only(&self, names: &BTreeSet<Name>) -> Self {
        let terms = self.terms.iter().filter(|(name, _)| names.contains(name));
        let terms = terms.map(|(name, terms)| (name.clone(), Arc::clone(terms))).collect();
        Self { terms, ..*self }
    }

    fn bind(&mut self, name: &Name, terms: Terms) {
        self.is_dead |= terms.ids.is_empty();
        self.terms.insert(name.clone(), Arc::new(terms));
    }

    fn narrow(&mut self, name: &Name, terms: Terms, state: &State) {
        let terms = match self.terms.get(name) {
            Some(earlier) => state.pool.common(&terms, earlier),
            None => terms,
        };
        self.bind(name, terms);
    }
}

impl<P: Peers> Run<'_, P> {
    /// Takes every step once. A later pass asks only companies that the earlier one met on its way.
    async fn pass(&self, plan: &Plan, rounds: usize) -> Result<usize, Refusal> {
        let mut env = self.block(&plan.root, Env { rounds, ..Env::default() }).await?;
        let mut wants = Wants::new();
        if !env.is_dead {
            for terms in plan.described.iter().filter_map(|name| env.terms.get(name)) {
                let all = terms.ids.iter().map(|id| ((End::Subject, *id), [Wanted::Any].into()));
                wants.extend(all);
            }
        }
        env.rounds = self.ask(wants, env.rounds).await?;
        let mut wants = Wants::new();
        {
            let mut state = self.state();
            for derived in &plan.derived {
                for base in [derived.item, derived.far] {
                    let base = state.pool.predicate(base);
                    for node in state.pool.all_subjects(base) {
                        state.want_whole(node, derived, &mut wants);
                    }
                }
            }
        }
        self.ask(wants, env.rounds).await
    }

    fn block<'s>(&'s self, block: &'s Block, mut env: Env) -> BoxFuture<'s, Result<Env, Refusal>> {
        async move {
            for step in &block.steps {
                if env.is_dead {
                    return Ok(env);
                }
                self.step(step, &mut env).await?;
            }
            if env.is_dead {
                return Ok(env);
            }
            let asides = block.asides.iter();
            let asides = asides.map(|aside| self.block(&aside.block, env.only(&aside.enter)));
            for after in try_join_all(asides).await? {
                env.rounds = env.rounds.max(after.rounds);
            }
            Ok(env)
        }
        .boxed()
    }

    async fn step(&self, step: &Step, env: &mut Env) -> Result<(), Refusal> {
        match step {
            Step::Seed { name, terms } => {
                let mut state = self.state();
                let terms = state.pool.set(terms);
                env.narrow(name, terms, &state);
                Ok(())
            }
            Step::Choose { to, terms, names, options } => {
                let inside = options.iter();
                let inside = inside.map(|(it, _)| self.block(&it.block, env.only(&it.enter)));
                let inside = try_join_all(inside).await?;
                let mut state = self.state();
                let mut all = state.pool.set(terms);
                names.iter().filter_map(|name| env.terms.get(name)).for_each(|it| all.union(it));
                for (within, (_, name)) in inside.iter().zip(options) {
                    env.rounds = env.rounds.max(within.rounds);
                    if let (false, Some(terms)) = (within.is_dead, within.terms.get(name)) {
                        all.union(terms);
                    }
                }
                env.narrow(to, all, &state);
                Ok(())
            }
            Step::Fetch(triples) => self.fetch(triples, env).await,
            Step::Walk(trail, from) => self.walk(trail, *from, env).await,
            Step::Fork(branches) => {
                let all = branches.iter().map(|branch| self.block(branch, env.clone()));
                merge(try_join_all(all).await?, env);
                Ok(())
            }
            Step::Sub { enter, leave, block } => {
                let inside = self.block(block, env.only(enter)).await?;
                env.rounds = env.rounds.max(inside.rounds);
                // Without anything to leave by, as in COUNT over nothing, there is a solution all the same.
                env.is_dead |= inside.is_dead && !leave.is_empty();
                let state = self.state();
                for (name, terms) in inside.terms.iter().filter(|(name, _)| leave.contains(name)) {
                    env.narrow(name, Terms::clone(terms), &state);
                }
                Ok(())
            }
        }
    }

    async fn fetch(&self, triples: &[(Triple, End)], env: &mut Env) -> Result<(), Refusal> {
        let mut wants = Wants::new();
        {
            let mut state = self.state();
            for (triple, from) in triples {
                let near = match from {
                    End::Subject => &triple.subject,
                    End::Object => &triple.object,
                };
                let wanted: BTreeSet<Wanted> = match allowed(&triple.predicate, env, &mut state) {
                    Some(terms) => terms.ids.iter().copied().map(Wanted::Predicate).collect(),
                    None => [Wanted::Any].into(),
                };
                for id in allowed(near, env, &mut state).into_iter().flat_map(|terms| terms.ids) {
                    wants.entry((*from, id)).or_default().extend(&wanted);
                }
            }
        }
        env.rounds = self.ask(wants, env.rounds).await?;
        let mut state = self.state();
        for (triple, from) in triples {
            let slots = [&triple.subject, &triple.predicate, &triple.object];
            let slots: Vec<&Slot> = slots.into_iter().chain(&triple.room).collect();
            let limits: Vec<_> = slots.iter().map(|slot| allowed(slot, env, &mut state)).collect();
            let limit = |slot: &Slot| {
                let at = slots.iter().position(|other| *other == slot)?;
                limits[at].clone()
            };
            let found = state.pool.values(triple, *from, limit);
            // A pattern of terms alone binds nothing, but without a match there is no solution either.
            env.is_dead |= found[0].ids.is_empty();
            for (slot, terms) in slots.iter().zip(found) {
                if let Slot::Name(name) = slot {
                    env.narrow(name, terms, &state);
                }
            }
        }
        Ok(())
    }

    async fn walk(&self, trail: &Trail, from: End, env: &mut Env) -> Result<(), Refusal> {
        let (near, far) = match from {
            End::Subject => (&trail.subject, &trail.object),
            End::Object => (&trail.object, &trail.subject),
        };
        let start = {
            let mut state = self.state();
            let terms = allowed(near, env, &mut state).unwrap_or_default();
            state.pool.spellings(&terms)
        };
        env.rounds = self.bring(&trail.path, start.clone(), from, env.rounds).await?;
        if is_nullable(&trail.path) {
            env.rounds = self.witness(&start, trail.is_in_part, env.rounds).await?;
        }
        let mut state = self.state();
        let ends = state.pool.reach(&trail.path, &start, from);
        let ends = state.pool.collect(ends);
        let ends = match allowed(far, env, &mut state) {
            Some(limit) => state.pool.common(&ends, &limit),
            None => ends,
        };
        let back = state.pool.reach(&trail.path, &state.pool.spellings(&ends), from.other());
        let starts = state.pool.collect(&start & &back);
        env.is_dead |= ends.ids.is_empty() || starts.ids.is_empty();
        for (slot, terms) in [(near, starts), (far, ends)] {
            if let Slot::Name(name) = slot {
                env.narrow(name, terms, &state);
            }
        }
        Ok(())
    }

    /// Brings what walking a path from some nodes depends on.
    fn bring<'s>(
        &'s self,
        path: &'s Path,
        start: BTreeSet<Id>,
        from: End,
        rounds: usize,
    ) -> BoxFuture<'s, Result<usize, Refusal>> {
        async move {
            match path {
                Path::NamedNode(predicate) => {
                    let wanted = Wanted::Predicate(self.state().pool.predicate(predicate.clone()));
                    self.ask(want(start, from, wanted), rounds).await
                }
                Path::NegatedPropertySet(_) => {
                    self.ask(want(start, from, Wanted::Any), rounds).await
                }
                Path::Reverse(inner) => self.bring(inner, start, from.other(), rounds).await,
                Path::ZeroOrOne(inner) => self.bring(inner, start, from, rounds).await,
                Path::Sequence(a, b) => {
                    let (first, second) = in_order(a, b, from);
                    let rounds = self.bring(first, start.clone(), from, rounds).await?;
                    let middle = self.state().pool.reach(first, &start, from);
                    self.bring(second, middle, from, rounds).await
                }
                Path::Alternative(a, b) => {
                    let both = [a, b].map(|way| self.bring(way, start.clone(), from, rounds));
                    Ok(try_join_all(both).await?.into_iter().fold(rounds, usize::max))
                }
                Path::ZeroOrMore(inner) | Path::OneOrMore(inner) => {
                    self.close(inner, start, from, rounds).await
                }
            }
        }
        .boxed()
    }

    /// Brings what walking a path any number of times depends on.
    ///
    /// Single steps go to each company as a walk: it returns all that it has of the way, and the nodes at its
    /// border are taken to the companies that may go on from there. Rounds count borders, not steps.
    async fn close(
        &self,
        path: &Path,
        start: BTreeSet<Id>,
        from: End,
        mut rounds: usize,
    ) -> Result<usize, Refusal> {
        // Two steps more come along, see `hints_along`; a way with more of them is taken step by step.
        let fits = |steps: &Vec<_>| steps.len() + 2 <= Fetch::PREDICATES_MAX;
        let Some(steps) = steps(path, from).filter(fits) else {
            let (mut reached, mut frontier) = (start.clone(), start);
            while !frontier.is_empty() {
                rounds = self.bring(path, frontier.clone(), from, rounds).await?;
                frontier = &self.state().pool.reach(path, &frontier, from) - &reached;
                reached.extend(&frontier);
            }
            return Ok(rounds);
        };
        loop {
            let wave = {
                let mut state = self.state();
                let reached = state.pool.close(path, start.clone(), from);
                let mut wants = Wants::new();
                for step in &steps {
                    let (end, wanted) = state.wanted(step);
                    for node in &reached {
                        wants.entry((end, *node)).or_default().insert(wanted);
                    }
                }
                let walked = wants.clone();
                state.complete(&mut wants);
                // The nodes are walked from, not looked up; only from a literal no walk can start.
                for (key, wanted) in
                    walked.iter().filter(|(key, _)| state.pool.node(key.1).is_some())
                {
                    if let Some(all) = wants.get_mut(key) {
                        *all = &*all - wanted;
                    }
                }
                wants.retain(|_, wanted| !wanted.is_empty());
                state.claim(&wants, Some((&steps, &reached)), self.limits)?
            };
            if wave.is_empty() {
                return Ok(rounds);
            }
            rounds = self.run(wave, rounds).await?;
        }
    }

    /// Brings a quad about each node that occurs anywhere: a path of no step has a solution for those alone.
    ///
    /// Where only some graphs count, every quad about the nodes is brought, as any may be the one in such a graph.
    async fn witness(
        &self,
        nodes: &BTreeSet<Id>,
        is_in_part: bool,
        mut rounds: usize,
    ) -> Result<usize, Refusal> {
        for end in [End::Subject, End::Object] {
            let mut open = nodes.clone();
            if !is_in_part {
                let state = self.state();
                open.retain(|node| !state.pool.occurs(*node));
            }
            rounds = self.ask(want(open, end, Wanted::Any), rounds).await?;
        }
        Ok(rounds)
    }
}

/// After UNION a variable has the terms that it has in some branch, if every branch binds it.
fn merge(branches: Vec<Env>, env: &mut Env) {
    env.rounds = branches.iter().map(|branch| branch.rounds).fold(env.rounds, usize::max);
    let mut live = branches.into_iter().filter(|branch| !branch.is_dead);
    let Some(first) = live.next() else {
        env.is_dead = true;
        return;
    };
    env.terms = first.terms;
    for branch in live {
        env.terms.retain(|name, _| branch.terms.contains_key(name));
        for (name, terms) in &mut env.terms {
            if let Some(more) = branch.terms.get(name) {
                Arc::make_mut(terms).union(more);
            }
        }
    }
}

/// The terms that a place in a pattern can have, if they are known.
fn allowed(slot: &Slot, env: &Env, state: &mut State) -> Option<Terms> {
    match slot {
        Slot::Term(term) => Some(state.pool.set(std::slice::from_ref(term))),
        Slot::Name(name) => env.terms.get(name).map(|terms| Terms::clone(terms)),
    }
}

fn want(nodes: impl IntoIterator<Item = Id>, end: End, wanted: Wanted) -> Wants {
    nodes.into_iter().map(|id| ((end, id), BTreeSet::from([wanted]))).collect()
}
