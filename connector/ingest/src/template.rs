//! URI templates: text with column or parameter names in braces.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A template of [RFC 6570](https://www.rfc-editor.org/rfc/rfc6570#section-1.2), level 1: `{name}` and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadTemplate {
    #[error("a brace is not closed or not opened in '{0}'")]
    Brace(String),
    #[error("an identifier begins with https:// and has neither query nor fragment")]
    NotAnIdentifier,
    #[error("'{{{0}}}' is not a plain name; only {{name}} can be used")]
    Name(String),
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, BadTemplate> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) =
                after.split_once('}').ok_or_else(|| BadTemplate::Brace(text.to_owned()))?;
            let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '-';
            // Names that begin with an underscore are CSVW's own: row numbers would make facts depend on the order of rows.
            if name.is_empty() || name.starts_with('_') || !name.chars().all(plain) {
                return Err(BadTemplate::Name(name.to_owned()));
            }
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Name(name.to_owned()));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        let loose = |part: &Part| matches!(part, Part::Text(text) if text.contains('}'));
        if parts.iter().any(loose) {
            return Err(BadTemplate::Brace(text.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Reads the template of a maker's identifiers: they are compared as text, so only one spelling is admitted.
    pub(crate) fn of_identifiers(text: &str) -> Result<Self, BadTemplate> {
        if !text.starts_with("https://") || text.contains(['?', '#']) {
            return Err(BadTemplate::NotAnIdentifier);
        }
        Self::parse(text)
    }

    /// The names in braces, from the left.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text with each name replaced by its value, percent-encoded; the name that has no value otherwise.
    pub(crate) fn iri<'a>(
        &'a self,
        value_of: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<String, &'a str> {
        self.filled(|out, value| out.extend(utf8_percent_encode(value, RESERVED)), value_of)
    }

    /// The same without encoding: for a parameter, whose value is encoded where it is used.
    pub(crate) fn text<'a>(
        &'a self,
        value_of: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<String, &'a str> {
        self.filled(String::push_str, value_of)
    }

    fn filled<'a>(
        &'a self,
        push: impl Fn(&mut String, &str),
        value_of: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<String, &'a str> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name) => push(&mut out, value_of(name).ok_or(name.as_str())?),
            }
        }
        Ok(out)
    }
}

/// One value, percent-encoded.
pub(crate) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_and_encodes() {
        let template = Template::parse("https://id.shop.example/p/{part}/{serial}").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["part", "serial"]);
        let values = |name: &str| match name {
            "part" => Some("A/1 ä"),
            "serial" => Some("00417"),
            _ => None,
        };
        assert_eq!(template.iri(values).unwrap(), "https://id.shop.example/p/A%2F1%20%C3%A4/00417");
        assert_eq!(template.iri(|name| (name == "part").then_some("x")), Err("serial"));
    }

    #[test]
    fn refuses_what_is_no_plain_name() {
        for (text, expected) in [
            ("a{b", "a brace is not closed or not opened in 'a{b'"),
            ("a}b", "a brace is not closed or not opened in 'a}b'"),
            ("{+a}", "'{+a}' is not a plain name; only {name} can be used"),
            ("{_row}", "'{_row}' is not a plain name; only {name} can be used"),
            ("{a,b}", "'{a,b}' is not a plain name; only {name} can be used"),
            ("{}", "'{}' is not a plain name; only {name} can be used"),
        ] {
            assert_eq!(Template::parse(text).unwrap_err().to_string(), expected);
        }
    }
}
