//! What was found wrong.

use oxrdf::{NamedNode, Term};
use std::sync::Arc;

/// One text by language, sorted.
pub(crate) type Messages = Arc<[(String, String)]>;

/// How much a finding weighs: [`sh:severity`](https://www.w3.org/TR/shacl/#severity).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// `sh:Info`: a gap, to be filled some day.
    Info,
    /// `sh:Warning`: to be looked at.
    Warning,
    /// `sh:Violation`: nothing is published with it.
    Violation,
}

/// One place where the data break a shape: a [validation result](https://www.w3.org/TR/shacl/#results-validation-result).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The node that breaks the shape.
    pub focus: Term,
    /// The shape, such as `https://w3id.org/adit/shapes#S4-from`.
    pub shape: NamedNode,
    /// The property concerned, where the shape is about one.
    pub path: Option<NamedNode>,
    /// The value concerned, where it is about one; of a shape about the node as a whole the node itself.
    pub value: Option<Term>,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong and the way out, by language.
    pub messages: Arc<[(String, String)]>,
}

impl Finding {
    /// What is wrong and the way out in a language, else in English.
    pub fn message(&self, language: &str) -> &str {
        let spoken = |wanted: &str| self.messages.iter().find(|(language, _)| language == wanted);
        let found = spoken(language).or_else(|| spoken("en")).or_else(|| self.messages.first());
        found.map_or("", |(_, text)| text)
    }

    /// The name of the rule, such as `S4`: what stands before the hyphen in the shape's name.
    pub fn rule(&self) -> &str {
        let name = self.shape.as_str().rsplit(['#', '/']).next().unwrap_or_default();
        name.split('-').next().unwrap_or_default()
    }

    /// What makes two findings one.
    pub(crate) fn key(&self) -> (&str, &str, &str, String) {
        let path = self.path.as_ref().map_or("", NamedNode::as_str);
        let value = self.value.as_ref().map_or_else(String::new, Term::to_string);
        (self.shape.as_str(), text(&self.focus), path, value)
    }
}

/// The text of a term: an IRI, or the lexical form of a literal.
pub(crate) fn text(term: &Term) -> &str {
    match term {
        Term::NamedNode(node) => node.as_str(),
        Term::BlankNode(node) => node.as_str(),
        Term::Literal(literal) => literal.value(),
    }
}
