//! Numbers as a file writes them to numbers as RDF does.

use oxsdatatypes::{Decimal, Double};

/// The characters of a number format, as in [CSVW](https://www.w3.org/TR/tabular-data-model/#formats-for-numeric-types).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberFormat {
    pub(crate) decimal: char,
    pub(crate) group: Option<char>,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self { decimal: '.', group: None }
    }
}

impl NumberFormat {
    /// The number as XSD writes it: no groups, a point, an ASCII minus.
    fn plain(self, text: &str) -> Option<String> {
        let text = text.trim();
        let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = match digits.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let whole = self.ungrouped(whole)?;
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(&whole) || !fraction.is_none_or(|f| !f.is_empty() && all_digits(f)) {
            return None;
        }
        match fraction {
            None if whole.is_empty() => None,
            None => Some(format!("{sign}{whole}")),
            Some(fraction) if whole.is_empty() => Some(format!("{sign}0.{fraction}")),
            Some(fraction) => Some(format!("{sign}{whole}.{fraction}")),
        }
    }

    /// Takes group characters out, but only where they stand between thousands.
    fn ungrouped(self, whole: &str) -> Option<String> {
        let Some(group) = self.group else { return Some(whole.to_owned()) };
        // Nordic software writes the group blank as an ordinary, a no-break or a narrow no-break space.
        let blank = |c: char| matches!(c, ' ' | '\u{A0}' | '\u{202F}');
        let is_group = |c: char| c == group || (blank(group) && blank(c));
        let parts: Vec<&str> = whole.split(is_group).collect();
        let well_placed = parts.iter().skip(1).all(|part| part.len() == 3)
            && (parts.len() == 1 || (1..=3).contains(&parts[0].len()));
        well_placed.then(|| parts.concat())
    }

    /// An `xsd:decimal`.
    pub(crate) fn decimal(self, text: &str) -> Option<Decimal> {
        self.plain(text)?.parse().ok()
    }

    /// An `xsd:double`, which may have an exponent.
    pub(crate) fn double(self, text: &str) -> Option<Double> {
        let text = text.trim();
        let (mantissa, exponent) = text.split_at(text.find(['e', 'E']).unwrap_or(text.len()));
        format!("{}{exponent}", self.plain(mantissa)?).parse().ok()
    }

    /// The other usual format in which the text would be a number, for the advice.
    pub(crate) fn rather(self, text: &str) -> Option<Self> {
        let candidates = [
            (',', None),
            ('.', None),
            (',', Some(' ')),
            ('.', Some(' ')),
            (',', Some('.')),
            ('.', Some(',')),
        ];
        candidates
            .into_iter()
            .map(|(decimal, group)| Self { decimal, group })
            .find(|format| *format != self && format.plain(text).is_some())
    }
}

/// A spreadsheet's number to the fifteen significant digits that spreadsheets keep, so that 0.1 + 0.2 is 0.3.
pub(crate) fn cell_number(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    let rounded: f64 = format!("{number:.14e}").parse().ok()?;
    rounded.to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_in_the_formats_of_nordic_erp_systems() {
        let comma = NumberFormat { decimal: ',', group: None };
        let grouped = NumberFormat { decimal: ',', group: Some(' ') };
        for (format, text, expected) in [
            (comma, "12,50", Some("12.5")),
            (comma, "-0,125", Some("-0.125")),
            (comma, "\u{2212}7", Some("-7")),
            (comma, ",5", Some("0.5")),
            (comma, "+3", Some("3")),
            (comma, "12.50", None),
            (comma, "1 200,5", None),
            (comma, "12,", None),
            (comma, "", None),
            (comma, "1E3", None),
            (grouped, "1 200,5", Some("1200.5")),
            (grouped, "1\u{A0}200\u{202F}300", Some("1200300")),
            (grouped, "1 20", None),
            (grouped, "1200 300", None),
            (NumberFormat::default(), "12.50", Some("12.5")),
            (NumberFormat::default(), "12,50", None),
            (NumberFormat::default(), &"9".repeat(50), None),
        ] {
            let read = format.decimal(text).map(|decimal| decimal.to_string());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
        assert_eq!(comma.double("1,5E3").unwrap().to_string(), "1500");
    }

    #[test]
    fn a_cell_keeps_fifteen_digits() {
        for (number, expected) in [
            (0.1 + 0.2, Some("0.3")),
            (12.5, Some("12.5")),
            (417.0, Some("417")),
            (1e21, None),
            (f64::NAN, None),
        ] {
            let read = cell_number(number).map(|decimal| decimal.to_string());
            assert_eq!(read.as_deref(), expected, "{number}");
        }
    }
}
