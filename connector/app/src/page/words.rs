//! The words of a page: the fixed ones from `strings/`, and the names of terms from the vocabulary.

use crate::language::Language;
use adit_vocab::{Vocabulary, shorten};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The fixed words of one language, by where they stand on the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) skip: String,
    pub(super) languages: String,
    pub(super) company_says: String,
    pub(super) model: String,
    pub(super) item: String,
    pub(super) maker: String,
    pub(super) serial: String,
    pub(super) main_figures: String,
    pub(super) from_model: String,
    pub(super) model_mark: String,
    pub(super) safety: String,
    pub(super) safety_read: String,
    pub(super) safety_substances: String,
    pub(super) safety_none: String,
    pub(super) yes: String,
    pub(super) no: String,
    pub(super) and_more: String,
    pub(super) unnamed: String,
    pub(super) measured: String,
    pub(super) measured_on: String,
    pub(super) measured_about: String,
    pub(super) place: String,
    pub(super) part_of: String,
    pub(super) located_at: String,
    pub(super) owned_by: String,
    pub(super) parts: String,
    pub(super) parts_about: String,
    pub(super) part: String,
    pub(super) position: String,
    pub(super) history: String,
    pub(super) history_about: String,
    pub(super) since: String,
    pub(super) until: String,
    pub(super) now: String,
    pub(super) more: String,
    pub(super) code: String,
    pub(super) code_about: String,
    pub(super) code_label: String,
    pub(super) material: String,
    pub(super) share_of_mass: String,
    pub(super) critical: String,
    pub(super) concentration: String,
    pub(super) location: String,
    pub(super) not_told: String,
    pub(super) method: String,
    pub(super) methods_apart: String,
    pub(super) per: String,
    pub(super) piece: String,
    pub(super) with_biogenic: String,
    pub(super) boundary: String,
    pub(super) reference_period: String,
    pub(super) assurance: String,
    pub(super) primary_data: String,
    pub(super) mass_per_unit: String,
    pub(super) by_stage: String,
    pub(super) footprint: String,
    pub(super) recycled: String,
    pub(super) recycled_before: String,
    pub(super) recycled_after: String,
    pub(super) recycled_of: String,
    pub(super) footer_public: String,
    pub(super) footer_known: String,
    pub(super) footer_times: String,
    pub(super) footer_data: String,
    pub(super) missing_title: String,
    pub(super) missing_read: String,
    pub(super) missing_about: String,
    pub(super) missing_steps: String,
    pub(super) missing_check: String,
    pub(super) missing_scan: String,
    pub(super) missing_ask: String,
    pub(super) missing_known: String,
    pub(super) landing_about: String,
    pub(super) landing_ways: String,
    pub(super) landing_item: String,
    pub(super) landing_sparql: String,
    pub(super) landing_openapi: String,
    pub(super) landing_errors: String,
    /// As they stand in a date.
    pub(super) months: [String; 12],
    /// As they stand without a day.
    pub(super) months_alone: [String; 12],
    pub(super) spans: Spans,
    /// Units that are words, by prefixed name.
    pub(super) units: BTreeMap<String, String>,
    /// By media type.
    pub(super) media: BTreeMap<String, String>,
    /// What stands for itself in a passport, by code.
    pub(super) codes: BTreeMap<String, String>,
    /// By language tag.
    pub(super) languages_of: BTreeMap<String, String>,
    /// Label and explanation, by prefixed name.
    pub(super) terms: BTreeMap<String, (String, String)>,
    /// By ISO 3166-1 alpha-2 code.
    pub(super) countries: BTreeMap<String, String>,
}

/// One and many of each span of time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spans {
    pub(super) year: [String; 2],
    pub(super) month: [String; 2],
    pub(super) week: [String; 2],
    pub(super) day: [String; 2],
    pub(super) hour: [String; 2],
    pub(super) minute: [String; 2],
    pub(super) second: [String; 2],
}

static ENGLISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("../../strings/en.toml")));
static SWEDISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("../../strings/sv.toml")));
static FINNISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("../../strings/fi.toml")));

fn read(text: &str) -> Words {
    toml::from_str(text).expect("the strings are part of the program and a test reads them")
}

impl Words {
    /// The words of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &ENGLISH,
            Language::Sv => &SWEDISH,
            Language::Fi => &FINNISH,
        }
    }
}

/// The label of a term as the vocabulary or the page's own strings have it.
pub(super) fn known_label(
    iri: &str,
    vocabulary: &Vocabulary,
    language: Language,
) -> Option<String> {
    let label = vocabulary.words(iri).map_or("", |words| words.label(language.tag()));
    if !label.is_empty() {
        return Some(label.to_owned());
    }
    Some(Words::of(language).terms.get(&shorten(iri))?.0.clone())
}

/// The name of a term as a person reads it: its label, else its local name in words.
pub(super) fn label(iri: &str, vocabulary: &Vocabulary, language: Language) -> String {
    known_label(iri, vocabulary, language).unwrap_or_else(|| words_of(last_part(iri)))
}

/// One sentence about a term in the language, where there is one.
pub(super) fn about(iri: &str, vocabulary: &Vocabulary, language: Language) -> Option<String> {
    let own = Words::of(language).terms.get(&shorten(iri)).map(|(_, about)| about.clone());
    // The vocabulary explains its terms in English alone.
    let told = || match language {
        Language::En => Some(vocabulary.words(iri)?.comment("en").to_owned()),
        Language::Sv | Language::Fi => None,
    };
    own.or_else(told).filter(|about| !about.is_empty())
}

/// The words of a name that was written as one: `warrantyPeriod`, `machined-part`.
pub(super) fn words_of(name: &str) -> String {
    let mut words = String::new();
    for c in name.chars() {
        if c.is_uppercase() && words.ends_with(|before: char| before.is_lowercase()) {
            words.push(' ');
        }
        words.extend(if c == '-' || c == '_' { ' '.to_lowercase() } else { c.to_lowercase() });
    }
    words
}

/// With a capital letter at the start.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What comes after the last separator of an IRI.
pub(super) fn last_part(iri: &str) -> &str {
    iri.rsplit(['/', '#', ':']).next().unwrap_or(iri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_languages_say_the_same_things() {
        let [english, swedish, finnish] = Language::ALL.map(Words::of);
        for other in [swedish, finnish] {
            assert!(other.terms.keys().eq(english.terms.keys()));
            assert!(other.countries.keys().eq(english.countries.keys()));
            assert!(other.units.keys().eq(english.units.keys()));
            assert!(other.media.keys().eq(english.media.keys()));
            assert!(other.codes.keys().eq(english.codes.keys()));
            assert!(other.languages_of.keys().eq(english.languages_of.keys()));
            for (term, (_, about)) in &other.terms {
                assert_eq!(about.is_empty(), english.terms[term].1.is_empty(), "{term}");
            }
        }
    }

    #[test]
    fn a_term_has_a_name_in_every_language() {
        for (iri, expected) in [
            (
                "https://w3id.org/adit/ns#ratedCapacity",
                ["rated capacity", "märkkapacitet", "nimelliskapasiteetti"],
            ),
            ("https://schema.org/weight", ["mass", "massa", "massa"]),
            ("https://a.example/ns#burstPressure", ["burst pressure"; 3]),
        ] {
            assert_eq!(
                Language::ALL.map(|language| label(iri, Vocabulary::bundled(), language)),
                expected.map(str::to_owned)
            );
        }
    }
}
