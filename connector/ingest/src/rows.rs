//! Rows to statements, by the mapping.

use crate::cells::{Cells, Content, Held};
use crate::columns::{States, Unit};
use crate::context::Context;
use crate::mapping::Mapping;
use crate::problem::Problems;
use crate::reference::Target;
use crate::resolve::{self, Resolved, Resolver, Unresolved};
use crate::statements::{Place, Stated};
use crate::table::{Row, Table};
use crate::titles::places_of;
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
        cells: Cells::new(mapping, &titles, places),
        resolver: Resolver::new(context),
        problems,
        stated: Vec::new(),
        followed: HashSet::new(),
        keys: HashMap::new(),
    };
    let mut is_empty = true;
    for row in rows {
        is_empty = false;
        match row.and_then(|row| row.fitted(titles.len(), advice)) {
            Ok(row) => reader.read(&row),
            Err(problem) => reader.problems.push(problem),
        }
    }
    if is_empty {
        let fix = "export it again; to take back what was published from it: adit publish --withdraw FILE";
        let message = "there is no row below the header";
        reader.problems.push(Problem::error(Code::FileEmpty, message, fix));
    }
    let Reader { cells, problems, stated, .. } = reader;
    cells.report_lost_zeros(problems);
    (stated, titles)
}

struct Reader<'a, 'p> {
    mapping: &'a Mapping,
    base: &'a str,
    cells: Cells<'a>,
    resolver: Resolver<'a>,
    problems: &'p mut Problems,
    stated: Vec<Stated>,
    /// What follows from references, stated once a file and not once a row.
    followed: HashSet<Triple>,
    /// The row and content that each primary key stood for first.
    keys: HashMap<Vec<String>, (u32, u64)>,
}

/// A column in a row that is being read.
#[derive(Clone, Copy)]
struct Spot<'r> {
    row: &'r Row,
    cells: &'r [Content],
    index: usize,
    /// The column whose list is gone through, and the value that it is at.
    part: Option<(usize, &'r str)>,
}

impl<'r> Spot<'r> {
    /// The text of a column, for a template.
    fn text(&self, index: usize) -> Option<&'r str> {
        match self.part {
            Some((list, part)) if list == index => Some(part),
            _ => self.cells[index].held().map(Held::text),
        }
    }
}

impl Reader<'_, '_> {
    fn read(&mut self, row: &Row) {
        let columns = 0..self.mapping.columns.len();
        let cells: Vec<Content> =
            columns.map(|index| self.cells.hold(row, index, self.problems)).collect();
        if !cells.iter().any(Content::is_wrong) {
            self.check_key(row, &cells);
        }
        let mapping = self.mapping;
        let mut subjects: Vec<Option<Option<NamedNode>>> = vec![None; mapping.abouts.len()];
        for (index, column) in mapping.columns.iter().enumerate() {
            let Some(states) = &column.states else { continue };
            if !column.is_virtual && cells[index].held().is_none() {
                continue;
            }
            let spot = Spot { row, cells: &cells, index, part: None };
            // Columns share subjects: each is resolved, and its problem reported, once a row.
            if subjects[states.about].is_none() {
                subjects[states.about] = Some(self.resolve(&mapping.abouts[states.about], spot));
            }
            if let Some(Some(subject)) = &subjects[states.about] {
                self.state(subject.clone(), states, spot);
            }
        }
    }

    /// Two rows with one key are one row twice, or a contradiction.
    fn check_key(&mut self, row: &Row, cells: &[Content]) {
        let mapping = self.mapping;
        if mapping.primary_key.is_empty() {
            return;
        }
        let text =
            |index: &usize| cells[*index].held().map(Held::text).unwrap_or_default().to_owned();
        let key: Vec<String> = mapping.primary_key.iter().map(text).collect();
        let mut hasher = DefaultHasher::new();
        cells
            .iter()
            .map(|cell| cell.held().map(|held| &held.literals))
            .for_each(|literals| literals.hash(&mut hasher));
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
            for part in self.parts(target, spot) {
                let spot = Spot { part, ..spot };
                if let Some(object) = self.resolve(target, spot) {
                    self.push(Triple::new(subject.clone(), property.clone(), object), spot);
                }
            }
            return;
        }
        let Some(held) = spot.cells[spot.index].held() else { return };
        let unit = match &states.unit {
            None => None,
            Some(Unit::Of(unit)) => Some(unit.clone()),
            Some(Unit::In(column)) => match self.unit(column, spot) {
                Some(unit) => Some(unit),
                None => return,
            },
        };
        for literal in &held.literals {
            match &unit {
                None => {
                    let triple = Triple::new(subject.clone(), property.clone(), literal.clone());
                    self.push(triple, spot);
                }
                Some(unit) => self.push_quantity(&subject, &property, literal, unit, spot),
            }
        }
    }

    /// A reference that names a list stands for one thing after the other; any other for one thing.
    fn parts<'r>(&self, target: &Target, spot: Spot<'r>) -> Vec<Option<(usize, &'r str)>> {
        let columns = &self.mapping.columns;
        let is_list =
            |name: &&str| columns.iter().position(|it| it.name == *name && it.separator.is_some());
        match target.names().iter().find_map(is_list) {
            Some(list) => {
                let values = spot.cells[list].held().into_iter().flat_map(|held| &held.literals);
                values.map(|value| Some((list, value.value()))).collect()
            }
            None => vec![None],
        }
    }

    /// The unit of this row; a problem is reported and gives `None`.
    fn unit(&mut self, column: &str, spot: Spot<'_>) -> Option<NamedNode> {
        let index = self.mapping.columns.iter().position(|it| it.name == column)?;
        let problem = match spot.text(index) {
            None if spot.cells[index].is_wrong() => return None,
            Some(text) => match self.mapping.units.named(text) {
                Ok(unit) => return Some(unit),
                Err(near) => {
                    let fix = format!(
                        "write a unit such as {near}, or say in \"adit:values\" of the column what it stands for"
                    );
                    Problem::error(Code::UnitUnknown, "it is not a unit known here", fix)
                        .with_value(text)
                }
            },
            None => {
                let title = self.mapping.columns[spot.index].title();
                let message = format!("the number in column '{title}' has no unit");
                Problem::error(Code::UnitMissing, message, "fill the cell with the unit")
            }
        };
        self.report(problem, spot.row, index);
        None
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
            spot.text(index)
        };
        match self.resolver.resolve(target, value_of) {
            Ok(Resolved { iri, about, respelled }) => {
                if let Some(label) = respelled {
                    self.report_respelled(&label, &iri, target, spot);
                }
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

    fn report_respelled(&mut self, label: &str, iri: &NamedNode, target: &Target, spot: Spot<'_>) {
        let message = format!("the label is read as {}", iri.as_str());
        let fix = "have labels printed so; identifiers are compared as text";
        let problem = Problem::warning(Code::CarrierForm, message, fix).with_value(label);
        let problem = self.placed_at_its_cell(problem, target.names().into_iter().next(), spot);
        self.problems.push_once(label.to_owned(), problem);
    }

    fn report_unresolved(&mut self, unresolved: &Unresolved, target: &Target, spot: Spot<'_>) {
        let mapping = self.mapping;
        let index_of = |name: &str| mapping.columns.iter().position(|column| column.name == name);
        let mut problem = unresolved.problem();
        if let Unresolved::Incomplete(name) = unresolved {
            // A virtual column has no cell of its own that could be lost, and a wrong cell was reported.
            let is_wrong = index_of(name).is_some_and(|at| spot.cells[at].is_wrong());
            if mapping.columns[spot.index].is_virtual || is_wrong {
                return;
            }
            let title = index_of(name).map_or(name.as_str(), |at| mapping.columns[at].title());
            let message = format!("nothing is stated, because column '{title}' is empty");
            let fix = "fill both cells if the statement is meant";
            problem = Problem::warning(Code::ReferenceIncomplete, message, fix);
        }
        // The cell to look at is the one that the reference was made from, the maker's number foremost.
        let named = match (unresolved, target) {
            (
                Unresolved::UnknownPartner { .. },
                Target::Thing { maker: Some(maker), .. }
                | Target::Carrier { maker: Some(maker), .. },
            ) => maker.names().next(),
            _ => target.names().into_iter().next(),
        };
        let problem = self.placed_at_its_cell(problem, named, spot);
        if unresolved.is_of_the_mapping() {
            self.problems.push_once(unresolved.to_string(), problem);
        } else {
            self.problems.push(problem);
        }
    }

    /// The problem at the named column where that has a value, else at the column that is read.
    fn placed_at_its_cell(&self, problem: Problem, named: Option<&str>, spot: Spot<'_>) -> Problem {
        let index_of = |name| self.mapping.columns.iter().position(|column| column.name == name);
        let at = named.and_then(index_of).filter(|at| spot.cells[*at].held().is_some());
        let at = at.unwrap_or(spot.index);
        let problem = match spot.text(at) {
            Some(text) => problem.with_value(text),
            None => problem,
        };
        self.cells.placed(problem, spot.row, at)
    }

    fn push(&mut self, triple: Triple, spot: Spot<'_>) {
        let column = self.cells.place(spot.index);
        self.stated.push(Stated { triple, place: Place { row: spot.row.number, column } });
    }

    fn report(&mut self, problem: Problem, row: &Row, index: usize) {
        let problem = self.cells.placed(problem, row, index);
        self.problems.push(problem);
    }
}
