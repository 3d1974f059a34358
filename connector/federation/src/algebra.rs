//! A query's algebra, read into groups of patterns that are joined and groups that stand beside them.
//!
//! What is fetched must be sound: the part of each group's solutions that agrees with the bindings brought to
//! it must come out of the gathered quads as it comes out of all quads. Joins may bring every binding from
//! one operand to another. The right side of OPTIONAL and MINUS, and EXISTS, may only be brought the
//! variables that are bound in *every* solution on the left, since a solution that leaves one unbound
//! agrees with all values. A subquery is brought its projected variables, a grouping its keys, a LIMIT nothing.

use crate::Refusal;
use crate::advice::Link;
use crate::choice::Choice;
use crate::derived::{DERIVED, Derived};
use crate::expression::seeds;
use crate::path;
use adit_facts::operands;
use oxrdf::{NamedNode, Term, Variable};
use spargebra::algebra::{
    AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern};
use std::collections::BTreeSet;
use std::fmt;

/// A variable or blank node of the query, within its scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(String);

/// A place in a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Given by the query.
    Term(Term),
    /// To be bound.
    Name(Name),
}

/// A triple pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Triple {
    pub(crate) subject: Slot,
    pub(crate) predicate: Slot,
    pub(crate) object: Slot,
    /// The graph, inside GRAPH.
    pub(crate) room: Option<Slot>,
}

/// A property path pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trail {
    pub(crate) subject: Slot,
    pub(crate) path: PropertyPathExpression,
    pub(crate) object: Slot,
    /// The graph, inside GRAPH.
    pub(crate) room: Option<Slot>,
    /// A path of no step asks whether its node occurs, here in some graphs only: every quad about it matters.
    pub(crate) is_in_part: bool,
}

/// Patterns whose solutions are joined, in no order yet.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// A variable and the terms that alone it can have.
    pub(crate) seeds: Vec<(Name, Vec<Term>)>,
    /// BIND to one of a few values, in the order of the text.
    pub(crate) choices: Vec<Choice>,
    /// Variables with a computed value, which nothing is known of before the question runs.
    pub(crate) computed: BTreeSet<Name>,
    pub(crate) triples: Vec<Triple>,
    pub(crate) trails: Vec<Trail>,
    /// UNION: each the branches.
    pub(crate) forks: Vec<Vec<Group>>,
    pub(crate) subs: Vec<Sub>,
    pub(crate) asides: Vec<Beside>,
}

/// A group with variables of its own.
#[derive(Debug)]
pub(crate) struct Sub {
    /// The variables whose outer bindings hold inside.
    pub(crate) enter: BTreeSet<Name>,
    /// The variables whose inner bindings hold outside.
    pub(crate) leave: BTreeSet<Name>,
    pub(crate) group: Group,
}

/// The right side of OPTIONAL or MINUS, or the pattern of EXISTS: bindings go in, none come out.
#[derive(Debug)]
pub(crate) struct Beside {
    /// What OPTIONAL may bind; nothing for the others.
    pub(crate) offers: BTreeSet<Name>,
    pub(crate) enter: BTreeSet<Name>,
    pub(crate) group: Group,
}

/// Reads the algebra of one query.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Whether the query restricts the default graph with FROM.
    pub(crate) has_dataset: bool,
    /// The derived predicates that the query can see.
    pub(crate) derived: Vec<&'static Derived>,
}

type Certain = BTreeSet<Name>;

impl Reader {
    /// Adds a pattern to a group; returns the variables that every solution of the pattern binds.
    pub(crate) fn read(
        &mut self,
        pattern: &GraphPattern,
        room: Option<&NamedNodePattern>,
        group: &mut Group,
    ) -> Result<Certain, Refusal> {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                if let (Some(room), true) = (room, patterns.is_empty()) {
                    return Err(Refusal::NotAnchored {
                        pattern: format!("GRAPH {room} {{}}"),
                        fix: "put a pattern with an identifier inside GRAPH".to_owned(),
                    });
                }
                let triples = patterns.iter().map(|triple| Triple {
                    subject: Slot::from(&triple.subject),
                    predicate: Slot::from(&triple.predicate),
                    object: Slot::from(&triple.object),
                    room: room.map(Slot::from),
                });
                let triples: Vec<_> = triples.collect();
                let certain = triples.iter().flat_map(Triple::names).cloned().collect();
                triples.iter().for_each(|triple| self.note_predicate(&triple.predicate));
                group.triples.extend(triples);
                Ok(certain)
            }
            GraphPattern::Path { subject, path, object } => {
                self.derived.extend(path::derived(path));
                let room = room.map(Slot::from);
                let is_in_part = room.is_some() || self.has_dataset;
                let (subject, object) = (Slot::from(subject), Slot::from(object));
                let trail = Trail { subject, path: path.clone(), object, room, is_in_part };
                let certain = trail.names().cloned().collect();
                group.trails.push(trail);
                Ok(certain)
            }
            GraphPattern::Join { left, right } => {
                let mut certain = self.read(left, room, group)?;
                certain.extend(self.read(right, room, group)?);
                Ok(certain)
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                let certain = self.read(left, room, group)?;
                let offers = in_scope(right);
                let mut beside = Group::default();
                let right = self.read(right, room, &mut beside)?;
                if let Some(expression) = expression {
                    let both = certain.union(&right).cloned().collect();
                    self.read_exists(expression, &both, room, &mut beside)?;
                    beside.seeds.extend(seeds(expression));
                }
                group.asides.push(Beside { offers, enter: certain.clone(), group: beside });
                Ok(certain)
            }
            GraphPattern::Minus { left, right } => {
                let certain = self.read(left, room, group)?;
                let mut beside = Group::default();
                self.read(right, room, &mut beside)?;
                group.asides.push(Beside::silent(certain.clone(), beside));
                Ok(certain)
            }
            GraphPattern::Filter { expr, inner } => {
                let mut certain = self.read(inner, room, group)?;
                for (name, terms) in seeds(expr) {
                    certain.insert(name.clone());
                    group.seeds.push((name, terms));
                }
                self.read_exists(expr, &certain, room, group)?;
                Ok(certain)
            }
            GraphPattern::Union { .. } => self.read_union(pattern, room, group),
            GraphPattern::Graph { name, inner } => self.read(inner, Some(name), group),
            GraphPattern::Extend { inner, variable, expression } => {
                let before = group.asides.len();
                let mut certain = self.read(inner, room, group)?;
                let asides = before..group.asides.len();
                self.read_exists(expression, &certain, room, group)?;
                let name = Name::from(variable);
                let options = asides.filter(|at| !group.asides[*at].offers.is_empty());
                let choice = Choice::of(&name, expression, inner, &certain, |of| {
                    options.clone().filter(|at| group.asides[*at].offers.contains(of)).collect()
                });
                match choice {
                    Some(Choice { to, terms, names, options })
                        if names.is_empty() && options.is_empty() =>
                    {
                        group.seeds.push((to, terms));
                        certain.insert(name);
                    }
                    Some(choice) => {
                        group.choices.push(choice);
                        certain.insert(name);
                    }
                    None => {
                        group.computed.insert(name);
                    }
                }
                Ok(certain)
            }
            GraphPattern::Values { variables, bindings } => {
                let mut certain = Certain::new();
                for (column, variable) in variables.iter().enumerate() {
                    let terms = bindings.iter().map(|row| row.get(column).cloned().flatten());
                    if let Some(terms) = terms.map(|term| term.map(ground)).collect() {
                        group.seeds.push((Name::from(variable), terms));
                        certain.insert(Name::from(variable));
                    }
                }
                Ok(certain)
            }
            GraphPattern::OrderBy { inner, expression } => {
                let certain = self.read(inner, room, group)?;
                for order in expression {
                    let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = order;
                    self.read_exists(by, &certain, room, group)?;
                }
                Ok(certain)
            }
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => {
                self.read(inner, room, group)
            }
            GraphPattern::Project { .. }
            | GraphPattern::Slice { .. }
            | GraphPattern::Group { .. } => self.read_sub(pattern, room, group),
            GraphPattern::Service { name, .. } => Err(Refusal::Service { name: name.to_string() }),
            GraphPattern::Lateral { .. } => Err(Refusal::Lateral),
        }
    }

    fn read_union(
        &mut self,
        pattern: &GraphPattern,
        room: Option<&NamedNodePattern>,
        group: &mut Group,
    ) -> Result<Certain, Refusal> {
        let mut branches = Vec::new();
        let mut certain: Option<Certain> = None;
        let mut todo = vec![pattern];
        while let Some(next) = todo.pop() {
            if let GraphPattern::Union { left, right } = next {
                todo.extend([right.as_ref(), left.as_ref()]);
                continue;
            }
            let mut branch = Group::default();
            let names = self.read(next, room, &mut branch)?;
            certain = Some(certain.map_or(names.clone(), |all| &all & &names));
            branches.push(branch);
        }
        group.forks.push(branches);
        Ok(certain.unwrap_or_default())
    }

    fn read_sub(
        &mut self,
        pattern: &GraphPattern,
        room: Option<&NamedNodePattern>,
        outer: &mut Group,
    ) -> Result<Certain, Refusal> {
        let mut group = Group::default();
        let (enter, leave, certain) = match pattern {
            GraphPattern::Project { inner, variables } => {
                let names = names(variables);
                (names.clone(), names, self.read(inner, room, &mut group)?)
            }
            GraphPattern::Group { inner, variables, aggregates } => {
                let certain = self.read(inner, room, &mut group)?;
                for (_, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.read_exists(expr, &certain, room, &mut group)?;
                    }
                }
                (names(variables), names(variables), certain)
            }
            whole => {
                let inner =
                    if let GraphPattern::Slice { inner, .. } = whole { inner } else { whole };
                let certain = self.read(inner, room, &mut group)?;
                (Certain::new(), in_scope(inner), certain)
            }
        };
        let certain = &certain & &leave;
        outer.subs.push(Sub { enter, leave, group });
        Ok(certain)
    }

    /// Puts the pattern of every EXISTS in an expression beside the group that the expression is about.
    fn read_exists(
        &mut self,
        expression: &Expression,
        certain: &Certain,
        room: Option<&NamedNodePattern>,
        group: &mut Group,
    ) -> Result<(), Refusal> {
        if let Expression::Exists(pattern) = expression {
            let mut beside = Group::default();
            self.read(pattern, room, &mut beside)?;
            group.asides.push(Beside::silent(certain.clone(), beside));
        }
        for operand in operands(expression) {
            self.read_exists(operand, certain, room, group)?;
        }
        Ok(())
    }

    fn note_predicate(&mut self, predicate: &Slot) {
        match predicate {
            Slot::Term(Term::NamedNode(node)) => self.derived.extend(Derived::of(node.as_str())),
            Slot::Term(_) => {}
            Slot::Name(_) => self.derived.extend(&DERIVED),
        }
    }
}

/// The variables that a pattern may bind.
pub(crate) fn in_scope(pattern: &GraphPattern) -> BTreeSet<Name> {
    let mut all = BTreeSet::new();
    pattern.on_in_scope_variable(|variable| {
        all.insert(Name::from(variable));
    });
    all
}

fn names(variables: &[Variable]) -> BTreeSet<Name> {
    variables.iter().map(Name::from).collect()
}

fn ground(term: GroundTerm) -> Term {
    match term {
        GroundTerm::NamedNode(node) => node.into(),
        GroundTerm::Literal(literal) => literal.into(),
    }
}

impl Group {
    /// The patterns of the group itself.
    pub(crate) fn links(&self) -> impl Iterator<Item = Link> {
        self.triples.iter().map(Link::from).chain(self.trails.iter().map(Link::from))
    }
}

impl Beside {
    /// MINUS or EXISTS, which bind nothing.
    fn silent(enter: BTreeSet<Name>, group: Group) -> Self {
        Self { offers: BTreeSet::new(), enter, group }
    }
}

impl Name {
    /// Whether it is a variable; the parser writes a path of several steps with blank nodes between them.
    pub(crate) fn is_variable(&self) -> bool {
        self.0.starts_with('?')
    }
}

impl Slot {
    pub(crate) fn name(&self) -> Option<&Name> {
        match self {
            Self::Term(_) => None,
            Self::Name(name) => Some(name),
        }
    }
}

impl Triple {
    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        let slots =
            [Some(&self.subject), Some(&self.predicate), Some(&self.object), self.room.as_ref()];
        slots.into_iter().flatten().filter_map(Slot::name)
    }
}

impl Trail {
    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        let slots = [Some(&self.subject), Some(&self.object), self.room.as_ref()];
        slots.into_iter().flatten().filter_map(Slot::name)
    }
}

impl From<&Variable> for Name {
    fn from(variable: &Variable) -> Self {
        Self(variable.to_string())
    }
}

impl From<&TermPattern> for Slot {
    fn from(pattern: &TermPattern) -> Self {
        match pattern {
            TermPattern::NamedNode(node) => Self::Term(node.clone().into()),
            TermPattern::Literal(literal) => Self::Term(literal.clone().into()),
            TermPattern::BlankNode(node) => Self::Name(Name(node.to_string())),
            TermPattern::Variable(variable) => Self::Name(Name::from(variable)),
        }
    }
}

impl From<&NamedNodePattern> for Slot {
    fn from(pattern: &NamedNodePattern) -> Self {
        match pattern {
            NamedNodePattern::NamedNode(node) => Self::Term(NamedNode::clone(node).into()),
            NamedNodePattern::Variable(variable) => Self::Name(Name::from(variable)),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The label of a blank node is the parser's, and another one each time.
        f.write_str(if self.is_variable() { &self.0 } else { "[]" })
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term(term) => term.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl fmt::Display for Triple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.subject, self.predicate, self.object)
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.subject, self.path, self.object)
    }
}
