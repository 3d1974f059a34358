//! The keys of a [GS1 Digital Link](https://ref.gs1.org/standards/digital-link/uri-syntax/) and their check digits.

use percent_encoding::percent_decode_str;

/// A key that can identify a thing, an organisation's place or an asset.
struct Key {
    /// The application identifier that stands in the path.
    identifier: &'static str,
    name: &'static str,
    value: Value,
    /// What may follow it, in the order in which it must.
    qualifiers: &'static [(&'static str, Value)],
}

/// What a key or a qualifier looks like.
#[derive(Clone, Copy)]
enum Value {
    /// So many digits, the last of them a check digit.
    Checked(usize),
    /// A checked number and then at most so many characters.
    CheckedAnd(usize, usize),
    /// At most so many characters.
    Text(usize),
}

const LOT: (&str, Value) = ("10", Value::Text(20));
const SERIAL: (&str, Value) = ("21", Value::Text(20));

const KEYS: [Key; 7] = [
    Key {
        identifier: "01",
        name: "GTIN",
        value: Value::Checked(14),
        qualifiers: &[("22", Value::Text(20)), LOT, SERIAL],
    },
    Key { identifier: "00", name: "SSCC", value: Value::Checked(18), qualifiers: &[] },
    Key {
        identifier: "414",
        name: "GLN",
        value: Value::Checked(13),
        qualifiers: &[("254", Value::Text(20))],
    },
    Key { identifier: "417", name: "GLN", value: Value::Checked(13), qualifiers: &[] },
    Key { identifier: "8003", name: "GRAI", value: Value::CheckedAnd(14, 16), qualifiers: &[] },
    Key { identifier: "8004", name: "GIAI", value: Value::Text(30), qualifiers: &[] },
    Key {
        identifier: "8010",
        name: "CPID",
        value: Value::Text(30),
        qualifiers: &[("8011", Value::Text(12))],
    },
];

/// A GS1 key that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadKey {
    #[error("the check digit of the {name} {digits} is wrong: it would be {expected}")]
    CheckDigit { name: &'static str, digits: String, expected: char },
    #[error("a {name} has {length} digits, '{value}' has not")]
    Digits { name: &'static str, length: usize, value: String },
    #[error("'{value}' is no value of '{identifier}': 1 to {most} characters")]
    Length { identifier: String, value: String, most: usize },
    #[error("'{identifier}' does not qualify a {name}")]
    Qualifier { identifier: String, name: &'static str, known: String },
    #[error("'{0}' stands twice")]
    Twice(String),
    #[error("'{0}' has no value")]
    NoValue(String),
}

impl BadKey {
    /// What to do about it.
    pub(crate) fn fix(&self) -> String {
        match self {
            Self::CheckDigit { .. } => {
                "a digit was misread or two were swapped: compare it with the label".to_owned()
            }
            Self::Qualifier { known, .. } if known.is_empty() => "write the key alone".to_owned(),
            Self::Qualifier { known, .. } => format!("there may stand: {known}"),
            Self::Digits { .. } | Self::Length { .. } | Self::Twice(_) | Self::NoValue(_) => {
                "compare it with the label".to_owned()
            }
        }
    }
}

/// The parts of a path with its GS1 key in full length and its qualifiers in order; `None` where there is no GS1 key.
pub(crate) fn canonical(parts: &[String]) -> Result<Option<Vec<String>>, BadKey> {
    let found = parts.windows(2).enumerate().find_map(|(at, pair)| {
        let key = KEYS.iter().find(|key| key.identifier == pair[0])?;
        // Makers use short numbers in paths of their own too: a numeric key is one only before digits.
        let is_key = match key.value {
            Value::Checked(_) => pair[1].bytes().all(|b| b.is_ascii_digit()),
            Value::CheckedAnd(..) | Value::Text(_) => true,
        };
        is_key.then_some((at, key))
    });
    let Some((at, key)) = found else { return Ok(None) };
    let mut canonical = parts[..=at].to_vec();
    canonical.push(value(key, key.identifier, key.value, &parts[at + 1])?);
    let mut qualifiers: Vec<(usize, String)> = Vec::new();
    for pair in parts[at + 2..].chunks(2) {
        let place = key.qualifiers.iter().position(|(known, _)| *known == pair[0]);
        let Some(place) = place else {
            let known: Vec<_> = key.qualifiers.iter().map(|(known, _)| *known).collect();
            let (identifier, known) = (pair[0].clone(), known.join(", "));
            return Err(BadKey::Qualifier { identifier, name: key.name, known });
        };
        let Some(text) = pair.get(1) else { return Err(BadKey::NoValue(pair[0].clone())) };
        if qualifiers.iter().any(|(known, _)| *known == place) {
            return Err(BadKey::Twice(pair[0].clone()));
        }
        let (identifier, form) = key.qualifiers[place];
        qualifiers.push((place, value(key, identifier, form, text)?));
    }
    qualifiers.sort_unstable();
    for (place, text) in qualifiers {
        canonical.extend([key.qualifiers[place].0.to_owned(), text]);
    }
    Ok(Some(canonical))
}

fn value(key: &Key, identifier: &str, form: Value, text: &str) -> Result<String, BadKey> {
    let name = key.name;
    let too_long = |most: usize| {
        let length = percent_decode_str(text).count();
        (length > most).then(|| BadKey::Length {
            identifier: identifier.to_owned(),
            value: text.to_owned(),
            most,
        })
    };
    match form {
        Value::Text(most) => too_long(most).map_or_else(|| Ok(text.to_owned()), Err),
        Value::Checked(length) => checked(name, length, text),
        Value::CheckedAnd(length, more) => {
            if let Some(bad) = too_long(length + more) {
                return Err(bad);
            }
            let Some(digits) = text.get(..length) else {
                return Err(BadKey::Digits { name, length, value: text.to_owned() });
            };
            checked(name, length, digits)?;
            Ok(text.to_owned())
        }
    }
}

/// The number in full length; a GTIN may have been printed in its shorter forms.
fn checked(name: &'static str, length: usize, text: &str) -> Result<String, BadKey> {
    let short = length == 14 && matches!(text.len(), 8 | 12 | 13);
    if !text.bytes().all(|b| b.is_ascii_digit()) || !(text.len() == length || short) {
        return Err(BadKey::Digits { name, length, value: text.to_owned() });
    }
    let digits = format!("{text:0>length$}");
    let expected = check_digit(&digits[..length - 1]);
    if digits.ends_with(expected) {
        Ok(digits)
    } else {
        Err(BadKey::CheckDigit { name, digits, expected })
    }
}

/// The check digit of [GS1](https://ref.gs1.org/standards/genspecs/): weights three and one from the right, to the next ten.
fn check_digit(digits: &str) -> char {
    let weighted = digits.bytes().rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_published_numbers() {
        for number in
            ["4006381333931", "09506000134352", "96385074", "614141123452", "106141412345678908"]
        {
            let (digits, check) = number.split_at(number.len() - 1);
            assert_eq!(check_digit(digits).to_string(), check, "{number}");
        }
    }
}
