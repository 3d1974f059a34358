//! Delimited text to rows.
//!
//! Splits by [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180#section-2) and is strict where lenient readers are silent:
//! a quote that is never closed swallows the rest of a file, so it is an error at the row that opens it,
//! and no row may be longer than a megabyte. A quote inside an unquoted field is text (`Pipe 5"`).

use crate::table::{Cell, Row};
use crate::{Code, Problem};

/// The most bytes of one row.
pub(crate) const ROW_BYTES_MAX: usize = 1 << 20;

/// How the fields of a row are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delimited {
    pub(crate) delimiter: u8,
    pub(crate) quote: Option<u8>,
    pub(crate) skip_rows: u32,
}

/// The rows of a text; blank ones are counted and left out. Ends after an error that makes what follows doubtful.
pub(crate) struct Rows<'a> {
    text: &'a str,
    at: usize,
    number: u32,
    delimited: Delimited,
}

/// Why a row cannot be split.
enum Broken {
    Long,
    Unclosed,
    AfterQuote,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(text: &'a str, delimited: Delimited) -> Self {
        Self { text, at: 0, number: 0, delimited }
    }

    fn record(&mut self) -> Result<Vec<Cell>, Broken> {
        let start = self.at;
        let mut cells = Vec::new();
        loop {
            let quoted = self.delimited.quote.is_some() && self.byte() == self.delimited.quote;
            cells.push(Cell::Text(if quoted { self.quoted(start)? } else { self.plain(start)? }));
            match self.byte() {
                Some(byte) if byte == self.delimited.delimiter => self.at += 1,
                Some(b'\r') => {
                    self.at +=
                        if self.text.as_bytes().get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
                    return Ok(cells);
                }
                Some(b'\n') => {
                    self.at += 1;
                    return Ok(cells);
                }
                None => return Ok(cells),
                Some(_) => return Err(Broken::AfterQuote),
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What a row may still take, so that no search runs past its end.
    fn window(&self, start: usize) -> &'a [u8] {
        let bytes = self.text.as_bytes();
        &bytes[self.at..bytes.len().min(start + ROW_BYTES_MAX)]
    }

    fn plain(&mut self, start: usize) -> Result<String, Broken> {
        let window = self.window(start);
        let ends =
            |byte: &u8| *byte == self.delimited.delimiter || *byte == b'\n' || *byte == b'\r';
        let length = match window.iter().position(ends) {
            Some(length) => length,
            None if self.at + window.len() == self.text.len() => window.len(),
            None => return Err(Broken::Long),
        };
        let field = &self.text[self.at..self.at + length];
        self.at += length;
        Ok(field.to_owned())
    }

    fn quoted(&mut self, start: usize) -> Result<String, Broken> {
        let quote = self.delimited.quote.unwrap_or(b'"');
        let mut field = String::new();
        self.at += 1;
        loop {
            let length = self
                .window(start)
                .iter()
                .position(|byte| *byte == quote)
                .ok_or(Broken::Unclosed)?;
            field.push_str(&self.text[self.at..self.at + length]);
            self.at += length + 1;
            if self.byte() != Some(quote) {
                return Ok(field);
            }
            field.push(char::from(quote));
            self.at += 1;
        }
    }

    fn problem(&self, broken: &Broken) -> Problem {
        let (code, message, fix) = match broken {
            Broken::Long => (
                Code::CsvLong,
                "the row is longer than 1 MB",
                "check that the file has line ends and that the mapping names its delimiter",
            ),
            Broken::Unclosed => (
                Code::CsvQuote,
                "a quoted field is not closed within 1 MB or before the file ends",
                "the file may be cut off: export it again, or close the quote",
            ),
            Broken::AfterQuote => (
                Code::CsvQuote,
                "text follows the closing quote of a field",
                "write a quote inside a quoted field twice",
            ),
        };
        Problem::error(code, message, fix).at_row(self.number.into())
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            self.number += 1;
            match self.record() {
                Ok(cells) => {
                    let row = Row { number: self.number, cells };
                    if self.number > self.delimited.skip_rows && !row.is_empty() {
                        return Some(Ok(row));
                    }
                }
                Err(broken) => {
                    self.at = self.text.len();
                    return Some(Err(self.problem(&broken)));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEMICOLON: Delimited = Delimited { delimiter: b';', quote: Some(b'"'), skip_rows: 0 };

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        Rows::of(text, SEMICOLON)
            .map(|row| {
                let row = row.unwrap();
                let cells = row.cells.into_iter().map(|cell| match cell {
                    Cell::Text(text) => text,
                    other => panic!("{other:?}"),
                });
                (row.number, cells.collect())
            })
            .collect()
    }

    #[test]
    fn splits_as_rfc_4180_says() {
        for (text, expected) in [
            ("a;b\r\nc;d\r\n", vec![(1, vec!["a", "b"]), (2, vec!["c", "d"])]),
            ("a;b\nc;d", vec![(1, vec!["a", "b"]), (2, vec!["c", "d"])]),
            ("a;b\rc;d\r", vec![(1, vec!["a", "b"]), (2, vec!["c", "d"])]),
            ("\"a;\"\"b\r\n\";c\nd;e", vec![(1, vec!["a;\"b\r\n", "c"]), (2, vec!["d", "e"])]),
            ("a\n\n;;\nb", vec![(1, vec!["a"]), (4, vec!["b"])]),
            ("Pipe 5\";x", vec![(1, vec!["Pipe 5\"", "x"])]),
            ("a;", vec![(1, vec!["a", ""])]),
            ("", vec![]),
        ] {
            let expected: Vec<(u32, Vec<String>)> = expected
                .into_iter()
                .map(|(n, cells)| (n, cells.into_iter().map(str::to_owned).collect()))
                .collect();
            assert_eq!(rows(text), expected, "{text:?}");
        }
    }

    #[test]
    fn skips_the_rows_above_the_header() {
        let skipping = Delimited { skip_rows: 1, ..SEMICOLON };
        let rows: Vec<_> = Rows::of("report of today\na;b\n", skipping).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].as_ref().unwrap().number, 2);
    }

    #[test]
    fn refuses_what_cannot_be_split() {
        let refusal = |text: &str| {
            let all: Vec<_> = Rows::of(text, SEMICOLON).collect();
            all.into_iter().next_back().unwrap().unwrap_err().in_file("a.csv").to_string()
        };
        let long = "x".repeat(ROW_BYTES_MAX + 1);
        assert_eq!(
            refusal(&format!("a;b\n{long}")),
            "a.csv, row 2: the row is longer than 1 MB [csv.long]\n  check that the file has line ends and that the mapping names its delimiter"
        );
        assert_eq!(
            refusal("a;b\nc;\"d\ne;f\n"),
            "a.csv, row 2: a quoted field is not closed within 1 MB or before the file ends [csv.quote]\n  the file may be cut off: export it again, or close the quote"
        );
        assert_eq!(
            refusal("\"a\"x;b"),
            "a.csv, row 1: text follows the closing quote of a field [csv.quote]\n  write a quote inside a quoted field twice"
        );
    }
}
