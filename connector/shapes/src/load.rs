//! From Turtle to shapes; a construct that this engine does not run is refused by name.

use crate::Cause;
use crate::node::{Constructs, as_subject, called, constructs, is_a, list, sh};
use crate::path::Path;
use crate::query::Query;
use crate::reading::{Reading, kind, messages, severity, targets, values, wrong};
use crate::shape::{Bound, Constraint, Hint, Index, Shape, Target};
use oxrdf::{Graph, NamedNode, NamedOrBlankNode, Term, TermRef};
use regex::Regex;
use std::collections::HashMap;

/// What people read and no check looks at.
const FOR_READERS: &[&str] = &["name", "description", "group", "order"];
/// What is read before the constraints.
const READ_BEFORE: &[&str] = &[
    "path",
    "severity",
    "message",
    "deactivated",
    "targetClass",
    "targetSubjectsOf",
    "targetObjectsOf",
    "rule:overlapBy",
    "rule:circleBy",
];

/// Reads the shapes of one graph, each with the shapes inside it, into one list.
pub(crate) struct Loader<'g> {
    graph: &'g Graph,
    shapes: Vec<Shape>,
    loaded: HashMap<NamedOrBlankNode, Index>,
    open: Vec<NamedOrBlankNode>,
}

impl<'g> Loader<'g> {
    pub(crate) fn new(graph: &'g Graph) -> Self {
        Self { graph, shapes: Vec::new(), loaded: HashMap::new(), open: Vec::new() }
    }

    pub(crate) fn finish(self) -> Vec<Shape> {
        self.shapes
    }

    /// Reads a shape, and adds a target to those that it states.
    pub(crate) fn root(&mut self, node: &NamedNode, also: Option<Target>) -> Result<(), Cause> {
        let index = self.shape(&node.clone().into())?;
        self.shapes[index].targets.extend(also);
        Ok(())
    }

    fn shape(&mut self, node: &NamedOrBlankNode) -> Result<Index, Cause> {
        if let Some(index) = self.loaded.get(node) {
            return Ok(*index);
        }
        let called = called(Term::from(node.clone()).as_ref());
        if self.open.contains(node) {
            return Err(Cause::Recursive { shape: called });
        }
        self.open.push(node.clone());
        let constructs = constructs(self.graph, node.as_ref());
        let shape = self.read(node, &called, &constructs)?;
        self.open.pop();
        self.shapes.push(shape);
        self.loaded.insert(node.clone(), self.shapes.len() - 1);
        Ok(self.shapes.len() - 1)
    }

    fn read(
        &mut self,
        node: &NamedOrBlankNode,
        called: &str,
        constructs: &Constructs,
    ) -> Result<Shape, Cause> {
        let path = match values(constructs, "path") {
            [] => None,
            [path] => Some(self.path(called, path)?),
            [_, second, ..] => return Err(wrong(called, "path", second)),
        };
        let mut shape = Shape {
            name: match node {
                NamedOrBlankNode::NamedNode(name) => Some(name.clone()),
                NamedOrBlankNode::BlankNode(_) => None,
            },
            targets: targets(called, constructs)?,
            severity: severity(called, constructs)?,
            messages: messages(called, constructs)?,
            hint: self.hint(called, constructs)?,
            constraints: Vec::new(),
            path,
        };
        let is_off = values(constructs, "deactivated")
            .iter()
            .any(|it| matches!(it, Term::Literal(literal) if literal.value() == "true"));
        for (construct, values) in constructs {
            let is_read = READ_BEFORE.contains(&construct.as_str());
            if is_off || is_read || FOR_READERS.contains(&construct.as_str()) {
                continue;
            }
            for value in values {
                let reading = Reading { shape: called, construct, value };
                let constraint = self.constraint(&reading, &shape)?;
                shape.constraints.push(constraint);
            }
        }
        Ok(shape)
    }

    fn constraint(&mut self, reading: &Reading<'_>, around: &Shape) -> Result<Constraint, Cause> {
        let bound = |bound| Ok(Constraint::Bound(bound, reading.literal()?.clone()));
        let unsupported = || Cause::Construct {
            shape: reading.shape.to_owned(),
            construct: match reading.construct.strip_prefix("rule:") {
                Some(_) => reading.construct.to_owned(),
                None => format!("sh:{}", reading.construct),
            },
        };
        match reading.construct {
            "minCount" if around.path.is_some() => Ok(Constraint::MinCount(reading.count()?)),
            "maxCount" if around.path.is_some() => Ok(Constraint::MaxCount(reading.count()?)),
            "lessThan" if around.path.is_some() => Ok(Constraint::LessThan(reading.node()?)),
            "class" => Ok(Constraint::Class(reading.node()?)),
            "datatype" => Ok(Constraint::Datatype(reading.node()?)),
            "nodeKind" => kind(reading).map(Constraint::Kind),
            "minLength" => Ok(Constraint::MinLength(reading.count()?)),
            "maxLength" => Ok(Constraint::MaxLength(reading.count()?)),
            "pattern" => {
                let pattern = Regex::new(reading.literal()?.value());
                pattern.map(Constraint::Pattern).map_err(|_| reading.wrong())
            }
            "in" => {
                let members = list(self.graph, reading.value).ok_or_else(|| reading.wrong())?;
                Ok(Constraint::In(members))
            }
            "minInclusive" => bound(Bound::MinInclusive),
            "minExclusive" => bound(Bound::MinExclusive),
            "maxInclusive" => bound(Bound::MaxInclusive),
            "maxExclusive" => bound(Bound::MaxExclusive),
            "not" => Ok(Constraint::Not(self.judged(reading, reading.value)?)),
            "or" => {
                let members = list(self.graph, reading.value).ok_or_else(|| reading.wrong())?;
                let judged = members.iter().map(|member| self.judged(reading, member));
                Ok(Constraint::Or(judged.collect::<Result<_, _>>()?))
            }
            "node" => Ok(Constraint::Node(self.judged(reading, reading.value)?)),
            "property" => self.property(reading, around),
            "sparql" if around.path.is_none() => self.sparql(reading, around),
            _ => Err(unsupported()),
        }
    }

    /// A shape that another one asks about: it judges, so it needs no name, and it cannot hold a query.
    fn judged(&mut self, reading: &Reading<'_>, value: &Term) -> Result<Index, Cause> {
        let node = as_subject(value).ok_or_else(|| reading.wrong())?;
        let index = self.shape(&node)?;
        if self.asks(index) {
            let construct = format!("sh:sparql within sh:{}", reading.construct);
            return Err(Cause::Construct { shape: reading.shape.to_owned(), construct });
        }
        Ok(index)
    }

    /// Whether a query stands in a shape or in one that it refers to.
    fn asks(&self, index: Index) -> bool {
        self.shapes[index].constraints.iter().any(|constraint| match constraint {
            Constraint::Sparql(_) => true,
            Constraint::Property(inner) => self.asks(*inner),
            _ => false,
        })
    }

    fn property(&mut self, reading: &Reading<'_>, around: &Shape) -> Result<Constraint, Cause> {
        let node = as_subject(reading.value).ok_or_else(|| reading.wrong())?;
        // Within a shape without a name nothing is reported, so nothing needs one.
        if around.name.is_some() && matches!(node, NamedOrBlankNode::BlankNode(_)) {
            let construct = "sh:property".to_owned();
            return Err(Cause::Unnamed { shape: reading.shape.to_owned(), construct });
        }
        let index = self.shape(&node)?;
        if self.shapes[index].path.is_none() {
            return Err(reading.wrong());
        }
        Ok(Constraint::Property(index))
    }

    fn sparql(&self, reading: &Reading<'_>, around: &Shape) -> Result<Constraint, Cause> {
        let node = as_subject(reading.value).ok_or_else(|| reading.wrong())?;
        let constructs = constructs(self.graph, node.as_ref());
        if let Some(other) = constructs
            .keys()
            .find(|name| !["select", "message", "prefixes"].contains(&name.as_str()))
        {
            let construct = format!("sh:{other} at sh:sparql");
            return Err(Cause::Construct { shape: reading.shape.to_owned(), construct });
        }
        let [Term::Literal(select)] = values(&constructs, "select") else {
            return Err(reading.wrong());
        };
        let mut prefixes = String::new();
        for declaring in values(&constructs, "prefixes") {
            prefixes.push_str(&self.prefixes(declaring));
        }
        let own = messages(reading.shape, &constructs)?;
        let said = if own.is_empty() { around.messages.clone() } else { own };
        let query = Query::read(&prefixes, select.value(), said);
        query
            .map(Constraint::Sparql)
            .map_err(|reason| Cause::Query { shape: reading.shape.to_owned(), reason })
    }

    /// The prefixes that an ontology declares, on one line so that lines of the query keep their numbers.
    fn prefixes(&self, ontology: &Term) -> String {
        let Some(ontology) = as_subject(ontology) else { return String::new() };
        let mut lines: Vec<String> = Vec::new();
        for declared in self.graph.objects_for_subject_predicate(&ontology, &sh("declare")) {
            let Some(declared) = as_subject(&declared.into_owned()) else { continue };
            let text = |local| match self.graph.object_for_subject_predicate(&declared, &sh(local))
            {
                Some(TermRef::Literal(literal)) => literal.value().to_owned(),
                Some(TermRef::NamedNode(_) | TermRef::BlankNode(_)) | None => String::new(),
            };
            lines.push(format!("PREFIX {}: <{}> ", text("prefix"), text("namespace")));
        }
        lines.sort();
        lines.concat()
    }

    fn path(&self, called: &str, path: &Term) -> Result<Path, Cause> {
        let node = match path {
            Term::NamedNode(predicate) => return Ok(Path::Predicate(predicate.clone())),
            Term::BlankNode(node) => NamedOrBlankNode::from(node.clone()),
            Term::Literal(_) => return Err(wrong(called, "path", path)),
        };
        if let Some(steps) = list(self.graph, path) {
            let steps = steps.iter().map(|step| self.path(called, step));
            return Ok(Path::Sequence(steps.collect::<Result<_, _>>()?));
        }
        let constructs = constructs(self.graph, node.as_ref());
        match values(&constructs, "inversePath") {
            [Term::NamedNode(predicate)] => Ok(Path::Inverse(predicate.clone())),
            _ => Err(Cause::Construct {
                shape: called.to_owned(),
                construct: constructs.keys().next().map_or_else(
                    || "an empty sh:path".to_owned(),
                    |kind| format!("sh:{kind} of this form in sh:path"),
                ),
            }),
        }
    }

    fn hint(&self, called: &str, constructs: &Constructs) -> Result<Option<Hint>, Cause> {
        let predicates = |name: &str| {
            let Some(head) = values(constructs, name).first() else { return Ok(None) };
            let members = list(self.graph, head).unwrap_or_default();
            let named = members.into_iter().map(|member| match member {
                Term::NamedNode(node) => Some(node),
                Term::BlankNode(_) | Term::Literal(_) => None,
            });
            let named: Option<Vec<NamedNode>> = named.collect();
            named.map(Some).ok_or_else(|| wrong(called, name, head))
        };
        if let Some(predicates) = predicates("rule:overlapBy")?
            && let Some((to_focus, alike)) = predicates.split_first()
        {
            return Ok(Some(Hint::Overlap { to_focus: to_focus.clone(), alike: alike.to_vec() }));
        }
        if let Some([lower, upper]) = predicates("rule:circleBy")?.as_deref() {
            return Ok(Some(Hint::Circle { lower: lower.clone(), upper: upper.clone() }));
        }
        Ok(None)
    }
}

/// The named shapes of a file: those typed as shapes, with a target or with a path.
pub(crate) fn roots(graph: &Graph) -> Vec<NamedNode> {
    let mut roots = Vec::new();
    for triple in graph {
        let node = triple.subject;
        let says = triple.predicate.as_str().strip_prefix(crate::node::SH);
        let is_shape = says.is_some_and(|says| says == "path" || says.starts_with("target"))
            || is_a(graph, node, "NodeShape")
            || is_a(graph, node, "PropertyShape");
        if let (true, NamedOrBlankNode::NamedNode(name)) = (is_shape, node.into_owned()) {
            roots.push(name);
        }
    }
    roots.sort_unstable();
    roots.dedup();
    roots
}
