//! Evaluation: a parsed query over a View, by Oxigraph's evaluator.

use crate::dataset::Scope;
use crate::standard::standard;
use crate::{Fault, QueryError, Refusal, View};
use oxrdf::{NamedNode, Term, Triple, Variable};
use spareval::{QueryDatasetSpecification, QueryEvaluationError, QueryEvaluator, QueryResults};
use spargebra::Query;
use spargebra::algebra::QueryDataset;
use std::ops::ControlFlow;

/// One row of an answer, in the order of its variables.
pub type Row = Vec<Option<Term>>;

/// A whole answer in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Results {
    /// Of a `SELECT`.
    Solutions {
        /// The columns.
        variables: Vec<Variable>,
        /// The rows.
        rows: Vec<Row>,
    },
    /// Of an `ASK`.
    Boolean(bool),
    /// Of a `CONSTRUCT` or `DESCRIBE`.
    Graph(Vec<Triple>),
}

/// The dataset of a request by the parameters of the
/// [SPARQL 1.1 Protocol](https://www.w3.org/TR/sparql11-protocol/#dataset), which replace `FROM` in the text.
///
/// Both empty means that the request has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graphs {
    /// `default-graph-uri`.
    pub default: Vec<NamedNode>,
    /// `named-graph-uri`.
    pub named: Vec<NamedNode>,
}

impl Graphs {
    pub(crate) fn into_dataset(self) -> Option<QueryDataset> {
        let Self { default, named } = self;
        let given = !default.is_empty() || !named.is_empty();
        given.then_some(QueryDataset { default, named: Some(named) })
    }
}

/// A part of an answer on its way out.
pub(crate) enum Part<'r> {
    Columns(&'r [Variable]),
    Row(&'r [Option<Term>]),
    Boolean(bool),
    Graph,
    Triple(Triple),
}

impl View {
    /// Answers a query in this process. For query text that came from outside use [`Workers`](crate::Workers).
    ///
    /// # Errors
    /// [`Refusal::Unsupported`] for a function that the evaluator lacks, or a [`Fault`].
    ///
    /// ```
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let store = adit_facts::Store::open(directory.path()).unwrap();
    /// # let permit = adit_policy::Permit::for_test([], None, false, vec![]);
    /// # let at = "2026-03-01T00:00:00Z".parse().unwrap();
    /// use adit_facts::{Limits, QueryText, Results, View};
    /// let view = View::open(&store, &permit, at).unwrap();
    /// let text = QueryText::scan("ASK { ?item ?is ?fact }", None, &Limits::default()).unwrap();
    /// assert_eq!(view.query(&text.parse().unwrap()).unwrap(), Results::Boolean(false));
    /// ```
    pub fn query(&self, query: &Query) -> Result<Results, QueryError> {
        let mut results = None;
        self.evaluate(query, None, &mut |part| {
            match (part, &mut results) {
                (Part::Columns(variables), _) => {
                    let variables = variables.to_vec();
                    results = Some(Results::Solutions { variables, rows: Vec::new() });
                }
                (Part::Boolean(value), _) => results = Some(Results::Boolean(value)),
                (Part::Graph, _) => results = Some(Results::Graph(Vec::new())),
                (Part::Row(row), Some(Results::Solutions { rows, .. })) => rows.push(row.to_vec()),
                (Part::Triple(triple), Some(Results::Graph(triples))) => triples.push(triple),
                (Part::Row(_) | Part::Triple(_), _) => {}
            }
            ControlFlow::Continue(())
        })?;
        Ok(results.unwrap_or(Results::Boolean(false)))
    }

    /// Evaluates a query and hands out the parts of the answer as they come, until the sink breaks off.
    pub(crate) fn evaluate(
        &self,
        query: &Query,
        graphs: Option<QueryDataset>,
        sink: &mut dyn FnMut(Part<'_>) -> ControlFlow<()>,
    ) -> Result<(), QueryError> {
        let dataset = graphs.as_ref().or(query.dataset());
        let scope = Scope::new(self, dataset)?;
        // Without a handler for SERVICE, and without Oxigraph's HTTP client, no query leaves the machine.
        let evaluator = QueryEvaluator::new();
        let query = standard(query, &scope)?;
        let mut prepared = evaluator.prepare(&query);
        // The clause is in the scope, cut to what is visible: the evaluator must not read it from the query.
        *prepared.dataset_mut() = QueryDatasetSpecification::new();
        let results = prepared.execute(&scope).map_err(failure)?;
        match results {
            QueryResults::Boolean(value) => drop(sink(Part::Boolean(value))),
            QueryResults::Solutions(solutions) => {
                if sink(Part::Columns(solutions.variables())).is_break() {
                    return Ok(());
                }
                for solution in solutions {
                    if sink(Part::Row(solution.map_err(failure)?.values())).is_break() {
                        break;
                    }
                }
            }
            QueryResults::Graph(triples) => {
                if sink(Part::Graph).is_break() {
                    return Ok(());
                }
                for triple in triples {
                    if sink(Part::Triple(triple.map_err(failure)?)).is_break() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

fn failure(error: QueryEvaluationError) -> QueryError {
    match error {
        QueryEvaluationError::Dataset(error) => match error.downcast::<Fault>() {
            Ok(fault) => QueryError::Fault(*fault),
            Err(error) => QueryError::Fault(Fault::Evaluator(error.to_string())),
        },
        QueryEvaluationError::UnsupportedCustomFunction(_)
        | QueryEvaluationError::UnsupportedCustomFunctionArity { .. } => {
            Refusal::Unsupported { message: error.to_string() }.into()
        }
        QueryEvaluationError::Service(_)
        | QueryEvaluationError::UnboundService
        | QueryEvaluationError::InvalidServiceName(_)
        | QueryEvaluationError::UnsupportedService(_) => Refusal::Service.into(),
        error => QueryError::Fault(Fault::Evaluator(error.to_string())),
    }
}
