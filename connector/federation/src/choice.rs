//! BIND to one of a few values: a constant, another variable, or the first of these that is bound.
//!
//! `BIND(COALESCE(?alias, ?item) AS ?machine)` leads on from `?machine` even where `?alias` comes from an
//! OPTIONAL, since every solution has some value for it and all of these values are known.

use crate::algebra::{Name, in_scope};
use crate::expression::constant;
use oxrdf::Term;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::NamedNodePattern;
use std::collections::BTreeSet;

/// A variable that every solution binds, and everything that it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) to: Name,
    pub(crate) terms: Vec<Term>,
    /// Variables that every solution binds before.
    pub(crate) names: Vec<Name>,
    /// Variables that only OPTIONAL binds: which group beside this one, and the variable.
    pub(crate) options: Vec<(usize, Name)>,
}

impl Choice {
    /// Reads `BIND(expression AS to)` after a pattern; `None` where its values are computed or it may stay unbound.
    ///
    /// `options` tells the groups beside this one in which OPTIONAL may bind a variable.
    pub(crate) fn of(
        to: &Name,
        expression: &Expression,
        inner: &GraphPattern,
        certain: &BTreeSet<Name>,
        options: impl Fn(&Name) -> Vec<usize>,
    ) -> Option<Self> {
        let mut leaves = Vec::new();
        values(expression, &mut leaves);
        let mut choice =
            Self { to: to.clone(), terms: Vec::new(), names: Vec::new(), options: Vec::new() };
        for leaf in leaves {
            match leaf {
                Expression::Variable(variable) => {
                    let name = Name::from(variable);
                    if certain.contains(&name) {
                        choice.names.push(name);
                    } else if binds_by_option_alone(inner, &name) {
                        let sources = options(&name).into_iter();
                        choice.options.extend(sources.map(|at| (at, name.clone())));
                    } else {
                        return None;
                    }
                }
                leaf => choice.terms.push(constant(leaf)?),
            }
        }
        is_bound(expression, certain, &BTreeSet::new()).then_some(choice)
    }
}

/// The expressions that one of is the value.
fn values<'e>(expression: &'e Expression, into: &mut Vec<&'e Expression>) {
    match expression {
        Expression::Coalesce(all) => all.iter().for_each(|one| values(one, into)),
        Expression::If(_, yes, no) => {
            values(yes, into);
            values(no, into);
        }
        leaf => into.push(leaf),
    }
}

/// Whether the expression has a value in every solution; `found` are variables that a condition has found bound.
fn is_bound(expression: &Expression, certain: &BTreeSet<Name>, found: &BTreeSet<Name>) -> bool {
    match expression {
        Expression::Coalesce(all) => all.iter().any(|one| is_bound(one, certain, found)),
        // Any other condition than BOUND may fail, and then there is no value.
        Expression::If(condition, yes, no) => match condition.as_ref() {
            Expression::Bound(variable) => {
                let mut more = found.clone();
                more.insert(Name::from(variable));
                is_bound(yes, certain, &more) && is_bound(no, certain, found)
            }
            _ => false,
        },
        Expression::Variable(variable) => {
            let name = Name::from(variable);
            certain.contains(&name) || found.contains(&name)
        }
        leaf => constant(leaf).is_some(),
    }
}

/// Whether nothing of the pattern but the right side of an OPTIONAL can bind the variable.
fn binds_by_option_alone(pattern: &GraphPattern, name: &Name) -> bool {
    match pattern {
        GraphPattern::LeftJoin { left, .. } | GraphPattern::Minus { left, .. } => {
            binds_by_option_alone(left, name)
        }
        GraphPattern::Join { left, right } => {
            binds_by_option_alone(left, name) && binds_by_option_alone(right, name)
        }
        GraphPattern::Filter { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner } => binds_by_option_alone(inner, name),
        GraphPattern::Graph { name: graph, inner } => {
            let is_graph =
                matches!(graph, NamedNodePattern::Variable(it) if Name::from(it) == *name);
            !is_graph && binds_by_option_alone(inner, name)
        }
        GraphPattern::Extend { inner, variable, .. } => {
            Name::from(variable) != *name && binds_by_option_alone(inner, name)
        }
        GraphPattern::Bgp { .. }
        | GraphPattern::Path { .. }
        | GraphPattern::Union { .. }
        | GraphPattern::Values { .. }
        | GraphPattern::Project { .. }
        | GraphPattern::Slice { .. }
        | GraphPattern::Group { .. }
        | GraphPattern::Service { .. }
        | GraphPattern::Lateral { .. } => !in_scope(pattern).contains(name),
    }
}
