//! The query gate: what is looked at before query text is parsed, and what is refused before it is evaluated.
//!
//! Three steps, each of the text alone, so that no refusal here can tell anything of what is stored: `scan` reads bytes,
//! the parser runs on a stack that is deep enough for what the scan lets through, `admission` counts in the algebra.

mod admission;
mod scan;

use crate::{Limits, Refusal};
use spargebra::{Query, SparqlParser};
use std::collections::BTreeSet;

/// The stack on which text is parsed and its algebra is looked at.
///
/// Only what is used of it is ever memory.
pub(crate) const STACK: usize = 64 << 20;

/// Query text that passed the scan of its size and nesting; not parsed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryText {
    text: String,
    base: Option<String>,
    limits: Limits,
}

impl QueryText {
    /// Scans query text byte by byte, before any parser sees it.
    ///
    /// # Errors
    /// A [`Refusal`] that names what is too much, with line and column.
    ///
    /// ```
    /// use adit_facts::{Limits, QueryText};
    /// let text = format!("SELECT * {{ ?s ?p ?o FILTER({}1{}) }}", "(".repeat(100), ")".repeat(100));
    /// let refusal = QueryText::scan(&text, None, &Limits::default()).unwrap_err();
    /// assert_eq!(refusal.code(), "sparql.depth");
    /// ```
    pub fn scan(text: &str, base: Option<&str>, limits: &Limits) -> Result<Self, Refusal> {
        // What is too deep is told even of a text that is too long.
        scan::scan(text, limits)?;
        if text.len() > limits.text_bytes {
            return Err(Refusal::Size { bytes: text.len(), limit: limits.text_bytes });
        }
        let base = base.map(str::to_owned);
        Ok(Self { text: text.to_owned(), base, limits: limits.clone() })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The base IRI that relative IRIs are resolved against.
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// Parses the text and admits it to evaluation, on a stack of its own.
    ///
    /// # Errors
    /// A [`Refusal`]: not SPARQL (with the position), an update, or something that is not evaluated for anybody.
    ///
    /// ```
    /// use adit_facts::{Limits, QueryText, Refusal};
    /// let text = "ASK { SERVICE <https://a.example/sparql> { ?s ?p ?o } }";
    /// let text = QueryText::scan(text, None, &Limits::default()).unwrap();
    /// assert_eq!(text.parse().unwrap_err(), Refusal::Service);
    /// ```
    pub fn parse(&self) -> Result<Query, Refusal> {
        let failed = |what: &str| Refusal::Unsupported { message: format!("the parser {what}") };
        std::thread::scope(|scope| {
            let parser = std::thread::Builder::new().name("sparql-parser".to_owned());
            let thread = parser.stack_size(STACK).spawn_scoped(scope, || self.parse_here());
            match thread.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(parsed)) => parsed,
                Ok(Err(_)) => Err(failed("gave up")),
                Err(_) => Err(failed("got no memory")),
            }
        })
    }

    fn parser(&self) -> Result<SparqlParser, Refusal> {
        match &self.base {
            None => Ok(SparqlParser::new()),
            Some(base) => SparqlParser::new().with_base_iri(base).map_err(|error| Refusal::Base {
                base: base.chars().take(200).collect(),
                message: error.to_string(),
            }),
        }
    }

    /// Parses on the present stack, which must be deep or expendable.
    pub(crate) fn parse_here(&self) -> Result<Query, Refusal> {
        let query = match self.parser()?.parse_query(&self.text) {
            Ok(query) => query,
            // An update may be empty, so the parser of updates would take it.
            Err(_) if self.text.trim().is_empty() => {
                return Err(Refusal::Syntax { message: "the query is empty".to_owned() });
            }
            Err(_) if self.parser()?.parse_update(&self.text).is_ok() => {
                return Err(Refusal::Update);
            }
            Err(error) => return Err(crate::syntax::refusal(&self.text, &error.to_string())),
        };
        admission::admit(&query, &self.limits)?;
        Ok(query)
    }
}

/// The predicates that a query names, as IRIs; `None` where it asks for any.
pub(crate) fn predicates(query: &Query) -> Option<BTreeSet<String>> {
    admission::predicates(query)
}
