//! JSON read with a pointer to each value, so that a problem in a mapping names its place.

use crate::near::nearest;
use crate::problem::{Problems, shortened};
use crate::{Code, Problem};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads JSON in which no member stands twice: the first of the two would be lost without a word.
pub(crate) fn parse_strictly(bytes: &[u8]) -> serde_json::Result<Value> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice::<Strict>(bytes).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Strict(list.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut object = Map::new();
        while let Some((key, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!(
                    "the member '{}' stands twice",
                    shortened(&key)
                )));
            }
            object.insert(key, value);
        }
        Ok(Strict(object.into()))
    }
}

/// A value in a mapping and its [JSON Pointer](https://www.rfc-editor.org/rfc/rfc6901#section-5).
#[derive(Debug, Clone)]
pub(crate) struct Json<'a> {
    pub(crate) value: &'a Value,
    pub(crate) pointer: String,
    file: &'a str,
}

impl<'a> Json<'a> {
    pub(crate) fn root(value: &'a Value, file: &'a str) -> Self {
        Self { value, pointer: String::new(), file }
    }

    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        let key = key.replace('~', "~0").replace('/', "~1");
        Some(Self { value, pointer: format!("{}/{key}", self.pointer), file: self.file })
    }

    pub(crate) fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        let at = |(index, value)| Self {
            value,
            pointer: format!("{}/{index}", self.pointer),
            file: self.file,
        };
        items.iter().enumerate().map(at).collect()
    }

    /// Whether this is an object; keys that are not known are problems.
    ///
    /// [Common properties](https://www.w3.org/TR/tabular-metadata/#common-properties) such as `dc:title` are notes for people.
    pub(crate) fn is_object(&self, known: &[&str], problems: &mut Problems) -> bool {
        let Some(object) = self.value.as_object() else {
            problems.push(self.wrong("an object"));
            return false;
        };
        let common = |key: &str| {
            (key.contains(':') && !key.starts_with("adit:"))
                || matches!(key, "@id" | "@type" | "notes")
        };
        for key in object.keys().filter(|key| !known.contains(&key.as_str()) && !common(key)) {
            let message =
                format!("at {}/{}: '{}' is not known here", self.pointer, key, shortened(key));
            let fix = match nearest(key, known.iter().copied(), 1).first() {
                Some(near) => format!("write {near} if that is meant, or take it out"),
                None => format!("take it out, or write one of: {}", known.join(", ")),
            };
            problems.push(Problem::error(Code::MappingUnknown, message, fix).in_file(self.file));
        }
        true
    }

    /// The member as text; anything else is a problem.
    pub(crate) fn text(&self, key: &str, problems: &mut Problems) -> Option<&'a str> {
        let member = self.get(key)?;
        let text = member.value.as_str();
        if text.is_none() {
            problems.push(member.wrong("text in quotes"));
        }
        text
    }

    /// The member as true or false; anything else is a problem.
    pub(crate) fn flag(&self, key: &str, problems: &mut Problems) -> Option<bool> {
        let member = self.get(key)?;
        let flag = member.value.as_bool();
        if flag.is_none() {
            problems.push(member.wrong("true or false"));
        }
        flag
    }

    /// The member as a count; anything else is a problem.
    pub(crate) fn count(&self, key: &str, problems: &mut Problems) -> Option<u32> {
        let member = self.get(key)?;
        let count = member.value.as_u64().and_then(|count| u32::try_from(count).ok());
        if count.is_none() {
            problems.push(member.wrong("a whole number"));
        }
        count
    }

    /// The member as one character; anything else is a problem.
    pub(crate) fn character(&self, key: &str, problems: &mut Problems) -> Option<char> {
        let text = self.text(key, problems)?;
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Some(one),
            _ => {
                problems.extend(self.get(key).map(|member| member.wrong("one character")));
                None
            }
        }
    }

    /// One text or a list of them, as CSVW writes `titles`, `null` and `primaryKey`.
    pub(crate) fn texts(&self, key: &str, problems: &mut Problems) -> Option<Vec<String>> {
        let member = self.get(key)?;
        if let Some(text) = member.value.as_str() {
            return Some(vec![text.to_owned()]);
        }
        let items = member.value.as_array();
        let texts = items.and_then(|items| {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        if texts.is_none() {
            problems.push(member.wrong("text in quotes, or a list of texts"));
        }
        texts
    }

    /// The value is not of the form that it must have.
    pub(crate) fn wrong(&self, expected: &str) -> Problem {
        self.bad(
            format!("{} is not {expected}", shortened(&self.value.to_string())),
            format!("write {expected}"),
        )
    }

    /// The value has the right form but cannot be.
    pub(crate) fn bad(&self, reason: impl AsRef<str>, fix: impl Into<String>) -> Problem {
        self.problem(Code::MappingValue, reason, fix)
    }

    /// A member that must be there is not.
    pub(crate) fn missing(&self, key: &str, fix: impl Into<String>) -> Problem {
        self.problem(Code::MappingMissing, format!("\"{key}\" is missing"), fix)
    }

    pub(crate) fn problem(
        &self,
        code: Code,
        reason: impl AsRef<str>,
        fix: impl Into<String>,
    ) -> Problem {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        Problem::error(code, format!("at {pointer}: {}", reason.as_ref()), fix).in_file(self.file)
    }
}
