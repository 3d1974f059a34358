//! Values as a person reads them: a quantity with its unit, a term by its name, a day without its hours.

use super::date;
use super::facts::{Facts, instant, node};
use super::number::number;
use super::unit::with_unit;
use super::words::{Words, known_label, last_part};
use crate::config::Config;
use crate::language::Language;
use adit_vocab::{Field, Vocabulary, eudpp, qudt, schema, skos};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use oxrdf::vocab::{rdfs, xsd};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term};

/// One value on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// What is read.
    pub(super) text: String,
    /// Its language, where that is not the page's.
    pub(super) lang: Option<String>,
    /// Where it leads.
    pub(super) link: Option<String>,
    /// The date or time for machines.
    pub(super) datetime: Option<String>,
}

impl Value {
    /// A bare text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    fn linked(mut self, link: Option<String>) -> Self {
        self.link = link;
        self
    }
}

/// Reads the facts of one page in one language.
pub(super) struct Reader<'r> {
    pub(super) facts: &'r Facts,
    pub(super) config: &'r Config,
    pub(super) vocabulary: &'r Vocabulary,
    pub(super) language: Language,
    pub(super) words: &'static Words,
    /// The fields of the item's product group, in order.
    pub(super) profile: Vec<Field>,
    zone: TimeZone,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        facts: &'r Facts,
        config: &'r Config,
        vocabulary: &'r Vocabulary,
        language: Language,
    ) -> Self {
        let zone = config.time_zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
        Self {
            facts,
            config,
            vocabulary,
            language,
            words: Words::of(language),
            profile: vocabulary.fields(facts.group.as_deref().unwrap_or_default()),
            zone: zone.unwrap_or(TimeZone::UTC),
        }
    }

    /// The values of a predicate, each text once; of texts in several languages the best one alone.
    pub(super) fn values(&self, thing: &NamedNode, predicate: NamedNodeRef<'_>) -> Vec<Value> {
        self.read_all(self.facts.values(thing, predicate), predicate)
    }

    /// The same for values at hand.
    pub(super) fn read_all(&self, values: Vec<&Term>, predicate: NamedNodeRef<'_>) -> Vec<Value> {
        let mut read: Vec<Value> = Vec::new();
        for value in self.in_best_language(values) {
            let value = self.read(value, predicate);
            if !value.text.is_empty() && !read.contains(&value) {
                read.push(value);
            }
        }
        read
    }

    /// The first value of a predicate.
    pub(super) fn value(&self, thing: &NamedNode, predicate: NamedNodeRef<'_>) -> Option<Value> {
        self.values(thing, predicate).into_iter().next()
    }

    /// Where texts say the same in several languages: that of the page, else English, else the first.
    fn in_best_language<'t>(&self, values: Vec<&'t Term>) -> Vec<&'t Term> {
        let has = |language: Language| {
            values.iter().any(|value| tag_of(value).and_then(Language::of) == Some(language))
        };
        let best = [self.language, Language::En].into_iter().find(|language| has(*language));
        let first = values.iter().find_map(|value| tag_of(value));
        let fits = |value: &&Term| match tag_of(value) {
            None => true,
            Some(tag) if best.is_some() => Language::of(tag) == best,
            Some(tag) => Some(tag) == first,
        };
        values.iter().copied().filter(fits).collect()
    }

    fn read(&self, value: &Term, predicate: NamedNodeRef<'_>) -> Value {
        match value {
            Term::Literal(literal) => self.literal(literal, predicate),
            Term::NamedNode(node) => self.node(node),
            Term::BlankNode(_) => Value::default(),
        }
    }

    fn literal(&self, literal: &Literal, predicate: NamedNodeRef<'_>) -> Value {
        let (text, language) = (literal.value(), self.language);
        if let Some(tag) = literal.language() {
            let lang = (Language::of(tag) != Some(language)).then(|| tag.to_owned());
            return Value { lang, ..Value::text(text) };
        }
        let countries = [
            schema::ADDRESS_COUNTRY,
            schema::COUNTRY_OF_ASSEMBLY,
            adit_vocab::adit::COUNTRY_OF_USE,
        ];
        if countries.contains(&predicate) {
            return Value::text(self.words.countries.get(text).map_or(text, String::as_str));
        }
        if [eudpp::GRANULARITY, eudpp::DPP_STATUS].contains(&predicate) {
            let said = self.words.codes.get(text).map_or(text, String::as_str);
            return Value::text(super::words::capitalised(said));
        }
        if predicate == schema::IN_LANGUAGE {
            return Value::text(self.language_name(text));
        }
        match literal.datatype() {
            xsd::DATE_TIME => self.timed(
                text,
                instant(&literal.clone().into()).map(|at| date::instant(at, &self.zone, language)),
            ),
            xsd::DATE => {
                let day = text.get(..10).and_then(|day| day.parse::<Date>().ok());
                self.timed(text, day.map(|day| date::day(day, language)))
            }
            xsd::G_YEAR_MONTH => self.timed(text, date::month(text, language)),
            xsd::DURATION | xsd::DAY_TIME_DURATION | xsd::YEAR_MONTH_DURATION => {
                Value::text(date::span(text, language).unwrap_or_else(|| text.to_owned()))
            }
            xsd::BOOLEAN => Value::text(match text {
                "true" | "1" => &self.words.yes,
                _ => &self.words.no,
            }),
            xsd::DECIMAL | xsd::DOUBLE | xsd::FLOAT | xsd::INTEGER | xsd::INT | xsd::LONG => {
                Value::text(number(text, language))
            }
            _ => Value::text(text).linked(web_address(text)),
        }
    }

    fn timed(&self, text: &str, told: Option<String>) -> Value {
        match told {
            Some(told) => Value { datetime: Some(text.to_owned()), ..Value::text(told) },
            None => Value::text(text),
        }
    }

    /// A node: a quantity, a company, a term of the vocabulary, or a thing with a page of its own.
    pub(super) fn node(&self, node: &NamedNode) -> Value {
        if let Some(quantity) = self.quantity(node) {
            return Value::text(quantity);
        }
        if let Some(label) = known_label(node.as_str(), self.vocabulary, self.language) {
            return Value::text(super::words::capitalised(&label));
        }
        let link = web_address(node.as_str());
        if let Some(name) = self.name(node) {
            return name.linked(link);
        }
        if node.as_str().starts_with(super::unit::NAMESPACE) {
            return Value::text(super::unit::symbol(node.as_str(), self.language));
        }
        let domain = node.as_str().strip_prefix("did:web:");
        let short = domain.map_or_else(|| short_address(node.as_str()), str::to_owned);
        Value::text(short).linked(link)
    }

    /// A number with its unit, where the node is a quantity.
    pub(super) fn quantity(&self, node: &NamedNode) -> Option<String> {
        let Some(Term::Literal(value)) = self.facts.value(node, qudt::NUMERIC_VALUE) else {
            return None;
        };
        let written = number(value.value(), self.language);
        let unit = self.facts.link(node, qudt::UNIT);
        Some(unit.map_or(written.clone(), |unit| with_unit(&written, unit.as_str(), self.language)))
    }

    /// What a thing is called, where anything visible says so.
    pub(super) fn name(&self, thing: &NamedNode) -> Option<Value> {
        if thing.as_str() == self.config.did.as_str() {
            return Some(Value::text(&*self.config.name));
        }
        let names = [schema::NAME, schema::LEGAL_NAME, rdfs::LABEL, skos::NOTATION];
        names.into_iter().find_map(|predicate| self.value(thing, predicate))
    }

    /// A language by its name in the page's language.
    pub(super) fn language_name(&self, tag: &str) -> String {
        let primary = tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        self.words.languages_of.get(&primary).cloned().unwrap_or_else(|| tag.to_owned())
    }

    /// Whether a node is a record of several facts, without a name or page of its own.
    pub(super) fn is_record(&self, value: &Term) -> bool {
        node(value).is_some_and(|node| {
            let said = self.facts.said(node);
            !said.is_empty()
                && self.quantity(node).is_none()
                && self.name(node).is_none()
                && known_label(node.as_str(), self.vocabulary, self.language).is_none()
        })
    }
}

fn tag_of(value: &Term) -> Option<&str> {
    match value {
        Term::Literal(literal) => literal.language(),
        Term::NamedNode(_) | Term::BlankNode(_) => None,
    }
}

/// The address, where a browser can go there safely.
pub(super) fn web_address(iri: &str) -> Option<String> {
    iri.starts_with("https://").then(|| iri.to_owned())
}

/// An address without what everybody knows of it: host and path, or the last part of a name.
fn short_address(iri: &str) -> String {
    match iri.strip_prefix("https://") {
        Some(rest) => rest.to_owned(),
        None => last_part(iri).to_owned(),
    }
}
