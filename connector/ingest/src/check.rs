//! What no single row can show: derived and unknown predicates, intervals, installations.

use crate::installations::Installations;
use crate::statements::{Place, Stated, Statements};
use crate::{Code, Problem};
use adit_vocab::{adit, is_derived, is_known, shorten};
use oxrdf::NamedNode;
use std::collections::BTreeMap;

/// Checks all live sources together, the new ones and those recovered by [`Statements::from_routed`].
///
/// Errors: a predicate stated that the connector derives; an interval that ends before it begins; an item installed in two
/// parents at one time; an item that is part of itself. Warnings: a predicate that the vocabulary does not know, and whatever
/// [`read`](crate::read) left to look at.
///
/// ```
/// use adit_ingest::{Context, Severity, SourceFile, check, read};
/// # let context = Context { own: "did:web:shop.example".parse().unwrap(), base: "https://shop.example".into(),
/// #     templates: Default::default(), partners: vec![], makers: Default::default(), files: Default::default() };
/// let data = b"<https://id.shop.example/p/1> <https://w3id.org/adit/ns#partOf> <https://id.shop.example/p/2> .";
/// let statements = read(&SourceFile { name: "parts.nt", data, mapping: None }, &context).unwrap();
/// let problems = check(&[statements]);
/// assert_eq!(problems[0].severity, Severity::Error);
/// assert_eq!(problems[0].code.as_str(), "predicate.derived");
/// ```
pub fn check(sources: &[Statements]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = sources.iter().flat_map(check_predicates).collect();
    problems.extend(Installations::of(sources).problems());
    problems.extend(sources.iter().flat_map(|source| source.warnings().iter().cloned()));
    problems.sort_by_key(|problem| problem.severity);
    problems
}

/// One problem for each predicate that must not or should not be stated, at its first place.
fn check_predicates(source: &Statements) -> Vec<Problem> {
    let mut odd: BTreeMap<&NamedNode, (usize, Place)> = BTreeMap::new();
    for Stated { triple, place } in source.stated() {
        let predicate = triple.predicate.as_str();
        if is_derived(predicate) || !is_known(predicate) {
            odd.entry(&triple.predicate).or_insert((0, *place)).0 += 1;
        }
    }
    let problem = |(predicate, (count, place)): (&NamedNode, (usize, Place))| {
        let problem = if is_derived(predicate.as_str()) {
            derived(predicate)
        } else {
            unknown(predicate, count)
        };
        source.locate(problem, place)
    };
    odd.into_iter().map(problem).collect()
}

fn derived(predicate: &NamedNode) -> Problem {
    let instead = if *predicate == adit::LOCATED_AT {
        "an adit:Placement with adit:placedItem, adit:atPlace and schema:validFrom"
    } else if *predicate == adit::OWNED_BY {
        "an eudpp:ActorRoleAssignment with eudpp:hasActor, eudpp:hasRole adit:owner, eudpp:inContextOfProduct and eudpp:assignmentValidFrom"
    } else {
        "an adit:Installation with adit:installedItem, adit:installedIn and schema:validFrom"
    };
    let message = format!(
        "{} is derived for the date of each question and never stated",
        shorten(predicate.as_str())
    );
    Problem::error(Code::PredicateDerived, message, format!("state {instead}"))
}

fn unknown(predicate: &NamedNode, count: usize) -> Problem {
    let message = format!(
        "the vocabulary does not know {}, so only you will see the {count} statements with it",
        shorten(predicate.as_str())
    );
    Problem::warning(
        Code::PredicateUnknown,
        message,
        "use a term of the vocabulary if others are to see them",
    )
}
