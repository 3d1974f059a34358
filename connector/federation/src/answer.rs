//! What an answer brings: quads, companies, and what need not be asked any more.

use crate::ask::{ENDED, Order, State, Wanted};
use crate::derived::{DERIVED, Derived};
use crate::path::End;
use crate::{Fetched, Limits, PeerFault, Refusal, Source, Status};
use adit_facts::{Fetch, Step, check_storable};
use adit_vocab::{Did, adit};
use oxrdf::{NamedNode, NamedNodeRef, Quad, Term};
use std::collections::BTreeSet;

impl State {
    /// Takes in an answer.
    pub(crate) fn absorb(
        &mut self,
        order: &Order,
        answer: Result<Fetched, PeerFault>,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        let did = self.holders[order.holder].did.clone();
        let answer = answer.and_then(|answer| {
            let wrong = answer
                .quads
                .iter()
                .find_map(|quad| Some((quad, check_storable(quad.as_ref()).err()?)));
            match wrong {
                None => Ok(answer),
                Some((quad, wrong)) => {
                    Err(PeerFault::BadAnswer { reason: format!("{wrong}: {quad}") })
                }
            }
        });
        let source = self.sources.entry(did.clone()).or_insert_with(|| Source::new(did));
        source.requests += 1;
        let answer = match answer {
            Ok(answer) => answer,
            Err(fault) => {
                let retry = fault.is_safe_to_retry();
                source.status = Status::Failed { fault, retry };
                return Ok(());
            }
        };
        if source.generation.is_some_and(|earlier| earlier != answer.generation)
            && source.status == Status::Answered
        {
            source.status = Status::Moved;
        }
        source.generation = Some(answer.generation);
        source.quads += answer.quads.len();
        source.bytes += answer.bytes;
        source.withheld.extend(answer.withheld);
        source.rule = answer.rule.or(source.rule.take());
        for quad in &answer.quads {
            self.pool.add(quad);
            self.note_company(quad);
        }
        if self.pool.len() > limits.quads_max {
            return Err(Refusal::OverLimit { what: "quads", limit: limits.quads_max });
        }
        self.note_answered(order, &answer.quads);
        Ok(())
    }

    fn note_company(&mut self, quad: &Quad) {
        let names = [adit::FACTS_HELD_BY, adit::DELIVERED_TO];
        if names.contains(&quad.predicate.as_ref())
            && let Term::NamedNode(object) = &quad.object
            && let Ok(did) = object.as_str().parse::<Did>()
            && !self.sources.contains_key(&did)
        {
            self.named.insert(did);
        }
    }

    /// Notes what an answer says beyond the terms that were sent, so that it is not asked again.
    ///
    /// A derived predicate brings the whole of each node that it is derived from, and a walk was taken from
    /// every node that it met. Where a stored predicate of such nodes was asked for in the same request, the
    /// answer does not tell why a quad came, and nothing is noted.
    fn note_answered(&mut self, order: &Order, quads: &[Quad]) {
        let sent: Vec<&NamedNode> = match &order.request {
            Fetch::Match { subjects: None, predicates: None, .. } => return,
            Fetch::Match { predicates, .. } => predicates.iter().flatten().collect(),
            Fetch::Walk { steps, .. } => steps.iter().map(|step| &step.predicate).collect(),
        };
        let is_sent =
            |predicate: NamedNodeRef<'_>| sent.iter().any(|sent| sent.as_ref() == predicate);
        let brought: Vec<&Derived> = DERIVED
            .iter()
            .filter(|derived| sent.is_empty() || is_sent(derived.predicate))
            .collect();
        if brought.iter().any(|derived| derived.bases().any(is_sent)) {
            return;
        }
        for quad in quads {
            for derived in &brought {
                self.note_whole(order, derived, quad);
            }
        }
        if let Fetch::Walk { steps, .. } = &order.request {
            self.note_walked(order.holder, steps, quads);
        }
    }

    fn note_whole(&mut self, order: &Order, derived: &Derived, quad: &Quad) {
        let predicate = quad.predicate.as_ref();
        let object = self.pool.intern(&quad.object);
        let is_walk = matches!(order.request, Fetch::Walk { .. });
        if (predicate == derived.item || predicate == derived.far)
            && (is_walk || order.nodes.contains(&object))
        {
            let node = self.pool.intern(&quad.subject.clone().into());
            for base in derived.bases() {
                let base = Wanted::Predicate(self.pool.predicate(base));
                self.asked.entry((order.holder, End::Subject, base, node)).or_insert(ENDED);
            }
        }
    }

    fn note_walked(&mut self, holder: usize, steps: &[Step], quads: &[Quad]) {
        let mut met = BTreeSet::new();
        for quad in quads {
            for Step { predicate, inverse } in steps {
                let derived = Derived::of(predicate.as_str());
                let way = derived.map(|derived| if *inverse { derived.item } else { derived.far });
                if quad.predicate != way.unwrap_or(predicate.as_ref()) {
                    continue;
                }
                let to_subject = *inverse && derived.is_none();
                let end =
                    if to_subject { quad.subject.clone().into() } else { quad.object.clone() };
                met.insert(self.pool.intern(&end));
            }
        }
        for step in steps {
            let (end, wanted) = self.wanted(step);
            for node in &met {
                self.asked.entry((holder, end, wanted, *node)).or_insert(ENDED);
            }
        }
    }
}
