//! Cells to literals, by the datatype of their column.

use crate::Code;
use crate::datatype::{Bound, Datatype, NumberKind, PeriodKind};
use crate::date::{DateFormat, Written};
use crate::number::{self, NumberFormat};
use crate::table::Cell;
use jiff::tz::TimeZone;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode};
use oxsdatatypes::{Decimal, Double};

/// What a column adds to the meaning of its cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnSense<'a> {
    pub(crate) lang: Option<&'a str>,
    pub(crate) zone: Option<&'a TimeZone>,
    pub(crate) mapping: &'a str,
}

/// Why a cell is not a value of its column's datatype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) fix: String,
}

impl Wrong {
    fn new(code: Code, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, message: message.into(), fix: fix.into() }
    }
}

impl Datatype {
    /// The literal of a cell that is not null.
    pub(crate) fn literal(&self, cell: &Cell, column: &ColumnSense<'_>) -> Result<Literal, Wrong> {
        if let Cell::Fault(fault) = cell {
            let message = format!("the cell holds {fault} instead of a value");
            return Err(Wrong::new(
                Code::XlsxFormula,
                message,
                "put the formula right, or enter the value",
            ));
        }
        match self {
            Self::Text { length_min, length_max } => {
                let text = text_of(cell)?;
                check_length(&text, *length_min, *length_max)?;
                Ok(match column.lang {
                    Some(lang) => Literal::new_language_tagged_literal_unchecked(text, lang),
                    None => Literal::new_simple_literal(text),
                })
            }
            Self::Number { kind, format, bounds } => number_literal(cell, *kind, *format, bounds),
            Self::Truth { yes, no } => truth_literal(cell, yes, no),
            Self::Moment { format, pattern } => moment_literal(cell, format, pattern, column),
            Self::Period { format, pattern, kind } => period_literal(cell, format, pattern, *kind),
            Self::Iri => {
                let text = text_of(cell)?;
                if NamedNode::new(&text).is_err() {
                    return Err(Wrong::new(
                        Code::ValueIri,
                        "it is not an absolute IRI",
                        "write it in full, with https://",
                    ));
                }
                Ok(Literal::new_typed_literal(text, xsd::ANY_URI))
            }
        }
    }
}

/// The text of a cell of a text column: a number becomes its plain digits.
pub(crate) fn text_of(cell: &Cell) -> Result<String, Wrong> {
    match cell {
        Cell::Text(text) => {
            let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
            match text.chars().find(|c| control(*c)) {
                Some(c) => Err(Wrong::new(
                    Code::ValueControl,
                    format!("the text holds the control character U+{:04X}", u32::from(c)),
                    "take it out; if it stands for a letter, the mapping names the wrong encoding",
                )),
                None => Ok(text.clone()),
            }
        }
        // Beyond fifteen digits the spreadsheet has already replaced digits by zeros.
        Cell::Number(number) if number.abs() >= 1e15 => Err(Wrong::new(
            Code::ValueDigits,
            "the spreadsheet kept only 15 digits of it",
            "format the column as Text and enter the value again",
        )),
        Cell::Number(number) => match number::cell_number(*number) {
            Some(decimal) => Ok(decimal.to_string()),
            None => Err(Wrong::new(
                Code::XlsxType,
                "it is not a number that can be written",
                "enter the value again",
            )),
        },
        Cell::Truth(truth) => Ok(truth.to_string()),
        Cell::Moment(moment) => Err(Wrong::new(
            Code::XlsxType,
            format!("the spreadsheet made a date of it ({})", moment.date()),
            "format the column as Text and enter the value again",
        )),
        Cell::Fault(fault) => Err(Wrong::new(Code::XlsxFormula, fault, "enter the value again")),
    }
}

fn check_length(text: &str, min: Option<u32>, max: Option<u32>) -> Result<(), Wrong> {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let (bound, words) = match (min, max) {
        (Some(min), _) if length < min => (min, "at least"),
        (_, Some(max)) if length > max => (max, "at most"),
        _ => return Ok(()),
    };
    let message = format!("it has {length} characters; the mapping asks for {words} {bound}");
    Err(Wrong::new(Code::ValueLength, message, "correct the value, or the length in the mapping"))
}

fn number_literal(
    cell: &Cell,
    kind: NumberKind,
    format: NumberFormat,
    bounds: &[Bound],
) -> Result<Literal, Wrong> {
    if let (NumberKind::Double, Cell::Text(text)) = (kind, cell) {
        let number: Double = format.double(text).ok_or_else(|| not_a_number(kind, format, text))?;
        // A double beyond all decimals is beyond every bound.
        let broken = match Decimal::try_from(number) {
            Ok(decimal) => bounds.iter().find(|bound| !bound.holds(decimal)),
            Err(_) => bounds.first(),
        };
        return broken
            .map_or_else(|| Ok(Literal::from(number)), |broken| Err(out_of_range(broken)));
    }
    let decimal = match cell {
        Cell::Number(number) => number::cell_number(*number),
        Cell::Text(text) => {
            Some(format.decimal(text).ok_or_else(|| not_a_number(kind, format, text))?)
        }
        Cell::Truth(_) | Cell::Moment(_) | Cell::Fault(_) => None,
    };
    let decimal = decimal.ok_or_else(|| {
        let fix = "format the column as Number and enter the value again";
        Wrong::new(Code::XlsxType, "the cell does not hold a number", fix)
    })?;
    if let Some(broken) = bounds.iter().find(|bound| !bound.holds(decimal)) {
        return Err(out_of_range(broken));
    }
    match kind {
        NumberKind::Decimal => Ok(Literal::from(decimal)),
        NumberKind::Double => Ok(Literal::from(Double::from(decimal))),
        NumberKind::Integer(datatype) => {
            let text = decimal.to_string();
            if text.contains('.') {
                let fix = "correct the value, or say \"decimal\" in the mapping";
                return Err(Wrong::new(Code::ValueInteger, "it is not a whole number", fix));
            }
            Ok(Literal::new_typed_literal(text, datatype))
        }
    }
}

fn out_of_range(bound: &Bound) -> Wrong {
    let fix = "correct the value, or the bound in the mapping";
    Wrong::new(Code::ValueRange, format!("it must be {bound}"), fix)
}

fn not_a_number(kind: NumberKind, format: NumberFormat, text: &str) -> Wrong {
    let (code, noun) = match kind {
        NumberKind::Decimal => (Code::ValueDecimal, "decimal number"),
        NumberKind::Integer(_) => (Code::ValueInteger, "whole number"),
        NumberKind::Double => (Code::ValueNumber, "number"),
    };
    let group =
        format.group.map_or_else(String::new, |group| format!(" and group character '{group}'"));
    let message = format!("it is not a {noun} with decimal character '{}'{group}", format.decimal);
    let fix = match format.rather(text) {
        Some(NumberFormat { decimal, group: None }) => {
            format!(
                "if the whole column is written so, say \"format\": {{\"decimalChar\": \"{decimal}\"}} in its datatype"
            )
        }
        Some(NumberFormat { decimal, group: Some(group) }) => format!(
            "if the whole column is written so, say \"format\": {{\"decimalChar\": \"{decimal}\", \"groupChar\": \"{group}\"}} in its datatype"
        ),
        None => "correct the value in the file it comes from".to_owned(),
    };
    Wrong::new(code, message, fix)
}

fn truth_literal(cell: &Cell, yes: &[String], no: &[String]) -> Result<Literal, Wrong> {
    let text = match cell {
        Cell::Truth(truth) => return Ok(Literal::from(*truth)),
        cell => text_of(cell)?,
    };
    let is_in = |words: &[String]| words.contains(&text);
    if is_in(yes) || is_in(no) {
        return Ok(Literal::from(is_in(yes)));
    }
    let words: Vec<&str> = yes.iter().chain(no).map(String::as_str).collect();
    let message = format!("it is none of: {}", words.join(", "));
    let fix =
        "correct the value, or say \"format\": \"YES|NO\" with the file's own words in the mapping";
    Err(Wrong::new(Code::ValueBoolean, message, fix))
}

fn written(cell: &Cell, format: &DateFormat, pattern: &str) -> Result<Written, Wrong> {
    let text = match cell {
        Cell::Moment(moment) => return Ok(Written::without_offset(*moment)),
        Cell::Number(number) if number.fract() == 0.0 && pattern == "yyyy" => number.to_string(),
        Cell::Number(_) | Cell::Truth(_) | Cell::Fault(_) => {
            let fix = "format the column as Date and enter the value again";
            return Err(Wrong::new(Code::XlsxType, "the cell holds no date", fix));
        }
        Cell::Text(text) => text.clone(),
    };
    format.read(&text).ok_or_else(|| {
        let message = format!("it is not a date that exists in the form {pattern}");
        Wrong::new(Code::ValueDate, message, date_advice(&text))
    })
}

/// How dates are written beside the form that a mapping names.
const DATE_FORMATS: [&str; 9] = [
    "d.M.yyyy",
    "yyyy-MM-dd",
    "d/M/yyyy",
    "M/d/yyyy",
    "d-M-yyyy",
    "yyyy/MM/dd",
    "yyyyMMdd",
    "d.M.yyyy HH:mm",
    "yyyy-MM-dd HH:mm:ss",
];

/// The form in which a text would be a date; where it would be two dates, nobody but its writer knows.
fn date_advice(text: &str) -> String {
    let mut forms: Vec<(&str, Written)> = Vec::new();
    for pattern in DATE_FORMATS {
        let read = DateFormat::parse(pattern).ok().and_then(|format| format.read(text));
        if let Some(date) = read.filter(|date| forms.iter().all(|(_, known)| known != date)) {
            forms.push((pattern, date));
        }
    }
    match forms.as_slice() {
        [] => "correct the value, or say \"format\" in the column's datatype as the file writes it, such as \"dd.MM.yyyy\"".to_owned(),
        [(one, _)] => format!("if the whole column is written so, say \"format\": \"{one}\" in its datatype"),
        [(one, _), (other, _), ..] => format!(
            "it may be \"{one}\" or \"{other}\": ask where the file comes from, and say which as \"format\" in the column's datatype"
        ),
    }
}

fn moment_literal(
    cell: &Cell,
    format: &DateFormat,
    pattern: &str,
    column: &ColumnSense<'_>,
) -> Result<Literal, Wrong> {
    let written = written(cell, format, pattern)?;
    match written.instant(column.zone) {
        Some(instant) => Ok(Literal::new_typed_literal(instant.to_string(), xsd::DATE_TIME)),
        None if column.zone.is_none() && !written.has_offset() => Err(Wrong::new(
            Code::ZoneMissing,
            "neither the value nor the mapping says in which time zone",
            format!(
                "add this line to {}, with your own zone: \"adit:timeZone\": \"Europe/Helsinki\",",
                column.mapping
            ),
        )),
        None => Err(Wrong::new(Code::ValueDate, "it is beyond the calendar", "correct the value")),
    }
}

fn period_literal(
    cell: &Cell,
    format: &DateFormat,
    pattern: &str,
    kind: PeriodKind,
) -> Result<Literal, Wrong> {
    let at = written(cell, format, pattern)?.at;
    Ok(match kind {
        PeriodKind::Month => Literal::new_typed_literal(
            format!("{:04}-{:02}", at.year(), at.month()),
            xsd::G_YEAR_MONTH,
        ),
        PeriodKind::Year => Literal::new_typed_literal(format!("{:04}", at.year()), xsd::G_YEAR),
    })
}
