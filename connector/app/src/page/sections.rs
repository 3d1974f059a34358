//! The order of a page: the sections and fields of the product group's profile, then what the profile does not name.

use super::content::{Card, Content, Document, Field, Figure, Section};
use super::documents::is_document_kind;
use super::facts::node;
use super::reading::{Reader, Value};
use super::words::{self, capitalised};
use adit_journal::Journal;
use adit_vocab::{adit, gs1, is_derived, schema};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, Term};
use std::collections::BTreeSet;

/// The most figures on the first screen of a phone.
const FIGURES_MAX: usize = 6;

/// What the head of the page tells, and no section again.
const IN_HEAD: [NamedNodeRef<'static>; 6] = [
    rdf::TYPE,
    schema::NAME,
    schema::MODEL,
    schema::MANUFACTURER,
    schema::SERIAL_NUMBER,
    schema::DESCRIPTION,
];

impl Reader<'_> {
    /// The name of a predicate: by the profile of the group, else by the vocabulary, else by itself.
    pub(super) fn label(&self, predicate: NamedNodeRef<'_>) -> String {
        let field = self.profile.iter().find(|field| field.predicate == predicate.as_str());
        let named = field.map(|field| field.words.label(self.language.tag()).to_owned());
        named.unwrap_or_else(|| words::label(predicate.as_str(), self.vocabulary, self.language))
    }

    /// The sections of the profile that have something to tell, and one for the rest.
    pub(super) fn sections(&self, journal: &Journal) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        let mut told: BTreeSet<String> = BTreeSet::new();
        for field in &self.profile {
            let predicate = NamedNodeRef::new_unchecked(&field.predicate);
            told.insert(field.predicate.clone());
            let Some(section) = &field.section else { continue };
            let name = capitalised(field.words.label(self.language.tag()));
            let about = field.words.comment(self.language.tag()).to_owned();
            let Some(content) = self.field(predicate, name, Some(about), journal) else { continue };
            let id = words::last_part(&section.iri).trim_end_matches("Group");
            if sections.last().is_none_or(|last| last.id != id) {
                let heading = section.words.label(self.language.tag()).to_owned();
                sections.push(Section { id: id.to_owned(), heading, about: None, fields: vec![] });
            }
            sections.last_mut().expect("one was just pushed").fields.push(content);
        }
        sections.extend(self.measurements());
        sections.extend(self.places());
        sections.extend(self.rest(&told, journal));
        sections
    }

    /// What the profile does not name.
    fn rest(&self, told: &BTreeSet<String>, journal: &Journal) -> Option<Section> {
        let mut named = told.clone();
        let mut fields = Vec::new();
        for thing in self.things() {
            for (predicate, _) in self.facts.said(thing) {
                let is_model = *thing != self.facts.item;
                if is_derived(predicate.as_str()) || (is_model && *predicate == schema::MPN) {
                    continue;
                }
                if named.insert(predicate.as_str().to_owned()) {
                    let name = capitalised(&self.label(predicate.as_ref()));
                    let about = words::about(predicate.as_str(), self.vocabulary, self.language);
                    fields.extend(self.field(predicate.as_ref(), name, about, journal));
                }
            }
        }
        let heading = self.words.more.clone();
        (!fields.is_empty()).then(|| Section { id: "more".into(), heading, about: None, fields })
    }

    /// The item, then its model.
    fn things(&self) -> impl Iterator<Item = &NamedNode> {
        [Some(&self.facts.item), self.model()].into_iter().flatten()
    }

    /// The model of the item.
    pub(super) fn model(&self) -> Option<&NamedNode> {
        self.facts.link(&self.facts.item, schema::MODEL)
    }

    /// Who says something by a predicate: the item, or its model where the item is silent, or its passport.
    fn source(&self, predicate: NamedNodeRef<'_>) -> Option<&NamedNode> {
        let passport = self.facts.link(&self.facts.item, gs1::DPP);
        let says = |thing: &&NamedNode| self.facts.value(thing, predicate).is_some();
        self.things().chain(passport).find(says)
    }

    fn field(
        &self,
        predicate: NamedNodeRef<'_>,
        label: String,
        about: Option<String>,
        journal: &Journal,
    ) -> Option<Field> {
        if IN_HEAD.contains(&predicate) {
            return None;
        }
        let source = self.source(predicate)?;
        let of_model = self.model() == Some(source);
        let values = self.facts.values(source, predicate);
        let content = if is_document_kind(predicate) {
            Content::Documents(self.documents_of_all(predicate, journal))
        } else {
            self.content(predicate, values)
        };
        let about = about.filter(|about| !about.is_empty());
        let field = Field { label, about, content, of_model };
        (!field.is_empty()).then_some(field)
    }

    fn content(&self, predicate: NamedNodeRef<'_>, values: Vec<&Term>) -> Content {
        let nodes: Vec<&NamedNode> = values.iter().copied().filter_map(node).collect();
        if let Some(known) = self.known_records(predicate, &nodes) {
            return known;
        }
        if values.iter().any(|value| self.is_record(value)) {
            let cards = nodes.iter().map(|node| self.record(node));
            return Content::Cards(cards.filter(|card| !card.rows.is_empty()).collect());
        }
        Content::Values(self.read_all(values, predicate))
    }

    /// The documents of the item and of its model: here the two add up.
    pub(super) fn documents_of_all(
        &self,
        kind: NamedNodeRef<'_>,
        journal: &Journal,
    ) -> Vec<Document> {
        let mut documents: Vec<Document> = Vec::new();
        for thing in self.things() {
            for document in self.documents(thing, kind, *thing != self.facts.item, journal) {
                if !documents.iter().any(|known| known.title.link == document.title.link) {
                    documents.push(document);
                }
            }
        }
        documents
    }

    /// What was measured on the item, each with its day.
    fn measurements(&self) -> Option<Section> {
        let words = self.words;
        let fields: Vec<_> =
            self.measured()
                .into_iter()
                .map(|(property, result, at)| {
                    let mut rows = vec![Value::text(result)];
                    rows.extend(at.map(|at| Value {
                        text: format!("{}: {}", words.measured_on, at.text),
                        ..at
                    }));
                    Field {
                        label: capitalised(&self.label(property.as_ref())),
                        about: words::about(property.as_str(), self.vocabulary, self.language),
                        content: Content::Values(rows),
                        of_model: false,
                    }
                })
                .collect();
        let (heading, about) = (words.measured.clone(), Some(words.measured_about.clone()));
        (!fields.is_empty()).then(|| Section { id: "measured".into(), heading, about, fields })
    }

    /// The figures of the first screen: how well it is now, then those of the profile in its order.
    ///
    /// Where they are too many, the records (footprints, recycled content) have half of the places.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut plain: Vec<Figure> = self.health().into_iter().collect();
        let mut records = Vec::new();
        for field in &self.profile {
            let predicate = NamedNodeRef::new_unchecked(&field.predicate);
            let Some(source) = self.source(predicate) else { continue };
            let of_model = self.model() == Some(source);
            for value in self.facts.values(source, predicate) {
                let Some(mut figure) =
                    node(value).and_then(|it| self.headline(predicate, it, of_model))
                else {
                    continue;
                };
                if figure.label.is_empty() {
                    figure.label = capitalised(field.words.label(self.language.tag()));
                    plain.push(figure);
                } else {
                    records.push(figure);
                }
            }
        }
        records.truncate(FIGURES_MAX - plain.len().min(FIGURES_MAX / 2));
        plain.truncate(FIGURES_MAX - records.len());
        plain.extend(records);
        plain
    }

    fn health(&self) -> Option<Figure> {
        let mut measured = self.measured().into_iter();
        let (property, value, at) = measured.find(|(it, _, _)| *it == adit::STATE_OF_HEALTH)?;
        let notes = at.map(|at| at.text).into_iter().collect();
        let label = capitalised(&self.label(property.as_ref()));
        Some(Figure { label, value, notes, of_model: false })
    }
}

impl Field {
    /// Whether it tells nothing.
    pub(super) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Values(values) => values.is_empty(),
            Content::Cards(cards) => cards.is_empty(),
            Content::Table(table) => table.rows.is_empty() && !table.more,
            Content::Documents(documents) => documents.is_empty(),
        }
    }

    /// Whether it is a word or some, to stand beside its name.
    pub(super) fn is_brief(&self) -> bool {
        matches!(self.content, Content::Values(_))
    }

    /// Whether several cards tell figures that must not be added.
    pub(super) fn has_several_methods(&self) -> bool {
        let figures = |cards: &[Card]| cards.iter().filter(|card| card.figure.is_some()).count();
        matches!(&self.content, Content::Cards(cards) if figures(cards) > 1)
    }
}
