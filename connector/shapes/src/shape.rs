//! Shapes as this engine runs them: exactly the constructs that the files of `vocab/shapes` and the profiles use.

use crate::Severity;
use crate::finding::Messages;
use crate::path::Path;
use crate::query::Query;
use oxrdf::{Literal, NamedNode, Term};
use regex::Regex;

/// The place of a shape in the list of all.
pub(crate) type Index = usize;

/// A [node shape](https://www.w3.org/TR/shacl/#node-shapes), or with a path a
/// [property shape](https://www.w3.org/TR/shacl/#property-shapes).
#[derive(Debug)]
pub(crate) struct Shape {
    /// A shape inside another may lack a name: it judges and reports nothing.
    pub(crate) name: Option<NamedNode>,
    pub(crate) path: Option<Path>,
    pub(crate) targets: Vec<Target>,
    pub(crate) severity: Severity,
    pub(crate) messages: Messages,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) hint: Option<Hint>,
}

/// Which nodes a shape is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// [`sh:targetClass`](https://www.w3.org/TR/shacl/#targetClass), subclasses among them.
    Class(NamedNode),
    /// [`sh:targetSubjectsOf`](https://www.w3.org/TR/shacl/#targetSubjectsOf).
    SubjectsOf(NamedNode),
    /// [`sh:targetObjectsOf`](https://www.w3.org/TR/shacl/#targetObjectsOf).
    ObjectsOf(NamedNode),
    /// The items, models and batches of a product group: what a group's profile is about.
    Group(String),
}

/// One condition of a shape: a [constraint component](https://www.w3.org/TR/shacl/#core-components).
#[derive(Debug)]
pub(crate) enum Constraint {
    MinCount(usize),
    MaxCount(usize),
    Class(NamedNode),
    Datatype(NamedNode),
    Kind(Kind),
    MinLength(usize),
    MaxLength(usize),
    Pattern(Regex),
    In(Vec<Term>),
    Bound(Bound, Literal),
    LessThan(NamedNode),
    Not(Index),
    Or(Vec<Index>),
    Node(Index),
    Property(Index),
    Sparql(Query),
}

/// [`sh:nodeKind`](https://www.w3.org/TR/shacl/#NodeKindConstraintComponent), for data without blank nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Iri,
    Literal,
}

/// A [bound of a range](https://www.w3.org/TR/shacl/#core-components-range).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    MinInclusive,
    MinExclusive,
    MaxInclusive,
    MaxExclusive,
}

/// Which focus nodes the queries of a shape need not be asked for; `vocab/shapes/prefixes.ttl` says what each means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hint {
    Overlap { to_focus: NamedNode, alike: Vec<NamedNode> },
    Circle { lower: NamedNode, upper: NamedNode },
}
