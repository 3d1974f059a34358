//! The rules of the vocabulary and the profiles, run over what is to be published together with what is.

use crate::connector::Connector;
use crate::error::Error;
use adit_ingest::{Context, Finding, Problem, Severity, Statements};
use adit_shapes::{Data, Focus, Gap, Scope, Shapes};
use adit_vocab::adit;
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNodeRef, NamedOrBlankNodeRef, Triple};
use std::collections::{HashMap, HashSet};

/// Every rule that the statements break, each with the row that it is about.
///
/// `is_new` tells the files that are being published: what the others say was checked when they were.
pub fn check(
    connector: &Connector,
    statements: &[Statements],
    is_new: impl Fn(&str) -> bool,
    context: &Context,
) -> Result<Vec<Problem>, Error> {
    let new: HashSet<_> = statements
        .iter()
        .filter(|source| is_new(source.name()))
        .flat_map(|source| source.triples().filter_map(subject))
        .collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let shapes = connector.shapes()?;
    let writer = writer(context);
    let data = data(shapes, statements, &writer);
    let groups = groups(statements);
    let all_new = statements.iter().all(|source| is_new(source.name()));
    let scope = Scope {
        focus: if all_new { Focus::All } else { Focus::Near(&new) },
        in_group: &|item, group| groups.get(&item).is_some_and(|it| it.contains(group)),
        ..Scope::default()
    };
    let findings = shapes.validate(&data, &scope)?.into_iter().map(|found| Finding {
        severity: match found.severity {
            adit_shapes::Severity::Violation => Severity::Error,
            adit_shapes::Severity::Warning | adit_shapes::Severity::Info => Severity::Warning,
        },
        message: found.message("en").to_owned(),
        shape: found.shape,
        focus: found.focus,
        path: found.path,
        value: found.value,
    });
    Ok(adit_ingest::locate(findings.collect(), statements))
}

/// What the passports still lack of what the profiles ask for, the largest gaps first.
pub fn gaps(
    connector: &Connector,
    statements: &[Statements],
    context: &Context,
) -> Result<Vec<Gap>, Error> {
    let shapes = connector.shapes()?;
    let writer = writer(context);
    let data = data(shapes, statements, &writer);
    let groups = groups(statements);
    let scope = Scope {
        in_group: &|item, group| groups.get(&item).is_some_and(|it| it.contains(group)),
        ..Scope::default()
    };
    Ok(shapes.gaps(&data, &scope))
}

fn data<'a>(shapes: &'a Shapes, statements: &'a [Statements], writer: &'a [Triple]) -> Data<'a> {
    let stated = statements.iter().flat_map(Statements::triples);
    shapes.data(stated.chain(writer).map(Triple::as_ref))
}

/// What we say of ourselves: whose item an identifier is follows from its beginning.
fn writer(context: &Context) -> Vec<Triple> {
    let Some(own) = NamedNodeRef::new(context.own.as_str()).ok() else { return Vec::new() };
    let prefixes = context.templates.prefixes().into_iter().chain([context.base.as_str()]);
    let covers = |prefix: &str| {
        Triple::new(own, adit::COVERS_IDENTIFIER_PREFIX, Literal::new_simple_literal(prefix))
    };
    prefixes.filter(|prefix| !prefix.is_empty()).map(covers).collect()
}

/// The product groups of everything that is said to be something.
fn groups(statements: &[Statements]) -> HashMap<NamedNodeRef<'_>, HashSet<&str>> {
    let mut groups: HashMap<NamedNodeRef<'_>, HashSet<&str>> = HashMap::new();
    for source in statements {
        for triple in source.triples().filter(|triple| triple.predicate == rdf::TYPE) {
            if let Some(subject) = subject(triple) {
                groups.entry(subject).or_default().insert(source.group());
            }
        }
    }
    groups
}

fn subject(triple: &Triple) -> Option<NamedNodeRef<'_>> {
    match triple.subject.as_ref() {
        NamedOrBlankNodeRef::NamedNode(node) => Some(node),
        NamedOrBlankNodeRef::BlankNode(_) => None,
    }
}
