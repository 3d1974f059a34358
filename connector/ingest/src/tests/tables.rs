//! CSV files by their mapping.

use super::*;
use expect_test::expect;

#[test]
fn reads_a_finnish_delivery_export() {
    let statements =
        deliveries("0042-7;00417;12,50;4711;0310;1001;24.11.2026\r\n\"Ak\u{E4};7\";A/1;;-;;;\r\n")
            .unwrap();
    assert_eq!((statements.group(), statements.phase().as_str()), ("machined-part", "as-built"));
    expect![[r#"
        <https://id.mill.example/h/4711> <adit:factsHeldBy> <did:web:mill.example>
        <https://id.shop.example/p/0042-7/00417> <adit:deliveredOn> "2026-11-23T22:00:00Z"^^<xsd:dateTime>
        <https://id.shop.example/p/0042-7/00417> <adit:deliveredTo> <did:web:oem.example>
        <https://id.shop.example/p/0042-7/00417> <adit:fromBatch> <https://id.mill.example/h/4711>
        <https://id.shop.example/p/0042-7/00417> <rdf:type> <schema:IndividualProduct>
        <https://id.shop.example/p/0042-7/00417> <schema:mpn> "0042-7"
        <https://id.shop.example/p/0042-7/00417> <schema:serialNumber> "00417"
        <https://id.shop.example/p/0042-7/00417> <schema:weight> <https://shop.example/record/quantity/023548442a31642985c4552f422d3cd2>
        <https://id.shop.example/p/Ak%C3%A4%3B7/A%2F1> <rdf:type> <schema:IndividualProduct>
        <https://id.shop.example/p/Ak%C3%A4%3B7/A%2F1> <schema:mpn> "Akä;7"
        <https://id.shop.example/p/Ak%C3%A4%3B7/A%2F1> <schema:serialNumber> "A/1"
        <https://shop.example/record/quantity/023548442a31642985c4552f422d3cd2> <qudt:numericValue> "12.5"^^<xsd:decimal>
        <https://shop.example/record/quantity/023548442a31642985c4552f422d3cd2> <qudt:unit> <unit:KiloGM>
        <https://shop.example/record/quantity/023548442a31642985c4552f422d3cd2> <rdf:type> <qudt:QuantityValue>
    "#]].assert_eq(&lines(&statements));
    assert_eq!(shown(Ok(statements)), "");
}

#[test]
fn each_bad_value_is_named_with_row_column_and_way_out() {
    expect![[r#"
        deliveries.csv, row 2, column 'Paino_kg', value '12.50': it is not a decimal number with decimal character ',' and group character ' ' [value.decimal]
          if the whole column is written so, say "format": {"decimalChar": "."} in its datatype
        deliveries.csv, row 3, column 'Osanumero': the cell is empty [value.required]
          fill the cell, or say "required": false in the mapping
        deliveries.csv, row 4, column 'Paino_kg', value 'x': it is not a decimal number with decimal character ',' and group character ' ' [value.decimal]
          correct the value in the file it comes from
        deliveries.csv, row 4, column 'Pvm', value '31.02.2026': it is not a date that exists in the form dd.MM.yyyy [value.date]
          correct the value, or say "format" in the column's datatype as the file writes it, such as "dd.MM.yyyy"
        deliveries.csv, row 5, column 'Toimittaja', value '310': our number '310' stands for no partner [reference.partner]
          partners.csv has '0310': were leading zeros lost? Correct the number, or add a line to partners.csv
        deliveries.csv, row 5, column 'Toimittaja', value '310': a spreadsheet took leading zeros away: the other values have 4 characters [value.zeros]
          export the file again without opening it in a spreadsheet, or write 0310; if 310 is right, say "datatype": {"base": "string", "minLength": 1} in the mapping
        deliveries.csv, row 6, column 'Sulatus', value '4711': Rival (did:web:rival.example) publishes no identifier template for batch, as far as is known here [reference.template]
          ask them to publish one, and let your connector reach theirs once
        deliveries.csv, row 6, column 'Asiakasnro', value '77': our number '77' stands for no partner [reference.partner]
          add the line 77;DID;NAME to partners.csv, or correct the number
        deliveries.csv, row 7: the row has 6 fields, the header has 7 [csv.fields]
          a field that holds the delimiter must be quoted
        deliveries.csv, row 8, column 'Sarjanumero', value 'G�': the text holds the control character U+0081 [value.control]
          take it out; if it stands for a letter, the mapping names the wrong encoding
    "#]].assert_eq(&shown(deliveries(
        "1;A;12.50;4711;0310;1001;24.11.2026\r\n\
         ;B;1;4711;0310;1001;24.11.2026\r\n\
         1;C;x;4711;0310;1001;31.02.2026\r\n\
         1;D;1;4711;310;1001;24.11.2026\r\n\
         1;E;1;4711;1002;77;24.11.2026\r\n\
         1;F;1;4711;0310;1001\r\n\
         1;G\u{81};1;4711;0310;1001;24.11.2026\r\n",
    )));
}

#[test]
fn a_reference_with_an_empty_column_states_nothing_and_warns() {
    let statements = deliveries("1;A;1;4711;;;\r\n").unwrap();
    assert!(!lines(&statements).contains("fromBatch"));
    expect![[r#"
        warning: deliveries.csv, row 2, column 'Sulatus', value '4711': nothing is stated, because column 'Toimittaja' is empty [reference.incomplete]
          fill both cells if the statement is meant
    "#]].assert_eq(&shown(Ok(statements)));
}

#[test]
fn our_own_number_as_maker_means_ourselves() {
    let statements = deliveries("1;A;;7;0999;;\r\n").unwrap();
    assert!(lines(&statements).contains("<adit:fromBatch> <https://id.shop.example/b/7>"));
    assert!(!lines(&statements).contains("factsHeldBy"));
}

#[test]
fn one_key_with_two_meanings_is_an_error_and_one_row_twice_is_not() {
    assert_eq!(shown(deliveries("1;A;1;;;;\r\n1;A;1;;;;\r\n")), "");
    expect![[r#"
        deliveries.csv, row 3, column 'Osanumero', value '1 A': row 2 has the same key and says something else [key.duplicate]
          keep the row that is right
    "#]].assert_eq(&shown(deliveries("1;A;1;;;;\r\n1;A;2;;;;\r\n")));
}

#[test]
fn lost_zeros_and_rounded_identifiers_are_found() {
    expect![[r#"
        deliveries.csv, row 3, column 'Sarjanumero', value '418': a spreadsheet took leading zeros away: the other values have 5 characters [value.zeros]
          export the file again without opening it in a spreadsheet, or write 00418; if 418 is right, say "datatype": {"base": "string", "minLength": 1} in the mapping
        deliveries.csv, row 4, column 'Sarjanumero', value '1,23457E+12': a spreadsheet wrote an identifier as a rounded number [value.digits]
          export the file again without opening it in a spreadsheet
    "#]].assert_eq(&shown(deliveries(
        "1;00417;1;;;;\r\n1;418;1;;;;\r\n1;1,23457E+12;1;;;;\r\n1;A17;1;;;;\r\n",
    )));
    let declared = DELIVERIES.replace(
        r#""titles": "Sarjanumero", "datatype": "string""#,
        r#""titles": "Sarjanumero", "datatype": {"base": "string", "minLength": 1}"#,
    );
    let text = format!("{HEADER}1;00417;1;;;;\r\n1;418;1;;;;\r\n");
    assert_eq!(shown(read_mapped("deliveries.csv", text.as_bytes(), &declared)), "");
}

#[test]
fn a_date_without_a_zone_is_refused_once_with_the_line_to_add() {
    let zoneless = DELIVERIES.replace("  \"adit:timeZone\": \"Europe/Helsinki\",\n", "");
    let text = format!("{HEADER}1;A;1;;;;24.11.2026\r\n1;B;1;;;;25.11.2026\r\n");
    expect![[r#"
        deliveries.csv, row 2, column 'Pvm', value '24.11.2026': neither the value nor the mapping says in which time zone [zone.missing]
          add this line to deliveries.csv-metadata.json, with your own zone: "adit:timeZone": "Europe/Helsinki",
    "#]].assert_eq(&shown(read_mapped("deliveries.csv", text.as_bytes(), &zoneless)));
}

#[test]
fn columns_of_file_and_mapping_must_agree_in_any_order() {
    let swapped = "Sarjanumero;Osanumero;Paino_kg;Sulatus;Toimittaja;Asiakasnro;Pvm\nA;1;1;;;;\n";
    let statements = read_mapped("deliveries.csv", swapped.as_bytes(), DELIVERIES).unwrap();
    assert_eq!(lines(&statements), lines(&deliveries("1;A;1;;;;\r\n").unwrap()));
    let other = "Sarjanumero;Osanumero;Paino;Sulatus;Toimittaja;Asiakasnro;Pvm;Huom\nA;1;1;;;;;\n";
    expect![[r#"
        deliveries.csv, row 1: columns only in the file: 'Paino', 'Huom'; only in the mapping: 'Paino_kg' [csv.columns]
          put the titles right, or describe each column in the mapping; "suppressOutput": true keeps one home
    "#]].assert_eq(&shown(read_mapped("deliveries.csv", other.as_bytes(), DELIVERIES)));
    let twice = "Sarjanumero;Sarjanumero;Paino_kg\nA;1;1\n";
    expect![[r#"
        deliveries.csv, row 1: two columns have the title 'Sarjanumero' [csv.columns]
          rename one of them in the file
    "#]]
    .assert_eq(&shown(read_mapped("deliveries.csv", twice.as_bytes(), DELIVERIES)));
}

#[test]
fn files_that_are_no_tables_are_refused() {
    let refusals: String = [
        shown(read_mapped("deliveries.csv", b"", DELIVERIES)),
        shown(read_mapped("deliveries.csv", b"\r\n\r\n", DELIVERIES)),
        shown(deliveries("")),
        shown(deliveries("1;\"A;1;;;;\r\n")),
        shown(read(&SourceFile { name: "deliveries.csv", data: b"a", mapping: None }, &shop())),
    ]
    .concat();
    expect![[r#"
        deliveries.csv: the file is empty [file.empty]
          export it again; an export that failed often leaves an empty file
        deliveries.csv: there is no row in the file [file.empty]
          export it again with a header row
        deliveries.csv: there is no row below the header [file.empty]
          export it again; to take back what was published from it: adit publish --withdraw FILE
        deliveries.csv, row 2: a quoted field is not closed within 1 MB or before the file ends [csv.quote]
          the file may be cut off: export it again, or close the quote
        deliveries.csv: there is no mapping deliveries.csv-metadata.json beside the file [mapping.missing]
          write a first one with: adit map deliveries.csv
    "#]].assert_eq(&refusals);
}

/// Reads one row with two columns under a mapping whose columns are given.
fn small(columns: &str, row: &str) -> Result<Statements, Vec<Problem>> {
    let mapping = format!(
        r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", "adit:timeZone": "UTC",
            "tableSchema": {{"aboutUrl": "adit:item?part=P&serial={{id}}", "columns": [
              {{"name": "id", "suppressOutput": true}}, {columns}]}}}}"#
    );
    read_mapped("a.csv", format!("id,v\n{row}\n").as_bytes(), &mapping)
}

#[test]
fn datatypes_make_literals() {
    for (column, row, expected) in [
        (r#""propertyUrl": "schema:name", "lang": "fi""#, "1,pultti", "\"pultti\"@fi"),
        (r#""propertyUrl": "schema:name", "default": "bolt""#, "1,", "\"bolt\""),
        (
            r#""propertyUrl": "adit:asBuilt", "datatype": "boolean""#,
            "1,true",
            "\"true\"^^<xsd:boolean>",
        ),
        (
            r#""propertyUrl": "adit:asBuilt", "datatype": {"base": "boolean", "format": "K|E"}"#,
            "1,E",
            "\"false\"^^<xsd:boolean>",
        ),
        (
            r#""propertyUrl": "adit:operatingHours", "datatype": "integer""#,
            "1,007",
            "\"7\"^^<xsd:integer>",
        ),
        (
            r#""propertyUrl": "adit:operatingHours", "datatype": "double""#,
            "1,1.5E3",
            "\"1500\"^^<xsd:double>",
        ),
        (
            r#""propertyUrl": "adit:period", "datatype": {"base": "gYearMonth", "format": "MM/yyyy"}"#,
            "1,11/2026",
            "\"2026-11\"^^<xsd:gYearMonth>",
        ),
        (
            r#""propertyUrl": "schema:productionDate", "datatype": "datetime""#,
            "1,2026-11-24T07:30:00+02:00",
            "\"2026-11-24T05:30:00Z\"^^<xsd:dateTime>",
        ),
        (
            r#""propertyUrl": "schema:url", "datatype": "anyURI""#,
            "1,https://a.example/x",
            "\"https://a.example/x\"^^<xsd:anyURI>",
        ),
        (
            r#""propertyUrl": "schema:url", "valueUrl": "https://a.example/{v}""#,
            "1,a b",
            "<https://a.example/a%20b>",
        ),
        (
            r#""propertyUrl": "schema:manufacturer", "valueUrl": "adit:self""#,
            "1,x",
            "<did:web:shop.example>",
        ),
        (
            r#""propertyUrl": "schema:model", "valueUrl": "adit:model?part={v}""#,
            "1,0042",
            "<https://id.shop.example/m/0042>",
        ),
    ] {
        let column = format!(r#"{{"name": "v", {column}}}"#);
        let statements =
            small(&column, row).unwrap_or_else(|problems| panic!("{column}: {}", problems[0]));
        let lines = lines(&statements);
        assert!(lines.ends_with(&format!(" {expected}\n")), "{column}: {lines}");
    }
}

#[test]
fn a_list_in_a_cell_states_each_of_its_values() {
    let statements =
        small(r#"{"name": "v", "propertyUrl": "schema:name", "separator": "|"}"#, "1,a | b")
            .unwrap();
    expect![[r#"
        <https://id.shop.example/p/P/1> <schema:name> "a"
        <https://id.shop.example/p/P/1> <schema:name> "b"
    "#]]
    .assert_eq(&lines(&statements));
}

#[test]
fn values_outside_their_datatype_are_refused() {
    let mut refusals = String::new();
    for (column, row) in [
        (r#""datatype": {"base": "decimal", "maximum": 1000}"#, "1,12500"),
        (r#""datatype": {"base": "decimal", "minExclusive": "0"}"#, "1,0"),
        (r#""datatype": "decimal""#, "1,\"12,5\""),
        (r#""datatype": "decimal""#, "1,\"1 200,5\""),
        (r#""datatype": "integer""#, "1,1.5"),
        (r#""datatype": "nonNegativeInteger""#, "1,-1"),
        (r#""datatype": "double""#, "1,x"),
        (r#""datatype": "boolean""#, "1,K"),
        (r#""datatype": {"base": "string", "minLength": 3}"#, "1,x"),
        (r#""datatype": {"base": "string", "length": 1}"#, "1,xx"),
        (r#""datatype": {"base": "double", "maximum": 10}"#, "1,1E2"),
        (r#""datatype": {"base": "decimal", "minLength": 3}"#, "1,x"),
        (r#""datatype": {"base": "date", "minimum": "2026-01-01"}"#, "1,2026-01-01"),
        (r#""datatype": "anyURI""#, "1,x"),
        (r#""datatype": {"base": "date", "format": "dd.MM.yyyy"}"#, "1,2026-11-24"),
    ] {
        let column = format!(r#"{{"name": "v", "propertyUrl": "schema:name", {column}}}"#);
        refusals += &shown(small(&column, row));
    }
    expect![[r#"
        a.csv, row 2, column 'v', value '12500': it must be at most 1000 [value.range]
          correct the value, or the bound in the mapping
        a.csv, row 2, column 'v', value '0': it must be more than 0 [value.range]
          correct the value, or the bound in the mapping
        a.csv, row 2, column 'v', value '12,5': it is not a decimal number with decimal character '.' [value.decimal]
          if the whole column is written so, say "format": {"decimalChar": ","} in its datatype
        a.csv, row 2, column 'v', value '1 200,5': it is not a decimal number with decimal character '.' [value.decimal]
          if the whole column is written so, say "format": {"decimalChar": ",", "groupChar": " "} in its datatype
        a.csv, row 2, column 'v', value '1.5': it is not a whole number [value.integer]
          correct the value, or say "decimal" in the mapping
        a.csv, row 2, column 'v', value '-1': it must be at least 0 [value.range]
          correct the value, or the bound in the mapping
        a.csv, row 2, column 'v', value 'x': it is not a number with decimal character '.' [value.number]
          correct the value in the file it comes from
        a.csv, row 2, column 'v', value 'K': it is none of: true, 1, false, 0 [value.boolean]
          correct the value, or say "format": "YES|NO" with the file's own words in the mapping
        a.csv, row 2, column 'v', value 'x': it has 1 characters; the mapping asks for at least 3 [value.length]
          correct the value, or the length in the mapping
        a.csv, row 2, column 'v', value 'xx': it has 2 characters; the mapping asks for at most 1 [value.length]
          correct the value, or the length in the mapping
        a.csv, row 2, column 'v', value '1E2': it must be at most 10 [value.range]
          correct the value, or the bound in the mapping
        a.csv-metadata.json: at /tableSchema/columns/1/datatype/minLength: 'minLength' is not known here [mapping.unknown]
          take it out, or write one of: base, format, minimum, minInclusive, minExclusive, maximum, maxInclusive, maxExclusive
        a.csv-metadata.json: at /tableSchema/columns/1/datatype/minimum: 'minimum' is not known here [mapping.unknown]
          take it out, or write one of: base, format
        a.csv, row 2, column 'v', value 'x': it is not an absolute IRI [value.iri]
          write it in full, with https://
        a.csv, row 2, column 'v', value '2026-11-24': it is not a date that exists in the form dd.MM.yyyy [value.date]
          if the whole column is written so, say "format": "yyyy-MM-dd" in its datatype
    "#]].assert_eq(&refusals);
}

#[test]
fn references_that_do_not_fit_a_template_are_refused_once() {
    let mut refusals = String::new();
    for value in [
        "adit:item?part={v}",
        "adit:item?part=P&serial=S&colour={v}",
        "adit:place?name={v}",
        "adit:item?maker=0310&serial={v}",
        "adit:item?maker=1002&serial={v}",
        "adit:document?file={v}",
        "adit:partner?number={v}",
    ] {
        let column =
            format!(r#"{{"name": "v", "propertyUrl": "schema:subjectOf", "valueUrl": "{value}"}}"#);
        refusals += &shown(small(&column, "1,x\n2,y"));
    }
    expect![[r#"
        a.csv, row 2, column 'v', value 'x': the template 'https://id.shop.example/p/{part}/{serial}' of our own organisation needs 'serial', which the reference does not give [reference.parameter]
          add serial={COLUMN} to the reference in the mapping
        a.csv, row 2, column 'v', value 'x': the reference gives 'colour', which the template 'https://id.shop.example/p/{part}/{serial}' of our own organisation does not have [reference.parameter]
          take colour out of the reference in the mapping, or rename it to what the template has
        a.csv, row 2, column 'v', value 'x': our own identifier template for place is not set [reference.template]
          set the template for place in your configuration, such as https://id.example.com/place/{number}
        a.csv, row 2, column 'v', value 'x': Mill (did:web:mill.example) publishes no identifier template for item, as far as is known here [reference.template]
          ask them to publish one, and let your connector reach theirs once
        a.csv, row 2, column 'v', value 'x': Rival (did:web:rival.example) publishes no identifier template for item, as far as is known here [reference.template]
          ask them to publish one, and let your connector reach theirs once
        a.csv, row 2, column 'v', value 'x': there is no attached file 'x' [reference.document]
          put the file beside the others that you attach, or correct the name
        a.csv, row 3, column 'v', value 'y': there is no attached file 'y' [reference.document]
          put the file beside the others that you attach, or correct the name
        a.csv, row 2, column 'v', value 'x': our number 'x' stands for no partner [reference.partner]
          add the line x;DID;NAME to partners.csv, or correct the number
        a.csv, row 3, column 'v', value 'y': our number 'y' stands for no partner [reference.partner]
          add the line y;DID;NAME to partners.csv, or correct the number
    "#]].assert_eq(&refusals);
}

#[test]
fn templates_that_make_no_identifiers_are_refused() {
    let mut refusals = String::new();
    for template in [
        "http://id.mill.example/{batch}",
        "https://id.mill.example/?b={batch}",
        "https://id.mill.example/{batch",
    ] {
        let mut context = shop();
        let mill = Templates { batch: Some(template.into()), ..Templates::default() };
        context.makers.insert("did:web:mill.example".parse().unwrap(), mill);
        let text = format!("{HEADER}1;A;1;4711;0310;;\r\n1;B;1;4711;0310;;\r\n");
        let mapping = Some(DELIVERIES.as_bytes());
        refusals += &shown(read(
            &SourceFile { name: "deliveries.csv", data: text.as_bytes(), mapping },
            &context,
        ));
    }
    expect![[r#"
        deliveries.csv, row 2, column 'Sulatus', value '4711': the template 'http://id.mill.example/{batch}' of Mill (did:web:mill.example) cannot be used: an identifier begins with https:// and has neither query nor fragment [reference.template]
          tell its owner
        deliveries.csv, row 2, column 'Sulatus', value '4711': the template 'https://id.mill.example/?b={batch}' of Mill (did:web:mill.example) cannot be used: an identifier begins with https:// and has neither query nor fragment [reference.template]
          tell its owner
        deliveries.csv, row 2, column 'Sulatus', value '4711': the template 'https://id.mill.example/{batch' of Mill (did:web:mill.example) cannot be used: a brace is not closed or not opened in 'https://id.mill.example/{batch' [reference.template]
          tell its owner
    "#]].assert_eq(&refusals);
}

#[test]
fn the_mapping_in_the_readme_reads_the_file() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```json\n").unwrap();
    let (mapping, _) = rest.split_once("```").unwrap();
    let text = format!("{HEADER}0042-7;00417;12,50;4711;0310;1001;24.11.2026\r\n");
    let by_readme = read_mapped("deliveries.csv", text.as_bytes(), mapping).unwrap();
    let (_, row) = text.split_once("\r\n").unwrap();
    let is_of_item =
        |line: &str| line.contains("<schema:manufacturer>") || line.contains("<schema:model>");
    let stated = lines(&by_readme);
    let (of_item, rest): (Vec<&str>, Vec<&str>) = stated.lines().partition(|it| is_of_item(it));
    assert_eq!(of_item.len(), 2, "{of_item:?}");
    assert_eq!(rest, lines(&deliveries(row).unwrap()).lines().collect::<Vec<_>>());
}

#[test]
fn records_and_documents_stand_under_our_own_address() {
    let statements = small(
        r#"{"name": "v", "propertyUrl": "schema:subjectOf", "valueUrl": "adit:document?file={v}"},
           {"name": "item", "virtual": true, "aboutUrl": "adit:record?kind=installation&item={id}", "propertyUrl": "adit:installedItem", "valueUrl": "adit:item?part=P&serial={id}"},
           {"name": "in", "virtual": true, "aboutUrl": "adit:record?kind=installation&item={id}", "propertyUrl": "adit:installedIn", "valueUrl": "adit:item?maker=1001&serial=RIG12"}"#,
        "1,heat-4711.pdf",
    )
    .unwrap();
    expect![[r#"
        <https://id.oem.example/s/RIG12> <adit:factsHeldBy> <did:web:oem.example>
        <https://id.shop.example/p/P/1> <schema:subjectOf> <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b>
        <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b> <rdf:type> <schema:DigitalDocument>
        <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b> <schema:encodingFormat> "application/pdf"
        <https://shop.example/document/86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b> <schema:sha256> "86edbaa24831badfa0a8b04bb410141e2ee4182b6d0014493fe262a7a331c20b"
        <https://shop.example/record/installation/c09760c5e33088d1dcbba62efc2d61ac> <adit:installedIn> <https://id.oem.example/s/RIG12>
        <https://shop.example/record/installation/c09760c5e33088d1dcbba62efc2d61ac> <adit:installedItem> <https://id.shop.example/p/P/1>
    "#]].assert_eq(&lines(&statements));
}

#[test]
fn mapping_problems_name_the_json_pointer() {
    let mut refusals = String::new();
    for (from, to) in [
        (r#""url": "deliveries.csv""#, r#""url": "other.csv""#),
        (r#""@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],"#, ""),
        (r#""tableSchema""#, r#""tableschema""#),
        (r#""encoding": "windows-1252""#, r#""encoding": "latin-42", "delimeter": ";""#),
        (r#""delimiter": ";""#, r#""delimiter": ";;""#),
        ("Europe/Helsinki", "Europe/Helsingfors"),
        ("machined-part", "Machined part"),
        ("as-built", "as-drawn"),
        (r#""base": "decimal""#, r#""base": "decimall""#),
        (r#""decimalChar": ",""#, r#""decimalChar": 1"#),
        ("dd.MM.yyyy", "DD.MM.YYYY"),
        ("{heat}", "{melt}"),
        ("adit:item?part={part_no}&serial={serial}", "adit:thing?part={part_no}"),
        ("unit:KiloGM", "kg"),
        (r#""propertyUrl": "schema:mpn""#, r#""about": 1"#),
        (r#""primaryKey": ["part_no", "serial"]"#, r#""primaryKey": "order""#),
        (r#""name": "serial""#, r#""name": "part_no""#),
        (r#""virtual": true, "#, r#""virtual": "yes", "#),
        (r#""valueUrl": "schema:IndividualProduct""#, r#""required": false"#),
        ("}\n  }\n}", "}\n  }"),
    ] {
        assert!(DELIVERIES.contains(from) || from.starts_with('}'), "{from}");
        let mapping = if from.starts_with('}') {
            DELIVERIES.trim_end_matches('}').to_owned()
        } else {
            DELIVERIES.replacen(from, to, 1)
        };
        let text = format!("{HEADER}1;A;1;;;;\r\n");
        refusals += &shown(read_mapped("deliveries.csv", text.as_bytes(), &mapping));
    }
    expect![[r#"
        deliveries.csv-metadata.json: at /url: the mapping is for 'other.csv', the file is 'deliveries.csv' [mapping.value]
          write "url": "deliveries.csv"
        deliveries.csv-metadata.json: at /: "@context" is missing [mapping.missing]
          write "@context": "http://www.w3.org/ns/csvw"
        deliveries.csv-metadata.json: at /tableschema: 'tableschema' is not known here [mapping.unknown]
          write tableSchema if that is meant, or take it out
        deliveries.csv-metadata.json: at /: "tableSchema" is missing [mapping.missing]
          describe the columns; `adit map` writes a first version
        deliveries.csv-metadata.json: at /dialect/delimeter: 'delimeter' is not known here [mapping.unknown]
          write delimiter if that is meant, or take it out
        deliveries.csv-metadata.json: at /dialect/encoding: 'latin-42' is not an encoding known here [mapping.value]
          write utf-8, windows-1252, iso-8859-15 or another name of the WHATWG Encoding Standard
        deliveries.csv-metadata.json: at /dialect/delimiter: ";;" is not one character [mapping.value]
          write one character
        deliveries.csv-metadata.json: at /adit:timeZone: 'Europe/Helsingfors' is not a time zone [zone.unknown]
          write a name of the IANA time zone database, such as Europe/Helsinki
        deliveries.csv-metadata.json: at /adit:productGroup: 'Machined part' cannot name a product group [mapping.value]
          use lower-case letters, digits and hyphens, such as machined-part
        deliveries.csv-metadata.json: at /adit:phase: 'as-drawn' is not one of as-built, as-used, as-recycled [mapping.value]
          write one of them
        deliveries.csv-metadata.json: at /tableSchema/columns/2/datatype: 'decimall' is not a datatype known here [mapping.unknown]
          write one of: string, decimal, integer, nonNegativeInteger, positiveInteger, double, boolean, date, datetime, gYearMonth, gYear, anyURI
        deliveries.csv-metadata.json: at /tableSchema/columns/2/adit:unit: a unit belongs to a column of numbers without valueUrl [mapping.value]
          give the column a number datatype, or take the unit out
        deliveries.csv-metadata.json: at /tableSchema/columns/2/datatype/format/decimalChar: 1 is not text in quotes [mapping.value]
          write text in quotes
        deliveries.csv-metadata.json: at /tableSchema/columns/6/datatype/format: the date pattern 'DD.MM.YYYY' cannot be used: 'DD' [mapping.value]
          use yyyy, yy, MM, M, dd, d, HH, H, mm, ss, S, X and the characters between them
        deliveries.csv-metadata.json: at /tableSchema: a template names the column 'melt', which is not there [mapping.value]
          names that are there: part_no, serial, weight, heat, supplier_no, customer_no, delivered, type
        deliveries.csv-metadata.json: at /tableSchema/aboutUrl: 'adit:thing?' is not known; known are adit:item?, adit:batch?, adit:model?, adit:place?, adit:carrier?iri=, adit:partner?number=, adit:self, adit:record?kind=, adit:document?file= [mapping.value]
          see the README for what may stand here
        deliveries.csv-metadata.json: at /tableSchema/columns/0/about: 'about' is not known here [mapping.unknown]
          take it out, or write one of: name, titles, virtual, suppressOutput, datatype, null, required, default, separator, lang, aboutUrl, propertyUrl, valueUrl, ordered, textDirection, adit:unit, adit:values, adit:timeZone, adit:confidence, adit:note
        deliveries.csv-metadata.json: at /tableSchema/columns/0: "propertyUrl" is missing [mapping.missing]
          say what the column means, or keep it home with "suppressOutput": true
        deliveries.csv-metadata.json: at /tableSchema/primaryKey: there is no column 'order' in the file [mapping.value]
          write names of columns that are there
        deliveries.csv-metadata.json: at /tableSchema/primaryKey: there is no column 'serial' in the file [mapping.value]
          write names of columns that are there
        deliveries.csv-metadata.json: at /tableSchema: two columns have the name 'part_no' [mapping.value]
          rename one of them
        deliveries.csv-metadata.json: at /tableSchema: a template names the column 'serial', which is not there [mapping.value]
          names that are there: part_no, part_no, weight, heat, supplier_no, customer_no, delivered, type
        deliveries.csv-metadata.json: at /tableSchema/columns/7/virtual: "yes" is not true or false [mapping.value]
          write true or false
        deliveries.csv-metadata.json: at /tableSchema/columns/7: "valueUrl" is missing [mapping.missing]
          say what each row states: a valueUrl, or a default
        deliveries.csv-metadata.json, row 22: the mapping is not JSON: EOF while parsing an object at line 22 column 0 [mapping.json]
          put the place right; often a comma or a quote is missing just before it
    "#]].assert_eq(&refusals);
}
