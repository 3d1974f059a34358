//! Files that cannot stand in a text.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// Makes the file of a case, by the name that the case gives.
pub fn make(how: &str, path: &Path) {
    match how {
        "long_line" => long_line(path),
        "long_question" => {
            std::fs::write(path, format!("SELECT * {{ # {}\n }}", "x".repeat(2_000_000))).unwrap();
        }
        "folder" => std::fs::create_dir(path).unwrap(),
        "pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        "link_to_itself" => symlink(path, path).unwrap(),
        "knot" => knot(path),
        "cut_workbook" => {
            let whole = workbook("osat", ROW);
            std::fs::write(path, &whole[..whole.len() / 2]).unwrap();
        }
        "formula_workbook" => {
            let row = ROW.replace(
                "<c r=\"D2\"><v>12.5</v></c>",
                "<c r=\"D2\" t=\"e\"><f>A1/0</f><v>#DIV/0!</v></c>",
            );
            std::fs::write(path, workbook("osat", &row)).unwrap();
        }
        "other_sheet_workbook" => {
            std::fs::write(path, workbook("osat", ROW)).unwrap();
            let mapping = path.with_file_name("osat.xlsx-metadata.json");
            let text = std::fs::read_to_string(&mapping).unwrap();
            let text = text.replacen("\"url\"", "\"adit:sheet\": \"Taul1\", \"url\"", 1);
            std::fs::write(mapping, text).unwrap();
        }
        "date_workbook" => {
            let row = ROW.replace(
                "<c r=\"B2\" t=\"inlineStr\"><is><t>00418</t></is></c>",
                "<c r=\"B2\" s=\"1\"><v>46000</v></c>",
            );
            std::fs::write(path, workbook("osat", &row)).unwrap();
        }
        "bomb_workbook" => {
            let row = format!("{ROW}<!--{}-->", " ".repeat(201 << 20));
            std::fs::write(path, workbook("osat", &row)).unwrap();
        }
        other => panic!("nobody makes '{other}'"),
    }
}

/// A header, then a hundred million letters without a line end.
fn long_line(path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(
        b"Osanumero;Sarjanumero;Nimitys;Paino;Yksikk\xF6;Sulatus;Toimittaja;Asiakas;Toimitettu\n",
    )
    .unwrap();
    for _ in 0..100 {
        file.write_all(&[b'x'; 1_000_000]).unwrap();
    }
}

/// Blank nodes that all point at each other.
fn knot(path: &Path) {
    let mut text = String::new();
    for a in 0..50 {
        for b in 0..50 {
            text += &format!("_:b{a} <https://schema.org/model> _:b{b} .\n");
        }
    }
    std::fs::write(path, text).unwrap();
}

/// The second row of a workbook: one part.
const ROW: &str = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>0042-7</t></is></c><c r="B2" t="inlineStr"><is><t>00418</t></is></c><c r="C2" t="inlineStr"><is><t>Akseli</t></is></c><c r="D2"><v>12.5</v></c><c r="E2" t="inlineStr"><is><t>kg</t></is></c></row>"#;

const TITLES: [&str; 9] = [
    "Osanumero",
    "Sarjanumero",
    "Nimitys",
    "Paino",
    "Yksikkö",
    "Sulatus",
    "Toimittaja",
    "Asiakas",
    "Toimitettu",
];

/// The smallest workbook with one sheet.
fn workbook(sheet: &str, rows: &str) -> Vec<u8> {
    let title = |(column, title): (u8, &&str)| {
        format!(
            r#"<c r="{}1" t="inlineStr"><is><t>{title}</t></is></c>"#,
            char::from(b'A' + column)
        )
    };
    let header: String = (0..).zip(&TITLES).map(title).collect();
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const PARTS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{PARTS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{MAIN}" xmlns:r="{PARTS}"><sheets><sheet name="{sheet}" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{PARTS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{PARTS}/styles" Target="styles.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                r#"<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="{MAIN}"><sheetData><row r="1">{header}</row>{rows}</sheetData></worksheet>"#
            ),
        ),
    ];
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        packed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(text.as_bytes()).unwrap();
    }
    packed.finish().unwrap().into_inner()
}
