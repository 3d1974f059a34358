//! When a query may be asked once for all focus nodes.
//!
//! [SHACL](https://www.w3.org/TR/shacl/#pre-binding) asks a query once for each focus node, with `$this` bound before all
//! else. Asked once with `$this` free it gives the same rows, each with its focus node, if every group of the query that
//! uses `$this` also binds it by a pattern. A query for which that is not so is refused when its file is loaded.

use oxrdf::{NamedNode, Variable};
use spargebra::algebra::GraphPattern;
use spargebra::term::GroundTerm;
use std::fmt::Display;

/// The variable of the focus node.
pub(crate) const THIS: &str = "this";

/// Whether a group binds the focus node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Absent,
    Bound,
}

/// Says why a query cannot be asked once for all focus nodes, if so.
pub(crate) fn check(query: &GraphPattern) -> Result<(), String> {
    match use_in(query)? {
        Use::Bound => Ok(()),
        Use::Absent => Err("no pattern binds $this".to_owned()),
    }
}

fn use_in(pattern: &GraphPattern) -> Result<Use, String> {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => {
            Ok(if mentions(pattern) { Use::Bound } else { Use::Absent })
        }
        GraphPattern::Join { left, right } => match (use_in(left)?, use_in(right)?) {
            (Use::Absent, Use::Absent) => Ok(Use::Absent),
            (Use::Bound, _) | (_, Use::Bound) => Ok(Use::Bound),
        },
        GraphPattern::LeftJoin { left, right, expression } => {
            let uses = use_in(right)? == Use::Bound || expression.as_ref().is_some_and(mentions);
            needs(use_in(left)?, uses, "an OPTIONAL")
        }
        GraphPattern::Filter { expr, inner } => needs(use_in(inner)?, mentions(expr), "a FILTER"),
        GraphPattern::Extend { inner, variable, expression } => {
            if variable.as_str() == THIS {
                return Err("BIND gives $this a value".to_owned());
            }
            needs(use_in(inner)?, mentions(expression), "a BIND")
        }
        GraphPattern::Union { left, right } => {
            let (left, right) = (use_in(left)?, use_in(right)?);
            if left != right {
                return Err("one side of a UNION binds $this and the other does not".to_owned());
            }
            Ok(left)
        }
        GraphPattern::Project { inner, variables }
        | GraphPattern::Group { inner, variables, .. } => {
            let uses = use_in(inner)?;
            if uses == Use::Bound && !variables.iter().any(|variable| variable.as_str() == THIS) {
                return Err("a SELECT or GROUP BY leaves $this out".to_owned());
            }
            Ok(uses)
        }
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::OrderBy { inner, .. } => use_in(inner),
        GraphPattern::Slice { .. } => Err("it has a LIMIT or OFFSET".to_owned()),
        GraphPattern::Minus { .. } => Err("it has a MINUS; write FILTER NOT EXISTS".to_owned()),
        GraphPattern::Values { .. } => Err("it has VALUES; write FILTER(... IN ...)".to_owned()),
        GraphPattern::Graph { .. } => Err("it has GRAPH; the facts are one graph here".to_owned()),
        GraphPattern::Lateral { .. } => Err("it has LATERAL".to_owned()),
        GraphPattern::Service { .. } => Err("it has SERVICE; a check asks nobody".to_owned()),
    }
}

fn needs(bound: Use, uses: bool, what: &str) -> Result<Use, String> {
    if uses && bound == Use::Absent {
        return Err(format!("{what} uses $this in a group that does not bind it"));
    }
    Ok(bound)
}

/// Whether the variable of the focus node stands in a part of a query.
fn mentions(part: &impl Display) -> bool {
    let text = part.to_string();
    text.match_indices("?this").any(|(at, name)| {
        let next = text[at + name.len()..].chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    })
}

/// The query for some focus nodes alone: every pattern that binds the focus node is joined with them.
pub(crate) fn restricted(pattern: &GraphPattern, nodes: &[NamedNode]) -> GraphPattern {
    let inside = |inner: &GraphPattern| Box::new(restricted(inner, nodes));
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } if mentions(pattern) => {
            let bindings = nodes.iter().map(|node| vec![Some(GroundTerm::from(node.clone()))]);
            GraphPattern::Join {
                left: Box::new(GraphPattern::Values {
                    variables: vec![Variable::new_unchecked(THIS)],
                    bindings: bindings.collect(),
                }),
                right: Box::new(pattern.clone()),
            }
        }
        GraphPattern::Join { left, right } => {
            GraphPattern::Join { left: inside(left), right: inside(right) }
        }
        GraphPattern::LeftJoin { left, right, expression } => GraphPattern::LeftJoin {
            left: inside(left),
            right: inside(right),
            expression: expression.clone(),
        },
        GraphPattern::Filter { expr, inner } => {
            GraphPattern::Filter { expr: expr.clone(), inner: inside(inner) }
        }
        GraphPattern::Extend { inner, variable, expression } => GraphPattern::Extend {
            inner: inside(inner),
            variable: variable.clone(),
            expression: expression.clone(),
        },
        GraphPattern::Union { left, right } => {
            GraphPattern::Union { left: inside(left), right: inside(right) }
        }
        GraphPattern::Project { inner, variables } => {
            GraphPattern::Project { inner: inside(inner), variables: variables.clone() }
        }
        GraphPattern::Group { inner, variables, aggregates } => GraphPattern::Group {
            inner: inside(inner),
            variables: variables.clone(),
            aggregates: aggregates.clone(),
        },
        GraphPattern::Distinct { inner } => GraphPattern::Distinct { inner: inside(inner) },
        GraphPattern::Reduced { inner } => GraphPattern::Reduced { inner: inside(inner) },
        GraphPattern::OrderBy { inner, expression } => {
            GraphPattern::OrderBy { inner: inside(inner), expression: expression.clone() }
        }
        GraphPattern::Bgp { .. }
        | GraphPattern::Path { .. }
        | GraphPattern::Slice { .. }
        | GraphPattern::Minus { .. }
        | GraphPattern::Values { .. }
        | GraphPattern::Graph { .. }
        | GraphPattern::Lateral { .. }
        | GraphPattern::Service { .. } => pattern.clone(),
    }
}
