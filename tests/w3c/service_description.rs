//! The suite of the service description: its three entries say in words what is asked for.

use super::exceptions::assert_passed;
use super::manifest::entries;
use super::server::client;
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::vocab::rdf;
use oxrdf::{Graph, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, TermRef, Triple};
use std::collections::BTreeSet;

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";
/// The name by which the endpoint is known; where it listens is another thing.
const ENDPOINT: &str = "https://connector.suite.example/sparql";

#[test]
fn the_service_describes_itself() {
    assert_passed("service description", &entries(&["service-description"]), |entry| {
        let description = description()?;
        match entry.iri.as_str().rsplit('#').next().unwrap() {
            "returns-rdf" => Ok(()),
            "has-endpoint-triple" => has_endpoint(&description),
            "conforms-to-schema" => conforms(&description),
            other => panic!("the entry {other}"),
        }
    });
}

fn sd(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{SD}{name}"))
}

/// What a GET of the endpoint without a query returns.
fn description() -> Result<Graph, String> {
    let got = client().get("/sparql", None);
    let format = RdfFormat::from_media_type(got.media_type());
    let format = format.filter(|_| got.status == 200);
    let format = format.ok_or_else(|| format!("{} {}", got.status, got.media_type()))?;
    let parser = RdfParser::from_format(format).with_base_iri(ENDPOINT).unwrap();
    let quads = parser.for_slice(&got.body).map(|quad| quad.map(Triple::from));
    quads.collect::<Result<_, _>>().map_err(|e| e.to_string())
}

/// The service has the endpoint that was asked; it goes by the public name of the connector.
fn has_endpoint(description: &Graph) -> Result<(), String> {
    let public = NamedNode::new_unchecked(ENDPOINT);
    let service = description.subject_for_predicate_object(&sd("endpoint"), &public);
    service.map(|_| ()).ok_or_else(|| format!("no endpoint {public} in\n{description}"))
}

/// The properties of the [vocabulary](https://www.w3.org/TR/sparql11-service-description/#vocab), with the class of
/// their subjects and of their objects.
const PROPERTIES: &[(&str, &str, &str)] = &[
    ("endpoint", "Service", ""),
    ("feature", "Service", "Feature"),
    ("defaultEntailmentRegime", "Service", "EntailmentRegime"),
    ("entailmentRegime", "NamedGraph", "EntailmentRegime"),
    ("defaultSupportedEntailmentProfile", "Service", "EntailmentProfile"),
    ("supportedEntailmentProfile", "NamedGraph", "EntailmentProfile"),
    ("extensionFunction", "Service", "Function"),
    ("extensionAggregate", "Service", "Aggregate"),
    ("languageExtension", "Service", "Feature"),
    ("supportedLanguage", "Service", "Language"),
    ("propertyFeature", "Service", "Feature"),
    ("defaultDataset", "Service", "Dataset"),
    ("availableGraphs", "Service", "GraphCollection"),
    ("resultFormat", "Service", ""),
    ("inputFormat", "Service", ""),
    ("defaultGraph", "Dataset", "Graph"),
    ("namedGraph", "GraphCollection", "NamedGraph"),
    ("name", "NamedGraph", ""),
    ("graph", "NamedGraph", "Graph"),
];

/// The things that the vocabulary itself names.
const INSTANCES: &[(&str, &[&str])] = &[
    ("Language", &["SPARQL10Query", "SPARQL11Query", "SPARQL11Update"]),
    (
        "Feature",
        &[
            "DereferencesURIs",
            "UnionDefaultGraph",
            "RequiresDataset",
            "EmptyGraphs",
            "BasicFederatedQuery",
        ],
    ),
];

/// Every term of the vocabulary is one of its terms, and stands where its domain and range let it.
fn conforms(description: &Graph) -> Result<(), String> {
    let mut used = BTreeSet::new();
    for triple in description {
        let Some(name) = triple.predicate.as_str().strip_prefix(SD) else { continue };
        let property = PROPERTIES.iter().find(|(property, _, _)| *property == name);
        let (_, domain, range) = property.ok_or_else(|| format!("sd:{name} is unknown"))?;
        is_a(description, triple.subject, domain)?;
        match triple.object {
            TermRef::Literal(literal) => return Err(format!("sd:{name} of {literal}")),
            TermRef::NamedNode(node) if !range.is_empty() => is_a(description, node.into(), range)?,
            TermRef::BlankNode(node) if !range.is_empty() => is_a(description, node.into(), range)?,
            TermRef::NamedNode(_) | TermRef::BlankNode(_) => {}
        }
        used.insert(name);
    }
    for needed in ["endpoint", "supportedLanguage", "resultFormat", "feature"] {
        let there = used.contains(needed);
        there.then_some(()).ok_or_else(|| format!("no sd:{needed} in\n{description}"))?;
    }
    Ok(())
}

/// A thing is of a class where that is said, where the vocabulary names it, or where it is of a class below.
fn is_a(description: &Graph, node: NamedOrBlankNodeRef<'_>, class: &str) -> Result<(), String> {
    let below: &[&str] = match class {
        "GraphCollection" => &["GraphCollection", "Dataset"],
        "Graph" => &["Graph"],
        _ => &[],
    };
    let said = description.objects_for_subject_predicate(node, rdf::TYPE);
    let said: BTreeSet<_> = said.map(|it| it.to_string()).collect();
    let fits = |class: &str| said.contains(&sd(class).to_string());
    let named = |node: NamedNodeRef<'_>| {
        let instances = INSTANCES.iter().find(|(of, _)| *of == class).map_or(&[][..], |it| it.1);
        instances.iter().any(|instance| sd(instance).as_ref() == node)
    };
    let is_named = matches!(node, NamedOrBlankNodeRef::NamedNode(node) if named(node));
    match is_named || fits(class) || below.iter().any(|class| fits(class)) {
        true => Ok(()),
        // The rest of the vocabulary leaves the things that it does not name open to others.
        false
            if matches!(node, NamedOrBlankNodeRef::NamedNode(node) if !node.as_str().starts_with(SD))
                && class != "Service" =>
        {
            Ok(())
        }
        false => Err(format!("{node} is no sd:{class}")),
    }
}
