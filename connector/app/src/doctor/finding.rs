//! One thing that was looked at: how it stands, in one sentence, and the command that mends it.

use crate::language::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, and soon may not, or could be safer.
    Warning,
    /// It does not work, or is not safe.
    Error,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was found, such as `disk.low`: the name of its words.
    pub code: String,
    /// What the words leave open.
    pub values: BTreeMap<String, String>,
}

/// The words of a finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    level: Level,
    en: String,
    sv: String,
    fi: String,
    /// The command that mends it; the same in every language.
    #[serde(default)]
    mend: Option<String>,
}

static WORDS: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    let table: BTreeMap<String, BTreeMap<String, Words>> =
        toml::from_str(include_str!("../../strings/doctor.toml"))
            .expect("a test reads strings/doctor.toml");
    let named = |(check, below): (String, BTreeMap<String, Words>)| {
        below.into_iter().map(move |(what, words)| (format!("{check}.{what}"), words))
    };
    table.into_iter().flat_map(named).collect()
});

impl Finding {
    /// A finding with the values of its words.
    pub fn new<V: Into<String>, const N: usize>(code: &str, values: [(&str, V); N]) -> Self {
        let values = values.map(|(name, value)| (name.to_owned(), value.into()));
        Self { code: code.to_owned(), values: values.into() }
    }

    /// How it stands.
    pub fn level(&self) -> Level {
        WORDS.get(&self.code).map_or(Level::Error, |words| words.level)
    }

    /// What was looked at: the first part of the code.
    pub fn check(&self) -> &str {
        self.code.split('.').next().unwrap_or_default()
    }

    /// The sentence.
    pub fn says(&self, language: Language) -> String {
        let Some(words) = WORDS.get(&self.code) else { return self.code.clone() };
        let template = match language {
            Language::En => &words.en,
            Language::Sv => &words.sv,
            Language::Fi => &words.fi,
        };
        self.filled(template, str::to_owned)
    }

    /// The command that mends it, ready for a shell.
    pub fn mend(&self) -> Option<String> {
        let mend = WORDS.get(&self.code)?.mend.as_ref()?;
        Some(self.filled(mend, shell_word))
    }

    /// The finding for programs.
    pub fn to_json(&self, language: Language) -> Value {
        json!({
            "check": self.check(), "code": self.code, "level": self.level(), "says": self.says(language),
            "mend": self.mend(), "values": self.values,
        })
    }

    /// The finding for people: a line, and below it what to type.
    pub fn to_text(&self, language: Language) -> String {
        let level = word(self.level(), language);
        let mend = match (self.level(), self.mend()) {
            (Level::Warning | Level::Error, Some(mend)) => format!("{:9}{mend}\n", ""),
            _ => String::new(),
        };
        format!("{level:9}{}\n{mend}", self.says(language))
    }

    fn filled(&self, template: &str, write: impl Fn(&str) -> String) -> String {
        // A value is put in once: braces in it stay what they are.
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, further) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.values.get(name).map(|value| write(value)).unwrap_or_default());
            rest = further;
        }
        text + rest
    }
}

fn word(level: Level, language: Language) -> &'static str {
    let name = match level {
        Level::Ok => "fine",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    crate::help::word(name, language)
}

/// A value as one word of a POSIX shell.
fn shell_word(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=@%+,".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names(template: &str) -> BTreeSet<&str> {
        template.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
    }

    #[test]
    fn every_finding_says_the_same_in_three_languages_and_how_to_mend_it() {
        for (code, words) in WORDS.iter() {
            for other in [&words.sv, &words.fi] {
                assert_eq!(names(&words.en), names(other), "{code}");
                assert!(!other.is_empty() && *other != words.en, "{code}");
            }
            assert!(words.level == Level::Ok || words.mend.is_some(), "{code} has no way out");
            assert!(!words.en.ends_with('.') && !words.en.contains('\n'), "{code}");
        }
    }

    /// Every code that the checks write, with the names of its values, as the source says them.
    fn written() -> BTreeSet<String> {
        let sources = [
            include_str!("mod.rs"),
            include_str!("folder.rs"),
            include_str!("network.rs"),
            include_str!("state.rs"),
            include_str!("../command/doctor.rs"),
        ];
        let is_code = |it: &&str| {
            let parts: Vec<_> = it.split('.').collect();
            let is_word = |it: &&str| {
                !it.is_empty() && it.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
            };
            parts.len() == 2
                && parts.iter().all(is_word)
                && WORDS.keys().any(|known| known.split('.').next() == parts.first().copied())
        };
        let quoted = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
        quoted.filter(is_code).map(str::to_owned).collect()
    }

    #[test]
    fn every_code_has_words_and_all_words_are_used() {
        let known: BTreeSet<_> = WORDS.keys().cloned().collect();
        assert_eq!(written(), known);
    }

    #[test]
    fn every_command_of_ours_that_mends_can_be_typed() {
        for (code, words) in WORDS.iter() {
            let mend = words.mend.as_deref().unwrap_or_default();
            let line = names(mend)
                .iter()
                .fold(mend.to_owned(), |line, name| line.replace(&format!("{{{name}}}"), "value"));
            let words: Vec<_> = line.split(' ').collect();
            if words.first() == Some(&"adit") {
                // What needs a folder names it: the command is typed wherever whoever reads it stands.
                let is_told = words[1] == "explain" || words[1..3] == ["-C", "value"];
                assert!(is_told, "{code}: {line}");
                let parsed = crate::help::command(Language::En).try_get_matches_from(&words);
                assert!(parsed.is_ok(), "{code}: {line}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn a_command_is_ready_for_a_shell_and_a_value_is_never_a_template() {
        let finding =
            Finding::new("key.readable", [("path", "/srv/my firm's/{mode}"), ("mode", "644")]);
        assert_eq!(finding.mend().unwrap(), r"chmod 600 '/srv/my firm'\''s/{mode}'");
        assert!(finding.says(Language::En).starts_with("/srv/my firm's/{mode} "));
        assert_eq!(finding.level(), Level::Error);
    }
}
