//! In which order the identifiers of a question lead to every pattern.

use crate::Refusal;
use crate::algebra::{Group, Name, Reader, Trail, Triple, in_scope};
use crate::derived::Derived;
use crate::order::{Known, Planner};
use crate::path::End;
use oxrdf::Term;
use spargebra::Query;
use std::collections::BTreeSet;

/// The steps that gather every quad a question depends on, from the identifiers in its text outwards.
///
/// A plan exists before anything is sent: a pattern that no identifier leads to refuses here.
///
/// ```
/// use adit_federation::{Plan, Refusal};
/// use spargebra::SparqlParser;
///
/// let plan = |text: &str| Plan::of(&SparqlParser::new().parse_query(text).unwrap());
/// assert!(plan("SELECT * { <https://mill.example/heat/1> ?p ?o }").is_ok());
/// assert!(matches!(plan("SELECT * { ?s ?p ?o }"), Err(Refusal::NotAnchored { .. })));
/// ```
#[derive(Debug)]
pub struct Plan {
    pub(crate) root: Block,
    /// What DESCRIBE describes.
    pub(crate) described: Vec<Name>,
    /// The derived predicates that the question can see.
    pub(crate) derived: Vec<&'static Derived>,
}

/// Steps to take in order, and blocks that only need what those bring.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
    pub(crate) asides: Vec<Aside>,
}

/// A block that takes bindings and gives none back.
#[derive(Debug)]
pub(crate) struct Aside {
    pub(crate) enter: BTreeSet<Name>,
    pub(crate) block: Block,
}

/// One step; it narrows the terms that the variables it binds can have.
#[derive(Debug)]
pub(crate) enum Step {
    /// The query says what the variable can be.
    Seed { name: Name, terms: Vec<Term> },
    /// A variable is one of these terms, or has the value of one of these variables, some of which OPTIONAL binds.
    Choose { to: Name, terms: Vec<Term>, names: Vec<Name>, options: Vec<(Aside, Name)> },
    /// Triple patterns, each looked up from one end, together.
    Fetch(Vec<(Triple, End)>),
    /// A property path, walked from one end.
    Walk(Trail, End),
    /// UNION.
    Fork(Vec<Block>),
    /// A subquery.
    Sub { enter: BTreeSet<Name>, leave: BTreeSet<Name>, block: Block },
}

impl Plan {
    /// Plans a query.
    ///
    /// A default graph that comes with the request, by [protocol
    /// parameter](https://www.w3.org/TR/sparql11-protocol/#query-operation), belongs into the query's dataset first.
    ///
    /// # Errors
    /// [`Refusal::NotAnchored`] with the pattern that nothing leads to; [`Refusal::Service`] and
    /// [`Refusal::Lateral`] for what is never sent.
    pub fn of(query: &Query) -> Result<Self, Refusal> {
        let pattern = match query {
            Query::Select { pattern, .. }
            | Query::Construct { pattern, .. }
            | Query::Describe { pattern, .. }
            | Query::Ask { pattern, .. } => pattern,
        };
        let mut reader = Reader { has_dataset: query.dataset().is_some(), derived: Vec::new() };
        let mut group = Group::default();
        reader.read(pattern, None, &mut group)?;
        let (root, known) = Planner::default().order(&group, Known::new())?;
        let described = match query {
            Query::Describe { .. } => described(in_scope(pattern), &known)?,
            Query::Select { .. } | Query::Construct { .. } | Query::Ask { .. } => Vec::new(),
        };
        let mut derived = reader.derived;
        if !described.is_empty() {
            derived = crate::derived::DERIVED.iter().collect();
        }
        derived.sort_by_key(|derived| derived.predicate);
        derived.dedup();
        Ok(Self { root, described, derived })
    }
}

fn described(names: BTreeSet<Name>, known: &Known) -> Result<Vec<Name>, Refusal> {
    match names.iter().find(|name| !known.contains_key(name)) {
        Some(name) => Err(Refusal::NotAnchored {
            pattern: format!("DESCRIBE {name}"),
            fix: format!(
                "describe identifiers, or variables that every solution binds; a part of the solutions may leave {name} unbound"
            ),
        }),
        None => Ok(names.into_iter().collect()),
    }
}
