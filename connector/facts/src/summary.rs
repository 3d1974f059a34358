//! What a view could answer: prefixes and predicates, never counts.

use crate::key::{Key, Pattern};
use crate::term::{TermId, read_iri};
use crate::{Fault, View};
use oxrdf::{NamedNodeRef, TermRef};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// For each stored predicate, the prefixes of the identifiers it connects, over what one caller may see.
///
/// If the summary has no entry that fits a pattern, the caller can see no quad that matches it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// By predicate IRI.
    pub predicates: BTreeMap<String, Prefixes>,
}

/// The prefixes on both ends of one predicate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prefixes {
    /// Prefixes of subjects.
    pub subjects: BTreeSet<String>,
    /// Prefixes of objects that are IRIs.
    pub objects: BTreeSet<String>,
    /// Whether some object is a literal.
    pub literals: bool,
}

impl Summary {
    /// Notes that the view has a quad with these ends.
    pub fn note(&mut self, subject: &str, predicate: &str, object: TermRef<'_>) {
        if !self.predicates.contains_key(predicate) {
            self.predicates.insert(predicate.to_owned(), Prefixes::default());
        }
        let Some(prefixes) = self.predicates.get_mut(predicate) else { return };
        note(&mut prefixes.subjects, subject);
        match object {
            TermRef::NamedNode(node) => note(&mut prefixes.objects, node.as_str()),
            TermRef::BlankNode(_) | TermRef::Literal(_) => prefixes.literals = true,
        }
    }

    /// Whether a quad with this subject and predicate can be there; `None` is any predicate.
    pub fn may_have_subject(&self, subject: NamedNodeRef<'_>, predicate: Option<&str>) -> bool {
        self.any(predicate, |prefixes| prefixes.subjects.contains(prefix(subject.as_str())))
    }

    /// Whether a quad with this object and predicate can be there; `None` is any predicate.
    pub fn may_have_object(&self, object: TermRef<'_>, predicate: Option<&str>) -> bool {
        self.any(predicate, |prefixes| match object {
            TermRef::NamedNode(node) => prefixes.objects.contains(prefix(node.as_str())),
            TermRef::BlankNode(_) | TermRef::Literal(_) => prefixes.literals,
        })
    }

    fn any(&self, predicate: Option<&str>, fits: impl Fn(&Prefixes) -> bool) -> bool {
        match predicate {
            Some(predicate) => self.predicates.get(predicate).is_some_and(fits),
            None => self.predicates.values().any(fits),
        }
    }
}

fn note(prefixes: &mut BTreeSet<String>, iri: &str) {
    if !prefixes.contains(prefix(iri)) {
        prefixes.insert(prefix(iri).to_owned());
    }
}

impl View {
    /// What this view could answer from stored quads: for each visible predicate the prefixes at both ends.
    ///
    /// It reads the whole index once; keep the result for what is [shown](View::shown), not for each who sees it.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn summary(&self) -> Result<Summary, Fault> {
        let mut summary = Summary::default();
        for predicate in self.catalogue().predicates(self.sight()) {
            let mut prefixes = Prefixes::default();
            let pattern = Pattern { predicate: Some(predicate), ..Pattern::default() };
            let (mut subjects, mut object) = (Vec::new(), None);
            for key in self.scan(&pattern, self.everywhere())?.into_iter().flatten() {
                let key: Key = key?;
                subjects.push(key.subject);
                // Equal objects are neighbours in this order.
                if object.replace(key.object) != Some(key.object) {
                    self.note_object(key.object, &mut prefixes)?;
                }
            }
            subjects.sort_unstable();
            subjects.dedup();
            for subject in subjects {
                note(&mut prefixes.subjects, self.iri(subject)?);
            }
            summary.predicates.insert(self.iri(predicate)?.to_owned(), prefixes);
        }
        Ok(summary)
    }

    /// The names of the visible rooms in which something is visible.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn rooms(&self) -> Result<Vec<String>, Fault> {
        let occupied = self.sight().occupied.iter();
        occupied.map(|room| Ok(self.iri(self.catalogue().room_term(*room)?)?.to_owned())).collect()
    }

    fn note_object(&self, object: TermId, prefixes: &mut Prefixes) -> Result<(), Fault> {
        let iri = match object.number() {
            Some(number) => read_iri(self.bytes(number)?),
            None => None,
        };
        match iri {
            Some(iri) => note(&mut prefixes.objects, iri),
            None => prefixes.literals = true,
        }
        Ok(())
    }

    pub(crate) fn iri(&self, number: u32) -> Result<&str, Fault> {
        read_iri(self.bytes(number)?).ok_or(Fault::Damaged("a subject or predicate is not an IRI"))
    }
}

/// The prefix under which an identifier is published: everything up to its last `/`, `#` or `:`; a DID whole.
///
/// Items are many and their serials are nobody's business; organisations are few, and a prefix that all of them share
/// would have every company asked about each.
///
/// ```
/// assert_eq!(adit_facts::prefix("https://id.mill.example/heat/H4711"), "https://id.mill.example/heat/");
/// assert_eq!(adit_facts::prefix("did:web:mill.example"), "did:web:mill.example");
/// assert_eq!(adit_facts::prefix("did:web:mill.example#key-1"), "did:web:mill.example#");
/// ```
pub fn prefix(iri: &str) -> &str {
    let ends: &[char] = if iri.starts_with("did:") { &['#'] } else { &['/', '#', ':'] };
    match iri.rfind(ends) {
        Some(end) => &iri[..=end],
        None => iri,
    }
}
