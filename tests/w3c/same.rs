//! Whether an answer is the expected one: equal up to the labels of blank nodes.

use super::data::unnamed;
use oxigraph::sparql::results::{
    QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput,
};
use oxrdf::vocab::xsd;
use oxrdf::{BlankNode, Literal, Term, Triple};
use oxsdatatypes::{Decimal, Double, Float, Integer};
use std::collections::HashMap;

use std::fmt;

type Row = Vec<Option<Term>>;

/// An answer, to be compared.
#[derive(Debug)]
pub(super) enum Answer {
    Boolean(bool),
    /// The columns by name, and the rows.
    Rows(Vec<String>, Vec<Row>),
    Graph(Vec<Triple>),
}

impl Answer {
    /// Reads an answer in one of the results formats.
    pub(super) fn read(text: &str, format: QueryResultsFormat) -> Result<Self, String> {
        if format == QueryResultsFormat::Csv {
            return csv(text);
        }
        let parser = QueryResultsParser::from_format(format);
        match parser.for_slice(text.as_bytes()).map_err(|e| e.to_string())? {
            SliceQueryResultsParserOutput::Boolean(value) => Ok(Self::Boolean(value)),
            SliceQueryResultsParserOutput::Solutions(solutions) => {
                let variables = solutions.variables().to_vec();
                let rows = solutions.map(|solution| {
                    let solution = solution.map_err(|e| e.to_string())?;
                    Ok(variables.iter().map(|name| solution.get(name).cloned()).collect())
                });
                let rows = rows.collect::<Result<_, String>>()?;
                Ok(Self::Rows(variables.iter().map(|it| it.as_str().to_owned()).collect(), rows))
            }
        }
    }

    /// Whether the other is this one. Where order counts, the rows must come in the same.
    pub(super) fn is(&self, other: &Self, ordered: bool) -> bool {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Rows(names, rows), Self::Rows(other_names, other)) => {
                let place = |name| other_names.iter().position(|other| other == name);
                let Some(places) = names.iter().map(place).collect::<Option<Vec<_>>>() else {
                    return false;
                };
                let arranged = |row: &Row| {
                    places.iter().map(|place| row[*place].clone().map(unnamed)).collect()
                };
                let other: Vec<Row> = other.iter().map(arranged).collect();
                names.len() == other_names.len() && same_rows(rows, &other, ordered)
            }
            (Self::Graph(one), Self::Graph(other)) => {
                same_rows(&triples(one), &triples(other), false)
            }
            (Self::Boolean(_) | Self::Rows(..) | Self::Graph(_), _) => false,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => writeln!(f, "{value}"),
            Self::Graph(triples) => triples.iter().try_for_each(|triple| writeln!(f, "{triple} .")),
            Self::Rows(names, rows) => {
                writeln!(f, "{}", names.join("\t"))?;
                let cell =
                    |cell: &Option<Term>| cell.as_ref().map_or(String::new(), Term::to_string);
                rows.iter().try_for_each(|row| {
                    writeln!(f, "{}", row.iter().map(cell).collect::<Vec<_>>().join("\t"))
                })
            }
        }
    }
}

/// The triples of a graph, each once, as rows.
fn triples(graph: &[Triple]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for triple in graph {
        let terms =
            [triple.subject.clone().into(), triple.predicate.clone().into(), triple.object.clone()];
        let row = terms.map(|term| Some(unnamed(term))).to_vec();
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

fn same_rows(expected: &[Row], got: &[Row], ordered: bool) -> bool {
    expected.len() == got.len()
        && Pairing { expected, got, ordered, taken: vec![false; got.len()] }
            .pair(0, &Labels::default())
}

/// Which blank node of the answer stands for which of the expected one, both ways.
#[derive(Clone, Default)]
struct Labels(HashMap<BlankNode, BlankNode>, HashMap<BlankNode, BlankNode>);

/// The search for a row of the answer for each expected row.
struct Pairing<'a> {
    expected: &'a [Row],
    got: &'a [Row],
    ordered: bool,
    taken: Vec<bool>,
}

impl Pairing<'_> {
    fn pair(&mut self, row: usize, labels: &Labels) -> bool {
        if row == self.expected.len() {
            return true;
        }
        let candidates = if self.ordered { row..row + 1 } else { 0..self.got.len() };
        for candidate in candidates {
            if self.taken[candidate] {
                continue;
            }
            let mut labels = labels.clone();
            if !labels.fit(&self.expected[row], &self.got[candidate]) {
                continue;
            }
            self.taken[candidate] = true;
            if self.pair(row + 1, &labels) {
                return true;
            }
            self.taken[candidate] = false;
        }
        false
    }
}

impl Labels {
    fn fit(&mut self, expected: &Row, got: &Row) -> bool {
        expected.iter().zip(got).all(|terms| match terms {
            (None, None) => true,
            (Some(Term::BlankNode(one)), Some(Term::BlankNode(other))) => {
                let there = self.0.entry(one.clone()).or_insert_with(|| other.clone());
                let back = self.1.entry(other.clone()).or_insert_with(|| one.clone());
                there == other && back == one
            }
            (Some(Term::Literal(one)), Some(Term::Literal(other))) => same_literal(one, other),
            (Some(one), Some(other)) => one == other,
            (None, Some(_)) | (Some(_), None) => false,
        })
    }
}

/// Equal literals; numbers by their value, since
/// [SPARQL's operators](https://www.w3.org/TR/sparql11-query/#OperatorMapping) say what a number is and not how it is
/// written.
fn same_literal(one: &Literal, other: &Literal) -> bool {
    one == other || one.datatype() == other.datatype() && same_number(one, other)
}

fn same_number(one: &Literal, other: &Literal) -> bool {
    fn same<T: std::str::FromStr + PartialEq>(one: &str, other: &str) -> bool {
        let (one, other) = (one.parse::<T>(), other.parse::<T>());
        one.ok().zip(other.ok()).is_some_and(|(one, other)| one == other)
    }
    let (datatype, one, other) = (one.datatype(), one.value(), other.value());
    match datatype {
        xsd::INTEGER => same::<Integer>(one, other),
        xsd::DECIMAL => same::<Decimal>(one, other),
        xsd::DOUBLE => same::<Double>(one, other),
        xsd::FLOAT => same::<Float>(one, other),
        _ => false,
    }
}

/// Reads [CSV](https://www.w3.org/TR/sparql11-results-csv-tsv/#csv): a cell says its text, and whether it is a blank
/// node.
fn csv(text: &str) -> Result<Answer, String> {
    let mut rows = csv_rows(text).into_iter();
    let names = rows.next().ok_or("no header")?;
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.iter().any(|row| row.len() != names.len()) {
        return Err(format!("rows of another length than the header: {text}"));
    }
    let cell = |cell: String| match cell.strip_prefix("_:") {
        Some(label) => Some(BlankNode::new_unchecked(label).into()),
        None if cell.is_empty() => None,
        None => match unnamed(oxrdf::NamedNode::new_unchecked(&cell).into()) {
            node @ Term::BlankNode(_) => Some(node),
            Term::NamedNode(_) | Term::Literal(_) => Some(Literal::from(cell).into()),
        },
    };
    Ok(Answer::Rows(
        names,
        rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect(),
    ))
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut letters) = (false, text.chars().filter(|c| *c != '\r').peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            letter => cell.push(letter),
        }
    }
    rows
}

#[test]
fn answers_are_compared_as_rdf_is() {
    let read = |text: &str| Answer::read(text, QueryResultsFormat::Tsv).unwrap();
    let table = [
        ("?a\t?b\n_:x\t_:y\n_:y\t_:x\n", "?a\t?b\n_:u\t_:v\n_:v\t_:u\n", true),
        ("?a\t?b\n_:x\t_:y\n_:y\t_:x\n", "?a\t?b\n_:u\t_:v\n_:w\t_:u\n", false),
        ("?a\t?b\n_:x\t_:x\n", "?a\t?b\n_:u\t_:v\n", false),
        ("?a\t?b\n1\t2\n", "?b\t?a\n2\t1\n", true),
        ("?a\n1\n1\n2\n", "?a\n1\n2\n2\n", false),
        ("?a\n1\n2\n", "?a\n2\n1\n", true),
        ("?a\n1.0e6\n", "?a\n1.0E6\n", true),
        ("?a\n1.50\n", "?a\n1.5\n", true),
        ("?a\n1\n", "?a\n1.0\n", false),
        ("?a\n\"1\"\n", "?a\n1\n", false),
        ("?a\n\"x\"@en\n", "?a\n\"x\"@fr\n", false),
        ("?a\t?b\n1\t\n", "?a\t?b\n1\t2\n", false),
    ];
    for (one, other, same) in table {
        assert_eq!(read(one).is(&read(other), false), same, "{one}{other}");
    }
    assert!(!read("?a\n1\n2\n").is(&read("?a\n2\n1\n"), true));
}
