//! Admission: what the algebra of a query alone says against evaluating it.
//!
//! Nothing here knows what is stored. Which shapes are left to the limits of a worker, and why, is in
//! `connector/decisions/2026-11-22-query-gate.md`.

use crate::parts::{expressions, operands, patterns};
use crate::{Limits, Refusal};
use spargebra::Query;
use spargebra::algebra::{Expression, Function, GraphPattern, PropertyPathExpression};
use spargebra::term::NamedNodePattern;
use std::collections::BTreeSet;

/// Refuses what is evaluated for nobody.
pub(super) fn admit(query: &Query, limits: &Limits) -> Result<(), Refusal> {
    let survey = Survey::of(query);
    if survey.service {
        return Err(Refusal::Service);
    }
    if survey.depth > limits.depth {
        return Err(Refusal::Depth { depth: survey.depth, limit: limits.depth });
    }
    if survey.patterns > limits.patterns {
        return Err(Refusal::Patterns { count: survey.patterns, limit: limits.patterns });
    }
    if survey.regex_bytes > limits.regex_bytes {
        return Err(Refusal::Regex { bytes: survey.regex_bytes, limit: limits.regex_bytes });
    }
    rows(pattern(query), limits.values).map(drop)
}

/// The predicates that a query names, as IRIs; `None` where it asks for any.
pub(super) fn predicates(query: &Query) -> Option<BTreeSet<String>> {
    // A description of an item is all that is said of it.
    let any = matches!(query, Query::Describe { .. });
    let survey = Survey::of(query);
    (!any && !survey.any).then_some(survey.predicates)
}

fn pattern(query: &Query) -> &GraphPattern {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    pattern
}

/// What there is in the algebra of a query.
#[derive(Default)]
struct Survey {
    /// How deep it is.
    depth: usize,
    /// Whether it leaves the machine.
    service: bool,
    /// Triple patterns and paths.
    patterns: usize,
    /// The longest regular expression that is spelled out.
    regex_bytes: usize,
    /// The predicates that are named.
    predicates: BTreeSet<String>,
    /// Whether some pattern takes any predicate.
    any: bool,
}

/// A place in the algebra that is yet to be looked at.
enum Node<'q> {
    Pattern(&'q GraphPattern),
    Expression(&'q Expression),
    Path(&'q PropertyPathExpression),
}

impl Survey {
    /// Walks without recursion: how deep a query is, is what is to be found out.
    fn of(query: &Query) -> Self {
        let mut survey = Self::default();
        let mut ahead = vec![(Node::Pattern(pattern(query)), 1)];
        while let Some((node, depth)) = ahead.pop() {
            survey.depth = survey.depth.max(depth);
            let mut go = |node| ahead.push((node, depth + 1));
            match node {
                Node::Pattern(pattern) => {
                    patterns(pattern).into_iter().map(Node::Pattern).for_each(&mut go);
                    expressions(pattern).into_iter().map(Node::Expression).for_each(&mut go);
                    survey.pattern(pattern, go);
                }
                Node::Expression(expression) => {
                    operands(expression).into_iter().map(Node::Expression).for_each(&mut go);
                    survey.expression(expression, go);
                }
                Node::Path(path) => survey.path(path, go),
            }
        }
        survey
    }

    fn pattern<'q>(&mut self, pattern: &'q GraphPattern, mut go: impl FnMut(Node<'q>)) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                self.patterns += patterns.len();
                for triple in patterns {
                    match &triple.predicate {
                        NamedNodePattern::NamedNode(node) => self.predicate(node.as_str()),
                        NamedNodePattern::Variable(_) => self.any = true,
                    }
                }
            }
            GraphPattern::Path { path, .. } => {
                self.patterns += 1;
                go(Node::Path(path));
            }
            GraphPattern::Service { .. } => self.service = true,
            _ => {}
        }
    }

    fn expression<'q>(&mut self, expression: &'q Expression, mut go: impl FnMut(Node<'q>)) {
        match expression {
            Expression::Exists(pattern) => go(Node::Pattern(pattern)),
            Expression::FunctionCall(Function::Regex | Function::Replace, operands) => {
                if let Some(Expression::Literal(regex)) = operands.get(1) {
                    self.regex_bytes = self.regex_bytes.max(regex.value().len());
                }
            }
            _ => {}
        }
    }

    fn path<'q>(&mut self, path: &'q PropertyPathExpression, mut go: impl FnMut(Node<'q>)) {
        match path {
            PropertyPathExpression::NamedNode(node) => self.predicate(node.as_str()),
            PropertyPathExpression::NegatedPropertySet(_) => self.any = true,
            PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
                go(Node::Path(a));
                go(Node::Path(b));
            }
            PropertyPathExpression::Reverse(a)
            | PropertyPathExpression::ZeroOrMore(a)
            | PropertyPathExpression::OneOrMore(a)
            | PropertyPathExpression::ZeroOrOne(a) => go(Node::Path(a)),
        }
    }

    fn predicate(&mut self, predicate: &str) {
        self.predicates.insert(predicate.to_owned());
    }
}

/// How many rows the `VALUES` of a pattern make of each other where everything else matches once, if not too many.
///
/// Counted for each part of the query by itself too, since a part that has no row in the end is evaluated before that is
/// known.
fn rows(pattern: &GraphPattern, limit: usize) -> Result<usize, Refusal> {
    let within = |rows: usize| match rows > limit {
        true => Err(Refusal::Values { rows, limit }),
        false => Ok(rows),
    };
    let parts = patterns(pattern).into_iter().map(|part| rows(part, limit));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    let product = parts.iter().fold(1, |all: usize, rows| all.saturating_mul(*rows));
    let rows_here = within(match (pattern, parts.as_slice()) {
        (GraphPattern::Values { bindings, .. }, _) => bindings.len(),
        (GraphPattern::LeftJoin { .. }, [left, right]) => left.saturating_mul(*right.max(&1)),
        (GraphPattern::Union { .. }, [left, right]) => left.saturating_add(*right),
        (GraphPattern::Minus { .. }, [left, _]) => *left,
        (GraphPattern::Group { variables, .. }, _) if variables.is_empty() => 1,
        (GraphPattern::Slice { length: Some(length), .. }, _) => product.min(*length),
        _ => product,
    })?;
    // What an expression asks is asked for each row.
    let mut ahead = expressions(pattern);
    while let Some(expression) = ahead.pop() {
        ahead.extend(operands(expression));
        if let Expression::Exists(pattern) = expression {
            within(rows_here.max(1).saturating_mul(rows(pattern, limit)?))?;
        }
    }
    Ok(rows_here)
}
