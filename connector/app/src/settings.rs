//! Every setting: its key, its default, what its values must be. Where they come from: [`crate::layers`].

use adit_vocab::Did;
use std::net::SocketAddr;
use toml::Value;

/// One setting: its key in `adit.toml`, and what it is if nobody sets it.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key, with dots between tables.
    pub key: &'static str,
    /// The value where none is given; a company in production sets the others.
    pub default: Option<&'static str>,
    /// The form of its values.
    pub(crate) form: Form,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Did,
    Base,
    Zone,
    Country,
    Language,
    Address,
    Workers,
    Template,
    /// A table that is set in the file alone.
    Hosts,
}

/// Every setting, in the order in which they are explained.
pub const SETTINGS: &[Setting] = &[
    Setting { key: "did", default: None, form: Form::Did },
    Setting { key: "name", default: None, form: Form::Text },
    Setting { key: "base", default: None, form: Form::Base },
    Setting { key: "listen", default: Some("127.0.0.1:8080"), form: Form::Address },
    Setting { key: "time_zone", default: None, form: Form::Zone },
    Setting { key: "country", default: None, form: Form::Country },
    Setting { key: "language", default: Some("en"), form: Form::Language },
    Setting { key: "workers", default: Some("2"), form: Form::Workers },
    Setting { key: "log", default: Some("warn,adit=info"), form: Form::Text },
    Setting { key: "identifiers.item", default: None, form: Form::Template },
    Setting { key: "identifiers.batch", default: None, form: Form::Template },
    Setting { key: "identifiers.model", default: None, form: Form::Template },
    Setting { key: "identifiers.place", default: None, form: Form::Template },
    Setting { key: "network.hosts", default: Some("{}"), form: Form::Hosts },
    Setting { key: "network.hosts_file", default: Some(""), form: Form::Text },
];

impl Setting {
    /// The variable of the environment, such as `ADIT_TIME_ZONE`.
    pub fn variable(&self) -> String {
        format!("ADIT_{}", self.key.replace('.', "_").to_ascii_uppercase())
    }

    /// What is wrong with a value, as the rest of a sentence that begins with the key.
    pub(crate) fn check(&self, value: &str) -> Result<(), String> {
        let wrong = |how: &str| Err(format!("is '{value}'; {how}"));
        match self.form {
            Form::Text | Form::Template | Form::Hosts => Ok(()),
            Form::Did => value.parse::<Did>().map(drop).map_err(|e| format!("cannot be used: {e}")),
            Form::Base if !value.starts_with("https://") || value.ends_with('/') => {
                wrong("write the address as https://HOST without a slash at its end")
            }
            Form::Zone if jiff::tz::TimeZone::get(value).is_err() => {
                wrong("write a name such as Europe/Helsinki")
            }
            Form::Country
                if value.len() != 2 || !value.bytes().all(|byte| byte.is_ascii_uppercase()) =>
            {
                wrong("write two capital letters such as FI")
            }
            Form::Language if !["en", "sv", "fi"].contains(&value) => wrong("write en, sv or fi"),
            Form::Address if value.parse::<SocketAddr>().is_err() => {
                wrong("write an address and a port such as 127.0.0.1:8080")
            }
            Form::Workers if !value.parse::<usize>().is_ok_and(|n| (1..=64).contains(&n)) => {
                wrong("write a whole number from 1 to 64")
            }
            Form::Base
            | Form::Zone
            | Form::Country
            | Form::Language
            | Form::Address
            | Form::Workers => Ok(()),
        }
    }

    /// A value that was typed, as `adit.toml` would hold it.
    pub(crate) fn value(&self, text: &str) -> Value {
        match (self.form, text.parse()) {
            (Form::Workers, Ok(number)) => Value::Integer(number),
            (
                Form::Text
                | Form::Did
                | Form::Base
                | Form::Zone
                | Form::Country
                | Form::Language
                | Form::Address
                | Form::Template
                | Form::Hosts
                | Form::Workers,
                _,
            ) => Value::String(text.to_owned()),
        }
    }
}

/// What is told of a key that is none, with the one that was most likely meant.
pub(crate) fn unknown(key: &str) -> String {
    let near = adit_vocab::nearest(key, SETTINGS.iter().map(|it| it.key));
    match near {
        Some(known) => format!("'{key}' is not a setting; did you mean '{known}'?"),
        None => format!("'{key}' is not a setting; adit config explain lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use serde::Deserialize;
    use toml::Table;

    #[test]
    fn a_company_in_production_sets_at_most_twelve() {
        let needed = SETTINGS.iter().filter(|setting| setting.default.is_none()).count();
        assert!(needed <= 12, "{needed} settings have no default that serves");
    }

    /// What may stand in a table of `adit.toml`, as the reader of the settings says it.
    fn fields(table: &str) -> Vec<String> {
        let told = Config::deserialize(table.parse::<Table>().unwrap()).unwrap_err().to_string();
        let names = told.split("expected").nth(1).expect("a list of fields");
        // What follows in the next line is the table.
        let names = names.lines().next().unwrap();
        names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn every_field_of_the_settings_is_explained_and_nothing_else() {
        let mut known = Vec::new();
        for field in fields("zzz = 1") {
            match field.as_str() {
                "identifiers" | "network" => {
                    let below = fields(&format!("{field}.zzz = 1"));
                    known.extend(below.into_iter().map(|name| format!("{field}.{name}")));
                }
                _ => known.push(field),
            }
        }
        known.sort();
        let mut explained: Vec<_> = SETTINGS.iter().map(|it| it.key.to_owned()).collect();
        explained.sort();
        assert_eq!(explained, known);
    }
}
