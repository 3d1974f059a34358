//! What the endpoint is and what it could answer this caller, by
//! [SPARQL 1.1 Service Description](https://www.w3.org/TR/sparql11-service-description/#accessing)
//! and [VoID](https://www.w3.org/TR/void/#sparql).
//!
//! The published summary in a form that others read: identifier prefixes and predicates, never counts.

use super::{Handled, accept, authorization};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::graph::{self, GraphFormat};
use crate::negotiate::{DESCRIPTION, ROWS, negotiate};
use crate::query;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use adit_facts::{Summary, View};
use adit_policy::Permit;
use adit_vocab::shorten;
use askama::Template;
use jiff::Timestamp;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet};

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";
const VOID: &str = "http://rdfs.org/ns/void#";
const PREFIXES: &[(&str, &str)] = &[("sd", SD), ("void", VOID)];
const PUBLISHER: &str = "http://purl.org/dc/terms/publisher";
const TITLE: &str = "http://purl.org/dc/terms/title";

/// What is described: the endpoint, and what one caller could be answered there.
struct Described {
    endpoint: String,
    base: String,
    company: String,
    did: String,
    summary: Summary,
    rooms: Vec<String>,
}

/// `GET /sparql` without a query.
pub(super) async fn describe(connector: &Data<Connector>, request: &HttpRequest) -> Handled {
    let now = clock::now();
    let offer = negotiate(accept(request).as_deref(), DESCRIPTION)?;
    let asker = connector.asker(authorization(request)?, now).await?;
    let permit = query::decide(connector, &asker, None, "description", "", now).await?;
    let connector = Data::clone(connector);
    let described = web::block(move || Described::of(&connector, &permit, now));
    let described = described.await.map_err(|e| Error::Internal(e.to_string()))??;
    let body = match offer.format {
        Some(format) => graph::write(format, PREFIXES, &described.quads())?,
        None => described.page()?,
    };
    Ok(HttpResponse::Ok()
        .content_type(offer.content_type())
        .insert_header(("Vary", "Accept, Authorization"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Content-Security-Policy", super::PAGE_POLICY))
        .body(body))
}

impl Described {
    fn of(connector: &Connector, permit: &Permit, now: Timestamp) -> Result<Self, Error> {
        let (summary, _) = connector.summary_of(permit, now)?;
        let base = connector.config.base()?;
        Ok(Self {
            endpoint: format!("{base}/sparql"),
            base: base.to_owned(),
            company: connector.config.name.clone(),
            did: connector.did().to_string(),
            summary: Summary::clone(&summary),
            rooms: View::open(&connector.store, permit, now)?.rooms()?,
        })
    }

    /// The description as a graph: the service, its dataset, and what stands in the default graph.
    fn quads(&self) -> Vec<Quad> {
        let mut draft = Draft::default();
        let service = node(&self.endpoint);
        let (dataset, default) = (
            node(&format!("{}#dataset", self.endpoint)),
            node(&format!("{}#default", self.endpoint)),
        );
        draft.say(&service, rdf::TYPE.as_str(), sd("Service"));
        draft.say(&service, &format!("{SD}endpoint"), node(&self.endpoint));
        draft.say(&service, TITLE, Literal::from(format!("SPARQL endpoint of {}", self.company)));
        draft.say(&service, PUBLISHER, node(&self.did));
        draft.say(&service, &format!("{SD}supportedLanguage"), sd("SPARQL11Query"));
        // No input format is named: nothing is loaded on request, neither by LOAD nor by FROM.
        for iri in result_formats() {
            draft.say(&service, &format!("{SD}resultFormat"), node(iri));
        }
        draft.say(&service, &format!("{SD}feature"), sd("UnionDefaultGraph"));
        draft.say(&service, rdfs::SEE_ALSO.as_str(), node(&format!("{}/openapi.json", self.base)));
        draft.say(&service, rdfs::SEE_ALSO.as_str(), node(&format!("{}/summary", self.base)));
        draft.say(&service, &format!("{SD}defaultDataset"), dataset.clone());
        draft.say(&dataset, rdf::TYPE.as_str(), sd("Dataset"));
        draft.say(&dataset, &format!("{SD}defaultGraph"), default.clone());
        for room in &self.rooms {
            let named = draft.blank();
            draft.say(&dataset, &format!("{SD}namedGraph"), named.clone());
            draft.say(&named, rdf::TYPE.as_str(), sd("NamedGraph"));
            draft.say(&named, &format!("{SD}name"), node(room));
        }
        draft.say(&default, rdf::TYPE.as_str(), sd("Graph"));
        draft.say(&default, rdf::TYPE.as_str(), void("Dataset"));
        draft.say(&default, &format!("{VOID}sparqlEndpoint"), node(&self.endpoint));
        draft.say(&default, &format!("{VOID}vocabulary"), node(adit_vocab::adit::NAMESPACE));
        self.partitions(&default, &mut draft);
        draft.quads
    }

    /// The summary: for each prefix the predicates of its identifiers, and where each predicate leads.
    fn partitions(&self, default: &NamedOrBlankNode, draft: &mut Draft) {
        for (space, predicates) in self.by_prefix() {
            let part = draft.blank();
            draft.say(default, &format!("{VOID}subset"), part.clone());
            draft.say(&part, rdf::TYPE.as_str(), void("Dataset"));
            draft.say(&part, &format!("{VOID}uriSpace"), Literal::from(space));
            for predicate in predicates {
                let partition = draft.blank();
                draft.say(&part, &format!("{VOID}propertyPartition"), partition.clone());
                draft.say(&partition, &format!("{VOID}property"), node(predicate));
            }
        }
        for (predicate, prefixes) in &self.summary.predicates {
            for space in &prefixes.objects {
                let (links, target) = (draft.blank(), draft.blank());
                draft.say(default, &format!("{VOID}subset"), links.clone());
                draft.say(&links, rdf::TYPE.as_str(), void("Linkset"));
                draft.say(&links, &format!("{VOID}linkPredicate"), node(predicate));
                draft.say(&links, &format!("{VOID}subjectsTarget"), default.clone());
                draft.say(&links, &format!("{VOID}objectsTarget"), target.clone());
                draft.say(&target, rdf::TYPE.as_str(), void("Dataset"));
                draft.say(&target, &format!("{VOID}uriSpace"), Literal::from(space.as_str()));
            }
        }
    }

    /// For each prefix of subjects, the predicates that are said of them.
    fn by_prefix(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut by_prefix: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (predicate, prefixes) in &self.summary.predicates {
            for space in &prefixes.subjects {
                by_prefix.entry(space).or_default().insert(predicate);
            }
        }
        by_prefix
    }

    fn page(&self) -> Result<String, Error> {
        let rows = self.by_prefix().into_iter().map(|(prefix, predicates)| Row {
            prefix,
            predicates: predicates.into_iter().map(shorten).collect(),
        });
        let page = Page {
            company: &self.company,
            endpoint: &self.endpoint,
            did: &self.did,
            rows: rows.collect(),
        };
        page.render().map_err(|e| Error::Internal(format!("the page of the endpoint: {e}")))
    }
}

#[derive(Template)]
#[template(path = "endpoint.html")]
struct Page<'p> {
    company: &'p str,
    endpoint: &'p str,
    did: &'p str,
    rows: Vec<Row<'p>>,
}

struct Row<'p> {
    prefix: &'p str,
    predicates: Vec<String>,
}

/// Triples on their way to a graph.
#[derive(Default)]
struct Draft {
    quads: Vec<Quad>,
    blanks: usize,
}

impl Draft {
    fn say(&mut self, subject: &NamedOrBlankNode, predicate: &str, object: impl Into<Object>) {
        let predicate = NamedNode::new_unchecked(predicate);
        let object = object.into().0;
        self.quads.push(Quad::new(subject.clone(), predicate, object, GraphName::DefaultGraph));
    }

    fn blank(&mut self) -> NamedOrBlankNode {
        self.blanks += 1;
        BlankNode::new_unchecked(format!("b{}", self.blanks)).into()
    }
}

/// What can stand at the end of a triple here.
struct Object(Term);

impl From<NamedOrBlankNode> for Object {
    fn from(node: NamedOrBlankNode) -> Self {
        Self(node.into())
    }
}

impl From<Literal> for Object {
    fn from(literal: Literal) -> Self {
        Self(literal.into())
    }
}

fn node(iri: &str) -> NamedOrBlankNode {
    NamedNode::new_unchecked(iri).into()
}

fn sd(name: &str) -> NamedOrBlankNode {
    node(&format!("{SD}{name}"))
}

fn void(name: &str) -> NamedOrBlankNode {
    node(&format!("{VOID}{name}"))
}

/// The formats of answers, each once.
fn result_formats() -> BTreeSet<&'static str> {
    let rows = ROWS.iter().map(|offer| offer.format.iri());
    rows.chain(GraphFormat::ALL.iter().map(|format| format.iri())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use adit_facts::Prefixes;
    use expect_test::expect;

    fn described() -> Described {
        let spaces = |iris: &[&str]| iris.iter().map(|iri| (*iri).to_owned()).collect();
        let heat = Prefixes {
            subjects: spaces(&["https://id.shop.example/p/1/"]),
            objects: spaces(&["https://id.mill.example/heat/"]),
            literals: false,
        };
        let predicates = [("https://w3id.org/adit/ns#fromBatch".to_owned(), heat)].into();
        Described {
            endpoint: "https://shop.example/sparql".into(),
            base: "https://shop.example".into(),
            company: "Shop & <Sons>".into(),
            did: "did:web:shop.example".into(),
            summary: Summary { predicates },
            rooms: vec!["https://shop.example/room/part/as-built/public".into()],
        }
    }

    #[test]
    fn a_service_says_what_it_is_and_whose_identifiers_it_knows() {
        let text = graph::write(GraphFormat::NTriples, PREFIXES, &described().quads()).unwrap();
        let text = text.replace("http://www.w3.org/ns/sparql-service-description#", "sd:");
        let text = text.replace("http://rdfs.org/ns/void#", "void:");
        expect![[r#"
            <https://shop.example/sparql> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <sd:Service> .
            <https://shop.example/sparql> <sd:endpoint> <https://shop.example/sparql> .
            <https://shop.example/sparql> <http://purl.org/dc/terms/title> "SPARQL endpoint of Shop & <Sons>" .
            <https://shop.example/sparql> <http://purl.org/dc/terms/publisher> <did:web:shop.example> .
            <https://shop.example/sparql> <sd:supportedLanguage> <sd:SPARQL11Query> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/JSON-LD> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/N-Quads> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/N-Triples> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/RDF_XML> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/SPARQL_Results_CSV> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/SPARQL_Results_JSON> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/SPARQL_Results_TSV> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/SPARQL_Results_XML> .
            <https://shop.example/sparql> <sd:resultFormat> <http://www.w3.org/ns/formats/Turtle> .
            <https://shop.example/sparql> <sd:feature> <sd:UnionDefaultGraph> .
            <https://shop.example/sparql> <http://www.w3.org/2000/01/rdf-schema#seeAlso> <https://shop.example/openapi.json> .
            <https://shop.example/sparql> <http://www.w3.org/2000/01/rdf-schema#seeAlso> <https://shop.example/summary> .
            <https://shop.example/sparql> <sd:defaultDataset> <https://shop.example/sparql#dataset> .
            <https://shop.example/sparql#dataset> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <sd:Dataset> .
            <https://shop.example/sparql#dataset> <sd:defaultGraph> <https://shop.example/sparql#default> .
            <https://shop.example/sparql#dataset> <sd:namedGraph> _:b1 .
            _:b1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <sd:NamedGraph> .
            _:b1 <sd:name> <https://shop.example/room/part/as-built/public> .
            <https://shop.example/sparql#default> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <sd:Graph> .
            <https://shop.example/sparql#default> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <void:Dataset> .
            <https://shop.example/sparql#default> <void:sparqlEndpoint> <https://shop.example/sparql> .
            <https://shop.example/sparql#default> <void:vocabulary> <https://w3id.org/adit/ns#> .
            <https://shop.example/sparql#default> <void:subset> _:b2 .
            _:b2 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <void:Dataset> .
            _:b2 <void:uriSpace> "https://id.shop.example/p/1/" .
            _:b2 <void:propertyPartition> _:b3 .
            _:b3 <void:property> <https://w3id.org/adit/ns#fromBatch> .
            <https://shop.example/sparql#default> <void:subset> _:b4 .
            _:b4 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <void:Linkset> .
            _:b4 <void:linkPredicate> <https://w3id.org/adit/ns#fromBatch> .
            _:b4 <void:subjectsTarget> <https://shop.example/sparql#default> .
            _:b4 <void:objectsTarget> _:b5 .
            _:b5 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <void:Dataset> .
            _:b5 <void:uriSpace> "https://id.mill.example/heat/" .
        "#]].assert_eq(&text);
    }

    #[test]
    fn the_page_escapes_what_it_is_told() {
        let page = described().page().unwrap();
        assert!(page.contains("Shop &#38; &#60;Sons&#62;"), "{page}");
        assert!(page.contains("adit:fromBatch"), "{page}");
    }
}
