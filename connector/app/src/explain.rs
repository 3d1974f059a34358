//! The page of each error code: what it means, why it happens, how to mend it.
//!
//! One text, shown by `adit explain CODE` and at `/errors/CODE`. English says all codes; Swedish and
//! Finnish those that a supplier meets first: files, credentials, questions, partners. A test walks the code and
//! holds it and these texts together, both ways.

use crate::help::word;
use crate::language::Language;
use askama::Template;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is said about one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// What the code means, in one sentence.
    pub means: String,
    /// Why it happens.
    pub why: String,
    /// How to mend it.
    pub mend: String,
    /// What it looks like, wrong and mended; written once, in the English file.
    #[serde(default)]
    pub example: String,
}

type Pages = BTreeMap<String, Page>;

static PAGES: LazyLock<[Pages; 3]> = LazyLock::new(|| {
    let read = |text| toml::from_str::<Pages>(text).expect("a test reads the error pages");
    [
        read(include_str!("../strings/errors.en.toml")),
        read(include_str!("../strings/errors.sv.toml")),
        read(include_str!("../strings/errors.fi.toml")),
    ]
});

/// The pages of a language, as they stand in its file.
pub fn pages(language: Language) -> &'static BTreeMap<String, Page> {
    let [en, sv, fi] = &*PAGES;
    match language {
        Language::En => en,
        Language::Sv => sv,
        Language::Fi => fi,
    }
}

/// The page of a code, and the language that it is in: the one asked for, else English.
pub fn page(code: &str, language: Language) -> Option<(Page, Language)> {
    let english = pages(Language::En).get(code)?;
    Some(match pages(language).get(code) {
        Some(page) => {
            let example = ["wrong", "right"].iter().fold(english.example.clone(), |text, name| {
                text.replace(&format!("{name}:"), &format!("{}:", word(name, language)))
            });
            (Page { example, ..page.clone() }, language)
        }
        None => (english.clone(), Language::En),
    })
}

/// The stable name of a code, the `type` of a problem by
/// [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#name-type): equal at every connector, whoever runs it.
///
/// Where this connector tells about it is in the `Link` header of the answer, with the relation `help`.
pub fn iri(code: &str) -> String {
    format!("https://w3id.org/adit/errors#{code}")
}

/// Where a connector tells about a code.
pub fn path(code: &str) -> String {
    format!("/errors/{code}")
}

/// The page for a terminal.
pub fn to_text(code: &str, language: Language) -> Option<String> {
    let (page, language) = page(code, language)?;
    let part = |name, text: &str| format!("\n{}\n  {}\n", word(name, language), indented(text));
    let example = match page.example.as_str() {
        "" => String::new(),
        example => part("example", example),
    };
    Some(format!(
        "{code}: {}\n{}{}{example}",
        page.means,
        part("why", &page.why),
        part("mend", &page.mend)
    ))
}

fn indented(text: &str) -> String {
    text.trim().replace('\n', "\n  ")
}

#[derive(Template)]
#[template(path = "error.html")]
struct Html<'a> {
    language: &'a str,
    title: &'a str,
    means: &'a str,
    parts: Vec<(&'a str, &'a str)>,
    example: Option<(&'a str, &'a str)>,
    all: &'a str,
}

/// The page for a browser.
pub fn to_html(code: &str, language: Language) -> Option<String> {
    let (page, language) = page(code, language)?;
    let html = Html {
        language: language.tag(),
        title: code,
        means: &page.means,
        parts: vec![(word("why", language), &page.why), (word("mend", language), &page.mend)],
        example: (!page.example.is_empty())
            .then(|| (word("example", language), page.example.trim())),
        all: word("all-codes", language),
    };
    html.render().ok()
}

#[derive(Template)]
#[template(path = "errors.html")]
struct HtmlList<'a> {
    language: &'a str,
    title: &'a str,
    codes: Vec<(&'a str, String)>,
}

/// Every code with what it means, for a browser.
pub fn list_to_html(language: Language) -> Option<String> {
    let codes = list(language);
    HtmlList { language: language.tag(), title: word("all-codes", language), codes }.render().ok()
}

/// Every code with what it means.
pub fn list(language: Language) -> Vec<(&'static str, String)> {
    let codes = pages(Language::En).keys();
    codes.filter_map(|code| Some((code.as_str(), page(code, language)?.0.means))).collect()
}
