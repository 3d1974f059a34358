//! The cells of a row to what they hold: null, default, required, codes, lists, datatype.

use crate::columns::Column;
use crate::literal::{ColumnSense, Wrong, text_of};
use crate::mapping::Mapping;
use crate::problem::Problems;
use crate::table::{Cell, Row};
use crate::zeros::LostZeros;
use crate::{Code, Problem};
use oxrdf::Literal;

/// What the cell of a column holds: one literal, or those of a list.
#[derive(Debug)]
pub(crate) struct Held {
    /// At least one.
    pub(crate) literals: Vec<Literal>,
}

/// What reading a cell came to.
#[derive(Debug)]
pub(crate) enum Content {
    Empty,
    Holds(Held),
    /// It was reported; what is made from the cell is neither there nor missing.
    Wrong,
}

impl Content {
    pub(crate) fn held(&self) -> Option<&Held> {
        match self {
            Self::Holds(held) => Some(held),
            Self::Empty | Self::Wrong => None,
        }
    }

    pub(crate) fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong)
    }
}

impl Held {
    /// The first value as text, for templates.
    pub(crate) fn text(&self) -> &str {
        self.literals.first().map_or("", Literal::value)
    }
}

/// Reads cells by the columns of a mapping.
pub(crate) struct Cells<'a> {
    mapping: &'a Mapping,
    titles: &'a [String],
    /// For each column of the mapping that is in the file, its place there.
    places: Vec<usize>,
    zeros: Vec<Option<LostZeros>>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(mapping: &'a Mapping, titles: &'a [String], places: Vec<usize>) -> Self {
        let watching = |(index, _)| LostZeros::watching(mapping, index);
        let zeros = places.iter().enumerate().map(watching).collect();
        Self { mapping, titles, places, zeros }
    }

    /// Reads one cell; what is wrong goes to `problems`.
    pub(crate) fn hold(&mut self, row: &Row, index: usize, problems: &mut Problems) -> Content {
        let column = &self.mapping.columns[index];
        let cell = match self.places.get(index) {
            Some(place) => trimmed(&row.cells[*place], self.mapping.dialect.trim),
            None => Cell::EMPTY,
        };
        let is_null = match &cell {
            Cell::Text(text) => text.is_empty() && column.is_virtual || column.null.contains(text),
            Cell::Number(_) | Cell::Truth(_) | Cell::Moment(_) | Cell::Fault(_) => false,
        };
        let cell = match (&column.default, is_null) {
            (_, false) => cell,
            (Some(default), true) => Cell::Text(default.clone()),
            (None, true) => {
                if column.required {
                    let fix = "fill the cell, or say \"required\": false in the mapping";
                    let problem = Problem::error(Code::ValueRequired, "the cell is empty", fix);
                    problems.push(self.placed(problem, row, index));
                    return Content::Wrong;
                }
                return Content::Empty;
            }
        };
        match self.literals(&cell, column) {
            Ok(literals) => {
                let is_number = matches!(cell, Cell::Number(_));
                if let Some(Some(zeros)) = self.zeros.get_mut(index) {
                    for literal in &literals {
                        zeros.see(row.number, literal.value(), is_number);
                    }
                }
                if literals.is_empty() { Content::Empty } else { Content::Holds(Held { literals }) }
            }
            Err(wrong) => {
                let problem = self.placed(wrong_in(&cell, &wrong), row, index);
                if wrong.code == Code::ZoneMissing {
                    problems.push_once(column.name.clone(), problem);
                } else {
                    problems.push(problem);
                }
                Content::Wrong
            }
        }
    }

    fn literals(&self, cell: &Cell, column: &Column) -> Result<Vec<Literal>, Wrong> {
        let sense = ColumnSense {
            lang: column.lang.as_deref(),
            zone: column.zone.as_ref(),
            mapping: &self.mapping.file,
        };
        let literal = |cell: &Cell| match &column.codes {
            Some(codes) => column.datatype.literal(&decoded(cell, codes)?, &sense),
            None => column.datatype.literal(cell, &sense),
        };
        match (cell, &column.separator) {
            (Cell::Text(text), Some(separator)) if !separator.is_empty() => {
                let parts = text.split(separator.as_str()).map(str::trim);
                // What stands for nothing in a cell stands for nothing in a list.
                let parts = parts.filter(|part| !column.null.iter().any(|null| null == part));
                parts.map(|part| literal(&Cell::Text(part.to_owned()))).collect()
            }
            _ => Ok(vec![literal(cell)?]),
        }
    }

    /// The problem with row and column.
    pub(crate) fn placed(&self, problem: Problem, row: &Row, index: usize) -> Problem {
        let problem = problem.at_row(row.number.into());
        match self.places.get(index) {
            Some(place) => problem.in_column(&self.titles[*place]),
            None => problem,
        }
    }

    /// Where a column of the mapping stands in the file.
    pub(crate) fn place(&self, index: usize) -> Option<u16> {
        self.places.get(index).and_then(|place| u16::try_from(*place).ok())
    }

    /// Identifiers that have lost zeros, known when all rows have been read.
    pub(crate) fn report_lost_zeros(&self, problems: &mut Problems) {
        for (zeros, place) in self.zeros.iter().zip(&self.places) {
            for problem in zeros.iter().flat_map(LostZeros::problems) {
                problems.push(problem.in_column(&self.titles[*place]));
            }
        }
    }
}

fn trimmed(cell: &Cell, trim: bool) -> Cell {
    match cell {
        Cell::Text(text) if trim => Cell::Text(text.trim().to_owned()),
        cell => cell.clone(),
    }
}

fn wrong_in(cell: &Cell, wrong: &Wrong) -> Problem {
    let problem = Problem::error(wrong.code, &wrong.message, &wrong.fix);
    match cell {
        Cell::Text(text) => problem.with_value(text),
        Cell::Number(number) => problem.with_value(&number.to_string()),
        Cell::Truth(_) | Cell::Moment(_) | Cell::Fault(_) => problem,
    }
}

/// What a code of the file stands for.
fn decoded(cell: &Cell, codes: &[(String, String)]) -> Result<Cell, Wrong> {
    let text = text_of(cell)?;
    match codes.iter().find(|(code, _)| *code == text) {
        Some((_, value)) => Ok(Cell::Text(value.clone())),
        None => {
            let known: Vec<&str> = codes.iter().map(|(code, _)| code.as_str()).collect();
            Err(Wrong {
                code: Code::ValueCode,
                message: format!("it is none of the codes: {}", known.join(", ")),
                fix: "correct the value, or add it to \"adit:values\" in the mapping".to_owned(),
            })
        }
    }
}
