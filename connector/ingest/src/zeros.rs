//! Identifiers that a spreadsheet has damaged: leading zeros gone, long numbers in scientific notation.

use crate::mapping::Mapping;
use crate::{Code, Problem};
use std::collections::BTreeMap;

/// The most suspects of one length that are remembered.
const SUSPECTS_MAX: usize = 100;

/// Watches one column of identifiers.
#[derive(Debug, Default)]
pub(crate) struct LostZeros {
    /// The shortest value that begins with a zero.
    padded_min: Option<usize>,
    /// The shortest and longest text, where cells have types.
    text_lengths: Option<(usize, usize)>,
    /// Values of digits that begin with another digit, by length.
    suspects: BTreeMap<usize, Vec<Suspect>>,
    scientific: Vec<Suspect>,
}

#[derive(Debug)]
struct Suspect {
    row: u32,
    value: String,
    is_number: bool,
}

impl LostZeros {
    /// A watch over the column, if its values name things and the mapping does not bound their length.
    pub(crate) fn watching(mapping: &Mapping, index: usize) -> Option<Self> {
        let watched =
            mapping.columns[index].datatype.is_free_text() && mapping.is_identifier(index);
        watched.then(Self::default)
    }

    /// Looks at one value; `is_number` where the spreadsheet holds a number and not a text.
    pub(crate) fn see(&mut self, row: u32, value: &str, is_number: bool) {
        let length = value.len();
        if !is_number {
            let (min, max) = self.text_lengths.unwrap_or((length, length));
            self.text_lengths = Some((min.min(length), max.max(length)));
        }
        let suspect = || Suspect { row, value: value.to_owned(), is_number };
        if is_scientific(value) && self.scientific.len() < SUSPECTS_MAX {
            self.scientific.push(suspect());
        }
        if length == 0 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        if value.starts_with('0') && length > 1 {
            self.padded_min = Some(self.padded_min.map_or(length, |min| min.min(length)));
        } else {
            let alike = self.suspects.entry(length).or_default();
            if alike.len() < SUSPECTS_MAX {
                alike.push(suspect());
            }
        }
    }

    /// The values that are too short to be whole, when all rows have been seen.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let same_length = self.text_lengths.filter(|(min, max)| min == max).map(|(min, _)| min);
        let mut problems = Vec::new();
        for suspect in self.suspects.values().flatten() {
            let expected = match (self.padded_min, same_length) {
                (Some(padded), _) => padded,
                (None, Some(length)) if suspect.is_number => length,
                (None, _) => continue,
            };
            if suspect.value.len() < expected {
                problems.push(suspect.lost_zeros(expected, self.padded_min.is_some()));
            }
        }
        problems.extend(self.scientific.iter().map(Suspect::scientific));
        problems.sort_by_key(|problem| problem.row);
        problems
    }
}

impl Suspect {
    fn lost_zeros(&self, expected: usize, is_padded: bool) -> Problem {
        let whole = format!("{:0>expected$}", self.value);
        let fix = match (self.is_number, is_padded) {
            (true, true) => format!("format the column as Text and enter {whole} again"),
            (true, false) => {
                "format the column as Text and enter the identifier in full".to_owned()
            }
            (false, _) => format!(
                "export the file again without opening it in a spreadsheet, or write {whole}; if {} is right, \
                 say \"datatype\": {{\"base\": \"string\", \"minLength\": 1}} in the mapping",
                self.value
            ),
        };
        let message = format!(
            "a spreadsheet took leading zeros away: the other values have {expected} characters"
        );
        Problem::error(Code::ValueZeros, message, fix)
            .at_row(self.row.into())
            .with_value(&self.value)
    }

    fn scientific(&self) -> Problem {
        let message = "a spreadsheet wrote an identifier as a rounded number";
        let fix = "export the file again without opening it in a spreadsheet";
        Problem::error(Code::ValueDigits, message, fix)
            .at_row(self.row.into())
            .with_value(&self.value)
    }
}

/// `1,23457E+12`: a digit, a mark, digits, `E+`, digits.
fn is_scientific(value: &str) -> bool {
    let Some((mantissa, exponent)) = value.split_once("E+") else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once([',', '.']).unwrap_or((mantissa, "0"));
    whole.len() == 1 && digits(whole) && digits(fraction) && digits(exponent)
}
