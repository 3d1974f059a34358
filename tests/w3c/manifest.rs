//! The manifests: which entries there are, and what each says.

use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{Graph, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, TermRef};
use oxttl::TurtleParser;
use std::path::PathBuf;
use std::rc::Rc;

/// Where the suite is published; the files of `sparql11/` by their names below it.
const SUITE: &str = "https://w3c.github.io/rdf-tests/sparql/sparql11/";

/// The manifests of the [SPARQL 1.1 Query Language](https://www.w3.org/TR/sparql11-query/#basicpatterns).
pub(super) const QUERY: &[&str] = &[
    "aggregates",
    "bind",
    "bindings",
    "cast",
    "construct",
    "exists",
    "functions",
    "grouping",
    "negation",
    "project-expression",
    "property-path",
    "subquery",
    "syntax-query",
];
/// Those of the results formats.
pub(super) const RESULTS: &[&str] = &["csv-tsv-res", "json-res"];
/// Those that are asked of a running service.
pub(super) const SERVICE: &[&str] = &["service-description", "protocol"];
/// Those of the [Federated Query](https://www.w3.org/TR/sparql11-federated-query/#service), which nobody may ask for.
pub(super) const FEDERATED: &[&str] = &["service", "syntax-fed"];

/// A term of the manifests' vocabulary.
pub(super) fn mf(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!(
        "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#{name}"
    ))
}

fn qt(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!(
        "http://www.w3.org/2001/sw/DataAccess/tests/test-query#{name}"
    ))
}

/// One entry of a manifest.
#[derive(Clone)]
pub(super) struct Entry {
    /// Its IRI.
    pub(super) iri: NamedNode,
    /// The folder of its manifest.
    pub(super) folder: &'static str,
    pub(super) graph: Rc<Graph>,
}

/// What an entry asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A query over some data has a result.
    Evaluation,
    /// A query is SPARQL.
    PositiveSyntax,
    /// A text is not SPARQL.
    NegativeSyntax,
    /// Requests to a service are answered as it says.
    Protocol,
    /// A service describes itself.
    ServiceDescription,
}

/// An entry of kind [`Kind::Evaluation`]: the files, by their IRIs.
pub(super) struct Evaluation {
    pub(super) query: NamedNode,
    pub(super) default: Vec<NamedNode>,
    pub(super) named: Vec<NamedNode>,
    pub(super) result: NamedNode,
}

/// The entries of some manifests, in their order.
pub(super) fn entries(folders: &[&'static str]) -> Vec<Entry> {
    folders.iter().flat_map(|folder| of_folder(folder)).collect()
}

fn of_folder(folder: &'static str) -> Vec<Entry> {
    let iri = NamedNode::new(format!("{SUITE}{folder}/manifest.ttl")).unwrap();
    let parser = TurtleParser::new().with_base_iri(iri.as_str()).unwrap();
    let graph: Graph = parser.for_slice(&text(&iri)).map(Result::unwrap).collect();
    let graph = Rc::new(graph);
    let list = graph.object_for_subject_predicate(&iri, &mf("entries")).unwrap();
    let entry = |term| match term {
        TermRef::NamedNode(iri) => Entry { iri: iri.into_owned(), folder, graph: graph.clone() },
        other => panic!("{folder}: an entry {other}"),
    };
    items(&graph, list).into_iter().map(entry).collect()
}

/// The items of an RDF list.
pub(super) fn items<'g>(graph: &'g Graph, list: TermRef<'g>) -> Vec<TermRef<'g>> {
    let mut items = Vec::new();
    let mut rest = node(list);
    while rest != NamedOrBlankNodeRef::NamedNode(rdf::NIL) {
        items.push(graph.object_for_subject_predicate(rest, rdf::FIRST).unwrap());
        rest = node(graph.object_for_subject_predicate(rest, rdf::REST).unwrap());
    }
    items
}

/// A term as the subject of others.
pub(super) fn node(term: TermRef<'_>) -> NamedOrBlankNodeRef<'_> {
    match term {
        TermRef::NamedNode(node) => node.into(),
        TermRef::BlankNode(node) => node.into(),
        TermRef::Literal(literal) => panic!("{literal} has no properties"),
    }
}

/// The text of a file of the suite.
pub(super) fn text(file: &NamedNode) -> String {
    let name = file.as_str().strip_prefix(SUITE).unwrap_or_else(|| panic!("{file} is elsewhere"));
    let path = folder().join("sparql11").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Where these tests and the suite lie.
pub(super) fn folder() -> PathBuf {
    crate::circle::root().join("tests/w3c")
}

impl Entry {
    pub(super) fn kind(&self) -> Kind {
        let kind = self.graph.object_for_subject_predicate(&self.iri, rdf::TYPE).unwrap();
        let TermRef::NamedNode(kind) = kind else { panic!("{} is a {kind}", self.iri) };
        match kind.as_str().rsplit('#').next().unwrap() {
            "QueryEvaluationTest" | "CSVResultFormatTest" => Kind::Evaluation,
            "PositiveSyntaxTest" | "PositiveSyntaxTest11" => Kind::PositiveSyntax,
            "NegativeSyntaxTest" | "NegativeSyntaxTest11" => Kind::NegativeSyntax,
            "ProtocolTest" => Kind::Protocol,
            "ServiceDescriptionTest" => Kind::ServiceDescription,
            other => panic!("{}: entries of type {other} are unknown", self.iri),
        }
    }

    pub(super) fn action(&self) -> TermRef<'_> {
        self.graph.object_for_subject_predicate(&self.iri, &mf("action")).unwrap()
    }

    /// The file that a syntax entry consists of.
    pub(super) fn syntax(&self) -> NamedNode {
        file(self.action())
    }

    pub(super) fn evaluation(&self) -> Evaluation {
        let action = node(self.action());
        let files =
            |name| self.graph.objects_for_subject_predicate(action, name).map(file).collect();
        let query = self.graph.object_for_subject_predicate(action, &qt("query")).unwrap();
        let result = self.graph.object_for_subject_predicate(&self.iri, &mf("result")).unwrap();
        Evaluation {
            query: file(query),
            default: files(qt("data").as_ref()),
            named: files(qt("graphData").as_ref()),
            result: file(result),
        }
    }

    /// The graphs that a protocol entry wants there: the file of each and its name.
    pub(super) fn graphs(&self) -> Vec<(NamedNode, NamedNode)> {
        let ut = "http://www.w3.org/2009/sparql/tests/test-update#";
        let data = NamedNode::new_unchecked(format!("{ut}graphData"));
        let graph = NamedNode::new_unchecked(format!("{ut}graph"));
        let named = |data| {
            let value = |name: NamedNodeRef<'_>| {
                self.graph.object_for_subject_predicate(node(data), name).unwrap()
            };
            let TermRef::Literal(name) = value(rdfs::LABEL) else { panic!("a graph's name") };
            (file(value(graph.as_ref())), NamedNode::new(name.value()).unwrap())
        };
        self.graph.objects_for_subject_predicate(&self.iri, &data).map(named).collect()
    }
}

fn file(term: TermRef<'_>) -> NamedNode {
    match term {
        TermRef::NamedNode(file) => file.into_owned(),
        other => panic!("{other} is no file"),
    }
}
