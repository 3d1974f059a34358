//! JSON-LD and RDF/XML files.

use super::*;
use expect_test::{Expect, expect};

fn check(name: &str, data: &str, expected: Expect) {
    let said = match read(&SourceFile { name, data: data.as_bytes(), mapping: None }, &shop()) {
        Ok(statements) => lines(&statements) + &shown(Ok(statements)),
        refused => shown(refused),
    };
    expected.assert_eq(&said);
}

#[test]
fn reads_json_ld_with_the_bundled_context() {
    check(
        "a.jsonld",
        r#"{
          "@context": ["https://w3id.org/adit/context.jsonld", {"serial": "schema:serialNumber"}],
          "@id": "https://id.shop.example/p/1/7", "@type": "schema:IndividualProduct",
          "serial": "7", "schema:name": {"@value": "erä", "@language": "fi"},
          "fromBatch": "https://id.mill.example/h/4711",
          "deliveredOn": "2026-11-24T08:00:00Z",
          "schema:weight": {"qudt:numericValue": {"@value": "1.5", "@type": "xsd:decimal"}, "qudt:unit": {"@id": "unit:KiloGM"}}
        }"#,
        expect![[r#"
            <https://id.mill.example/h/4711> <adit:factsHeldBy> <did:web:mill.example>
            <https://id.shop.example/p/1/7> <adit:deliveredOn> "2026-11-24T08:00:00Z"^^<xsd:dateTime>
            <https://id.shop.example/p/1/7> <adit:fromBatch> <https://id.mill.example/h/4711>
            <https://id.shop.example/p/1/7> <rdf:type> <schema:IndividualProduct>
            <https://id.shop.example/p/1/7> <schema:name> "erä"@fi
            <https://id.shop.example/p/1/7> <schema:serialNumber> "7"
            <https://id.shop.example/p/1/7> <schema:weight> <https://shop.example/record/node/c7f24060e81221157fc156858c96425e-1-c14n0>
            <https://shop.example/record/node/c7f24060e81221157fc156858c96425e-1-c14n0> <qudt:numericValue> "1.5"^^<xsd:decimal>
            <https://shop.example/record/node/c7f24060e81221157fc156858c96425e-1-c14n0> <qudt:unit> <unit:KiloGM>
        "#]],
    );
    check(
        "a.jsonld",
        r#"[{"@id": "https://id.shop.example/p/1/7", "https://schema.org/name": "x"}]"#,
        expect![[r#"
            <https://id.shop.example/p/1/7> <schema:name> "x"
        "#]],
    );
}

#[test]
fn nothing_is_fetched_and_nothing_left_out() {
    for (data, expected) in [
        (
            "{\n \"@context\": \"https://schema.org/\",\n \"name\": \"x\"}",
            expect![[r#"
            a.jsonld, row 2, value 'https://schema.org/': the context https://schema.org/ would have to be fetched, and nothing is fetched here [context.unknown]
              write https://w3id.org/adit/context.jsonld, or the terms themselves in place of it
        "#]],
        ),
        (
            "{\"@context\": {\"@import\": \"https://schema.org/\"}, \"@id\": \"https://a.example/1\"}",
            expect![[r#"
                a.jsonld, row 1, value 'https://schema.org/': the context https://schema.org/ would have to be fetched, and nothing is fetched here [context.unknown]
                  write https://w3id.org/adit/context.jsonld, or the terms themselves in place of it
            "#]],
        ),
        (
            "{\"@context\": [\"https://w3id.org/adit/context.jsonld\", null], \"@id\": \"https://a.example/1\"}",
            expect![[r#"
                a.jsonld, row 1: a context is taken back with null [context.unknown]
                  leave the null out; without a context nothing has a meaning
            "#]],
        ),
        (
            "{\"@context\": \"https://w3id.org/adit/context.jsonld\",\n \"@id\": \"https://a.example/1\",\n \"formBatch\": \"x\",\n \"schema:model\": {\"colour\": \"red\"}}",
            expect![[r#"
                a.jsonld, row 3, value 'formBatch': no context defines 'formBatch', so it would be left out [term.undefined]
                  write fromBatch, or define it in the context
                a.jsonld, row 4, value 'colour': no context defines 'colour', so it would be left out [term.undefined]
                  define it in the context, or write the IRI in full
            "#]],
        ),
        (
            "{\"@context\": \"https://w3id.org/adit/context.jsonld\",\n \"@id\": \"https://a.example/1\", \"@type\": \"IndividualProduct\"}",
            expect![[r#"
                a.jsonld, row 2, value 'IndividualProduct': no context defines 'IndividualProduct', so it would be left out [term.undefined]
                  write schema:IndividualProduct, or define it in the context
            "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\", \"@type\": \"Machine\"}",
            expect![[r#"
            a.jsonld, row 1, value 'Machine': no context defines 'Machine', so it would be left out [term.undefined]
              define it in the context, or write the IRI in full
        "#]],
        ),
        (
            "{\"@id\": \"p/1\", \"https://schema.org/name\": \"x\"}",
            expect![[r#"
            a.jsonld, row 1, value 'p/1': 'p/1' is a relative IRI, and the file has no base [value.iri]
              write it in full, with https://
        "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\", \"https://schema.org/model\": {\"@id\": \"m/1\"}}",
            expect![[r#"
                a.jsonld, row 1, value 'm/1': 'm/1' is a relative IRI, and the file has no base [value.iri]
                  write it in full, with https://
            "#]],
        ),
        (
            "{\"@id\": \"https://a.example/a b\", \"https://schema.org/name\": \"x\"}",
            expect![[r#"
                a.jsonld, row 1, value 'https://a.example/a b': it is not an IRI, so it would be left out [value.iri]
                  write blanks and other such characters with %, as in %20
            "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\", \"part number\": \"x\"}",
            expect![[r#"
                a.jsonld, row 1, value 'part number': no context defines 'part number', so it would be left out [term.undefined]
                  define it in the context, or write the IRI in full
            "#]],
        ),
        (
            "{\"@context\": \"https://w3id.org/adit/context.jsonld\", \"@id\": \"https://a.example/1\", \"fromBatch\": \"https://id.mill.example/h/47 11\"}",
            expect![[r#"
                a.jsonld, row 1, value 'https://id.mill.example/h/47 11': it is not an IRI, so it would be left out [value.iri]
                  write blanks and other such characters with %, as in %20
            "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\", \"@idd\": \"x\"}",
            expect![[r#"
            a.jsonld, row 1: '@idd' is no keyword of JSON-LD [term.undefined]
              correct it; names that begin with @ are reserved
        "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\", \"https://schema.org/name\": \"x\", \"https://schema.org/name\": \"y\"}",
            expect![[r#"
                a.jsonld, row 1: it is not JSON: the member 'https://schema.org/name' stands twice at line 1 column 94 [rdf.syntax]
                  put the place right; often a comma or a quote is missing just before it
            "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\", ",
            expect![[r#"
            a.jsonld, row 1: it is not JSON: EOF while parsing a value at line 1 column 31 [rdf.syntax]
              put the place right; often a comma or a quote is missing just before it
        "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\"}",
            expect![[r#"
            a.jsonld: the file states nothing [file.empty]
              export it again; an export that failed often leaves an empty file
        "#]],
        ),
        (
            "{\"@id\": \"https://a.example/1\", \"https://schema.org/name\": {\"@value\": \"x\", \"@language\": \"not a tag\"}}",
            expect![[r#"
                a.jsonld, row 1, value 'not a tag': it is no language tag, so the text would be left out [value.language]
                  write a language tag such as fi, sv or en-GB
            "#]],
        ),
        (
            "{\"@context\": {\"n\": {\"@id\": \"https://schema.org/name\", \"@type\": \"http://www.w3.org/2001/XMLSchema#decimal\"}}, \"@id\": \"https://a.example/1\", \"n\": 12.5}",
            expect![[r#"
                a.jsonld, value '1.25E1': it is no xsd:decimal [value.decimal]
                  write it without an exponent, in JSON-LD as text in quotes
            "#]],
        ),
    ] {
        check("a.jsonld", data, expected);
    }
}

#[test]
fn reads_rdf_xml() {
    let document = |inner: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:schema=\"https://schema.org/\">\n{inner}\n</rdf:RDF>"
        )
    };
    let sound = document(
        "<schema:IndividualProduct rdf:about=\"https://id.shop.example/p/1/7\"><schema:serialNumber>7</schema:serialNumber></schema:IndividualProduct>",
    );
    check(
        "a.rdf",
        &sound,
        expect![[r#"
        <https://id.shop.example/p/1/7> <rdf:type> <schema:IndividualProduct>
        <https://id.shop.example/p/1/7> <schema:serialNumber> "7"
    "#]],
    );
    let relative = document("<schema:IndividualProduct rdf:about=\"p/1\"/>");
    check(
        "a.rdf",
        &relative,
        expect![[r#"
        a.rdf, row 3: error while parsing IRI 'p/1': No scheme found in an absolute IRI [rdf.syntax]
          correct the place, or export the file again
    "#]],
    );
    check(
        "a.rdf",
        &sound[..sound.len() - 40],
        expect![[r#"
            a.rdf: the outermost element is not closed [rdf.syntax]
              the file may be cut off: export it again
        "#]],
    );
    let laughs = "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><a>&b;</a>";
    check(
        "a.rdf",
        laughs,
        expect![[r#"
        a.rdf: entities of XML are not read here [rdf.syntax]
          write the namespaces in full, or save the file as Turtle
    "#]],
    );
}
