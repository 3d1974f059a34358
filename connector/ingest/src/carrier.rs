//! Identifiers as they are scanned from a label.
//!
//! Identifiers are compared as text, so each has one spelling: `https`, the host in lower case, neither query nor fragment,
//! no slash at the end. A [GS1 Digital Link](https://ref.gs1.org/standards/digital-link/uri-syntax/) has a GTIN of fourteen digits and
//! its qualifiers in their order; any other is taken for an identification link of IEC 61406-1.

use crate::gs1;
use percent_encoding::percent_decode_str;

/// The longest identification link of IEC 61406-1.
const LINK_CHARS_MAX: usize = 255;

/// How a scanned string is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Scanned {
    /// As identifiers are compared.
    Canonical,
    /// In another spelling, which stands for this one without doubt.
    Other(String),
}

/// Why a scanned string is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoIdentifier {
    #[error("it does not begin with https://")]
    Scheme,
    #[error("its host '{0}' is not the name of a domain alone")]
    Host(String),
    #[error("it names a domain and nothing of it")]
    NoPath,
    #[error("a part between two slashes is empty or a dot")]
    EmptyPart,
    #[error("it holds the character '{0}', which an identifier does not have")]
    Character(char),
    #[error("'{0}' in it is no percent-encoding")]
    Percent(String),
    #[error("what follows '{0}' may tell one thing from another or not")]
    Query(char),
    #[error("it has {0} characters; the most is {LINK_CHARS_MAX}")]
    Long(usize),
    #[error("a link at id.gs1.org names a GS1 key, such as /01/ and a GTIN")]
    NoKey,
    #[error(transparent)]
    Gs1(#[from] gs1::BadKey),
}

impl NoIdentifier {
    /// What to do about it.
    pub(crate) fn fix(&self) -> String {
        match self {
            Self::Query(_) => {
                "ask the maker for the identifier without it, and write that".to_owned()
            }
            Self::Gs1(bad) => bad.fix(),
            Self::Scheme
            | Self::Host(_)
            | Self::NoPath
            | Self::EmptyPart
            | Self::Character(_)
            | Self::Percent(_)
            | Self::Long(_)
            | Self::NoKey => {
                "scan the label again; it may hold something else than an identifier".to_owned()
            }
        }
    }

    /// Whether a digit was misread.
    pub(crate) fn is_check_digit(&self) -> bool {
        matches!(self, Self::Gs1(gs1::BadKey::CheckDigit { .. }))
    }
}

/// Reads the text of a data carrier.
pub(crate) fn scan(text: &str) -> Result<Scanned, NoIdentifier> {
    let (scheme, rest) = text.split_once("://").ok_or(NoIdentifier::Scheme)?;
    if !["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(NoIdentifier::Scheme);
    }
    if let Some(odd) = rest.chars().find(|c| !is_link_character(*c)) {
        return Err(NoIdentifier::Character(odd));
    }
    let (rest, cut) = match rest.find(['?', '#']) {
        Some(at) => (&rest[..at], rest[at..].chars().next()),
        None => (rest, None),
    };
    let (authority, path) = rest.split_once('/').ok_or(NoIdentifier::NoPath)?;
    let host = host_of(authority)?;
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Err(NoIdentifier::NoPath);
    }
    let parts: Vec<String> = path.split('/').map(part).collect::<Result<_, _>>()?;
    let (parts, is_gs1) = match gs1::canonical(&parts)? {
        Some(parts) => (parts, true),
        None if host == "id.gs1.org" => return Err(NoIdentifier::NoKey),
        None => (parts, false),
    };
    // GS1 keeps in the query what is not part of the identity; others may keep the serial number there.
    if let (Some(cut), false) = (cut, is_gs1) {
        return Err(NoIdentifier::Query(cut));
    }
    let canonical = format!("https://{host}/{}", parts.join("/"));
    if !is_gs1 && canonical.len() > LINK_CHARS_MAX {
        return Err(NoIdentifier::Long(canonical.len()));
    }
    Ok(if canonical == text { Scanned::Canonical } else { Scanned::Other(canonical) })
}

/// The characters of [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-2), without brackets.
fn is_link_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c)
}

fn host_of(authority: &str) -> Result<String, NoIdentifier> {
    let lower = authority.to_ascii_lowercase();
    let host = lower.strip_suffix(":443").or_else(|| lower.strip_suffix(":80")).unwrap_or(&lower);
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_domain = host.contains('.')
        && host.split('.').all(label)
        && host.rsplit('.').next().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
    if is_domain { Ok(host.to_owned()) } else { Err(NoIdentifier::Host(authority.to_owned())) }
}

/// A part of the path with [percent-encoding](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.2) where it is needed alone, in capitals.
fn part(text: &str) -> Result<String, NoIdentifier> {
    if matches!(text, "" | "." | "..") {
        return Err(NoIdentifier::EmptyPart);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let code = rest.get(at..at + 3).unwrap_or(&rest[at..]);
        let decoded = percent_decode_str(code)
            .next()
            .filter(|_| code.len() == 3 && code[1..].bytes().all(|b| b.is_ascii_hexdigit()));
        match decoded {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(char::from(byte));
            }
            Some(_) => out.push_str(&code.to_ascii_uppercase()),
            None => return Err(NoIdentifier::Percent(code.to_owned())),
        }
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_stands_for_each_identifier() {
        for canonical in [
            "https://id.mill.example/01/07350053850019/10/H4711",
            "https://id.mill.example/01/07350053850019/22/2A/10/H4711/21/00042",
            "https://id.gs1.org/8004/735005385LHD14-22031",
            "https://mill.example/gs1/8010/735005385BAT-17/8011/42",
            "https://id.mill.example/414/7350053850002/254/9",
            "https://id.mill.example/p/0042-7/00417",
            "https://id.mill.example/01/ABC",
            "https://id.mill.example/x%2Fy",
        ] {
            assert_eq!(scan(canonical), Ok(Scanned::Canonical), "{canonical}");
        }
        for (text, canonical) in [
            ("HTTPS://ID.Mill.example/p/A", "https://id.mill.example/p/A"),
            ("http://id.mill.example:80/p/A/", "https://id.mill.example/p/A"),
            ("https://id.mill.example/p/%41%2f%c3%a4", "https://id.mill.example/p/A%2F%C3%A4"),
            (
                "https://id.mill.example/01/7350053850019/21/7?17=271231",
                "https://id.mill.example/01/07350053850019/21/7",
            ),
            (
                "https://id.mill.example/01/07350053850019/21/7/10/H",
                "https://id.mill.example/01/07350053850019/10/H/21/7",
            ),
        ] {
            assert_eq!(scan(text), Ok(Scanned::Other(canonical.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_no_identifier_says_why() {
        let long = format!("https://id.mill.example/{}", "x".repeat(250));
        for (text, expected) in [
            ("4711", "it does not begin with https://"),
            ("ftp://id.mill.example/1", "it does not begin with https://"),
            (
                "https://me@id.mill.example/1",
                "its host 'me@id.mill.example' is not the name of a domain alone",
            ),
            (
                "https://id.mill.example:8443/1",
                "its host 'id.mill.example:8443' is not the name of a domain alone",
            ),
            ("https://127.0.0.1/1", "its host '127.0.0.1' is not the name of a domain alone"),
            ("https://id.mill.example", "it names a domain and nothing of it"),
            ("https://id.mill.example/", "it names a domain and nothing of it"),
            ("https://id.mill.example/a//b", "a part between two slashes is empty or a dot"),
            ("https://id.mill.example/a/../b", "a part between two slashes is empty or a dot"),
            (
                "https://id.mill.example/a b",
                "it holds the character ' ', which an identifier does not have",
            ),
            (
                "https://id.mill.example/ä",
                "it holds the character 'ä', which an identifier does not have",
            ),
            ("https://id.mill.example/a%2", "'%2' in it is no percent-encoding"),
            (
                "https://id.mill.example/a?serial=7",
                "what follows '?' may tell one thing from another or not",
            ),
            (
                "https://id.mill.example/a#7",
                "what follows '#' may tell one thing from another or not",
            ),
            (long.as_str(), "it has 274 characters; the most is 255"),
            (
                "https://id.gs1.org/p/1",
                "a link at id.gs1.org names a GS1 key, such as /01/ and a GTIN",
            ),
            (
                "https://id.gs1.org/01/07350053850018",
                "the check digit of the GTIN 07350053850018 is wrong: it would be 9",
            ),
            (
                "https://id.gs1.org/01/735005385001",
                "the check digit of the GTIN 00735005385001 is wrong: it would be 4",
            ),
            ("https://id.gs1.org/01/73500", "a GTIN has 14 digits, '73500' has not"),
            ("https://id.gs1.org/01/07350053850019/99/x", "'99' does not qualify a GTIN"),
            ("https://id.gs1.org/01/07350053850019/10/1/10/2", "'10' stands twice"),
            ("https://id.gs1.org/01/07350053850019/21", "'21' has no value"),
            (
                "https://id.gs1.org/01/07350053850019/21/123456789012345678901",
                "'123456789012345678901' is no value of '21': 1 to 20 characters",
            ),
        ] {
            assert_eq!(scan(text).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
