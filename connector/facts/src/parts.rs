//! What expressions and patterns are made of: the one list of the kinds that there are, for reading and for rewriting.

use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};

macro_rules! of_expressions {
    ($visibility:vis $operands:ident, $iter:ident $(, $mutable:tt)?) => {
        /// The expressions directly within one; what `EXISTS` holds is a pattern.
        $visibility fn $operands(expression: &$($mutable)? Expression) -> Vec<&$($mutable)? Expression> {
            match expression {
                Expression::NamedNode(_)
                | Expression::Literal(_)
                | Expression::Variable(_)
                | Expression::Bound(_)
                | Expression::Exists(_) => vec![],
                Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => vec![a],
                Expression::Or(a, b)
                | Expression::And(a, b)
                | Expression::Equal(a, b)
                | Expression::SameTerm(a, b)
                | Expression::Greater(a, b)
                | Expression::GreaterOrEqual(a, b)
                | Expression::Less(a, b)
                | Expression::LessOrEqual(a, b)
                | Expression::Add(a, b)
                | Expression::Subtract(a, b)
                | Expression::Multiply(a, b)
                | Expression::Divide(a, b) => vec![a, b],
                Expression::If(a, b, c) => vec![a, b, c],
                Expression::In(a, list) => list.$iter().chain([&$($mutable)? **a]).collect(),
                Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
                    list.$iter().collect()
                }
            }
        }
    };
}

macro_rules! of_patterns {
    ($patterns:ident, $expressions:ident, $iter:ident $(, $mutable:tt)?) => {
        /// The patterns directly within one.
        pub(crate) fn $patterns(pattern: &$($mutable)? GraphPattern) -> Vec<&$($mutable)? GraphPattern> {
            match pattern {
                GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {
                    vec![]
                }
                GraphPattern::Join { left, right }
                | GraphPattern::LeftJoin { left, right, .. }
                | GraphPattern::Union { left, right }
                | GraphPattern::Minus { left, right }
                | GraphPattern::Lateral { left, right } => vec![left, right],
                GraphPattern::Filter { inner, .. }
                | GraphPattern::Extend { inner, .. }
                | GraphPattern::Graph { inner, .. }
                | GraphPattern::OrderBy { inner, .. }
                | GraphPattern::Project { inner, .. }
                | GraphPattern::Distinct { inner }
                | GraphPattern::Reduced { inner }
                | GraphPattern::Slice { inner, .. }
                | GraphPattern::Group { inner, .. }
                | GraphPattern::Service { inner, .. } => vec![inner],
            }
        }

        /// The expressions directly within a pattern.
        pub(crate) fn $expressions(pattern: &$($mutable)? GraphPattern) -> Vec<&$($mutable)? Expression> {
            match pattern {
                GraphPattern::LeftJoin { expression: Some(expression), .. }
                | GraphPattern::Filter { expr: expression, .. }
                | GraphPattern::Extend { expression, .. } => vec![expression],
                GraphPattern::OrderBy { expression, .. } => {
                    let by = expression.$iter().map(|order| {
                        let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = order;
                        by
                    });
                    by.collect()
                }
                GraphPattern::Group { aggregates, .. } => {
                    let of = aggregates.$iter().filter_map(|(_, aggregate)| match aggregate {
                        AggregateExpression::CountSolutions { .. } => None,
                        AggregateExpression::FunctionCall { expr, .. } => Some(expr),
                    });
                    of.collect()
                }
                GraphPattern::LeftJoin { expression: None, .. }
                | GraphPattern::Bgp { .. }
                | GraphPattern::Path { .. }
                | GraphPattern::Values { .. }
                | GraphPattern::Join { .. }
                | GraphPattern::Union { .. }
                | GraphPattern::Minus { .. }
                | GraphPattern::Lateral { .. }
                | GraphPattern::Graph { .. }
                | GraphPattern::Project { .. }
                | GraphPattern::Distinct { .. }
                | GraphPattern::Reduced { .. }
                | GraphPattern::Slice { .. }
                | GraphPattern::Service { .. } => vec![],
            }
        }
    };
}

of_expressions!(pub operands, iter);
of_expressions!(pub(crate) operands_mut, iter_mut, mut);
of_patterns!(patterns, expressions, iter);
#[cfg(any(test, feature = "test-util"))]
of_patterns!(patterns_mut, expressions_mut, iter_mut, mut);
