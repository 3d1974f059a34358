//! JSON read strictly: no member twice, no deep nesting.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Bytes that are not JSON as we read it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// An object has a member twice; readers differ in which one counts.
    #[error("the member at '{pointer}' stands twice")]
    Duplicate {
        /// Where, a [JSON Pointer](https://www.rfc-editor.org/rfc/rfc6901#section-3).
        pointer: String,
    },
    /// Arrays and objects nest too deep.
    #[error("arrays and objects nest deeper than {max} levels")]
    TooDeep {
        /// The bound.
        max: usize,
    },
    /// Not JSON in UTF-8.
    #[error("not JSON: {why}")]
    Syntax {
        /// What the reader says, with line and column and without the text.
        why: String,
    },
}

/// Reads one JSON value and refuses what readers disagree about.
///
/// ```
/// use adit_credentials::{JsonProblem, read_json};
/// let twice = read_json(br#"{"alg": "ES256", "alg": "none"}"#, 16);
/// assert_eq!(twice, Err(JsonProblem::Duplicate { pointer: "/alg".into() }));
/// ```
///
/// # Errors
/// A member that stands twice, more than `depth_max` levels, bytes that are not JSON.
pub fn read_json(bytes: &[u8], depth_max: usize) -> Result<Value, JsonProblem> {
    let mut problem = None;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let at = At { depth_max, path: &mut Vec::new(), problem: &mut problem };
    let read = at.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match (read, problem) {
        (_, Some(problem)) => Err(problem),
        (Ok(value), None) => Ok(value),
        (Err(error), None) => Err(JsonProblem::Syntax { why: error.to_string() }),
    }
}

/// One step of a [JSON Pointer](https://www.rfc-editor.org/rfc/rfc6901#section-3), escaped.
pub fn pointer_step(member: &str) -> String {
    format!("/{}", member.replace('~', "~0").replace('/', "~1"))
}

/// A place in the document, and where a problem found there is noted.
struct At<'a> {
    depth_max: usize,
    path: &'a mut Vec<String>,
    problem: &'a mut Option<JsonProblem>,
}

impl At<'_> {
    fn inside(&mut self) -> At<'_> {
        At { depth_max: self.depth_max, path: self.path, problem: self.problem }
    }

    fn stop<T, E: Error>(&mut self, problem: JsonProblem) -> Result<T, E> {
        let error = E::custom(&problem);
        *self.problem = Some(problem);
        Err(error)
    }

    fn refuse_depth<E: Error>(&mut self) -> Result<(), E> {
        // The path holds one step for each level that is open around this one.
        if self.path.len() < self.depth_max {
            return Ok(());
        }
        let max = self.depth_max;
        self.stop(JsonProblem::TooDeep { max })
    }
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        self.refuse_depth()?;
        let mut values = Vec::new();
        loop {
            self.path.push(format!("/{}", values.len()));
            let Some(value) = access.next_element_seed(self.inside())? else { break };
            values.push(value);
            self.path.pop();
        }
        self.path.pop();
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<Value, A::Error> {
        self.refuse_depth()?;
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            self.path.push(pointer_step(&name));
            if members.contains_key(&name) {
                let pointer = self.path.concat();
                return self.stop(JsonProblem::Duplicate { pointer });
            }
            let value = access.next_value_seed(self.inside())?;
            members.insert(name, value);
            self.path.pop();
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_serde_reads() {
        for text in [r#"{"a":[1,-2,1e300,true,null,"x"],"b":{}}"#, "[]", "18446744073709551615"] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read_json(text.as_bytes(), 16), Ok(value));
        }
    }

    #[test]
    fn refuses_a_member_twice_at_any_depth_also_when_escaped() {
        for (text, pointer) in [
            (r#"{"alg":1,"alg":1}"#, "/alg"),
            (r#"{"a":[0,{"b":{"c/d":1,"c\u002fd":2}}]}"#, "/a/1/b/c~1d"),
        ] {
            let expected = JsonProblem::Duplicate { pointer: pointer.into() };
            assert_eq!(read_json(text.as_bytes(), 16), Err(expected), "{text}");
        }
    }

    #[test]
    fn refuses_the_seventeenth_level() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(read_json(nested(16).as_bytes(), 16).is_ok());
        assert_eq!(read_json(nested(17).as_bytes(), 16), Err(JsonProblem::TooDeep { max: 16 }));
        let objects = r#"{"a":"#.repeat(5000);
        assert_eq!(read_json(objects.as_bytes(), 16), Err(JsonProblem::TooDeep { max: 16 }));
    }

    #[test]
    fn refuses_text_after_the_value_and_bytes_that_are_not_utf8() {
        for bytes in [&b"{} {}"[..], b"", b"\"\xff\"", b"{\"a\":1,}", b"1e400"] {
            let read = read_json(bytes, 16);
            assert!(matches!(read, Err(JsonProblem::Syntax { .. })), "{read:?}");
        }
    }
}
