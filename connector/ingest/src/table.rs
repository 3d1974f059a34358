//! A table as rows of cells, whichever file it comes from.

use crate::{Code, Problem};
use jiff::civil::DateTime;

/// The titles of a table and its rows, read one at a time.
pub(crate) struct Table<'a> {
    /// The titles of the columns, as they stand in the file.
    pub(crate) titles: Vec<String>,
    /// The rows below; an error in one does not end the others unless nothing follows it.
    pub(crate) rows: Box<dyn Iterator<Item = Result<Row, Problem>> + 'a>,
    /// What to do about a row that is wider or narrower than the header.
    pub(crate) advice: &'static str,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// The number as a spreadsheet counts it, from 1.
    pub(crate) number: u32,
    /// The cells from the left.
    pub(crate) cells: Vec<Cell>,
}

/// One cell. A CSV file has text only.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
    Truth(bool),
    Moment(DateTime),
    /// What a formula or the spreadsheet left there instead of a value.
    Fault(String),
}

impl Cell {
    pub(crate) const EMPTY: Self = Self::Text(String::new());

    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

impl Row {
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.iter().all(Cell::is_empty)
    }

    /// Brings the row to the width of the header; a value beyond the last title is an error.
    pub(crate) fn fitted(mut self, width: usize, advice: &str) -> Result<Self, Problem> {
        if self.cells.len() == width {
            return Ok(self);
        }
        let message = format!("the row has {} fields, the header has {width}", self.cells.len());
        let problem =
            || Problem::error(Code::CsvFields, message, advice).at_row(self.number.into());
        if self.cells.len() < width || self.cells[width..].iter().any(|cell| !cell.is_empty()) {
            return Err(problem());
        }
        self.cells.truncate(width);
        Ok(self)
    }
}

impl<'a> Table<'a> {
    /// Takes the titles from the first row that is not empty, or numbers the columns where the file has no header.
    pub(crate) fn new(
        mut rows: Box<dyn Iterator<Item = Result<Row, Problem>> + 'a>,
        header: bool,
        width: usize,
        advice: &'static str,
    ) -> Result<Self, Problem> {
        if !header {
            let titles = (1..=width).map(|number| format!("column {number}")).collect();
            return Ok(Self { titles, rows, advice });
        }
        let first = rows.next().unwrap_or_else(|| {
            Err(Problem::error(
                Code::FileEmpty,
                "there is no row in the file",
                "export it again with a header row",
            ))
        })?;
        let mut titles: Vec<String> = first.cells.iter().map(title_of).collect();
        while titles.last().is_some_and(String::is_empty) {
            titles.pop();
        }
        Ok(Self { titles, rows, advice })
    }
}

fn title_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Fault(text) => text.trim().to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Truth(truth) => truth.to_string(),
        Cell::Moment(moment) => moment.to_string(),
    }
}
