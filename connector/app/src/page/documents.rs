//! Documents: what they are, in which language, how large, and where they open.

use super::content::Document;
use super::facts::node;
use super::number::bytes;
use super::reading::{Reader, Value, web_address};
use super::words::capitalised;
use crate::language::Language;
use adit_journal::Journal;
use adit_vocab::{adit, schema};
use oxrdf::{NamedNode, NamedNodeRef, Term};

/// The predicates that lead to documents.
const KINDS: [NamedNodeRef<'static>; 6] = [
    adit::SAFETY_INSTRUCTIONS,
    adit::OPERATING_MANUAL,
    adit::DECLARATION_OF_CONFORMITY,
    adit::DISMANTLING_INSTRUCTIONS,
    adit::TEST_REPORT,
    schema::SUBJECT_OF,
];

/// Whether a predicate leads to documents.
pub(super) fn is_document_kind(predicate: NamedNodeRef<'_>) -> bool {
    KINDS.contains(&predicate)
}

impl Reader<'_> {
    /// The documents that a predicate leads to, those in the page's language first.
    pub(super) fn documents(
        &self,
        thing: &NamedNode,
        kind: NamedNodeRef<'_>,
        of_model: bool,
        journal: &Journal,
    ) -> Vec<Document> {
        let values = self.facts.values(thing, kind).into_iter();
        let mut documents: Vec<_> = values
            .filter_map(|value| self.document(node(value)?, kind, of_model, journal))
            .collect();
        documents.sort_by_key(|document| !document.in_language);
        documents
    }

    fn document(
        &self,
        document: &NamedNode,
        kind: NamedNodeRef<'_>,
        of_model: bool,
        journal: &Journal,
    ) -> Option<Document> {
        let link = match self.facts.value(document, schema::CONTENT_URL) {
            Some(Term::Literal(literal)) => web_address(literal.value()),
            Some(Term::NamedNode(node)) => web_address(node.as_str()),
            Some(Term::BlankNode(_)) | None => web_address(document.as_str()),
        };
        let tag = match self.facts.value(document, schema::IN_LANGUAGE) {
            Some(Term::Literal(literal)) => Some(literal.value()),
            Some(Term::NamedNode(_) | Term::BlankNode(_)) | None => None,
        };
        let media = self.value(document, schema::ENCODING_FORMAT);
        let media = media.map(|it| self.words.media.get(&it.text).cloned().unwrap_or(it.text));
        let language = tag.map(|tag| self.language_name(tag));
        let size = self.value(document, schema::SHA256).and_then(|digest| {
            let size = journal.blob_size(&digest.text.parse().ok()?).ok()?;
            Some(bytes(usize::try_from(size).ok()?, self.language))
        });
        let title = self.value(document, schema::NAME);
        let title = title.unwrap_or_else(|| Value::text(capitalised(&self.label(kind))));
        let lang = tag.filter(|tag| Language::of(tag) != Some(self.language));
        Some(Document {
            title: Value { link: Some(link?), lang: lang.map(str::to_owned), ..title },
            about: [media, language, size].into_iter().flatten().collect(),
            in_language: tag.and_then(Language::of) == Some(self.language),
            of_model,
        })
    }
}
