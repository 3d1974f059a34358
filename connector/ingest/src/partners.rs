//! `partners.csv`: our numbers of customers and suppliers, and whom they stand for.

use crate::csv::{Delimited, Rows};
use crate::problem::Problems;
use crate::table::{Cell, Row};
use crate::{Code, Partner, Problem, text};
use std::collections::HashMap;

const TITLES: [&str; 3] = ["number", "did", "name"];

/// Reads `partners.csv`: a header `number;did;name`, then one partner a line. The encoding and the delimiter are detected.
///
/// # Errors
/// Each line that cannot be used: no DID, no number, or a number that stands for two organisations.
///
/// ```
/// let partners = adit_ingest::read_partners("partners.csv", b"number;did;name\r\n00417;did:web:mill.example;Mill\r\n").unwrap();
/// assert_eq!(partners[0].number, "00417");
/// assert_eq!(partners[0].did.as_str(), "did:web:mill.example");
/// ```
pub fn read_partners(name: &str, data: &[u8]) -> Result<Vec<Partner>, Vec<Problem>> {
    let mut problems = Problems::of(name);
    let mut partners: Vec<Partner> = Vec::new();
    match text::decode(data, Some(text::guess(data))) {
        Ok(text) => read_lines(&text, &mut partners, &mut problems),
        Err(problem) => problems.push(problem),
    }
    problems.finish()?;
    Ok(partners)
}

fn read_lines(text: &str, partners: &mut Vec<Partner>, problems: &mut Problems) {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().find(|byte| first.contains(char::from(*byte)));
    let delimited =
        Delimited { delimiter: delimiter.unwrap_or(b';'), quote: Some(b'"'), skip_rows: 0 };
    let mut rows = Rows::of(text, delimited);
    let titles = rows.next().and_then(Result::ok).map(|row| texts(&row)).unwrap_or_default();
    let place = |wanted: &str| titles.iter().position(|title| title.to_lowercase() == wanted);
    let [Some(number), Some(did), Some(called)] = TITLES.map(place) else {
        let message = format!("the first line is not {}", TITLES.join(";"));
        problems.push(Problem::error(Code::PartnersLine, message, "write it so").at_row(1));
        return;
    };
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in rows {
        match row.and_then(|row| partner_of(&row, [number, did, called], &mut seen)) {
            Ok(partner) => partners.push(partner),
            Err(problem) => problems.push(problem),
        }
    }
}

fn partner_of(
    row: &Row,
    [number, did, called]: [usize; 3],
    seen: &mut HashMap<String, u32>,
) -> Result<Partner, Problem> {
    let cells = texts(row);
    let cell = |index: usize| cells.get(index).cloned().unwrap_or_default();
    let wrong = |message: String, fix: &str| {
        Problem::error(Code::PartnersLine, message, fix).at_row(row.number.into())
    };
    if cell(number).is_empty() {
        return Err(wrong(
            "the number is empty".into(),
            "write the number that your own files use",
        ));
    }
    let parsed = cell(did).parse().map_err(|e: adit_vocab::NotADid| {
        wrong(e.to_string(), "ask the partner for it, or read it from their invitation")
            .in_column("did")
    })?;
    if let Some(first) = seen.insert(cell(number), row.number) {
        let message = format!("the number '{}' stands in row {first} already", cell(number));
        return Err(wrong(message, "keep one of the two lines"));
    }
    Ok(Partner { number: cell(number), did: parsed, name: cell(called) })
}

fn texts(row: &Row) -> Vec<String> {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Number(_) | Cell::Truth(_) | Cell::Moment(_) | Cell::Fault(_) => String::new(),
    };
    row.cells.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_any_delimiter_order_and_encoding() {
        for data in [
            b"number;did;name\n7;did:web:a.example;Er\xE4".as_slice(),
            "\u{FEFF}did,name,number\ndid:web:a.example,Erä,7\n\n".as_bytes(),
            "name\tNumber\tdid\r\nErä\t7\tdid:web:a.example".as_bytes(),
        ] {
            let partners = read_partners("partners.csv", data).unwrap();
            let expected = Partner {
                number: "7".into(),
                did: "did:web:a.example".parse().unwrap(),
                name: "Erä".into(),
            };
            assert_eq!(partners, [expected]);
        }
    }

    #[test]
    fn refuses_each_line_that_cannot_be_used() {
        let refusals = |data: &str| -> Vec<String> {
            let problems = read_partners("partners.csv", data.as_bytes()).unwrap_err();
            problems.iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            refusals("nummer;did;namn\n"),
            [
                "partners.csv, row 1: the first line is not number;did;name [partners.line]\n  write it so"
            ]
        );
        assert_eq!(
            refusals(
                "number;did;name\n7;mill.example;Mill\n;did:web:a.example;A\n8;did:web:a.example;A\n8;did:web:b.example;B\n"
            ),
            [
                "partners.csv, row 2, column 'did': 'mill.example' is not a DID; write it as did:METHOD:ID, for example did:web:mill.example [partners.line]\n  ask the partner for it, or read it from their invitation",
                "partners.csv, row 3: the number is empty [partners.line]\n  write the number that your own files use",
                "partners.csv, row 5: the number '8' stands in row 4 already [partners.line]\n  keep one of the two lines",
            ]
        );
    }
}
