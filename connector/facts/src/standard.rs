//! Where the evaluator departs from SPARQL 1.1, and the query that gets the standard's answer of it.
//!
//! - A [path of no step](https://www.w3.org/TR/sparql11-query/#PropertyPathPatterns) from or to a term of the query
//!   holds although no quad has the term; the evaluator looks for a quad. There the path becomes `VALUES`.
//! - [`GRAPH ?g { … }`](https://www.w3.org/TR/sparql11-query/#defn_evalGraph) is the union of what is within over each
//!   named graph. The evaluator carries `?g` to the triples inside, which loses it where a subquery, `VALUES` or
//!   `MINUS` stands between. There the union is written out.
//! - [`GROUP_CONCAT`](https://www.w3.org/TR/sparql11-query/#defn_aggGroupConcat) gives a plain string; the evaluator
//!   keeps a language that all parts share. Around it goes `STR`.
//! - [`BNODE(?text)`](https://www.w3.org/TR/sparql11-query/#func-bnode) gives the same node for the same text within one
//!   row, another in the next; the evaluator takes the text for the label. The label becomes a digest of the text and
//!   an identifier of the row.
//!
//! Nothing here has to do with visibility: the terms and graphs that are looked up are those of the [`Scope`].

use crate::Fault;
use crate::dataset::Scope;
use crate::parts::operands_mut;
use oxrdf::{Literal, NamedNode, Term, Variable};
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
    PropertyPathExpression,
};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern};

/// The query that the evaluator answers as the standard answers this one, over one scope.
pub(crate) fn standard(query: &Query, scope: &Scope<'_>) -> Result<Query, Fault> {
    let mut query = query.clone();
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = &mut query;
    Walk { scope, named: 0, loses_graph: false }.pattern(pattern, &Graph::Default)?;
    Ok(query)
}

/// What the triples of a pattern are matched with.
#[derive(Clone)]
enum Graph {
    Default,
    Named(NamedNode),
    /// Each named graph, bound to a variable.
    Each,
}

struct Walk<'s> {
    scope: &'s Scope<'s>,
    /// How many variables were named.
    named: usize,
    /// Whether the evaluator would lose the variable of [`Graph::Each`].
    loses_graph: bool,
}

impl Walk<'_> {
    fn pattern(&mut self, pattern: &mut GraphPattern, graph: &Graph) -> Result<(), Fault> {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    variable_for_blank(&mut triple.subject);
                    variable_for_blank(&mut triple.object);
                }
            }
            GraphPattern::Path { subject, path, object } => {
                variable_for_blank(subject);
                variable_for_blank(object);
                if let Some(instead) = self.path(subject, path, object, graph)? {
                    *pattern = instead;
                }
            }
            GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
                self.pattern(left, graph)?;
                self.pattern(right, graph)?;
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                self.pattern(left, graph)?;
                self.pattern(right, graph)?;
                if let Some(expression) = expression {
                    self.expression(expression, graph)?;
                }
            }
            GraphPattern::Filter { expr, inner } => {
                self.pattern(inner, graph)?;
                self.expression(expr, graph)?;
            }
            GraphPattern::Extend { .. } => self.extend(pattern, graph)?,
            GraphPattern::Graph { name, inner } => {
                self.loses_graph = true;
                if let Some(instead) = self.graph(name, inner)? {
                    *pattern = instead;
                }
            }
            GraphPattern::Minus { left, right } | GraphPattern::Lateral { left, right } => {
                self.loses_graph = true;
                self.pattern(left, graph)?;
                self.pattern(right, graph)?;
            }
            GraphPattern::Values { .. } => self.loses_graph = true,
            GraphPattern::OrderBy { inner, expression } => {
                self.loses_graph = true;
                self.pattern(inner, graph)?;
                for order in expression {
                    let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = order;
                    self.expression(by, graph)?;
                }
            }
            GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => {
                self.loses_graph = true;
                self.pattern(inner, graph)?;
            }
            GraphPattern::Group { .. } => {
                self.loses_graph = true;
                self.group(pattern, graph)?;
            }
            // It is refused before; see the gate.
            GraphPattern::Service { .. } => {}
        }
        Ok(())
    }

    fn expression(&mut self, expression: &mut Expression, graph: &Graph) -> Result<(), Fault> {
        if let Expression::Exists(pattern) = expression {
            return self.pattern(pattern, graph);
        }
        operands_mut(expression).into_iter().try_for_each(|part| self.expression(part, graph))
    }

    /// A path that may have no step, where an end of it is a term that no quad has.
    fn path(
        &mut self,
        subject: &TermPattern,
        path: &PropertyPathExpression,
        object: &TermPattern,
        graph: &Graph,
    ) -> Result<Option<GraphPattern>, Fault> {
        if !may_have_no_step(path) {
            return Ok(None);
        }
        let (term, variable) = match (ground(subject), ground(object)) {
            (None, None) => return Ok(None),
            (Some(one), Some(other)) => {
                return Ok((one == other).then(|| GraphPattern::Bgp { patterns: vec![] }));
            }
            (Some(term), None) => (term, object),
            (None, Some(term)) => (term, subject),
        };
        let (TermPattern::Variable(variable), graph) = (variable, graph) else { return Ok(None) };
        let name = match graph {
            Graph::Default => None,
            Graph::Named(name) => Some(name),
            Graph::Each => {
                self.loses_graph = true;
                return Ok(None);
            }
        };
        if self.scope.is_node(&Term::from(term.clone()), name)? {
            return Ok(None);
        }
        let variables = vec![variable.clone()];
        Ok(Some(GraphPattern::Values { variables, bindings: vec![vec![Some(term)]] }))
    }

    fn graph(
        &mut self,
        name: &NamedNodePattern,
        inner: &mut GraphPattern,
    ) -> Result<Option<GraphPattern>, Fault> {
        let variable = match name {
            NamedNodePattern::NamedNode(name) => {
                self.pattern(inner, &Graph::Named(name.clone()))?;
                return Ok((!self.scope.has_graph(name)?).then(nothing));
            }
            NamedNodePattern::Variable(variable) => variable,
        };
        let plain = inner.clone();
        self.loses_graph = false;
        self.pattern(inner, &Graph::Each)?;
        if !std::mem::replace(&mut self.loses_graph, true) {
            return Ok(None);
        }
        let mut branches = Vec::new();
        for name in self.scope.graphs()? {
            let mut inner = Box::new(plain.clone());
            self.pattern(&mut inner, &Graph::Named(name.clone()))?;
            let variables = vec![variable.clone()];
            let bindings = vec![vec![Some(name.clone().into())]];
            branches.push(GraphPattern::Join {
                left: Box::new(GraphPattern::Values { variables, bindings }),
                right: Box::new(GraphPattern::Graph { name: name.into(), inner }),
            });
        }
        Ok(Some(union(branches)))
    }

    /// `GROUP_CONCAT` under another name, and its text under the one that the query reads.
    fn group(&mut self, pattern: &mut GraphPattern, graph: &Graph) -> Result<(), Fault> {
        let GraphPattern::Group { inner, aggregates, .. } = pattern else { return Ok(()) };
        self.pattern(inner, graph)?;
        let mut texts = Vec::new();
        for (variable, aggregate) in aggregates {
            let AggregateExpression::FunctionCall { name, expr, .. } = aggregate else { continue };
            self.expression(expr, graph)?;
            if matches!(name, AggregateFunction::GroupConcat { .. }) {
                let whole = self.name();
                texts.push((std::mem::replace(variable, whole.clone()), whole));
            }
        }
        for (variable, whole) in texts {
            let expression = call(Function::Str, Expression::Variable(whole));
            extend_by(pattern, variable, expression);
        }
        Ok(())
    }

    /// A chain of `BIND` or of expressions in `SELECT`: of one row all of them.
    fn extend(&mut self, pattern: &mut GraphPattern, graph: &Graph) -> Result<(), Fault> {
        let row = self.name();
        let (mut labels, mut rest) = (false, pattern);
        while let GraphPattern::Extend { inner, expression, .. } = rest {
            self.expression(expression, graph)?;
            labels |= label_by_row(expression, &row);
            rest = inner;
        }
        self.pattern(rest, graph)?;
        if labels {
            extend_by(rest, row, Expression::FunctionCall(Function::StrUuid, vec![]));
        }
        Ok(())
    }

    /// A variable that no query can name.
    fn name(&mut self) -> Variable {
        self.named += 1;
        Variable::new_unchecked(format!("our own {}", self.named))
    }
}

fn extend_by(pattern: &mut GraphPattern, variable: Variable, expression: Expression) {
    let inner = Box::new(std::mem::replace(pattern, nothing()));
    *pattern = GraphPattern::Extend { inner, variable, expression };
}

/// A pattern without a solution.
fn nothing() -> GraphPattern {
    GraphPattern::Values { variables: vec![], bindings: vec![] }
}

/// The union, as a tree that is as deep as it must be.
fn union(mut branches: Vec<GraphPattern>) -> GraphPattern {
    match branches.len() {
        0 => nothing(),
        1 => branches.remove(0),
        count => {
            let right = Box::new(union(branches.split_off(count / 2)));
            GraphPattern::Union { left: Box::new(union(branches)), right }
        }
    }
}

/// Makes each `BNODE(?text)` one of the row; whether there is any.
fn label_by_row(expression: &mut Expression, row: &Variable) -> bool {
    let inside: Vec<_> =
        operands_mut(expression).into_iter().map(|part| label_by_row(part, row)).collect();
    let Expression::FunctionCall(Function::BNode, arguments) = expression else {
        return inside.contains(&true);
    };
    for text in arguments.iter_mut() {
        let placeholder = Expression::Variable(row.clone());
        let text_digest = call(Function::Md5, std::mem::replace(text, placeholder.clone()));
        let both = Expression::FunctionCall(Function::Concat, vec![placeholder, text_digest]);
        *text = call(Function::Md5, both);
    }
    !arguments.is_empty() || inside.contains(&true)
}

fn call(function: Function, argument: Expression) -> Expression {
    Expression::FunctionCall(function, vec![argument])
}

/// A blank node of a query is a variable that the query cannot name again.
pub(crate) fn variable_for_blank(term: &mut TermPattern) {
    if let TermPattern::BlankNode(node) = term {
        *term = Variable::new_unchecked(format!("blank {}", node.as_str())).into();
    }
}

pub(crate) fn ground(term: &TermPattern) -> Option<GroundTerm> {
    match term {
        TermPattern::NamedNode(node) => Some(node.clone().into()),
        TermPattern::Literal(literal) => Some(Literal::clone(literal).into()),
        TermPattern::BlankNode(_) | TermPattern::Variable(_) => None,
    }
}

pub(crate) fn may_have_no_step(path: &PropertyPathExpression) -> bool {
    match path {
        PropertyPathExpression::NamedNode(_) | PropertyPathExpression::NegatedPropertySet(_) => {
            false
        }
        PropertyPathExpression::ZeroOrMore(_) | PropertyPathExpression::ZeroOrOne(_) => true,
        PropertyPathExpression::Reverse(path) | PropertyPathExpression::OneOrMore(path) => {
            may_have_no_step(path)
        }
        PropertyPathExpression::Sequence(one, other) => {
            may_have_no_step(one) && may_have_no_step(other)
        }
        PropertyPathExpression::Alternative(one, other) => {
            may_have_no_step(one) || may_have_no_step(other)
        }
    }
}
