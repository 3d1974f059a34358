//! Labels, lists of references, codes, units by row, and nodes of several columns.

use super::*;
use expect_test::{Expect, expect};

/// What a table with these columns beside a serial number says or where it is wrong.
fn table(columns: &str, rows: &str) -> Result<Statements, Vec<Problem>> {
    let mapping = format!(
        r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", "dialect": {{"delimiter": ";"}}, "adit:timeZone": "Europe/Stockholm",
          "tableSchema": {{"aboutUrl": "adit:item?part=P&serial={{no}}", "columns": [
            {{"name": "no", "titles": "Nr", "suppressOutput": true}}, {columns}]}}}}"#
    );
    read_mapped("a.csv", rows.as_bytes(), &mapping)
}

fn check(columns: &str, rows: &str, expected: Expect) {
    let said = match table(columns, rows) {
        Ok(statements) => lines(&statements) + &shown(Ok(statements)),
        refused => shown(refused),
    };
    expected.assert_eq(&said);
}

const CARRIER: &str = r#"{"name": "label", "titles": "Etikett", "propertyUrl": "adit:fromBatch", "valueUrl": "adit:carrier?iri={label}&maker={maker}"},
    {"name": "maker", "titles": "Leverantör", "suppressOutput": true}"#;

#[test]
fn a_label_of_another_company_says_who_holds_its_facts_without_its_template() {
    check(
        CARRIER,
        "Nr;Etikett;Leverantör\n\
         1;https://id.gs1.org/01/07350053850019/10/H4711;1002\n\
         2;https://id.mill.example/h/4711;0310\n",
        expect![[r#"
            <https://id.gs1.org/01/07350053850019/10/H4711> <adit:factsHeldBy> <did:web:rival.example>
            <https://id.mill.example/h/4711> <adit:factsHeldBy> <did:web:mill.example>
            <https://id.shop.example/p/P/1> <adit:fromBatch> <https://id.gs1.org/01/07350053850019/10/H4711>
            <https://id.shop.example/p/P/2> <adit:fromBatch> <https://id.mill.example/h/4711>
        "#]],
    );
}

#[test]
fn a_label_in_another_spelling_is_refused_with_the_one_that_counts() {
    check(
        CARRIER,
        "Nr;Etikett;Leverantör\n\
         1;HTTPS://ID.GS1.ORG/01/7350053850019/10/H4711;1002\n\
         2;https://id.gs1.org/01/07350053850018/10/H4711;1002\n\
         3;https://id.rival.example/p?serial=7;1002\n\
         4;https://id.oem.example/s/7;0310\n\
         5;https://id.rival.example/p/7;0999\n\
         6;https://id.rival.example/p/7;77\n\
         7;4711;1002\n",
        expect![[r#"
            a.csv, row 2, column 'Etikett', value 'HTTPS://ID.GS1.ORG/01/7350053850019/10/H4711': the identifier has another spelling, and identifiers are compared as text [carrier.form]
              write https://id.gs1.org/01/07350053850019/10/H4711, or say &repair=yes in the reference of the mapping
            a.csv, row 3, column 'Etikett', value 'https://id.gs1.org/01/07350053850018/10/H4711': the label holds no identifier: the check digit of the GTIN 07350053850018 is wrong: it would be 9 [carrier.digit]
              a digit was misread or two were swapped: compare it with the label
            a.csv, row 4, column 'Etikett', value 'https://id.rival.example/p?serial=7': the label holds no identifier: what follows '?' may tell one thing from another or not [carrier.form]
              ask the maker for the identifier without it, and write that
            a.csv, row 5, column 'Etikett', value 'https://id.oem.example/s/7': the identifier begins as those of did:web:oem.example do, and the row says it is of Mill [carrier.maker]
              correct the maker's number, or scan the label again
            a.csv, row 6, column 'Etikett', value 'https://id.rival.example/p/7': the identifier does not begin as ours do (https://id.shop.example/b/, https://id.shop.example/m/, https://id.shop.example/p/) [carrier.maker]
              say who made it with &maker={COLUMN} in the reference of the mapping, or scan the label again
            a.csv, row 7, column 'Leverantör', value '77': our number '77' stands for no partner [reference.partner]
              add the line 77;DID;NAME to partners.csv, or correct the number
            a.csv, row 7, column 'Leverantör', value '77': a spreadsheet took leading zeros away: the other values have 4 characters [value.zeros]
              export the file again without opening it in a spreadsheet, or write 0077; if 77 is right, say "datatype": {"base": "string", "minLength": 1} in the mapping
            a.csv, row 8, column 'Etikett', value '4711': the label holds no identifier: it does not begin with https:// [carrier.form]
              scan the label again; it may hold something else than an identifier
        "#]],
    );
}

#[test]
fn a_mapping_may_ask_for_the_spelling_to_be_put_right() {
    check(
        r#"{"name": "label", "titles": "Etikett", "propertyUrl": "schema:serialNumber", "aboutUrl": "adit:carrier?iri={label}&repair=yes"}"#,
        "Nr;Etikett\n1;https://ID.shop.example/p/P/1/\n2;https://id.shop.example/p/P/2\n",
        expect![[r#"
            <https://id.shop.example/p/P/1> <schema:serialNumber> "https://ID.shop.example/p/P/1/"
            <https://id.shop.example/p/P/2> <schema:serialNumber> "https://id.shop.example/p/P/2"
            warning: a.csv, row 2, column 'Etikett', value 'https://ID.shop.example/p/P/1/': the label is read as https://id.shop.example/p/P/1 [carrier.form]
              have labels printed so; identifiers are compared as text
        "#]],
    );
}

#[test]
fn two_heats_in_one_cell_are_two_references() {
    check(
        r#"{"name": "heat", "titles": "Charge", "separator": "+", "null": ["", "-"], "propertyUrl": "adit:fromBatch", "valueUrl": "adit:batch?maker={mill}&batch={heat}"},
           {"name": "mill", "titles": "Verk", "suppressOutput": true}"#,
        "Nr;Charge;Verk\n1;4711 + 4712;0310\n2;-;0310\n3;4713;0310\n",
        expect![[r#"
            <https://id.mill.example/h/4711> <adit:factsHeldBy> <did:web:mill.example>
            <https://id.mill.example/h/4712> <adit:factsHeldBy> <did:web:mill.example>
            <https://id.mill.example/h/4713> <adit:factsHeldBy> <did:web:mill.example>
            <https://id.shop.example/p/P/1> <adit:fromBatch> <https://id.mill.example/h/4711>
            <https://id.shop.example/p/P/1> <adit:fromBatch> <https://id.mill.example/h/4712>
            <https://id.shop.example/p/P/3> <adit:fromBatch> <https://id.mill.example/h/4713>
        "#]],
    );
}

#[test]
fn a_list_stands_alone_and_never_for_the_subject() {
    let two = r#"{"name": "heat", "separator": "+", "propertyUrl": "adit:fromBatch", "valueUrl": "adit:batch?maker={mill}&batch={heat}"},
           {"name": "mill", "separator": "+", "suppressOutput": true}"#;
    check(
        two,
        "Nr;heat;mill\n1;a;b\n",
        expect![[r#"
        a.csv-metadata.json: at /tableSchema: a template names the column 'mill', which holds a list, as another of its columns does [mapping.value]
          write one row for each value
    "#]],
    );
    let subject = r#"{"name": "heat", "separator": "+", "propertyUrl": "schema:name", "aboutUrl": "adit:batch?batch={heat}"}"#;
    check(
        subject,
        "Nr;heat\n1;a\n",
        expect![[r#"
        a.csv-metadata.json: at /tableSchema: a template names the column 'heat', which holds a list, and a row is about one thing [mapping.value]
          write one row for each value
    "#]],
    );
}

#[test]
fn codes_stand_for_what_the_mapping_says() {
    let columns = r#"{"name": "state", "titles": "Skick", "adit:values": {"N": "original", "R": "remanufactured"}, "propertyUrl": "adit:productStatus", "valueUrl": "adit:status-{state}"},
        {"name": "asBuilt", "titles": "Original", "datatype": {"base": "boolean", "format": "J|N"}, "propertyUrl": "adit:asBuilt"}"#;
    check(
        columns,
        "Nr;Skick;Original\n1;N;J\n2;R;N\n",
        expect![[r#"
        <https://id.shop.example/p/P/1> <adit:asBuilt> "true"^^<xsd:boolean>
        <https://id.shop.example/p/P/1> <adit:productStatus> <adit:status-original>
        <https://id.shop.example/p/P/2> <adit:asBuilt> "false"^^<xsd:boolean>
        <https://id.shop.example/p/P/2> <adit:productStatus> <adit:status-remanufactured>
    "#]],
    );
    check(
        columns,
        "Nr;Skick;Original\n1;X;J\n",
        expect![[r#"
        a.csv, row 2, column 'Skick', value 'X': it is none of the codes: N, R [value.code]
          correct the value, or add it to "adit:values" in the mapping
    "#]],
    );
    check(
        r#"{"name": "a", "adit:values": ["N"], "propertyUrl": "schema:name"}"#,
        "Nr;a\n1;N\n",
        expect![[r#"
        a.csv-metadata.json: at /tableSchema/columns/1/adit:values: ["N"] is not an object such as {"N": "new", "B": "used"} [mapping.value]
          write an object such as {"N": "new", "B": "used"}
    "#]],
    );
}

const WEIGHT: &str = r#"{"name": "weight", "titles": "Vikt", "datatype": {"base": "decimal", "format": {"decimalChar": ","}}, "propertyUrl": "schema:weight", "adit:unit": "{unit}"},
    {"name": "unit", "titles": "Enhet", "adit:values": {"kg": "kg", "KGM": "KGM", "to": "t", "Kg": "Kg"}, "suppressOutput": true}"#;

#[test]
fn each_row_may_have_its_own_unit() {
    let units = |text: &str| {
        let found = lines(&table(WEIGHT, text).unwrap());
        found
            .lines()
            .filter_map(|line| line.split_once("<qudt:unit> "))
            .map(|(_, unit)| unit.to_owned())
            .collect::<Vec<_>>()
    };
    let mut found = units("Nr;Vikt;Enhet\n1;1,5;kg\n2;2;KGM\n3;3;to\n");
    found.sort_unstable();
    assert_eq!(found, ["<unit:KiloGM>", "<unit:KiloGM>", "<unit:TONNE>"]);
    check(
        WEIGHT,
        "Nr;Vikt;Enhet\n1;1,5;Kg\n2;2;\n3;;\n4;1;xx\n",
        expect![[r#"
            a.csv, row 2, column 'Enhet', value 'Kg': it is not a unit known here [unit.unknown]
              write a unit such as kg, K, KGM, or say in "adit:values" of the column what it stands for
            a.csv, row 3, column 'Enhet': the number in column 'Vikt' has no unit [unit.missing]
              fill the cell with the unit
            a.csv, row 5, column 'Enhet', value 'xx': it is none of the codes: kg, KGM, to, Kg [value.code]
              correct the value, or add it to "adit:values" in the mapping
        "#]],
    );
    let fixed = WEIGHT.replace("{unit}", "unit:Stone");
    check(
        &fixed,
        "Nr;Vikt;Enhet\n1;1,5;kg\n",
        expect![[r#"
            a.csv-metadata.json: at /tableSchema/columns/1/adit:unit: 'unit:Stone' is not a unit known here [unit.unknown]
              write a unit such as unit:TONNE, or the column that holds it: {COLUMN}
        "#]],
    );
}

#[test]
fn one_row_states_an_item_its_footprint_and_an_observation_of_it() {
    check(
        r#"{"name": "pcf", "titles": "CO2", "datatype": "decimal", "propertyUrl": "adit:pcfExcludingBiogenicUptake", "aboutUrl": "adit:record?kind=footprint&serial={no}"},
           {"name": "health", "titles": "SOH", "datatype": "decimal", "propertyUrl": "sosa:hasResult", "adit:unit": "%", "aboutUrl": "adit:record?kind=observation&serial={no}&of=health&at={at}"},
           {"name": "at", "titles": "Datum", "datatype": "date", "propertyUrl": "sosa:resultTime", "aboutUrl": "adit:record?kind=observation&serial={no}&of=health&at={at}"},
           {"name": "manual", "titles": "Handbok", "propertyUrl": "adit:operatingManual", "valueUrl": "adit:document?file={manual}"},
           {"name": "l1", "virtual": true, "propertyUrl": "adit:productFootprint", "valueUrl": "adit:record?kind=footprint&serial={no}"},
           {"name": "l2", "virtual": true, "propertyUrl": "sosa:hasFeatureOfInterest", "aboutUrl": "adit:record?kind=observation&serial={no}&of=health&at={at}", "valueUrl": "adit:item?part=P&serial={no}"}"#,
        "Nr;CO2;SOH;Datum;Handbok\n7;12.5;98.2;2026-11-24;heat-4711.pdf\n",
        expect![[r#"
            <https://id.shop.example/p/P/7> <adit:operatingManual> <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b>
            <https://id.shop.example/p/P/7> <adit:productFootprint> <https://shop.example/record/footprint/b0004a586605752f86f3fb09e3c293b7>
            <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b> <rdf:type> <schema:DigitalDocument>
            <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b> <schema:encodingFormat> "application/pdf"
            <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b> <schema:sha256> "86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b"
            <https://shop.example/record/footprint/b0004a586605752f86f3fb09e3c293b7> <adit:pcfExcludingBiogenicUptake> "12.5"^^<xsd:decimal>
            <https://shop.example/record/observation/8233d6df4c8d78c395a13f460b748329> <sosa:hasFeatureOfInterest> <https://id.shop.example/p/P/7>
            <https://shop.example/record/observation/8233d6df4c8d78c395a13f460b748329> <sosa:hasResult> <https://shop.example/record/quantity/8817b86a842567228de828a7695b9ea1>
            <https://shop.example/record/observation/8233d6df4c8d78c395a13f460b748329> <sosa:resultTime> "2026-11-23T23:00:00Z"^^<xsd:dateTime>
            <https://shop.example/record/quantity/8817b86a842567228de828a7695b9ea1> <qudt:numericValue> "98.2"^^<xsd:decimal>
            <https://shop.example/record/quantity/8817b86a842567228de828a7695b9ea1> <qudt:unit> <unit:PERCENT>
            <https://shop.example/record/quantity/8817b86a842567228de828a7695b9ea1> <rdf:type> <qudt:QuantityValue>
        "#]],
    );
}
