//! A product profile: what is said about one group of products, read from one Turtle file.

use crate::Tier;
use crate::own::adit;
use crate::reused::sh;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{Graph, NamedNodeRef, NamedOrBlankNodeRef, TermRef};
use oxttl::TurtleParser;
use std::collections::BTreeMap;

/// The languages that the program speaks, the first where a word is missing in another.
pub const LANGUAGES: [&str; 3] = ["en", "sv", "fi"];

/// One thing said in several languages.
///
/// ```
/// let words = adit_vocab::Vocabulary::bundled().words("https://w3id.org/adit/ns#Heat").unwrap();
/// assert_eq!(words.label("fi"), "sulatus");
/// assert_eq!(words.label("de"), "heat");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    labels: BTreeMap<String, String>,
    comments: BTreeMap<String, String>,
}

impl Words {
    /// The name in a language, else in English; empty where there is none.
    pub fn label(&self, language: &str) -> &str {
        spoken(&self.labels, language)
    }

    /// The explanation in a language, else in English; empty where there is none.
    pub fn comment(&self, language: &str) -> &str {
        spoken(&self.comments, language)
    }

    pub(crate) fn of(
        graph: &Graph,
        subject: NamedNodeRef<'_>,
        label: NamedNodeRef<'_>,
        comment: NamedNodeRef<'_>,
    ) -> Self {
        Self { labels: texts(graph, subject, label), comments: texts(graph, subject, comment) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.comments.is_empty()
    }

    fn missing_language(&self) -> Option<&'static str> {
        LANGUAGES.into_iter().find(|language| !self.labels.contains_key(*language))
    }
}

fn spoken<'a>(texts: &'a BTreeMap<String, String>, language: &str) -> &'a str {
    texts.get(language).or_else(|| texts.get(LANGUAGES[0])).map_or("", String::as_str)
}

fn texts(
    graph: &Graph,
    subject: NamedNodeRef<'_>,
    predicate: NamedNodeRef<'_>,
) -> BTreeMap<String, String> {
    let literals = graph.objects_for_subject_predicate(subject, predicate);
    literals
        .filter_map(|object| match object {
            TermRef::Literal(text) => {
                Some((text.language().unwrap_or(LANGUAGES[0]).to_owned(), text.value().to_owned()))
            }
            TermRef::NamedNode(_) | TermRef::BlankNode(_) => None,
        })
        .collect()
}

/// A heading under which fields stand together: [`sh:PropertyGroup`](https://www.w3.org/TR/shacl/#group).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its IRI.
    pub iri: String,
    /// Its heading.
    pub words: Words,
    /// Its place among the sections: the smaller, the earlier.
    pub order: i64,
}

/// One predicate of a product group: a [`sh:PropertyShape`](https://www.w3.org/TR/shacl/#property-shapes) with a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The predicate.
    pub predicate: String,
    /// Whom it is open to.
    pub tier: Tier,
    /// Its name and explanation.
    pub words: Words,
    /// The heading under which it stands.
    pub section: Option<Section>,
    /// Its place in the section: the smaller, the earlier.
    pub order: i64,
}

/// What one file says about one product group.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The profile's IRI.
    pub iri: String,
    /// The product group, as it stands in the IRIs of rooms; `None` for what holds for every group.
    pub group: Option<String>,
    /// Its name.
    pub words: Words,
    /// The IRI of the profile that it adds to.
    pub extends: Option<String>,
    /// Its version.
    pub version: String,
    /// Its own fields, without those of the profile it adds to.
    pub fields: Vec<Field>,
    /// The file, with its shapes.
    pub turtle: String,
}

/// Why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("profile {file}: {cause}")]
pub struct ProfileError {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub cause: ProfileCause,
}

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileCause {
    /// Not Turtle.
    #[error("{0}")]
    Syntax(String),
    /// No resource of the type, or several.
    #[error("it has {0} resources of type adit:Profile; give it exactly one")]
    Profiles(usize),
    /// A group that cannot stand in the IRI of a room.
    #[error("adit:profileOf '{0}' is not lower-case letters, digits and hyphens")]
    Group(String),
    /// A field whose tier is unknown.
    #[error(
        "the field {field} has the tier '{got}'; write one of adit:tier-public, adit:tier-legitimateInterest, adit:tier-authority, adit:tier-partner, adit:tier-research, adit:tier-owner"
    )]
    Tier {
        /// The field.
        field: String,
        /// What stands there.
        got: String,
    },
    /// A field without a predicate.
    #[error("the field {0} has a tier but no sh:path that is one predicate")]
    Path(String),
    /// A field that cannot be shown in a language.
    #[error("the field {field} has no sh:name in '{language}'")]
    Name {
        /// The field.
        field: String,
        /// The language.
        language: &'static str,
    },
    /// It adds to a profile that is not there.
    #[error("it extends {0}, which is neither bundled nor in the folder")]
    Extends(String),
    /// Two files of the folder for one group.
    #[error("the group '{group}' has a profile in {other} already")]
    Taken {
        /// The group.
        group: String,
        /// The other file.
        other: String,
    },
}

impl Profile {
    pub(crate) fn read(turtle: &str) -> Result<Self, ProfileCause> {
        let graph: Graph = TurtleParser::new()
            .for_slice(turtle)
            .collect::<Result<_, _>>()
            .map_err(|e| ProfileCause::Syntax(e.to_string()))?;
        let found: Vec<_> = named(graph.subjects_for_predicate_object(rdf::TYPE, adit::PROFILE));
        let [subject] = found[..] else { return Err(ProfileCause::Profiles(found.len())) };
        let text = |predicate| match graph.object_for_subject_predicate(subject, predicate) {
            Some(TermRef::Literal(literal)) => Some(literal.value().to_owned()),
            Some(TermRef::NamedNode(node)) => Some(node.as_str().to_owned()),
            Some(TermRef::BlankNode(_)) | None => None,
        };
        let group = text(adit::PROFILE_OF);
        if let Some(group) = group.as_ref().filter(|group| !crate::is_group(group)) {
            return Err(ProfileCause::Group(group.clone()));
        }
        let shapes = named(graph.triples_for_predicate(adit::TIER_OF).map(|triple| triple.subject));
        let fields = shapes.into_iter().map(|shape| field(&graph, shape));
        Ok(Self {
            iri: subject.as_str().to_owned(),
            group,
            words: Words::of(&graph, subject, rdfs::LABEL, rdfs::COMMENT),
            extends: text(adit::EXTENDS),
            version: text(NamedNodeRef::new_unchecked("http://www.w3.org/2002/07/owl#versionInfo"))
                .unwrap_or_default(),
            fields: fields.collect::<Result<_, _>>()?,
            turtle: turtle.to_owned(),
        })
    }
}

fn named<'a>(subjects: impl Iterator<Item = NamedOrBlankNodeRef<'a>>) -> Vec<NamedNodeRef<'a>> {
    let mut named: Vec<_> = subjects
        .filter_map(|subject| match subject {
            NamedOrBlankNodeRef::NamedNode(node) => Some(node),
            NamedOrBlankNodeRef::BlankNode(_) => None,
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    named
}

fn field(graph: &Graph, shape: NamedNodeRef<'_>) -> Result<Field, ProfileCause> {
    let name = || crate::shorten(shape.as_str());
    let link = |predicate| match graph.object_for_subject_predicate(shape, predicate) {
        Some(TermRef::NamedNode(node)) => Some(node),
        Some(TermRef::BlankNode(_) | TermRef::Literal(_)) | None => None,
    };
    let got = link(adit::TIER_OF).map(|tier| crate::shorten(tier.as_str())).unwrap_or_default();
    let tier = got
        .strip_prefix("adit:tier-")
        .and_then(|tier| tier.parse().ok())
        .ok_or_else(|| ProfileCause::Tier { field: name(), got: got.clone() })?;
    let predicate = link(sh::PATH).ok_or_else(|| ProfileCause::Path(name()))?.as_str().to_owned();
    let words = Words::of(graph, shape, sh::NAME, sh::DESCRIPTION);
    if let Some(language) = words.missing_language() {
        return Err(ProfileCause::Name { field: name(), language });
    }
    let section = link(sh::GROUP).map(|iri| Section {
        iri: iri.as_str().to_owned(),
        words: Words::of(graph, iri, rdfs::LABEL, rdfs::COMMENT),
        order: order(graph, iri),
    });
    Ok(Field { predicate, tier, words, section, order: order(graph, shape) })
}

/// What says no order stands last.
fn order(graph: &Graph, subject: NamedNodeRef<'_>) -> i64 {
    match graph.object_for_subject_predicate(subject, sh::ORDER) {
        Some(TermRef::Literal(number)) => number.value().parse().unwrap_or(i64::MAX),
        Some(TermRef::NamedNode(_) | TermRef::BlankNode(_)) | None => i64::MAX,
    }
}
