//! What an endpoint and an item say of themselves, and where more is to be had.

use super::{FIREFOX, GRAPHS, ITEM, ITEM_IRI, NAMES, triples};
use crate::circle::companies;
use crate::client::Client;
use std::collections::BTreeSet;

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";
const VOID: &str = "http://rdfs.org/ns/void#";

#[test]
fn the_endpoint_describes_itself_as_its_caller_may_know_it() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let known = |client: &Client| triples(&client.get("/sparql", Some("application/n-triples")));
    let described = known(&public);
    let endpoint = "<https://connector.revonsalmi.example/sparql>";
    for said in [
        format!("{endpoint} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{SD}Service>"),
        format!("{endpoint} <{SD}endpoint> {endpoint}"),
        format!("{endpoint} <{SD}supportedLanguage> <{SD}SPARQL11Query>"),
        format!("{endpoint} <{SD}feature> <{SD}UnionDefaultGraph>"),
        format!("{endpoint} <{SD}resultFormat> <http://www.w3.org/ns/formats/SPARQL_Results_TSV>"),
        format!("{endpoint} <{SD}resultFormat> <http://www.w3.org/ns/formats/JSON-LD>"),
        format!("{endpoint} <http://purl.org/dc/terms/publisher> <did:web:revonsalmi.example>"),
    ] {
        assert!(described.contains(&said), "{said} in {described:#?}");
    }
    for media_type in GRAPHS {
        let got = public.get("/sparql", Some(media_type));
        assert_eq!((got.media_type(), triples(&got).len()), (media_type, described.len()));
    }
    let page = public.get("/sparql", Some(FIREFOX));
    assert_eq!(page.media_type(), "text/html");
    assert!(
        page.text().contains("schema:name") && !page.text().contains("fromBatch"),
        "{}",
        page.text()
    );

    let mentions = |of: &BTreeSet<String>, part: &str| of.iter().any(|said| said.contains(part));
    assert!(mentions(
        &described,
        &format!("<{VOID}uriSpace> \"https://id.revonsalmi.example/p/0010455/\"")
    ));
    assert!(!mentions(&described, "fromBatch") && !mentions(&described, "/partner/"));
    let partner = known(&Client::partner(&circle, "oem", "shop", "recall"));
    assert!(mentions(
        &partner,
        &format!("<{VOID}linkPredicate> <https://w3id.org/adit/ns#fromBatch>")
    ));
    assert!(mentions(&partner, "/partner/did:web:bergvarg.example>"));
    // Never counts: nothing in either is a number.
    for said in described.iter().chain(&partner) {
        assert!(
            !said.contains("XMLSchema#") && !said.contains(&format!("{VOID}triples")),
            "{said}"
        );
    }
}

#[test]
fn an_item_is_the_same_facts_in_every_format() {
    let circle = companies();
    for client in
        [Client::public(&circle, "shop"), Client::partner(&circle, "oem", "shop", "recall")]
    {
        let expected = triples(&client.get(ITEM, Some("text/turtle")));
        assert!(expected.len() > 3);
        for media_type in GRAPHS {
            let got = client.get(ITEM, Some(media_type));
            assert_eq!((got.media_type(), &triples(&got)), (media_type, &expected));
            assert_eq!(got.header("vary"), Some("Accept, Accept-Language, Authorization"));
        }
    }
    let public = Client::public(&circle, "shop");
    assert_eq!(public.get(ITEM, Some(FIREFOX)).media_type(), "text/html");
    assert_eq!(public.get(ITEM, Some("image/png")).refusal(), (406, "accept".to_owned()));
}

#[test]
fn an_item_links_to_where_more_is_to_be_had() {
    let circle = companies();
    let public = Client::public(&circle, "shop");
    let by_accept = public.get(ITEM, Some("application/linkset+json"));
    let by_address = public.get(&format!("{ITEM}?linkType=linkset"), Some(FIREFOX));
    assert_eq!((by_accept.status, by_accept.media_type()), (200, "application/linkset+json"));
    assert_eq!(by_accept, by_address);
    let linkset = &by_accept.json()["linkset"][0];
    assert_eq!(linkset["anchor"], ITEM_IRI);
    assert_eq!(linkset["https://ref.gs1.org/voc/dpp"][0]["href"], ITEM_IRI);
    assert_eq!(linkset["https://ref.gs1.org/voc/masterData"][0]["type"], "text/turtle");
    assert_eq!(
        linkset["https://w3id.org/adit/ns#factsHeldBy"][0]["href"],
        "did:web:revonsalmi.example"
    );
    assert_eq!(linkset["service-desc"][0]["href"], "https://connector.revonsalmi.example/sparql");
    // The facts by query are the facts at the item's own address.
    let described = linkset["describedby"][0]["href"].as_str().unwrap();
    let described = described.trim_start_matches("https://connector.revonsalmi.example");
    let facts = triples(&public.get(described, Some("text/turtle")));
    assert!(facts.is_subset(&triples(&public.get(ITEM, Some("text/turtle")))), "{facts:?}");
    assert!(!facts.is_empty());
    // Whatever is asked for, the header says the same.
    for accept in ["text/html", "text/turtle", "application/linkset+json"] {
        let header = public.get(ITEM, Some(accept)).header("link").unwrap().to_owned();
        for (relation, targets) in linkset.as_object().unwrap() {
            for target in targets.as_array().into_iter().flatten() {
                let link = format!("<{}>; rel=\"{relation}\"", target["href"].as_str().unwrap());
                assert!(header.contains(&link), "{link} in {header}");
            }
        }
        assert!(
            header.contains(&format!("<{ITEM_IRI}?linkType=linkset>; rel=\"linkset\"")),
            "{header}"
        );
    }
}

#[test]
fn what_is_withheld_follows_from_query_and_policy_alone() {
    let circle = companies();
    let (public, partner) =
        (Client::public(&circle, "shop"), Client::partner(&circle, "oem", "shop", "recall"));
    let withheld = |client: &Client, query: &str| {
        client.query(query, "*/*").header("adit-withheld").map(str::to_owned)
    };
    let heat =
        |iri: &str| format!("SELECT * {{ <{iri}> <https://w3id.org/adit/ns#fromBatch> ?h }}");
    let there = withheld(&public, &heat(ITEM_IRI));
    assert_eq!(there.as_deref(), Some("\"adit:fromBatch\";tier=partner"));
    assert_eq!(there, withheld(&public, &heat("https://id.revonsalmi.example/p/0010455/99999999")));
    assert_eq!(withheld(&public, NAMES), None);
    assert_eq!(withheld(&partner, &heat(ITEM_IRI)), None);
    // Inside OPTIONAL, NOT EXISTS, a path or a subquery it is asked for as well.
    for pattern in [
        "?s <https://schema.org/name> ?n OPTIONAL { ?s adit:fromBatch ?h }",
        "?s <https://schema.org/name> ?n FILTER NOT EXISTS { ?s adit:fromBatch ?h }",
        "?s adit:fromBatch/<https://schema.org/name> ?n",
        "{ SELECT ?s { ?s adit:fromBatch ?h } }",
    ] {
        let query = format!("PREFIX adit: <https://w3id.org/adit/ns#> ASK {{ {pattern} }}");
        let named = withheld(&public, &query).unwrap_or_default();
        assert!(named.contains("\"adit:fromBatch\";tier=partner"), "{query}: {named}");
    }
    let any = withheld(&public, "SELECT * { ?s ?p ?o } LIMIT 1").unwrap();
    assert!(any.ends_with(", *") && any.split(", ").count() == 17, "{any}");
    let own = Client::own(&circle, "shop");
    assert_eq!(withheld(&own, &heat(ITEM_IRI)), None);
}
