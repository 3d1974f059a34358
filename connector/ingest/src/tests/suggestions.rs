//! First mappings.

use super::*;
use crate::suggest_mapping;
use expect_test::expect;

fn suggested(name: &str, data: &[u8], zone: Option<&str>) -> String {
    let source = SourceFile { name, data, mapping: None };
    let mapping = suggest_mapping(&source, &shop(), zone, None).unwrap();
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
          "@context": "http://www.w3.org/ns/csvw",
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
              },
              {
                "name": "manufacturer",
                "virtual": true,
                "propertyUrl": "schema:manufacturer",
                "valueUrl": "adit:self"
              },
              {
                "name": "model",
                "virtual": true,
                "propertyUrl": "schema:model",
                "valueUrl": "adit:model?part={part_no}"
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
        <https://id.shop.example/p/0042-7/00417> <schema:manufacturer> <did:web:shop.example>
        <https://id.shop.example/p/0042-7/00417> <schema:model> <https://id.shop.example/m/0042-7>
        <https://id.shop.example/p/0042-7/00417> <schema:mpn> "0042-7"
        <https://id.shop.example/p/0042-7/00417> <schema:serialNumber> "00417"
        <https://id.shop.example/p/0042-7/00417> <schema:weight> <https://shop.example/record/quantity/ea064d82991ee2d6b7d9528442837faf>
        <https://id.shop.example/p/0042-7/00418> <adit:deliveredOn> "2026-11-23T22:00:00Z"^^<xsd:dateTime>
        <https://id.shop.example/p/0042-7/00418> <adit:deliveredTo> <did:web:oem.example>
        <https://id.shop.example/p/0042-7/00418> <adit:fromBatch> <https://id.mill.example/h/4711>
        <https://id.shop.example/p/0042-7/00418> <adit:orderNumber> "T-1"
        <https://id.shop.example/p/0042-7/00418> <rdf:type> <schema:IndividualProduct>
        <https://id.shop.example/p/0042-7/00418> <schema:manufacturer> <did:web:shop.example>
        <https://id.shop.example/p/0042-7/00418> <schema:model> <https://id.shop.example/m/0042-7>
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
    let problems = suggest_mapping(&source, &shop(), None, None).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "a.ttl: an RDF file needs no mapping of columns [file.kind]\n  check it as it is"
    );
}

const TABLE: &str = "Osanumero;Sarjanumero;Nimitys;Paino kg;Sulatus;Asiakas;Toimitettu\r\n";

fn table(weights: &[&str]) -> Vec<u8> {
    let row = |(at, weight): (usize, &&str)| {
        format!("0042-7;{:05};Er\u{E4};{weight};4711;1001;17.03.2026\r\n", at + 1)
    };
    let rows: String = weights.iter().enumerate().map(row).collect();
    encoding_rs::WINDOWS_1252.encode(&format!("{TABLE}{rows}")).0.into_owned()
}

#[test]
fn a_plain_table_states_what_an_item_needs() {
    let data = table(&["0,85"]);
    let mapping = suggested("osat.csv", &data, Some("Europe/Helsinki"));
    assert!(!mapping.contains("@language"), "{mapping}");
    let mapped: serde_json::Value = serde_json::from_str(&mapping).unwrap();
    let heat = &mapped["tableSchema"]["columns"][4]["adit:note"];
    assert!(heat.as_str().unwrap().contains("maker=NUMBER"), "{heat}");
    expect![[r#"
        <https://id.shop.example/p/0042-7/00001> <adit:deliveredOn> "2026-03-16T22:00:00Z"^^<xsd:dateTime>
        <https://id.shop.example/p/0042-7/00001> <adit:deliveredTo> <did:web:oem.example>
        <https://id.shop.example/p/0042-7/00001> <adit:fromBatch> <https://id.shop.example/b/4711>
        <https://id.shop.example/p/0042-7/00001> <rdf:type> <schema:IndividualProduct>
        <https://id.shop.example/p/0042-7/00001> <schema:manufacturer> <did:web:shop.example>
        <https://id.shop.example/p/0042-7/00001> <schema:model> <https://id.shop.example/m/0042-7>
        <https://id.shop.example/p/0042-7/00001> <schema:mpn> "0042-7"
        <https://id.shop.example/p/0042-7/00001> <schema:name> "Erä"
        <https://id.shop.example/p/0042-7/00001> <schema:serialNumber> "00001"
        <https://id.shop.example/p/0042-7/00001> <schema:weight> <https://shop.example/record/quantity/10ff08ec1bcd67940554a4604361b110>
        <https://shop.example/record/quantity/10ff08ec1bcd67940554a4604361b110> <qudt:numericValue> "0.85"^^<xsd:decimal>
        <https://shop.example/record/quantity/10ff08ec1bcd67940554a4604361b110> <qudt:unit> <unit:KiloGM>
        <https://shop.example/record/quantity/10ff08ec1bcd67940554a4604361b110> <rdf:type> <qudt:QuantityValue>
    "#]]
    .assert_eq(&lines(&read_mapped("osat.csv", &data, &mapping).unwrap()));
    let source = SourceFile { name: "osat.csv", data: &data, mapping: None };
    let finnish = suggest_mapping(&source, &shop(), None, Some("fi")).unwrap();
    assert_eq!(finnish["@context"][1]["@language"], "fi");
}

#[test]
fn one_slip_among_many_numbers_stays_a_slip() {
    let mut weights = vec!["0,85"; 28];
    weights.push("0.8S");
    let data = table(&weights);
    let mapping = suggested("osat.csv", &data, Some("Europe/Helsinki"));
    expect![[r#"
        osat.csv, row 30, column 'Paino kg', value '0.8S': it is not a decimal number with decimal character ',' [value.decimal]
          correct the value in the file it comes from
    "#]]
    .assert_eq(&shown(read_mapped("osat.csv", &data, &mapping)));
    let half = suggested("osat.csv", &table(&["0,85", "light"]), None);
    assert!(half.contains("stays home: most of its values"), "{half}");
}

#[test]
fn a_weight_without_a_unit_in_its_title_asks_for_it() {
    let data = b"Osanumero;Paino\n0042-7;1,5\n";
    let mapping = suggested("osat.csv", data, None);
    assert!(mapping.contains("add its unit"), "{mapping}");
    let text = mapping.replace(r#""base": "decimal","#, r#""base": "string","#);
    let text = text.replace(
        r#""format": {
            "decimalChar": ","
          }"#,
        r#""minLength": 1"#,
    );
    let shown = [mapping.as_str(), &text].map(|it| shown(read_mapped("osat.csv", data, it)));
    expect![[r#"
        osat.csv-metadata.json: at /tableSchema/columns/1: schema:weight is a quantity, and the mapping names no unit [unit.missing]
          add "adit:unit": "UNIT", such as kg or kWh, or "{COLUMN}" where a column holds it
        osat.csv-metadata.json: at /tableSchema/columns/1: schema:weight is a quantity, and the column is neither a number nor has a unit [unit.missing]
          write "datatype": "decimal", or {"base": "decimal", "format": {"decimalChar": ","}} for decimal commas, and "adit:unit": "UNIT", such as kg or kWh, or "{COLUMN}" where a column holds it
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn a_group_that_is_nearly_one_with_a_profile_is_refused() {
    let read = |group: &str| {
        let mapping = DELIVERIES.replace("machined-part", group);
        let data = format!("{HEADER}0042-7;00417;1,5;4711;0310;1001;24.11.2026\r\n");
        shown(read_mapped("deliveries.csv", data.as_bytes(), &mapping))
    };
    for group in
        ["copper-wire", "organisation", "site", "product", "seal", "spring", "machined-part"]
    {
        assert_eq!(read(group), "", "{group}");
    }
    expect![[r#"
        deliveries.csv-metadata.json: at /adit:productGroup: no profile is for the group 'batery' [mapping.value]
          write battery if that is meant; a group of your own has another name, or its profile in the folder profiles
        warning: deliveries.csv-metadata.json: at /adit:productGroup: no profile is for the group 'machned-prats' [mapping.value]
          write machined-part if that is meant; a group of your own has another name, or its profile in the folder profiles
    "#]]
    .assert_eq(&[read("batery"), read("machned-prats")].concat());
}
