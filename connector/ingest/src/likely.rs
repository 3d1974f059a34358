//! What the bytes and values of a file make likely: delimiter, header, numbers, dates, units.

use crate::csv::{Delimited, Rows};
use crate::date::DateFormat;
use crate::headers::{Guess, Meaning};
use crate::number::NumberFormat;
use crate::table::{Cell, Row};
use serde_json::{Value, json};

/// Date formats in the order in which they are tried: the stricter before the looser.
const DATE_FORMATS: &[&str] = &[
    "dd.MM.yyyy",
    "d.M.yyyy",
    "yyyy-MM-dd",
    "dd/MM/yyyy",
    "d/M/yyyy",
    "dd-MM-yyyy",
    "yyyy/MM/dd",
    "d.M.yy",
    "dd.MM.yyyy HH:mm",
    "d.M.yyyy H:mm",
    "dd.MM.yyyy HH:mm:ss",
    "yyyy-MM-dd HH:mm",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-ddTHH:mm",
    "yyyy-MM-ddTHH:mm:ss",
    "dd/MM/yyyy HH:mm",
];

/// The delimiter that cuts the first lines into equally many fields, and into the most.
pub(crate) fn likely_delimiter(text: &str) -> u8 {
    let fields = |delimiter: u8| {
        let rows = Rows::of(text, Delimited { delimiter, quote: Some(b'"'), skip_rows: 0 });
        let widths: Vec<usize> =
            rows.take(20).filter_map(Result::ok).map(|row| row.cells.len()).collect();
        let first = widths.first().copied().unwrap_or(0);
        let alike = widths.iter().filter(|width| **width == first).count();
        if first > 1 { (alike, first) } else { (0, 0) }
    };
    // The last of equals wins: a semicolon is the surest where decimals have commas.
    [b'|', b',', b'\t', b';'].into_iter().max_by_key(|delimiter| fields(*delimiter)).unwrap_or(b';')
}

/// A header has words only.
pub(crate) fn looks_like_header(row: &Row) -> bool {
    row.cells.iter().all(|cell| matches!(cell, Cell::Text(text) if !text.chars().next().is_some_and(|c| c.is_ascii_digit())))
}

pub(crate) fn likely_datatype(guess: Option<&Guess>, values: &[&Cell]) -> Value {
    let texts: Vec<&str> = values
        .iter()
        .filter_map(|cell| match cell {
            Cell::Text(text) => Some(text.trim()),
            Cell::Number(_) | Cell::Truth(_) | Cell::Moment(_) | Cell::Fault(_) => None,
        })
        .collect();
    let are_dates = values.iter().any(|cell| matches!(cell, Cell::Moment(_)));
    match guess.map(|guess| guess.meaning) {
        Some(Meaning::Delivered | Meaning::Made) => likely_date(&texts),
        Some(Meaning::Weight) => likely_decimal(&texts),
        None if are_dates => json!("datetime"),
        // Whatever names a thing is text: a number would lose its zeros.
        Some(
            Meaning::Part
            | Meaning::Serial
            | Meaning::Heat
            | Meaning::Batch
            | Meaning::Customer
            | Meaning::Supplier
            | Meaning::Order
            | Meaning::Position
            | Meaning::Grade
            | Meaning::Name,
        )
        | None => json!("string"),
    }
}

fn likely_date(texts: &[&str]) -> Value {
    if texts.is_empty() {
        return json!("date");
    }
    let reads = |pattern: &&str, text: &str| {
        DateFormat::parse(pattern).is_ok_and(|format| format.read(text).is_some())
    };
    match fitting(DATE_FORMATS, texts, reads) {
        Some(pattern) if pattern.contains('H') => json!({"base": "datetime", "format": pattern}),
        Some(pattern) => json!({"base": "date", "format": pattern}),
        None => match fitting(&[DateFormat::iso_date_time()], texts, |format, text| {
            format.read(text).is_some()
        }) {
            Some(_) => json!("datetime"),
            None => json!("string"),
        },
    }
}

/// The format that most of the values have, where at least four of five have it: a slip of the pen stays a slip,
/// and the check names its row. Among equals the first.
fn fitting<'f, F>(
    formats: &'f [F],
    texts: &[&str],
    reads: impl Fn(&F, &str) -> bool,
) -> Option<&'f F> {
    let mut best: (usize, Option<&F>) = (0, None);
    for format in formats {
        let count = texts.iter().filter(|text| reads(format, text)).count();
        if count > best.0 {
            best = (count, Some(format));
        }
    }
    best.1.filter(|_| best.0 * 5 >= texts.len() * 4)
}

fn likely_decimal(texts: &[&str]) -> Value {
    let point = NumberFormat::default();
    let formats = [
        point,
        NumberFormat { decimal: ',', group: None },
        NumberFormat { decimal: ',', group: Some(' ') },
        NumberFormat { decimal: ',', group: Some('.') },
        NumberFormat { decimal: '.', group: Some(',') },
    ];
    if texts.is_empty() {
        return json!("decimal");
    }
    match fitting(&formats, texts, |format, text| format.decimal(text).is_some()) {
        Some(format) if *format == point => json!("decimal"),
        Some(NumberFormat { decimal, group: None }) => {
            json!({"base": "decimal", "format": {"decimalChar": decimal.to_string()}})
        }
        Some(NumberFormat { decimal, group: Some(group) }) => {
            json!({"base": "decimal", "format": {"decimalChar": decimal.to_string(), "groupChar": group.to_string()}})
        }
        None => json!("string"),
    }
}

/// The unit that a title ends with, as in `Paino_kg` or `Vikt (t)`.
pub(crate) fn unit_of(rest: &str) -> Option<&'static str> {
    match rest {
        "kg" => Some("unit:KiloGM"),
        "g" => Some("unit:GM"),
        "t" | "ton" | "tonnes" | "tonnia" => Some("unit:TONNE"),
        _ => None,
    }
}
