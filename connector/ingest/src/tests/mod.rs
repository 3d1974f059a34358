//! The behaviour of the package, on files as companies have them.

mod checks;
mod jsonld;
mod labels;
mod plain;
mod properties;
mod rdf;
mod routing;
mod suggestions;
mod tables;
mod workbooks;

use crate::{Context, Partner, Problem, SourceFile, Statements, Templates, read};
use std::collections::BTreeMap;

/// The quads of sources that are wanted again.
fn route(sources: &[Statements], context: &Context) -> Vec<crate::Routed> {
    crate::route(sources.to_vec(), context)
}

/// A machine shop with a mill, two machine makers and one partner that publishes no templates.
fn shop() -> Context {
    let partner = |number: &str, did: &str, name: &str| Partner {
        number: number.into(),
        did: did.parse().unwrap(),
        name: name.into(),
    };
    let mill = Templates {
        batch: Some("https://id.mill.example/h/{batch}".into()),
        ..Templates::default()
    };
    let oem = Templates {
        item: Some("https://id.oem.example/s/{serial}".into()),
        ..Templates::default()
    };
    Context {
        own: "did:web:shop.example".parse().unwrap(),
        base: "https://shop.example".into(),
        templates: Templates {
            item: Some("https://id.shop.example/p/{part}/{serial}".into()),
            batch: Some("https://id.shop.example/b/{batch}".into()),
            model: Some("https://id.shop.example/m/{part}".into()),
            place: None,
        },
        partners: vec![
            partner("0310", "did:web:mill.example", "Mill"),
            partner("1001", "did:web:oem.example", "OEM"),
            partner("1002", "did:web:rival.example", "Rival"),
            partner("0999", "did:web:shop.example", "Ourselves"),
        ],
        makers: BTreeMap::from([
            ("did:web:mill.example".parse().unwrap(), mill),
            ("did:web:oem.example".parse().unwrap(), oem),
        ]),
        vocabulary: adit_vocab::Vocabulary::bundled().clone(),
        files: BTreeMap::from([("heat-4711.pdf".into(), b"%PDF-1.7".to_vec())]),
    }
}

/// The mapping of the shop's deliveries.
const DELIVERIES: &str = r#"{
  "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
  "url": "deliveries.csv",
  "dialect": {"encoding": "windows-1252", "delimiter": ";", "header": true},
  "adit:timeZone": "Europe/Helsinki",
  "adit:productGroup": "machined-part",
  "adit:phase": "as-built",
  "tableSchema": {
    "aboutUrl": "adit:item?part={part_no}&serial={serial}",
    "primaryKey": ["part_no", "serial"],
    "columns": [
      {"name": "part_no", "titles": "Osanumero", "datatype": "string", "required": true, "propertyUrl": "schema:mpn"},
      {"name": "serial", "titles": "Sarjanumero", "datatype": "string", "required": true, "propertyUrl": "schema:serialNumber"},
      {"name": "weight", "titles": "Paino_kg", "datatype": {"base": "decimal", "format": {"decimalChar": ",", "groupChar": " "}}, "propertyUrl": "schema:weight", "adit:unit": "unit:KiloGM"},
      {"name": "heat", "titles": "Sulatus", "propertyUrl": "adit:fromBatch", "valueUrl": "adit:batch?maker={supplier_no}&batch={heat}", "null": ["", "-"]},
      {"name": "supplier_no", "titles": "Toimittaja", "suppressOutput": true},
      {"name": "customer_no", "titles": "Asiakasnro", "propertyUrl": "adit:deliveredTo", "valueUrl": "adit:partner?number={customer_no}"},
      {"name": "delivered", "titles": "Pvm", "datatype": {"base": "date", "format": "dd.MM.yyyy"}, "propertyUrl": "adit:deliveredOn"},
      {"name": "type", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "schema:IndividualProduct"}
    ]
  }
}"#;

const HEADER: &str = "Osanumero;Sarjanumero;Paino_kg;Sulatus;Toimittaja;Asiakasnro;Pvm\r\n";

/// The deliveries with these rows, in Windows-1252.
fn deliveries(rows: &str) -> Result<Statements, Vec<Problem>> {
    let text = format!("{HEADER}{rows}");
    let (data, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    read_mapped("deliveries.csv", &data, DELIVERIES)
}

fn read_mapped(name: &str, data: &[u8], mapping: &str) -> Result<Statements, Vec<Problem>> {
    read(&SourceFile { name, data, mapping: Some(mapping.as_bytes()) }, &shop())
}

fn read_turtle(name: &str, turtle: &str) -> Statements {
    let prefixes = "PREFIX adit: <https://w3id.org/adit/ns#> PREFIX schema: <https://schema.org/> \
        PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX qudt: <http://qudt.org/schema/qudt/> \
        PREFIX eudpp: <https://w3id.org/eudpp#> PREFIX org: <http://www.w3.org/ns/org#> \
        PREFIX p: <https://id.shop.example/p/> PREFIX r: <https://shop.example/record/>\n";
    let data = format!("{prefixes}{turtle}");
    read(&SourceFile { name, data: data.as_bytes(), mapping: None }, &shop()).unwrap()
}

/// The triples as lines with short names, sorted, each once.
fn lines(statements: &Statements) -> String {
    let short = |text: String| {
        let mut text = text;
        for (prefix, namespace) in adit_vocab::PREFIXES {
            text = text.replace(&format!("<{namespace}"), &format!("<{prefix}:"));
        }
        text
    };
    let mut lines: Vec<String> =
        statements.triples().map(|triple| short(triple.to_string()) + "\n").collect();
    lines.sort_unstable();
    lines.dedup();
    lines.concat()
}

/// The problems as they are shown.
fn shown(result: Result<Statements, Vec<Problem>>) -> String {
    let problems = match result {
        Ok(statements) => statements.warnings().to_vec(),
        Err(problems) => problems,
    };
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}
