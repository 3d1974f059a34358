//! The layers of the settings: `adit.toml`, the environment, flags; the later one wins.

use crate::folder::Folder;
use crate::settings::{Form, SETTINGS, Setting, unknown};
use std::net::SocketAddr;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// `adit.toml`, and the line there.
    File(usize),
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(line) => write!(f, "adit.toml line {line}"),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// A value that is said elsewhere than in `adit.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The key, as `adit.toml` would spell it.
    pub key: String,
    /// The value, as it was typed.
    pub value: String,
    /// Where.
    pub origin: Origin,
}

impl Override {
    /// A variable of the environment, `ADIT_LISTEN` for `listen`; none of ours if the name begins otherwise.
    pub fn variable(name: &str, value: &str) -> Option<Self> {
        let rest = name.strip_prefix("ADIT_")?;
        let named = SETTINGS.iter().find(|it| it.variable() == name);
        let key = named.map_or_else(|| rest.to_ascii_lowercase(), |it| it.key.to_owned());
        let origin = Origin::Environment(name.to_owned());
        Some(Self { key, value: value.to_owned(), origin })
    }

    /// `--set KEY=VALUE`
    pub fn assignment(text: &str) -> Result<Self, String> {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| format!("'{text}' is not KEY=VALUE, such as listen=127.0.0.1:8080"))?;
        Ok(Self::flag(key.trim(), value.trim(), "--set"))
    }

    /// A value that a flag of a command gives.
    pub fn flag(key: &str, value: &str, flag: &str) -> Self {
        let origin = Origin::Flag(flag.to_owned());
        Self { key: key.to_owned(), value: value.to_owned(), origin }
    }
}

/// A setting with its value and where that comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The key.
    pub key: &'static str,
    /// The value, as text; empty where there is none.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The settings of a folder after every layer, checked one by one.
#[derive(Debug)]
pub struct Settings {
    /// As one table, ready to be read as a [`Config`](crate::config::Config).
    pub table: Table,
    /// Each with its origin.
    pub explained: Vec<Explained>,
}

impl Settings {
    /// Reads `adit.toml` and lays what the folder overrides over it.
    ///
    /// # Errors
    /// Every problem, each with its place: a line of `adit.toml`, a variable, a flag.
    pub fn read(text: &str, folder: &Folder) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let parsed = DeTable::parse(text).map_err(|e| vec![e.to_string()])?;
        let mut found = Vec::new();
        leaves(parsed.get_ref(), "", text, &mut found, &mut problems);
        let mut table: Table = text.parse().map_err(|e: toml::de::Error| vec![e.to_string()])?;
        for it in folder.overrides() {
            lay(it, &mut table, &mut found, &mut problems);
        }
        let explained: Vec<_> = SETTINGS
            .iter()
            .map(|setting| {
                let last = found.iter().rev().find(|it| it.key == setting.key);
                last.cloned().unwrap_or_else(|| Explained {
                    key: setting.key,
                    value: setting.default.unwrap_or_default().to_owned(),
                    origin: Origin::Default,
                })
            })
            .collect();
        for (setting, it) in SETTINGS.iter().zip(&explained) {
            let is_set = it.origin != Origin::Default;
            if let (true, Err(wrong)) = (is_set, setting.check(&it.value)) {
                let place = it.origin.to_string();
                let place = place.strip_prefix("adit.toml ").unwrap_or(&place);
                problems.push(format!("{place}: {} {wrong}", it.key));
            }
        }
        for key in ["did", "name"] {
            if !found.iter().any(|it| it.key == key) {
                problems.push(format!("{key} is missing; write {key} = \"…\" into adit.toml"));
            }
        }
        if problems.is_empty() { Ok(Self { table, explained }) } else { Err(problems) }
    }
}

/// Notes every key and value of a table, and what is unknown.
fn leaves(
    table: &DeTable<'_>,
    within: &str,
    text: &str,
    found: &mut Vec<Explained>,
    problems: &mut Vec<String>,
) {
    for (name, value) in table {
        let key = format!("{within}{}", name.get_ref());
        let line = line_of(text, name);
        let setting = SETTINGS.iter().find(|setting| setting.key == key);
        let is_table = SETTINGS.iter().any(|setting| setting.key.starts_with(&format!("{key}.")));
        match (setting, value.get_ref()) {
            (Some(Setting { form: Form::Hosts, key, .. }), DeValue::Table(hosts)) => {
                let value = hosts_as_text(hosts, line, problems);
                found.push(Explained { key, value, origin: Origin::File(line) });
            }
            (Some(setting), value) => match scalar(value) {
                Some(value) => {
                    found.push(Explained { key: setting.key, value, origin: Origin::File(line) });
                }
                None => problems.push(format!("line {line}: {key} must be one value")),
            },
            (None, DeValue::Table(below)) if is_table => {
                leaves(below, &format!("{key}."), text, found, problems);
            }
            (None, _) => problems.push(format!("line {line}: {}", unknown(&key))),
        }
    }
}

/// Host names that stand for an address; only loopback may stand there.
fn hosts_as_text(hosts: &DeTable<'_>, line: usize, problems: &mut Vec<String>) -> String {
    let mut told = Vec::new();
    for (name, value) in hosts {
        let (name, address) = (name.get_ref(), value.get_ref().as_str().unwrap_or_default());
        match address.parse::<SocketAddr>() {
            Ok(parsed) if parsed.ip().is_loopback() => told.push(format!("{name} = {address}")),
            Ok(_) => problems.push(format!(
                "line {line}: network.hosts maps '{name}' to {address}; only loopback addresses may stand there"
            )),
            Err(_) => problems.push(format!(
                "line {line}: network.hosts maps '{name}' to '{address}'; write an address and a port such as 127.0.0.1:8080"
            )),
        }
    }
    format!("{{{}}}", told.join(", "))
}

/// Puts what the environment or a flag says into the table.
fn lay(it: &Override, table: &mut Table, found: &mut Vec<Explained>, problems: &mut Vec<String>) {
    let setting = SETTINGS.iter().find(|setting| setting.key == it.key);
    let Some(setting) = setting.filter(|setting| setting.form != Form::Hosts) else {
        let told = match setting {
            Some(_) => format!("{} is a table; write it into adit.toml", it.key),
            None => unknown(&it.key),
        };
        problems.push(format!("{}: {told}", it.origin));
        return;
    };
    let (within, name) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
    let place = if within.is_empty() {
        Some(table)
    } else {
        let below = table.entry(within).or_insert_with(|| Value::Table(Table::new()));
        below.as_table_mut()
    };
    if let Some(place) = place {
        place.insert(name.to_owned(), setting.value(&it.value));
        let origin = it.origin.clone();
        found.push(Explained { key: setting.key, value: it.value.clone(), origin });
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Datetime(time) => Some(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn line_of<T>(text: &str, at: &Spanned<T>) -> usize {
    text.get(..at.span().start).map_or(1, |before| before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "did = \"did:web:shop.example\"\nname = \"Shop\"\n\n[network]\nhosts_file = \"h\"\n";

    fn explain(text: &str, overrides: Vec<Override>) -> Result<Vec<Explained>, Vec<String>> {
        let folder = Folder::at("/nowhere").overridden(overrides);
        Settings::read(text, &folder).map(|settings| settings.explained)
    }

    fn of(explained: &[Explained], key: &str) -> (String, String) {
        let it = explained.iter().find(|it| it.key == key).unwrap();
        (it.value.clone(), it.origin.to_string())
    }

    #[test]
    fn the_environment_wins_over_the_file_and_a_flag_over_both() {
        let file = format!("listen = \"127.0.0.1:1\"\nlog = \"debug\"\n{FILE}");
        let overrides = vec![
            Override::variable("ADIT_LISTEN", "127.0.0.1:2").unwrap(),
            Override::variable("ADIT_TIME_ZONE", "Europe/Stockholm").unwrap(),
            Override::assignment("listen=127.0.0.1:3").unwrap(),
        ];
        let explained = explain(&file, overrides).unwrap();
        let told = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
        assert_eq!(of(&explained, "listen"), told("127.0.0.1:3", "flag --set"));
        let zone = told("Europe/Stockholm", "environment ADIT_TIME_ZONE");
        assert_eq!(of(&explained, "time_zone"), zone);
        assert_eq!(of(&explained, "log"), told("debug", "adit.toml line 2"));
        assert_eq!(of(&explained, "network.hosts_file"), told("h", "adit.toml line 7"));
        assert_eq!(of(&explained, "workers"), told("2", "default"));
        assert_eq!(explained.len(), SETTINGS.len());
    }

    #[test]
    fn every_problem_is_told_at_once_with_its_place() {
        let text = "did = \"did:web:shop.example\"\nnmae = \"Shop\"\nbase = \"http://shop.example\"\n\
                    [network.hosts]\n\"a.example\" = \"10.0.0.1:80\"\n[identifiers]\nitems = \"x\"\n";
        let overrides = vec![Override::variable("ADIT_LISTN", "127.0.0.1:2").unwrap()];
        let problems = explain(text, overrides).unwrap_err();
        assert_eq!(
            problems,
            [
                "line 7: 'identifiers.items' is not a setting; did you mean 'identifiers.item'?",
                "line 4: network.hosts maps 'a.example' to 10.0.0.1:80; only loopback addresses may stand there",
                "line 2: 'nmae' is not a setting; did you mean 'name'?",
                "environment ADIT_LISTN: 'listn' is not a setting; did you mean 'listen'?",
                "line 3: base is 'http://shop.example'; write the address as https://HOST without a slash at its end",
                "name is missing; write name = \"…\" into adit.toml",
            ]
        );
    }
}
