//! First mappings.

use super::*;
use crate::suggest_mapping;
use expect_test::expect;

fn suggested(name: &str, data: &[u8], zone: Option<&str>) -> String {
    let source = SourceFile { name, data, mapping: None };
    let mapping = suggest_mapping(&source, &shop(), zone).unwrap();
    serde_json::to_string_pretty(&mapping).unwrap()
}

#[test]
fn a_finnish_export_gets_a_mapping_that_reads_it() {
    let text = "Tilausnro;Osanumero;Sarjanumero;Sulatusnro;Toimittaja;Paino_kg;Asiakas;Pvm;Huomautus\r\n\
        T-1;0042-7;00417;4711;0310;1 212,50;1001;24.11.2026;m\u{E4}rk\u{E4}\r\n\
        T-1;0042-7;00418;4711;0310;9,00;1001;24.11.2026;\r\n";
    let (data, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let mapping = suggested("lahetys.csv", &data, Some("Europe/Helsinki"));
    expect![[r#"
        {
          "@context": [
            "http://www.w3.org/ns/csvw",
            {
              "@language": "en"
            }
          ],
          "url": "lahetys.csv",
          "dialect": {
            "encoding": "windows-1252",
            "delimiter": ";",
            "header": true
          },
          "adit:timeZone": "Europe/Helsinki",
          "tableSchema": {
            "aboutUrl": "adit:item?part={part_no}&serial={serial}",
            "primaryKey": [
              "part_no",
              "serial"
            ],
            "columns": [
              {
                "name": "order_no",
                "titles": "Tilausnro",
                "datatype": "string",
                "propertyUrl": "adit:orderNumber",
                "adit:confidence": 0.9
              },
              {
                "name": "part_no",
                "titles": "Osanumero",
                "datatype": "string",
                "required": true,
                "propertyUrl": "schema:mpn",
                "adit:confidence": 0.9
              },
              {
                "name": "serial",
                "titles": "Sarjanumero",
                "datatype": "string",
                "required": true,
                "propertyUrl": "schema:serialNumber",
                "adit:confidence": 0.9
              },
              {
                "name": "heat",
                "titles": "Sulatusnro",
                "datatype": "string",
                "propertyUrl": "adit:fromBatch",
                "valueUrl": "adit:batch?maker={supplier_no}&batch={heat}",
                "adit:confidence": 0.9
              },
              {
                "name": "supplier_no",
                "titles": "Toimittaja",
                "datatype": "string",
                "suppressOutput": true,
                "adit:confidence": 0.9,
                "adit:note": "used in references to the supplier's things"
              },
              {
                "name": "weight",
                "titles": "Paino_kg",
                "datatype": {
                  "base": "decimal",
                  "format": {
                    "decimalChar": ",",
                    "groupChar": " "
                  }
                },
                "propertyUrl": "schema:weight",
                "adit:unit": "unit:KiloGM",
                "adit:confidence": 0.7
              },
              {
                "name": "customer_no",
                "titles": "Asiakas",
                "datatype": "string",
                "propertyUrl": "adit:deliveredTo",
                "valueUrl": "adit:partner?number={customer_no}",
                "adit:confidence": 0.9
              },
              {
                "name": "delivered",
                "titles": "Pvm",
                "datatype": {
                  "base": "date",
                  "format": "dd.MM.yyyy"
                },
                "propertyUrl": "adit:deliveredOn",
                "adit:confidence": 0.6
              },
              {
                "name": "huomautus",
                "titles": "Huomautus",
                "datatype": "string",
                "suppressOutput": true,
                "adit:confidence": 0.0,
                "adit:note": "stays home until propertyUrl says what it means"
              },
              {
                "name": "type",
                "virtual": true,
                "propertyUrl": "rdf:type",
                "valueUrl": "schema:IndividualProduct"
              }
            ]
          }
        }"#]]
    .assert_eq(&mapping);
    let statements = read_mapped("lahetys.csv", &data, &mapping).unwrap();
    expect![[r#"
        <https://id.mill.example/h/4711> <adit:factsHeldBy> <did:web:mill.example>
        <https://id.shop.example/p/0042-7/00417> <adit:deliveredOn> "2026-11-23T22:00:00Z"^^<xsd:dateTime>
        <https://id.shop.example/p/0042-7/00417> <adit:deliveredTo> <did:web:oem.example>
        <https://id.shop.example/p/0042-7/00417> <adit:fromBatch> <https://id.mill.example/h/4711>
        <https://id.shop.example/p/0042-7/00417> <adit:orderNumber> "T-1"
        <https://id.shop.example/p/0042-7/00417> <rdf:type> <schema:IndividualProduct>
        <https://id.shop.example/p/0042-7/00417> <schema:mpn> "0042-7"
        <https://id.shop.example/p/0042-7/00417> <schema:serialNumber> "00417"
        <https://id.shop.example/p/0042-7/00417> <schema:weight> <https://shop.example/record/quantity/ea064d82991ee2d6b7d9528442837faf>
        <https://id.shop.example/p/0042-7/00418> <adit:deliveredOn> "2026-11-23T22:00:00Z"^^<xsd:dateTime>
        <https://id.shop.example/p/0042-7/00418> <adit:deliveredTo> <did:web:oem.example>
        <https://id.shop.example/p/0042-7/00418> <adit:fromBatch> <https://id.mill.example/h/4711>
        <https://id.shop.example/p/0042-7/00418> <adit:orderNumber> "T-1"
        <https://id.shop.example/p/0042-7/00418> <rdf:type> <schema:IndividualProduct>
        <https://id.shop.example/p/0042-7/00418> <schema:mpn> "0042-7"
        <https://id.shop.example/p/0042-7/00418> <schema:serialNumber> "00418"
        <https://id.shop.example/p/0042-7/00418> <schema:weight> <https://shop.example/record/quantity/4d63b483ae34c0aeb8f82f1ea4009b09>
        <https://shop.example/record/quantity/4d63b483ae34c0aeb8f82f1ea4009b09> <qudt:numericValue> "9"^^<xsd:decimal>
        <https://shop.example/record/quantity/4d63b483ae34c0aeb8f82f1ea4009b09> <qudt:unit> <unit:KiloGM>
        <https://shop.example/record/quantity/4d63b483ae34c0aeb8f82f1ea4009b09> <rdf:type> <qudt:QuantityValue>
        <https://shop.example/record/quantity/ea064d82991ee2d6b7d9528442837faf> <qudt:numericValue> "1212.5"^^<xsd:decimal>
        <https://shop.example/record/quantity/ea064d82991ee2d6b7d9528442837faf> <qudt:unit> <unit:KiloGM>
        <https://shop.example/record/quantity/ea064d82991ee2d6b7d9528442837faf> <rdf:type> <qudt:QuantityValue>
    "#]].assert_eq(&lines(&statements));
}

#[test]
fn a_swedish_shipment_of_heats_is_about_heats() {
    let data =
        "Charge,Stålsort,Vikt (t),Kundnummer,Leveransdatum\n4711,S355J2,12.5,1001,2026-11-24\n"
            .as_bytes();
    let mapping = suggested("leverans.csv", data, None);
    let problems = shown(read_mapped("leverans.csv", data, &mapping));
    expect![[r#"
        leverans.csv, row 2, column 'Leveransdatum', value '2026-11-24': neither the value nor the mapping says in which time zone [zone.missing]
          add this line to leverans.csv-metadata.json, with your own zone: "adit:timeZone": "Europe/Helsinki",
    "#]].assert_eq(&problems);
    let zoned = suggested("leverans.csv", data, Some("Europe/Stockholm"));
    expect![[r#"
        <https://id.shop.example/b/4711> <adit:deliveredOn> "2026-11-23T23:00:00Z"^^<xsd:dateTime>
        <https://id.shop.example/b/4711> <adit:deliveredTo> <did:web:oem.example>
        <https://id.shop.example/b/4711> <adit:grade> "S355J2"
        <https://id.shop.example/b/4711> <rdf:type> <adit:Heat>
        <https://id.shop.example/b/4711> <schema:weight> <https://shop.example/record/quantity/d1b21d8613671344387ac45b25116f23>
        <https://id.shop.example/b/4711> <skos:notation> "4711"
        <https://shop.example/record/quantity/d1b21d8613671344387ac45b25116f23> <qudt:numericValue> "12.5"^^<xsd:decimal>
        <https://shop.example/record/quantity/d1b21d8613671344387ac45b25116f23> <qudt:unit> <unit:TONNE>
        <https://shop.example/record/quantity/d1b21d8613671344387ac45b25116f23> <rdf:type> <qudt:QuantityValue>
    "#]].assert_eq(&lines(&read_mapped("leverans.csv", data, &zoned).unwrap()));
}

#[test]
fn a_table_without_a_guess_keeps_everything_home() {
    let mapping = suggested("misc.csv", b"1;2;3\n4;5;6\n", None);
    assert!(mapping.contains("\"header\": false"), "{mapping}");
    assert_eq!(mapping.matches("\"suppressOutput\": true").count(), 3);
    let statements = read_mapped("misc.csv", b"1;2;3\n4;5;6\n", &mapping).unwrap();
    assert_eq!(statements.triples().len(), 0);
}

#[test]
fn files_that_need_no_mapping_are_refused() {
    let source = SourceFile { name: "a.ttl", data: b"x", mapping: None };
    let problems = suggest_mapping(&source, &shop(), None).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "a.ttl: an RDF file needs no mapping of columns [file.kind]\n  check it as it is"
    );
}
