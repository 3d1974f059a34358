//! Facts into rooms.

use super::*;
use crate::Routed;
use expect_test::{Expect, expect};

/// The quads of all sources with short names: room, then triple.
fn rooms(routed: &[Routed]) -> String {
    let mut lines: Vec<String> = routed
        .iter()
        .flat_map(|source| &source.quads)
        .map(|quad| {
            let line =
                format!("{} {} {} {}", quad.graph_name, quad.subject, quad.predicate, quad.object);
            let line = line
                .replace("https://shop.example/room/product/as-built/", "")
                .replace("https://id.shop.example/p/", "p:")
                .replace("https://shop.example/record/", "r:")
                .replace("did:web:", "")
                .replace(".example", "");
            let short = adit_vocab::PREFIXES.iter().fold(line, |line, (prefix, namespace)| {
                line.replace(namespace, &format!("{prefix}:"))
            });
            short.replace(['<', '>'], "") + "\n"
        })
        .collect();
    lines.sort_unstable();
    lines.concat()
}

fn check(turtle: &str, expected: Expect) {
    expected.assert_eq(&rooms(&route(&[read_turtle("a.ttl", turtle)], &shop())));
}

#[test]
fn a_delivery_opens_the_item_to_its_customer_alone() {
    check(
        "p:1 schema:serialNumber '1' ; adit:deliveredTo <did:web:oem.example> .
         p:2 schema:serialNumber '2' ; adit:deliveredTo <did:web:rival.example> .
         p:3 schema:serialNumber '3' ; schema:name 'bolt' ; adit:unheardOf 'x' .",
        expect![[r#"
            owner p:3 adit:unheardOf "x"
            partner p:3 schema:serialNumber "3"
            partner/oem p:1 adit:deliveredTo oem
            partner/oem p:1 schema:serialNumber "1"
            partner/rival p:2 adit:deliveredTo rival
            partner/rival p:2 schema:serialNumber "2"
            public p:3 schema:name "bolt"
        "#]],
    );
}

#[test]
fn no_customer_of_a_batch_sees_another() {
    check(
        "p:1 adit:fromBatch p:h ; adit:deliveredTo <did:web:oem.example> .
         p:h adit:deliveredTo <did:web:rival.example> ; adit:position 'x' .",
        expect![[r#"
            partner/oem p:1 adit:deliveredTo oem
            partner/oem p:1 adit:fromBatch p:h
            partner/oem p:h adit:position "x"
            partner/rival p:h adit:deliveredTo rival
            partner/rival p:h adit:position "x"
        "#]],
    );
}

#[test]
fn a_machine_opens_what_is_in_it_and_a_part_does_not_open_the_machine() {
    check(
        "p:rig adit:deliveredTo <did:web:mine.example> ; adit:position 'rig' .
         p:part adit:deliveredTo <did:web:oem.example> ; adit:position 'part' .
         r:i1 adit:installedItem p:module ; adit:installedIn p:rig .
         r:i2 adit:installedItem p:part ; adit:installedIn p:module .
         r:pl adit:placedItem p:rig ; adit:atPlace p:mine .
         p:mine adit:position 'north' .
         r:role eudpp:inContextOfProduct p:rig ; eudpp:hasActor <did:web:mine.example> .",
        expect![[r#"
            partner/mine p:mine adit:position "north"
            partner/mine p:part adit:position "part"
            partner/mine p:rig adit:deliveredTo mine
            partner/mine p:rig adit:position "rig"
            partner/mine r:i1 adit:installedIn p:rig
            partner/mine r:i1 adit:installedItem p:module
            partner/mine r:i2 adit:installedIn p:module
            partner/mine r:i2 adit:installedItem p:part
            partner/mine r:pl adit:atPlace p:mine
            partner/mine r:pl adit:placedItem p:rig
            partner/mine r:role eudpp:hasActor mine
            partner/mine r:role eudpp:inContextOfProduct p:rig
            partner/oem p:part adit:deliveredTo oem
            partner/oem p:part adit:position "part"
        "#]],
    );
}

#[test]
fn sharing_opens_records_to_somebody_who_is_no_buyer() {
    check(
        "r:pl adit:placedItem p:rig ; adit:atPlace p:mine ; adit:sharedWith <did:web:oem.example> .
         p:rig adit:position 'x' .",
        expect![[r#"
            owner r:pl adit:sharedWith oem
            partner p:rig adit:position "x"
            partner/oem r:pl adit:atPlace p:mine
            partner/oem r:pl adit:placedItem p:rig
        "#]],
    );
}

#[test]
fn nothing_flows_through_organisations_closed_links_or_hidden_ones() {
    check(
        "p:1 adit:deliveredTo <did:web:oem.example> ; schema:manufacturer p:firm ; adit:unheardOf p:secret ; schema:model p:org .
         p:firm adit:position 'a' . p:secret adit:position 'b' . p:org a org:Organization ; adit:position 'c' .
         p:2 adit:deliveredTo <did:web:shop.example> .",
        expect![[r#"
            owner p:1 adit:unheardOf p:secret
            partner p:2 adit:deliveredTo shop
            partner p:firm adit:position "a"
            partner p:org adit:position "c"
            partner p:secret adit:position "b"
            partner/oem p:1 adit:deliveredTo oem
            public p:1 schema:manufacturer p:firm
            public p:1 schema:model p:org
            public p:org rdf:type org:Organization
        "#]],
    );
}

#[test]
fn value_nodes_take_the_strictest_tier_of_the_links_to_them() {
    check(
        "p:1 schema:weight [ a qudt:QuantityValue ; qudt:numericValue 1.5 ] .
         r:hours adit:operatingRecordOf p:1 ; adit:operatingHours [ a qudt:QuantityValue ; qudt:numericValue 7 ; schema:email 'x' ] ; a adit:OperatingRecord .
         p:1 adit:unheardOf [ a qudt:QuantityValue ; qudt:numericValue 8 ; adit:grade [ qudt:numericValue 9 ] ] .
         p:1 schema:name <https://shop.example/document/1> ; adit:operatingHours <https://shop.example/document/1> ; adit:position <https://shop.example/document/1> .
         <https://shop.example/document/1> schema:sha256 '1' .",
        expect![[r#"
            owner https://shop/document/1 schema:sha256 "1"
            owner p:1 adit:unheardOf r:node/bdabbd5820e72f07aa429fddfecf7121-1-c14n0
            owner r:node/324ec9ebe0a1826788ea31d5b6b25c6d-1-c14n0 schema:email "x"
            owner r:node/bdabbd5820e72f07aa429fddfecf7121-1-c14n0 adit:grade r:node/bdabbd5820e72f07aa429fddfecf7121-1-c14n1
            owner r:node/bdabbd5820e72f07aa429fddfecf7121-1-c14n0 qudt:numericValue "8"^^xsd:integer
            owner r:node/bdabbd5820e72f07aa429fddfecf7121-1-c14n0 rdf:type qudt:QuantityValue
            owner r:node/bdabbd5820e72f07aa429fddfecf7121-1-c14n1 qudt:numericValue "9"^^xsd:integer
            partner p:1 adit:position https://shop/document/1
            public p:1 schema:name https://shop/document/1
            public p:1 schema:weight r:node/e4d55c601ef4542dd67aa8be392d0da7-1-c14n0
            public r:node/e4d55c601ef4542dd67aa8be392d0da7-1-c14n0 qudt:numericValue "1.5"^^xsd:decimal
            public r:node/e4d55c601ef4542dd67aa8be392d0da7-1-c14n0 rdf:type qudt:QuantityValue
            research p:1 adit:operatingHours https://shop/document/1
            research r:hours adit:operatingHours r:node/324ec9ebe0a1826788ea31d5b6b25c6d-1-c14n0
            research r:hours adit:operatingRecordOf p:1
            research r:hours rdf:type adit:OperatingRecord
            research r:node/324ec9ebe0a1826788ea31d5b6b25c6d-1-c14n0 qudt:numericValue "7"^^xsd:integer
            research r:node/324ec9ebe0a1826788ea31d5b6b25c6d-1-c14n0 rdf:type qudt:QuantityValue
        "#]],
    );
}

#[test]
fn a_later_delivery_opens_earlier_facts() {
    let parts = read_turtle("parts.ttl", "p:1 schema:serialNumber '1' .");
    let before = route(&[parts], &shop());
    assert!(rooms(&before).starts_with("partner p:1"));
    let live = Statements::from_routed("parts.ttl", before[0].quads.clone());
    let shipped = read_turtle("shipped.ttl", "p:1 adit:deliveredTo <did:web:oem.example> .");
    let after = route(&[live, shipped], &shop());
    assert!(rooms(&after[..1]).starts_with("partner/oem p:1"), "{}", rooms(&after));
    let changed = crate::diff(&before[0].quads, &after[0].quads);
    assert_eq!((changed.added.len(), changed.removed.len()), (1, 1));
}

#[test]
fn equal_facts_of_two_files_meet_in_one_room() {
    let routed = route(
        &[
            read_turtle("a.ttl", "p:1 schema:name 'x' ."),
            read_turtle("b.ttl", "p:1 schema:name 'x' ."),
        ],
        &shop(),
    );
    assert_eq!(routed[0].quads, routed[1].quads);
}

#[test]
fn cycles_of_links_come_to_an_end() {
    let turtle = "p:1 adit:deliveredTo <did:web:oem.example> ; schema:model p:2 . p:2 schema:model p:3 ; adit:deliveredTo <did:web:rival.example> . p:3 schema:model p:1 ; adit:position 'x' .";
    let routed = rooms(&route(&[read_turtle("a.ttl", turtle)], &shop()));
    assert!(routed.contains("partner/oem p:3") && routed.contains("partner/rival p:3"));
}
