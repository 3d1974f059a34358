//! Predicates: those that the connector derives, and those that nobody knows. What else must hold is said by the shapes alone.

use crate::near::nearest;
use crate::statements::{Place, Stated, Statements};
use crate::{Code, Problem};
use adit_vocab::{Vocabulary, adit, is_derived, shorten};
use oxrdf::NamedNode;
use std::collections::BTreeMap;

/// Checks all live sources together, the new ones and those recovered by [`Statements::from_routed`].
///
/// An error: a predicate stated that the connector derives. A warning: a predicate that the vocabulary does not know in the
/// product group. What [`read`](crate::read) left to look at is in [`Statements::warnings`] alone; the rules over intervals,
/// installations and figures are shapes, whose findings [`locate`](crate::locate) takes.
///
/// ```
/// use adit_ingest::{Context, Severity, SourceFile, check, read};
/// # let context = Context { own: "did:web:shop.example".parse().unwrap(), base: "https://shop.example".into(),
/// #     templates: Default::default(), partners: vec![], makers: Default::default(), vocabulary: adit_vocab::Vocabulary::bundled().clone(), files: Default::default() };
/// let data = b"<https://id.shop.example/p/1> <https://w3id.org/adit/ns#partOf> <https://id.shop.example/p/2> .";
/// let statements = read(&SourceFile { name: "parts.nt", data, mapping: None }, &context).unwrap();
/// let problems = check(&[statements], &context.vocabulary);
/// assert_eq!(problems[0].severity, Severity::Error);
/// assert_eq!(problems[0].code.as_str(), "predicate.derived");
/// ```
pub fn check(sources: &[Statements], vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        sources.iter().flat_map(|source| check_predicates(source, vocabulary)).collect();
    problems.sort_by_key(|problem| problem.severity);
    problems
}

/// One problem for each predicate that must not or should not be stated, at its first place.
fn check_predicates(source: &Statements, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut odd: BTreeMap<&NamedNode, (usize, Place)> = BTreeMap::new();
    for Stated { triple, place } in source.stated() {
        let predicate = triple.predicate.as_str();
        if is_derived(predicate) || !vocabulary.knows_in(predicate, source.group()) {
            odd.entry(&triple.predicate).or_insert((0, *place)).0 += 1;
        }
    }
    let problem = |(predicate, (count, place)): (&NamedNode, (usize, Place))| {
        let problem = if is_derived(predicate.as_str()) {
            derived(predicate)
        } else {
            unknown(predicate, count, source.group(), vocabulary)
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

fn unknown(predicate: &NamedNode, count: usize, group: &str, vocabulary: &Vocabulary) -> Problem {
    let statements = if count == 1 { "its statement" } else { &format!("its {count} statements") };
    let short = shorten(predicate.as_str());
    let elsewhere = groups_of(predicate, vocabulary);
    if !elsewhere.is_empty() {
        let message = format!(
            "the vocabulary does not know {short} in the product group '{group}', so only you will see {statements}"
        );
        let fix = format!(
            "it is known in {}: say \"adit:productGroup\" in the mapping if that is meant",
            elsewhere.join(", ")
        );
        return Problem::warning(Code::PredicateUnknown, message, fix);
    }
    let message =
        format!("the vocabulary does not know {short}, so only you will see {statements}");
    let predicates = vocabulary.predicates().into_iter();
    let known: Vec<String> =
        predicates.filter(|known| vocabulary.knows_in(known, group)).map(shorten).collect();
    let near = nearest(&short, known.iter().map(String::as_str), 3);
    let fix = match near.is_empty() {
        true => "use a term of the vocabulary or of a profile if others are to see them".to_owned(),
        false => format!("write {} if that is meant", near.join(" or ")),
    };
    Problem::warning(Code::PredicateUnknown, message, fix)
}

/// The product groups whose profiles have the predicate.
fn groups_of<'v>(predicate: &NamedNode, vocabulary: &'v Vocabulary) -> Vec<&'v str> {
    let has = |profile: &&adit_vocab::Profile| {
        profile.fields.iter().any(|field| field.predicate == predicate.as_str())
    };
    let profiles = vocabulary.profiles().iter().filter(has);
    profiles.filter_map(|profile| profile.group.as_deref()).collect()
}
