//! Answers in a form that two engines can be compared by.

use adit_facts::Results;
use oxigraph::sparql::QueryResults;
use oxrdf::{Literal, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The answer to a query: rows with how often each occurs, a set of triples, or a truth value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Rows { variables: BTreeSet<String>, rows: BTreeMap<Row, usize> },
    Graph(BTreeSet<String>),
    Truth(bool),
}

/// One row: the bound variables and their terms as N-Triples text.
pub(crate) type Row = BTreeMap<String, String>;

impl Answer {
    /// Reads the results of the oracle to their end.
    pub(crate) fn read(results: QueryResults<'_>) -> Result<Self, String> {
        Ok(match results {
            QueryResults::Boolean(truth) => Self::Truth(truth),
            QueryResults::Graph(triples) => {
                let triples = triples.map(|triple| triple.map(|triple| triple.to_string()));
                Self::Graph(triples.collect::<Result<_, _>>().map_err(|error| error.to_string())?)
            }
            QueryResults::Solutions(solutions) => {
                let variables: Vec<_> = solutions.variables().to_vec();
                let mut rows = BTreeMap::new();
                for solution in solutions {
                    let solution = solution.map_err(|error| error.to_string())?;
                    let row = solution.iter().map(|(name, term)| (name.as_str(), term));
                    count(&mut rows, row);
                }
                let variables = variables.iter().map(|name| name.as_str().to_owned()).collect();
                Self::Rows { variables, rows }
            }
        })
    }

    /// Takes over the answer of the connector.
    pub(crate) fn of(results: Results) -> Self {
        match results {
            Results::Boolean(truth) => Self::Truth(truth),
            Results::Graph(triples) => Self::Graph(triples.iter().map(Triple::to_string).collect()),
            Results::Solutions { variables, rows: list } => {
                let mut rows = BTreeMap::new();
                for row in list {
                    let bound = variables.iter().zip(&row);
                    count(
                        &mut rows,
                        bound.filter_map(|(name, term)| Some((name.as_str(), term.as_ref()?))),
                    );
                }
                let variables = variables.iter().map(|name| name.as_str().to_owned()).collect();
                Self::Rows { variables, rows }
            }
        }
    }

    /// Whether the answer says nothing: no row, no triple, false, or only counts of zero.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Truth(truth) => !truth,
            Self::Graph(triples) => triples.is_empty(),
            Self::Rows { rows, .. } => {
                let zero = Term::from(Literal::from(0)).to_string();
                rows.keys().all(|row| row.values().all(|term| *term == zero))
            }
        }
    }
}

/// Counts a row among rows.
fn count<'a>(rows: &mut BTreeMap<Row, usize>, row: impl Iterator<Item = (&'a str, &'a Term)>) {
    let row = row.map(|(name, term)| (name.to_owned(), term.to_string())).collect();
    *rows.entry(row).or_default() += 1;
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => writeln!(f, "{truth}"),
            Self::Graph(triples) => triples.iter().try_for_each(|triple| writeln!(f, "{triple}")),
            Self::Rows { variables, rows } => {
                writeln!(f, "variables {variables:?}")?;
                rows.iter().try_for_each(|(row, times)| writeln!(f, "{times} x {row:?}"))
            }
        }
    }
}
