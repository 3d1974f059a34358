//! RDF files.

use super::*;
use crate::canonical_text;
use expect_test::expect;

fn refused(name: &str, data: &str) -> String {
    shown(read(&SourceFile { name, data: data.as_bytes(), mapping: None }, &shop()))
}

#[test]
fn another_companys_thing_names_its_holder() {
    let statements = read_turtle(
        "a.ttl",
        "p:1 adit:fromBatch <https://id.mill.example/h/1> . <https://id.oem.example/s/9> schema:name 'rig' . p:2 schema:name 'own' .",
    );
    expect![[r#"
        <https://id.mill.example/h/1> <adit:factsHeldBy> <did:web:mill.example>
        <https://id.oem.example/s/9> <adit:factsHeldBy> <did:web:oem.example>
        <https://id.oem.example/s/9> <schema:name> "rig"
        <https://id.shop.example/p/1> <adit:fromBatch> <https://id.mill.example/h/1>
        <https://id.shop.example/p/2> <schema:name> "own"
    "#]]
    .assert_eq(&lines(&statements));
}

#[test]
fn two_makers_under_one_prefix_are_told_apart_by_nobody() {
    let mut context = shop();
    let shared = Templates {
        item: Some("https://id.gs1.example/01/{gtin}/21/{serial}".into()),
        ..Templates::default()
    };
    context.makers.insert("did:web:a.example".parse().unwrap(), shared.clone());
    context.makers.insert("did:web:b.example".parse().unwrap(), shared);
    let data = b"<https://id.shop.example/p/1> <https://schema.org/model> <https://id.gs1.example/01/1/21/2> .";
    let read = read(&SourceFile { name: "a.nt", data, mapping: None }, &context);
    expect![[r#"
        warning: a.nt: things under https://id.gs1.example/01/ may be of several companies [reference.ambiguous]
          state adit:factsHeldBy of each of them in the file
    "#]].assert_eq(&shown(read));
}

#[test]
fn blank_nodes_get_names_that_stay_when_other_lines_come() {
    let one = "p:1 schema:weight [ a qudt:QuantityValue ; qudt:numericValue 12.5 ] .";
    let other = "p:2 schema:weight [ a qudt:QuantityValue ; qudt:numericValue 7.5 ; adit:x [ adit:y _:b ] ] . _:b adit:z 1 .";
    let alone = lines(&read_turtle("a.ttl", one));
    let together = lines(&read_turtle("a.ttl", &format!("{other}{one}")));
    expect![[r#"
        <https://id.shop.example/p/1> <schema:weight> <https://shop.example/record/node/c04eebb400ac53f1f6e3a3d7673b262d-1-c14n0>
        <https://shop.example/record/node/c04eebb400ac53f1f6e3a3d7673b262d-1-c14n0> <qudt:numericValue> "12.5"^^<xsd:decimal>
        <https://shop.example/record/node/c04eebb400ac53f1f6e3a3d7673b262d-1-c14n0> <rdf:type> <qudt:QuantityValue>
    "#]].assert_eq(&alone);
    assert!(alone.lines().all(|line| together.contains(line)));
    assert!(!together.contains("_:"));
    assert_eq!(
        together,
        lines(&read_turtle("b.ttl", &format!("{one}{}", other.replace("_:b", "_:other"))))
    );
    let twins = "p:1 adit:x [ a adit:Bolt ], [ a adit:Bolt ] .";
    assert_eq!(lines(&read_turtle("a.ttl", twins)).lines().count(), 4, "two bolts stay two");
}

#[test]
fn poison_graphs_are_refused_in_bounded_work() {
    let clique = |size: usize| -> String {
        (0..size)
            .flat_map(|a| {
                (0..size).filter(move |b| *b != a).map(move |b| format!("_:n{a} <x:p> _:n{b} .\n"))
            })
            .collect()
    };
    let tree: String =
        (1..400).map(|node| format!("_:n{} <x:p> _:n{node} .\n", (node - 1) / 5)).collect();
    let grid: String = (0..30)
        .flat_map(|x| (0..30).map(move |y| (x, y)))
        .map(|(x, y)| {
            format!(
                "_:n{x}x{y} <x:p> _:n{}x{y} .\n_:n{x}x{y} <x:p> _:n{x}x{} .\n",
                (x + 1) % 30,
                (y + 1) % 30
            )
        })
        .collect();
    let ring: String =
        (0..900).map(|node| format!("_:n{node} <x:p> _:n{} .\n", (node + 1) % 900)).collect();
    let long: String =
        (0..1_200).map(|node| format!("_:n{node} <x:p> _:n{} .\n", node + 1)).collect();
    let mut refusals = String::new();
    for graph in [clique(7), clique(12), tree, grid, ring, long] {
        refusals += &refused("poison.nt", &graph);
    }
    expect![[r#"
        poison.nt: blank nodes are too entangled to be told apart [rdf.blank]
          give them IRIs in the file
        poison.nt: blank nodes are too much alike to be told apart [rdf.blank]
          give them IRIs in the file
        poison.nt: blank nodes are too entangled to be told apart [rdf.blank]
          give them IRIs in the file
        poison.nt: blank nodes are too much alike to be told apart [rdf.blank]
          give them IRIs in the file
        poison.nt: blank nodes are too much alike to be told apart [rdf.blank]
          give them IRIs in the file
        poison.nt: 1201 blank nodes hang together; the most is 1000 [rdf.blank]
          give them IRIs in the file
    "#]]
    .assert_eq(&refusals);
}

#[test]
fn literals_are_what_their_datatypes_say() {
    let typed = |text: &str, datatype: &str| {
        format!("<a:s> <a:p> \"{text}\"^^<http://www.w3.org/2001/XMLSchema#{datatype}> .\n")
    };
    let data = [
        typed("2026-11-24T07:30:00", "dateTime"),
        typed("24.11.2026", "dateTime"),
        typed("12,5", "decimal"),
        typed("1.5", "integer"),
        typed("yes", "boolean"),
        typed("x", "double"),
        typed("2026-13-01", "date"),
        typed("2026-11-24T07:30:00+02:00", "dateTime"),
        typed("2026-11", "gYearMonth"),
    ];
    expect![[r#"
        a.nt, row 1, value '2026-11-24T07:30:00': the time has no zone, so it cannot be compared with others [zone.missing]
          write 2026-11-24T07:30:00Z if it is UTC, or add an offset such as +02:00
        a.nt, row 2, value '24.11.2026': it is no xsd:dateTime [value.date]
          correct the value or its datatype
        a.nt, row 3, value '12,5': it is no xsd:decimal [value.decimal]
          correct the value or its datatype
        a.nt, row 4, value '1.5': it is no xsd:integer [value.integer]
          correct the value or its datatype
        a.nt, row 5, value 'yes': it is no xsd:boolean [value.boolean]
          correct the value or its datatype
        a.nt, row 6, value 'x': it is no xsd:double [value.number]
          correct the value or its datatype
        a.nt, row 7, value '2026-13-01': it is no xsd:date [value.date]
          correct the value or its datatype
    "#]].assert_eq(&refused("a.nt", &data.concat()));
}

#[test]
fn slips_are_named_by_line() {
    let mut refusals = refused(
        "a.nt",
        "<https://a.example/s> <a:p> \"x\" .\n<https://a.example/a b> <a:p> \"y\" .\n<c:d> \"z\" .\n",
    );
    refusals += &refused("a.ttl", "p:1 schema:name 'x' .");
    refusals += &refused("a.nq", "<a:s> <a:p> \"x\"@no_language .");
    refusals += &refused("a.ttl", "# nothing\n");
    refusals += &refused(
        "a.nq",
        "<a:s> <a:p> <a:o> <https://a.example/g> .\n<a:s> <a:p> <a:o> <https://shop.example/room/product/as-built/public> .\n",
    );
    expect![[r#"
        a.nt, row 2: Invalid IRI code point ' ' (character 1) [rdf.syntax]
          correct the line, or export the file again
        a.nt, row 3: The predicate of a triple must be an IRI (character 7) [rdf.syntax]
          correct the line, or export the file again
        a.ttl, row 1: The prefix p: has not been declared (character 1) [rdf.syntax]
          correct the line, or export the file again
        a.nq, row 1: Unexpected character 'l' (character 19) [rdf.syntax]
          correct the line, or export the file again
        a.nq, row 1: Unexpected end (character 30) [rdf.syntax]
          correct the line, or export the file again
        a.ttl: the file states nothing [file.empty]
          export it again; an export that failed often leaves an empty file
        warning: a.nq: the graph name <https://a.example/g> is not kept [rdf.graph]
          nothing, unless the name matters: facts stand in rooms by their predicate
    "#]]
    .assert_eq(&refusals);
}

#[test]
fn metadata_of_an_rdf_file_says_group_and_phase_alone() {
    let data = b"<https://id.shop.example/p/1> <https://schema.org/name> \"bolt\" .";
    let mapping = r#"{"@context": "http://www.w3.org/ns/csvw", "url": "a.nt", "adit:productGroup": "bolt", "adit:phase": "as-used"}"#;
    let statements = read_mapped("a.nt", data, mapping).unwrap();
    let routed = route(&[statements], &shop());
    expect![[r#"
        <https://id.shop.example/p/1> <https://schema.org/name> "bolt" <https://shop.example/room/bolt/as-used/public> .
    "#]].assert_eq(&canonical_text(&routed[0].quads));
    expect![[r#"
        a.nt-metadata.json: at /tableSchema: 'tableSchema' is not known here [mapping.unknown]
          take it out, or write one of: @context, url, adit:productGroup, adit:phase, adit:note
    "#]]
    .assert_eq(&shown(read_mapped(
        "a.nt",
        data,
        &mapping.replace("\"adit:phase\"", "\"tableSchema\""),
    )));
}
