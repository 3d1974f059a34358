//! The languages that the program speaks to people.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// English, Swedish or Finnish.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Svenska.
    Sv,
    /// Suomi.
    Fi,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::En, Self::Sv, Self::Fi];

    /// The tag by [RFC 5646](https://www.rfc-editor.org/rfc/rfc5646#section-2.2.1), such as `sv`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sv => "sv",
            Self::Fi => "fi",
        }
    }

    /// The language of a tag or a locale, such as `sv`, `fi-FI` or `sv_SE.UTF-8`.
    ///
    /// ```
    /// use adit::language::Language;
    /// assert_eq!(Language::of("sv_FI.UTF-8"), Some(Language::Sv));
    /// assert_eq!(Language::of("C.UTF-8"), None);
    /// ```
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The language that an `Accept-Language` header wants most; English if none of ours is in it.
    ///
    /// Implements [RFC 9110, Accept-Language](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4).
    ///
    /// ```
    /// use adit::language::Language;
    /// assert_eq!(Language::accepted(Some("de, fi;q=0.7, sv;q=0.9")), Language::Sv);
    /// ```
    pub fn accepted(header: Option<&str>) -> Self {
        let mut best = (0.0, Self::En);
        for range in header.unwrap_or_default().split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse().ok());
            let language = if tag.trim() == "*" { Some(Self::En) } else { Self::of(tag.trim()) };
            if let (Some(language), Some(weight)) = (language, weight)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }
}

/// The value of a global option on a command line that is not parsed yet: `--lang` decides in which
/// language parsing it fails.
pub fn wanted(arguments: &[std::ffi::OsString], environment: Option<&str>) -> Language {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let mut named = None;
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        match word.strip_prefix("--lang") {
            Some("") => named = words.next(),
            Some(rest) if rest.starts_with('=') => named = rest.strip_prefix('='),
            Some(_) | None => {}
        }
    }
    named.and_then(Language::of).or_else(|| Language::of(environment?)).unwrap_or_default()
}
