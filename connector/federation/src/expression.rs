//! What an expression says about its variables.

use crate::algebra::Name;
use oxrdf::vocab::xsd;
use oxrdf::{NamedNode, Term};
use spargebra::algebra::{Expression, Function};

/// The identifiers that a filter leaves to its variables, where it leaves few.
pub(crate) fn seeds(filter: &Expression) -> Vec<(Name, Vec<Term>)> {
    let same = |a: &Expression, b: &Expression| match (a, b) {
        (Expression::Variable(variable), Expression::NamedNode(node))
        | (Expression::NamedNode(node), Expression::Variable(variable)) => {
            vec![(Name::from(variable), vec![node.clone().into()])]
        }
        _ => Vec::new(),
    };
    match filter {
        Expression::And(a, b) => [seeds(a), seeds(b)].concat(),
        Expression::Equal(a, b) | Expression::SameTerm(a, b) => same(a, b),
        Expression::In(needle, options) => {
            let options = options.iter().map(|option| match option {
                Expression::NamedNode(node) => Some(node.clone().into()),
                _ => None,
            });
            match (needle.as_ref(), options.collect()) {
                (Expression::Variable(variable), Some(terms)) => {
                    vec![(Name::from(variable), terms)]
                }
                _ => Vec::new(),
            }
        }
        Expression::Or(a, b) => {
            let right = seeds(b);
            let both = seeds(a).into_iter().filter_map(|(name, mut terms)| {
                let (_, others) = right.iter().find(|(other, _)| *other == name)?;
                terms.extend(others.iter().cloned());
                Some((name, terms))
            });
            both.collect()
        }
        _ => Vec::new(),
    }
}

/// The term that the expression always is, if it is one: written out, or an identifier put together from text.
pub(crate) fn constant(expression: &Expression) -> Option<Term> {
    match expression {
        Expression::NamedNode(node) => Some(node.clone().into()),
        Expression::Literal(literal) => Some(literal.clone().into()),
        Expression::FunctionCall(Function::Iri, operands) => match operands.as_slice() {
            // A relative one depends on the base of the query, which is the evaluator's business.
            [operand] => Some(NamedNode::new(text(operand)?).ok()?.into()),
            _ => None,
        },
        _ => None,
    }
}

/// The plain text that the expression always is, if it is one.
fn text(expression: &Expression) -> Option<String> {
    match expression {
        Expression::NamedNode(node) => Some(node.as_str().to_owned()),
        Expression::Literal(literal) if literal.datatype() == xsd::STRING => {
            Some(literal.value().to_owned())
        }
        Expression::FunctionCall(Function::Concat, operands)
            if !operands.iter().any(|operand| matches!(operand, Expression::NamedNode(_))) =>
        {
            operands.iter().map(text).collect()
        }
        Expression::FunctionCall(Function::Str, operands) => match operands.as_slice() {
            [operand] => text(operand),
            _ => None,
        },
        _ => None,
    }
}
