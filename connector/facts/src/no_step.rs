//! For the oracles of tests: what a plain Oxigraph must be asked to count the path of no step.

use crate::parts::{expressions_mut, operands_mut, patterns_mut};
use crate::standard::{ground, may_have_no_step, variable_for_blank};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::TermPattern;

/// Writes out, as a union, that a path of no step from or to a term holds; a path within `GRAPH ?g` stays as it is.
///
/// Oxigraph leaves such a [path](https://www.w3.org/TR/sparql11-query/#PropertyPathPatterns) out where no quad has the
/// term.
///
/// ```
/// let mut query = spargebra::SparqlParser::new().parse_query("SELECT ?o { <urn:x:s> <urn:x:p>* ?o }").unwrap();
/// adit_facts::with_paths_of_no_step(&mut query);
/// assert!(query.to_string().contains("VALUES"));
/// ```
pub fn with_paths_of_no_step(query: &mut Query) {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    within(pattern);
}

fn within(pattern: &mut GraphPattern) {
    if let GraphPattern::Bgp { patterns } = pattern {
        for triple in patterns {
            variable_for_blank(&mut triple.subject);
            variable_for_blank(&mut triple.object);
        }
    }
    patterns_mut(pattern).into_iter().for_each(within);
    expressions_mut(pattern).into_iter().for_each(exists);
    path(pattern);
}

fn exists(expression: &mut Expression) {
    if let Expression::Exists(pattern) = expression {
        within(pattern);
    }
    operands_mut(expression).into_iter().for_each(exists);
}

fn path(pattern: &mut GraphPattern) {
    let GraphPattern::Path { subject, path, object } = pattern else { return };
    variable_for_blank(subject);
    variable_for_blank(object);
    if !may_have_no_step(path) {
        return;
    }
    let (term, variable) = match (ground(subject), ground(object)) {
        (Some(one), Some(other)) => {
            if one == other {
                *pattern = GraphPattern::Bgp { patterns: vec![] };
            }
            return;
        }
        (Some(term), None) => (term, &*object),
        (None, Some(term)) => (term, &*subject),
        (None, None) => return,
    };
    let TermPattern::Variable(variable) = variable.clone() else { return };
    let variables = vec![variable];
    let no_step =
        GraphPattern::Values { variables: variables.clone(), bindings: vec![vec![Some(term)]] };
    let union = GraphPattern::Union { left: Box::new(no_step), right: Box::new(pattern.clone()) };
    let inner = Box::new(GraphPattern::Project { inner: Box::new(union), variables });
    *pattern = GraphPattern::Distinct { inner };
}
