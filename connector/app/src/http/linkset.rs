//! Where more about an item is to be had: `Link` headers by [RFC 8288](https://www.rfc-editor.org/rfc/rfc8288#section-3)
//! and the same as a linkset by [RFC 9264](https://www.rfc-editor.org/rfc/rfc9264#name-json-based-format-the-ap).
//!
//! The links of an item follow from its address and the settings alone, never from its facts.

use crate::config::Config;
use crate::error::Error;
use adit_vocab::adit;
use oxrdf::NamedNode;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};
use url::form_urlencoded::byte_serialize;

const DEFAULT_LINK: &str = "https://ref.gs1.org/voc/defaultLink";
const PASSPORT: &str = "https://ref.gs1.org/voc/dpp";
const MASTER_DATA: &str = "https://ref.gs1.org/voc/masterData";

/// The languages of an item's page.
const LANGUAGES: &[&str] = &["en", "sv", "fi"];

/// One link from an item.
struct Link {
    relation: &'static str,
    href: String,
    media_type: &'static str,
    title: &'static str,
    languages: &'static [&'static str],
}

/// The links of an item.
pub(super) struct Links {
    anchor: String,
    links: Vec<Link>,
}

impl Links {
    /// The links of the item, record or document with this IRI.
    pub(super) fn of(config: &Config, iri: &NamedNode) -> Result<Self, Error> {
        let base = config.base()?;
        let own = iri.as_str().to_owned();
        let link = |relation, href: &str, media_type, title| Link {
            relation,
            href: href.to_owned(),
            media_type,
            title,
            languages: &[],
        };
        let mut links = Vec::new();
        // Under our own address stand records and documents; a passport is about an item.
        if !own.starts_with(&format!("{base}/")) {
            for relation in [DEFAULT_LINK, PASSPORT] {
                let page = link(relation, &own, "text/html", "Product passport");
                links.push(Link { languages: LANGUAGES, ..page });
            }
            links.push(link(PASSPORT, &own, "application/ld+json", "Product passport as data"));
            links.push(link(MASTER_DATA, &own, "text/turtle", "Facts about the item"));
        }
        let query: String = byte_serialize(format!("DESCRIBE <{own}>").as_bytes()).collect();
        let described = format!("{base}/sparql?query={query}");
        let endpoint = format!("{base}/sparql");
        let interface = format!("{base}/openapi.json");
        links.push(link("describedby", &described, "text/turtle", "Facts by query"));
        links.push(link("service-desc", &endpoint, "text/turtle", "SPARQL endpoint"));
        links.push(link(
            "service-desc",
            &interface,
            "application/json",
            "Interface of the connector",
        ));
        links.push(link(
            adit::FACTS_HELD_BY.as_str(),
            config.did.as_str(),
            "application/did+json",
            "Who holds the facts",
        ));
        Ok(Self { anchor: own, links })
    }

    /// The value of the header `Link`, which also says where the linkset is.
    pub(super) fn header(&self) -> String {
        let linkset = format!("{}?linkType=linkset", self.anchor);
        let linkset = format!("<{linkset}>; rel=\"linkset\"; type=\"application/linkset+json\"");
        let links = self.links.iter().map(|link| {
            let languages = link.languages.iter().map(|it| format!("; hreflang=\"{it}\""));
            format!(
                "<{}>; rel=\"{}\"; type=\"{}\"{}; title=\"{}\"",
                link.href,
                link.relation,
                link.media_type,
                languages.collect::<String>(),
                link.title
            )
        });
        let header = links.chain([linkset]).collect::<Vec<_>>().join(", ");
        // A header is ASCII; an IRI need not be.
        utf8_percent_encode(&header, CONTROLS).to_string()
    }

    /// The linkset.
    pub(super) fn to_json(&self) -> Value {
        let mut context = Map::new();
        context.insert("anchor".to_owned(), json!(self.anchor));
        for link in &self.links {
            let mut target =
                json!({ "href": link.href, "type": link.media_type, "title": link.title });
            if !link.languages.is_empty() {
                target["hreflang"] = json!(link.languages);
            }
            let targets = context.entry(link.relation).or_insert_with(|| json!([]));
            if let Value::Array(targets) = targets {
                targets.push(target);
            }
        }
        json!({ "linkset": [context] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn links(iri: &str) -> Links {
        let config: Config = toml::from_str(
            "did = \"did:web:shop.example\"\nname = \"Shop\"\nbase = \"https://connector.shop.example\"",
        )
        .unwrap();
        Links::of(&config, &NamedNode::new_unchecked(iri)).unwrap()
    }

    #[test]
    fn an_item_links_to_its_passport_its_facts_and_who_holds_them() {
        let json = links("https://id.shop.example/p/1/2").to_json();
        expect![[r#"
            {
              "linkset": [
                {
                  "anchor": "https://id.shop.example/p/1/2",
                  "https://ref.gs1.org/voc/defaultLink": [
                    {
                      "href": "https://id.shop.example/p/1/2",
                      "type": "text/html",
                      "title": "Product passport",
                      "hreflang": [
                        "en",
                        "sv",
                        "fi"
                      ]
                    }
                  ],
                  "https://ref.gs1.org/voc/dpp": [
                    {
                      "href": "https://id.shop.example/p/1/2",
                      "type": "text/html",
                      "title": "Product passport",
                      "hreflang": [
                        "en",
                        "sv",
                        "fi"
                      ]
                    },
                    {
                      "href": "https://id.shop.example/p/1/2",
                      "type": "application/ld+json",
                      "title": "Product passport as data"
                    }
                  ],
                  "https://ref.gs1.org/voc/masterData": [
                    {
                      "href": "https://id.shop.example/p/1/2",
                      "type": "text/turtle",
                      "title": "Facts about the item"
                    }
                  ],
                  "describedby": [
                    {
                      "href": "https://connector.shop.example/sparql?query=DESCRIBE+%3Chttps%3A%2F%2Fid.shop.example%2Fp%2F1%2F2%3E",
                      "type": "text/turtle",
                      "title": "Facts by query"
                    }
                  ],
                  "service-desc": [
                    {
                      "href": "https://connector.shop.example/sparql",
                      "type": "text/turtle",
                      "title": "SPARQL endpoint"
                    },
                    {
                      "href": "https://connector.shop.example/openapi.json",
                      "type": "application/json",
                      "title": "Interface of the connector"
                    }
                  ],
                  "https://w3id.org/adit/ns#factsHeldBy": [
                    {
                      "href": "did:web:shop.example",
                      "type": "application/did+json",
                      "title": "Who holds the facts"
                    }
                  ]
                }
              ]
            }"#]].assert_eq(&serde_json::to_string_pretty(&json).unwrap());
    }

    #[test]
    fn the_header_says_the_same() {
        let links = links("https://id.shop.example/p/1/2");
        expect![[r#"
            <https://id.shop.example/p/1/2>; rel="https://ref.gs1.org/voc/defaultLink"; type="text/html"; hreflang="en"; hreflang="sv"; hreflang="fi"; title="Product passport",
            <https://id.shop.example/p/1/2>; rel="https://ref.gs1.org/voc/dpp"; type="text/html"; hreflang="en"; hreflang="sv"; hreflang="fi"; title="Product passport",
            <https://id.shop.example/p/1/2>; rel="https://ref.gs1.org/voc/dpp"; type="application/ld+json"; title="Product passport as data",
            <https://id.shop.example/p/1/2>; rel="https://ref.gs1.org/voc/masterData"; type="text/turtle"; title="Facts about the item",
            <https://connector.shop.example/sparql?query=DESCRIBE+%3Chttps%3A%2F%2Fid.shop.example%2Fp%2F1%2F2%3E>; rel="describedby"; type="text/turtle"; title="Facts by query",
            <https://connector.shop.example/sparql>; rel="service-desc"; type="text/turtle"; title="SPARQL endpoint",
            <https://connector.shop.example/openapi.json>; rel="service-desc"; type="application/json"; title="Interface of the connector",
            <did:web:shop.example>; rel="https://w3id.org/adit/ns#factsHeldBy"; type="application/did+json"; title="Who holds the facts",
            <https://id.shop.example/p/1/2?linkType=linkset>; rel="linkset"; type="application/linkset+json""#]].assert_eq(&links.header().replace(", <", ",\n<"));
    }

    #[test]
    fn a_record_is_no_passport() {
        let json = links("https://connector.shop.example/record/quantity/1").to_json();
        assert!(!json.to_string().contains("ref.gs1.org"), "{json}");
        assert!(json["linkset"][0]["describedby"].is_array(), "{json}");
    }
}
