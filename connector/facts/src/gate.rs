//! The query gate: what is looked at before query text is parsed, and what is refused before it is evaluated.

use crate::Refusal;
use oxrdf::NamedNode;
use serde::{Deserialize, Serialize};
use spargebra::algebra::{
    AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::NamedNodePattern;
use spargebra::{Query, SparqlParser};
use std::collections::BTreeSet;
use std::time::Duration;

/// What one query may be and take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Length of the text, in bytes.
    pub text_bytes: usize,
    /// Depth of `()`, `{}` and `[]` within each other.
    pub nesting: usize,
    /// Signs (`!`, `-`, `+`) that follow each other.
    pub signs: usize,
    /// `UNION` branches in all.
    pub unions: usize,
    /// Depth of the algebra, chained operators included.
    pub depth: usize,
    /// Time until the last row, and time that a query waits for a free worker.
    pub wall: Duration,
    /// Memory of a worker process, in bytes.
    pub memory_bytes: u64,
    /// Rows or triples of an answer.
    pub rows: usize,
    /// Bytes of an answer, as the worker sends it.
    pub answer_bytes: usize,
    /// Queries that a worker answers before a fresh one takes its place.
    pub queries_per_worker: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 64 << 10,
            nesting: 64,
            signs: 64,
            unions: 64,
            depth: 256,
            wall: Duration::from_secs(15),
            memory_bytes: 512 << 20,
            rows: 100_000,
            answer_bytes: 32 << 20,
            queries_per_worker: 100,
        }
    }
}

/// The stack on which text is parsed: more than 64 KiB of opening brackets take, whatever the scan let through.
///
/// Only what is used of it is ever memory.
const PARSER_STACK: usize = 256 << 20;

/// Query text that passed the scan of its size and nesting; not parsed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryText {
    text: String,
    base: Option<String>,
    depth: usize,
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
        if text.len() > limits.text_bytes {
            return Err(Refusal::Size { bytes: text.len(), limit: limits.text_bytes });
        }
        Scanner { text, at: 0, nesting: 0, signs: 0, unions: 0 }.scan(limits)?;
        let base = base.map(str::to_owned);
        Ok(Self { text: text.to_owned(), base, depth: limits.depth })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The base IRI that relative IRIs are resolved against.
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// Parses the text, on a stack of its own.
    ///
    /// # Errors
    /// A [`Refusal`]: not SPARQL (with the position), `SERVICE`, an update, or operators chained too deep.
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
            let thread = parser.stack_size(PARSER_STACK).spawn_scoped(scope, || self.parse_here());
            match thread.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(parsed)) => parsed,
                Ok(Err(_)) => Err(failed("gave up")),
                Err(_) => Err(failed("got no memory")),
            }
        })
    }

    /// The predicates that the query names, as IRIs; `None` where it asks for any.
    ///
    /// # Errors
    /// As [`QueryText::parse`].
    ///
    /// ```
    /// use adit_facts::{Limits, QueryText};
    /// let text = "SELECT * { ?s <https://schema.org/name> ?n }";
    /// let text = QueryText::scan(text, None, &Limits::default()).unwrap();
    /// assert_eq!(text.predicates().unwrap().unwrap().into_iter().collect::<Vec<_>>(), ["https://schema.org/name"]);
    /// ```
    pub fn predicates(&self) -> Result<Option<BTreeSet<String>>, Refusal> {
        let query = self.parse()?;
        // A description of an item is all that is said of it.
        let any = matches!(query, Query::Describe { .. });
        let walk = Walk::over(&query);
        Ok((!any && !walk.any).then_some(walk.predicates))
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
        let walk = Walk::over(&query);
        if walk.service {
            return Err(Refusal::Service);
        }
        if walk.deepest > self.depth {
            return Err(Refusal::Depth { depth: walk.deepest, limit: self.depth });
        }
        Ok(query)
    }
}

/// The scan: knows strings, comments and IRIs, and nothing else of the grammar.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    nesting: usize,
    signs: usize,
    unions: usize,
}

impl Scanner<'_> {
    fn scan(mut self, limits: &Limits) -> Result<(), Refusal> {
        while let Some(byte) = self.byte(0) {
            let start = self.at;
            self.at += 1;
            match byte {
                b'(' | b'[' | b'{' => self.nesting += 1,
                b')' | b']' | b'}' => self.nesting = self.nesting.saturating_sub(1),
                b'"' | b'\'' => self.string(byte),
                b'#' => self.comment(),
                b'<' => self.iri(),
                b'\\' => self.at += 1,
                _ if byte.is_ascii_alphanumeric() || byte == b'_' => self.word(start),
                _ => {}
            }
            match byte {
                b'!' | b'-' | b'+' => self.signs += 1,
                b' ' | b'\t' | b'\r' | b'\n' | b'#' => {}
                _ => self.signs = 0,
            }
            if self.nesting > limits.nesting {
                let (line, column) = position(self.text, start);
                return Err(Refusal::Nesting { limit: limits.nesting, line, column });
            }
            if self.signs > limits.signs {
                let (line, column) = position(self.text, start);
                return Err(Refusal::Signs { limit: limits.signs, line, column });
            }
            if self.unions > limits.unions {
                return Err(Refusal::Unions { limit: limits.unions });
            }
        }
        Ok(())
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn comment(&mut self) {
        while self.byte(0).is_some_and(|byte| byte != b'\n' && byte != b'\r') {
            self.at += 1;
        }
    }

    /// Passes over a string; the opening quote is behind us.
    fn string(&mut self, quote: u8) {
        let long = self.byte(0) == Some(quote) && self.byte(1) == Some(quote);
        if long {
            self.at += 2;
        }
        while let Some(byte) = self.byte(0) {
            self.at += 1;
            if byte == b'\\' {
                self.at += 1;
            } else if byte == quote {
                if !long {
                    return;
                }
                if self.byte(0) == Some(quote) && self.byte(1) == Some(quote) {
                    self.at += 2;
                    return;
                }
            } else if !long && (byte == b'\n' || byte == b'\r') {
                return;
            }
        }
    }

    /// Passes over an IRI, where `#` and `'` mean nothing; its brackets count, since `<` may be an operator after all.
    fn iri(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let inside = |byte: &&u8| **byte > b' ' && !b"<>\"{}|^`\\".contains(byte);
        let length = rest.iter().take_while(inside).count();
        if rest.get(length) != Some(&b'>') {
            return;
        }
        let opened = rest[..length].iter().filter(|byte| b"([".contains(byte)).count();
        let closed = rest[..length].iter().filter(|byte| b")]".contains(byte)).count();
        self.nesting = (self.nesting + opened).saturating_sub(closed);
        self.at += length + 1;
    }

    fn word(&mut self, start: usize) {
        let in_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte);
        while self.byte(0).is_some_and(in_word) {
            self.at += 1;
        }
        let before = start.checked_sub(1).map(|before| self.text.as_bytes()[before]);
        let free = !before.is_some_and(|byte| b"?$:@".contains(&byte));
        if free && self.text.as_bytes()[start..self.at].eq_ignore_ascii_case(b"union") {
            self.unions += 1;
        }
    }
}

/// Line and column of a place in a text, from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}

/// A walk over the algebra: how deep it is, whether it leaves the machine, what it asks for.
#[derive(Default)]
struct Walk {
    depth: usize,
    deepest: usize,
    service: bool,
    predicates: BTreeSet<String>,
    /// Whether some pattern takes any predicate.
    any: bool,
}

impl Walk {
    fn over(query: &Query) -> Self {
        let (Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. }) = query;
        let mut walk = Self::default();
        walk.pattern(pattern);
        walk
    }

    fn within(&mut self, inner: impl FnOnce(&mut Self)) {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        inner(self);
        self.depth -= 1;
    }

    fn pattern(&mut self, pattern: &GraphPattern) {
        self.within(|walk| match pattern {
            GraphPattern::Values { .. } => {}
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    match &triple.predicate {
                        NamedNodePattern::NamedNode(predicate) => walk.predicate(predicate),
                        NamedNodePattern::Variable(_) => walk.any = true,
                    }
                }
            }
            GraphPattern::Path { path, .. } => walk.path(path),
            GraphPattern::Join { left, right }
            | GraphPattern::Union { left, right }
            | GraphPattern::Minus { left, right }
            | GraphPattern::Lateral { left, right } => {
                walk.pattern(left);
                walk.pattern(right);
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                walk.pattern(left);
                walk.pattern(right);
                expression.iter().for_each(|expression| walk.expression(expression));
            }
            GraphPattern::Filter { expr: expression, inner }
            | GraphPattern::Extend { inner, expression, .. } => {
                walk.expression(expression);
                walk.pattern(inner);
            }
            GraphPattern::Graph { inner, .. }
            | GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => walk.pattern(inner),
            GraphPattern::OrderBy { inner, expression } => {
                for order in expression {
                    let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = order;
                    walk.expression(by);
                }
                walk.pattern(inner);
            }
            GraphPattern::Group { inner, aggregates, .. } => {
                for (_, aggregate) in aggregates {
                    match aggregate {
                        AggregateExpression::CountSolutions { .. } => {}
                        AggregateExpression::FunctionCall { expr, .. } => walk.expression(expr),
                    }
                }
                walk.pattern(inner);
            }
            GraphPattern::Service { inner, .. } => {
                walk.service = true;
                walk.pattern(inner);
            }
        });
    }

    fn expression(&mut self, expression: &Expression) {
        self.within(|walk| match expression {
            Expression::NamedNode(_)
            | Expression::Literal(_)
            | Expression::Variable(_)
            | Expression::Bound(_) => {}
            Expression::Or(a, b)
            | Expression::And(a, b)
            | Expression::Equal(a, b)
            | Expression::SameTerm(a, b)
            | Expression::Greater(a, b)
            | Expression::GreaterOrEqual(a, b)
            | Expression::Less(a, b)
            | Expression::LessOrEqual(a, b)
            | Expression::Add(a, b)
            | Expression::Subtract(a, b)
            | Expression::Multiply(a, b)
            | Expression::Divide(a, b) => {
                walk.expression(a);
                walk.expression(b);
            }
            Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => {
                walk.expression(a);
            }
            Expression::In(a, list) => {
                walk.expression(a);
                list.iter().for_each(|one| walk.expression(one));
            }
            Expression::If(a, b, c) => [a, b, c].into_iter().for_each(|one| walk.expression(one)),
            Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
                list.iter().for_each(|one| walk.expression(one));
            }
            Expression::Exists(pattern) => walk.pattern(pattern),
        });
    }

    fn predicate(&mut self, predicate: &NamedNode) {
        self.predicates.insert(predicate.as_str().to_owned());
    }

    fn path(&mut self, path: &PropertyPathExpression) {
        self.within(|walk| match path {
            PropertyPathExpression::NamedNode(predicate) => walk.predicate(predicate),
            PropertyPathExpression::NegatedPropertySet(_) => walk.any = true,
            PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
                walk.path(a);
                walk.path(b);
            }
            PropertyPathExpression::Reverse(a)
            | PropertyPathExpression::ZeroOrMore(a)
            | PropertyPathExpression::OneOrMore(a)
            | PropertyPathExpression::ZeroOrOne(a) => walk.path(a),
        });
    }
}
