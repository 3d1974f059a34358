//! Every setting: its key, its default, what its values must be. Where they come from: [`crate::layers`].

use crate::dcp::Types;
use crate::network::{Cidrs, Ports};
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
    Contact,
    Instant,
    Template,
    /// Types of credential, with commas between them.
    Types,
    /// Who approves what others ask for.
    Approval,
    /// Address ranges, with commas between them.
    Cidrs,
    /// Port numbers, with commas between them.
    Ports,
    /// The address of a proxy.
    Proxy,
    /// True or false.
    Switch,
    /// A whole number of such a range.
    Count(i64, i64),
    /// An address without a port.
    Ip,
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
    Setting { key: "workers", default: Some("2"), form: Form::Count(1, 64) },
    Setting { key: "log", default: Some("warn,adit=info"), form: Form::Text },
    Setting { key: "security_contact", default: Some(""), form: Form::Contact },
    Setting { key: "security_expires", default: Some(""), form: Form::Instant },
    Setting { key: "queries.seconds", default: Some("15"), form: Form::Count(1, 300) },
    Setting { key: "queries.memory_mb", default: Some("512"), form: Form::Count(128, 65_536) },
    Setting { key: "identifiers.item", default: None, form: Form::Template },
    Setting { key: "identifiers.batch", default: None, form: Form::Template },
    Setting { key: "identifiers.model", default: None, form: Form::Template },
    Setting { key: "identifiers.place", default: None, form: Form::Template },
    Setting { key: "keys.passphrase_file", default: Some(""), form: Form::Text },
    Setting { key: "issuance.types", default: Some("PartnerCredential"), form: Form::Types },
    Setting { key: "issuance.approve", default: Some("people"), form: Form::Approval },
    Setting { key: "network.hosts", default: Some("{}"), form: Form::Hosts },
    Setting { key: "network.hosts_file", default: Some(""), form: Form::Text },
    Setting { key: "network.allow", default: Some(""), form: Form::Cidrs },
    Setting { key: "network.ports", default: Some(""), form: Form::Ports },
    Setting { key: "network.dns", default: Some(""), form: Form::Address },
    Setting { key: "network.proxy", default: Some(""), form: Form::Proxy },
    Setting { key: "network.proxy_user", default: Some(""), form: Form::Text },
    Setting { key: "network.proxy_password_file", default: Some(""), form: Form::Text },
    Setting { key: "network.roots", default: Some(""), form: Form::Text },
    Setting { key: "network.crls", default: Some(""), form: Form::Text },
    Setting { key: "tls.certificate", default: Some(""), form: Form::Text },
    Setting { key: "tls.key", default: Some(""), form: Form::Text },
    Setting { key: "tls.by_proxy", default: Some("false"), form: Form::Switch },
    Setting { key: "limits.requests", default: Some("50"), form: Form::Count(1, 1_000_000) },
    Setting { key: "limits.burst", default: Some("100"), form: Form::Count(1, 1_000_000) },
    Setting { key: "limits.connections", default: Some("64"), form: Form::Count(1, 1_000_000) },
    Setting { key: "limits.head_seconds", default: Some("10"), form: Form::Count(1, 1_000_000) },
    Setting { key: "limits.body_seconds", default: Some("30"), form: Form::Count(1, 1_000_000) },
    Setting { key: "limits.proxy", default: Some(""), form: Form::Ip },
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
            Form::Contact if !is_contact(value) => {
                wrong("write mailto:security@shop.example, an https:// address, or tel:+358…")
            }
            Form::Instant if value.parse::<jiff::Timestamp>().is_err() => {
                wrong("write a time such as 2027-06-30T00:00:00Z")
            }
            Form::Types => Types::try_from(value.to_owned()).map(drop).or_else(|e| wrong(&e)),
            Form::Approval if value != "people" && value != "partners" => {
                wrong("write people or partners")
            }
            Form::Cidrs => Cidrs::try_from(value.to_owned()).map(drop).or_else(|e| wrong(&e)),
            Form::Ports => Ports::try_from(value.to_owned()).map(drop).or_else(|e| wrong(&e)),
            Form::Proxy if !value.starts_with("http://") && !value.starts_with("https://") => {
                wrong("write the address of the proxy such as http://proxy.shop.example:3128")
            }
            Form::Switch if value != "true" && value != "false" => wrong("write true or false"),
            Form::Ip if value.parse::<std::net::IpAddr>().is_err() => {
                wrong("write an address without a port such as 127.0.0.1")
            }
            Form::Count(least, most)
                if !value.parse().is_ok_and(|n: i64| (least..=most).contains(&n)) =>
            {
                wrong(&format!("write a whole number from {least} to {most}"))
            }
            Form::Base
            | Form::Zone
            | Form::Country
            | Form::Language
            | Form::Address
            | Form::Contact
            | Form::Instant
            | Form::Approval
            | Form::Proxy
            | Form::Switch
            | Form::Ip
            | Form::Count(..) => Ok(()),
        }
    }

    /// A value that was typed, as `adit.toml` would hold it.
    pub(crate) fn value(&self, text: &str) -> Value {
        match (self.form, text.parse()) {
            (Form::Count(..), Ok(number)) => Value::Integer(number),
            (Form::Switch, _) => Value::Boolean(text == "true"),
            (
                Form::Text
                | Form::Did
                | Form::Base
                | Form::Zone
                | Form::Country
                | Form::Language
                | Form::Address
                | Form::Contact
                | Form::Instant
                | Form::Template
                | Form::Types
                | Form::Approval
                | Form::Cidrs
                | Form::Ports
                | Form::Proxy
                | Form::Hosts
                | Form::Ip
                | Form::Count(..),
                _,
            ) => Value::String(text.to_owned()),
        }
    }
}

/// Whether a value can stand in a `security.txt`, one line that a program can open; see
/// [RFC 9116, Contact](https://www.rfc-editor.org/rfc/rfc9116#section-2.5.3).
fn is_contact(value: &str) -> bool {
    let known = ["mailto:", "https://", "tel:"].iter().find_map(|it| value.strip_prefix(it));
    known.is_some_and(|rest| !rest.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic()))
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
                "identifiers" | "issuance" | "keys" | "queries" | "network" | "tls" | "limits" => {
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
