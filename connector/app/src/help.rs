//! The command line in the language of whoever types it: descriptions, headings, worked examples.
//!
//! English descriptions are the doc comments of [`crate::cli`]. `strings/help.toml` holds the same in
//! Swedish and Finnish, and the examples; a test holds it and the tree of commands together.

use crate::cli::Cli;
use crate::language::Language;
use clap::{Arg, Command, CommandFactory};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One text in three languages. English is left out where a doc comment says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    #[serde(default)]
    pub en: Option<String>,
    /// Swedish.
    pub sv: String,
    /// Finnish.
    pub fi: String,
}

impl Text {
    /// The text in a language.
    pub fn get(&self, language: Language) -> Option<&str> {
        match language {
            Language::En => self.en.as_deref(),
            Language::Sv => Some(&self.sv),
            Language::Fi => Some(&self.fi),
        }
    }
}

/// A command line that works, and what it does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The command line.
    pub run: String,
    /// What it does, in English.
    pub en: String,
    /// In Swedish.
    pub sv: String,
    /// In Finnish.
    pub fi: String,
}

/// What `strings/help.toml` says of one command.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What the command does.
    pub about: Text,
    /// Its own arguments, by name.
    #[serde(default)]
    pub arguments: BTreeMap<String, Text>,
    /// The values that its arguments may have, where they are words.
    #[serde(default)]
    pub example: Vec<Example>,
}

/// `strings/help.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Headings and other fixed words.
    pub word: BTreeMap<String, Text>,
    /// The commands, by their names with spaces between; the program itself is `adit`.
    pub command: BTreeMap<String, Entry>,
    /// What each setting is for, by its key.
    pub setting: BTreeMap<String, Text>,
}

/// The texts.
pub static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    toml::from_str(include_str!("../strings/help.toml")).expect("a test reads strings/help.toml")
});

/// A fixed word in a language.
pub fn word(name: &str, language: Language) -> &'static str {
    TEXTS.word.get(name).and_then(|text| text.get(language)).unwrap_or_default()
}

/// The whole command line in a language.
pub fn command(language: Language) -> Command {
    let mut command = Cli::command();
    // After this the tree is whole: `help` and the global options are in every command.
    command.build();
    worded(command, "adit", language)
}

/// A command and all below it, with texts and examples put in.
fn worded(command: Command, path: &str, language: Language) -> Command {
    let usage = word("usage", language);
    let template =
        format!("{{about-with-newline}}\n{usage}: {{usage}}\n\n{{all-args}}{{after-help}}");
    let mut command = command
        .help_template(template)
        .subcommand_help_heading(word("commands", language))
        .mut_args(|argument| worded_argument(argument, path, language));
    if let Some(entry) = TEXTS.command.get(path) {
        if let Some(about) = entry.about.get(language) {
            command = command.about(about.to_owned()).long_about(None);
        }
        command = command.after_help(examples(entry, language));
    }
    let above = if path == "adit" { String::new() } else { format!("{path} ") };
    command.mut_subcommands(|below| {
        let path = format!("{above}{}", below.get_name());
        worded(below, &path, language)
    })
}

fn worded_argument(argument: Arg, path: &str, language: Language) -> Arg {
    let heading = if argument.is_positional() { "arguments" } else { "options" };
    let worded = argument.help_heading(word(heading, language));
    let name = worded.get_id().as_str();
    let own = TEXTS.command.get(path).and_then(|entry| entry.arguments.get(name));
    let of_all = TEXTS.command.get("adit").and_then(|entry| entry.arguments.get(name));
    let Some(text) = own.or(of_all).and_then(|text| text.get(language)) else { return worded };
    // What clap adds by itself it adds in English.
    let values: Vec<_> = worded.get_default_values().iter().filter_map(|it| it.to_str()).collect();
    let mut text = text.to_owned();
    if !values.is_empty() && worded.get_action().takes_values() {
        text.push_str(&format!(" [{}: {}]", word("default", language), values.join(" ")));
    }
    let possible: Vec<_> = worded.get_possible_values();
    let possible: Vec<_> = possible.iter().map(|value| value.get_name()).collect();
    if !possible.is_empty() && worded.get_action().takes_values() {
        text.push_str(&format!(" [{}: {}]", word("values", language), possible.join(", ")));
    }
    worded.help(text).long_help(None).hide_default_value(true).hide_possible_values(true)
}

fn examples(entry: &Entry, language: Language) -> String {
    let mut text = format!("{}:", word("examples", language));
    for example in &entry.example {
        let does = match language {
            Language::En => &example.en,
            Language::Sv => &example.sv,
            Language::Fi => &example.fi,
        };
        text.push_str(&format!("\n  {does}:\n    {}", example.run));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every command that people see, by its path, with its own arguments.
    fn tree(command: &Command, path: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
        let own = command.get_arguments().filter(|it| path == "adit" || !it.is_global_set());
        let names = own.map(|argument| argument.get_id().to_string());
        let names =
            names.filter(|name| path == "adit" || !["help", "version"].contains(&name.as_str()));
        found.insert(path.to_owned(), names.collect());
        let above = if path == "adit" { String::new() } else { format!("{path} ") };
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            let is_copy = below.get_name() == "help" || path == "help";
            if path == "adit" || !is_copy {
                tree(below, &format!("{above}{}", below.get_name()), found);
            }
        }
    }

    #[test]
    fn the_texts_are_those_of_the_commands_and_their_arguments() {
        let mut found = BTreeMap::new();
        tree(&command(Language::En), "adit", &mut found);
        found.insert("help".to_owned(), BTreeSet::new());
        let written: BTreeMap<String, BTreeSet<String>> = TEXTS
            .command
            .iter()
            .map(|(path, entry)| (path.clone(), entry.arguments.keys().cloned().collect()))
            .collect();
        for path in found.keys().chain(written.keys()) {
            assert_eq!(
                found.get(path),
                written.get(path),
                "the command '{path}' in strings/help.toml"
            );
        }
    }

    #[test]
    fn every_setting_and_word_is_there_in_three_languages() {
        let settings: Vec<_> = crate::settings::SETTINGS.iter().map(|it| it.key).collect();
        for (name, text) in TEXTS.word.iter().chain(&TEXTS.setting) {
            for language in Language::ALL {
                assert!(text.get(language).is_some_and(|it| !it.is_empty()), "{name}");
            }
        }
        let mut written: Vec<_> = TEXTS.setting.keys().map(String::as_str).collect();
        let mut known = settings;
        written.sort_unstable();
        known.sort_unstable();
        assert_eq!(written, known);
    }

    /// The words of a command line as a shell splits them; single quotes keep spaces.
    fn words(line: &str) -> Vec<String> {
        let quoted = line.split('\'').enumerate();
        let mut words = vec![String::new()];
        for (at, piece) in quoted {
            if at % 2 == 1 {
                words.last_mut().unwrap().push_str(piece);
                continue;
            }
            for (at, word) in piece.split(' ').enumerate() {
                if at > 0 {
                    words.push(String::new());
                }
                words.last_mut().unwrap().push_str(word);
            }
        }
        words
    }

    #[test]
    fn every_command_has_an_example_and_every_example_can_be_typed() {
        for (path, entry) in &TEXTS.command {
            assert!(!entry.example.is_empty(), "{path}");
            for example in &entry.example {
                let line = &example.run;
                let is_own = path == "adit" || line.starts_with(&format!("adit {path}"));
                assert!(is_own, "an example of '{path}': {line}");
                let parsed = command(Language::Fi).try_get_matches_from(words(line));
                let is_help = parsed.as_ref().err().is_some_and(|e| e.exit_code() == 0);
                assert!(parsed.is_ok() || is_help, "{line}: {}", parsed.unwrap_err());
            }
        }
    }

    /// The command lines of an example: those that begin a line, and those whose output is put into another.
    fn lines_of(example: &str) -> impl Iterator<Item = &str> {
        let put_in = example.split("$(").skip(1).filter_map(|rest| rest.split(')').next());
        let lines = example.lines().flat_map(|line| line.split(" && ")).chain(put_in);
        lines.filter_map(|line| line.split("   ").next()).filter(|line| line.starts_with("adit "))
    }

    #[test]
    fn every_command_in_an_error_page_can_be_typed() {
        let pages = crate::explain::pages(Language::En);
        let mut count = 0;
        for (code, page) in pages {
            for line in lines_of(&page.example) {
                count += 1;
                let parsed = command(Language::En).try_get_matches_from(words(line));
                let is_told = parsed.as_ref().err().is_some_and(|e| e.exit_code() == 0);
                assert!(parsed.is_ok() || is_told, "{code}: {line}: {}", parsed.unwrap_err());
            }
        }
        assert!(count > 60, "{count}");
    }

    /// What follows the name of the program in prose without being a command.
    const PROSE: [&str; 6] = ["adit", "make", "uses", "använder", "göra", "käyttää"];

    #[test]
    fn every_command_that_a_text_names_exists() {
        let sources = [
            include_str!("../strings/errors.en.toml"),
            include_str!("../strings/errors.sv.toml"),
            include_str!("../strings/errors.fi.toml"),
            include_str!("../strings/doctor.toml"),
            include_str!("../strings/help.toml"),
            include_str!("error.rs"),
            include_str!("issue.rs"),
            include_str!("trust.rs"),
            include_str!("trust/circles.rs"),
            include_str!("command/init.rs"),
            include_str!("error/told.rs"),
            include_str!("keys/trouble.rs"),
            include_str!("keys/secret.rs"),
            include_str!("keys/order.rs"),
            include_str!("../../../README.md"),
            include_str!("../../../SECURITY.md"),
            include_str!("../../../CHANGELOG.md"),
            include_str!("../../../deploy/README.md"),
        ];
        let whole = command(Language::En);
        let is_word = |c: char| c.is_lowercase() || c == '-';
        let mut count = 0;
        for source in sources {
            for (at, _) in source.match_indices("adit ") {
                let before = source[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || "-/_.'$:".contains(c)) {
                    continue;
                }
                let rest = source[at..].lines().next().unwrap();
                let mut told = rest.split(' ').skip(1);
                let first = told.next().unwrap();
                let first: String = first.chars().take_while(|c| is_word(*c)).collect();
                if first.is_empty() || first.starts_with('-') || PROSE.contains(&first.as_str()) {
                    continue;
                }
                count += 1;
                let Some(found) = whole.find_subcommand(&first) else {
                    panic!("there is no adit {first}: {rest}")
                };
                let second = told.next().unwrap_or_default();
                let second: String = second.chars().take_while(|c| is_word(*c)).collect();
                if found.has_subcommands() && rest.starts_with(&format!("adit {first} {second}")) {
                    let is_there = second.is_empty() || found.find_subcommand(&second).is_some();
                    assert!(is_there, "there is no adit {first} {second}: {rest}");
                }
            }
        }
        assert!(count > 150, "{count}");
    }

    #[test]
    fn a_command_speaks_three_languages() {
        let told = |language| {
            let mut command = command(language);
            command.find_subcommand_mut("publish").unwrap().render_long_help().to_string()
        };
        assert!(told(Language::En).contains("Publish the data files"));
        assert!(told(Language::Sv).contains("Publicera mappens datafiler"));
        assert!(told(Language::Fi).contains("Julkaise kansion tietotiedostot"));
    }
}
