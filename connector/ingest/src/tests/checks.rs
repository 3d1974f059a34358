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

#[test]
fn a_predicate_of_another_group_is_not_offered_as_itself() {
    let lamp = r#"
        PREFIX adit: <https://w3id.org/adit/ns#> PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX p: <https://lamp.example/profile#>
        <https://lamp.example/profile> a adit:Profile ; adit:profileOf "lamp" ; adit:extends <https://w3id.org/adit/profiles/core> .
        p:flux sh:path adit:flux ; adit:tier adit:tier-public ; sh:name "flux"@en , "ljusflöde"@sv , "valovirta"@fi ."#;
    let vocabulary = adit_vocab::Vocabulary::with([("lamp.ttl".into(), lamp.into())]).unwrap();
    let statements = read_turtle("a.ttl", "p:1 adit:flux 5 ; adit:fromBatsch 6 ; adit:fluxx 7 .");
    let problems = check(&[statements], &vocabulary);
    let shown: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
    expect![[r#"
        warning: a.ttl: the vocabulary does not know adit:flux in the product group 'product', so only you will see its statement [predicate.unknown]
          it is known in lamp: say "adit:productGroup" in the mapping if that is meant
        warning: a.ttl: the vocabulary does not know adit:fluxx, so only you will see its statement [predicate.unknown]
          use a term of the vocabulary or of a profile if others are to see them
        warning: a.ttl: the vocabulary does not know adit:fromBatsch, so only you will see its statement [predicate.unknown]
          write adit:fromBatch if that is meant
    "#]]
    .assert_eq(&shown);
}

#[test]
fn what_many_items_lack_is_said_once() {
    let mut rows = String::new();
    for serial in 1..=29 {
        rows += &format!("0042-7;{serial:05};1,5;4711;0310;1001;24.11.2026\r\n");
    }
    let statements = [deliveries(&rows).unwrap()];
    let node = |iri: String| oxrdf::NamedNode::new(iri).unwrap();
    let finding = |serial: u32, value: Option<&str>| crate::Finding {
        shape: node("https://w3id.org/adit/shapes#S3-model".into()),
        focus: node(format!("https://id.shop.example/p/0042-7/{serial:05}")).into(),
        path: Some(node("https://schema.org/model".into())),
        value: value.map(|text| oxrdf::Literal::from(text).into()),
        severity: crate::Severity::Error,
        message: "an item has exactly one model; state it".into(),
    };
    let mut findings: Vec<_> = (1..=29).rev().map(|serial| finding(serial, None)).collect();
    findings.extend([finding(3, Some("a")), finding(4, Some("b"))]);
    let located = crate::locate(findings, &statements);
    assert_eq!(located[0].rows, 29);
    let shown: String = located.iter().map(|problem| format!("{problem}\n")).collect();
    expect![[r#"
        deliveries.csv, row 2 and 28 more rows: an item has exactly one model [item.incomplete]
          state it
        deliveries.csv, row 4: an item has exactly one model [item.incomplete]
          state it
        deliveries.csv, row 5: an item has exactly one model [item.incomplete]
          state it
    "#]]
    .assert_eq(&shown);
}
