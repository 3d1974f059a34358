//! The check itself: each shape on its focus nodes, each constraint on their values.

use crate::data::Data;
use crate::finding::{Finding, Messages};
use crate::hint::suspects;
use crate::query::{Query, Row, Stopped};
use crate::shape::{Bound, Constraint, Index, Kind, Shape};
use crate::shapes::Scope;
use crate::target::{Near, instances, targeted};
use crate::{Unchecked, value};
use oxrdf::{NamedNode, TermRef};
use rustc_hash::FxHashSet;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

/// How often a query may look at each fact, on average, before it is stopped.
const LOOKS_MAX: u64 = 10;
/// What a query may look at in any case.
const STEPS_MIN: u64 = 5_000_000;

/// One check of data against shapes.
pub(crate) struct Check<'c> {
    shapes: &'c [Shape],
    data: &'c Data<'c>,
    scope: &'c Scope<'c>,
    near: Near,
    /// The instances of each class asked for.
    members: RefCell<HashMap<NamedNode, Rc<FxHashSet<u32>>>>,
    findings: Vec<Finding>,
    steps_max: u64,
}

impl<'c> Check<'c> {
    pub(crate) fn new(shapes: &'c [Shape], data: &'c Data<'c>, scope: &'c Scope<'c>) -> Self {
        Self {
            shapes,
            data,
            scope,
            near: Near::of(data, scope.focus),
            members: RefCell::default(),
            findings: Vec::new(),
            steps_max: STEPS_MIN.max(LOOKS_MAX * data.len() as u64),
        }
    }

    /// The same, with another bound for the steps of a query.
    #[cfg(test)]
    pub(crate) fn within(mut self, steps_max: u64) -> Self {
        self.steps_max = steps_max;
        self
    }

    pub(crate) fn run(mut self) -> Result<Vec<Finding>, Unchecked> {
        for index in 0..self.shapes.len() {
            let shape = &self.shapes[index];
            if !shape.targets.is_empty() && self.weighs(index) {
                let mut focus = targeted(self.data, &shape.targets, self.scope);
                let all = focus.len();
                focus.retain(|node| self.near.has(*node));
                self.shape(index, &focus, all)?;
            }
        }
        self.findings.sort_by_cached_key(|finding| {
            let (shape, focus, path, value) = finding.key();
            let own = (shape.to_owned(), focus.to_owned(), path.to_owned(), value);
            (own, finding.messages.clone())
        });
        self.findings.dedup_by(|later, first| later.key() == first.key());
        Ok(self.findings)
    }

    /// Whether a shape, or a property shape within it, is as severe as the scope asks.
    fn weighs(&self, index: Index) -> bool {
        let shape = &self.shapes[index];
        shape.severity >= self.scope.severity
            || shape.constraints.iter().any(|constraint| match constraint {
                Constraint::Property(inner) => self.weighs(*inner),
                _ => false,
            })
    }

    /// Reports what breaks a shape on its focus nodes, of `all` that its targets have.
    fn shape(&mut self, index: Index, focus: &[u32], all: usize) -> Result<(), Unchecked> {
        let shape = &self.shapes[index];
        let weighs = shape.severity >= self.scope.severity;
        for constraint in &shape.constraints {
            match constraint {
                Constraint::Property(inner) if self.weighs(*inner) => match &shape.path {
                    None => self.shape(*inner, focus, all)?,
                    Some(_) => {
                        let values = self.values_of_all(shape, focus);
                        self.shape(*inner, &values, values.len())?;
                    }
                },
                Constraint::Property(_) => {}
                Constraint::Sparql(query) if weighs => self.query(shape, query, focus, all)?,
                other if weighs => self.constraint(shape, other, focus),
                _ => {}
            }
        }
        Ok(())
    }

    fn values_of_all(&self, shape: &Shape, focus: &[u32]) -> Vec<u32> {
        let (mut all, mut values) = (Vec::new(), Vec::new());
        for node in focus {
            self.values(shape, *node, &mut values);
            all.append(&mut values);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The [value nodes](https://www.w3.org/TR/shacl/#value-nodes) of a focus node.
    fn values(&self, shape: &Shape, node: u32, values: &mut Vec<u32>) {
        match &shape.path {
            Some(path) => path.values(self.data, node, values),
            None => {
                values.clear();
                values.push(node);
            }
        }
    }

    fn constraint(&mut self, shape: &Shape, constraint: &Constraint, focus: &[u32]) {
        let (mut values, mut broken) = (Vec::new(), Vec::new());
        let mut found = 0;
        for node in focus {
            self.values(shape, *node, &mut values);
            self.broken(constraint, *node, &values, &mut broken);
            for value in broken.drain(..) {
                found += 1;
                if found <= self.scope.each_max {
                    self.report(shape, *node, value, shape.messages.clone(), constraint);
                }
            }
        }
    }

    fn report(
        &mut self,
        shape: &Shape,
        node: u32,
        value: Option<u32>,
        messages: Messages,
        constraint: &Constraint,
    ) {
        let Some(name) = shape.name.clone() else { return };
        let said = || -> Messages { [("en".to_owned(), constraint.to_string())].into() };
        self.findings.push(Finding {
            focus: self.data.term(node).into_owned(),
            shape: name,
            path: shape.path.as_ref().and_then(|path| path.predicate().cloned()),
            value: value.map(|value| self.data.term(value).into_owned()),
            severity: shape.severity,
            messages: if messages.is_empty() { said() } else { messages },
        });
    }

    /// The values that break a constraint; `None` for all of them together.
    fn broken(
        &self,
        constraint: &Constraint,
        node: u32,
        values: &[u32],
        broken: &mut Vec<Option<u32>>,
    ) {
        match constraint {
            Constraint::MinCount(least) => {
                broken.extend((values.len() < *least).then_some(None));
            }
            Constraint::MaxCount(most) => broken.extend((values.len() > *most).then_some(None)),
            Constraint::LessThan(other) => {
                let Some(other) = self.data.id_of(other) else { return };
                for value in values {
                    let is_less = |later| self.order(*value, later) == Some(Ordering::Less);
                    if !self.data.objects(node, other).all(is_less) {
                        broken.push(Some(*value));
                    }
                }
            }
            one_by_one => {
                let breaks = values.iter().filter(|value| !self.holds(one_by_one, **value));
                broken.extend(breaks.map(|value| Some(*value)));
            }
        }
    }

    /// Whether a constraint that looks at each value alone holds for one.
    fn holds(&self, constraint: &Constraint, value: u32) -> bool {
        let term = self.data.term(value);
        match constraint {
            Constraint::Class(class) => self.members(class).contains(&value),
            Constraint::Datatype(datatype) => match term {
                TermRef::Literal(literal) => {
                    literal.datatype() == *datatype && value::is_well_typed(literal)
                }
                TermRef::NamedNode(_) | TermRef::BlankNode(_) => false,
            },
            Constraint::Kind(Kind::Iri) => matches!(term, TermRef::NamedNode(_)),
            Constraint::Kind(Kind::Literal) => matches!(term, TermRef::Literal(_)),
            Constraint::MinLength(least) => self.data.text(value).chars().count() >= *least,
            Constraint::MaxLength(most) => self.data.text(value).chars().count() <= *most,
            Constraint::Pattern(pattern) => pattern.is_match(self.data.text(value)),
            Constraint::In(members) => members.iter().any(|member| member.as_ref() == term),
            Constraint::Bound(bound, limit) => match term {
                TermRef::Literal(literal) => bound.admits(value::order(literal, limit.as_ref())),
                TermRef::NamedNode(_) | TermRef::BlankNode(_) => false,
            },
            Constraint::Not(inner) => !self.conforms(*inner, value),
            Constraint::Or(inner) => inner.iter().any(|inner| self.conforms(*inner, value)),
            Constraint::Node(inner) | Constraint::Property(inner) => self.conforms(*inner, value),
            // These are reported elsewhere: the first three look at all values, and no query is asked about one alone.
            Constraint::MinCount(_)
            | Constraint::MaxCount(_)
            | Constraint::LessThan(_)
            | Constraint::Sparql(_) => true,
        }
    }

    fn conforms(&self, index: Index, node: u32) -> bool {
        let shape = &self.shapes[index];
        let (mut values, mut broken) = (Vec::new(), Vec::new());
        self.values(shape, node, &mut values);
        shape.constraints.iter().all(|constraint| {
            self.broken(constraint, node, &values, &mut broken);
            broken.is_empty()
        })
    }

    fn order(&self, left: u32, right: u32) -> Option<Ordering> {
        match (self.data.term(left), self.data.term(right)) {
            (TermRef::Literal(left), TermRef::Literal(right)) => value::order(left, right),
            _ => None,
        }
    }

    fn members(&self, class: &NamedNode) -> Rc<FxHashSet<u32>> {
        let mut members = self.members.borrow_mut();
        let of_class = members
            .entry(class.clone())
            .or_insert_with(|| Rc::new(instances(self.data, class.as_ref()).into_iter().collect()));
        of_class.clone()
    }

    fn query(
        &mut self,
        shape: &Shape,
        query: &Query,
        focus: &[u32],
        all: usize,
    ) -> Result<(), Unchecked> {
        let mut asked = focus.to_vec();
        if let Some(hint) = shape.hint.as_ref().filter(|_| self.scope.uses_hints) {
            let suspects = suspects(self.data, hint, &self.near);
            let targets = targeted(self.data, &shape.targets, self.scope);
            asked = suspects.into_iter().filter(|it| targets.binary_search(it).is_ok()).collect();
        }
        if asked.is_empty() {
            return Ok(());
        }
        // Asked for nearly all nodes, the query runs faster with the focus node free.
        let names = (asked.len() * 4 < all).then(|| {
            let named = asked.iter().filter_map(|node| match self.data.term(*node) {
                TermRef::NamedNode(node) => Some(node.into_owned()),
                TermRef::BlankNode(_) | TermRef::Literal(_) => None,
            });
            named.collect::<Vec<_>>()
        });
        let steps_max = self.steps_max;
        let rows = query.rows(self.data, names.as_deref(), steps_max).map_err(|stopped| {
            let shape =
                shape.name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default();
            match stopped {
                Stopped::Exhausted => Unchecked::TooCostly { shape, steps_max },
                Stopped::Failed(reason) => Unchecked::Failed { shape, reason },
            }
        })?;
        let is_asked = |row: &Row| {
            let this = self.data.id(row.this.as_ref());
            this.is_some_and(|this| asked.binary_search(&this).is_ok())
        };
        let found: Vec<Row> = rows.into_iter().filter(is_asked).take(self.scope.each_max).collect();
        for Row { this, path, value, messages } in found {
            let Some(shape_name) = shape.name.clone() else { continue };
            self.findings.push(Finding {
                value: Some(value.unwrap_or_else(|| this.clone())),
                focus: this,
                shape: shape_name,
                path,
                severity: shape.severity,
                messages,
            });
        }
        Ok(())
    }
}

impl Bound {
    /// Whether a value in this order to the bound is within; one that cannot be compared is not.
    fn admits(self, order: Option<Ordering>) -> bool {
        match self {
            Self::MinInclusive => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Self::MinExclusive => order == Some(Ordering::Greater),
            Self::MaxInclusive => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::MaxExclusive => order == Some(Ordering::Less),
        }
    }
}

/// What a shape without a message of its own says.
impl std::fmt::Display for Constraint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |node: &NamedNode| crate::node::short(node.as_ref());
        match self {
            Self::MinCount(least) => write!(f, "it has fewer than {least} values"),
            Self::MaxCount(most) => write!(f, "it has more than {most} values"),
            Self::Class(class) => write!(f, "the value is no {}", short(class)),
            Self::Datatype(datatype) => write!(f, "the value is no {}", short(datatype)),
            Self::Kind(Kind::Iri) => write!(f, "the value is no IRI"),
            Self::Kind(Kind::Literal) => write!(f, "the value is no literal"),
            Self::MinLength(least) => write!(f, "the value has fewer than {least} characters"),
            Self::MaxLength(most) => write!(f, "the value has more than {most} characters"),
            Self::Pattern(pattern) => write!(f, "the value does not match {pattern}"),
            Self::In(members) => {
                let all: Vec<_> = members.iter().map(crate::finding::text).collect();
                write!(f, "the value is none of {}", all.join(", "))
            }
            Self::Bound(Bound::MinInclusive, limit) => {
                write!(f, "the value is not {} or more", limit.value())
            }
            Self::Bound(Bound::MinExclusive, limit) => {
                write!(f, "the value is not more than {}", limit.value())
            }
            Self::Bound(Bound::MaxInclusive, limit) => {
                write!(f, "the value is not {} or less", limit.value())
            }
            Self::Bound(Bound::MaxExclusive, limit) => {
                write!(f, "the value is not less than {}", limit.value())
            }
            Self::LessThan(other) => {
                write!(f, "the value is not less than that of {}", short(other))
            }
            Self::Not(_) => write!(f, "the value is what it must not be"),
            Self::Or(_) => write!(f, "the value is none of what it may be"),
            Self::Node(_) | Self::Property(_) => {
                write!(f, "the value is not of the form asked for")
            }
            Self::Sparql(_) => write!(f, "the rule is broken"),
        }
    }
}
