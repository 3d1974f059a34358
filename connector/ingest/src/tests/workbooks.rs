//! XLSX files, written here part by part.

use super::*;
use expect_test::expect;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

/// A workbook with one sheet of these rows.
fn workbook(rows: &str) -> Vec<u8> {
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    );
    packed(&[
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.into()),
        ("_rels/.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.into()),
        ("xl/workbook.xml", r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Osat" sheetId="1" r:id="rId1"/></sheets></workbook>"#.into()),
        ("xl/_rels/workbook.xml.rels", r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#.into()),
        ("xl/styles.xml", STYLES.into()),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn number(at: &str, number: &str) -> String {
    format!(r#"<c r="{at}"><v>{number}</v></c>"#)
}

fn row(number: u32, cells: &[String]) -> String {
    format!(r#"<row r="{number}">{}</row>"#, cells.concat())
}

fn header() -> String {
    row(1, &[text("A1", "Sarjanro"), text("B1", "Paino"), text("C1", "Pvm")])
}

const PARTS: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw", "url": "parts.xlsx", "adit:timeZone": "Europe/Helsinki",
  "tableSchema": {
    "aboutUrl": "adit:item?part=P&serial={serial}", "primaryKey": "serial",
    "columns": [
      {"name": "serial", "titles": "Sarjanro", "propertyUrl": "schema:serialNumber"},
      {"name": "weight", "titles": "Paino", "datatype": "decimal", "propertyUrl": "schema:name"},
      {"name": "made", "titles": "Pvm", "datatype": "date", "propertyUrl": "schema:productionDate"}
    ]
  }
}"#;

fn parts(rows: &str) -> Result<Statements, Vec<Problem>> {
    read_mapped("parts.xlsx", &workbook(rows), PARTS)
}

#[test]
fn cells_keep_their_types() {
    let rows = [
        header(),
        row(
            2,
            &[
                text("A2", "00417"),
                number("B2", "0.30000000000000004"),
                r#"<c r="C2" s="1"><v>46350</v></c>"#.into(),
            ],
        ),
        row(4, &[number("A4", "123456"), r#"<c r="B4"><f>1+1</f><v>2</v></c>"#.into()]),
    ];
    expect![[r#"
        <https://id.shop.example/p/P/00417> <schema:name> "0.3"^^<xsd:decimal>
        <https://id.shop.example/p/P/00417> <schema:productionDate> "2026-11-23T22:00:00Z"^^<xsd:dateTime>
        <https://id.shop.example/p/P/00417> <schema:serialNumber> "00417"
        <https://id.shop.example/p/P/123456> <schema:name> "2"^^<xsd:decimal>
        <https://id.shop.example/p/P/123456> <schema:serialNumber> "123456"
    "#]].assert_eq(&lines(&parts(&rows.concat()).unwrap()));
}

#[test]
fn identifiers_that_the_spreadsheet_damaged_are_found() {
    let rows = [
        header(),
        row(2, &[text("A2", "00417")]),
        row(3, &[number("A3", "418")]),
        row(4, &[number("A4", "1234567890123456")]),
        row(5, &[r#"<c r="A5" s="1"><v>46350</v></c>"#.into()]),
        row(6, &[r#"<c r="A6" t="e"><v>#N/A</v></c>"#.into()]),
        row(7, &[text("A7", "00420"), text("B7", "12,5"), number("C7", "46350")]),
        row(8, &[text("A8", "00421"), text("D8", "note")]),
    ];
    expect![[r#"
        parts.xlsx, row 3, column 'Sarjanro', value '418': a spreadsheet took leading zeros away: the other values have 5 characters [value.zeros]
          format the column as Text and enter 00418 again
        parts.xlsx, row 4, column 'Sarjanro', value '1234567890123456': the spreadsheet kept only 15 digits of it [value.digits]
          format the column as Text and enter the value again
        parts.xlsx, row 5, column 'Sarjanro': the spreadsheet made a date of it (2026-11-24) [xlsx.type]
          format the column as Text and enter the value again
        parts.xlsx, row 6, column 'Sarjanro': the cell holds #N/A instead of a value [xlsx.formula]
          put the formula right, or enter the value
        parts.xlsx, row 7, column 'Paino', value '12,5': it is not a decimal number with decimal character '.' [value.decimal]
          if the whole column is written so, say "format": {"decimalChar": ","} in its datatype
        parts.xlsx, row 7, column 'Pvm', value '46350': the cell holds no date [xlsx.type]
          format the column as Date and enter the value again
        parts.xlsx, row 8: the row has 4 fields, the header has 3 [csv.fields]
          give every column a title, and clear what stands beside the table
    "#]].assert_eq(&shown(parts(&rows.concat())));
    let longer = [header(), row(2, &[text("A2", "1-417")]), row(3, &[number("A3", "418")])];
    expect![[r#"
        parts.xlsx, row 3, column 'Sarjanro', value '418': a spreadsheet took leading zeros away: the other values have 5 characters [value.zeros]
          format the column as Text and enter the identifier in full
    "#]].assert_eq(&shown(parts(&longer.concat())));
}

#[test]
fn a_sheet_is_chosen_by_name() {
    let mapping =
        PARTS.replacen("\"adit:timeZone\"", "\"adit:sheet\": \"Levyt\", \"adit:timeZone\"", 1);
    expect![[r#"
        parts.xlsx: there is no sheet 'Levyt'; there are: Osat [xlsx.sheet]
          write the name of one of them as "adit:sheet" in the mapping
    "#]]
    .assert_eq(&shown(read_mapped("parts.xlsx", &workbook(&header()), &mapping)));
    let named = mapping.replace("Levyt", "Osat");
    let said = shown(read_mapped("parts.xlsx", &workbook(&header()), &named));
    assert!(said.contains("there is no row below the header"), "{said}");
}

#[test]
fn workbooks_that_would_fill_the_memory_are_refused_before_they_do() {
    let mut refusals = String::new();
    let zeros = "0".repeat(201 << 20);
    refusals += &shown(read_mapped("parts.xlsx", &packed(&[("xl/a.xml", zeros)]), PARTS));
    let cells = "<c r=\"A1\"/>".repeat(1_000_001);
    refusals += &shown(read_mapped("parts.xlsx", &packed(&[("xl/a.xml", cells)]), PARTS));
    refusals += &shown(read_mapped("parts.xlsx", &vec![b'x'; (10 << 20) + 1], PARTS));
    refusals +=
        &shown(read_mapped("parts.xlsx", &packed(&[("../evil.xml", String::new())]), PARTS));
    refusals += &shown(read_mapped("parts.xlsx", &packed(&[("a.xml", String::new())]), PARTS));
    refusals += &shown(read_mapped("parts.xlsx", b"PK\x03\x04 and no more", PARTS));
    let corner = header() + &row(1_048_576, &[number("XFD1048576", "1")]);
    refusals += &shown(parts(&corner));
    expect![[r#"
        parts.xlsx: unpacked the workbook has more than 200 MB [xlsx.size]
          save the sheet as CSV, or split it into several files
        parts.xlsx: the workbook has more than a million cells [xlsx.size]
          save the sheet as CSV, or split it into several files
        parts.xlsx: the workbook has 11 MB; the most is 10 MB [xlsx.size]
          save the sheet as CSV, or split it into several files
        parts.xlsx: the workbook cannot be read: a part of it has a name that leads outside [xlsx.broken]
          open it in the spreadsheet and save it again as .xlsx
        parts.xlsx: the workbook cannot be read: File not found '_rels/.rels' [xlsx.broken]
          open it in the spreadsheet and save it again as .xlsx
        parts.xlsx: the workbook cannot be read: invalid Zip archive: Could not find EOCD [xlsx.broken]
          open it in the spreadsheet and save it again as .xlsx
        parts.xlsx, row 1048576: the sheet has more than 1000 columns [xlsx.size]
          save the sheet as CSV, or split it into several files
    "#]].assert_eq(&refusals);
}

#[test]
fn no_damaged_workbook_stops_the_program() {
    let sound = workbook(&(header() + &row(2, &[text("A2", "1"), number("B2", "2")])));
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..300 {
        let mut damaged = sound.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(0..damaged.len());
            damaged[at] = random.u8(..);
        }
        damaged.truncate(random.usize(damaged.len() / 2..=damaged.len()));
        drop(read_mapped("parts.xlsx", &damaged, PARTS));
    }
}
