//! Checks over all rows and files.

use super::*;
use crate::check;
use expect_test::expect;

fn problems(sources: &[Statements]) -> String {
    check(sources, adit_vocab::Vocabulary::bundled())
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect()
}

#[test]
fn derived_and_unknown_predicates() {
    let statements = read_turtle(
        "a.ttl",
        "p:1 adit:partOf p:2 ; adit:locatedAt p:3 ; adit:ownedBy <did:web:oem.example> ; adit:colour 'red', 'blue' .",
    );
    expect![[r#"
        a.ttl: adit:locatedAt is derived for the date of each question and never stated [predicate.derived]
          state an adit:Placement with adit:placedItem, adit:atPlace and schema:validFrom
        a.ttl: adit:ownedBy is derived for the date of each question and never stated [predicate.derived]
          state an eudpp:ActorRoleAssignment with eudpp:hasActor, eudpp:hasRole adit:owner, eudpp:inContextOfProduct and eudpp:assignmentValidFrom
        a.ttl: adit:partOf is derived for the date of each question and never stated [predicate.derived]
          state an adit:Installation with adit:installedItem, adit:installedIn and schema:validFrom
        warning: a.ttl: the vocabulary does not know adit:colour, so only you will see its 2 statements [predicate.unknown]
          use a term of the vocabulary or of a profile if others are to see them
    "#]].assert_eq(&problems(&[statements]));
}
