//! The page of an item: plain HTML, readable on a phone and without script, in three languages.
//!
//! [`item`] gathers what the caller may see (`facts`), reads it (`reading`, `figures`, `documents`, `places`),
//! puts it in the order of the product group's profile (`sections`) and fills `templates/item.html`.
//! The words are in `strings/`.

mod content;
mod date;
mod documents;
mod facts;
mod figures;
mod number;
mod places;
mod qr;
mod reading;
mod sections;
mod unit;
mod words;

use crate::config::Config;
use crate::connector::Connector;
use crate::error::Error;
use crate::language::Language;
use adit_facts::View;
use adit_policy::Permit;
use adit_vocab::{adit, eudpp, schema};
use askama::Template;
use base64::prelude::{BASE64_STANDARD, Engine};
use content::{Content, Document, Figure, Section};
use facts::{Facts, node};
use jiff::Timestamp;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, Term};
use qr::Code;
use reading::{Reader, Value, web_address};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use words::{Words, capitalised};

/// The style of every page, inside the page: one request shows all.
const STYLE: &str = include_str!("../../templates/page.css");

/// What a browser may do with a page: nothing but apply the style that is in it, known by its digest.
///
/// Implements [Content Security Policy, hash sources](https://www.w3.org/TR/CSP3/#external-hash).
pub static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// What every page has.
struct Frame<'p> {
    language: Language,
    words: &'static Words,
    company: &'p str,
    style: &'static str,
}

impl<'p> Frame<'p> {
    fn new(config: &'p Config, language: Language) -> Self {
        Self { language, words: Words::of(language), company: &config.name, style: STYLE }
    }

    /// The languages to choose from: tag, own name, whether it is this one.
    fn languages(&self) -> [(&'static str, &'static str, bool); 3] {
        Language::ALL.map(|language| {
            let name = match language {
                Language::En => "English",
                Language::Sv => "Svenska",
                Language::Fi => "Suomi",
            };
            (language.tag(), name, language == self.language)
        })
    }
}

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage<'p> {
    frame: Frame<'p>,
    iri: &'p str,
    kind: String,
    title: Value,
    maker: Option<Maker>,
    model: Option<Value>,
    serial: Vec<Value>,
    description: Vec<Value>,
    figures: Vec<Figure>,
    safety: Option<Safety>,
    sections: Vec<Section>,
    code: Code,
    zone: String,
    known_caller: bool,
}

/// Who made an item.
struct Maker {
    name: Value,
    country: Vec<Value>,
}

/// What to know before touching an item.
struct Safety {
    texts: Vec<Value>,
    documents: Vec<Document>,
    substances: Vec<Value>,
}

#[derive(Template)]
#[template(path = "missing.html")]
struct MissingPage<'p> {
    frame: Frame<'p>,
    address: String,
    home: Option<String>,
}

#[derive(Template)]
#[template(path = "landing.html")]
struct LandingPage<'p> {
    frame: Frame<'p>,
    did: &'p str,
    home: Option<String>,
}

/// The page of an item as one caller may see it; `None` where there is nothing to see.
///
/// # Errors
/// A fault of the store or of a template.
pub fn item(
    connector: &Connector,
    permit: &Permit,
    iri: &NamedNode,
    language: Language,
    known_caller: bool,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    let view = View::open(&connector.store, permit, now)?;
    let facts = Facts::gather(&view, iri, now)?;
    if facts.is_empty() {
        return Ok(None);
    }
    let reader = Reader::new(&facts, &connector.config, &connector.vocabulary, language);
    let model = reader.model().map(|model| reader.node(model));
    let mut serial = reader.values(iri, schema::SERIAL_NUMBER);
    serial.truncate(1);
    let page = ItemPage {
        frame: Frame::new(&connector.config, language),
        iri: iri.as_str(),
        kind: reader.kind(),
        title: reader.title(),
        maker: reader.maker(),
        model,
        serial,
        description: reader.description(),
        figures: reader.figures(),
        safety: reader.safety(&connector.journal),
        sections: reader.sections(&connector.journal),
        code: Code::of(iri.as_str())?,
        zone: connector.config.time_zone.as_deref().unwrap_or("UTC").replace('_', " "),
        known_caller,
    };
    let broken = |e: askama::Error| Error::Internal(format!("the page of {iri}: {e}"));
    page.render().map(Some).map_err(broken)
}

/// The page at an address where the caller may see nothing: the same whether an item is hidden or missing.
///
/// # Errors
/// A fault of the template.
pub fn missing(config: &Config, address: &str, language: Language) -> Result<String, Error> {
    // A code that was misread may be of any length.
    let address = address.chars().take(200).collect();
    let page = MissingPage {
        frame: Frame::new(config, language),
        address,
        home: home(config.did.as_str()),
    };
    page.render().map_err(|e| Error::Internal(format!("the page of a missing item: {e}")))
}

/// The page at the root of the connector: whose it is, and the ways in.
///
/// # Errors
/// A fault of the template.
pub fn landing(config: &Config, language: Language) -> Result<String, Error> {
    let frame = Frame::new(config, language);
    let did = config.did.as_str();
    let page = LandingPage { frame, did, home: home(did) };
    page.render().map_err(|e| Error::Internal(format!("the page at the root: {e}")))
}

/// The web site of a company, by its DID.
fn home(did: &str) -> Option<String> {
    let domain = did.strip_prefix("did:web:")?.split(':').next()?;
    Some(format!("https://{}", domain.replace("%3A", ":")))
}

impl Reader<'_> {
    fn title(&self) -> Value {
        let item = &self.facts.item;
        self.name(item).unwrap_or_else(|| Value::text(words::last_part(item.as_str())))
    }

    /// The product group and the kind of thing: `Battery · Individual item`.
    fn kind(&self) -> String {
        let group = self.facts.group.as_deref().unwrap_or_default();
        let profile = self.vocabulary.profile(group);
        let group = match profile.map(|profile| profile.words.label(self.language.tag())) {
            Some(label) if !label.is_empty() => label.to_owned(),
            Some(_) | None => words::words_of(group),
        };
        let classes = self.facts.values(&self.facts.item, rdf::TYPE).into_iter();
        let class = classes.filter_map(node).find_map(|class| {
            if *class == schema::INDIVIDUAL_PRODUCT {
                Some(self.words.item.clone())
            } else if *class == schema::PRODUCT_MODEL {
                Some(self.words.model.clone())
            } else {
                words::known_label(class.as_str(), self.vocabulary, self.language)
            }
        });
        let parts = [Some(group), class].into_iter().flatten().map(|part| capitalised(&part));
        let mut parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
        parts.dedup();
        parts.join(" · ")
    }

    /// The maker, by the item or its model.
    fn maker(&self) -> Option<Maker> {
        let item = &self.facts.item;
        let of = |thing| self.facts.link(thing, schema::MANUFACTURER);
        let maker = of(item).or_else(|| of(self.model()?))?;
        let site = self.facts.value(maker, schema::URL).and_then(|url| match url {
            Term::NamedNode(url) => web_address(url.as_str()),
            Term::Literal(url) => web_address(url.value()),
            Term::BlankNode(_) => None,
        });
        let name = self.node(maker);
        let link = site.or_else(|| home(maker.as_str())).or_else(|| name.link.clone());
        let mut country = self.values(maker, schema::ADDRESS_COUNTRY);
        if country.is_empty() && maker.as_str() == self.config.did.as_str() {
            let own = self.config.country.iter();
            country.extend(
                own.map(|code| {
                    Value::text(self.words.countries.get(code).unwrap_or(code).as_str())
                }),
            );
        }
        Some(Maker { name: Value { link, ..name }, country })
    }

    /// The description of the item, else of its model.
    fn description(&self) -> Vec<Value> {
        let own = self.values(&self.facts.item, schema::DESCRIPTION);
        match self.model() {
            Some(model) if own.is_empty() => self.values(model, schema::DESCRIPTION),
            Some(_) | None => own,
        }
    }

    /// What to know before touching a product; nothing for what is none.
    fn safety(&self, journal: &adit_journal::Journal) -> Option<Safety> {
        let item = &self.facts.item;
        let classes = self.facts.values(item, rdf::TYPE).into_iter();
        let is_model = classes.filter_map(node).any(|class| *class == schema::PRODUCT_MODEL);
        let is_product = is_model || self.model().is_some();
        let things = [Some(item), self.model()];
        let things = || things.into_iter().flatten();
        let texts = things()
            .map(|thing| {
                let said = self.facts.values(thing, adit::SAFETY_INSTRUCTIONS).into_iter();
                let texts = said.filter(|value| matches!(value, Term::Literal(_))).collect();
                self.read_all(texts, adit::SAFETY_INSTRUCTIONS)
            })
            .find(|texts| !texts.is_empty());
        let mut documents = self.documents_of_all(adit::SAFETY_INSTRUCTIONS, journal);
        // Whoever reads the page reads the sheet in its language; all are among the documents.
        if documents.iter().any(|document| document.in_language) {
            documents.retain(|document| document.in_language);
        }
        let substances = things()
            .map(|thing| {
                let said = self.facts.values(thing, eudpp::CONTAINS_SUBSTANCE_OF_CONCERN);
                said.into_iter().filter_map(|it| self.substance(node(it)?)).collect::<Vec<_>>()
            })
            .find(|substances| !substances.is_empty());
        is_product.then(|| Safety {
            texts: texts.unwrap_or_default(),
            documents,
            substances: substances.unwrap_or_default(),
        })
    }
}
