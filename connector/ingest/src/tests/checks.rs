//! Checks over all rows and files.

use super::*;
use crate::check;
use expect_test::expect;

fn problems(sources: &[Statements]) -> String {
    check(sources).iter().map(|problem| format!("{problem}\n")).collect()
}

fn installation(name: &str, item: &str, parent: &str, from: &str, through: &str) -> String {
    let end = if through.is_empty() {
        String::new()
    } else {
        format!("; schema:validThrough '{through}T00:00:00Z'^^xsd:dateTime")
    };
    format!(
        "r:{name} adit:installedItem p:{item} ; adit:installedIn p:{parent} ; schema:validFrom '{from}T00:00:00Z'^^xsd:dateTime {end} .\n"
    )
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
        a.ttl: the vocabulary does not know adit:colour, so only you will see the 2 statements with it [predicate.unknown]
          use a term of the vocabulary if others are to see them
    "#]].assert_eq(&problems(&[statements]));
}

#[test]
fn an_interval_ends_after_it_begins() {
    let mapped = DELIVERIES
        .replace("adit:deliveredOn", "schema:validThrough")
        .replace(r#"{"name": "type""#, r#"{"name": "from", "virtual": true, "datatype": "datetime", "default": "2026-11-24T00:00:00Z", "propertyUrl": "schema:validFrom"}, {"name": "type""#);
    let text = format!("{HEADER}1;A;1;;;;24.11.2026\r\n1;B;1;;;;25.11.2026\r\n");
    let statements = read_mapped("deliveries.csv", text.as_bytes(), &mapped).unwrap();
    expect![[r#"
        deliveries.csv, row 2, column 'Pvm': https://id.shop.example/p/1/A ends at 2026-11-23T22:00:00Z and does not begin before 2026-11-24T00:00:00Z [interval.order]
          correct one of the two dates; an interval holds its first instant and not its last
    "#]].assert_eq(&problems(&[statements]));
}

#[test]
fn an_item_sits_in_one_parent_at_a_time() {
    let swap = installation("1", "battery", "rig12", "2026-01-01", "2026-06-01")
        + &installation("2", "battery", "rig44", "2026-06-01", "");
    assert_eq!(problems(&[read_turtle("a.ttl", &swap)]), "");
    let same = installation("1", "battery", "rig12", "2026-01-01", "")
        + &installation("2", "battery", "rig12", "2026-02-01", "");
    assert_eq!(problems(&[read_turtle("a.ttl", &same)]), "");
    let first = read_turtle("a.ttl", &installation("1", "battery", "rig12", "2026-01-01", ""));
    let second = read_turtle("b.ttl", &installation("2", "battery", "rig44", "2026-06-01", ""));
    expect![[r#"
        b.ttl: https://id.shop.example/p/battery is installed in https://id.shop.example/p/rig44 from 2026-06-01T00:00:00Z, while it is still in https://id.shop.example/p/rig12 (a.ttl) [installation.overlap]
          end the earlier installation with schema:validThrough, or correct the dates
    "#]].assert_eq(&problems(&[first, second]));
}

#[test]
fn an_item_is_never_part_of_itself() {
    let in_turn = installation("1", "a", "b", "2026-01-01", "2026-02-01")
        + &installation("2", "b", "a", "2026-02-01", "");
    assert_eq!(problems(&[read_turtle("a.ttl", &in_turn)]), "");
    let ring = installation("1", "a", "b", "2026-01-01", "")
        + &installation("2", "b", "c", "2026-03-01", "")
        + &installation("3", "c", "a", "2026-02-01", "");
    expect![[r#"
        a.ttl: at 2026-03-01T00:00:00Z an item is part of itself: https://id.shop.example/p/b in https://id.shop.example/p/c in https://id.shop.example/p/a in https://id.shop.example/p/b [installation.cycle]
          correct the parent or the dates of one of these installations
    "#]].assert_eq(&problems(&[read_turtle("a.ttl", &ring)]));
    let itself = installation("1", "a", "a", "2026-01-01", "");
    expect![[r#"
        a.ttl: at 2026-01-01T00:00:00Z an item is part of itself: https://id.shop.example/p/a in https://id.shop.example/p/a [installation.cycle]
          correct the parent or the dates of one of these installations
    "#]].assert_eq(&problems(&[read_turtle("a.ttl", &itself)]));
}
