//! One value of a construct, read as what the construct takes, or what is wrong with it.

use crate::finding::Messages;
use crate::node::{Constructs, called};
use crate::shape::{Kind, Target};
use crate::{Cause, Severity};
use oxrdf::{Literal, NamedNode, Term};

/// How a value of a construct is read: to a constraint, or to what is wrong.
pub(crate) struct Reading<'l> {
    pub(crate) shape: &'l str,
    pub(crate) construct: &'l str,
    pub(crate) value: &'l Term,
}

impl Reading<'_> {
    pub(crate) fn wrong(&self) -> Cause {
        Cause::Value {
            shape: self.shape.to_owned(),
            construct: format!("sh:{}", self.construct),
            got: called(self.value.as_ref()),
        }
    }

    pub(crate) fn node(&self) -> Result<NamedNode, Cause> {
        match self.value {
            Term::NamedNode(node) => Ok(node.clone()),
            Term::BlankNode(_) | Term::Literal(_) => Err(self.wrong()),
        }
    }

    pub(crate) fn literal(&self) -> Result<&Literal, Cause> {
        match self.value {
            Term::Literal(literal) => Ok(literal),
            Term::NamedNode(_) | Term::BlankNode(_) => Err(self.wrong()),
        }
    }

    pub(crate) fn count(&self) -> Result<usize, Cause> {
        self.literal()?.value().parse().map_err(|_| self.wrong())
    }
}

/// What stands for a construct at a node.
pub(crate) fn values<'c>(constructs: &'c Constructs, name: &str) -> &'c [Term] {
    constructs.get(name).map_or(&[], Vec::as_slice)
}

/// That a construct cannot take a value.
pub(crate) fn wrong(shape: &str, construct: &str, value: &Term) -> Cause {
    Reading { shape, construct, value }.wrong()
}

/// Which nodes a shape says that it is about.
pub(crate) fn targets(called: &str, constructs: &Constructs) -> Result<Vec<Target>, Cause> {
    let mut targets = Vec::new();
    for construct in ["targetClass", "targetSubjectsOf", "targetObjectsOf"] {
        for value in values(constructs, construct) {
            let node = Reading { shape: called, construct, value }.node()?;
            targets.push(match construct {
                "targetClass" => Target::Class(node),
                "targetSubjectsOf" => Target::SubjectsOf(node),
                _ => Target::ObjectsOf(node),
            });
        }
    }
    Ok(targets)
}

/// How much a finding of a shape weighs; without a word it is a violation.
pub(crate) fn severity(called: &str, constructs: &Constructs) -> Result<Severity, Cause> {
    let Some(value) = values(constructs, "severity").first() else {
        return Ok(Severity::Violation);
    };
    match crate::node::called(value.as_ref()).as_str() {
        "sh:Info" => Ok(Severity::Info),
        "sh:Warning" => Ok(Severity::Warning),
        "sh:Violation" => Ok(Severity::Violation),
        _ => Err(wrong(called, "severity", value)),
    }
}

/// What a shape or query says, by language.
pub(crate) fn messages(called: &str, constructs: &Constructs) -> Result<Messages, Cause> {
    let mut messages = Vec::new();
    for value in values(constructs, "message") {
        let Term::Literal(text) = value else { return Err(wrong(called, "message", value)) };
        let language = text.language().unwrap_or(adit_vocab::LANGUAGES[0]);
        messages.push((language.to_owned(), text.value().to_owned()));
    }
    messages.sort();
    Ok(messages.into())
}

/// The kind of node that `sh:nodeKind` asks for.
pub(crate) fn kind(reading: &Reading<'_>) -> Result<Kind, Cause> {
    match called(reading.value.as_ref()).as_str() {
        "sh:IRI" => Ok(Kind::Iri),
        "sh:Literal" => Ok(Kind::Literal),
        _ => Err(reading.wrong()),
    }
}
