//! Constraints that are queries: [SHACL-SPARQL](https://www.w3.org/TR/shacl/#sparql-constraints).

use crate::data::Data;
use crate::dataset::Facts;
use crate::finding::{Messages, text};
use crate::prebound::{self, THIS};
use oxrdf::{NamedNode, Term};
use spareval::{QueryEvaluator, QueryResults, QuerySolution};
use spargebra::SparqlParser;
use spargebra::algebra::GraphPattern;

/// A query whose every row is a finding.
#[derive(Debug)]
pub(crate) struct Query {
    pattern: GraphPattern,
    /// With `{?name}` for what the row binds.
    pub(crate) messages: Messages,
}

/// One row of a query.
pub(crate) struct Row {
    pub(crate) this: Term,
    pub(crate) path: Option<NamedNode>,
    pub(crate) value: Option<Term>,
    pub(crate) messages: Messages,
}

/// Why a query gave no rows.
pub(crate) enum Stopped {
    Exhausted,
    Failed(String),
}

impl Query {
    /// Reads a query, given the text of its prefixes; says why it cannot be asked.
    pub(crate) fn read(prefixes: &str, select: &str, messages: Messages) -> Result<Self, String> {
        for name in ["PATH", "shapesGraph", "currentShape"] {
            if select.contains(&format!("${name}")) {
                return Err(format!("it uses ${name}, which is not supported here"));
            }
        }
        let query = SparqlParser::new()
            .parse_query(&format!("{prefixes}{select}"))
            .map_err(|e| e.to_string().replace('\n', " "))?;
        let spargebra::Query::Select { pattern, dataset: None, .. } = query else {
            return Err("it is no SELECT over the facts".to_owned());
        };
        prebound::check(&pattern)?;
        Ok(Self { pattern, messages })
    }

    /// The rows for some focus nodes, or for all nodes that there are.
    pub(crate) fn rows(
        &self,
        data: &Data<'_>,
        nodes: Option<&[NamedNode]>,
        steps_max: u64,
    ) -> Result<Vec<Row>, Stopped> {
        let pattern = match nodes {
            Some(nodes) => prebound::restricted(&self.pattern, nodes),
            None => self.pattern.clone(),
        };
        let query = spargebra::Query::Select { dataset: None, pattern, base_iri: None };
        let facts = Facts::new(data, steps_max);
        let failed = |error: spareval::QueryEvaluationError| {
            if facts.is_exhausted() {
                Stopped::Exhausted
            } else {
                Stopped::Failed(error.to_string())
            }
        };
        let evaluator = QueryEvaluator::new();
        let results = evaluator.prepare(&query).execute(&facts).map_err(failed)?;
        let QueryResults::Solutions(solutions) = results else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        for solution in solutions {
            rows.extend(self.row(&solution.map_err(failed)?));
        }
        Ok(rows)
    }

    fn row(&self, solution: &QuerySolution) -> Option<Row> {
        let path = match solution.get("path") {
            Some(Term::NamedNode(path)) => Some(path.clone()),
            Some(Term::BlankNode(_) | Term::Literal(_)) | None => None,
        };
        let fill = |(language, text): &(String, String)| (language.clone(), filled(text, solution));
        Some(Row {
            this: solution.get(THIS)?.clone(),
            path,
            value: solution.get("value").cloned(),
            messages: self.messages.iter().map(fill).collect(),
        })
    }
}

/// A message with `{?name}` and `{$name}` replaced by what the row binds.
///
/// Implements [SHACL, 5.3.2](https://www.w3.org/TR/shacl/#sparql-constraints-validation).
fn filled(message: &str, solution: &QuerySolution) -> String {
    let mut filled = message.to_owned();
    for (variable, term) in solution {
        for mark in ['?', '$'] {
            let place = format!("{{{mark}{}}}", variable.as_str());
            if filled.contains(&place) {
                filled = filled.replace(&place, text(term));
            }
        }
    }
    filled
}
