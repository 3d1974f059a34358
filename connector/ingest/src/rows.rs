//! Rows to statements, by the mapping.

use crate::columns::{Column, States};
use crate::context::Context;
use crate::literal::{ColumnSense, Wrong};
use crate::mapping::Mapping;
use crate::problem::Problems;
use crate::reference::Target;
use crate::resolve::{self, Resolved, Resolver, Unresolved};
use crate::statements::{Place, Stated};
use crate::table::{Cell, Row, Table};
use crate::titles::places_of;
use crate::zeros::LostZeros;
use crate::{Code, Problem};
use adit_vocab::qudt;
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode, Triple};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Reads every row; what is wrong goes to `problems`.
pub(crate) fn read_rows(
    table: Table<'_>,
    mapping: &Mapping,
    context: &Context,
    problems: &mut Problems,
) -> (Vec<Stated>, Vec<String>) {
    let Table { titles, rows, advice } = table;
    let places = match places_of(&titles, mapping) {
        Ok(places) => places,
        Err(problem) => {
            problems.push(problem);
            return (Vec::new(), titles);
        }
    };
    let mut reader = Reader {
        mapping,
        base: &context.base,
        titles: &titles,
        zeros: places
            .iter()
            .enumerate()
            .map(|(index, _)| LostZeros::watching(mapping, index))
            .collect(),
        places,
        resolver: Resolver::new(context),
        problems,
        stated: Vec::new(),
        followed: HashSet::new(),
        keys: HashMap::new(),
    };
    for row in rows {
        match row.and_then(|row| row.fitted(titles.len(), advice)) {
            Ok(row) => reader.read(&row),
            Err(problem) => reader.problems.push(problem),
        }
    }
    reader.report_lost_zeros();
    (reader.stated, titles)
}

struct Reader<'a, 'p> {
    mapping: &'a Mapping,
    base: &'a str,
    titles: &'a [String],
    /// For each column of the mapping that is in the file, its place there.
    places: Vec<usize>,
    resolver: Resolver<'a>,
    problems: &'p mut Problems,
    stated: Vec<Stated>,
    /// What follows from references, stated once a file and not once a row.
    followed: HashSet<Triple>,
    /// The row and content that each primary key stood for first.
    keys: HashMap<Vec<String>, (u32, u64)>,
    zeros: Vec<Option<LostZeros>>,
}

/// A column in a row that is being read.
#[derive(Clone, Copy)]
struct Spot<'r> {
    row: &'r Row,
    held: &'r [Option<Held>],
    index: usize,
}

/// What the cell of a column holds: nothing, or a text for templates and the literals to state.
struct Held {
    text: String,
    literals: Vec<Literal>,
}

impl Reader<'_, '_> {
    fn read(&mut self, row: &Row) {
        let before = self.problems.error_count();
        let held: Vec<Option<Held>> =
            (0..self.mapping.columns.len()).map(|index| self.hold(row, index)).collect();
        if self.problems.error_count() > before {
            return;
        }
        self.check_key(row, &held);
        let mapping = self.mapping;
        let mut subjects: Vec<Option<Option<NamedNode>>> = vec![None; mapping.abouts.len()];
        for (index, column) in mapping.columns.iter().enumerate() {
            let Some(states) = &column.states else { continue };
            if !column.is_virtual && held[index].is_none() {
                continue;
            }
            let spot = Spot { row, held: &held, index };
            // Columns share subjects: each is resolved, and its problem reported, once a row.
            if subjects[states.about].is_none() {
                subjects[states.about] = Some(self.resolve(&mapping.abouts[states.about], spot));
            }
            if let Some(Some(subject)) = &subjects[states.about] {
                self.state(subject.clone(), states, spot);
            }
        }
    }

    /// Reads one cell: null, default, required, datatype.
    fn hold(&mut self, row: &Row, index: usize) -> Option<Held> {
        let mapping = self.mapping;
        let column = &mapping.columns[index];
        let cell = match self.places.get(index) {
            Some(place) => trimmed(&row.cells[*place], mapping.dialect.trim),
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
                    self.report(
                        Problem::error(Code::ValueRequired, "the cell is empty", fix),
                        row,
                        index,
                    );
                }
                return None;
            }
        };
        let literals = self.literals(&cell, column, row, index)?;
        let text = literals.first().map(|literal| literal.value().to_owned())?;
        if let Some(Some(zeros)) = self.zeros.get_mut(index) {
            zeros.see(row.number, &text, matches!(cell, Cell::Number(_)));
        }
        Some(Held { text, literals })
    }

    fn literals(
        &mut self,
        cell: &Cell,
        column: &Column,
        row: &Row,
        index: usize,
    ) -> Option<Vec<Literal>> {
        let sense = ColumnSense {
            lang: column.lang.as_deref(),
            zone: column.zone.as_ref(),
            mapping: &self.mapping.file,
        };
        let parts = match (cell, &column.separator) {
            (Cell::Text(text), Some(separator)) if !separator.is_empty() => text
                .split(separator.as_str())
                .map(|part| Cell::Text(part.trim().to_owned()))
                .collect(),
            _ => vec![cell.clone()],
        };
        let literals: Result<Vec<Literal>, Wrong> =
            parts.iter().map(|part| column.datatype.literal(part, &sense)).collect();
        literals
            .map_err(|wrong| {
                let problem = Problem::error(wrong.code, wrong.message, wrong.fix);
                let problem = match cell {
                    Cell::Text(text) => problem.with_value(text),
                    Cell::Number(number) => problem.with_value(&number.to_string()),
                    Cell::Truth(_) | Cell::Moment(_) | Cell::Fault(_) => problem,
                };
                let problem = self.placed(problem, row, index);
                if wrong.code == Code::ZoneMissing {
                    self.problems.push_once(column.name.clone(), problem);
                } else {
                    self.problems.push(problem);
                }
            })
            .ok()
    }

    /// Two rows with one key are one row twice, or a contradiction.
    fn check_key(&mut self, row: &Row, held: &[Option<Held>]) {
        let mapping = self.mapping;
        if mapping.primary_key.is_empty() {
            return;
        }
        let text =
            |held: &Option<Held>| held.as_ref().map(|held| held.text.clone()).unwrap_or_default();
        let key: Vec<String> =
            mapping.primary_key.iter().map(|index| text(&held[*index])).collect();
        let mut hasher = DefaultHasher::new();
        held.iter()
            .map(|held| held.as_ref().map(|held| &held.literals))
            .for_each(|held| held.hash(&mut hasher));
        let content = hasher.finish();
        let shown = key.join(" ");
        let (first, known) = *self.keys.entry(key).or_insert((row.number, content));
        if known != content {
            let message = format!("row {first} has the same key and says something else");
            let problem = Problem::error(Code::KeyDuplicate, message, "keep the row that is right")
                .with_value(&shown);
            self.report(problem, row, mapping.primary_key[0]);
        }
    }

    fn state(&mut self, subject: NamedNode, states: &States, spot: Spot<'_>) {
        let Some(property) = self.resolve(&states.property, spot) else { return };
        if let Some(target) = &states.value {
            if let Some(object) = self.resolve(target, spot) {
                self.push(Triple::new(subject, property, object), spot);
            }
            return;
        }
        let Some(held) = &spot.held[spot.index] else { return };
        for literal in &held.literals {
            match &states.unit {
                None => {
                    let triple = Triple::new(subject.clone(), property.clone(), literal.clone());
                    self.push(triple, spot);
                }
                Some(unit) => self.push_quantity(&subject, &property, literal, unit, spot),
            }
        }
    }

    /// A number with a unit is a node of its own, named by what it says so that the same file makes the same node.
    fn push_quantity(
        &mut self,
        subject: &NamedNode,
        property: &NamedNode,
        number: &Literal,
        unit: &NamedNode,
        spot: Spot<'_>,
    ) {
        let parts = [
            ("1", subject.as_str()),
            ("2", property.as_str()),
            ("3", number.value()),
            ("4", unit.as_str()),
        ];
        let hash = resolve::hash(parts.iter().map(|(order, part)| format!("{order} {part}")));
        let node = NamedNode::new_unchecked(format!("{}/record/quantity/{hash}", self.base));
        self.push(Triple::new(subject.clone(), property.clone(), node.clone()), spot);
        self.push(Triple::new(node.clone(), rdf::TYPE, qudt::QUANTITY_VALUE), spot);
        self.push(Triple::new(node.clone(), qudt::NUMERIC_VALUE, number.clone()), spot);
        self.push(Triple::new(node, qudt::UNIT, unit.clone()), spot);
    }

    /// Resolves a reference and states what follows from it; a problem is reported and gives `None`.
    fn resolve(&mut self, target: &Target, spot: Spot<'_>) -> Option<NamedNode> {
        let mapping = self.mapping;
        let value_of = |name: &str| {
            let index = mapping.columns.iter().position(|column| column.name == name)?;
            spot.held[index].as_ref().map(|held| held.text.as_str())
        };
        match self.resolver.resolve(target, value_of) {
            Ok(Resolved { iri, about }) => {
                for triple in about {
                    if self.followed.insert(triple.clone()) {
                        self.push(triple, spot);
                    }
                }
                Some(iri)
            }
            Err(unresolved) => {
                self.report_unresolved(&unresolved, target, spot);
                None
            }
        }
    }

    fn report_unresolved(&mut self, unresolved: &Unresolved, target: &Target, spot: Spot<'_>) {
        let mapping = self.mapping;
        let index_of = |name: &str| mapping.columns.iter().position(|column| column.name == name);
        let mut problem = unresolved.problem();
        if let Unresolved::Incomplete(name) = unresolved {
            // A virtual column has no cell of its own that could be lost.
            if mapping.columns[spot.index].is_virtual {
                return;
            }
            let title = index_of(name).map_or(name.as_str(), |at| mapping.columns[at].title());
            let message = format!("nothing is stated, because column '{title}' is empty");
            let fix = "fill both cells if the statement is meant";
            problem = Problem::warning(Code::ReferenceIncomplete, message, fix);
        }
        // The cell to look at is the one that the reference was made from, the maker's number foremost.
        let named = match (unresolved, target) {
            (Unresolved::UnknownPartner { .. }, Target::Thing { maker: Some(maker), .. }) => {
                maker.names().next()
            }
            _ => target.names().into_iter().next(),
        };
        let at = named.and_then(index_of).filter(|at| spot.held[*at].is_some());
        let at = at.unwrap_or(spot.index);
        if let Some(held) = &spot.held[at] {
            problem = problem.with_value(&held.text);
        }
        let problem = self.placed(problem, spot.row, at);
        if unresolved.is_of_the_mapping() {
            self.problems.push_once(unresolved.to_string(), problem);
        } else {
            self.problems.push(problem);
        }
    }

    fn push(&mut self, triple: Triple, spot: Spot<'_>) {
        let column = self.places.get(spot.index).and_then(|place| u16::try_from(*place).ok());
        self.stated.push(Stated { triple, place: Place { row: spot.row.number, column } });
    }

    fn report(&mut self, problem: Problem, row: &Row, index: usize) {
        let problem = self.placed(problem, row, index);
        self.problems.push(problem);
    }

    fn placed(&self, problem: Problem, row: &Row, index: usize) -> Problem {
        let problem = problem.at_row(row.number.into());
        match self.places.get(index) {
            Some(place) => problem.in_column(&self.titles[*place]),
            None => problem,
        }
    }

    fn report_lost_zeros(&mut self) {
        for (zeros, place) in self.zeros.iter().zip(&self.places) {
            for problem in zeros.iter().flat_map(LostZeros::problems) {
                self.problems.push(problem.in_column(&self.titles[*place]));
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
