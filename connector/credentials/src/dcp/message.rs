//! Messages as they come: JSON, read strictly; members that are not known are passed over, as the protocol says.

use super::{DCP_CONTEXT, DcpRefusal};
use crate::limits::JSON_DEPTH_MAX;
use crate::read_json;
use crate::refusal::clip;
use serde_json::{Map, Value, json};

/// The most bytes of a message.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// The most bytes of an identifier in a message.
const ID_BYTES_MAX: usize = 256;

/// The members of a message of one kind.
///
/// Implements [Schemas, Contexts, and Message Processing](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#schemas-contexts-and-message-processing).
pub(super) struct Members(Map<String, Value>);

/// The kind that a message says it is of, where one address takes several; empty where it says none.
///
/// # Errors
/// A body that is no message.
pub fn kind_of(bytes: &[u8]) -> Result<String, DcpRefusal> {
    let members = object(bytes)?;
    Ok(clip(members.get("type").and_then(Value::as_str).unwrap_or_default()))
}

/// A message to send.
pub(super) fn write(kind: &str, members: Value) -> Value {
    let mut message = Map::from_iter([
        ("@context".to_owned(), json!([DCP_CONTEXT])),
        ("type".to_owned(), json!(kind)),
    ]);
    if let Value::Object(members) = members {
        message.extend(members.into_iter().filter(|(_, value)| !value.is_null()));
    }
    Value::Object(message)
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, DcpRefusal> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(DcpRefusal::TooLarge { bytes: bytes.len() });
    }
    match read_json(bytes, JSON_DEPTH_MAX).map_err(DcpRefusal::Json)? {
        Value::Object(members) => Ok(members),
        _ => Err(DcpRefusal::Member { member: "message", expected: "an object" }),
    }
}

impl Members {
    /// Reads a message and checks its context and kind.
    pub(super) fn read(bytes: &[u8], kind: &'static str) -> Result<Self, DcpRefusal> {
        let members = object(bytes)?;
        let contexts = match members.get("@context") {
            Some(Value::Array(contexts)) => contexts,
            _ => return Err(DcpRefusal::Context),
        };
        if !contexts.iter().all(Value::is_string) || !contexts.iter().any(|it| it == DCP_CONTEXT) {
            return Err(DcpRefusal::Context);
        }
        match members.get("type").and_then(Value::as_str) {
            Some(got) if got == kind => Ok(Self(members)),
            got => {
                let got = clip(got.unwrap_or_default());
                Err(DcpRefusal::Kind { expected: kind, got })
            }
        }
    }

    /// The members of an object inside a message.
    pub(super) fn inside(
        value: Value,
        member: &'static str,
        expected: &'static str,
    ) -> Result<Self, DcpRefusal> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(DcpRefusal::Member { member, expected }),
        }
    }

    /// A member that may be absent; `null` counts as absent.
    pub(super) fn take(&mut self, member: &str) -> Option<Value> {
        self.0.remove(member).filter(|value| !value.is_null())
    }

    /// Whether the member stands there, whatever its value.
    pub(super) fn has(&self, member: &str) -> bool {
        self.0.contains_key(member)
    }

    /// A string that may be absent.
    pub(super) fn text(&mut self, member: &'static str) -> Result<Option<String>, DcpRefusal> {
        match self.take(member) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(DcpRefusal::Member { member, expected: "a string" }),
        }
    }

    /// An identifier that must be there.
    pub(super) fn id(&mut self, member: &'static str) -> Result<String, DcpRefusal> {
        let expected = "a string of 1 to 256 printable characters";
        self.text(member)?
            .filter(|text| !text.is_empty() && text.len() <= ID_BYTES_MAX)
            .filter(|text| text.chars().all(|c| !c.is_control()))
            .ok_or(DcpRefusal::Member { member, expected })
    }

    /// An array with at least one entry and at most some.
    pub(super) fn some(
        &mut self,
        member: &'static str,
        expected: &'static str,
        max: usize,
    ) -> Result<Vec<Value>, DcpRefusal> {
        match self.take(member) {
            Some(Value::Array(entries)) if (1..=max).contains(&entries.len()) => Ok(entries),
            _ => Err(DcpRefusal::Member { member, expected }),
        }
    }
}
