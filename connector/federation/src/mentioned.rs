//! Which predicates a question can see, whatever is stored.

use crate::Plan;
use crate::algebra::Slot;
use crate::plan::{Block, Step};
use oxrdf::Term;
use spargebra::algebra::PropertyPathExpression;
use std::collections::BTreeSet;

impl Plan {
    /// The predicates that the question names, as IRIs; `None` where it asks for any.
    ///
    /// ```
    /// use adit_federation::Plan;
    /// use spargebra::SparqlParser;
    /// let text = "SELECT * { <https://id.mill.example/b/1> <https://schema.org/name> ?n }";
    /// let plan = Plan::of(&SparqlParser::new().parse_query(text).unwrap()).unwrap();
    /// assert_eq!(plan.predicates().unwrap().into_iter().collect::<Vec<_>>(), ["https://schema.org/name"]);
    /// ```
    pub fn predicates(&self) -> Option<BTreeSet<String>> {
        let mut named = BTreeSet::new();
        (self.described.is_empty() && block(&self.root, &mut named)).then_some(named)
    }
}

/// Notes the predicates of a block; false where one of its patterns takes any.
fn block(within: &Block, named: &mut BTreeSet<String>) -> bool {
    within.steps.iter().all(|it| step(it, named))
        && within.asides.iter().all(|aside| block(&aside.block, named))
}

fn step(it: &Step, named: &mut BTreeSet<String>) -> bool {
    match it {
        // What a choice takes from an OPTIONAL, that one names too.
        Step::Seed { .. } | Step::Choose { .. } => true,
        Step::Fetch(triples) => triples.iter().all(|(triple, _)| match &triple.predicate {
            Slot::Term(Term::NamedNode(predicate)) => {
                named.insert(predicate.as_str().to_owned());
                true
            }
            Slot::Term(_) => true,
            Slot::Name(_) => false,
        }),
        Step::Walk(trail, _) => path(&trail.path, named),
        Step::Fork(branches) => branches.iter().all(|branch| block(branch, named)),
        Step::Sub { block: inner, .. } => block(inner, named),
    }
}

fn path(along: &PropertyPathExpression, named: &mut BTreeSet<String>) -> bool {
    match along {
        PropertyPathExpression::NamedNode(predicate) => {
            named.insert(predicate.as_str().to_owned());
            true
        }
        PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
            path(a, named) && path(b, named)
        }
        PropertyPathExpression::Reverse(inner)
        | PropertyPathExpression::ZeroOrMore(inner)
        | PropertyPathExpression::OneOrMore(inner)
        | PropertyPathExpression::ZeroOrOne(inner) => path(inner, named),
        PropertyPathExpression::NegatedPropertySet(_) => false,
    }
}
