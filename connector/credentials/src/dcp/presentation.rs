//! The messages between a verifier and a Credential Service.

use super::message::{Members, write};
use super::{DcpRefusal, Scope};
use serde_json::{Value, json};

const QUERY: &str = "PresentationQueryMessage";
const RESPONSE: &str = "PresentationResponseMessage";
/// Scopes in one query.
const SCOPES_MAX: usize = 64;
/// Presentations in one answer.
const PRESENTATIONS_MAX: usize = 8;

/// What a verifier asks to see.
///
/// Implements [Presentation Query Message](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#presentation-query-message).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentationQuery {
    /// The scopes that are understood; one of another alias is not, and nothing is shown for it.
    pub scopes: Vec<Scope>,
}

impl PresentationQuery {
    /// Reads a query.
    ///
    /// # Errors
    /// [`DcpRefusal::BothWays`], [`DcpRefusal::Definition`] for a presentation definition, no scope at all, or a body
    /// that is no such message.
    pub fn read(bytes: &[u8]) -> Result<Self, DcpRefusal> {
        let mut message = Members::read(bytes, QUERY)?;
        let definition = "presentationDefinition";
        if message.has(definition) && message.has("scope") {
            return Err(DcpRefusal::BothWays);
        }
        match message.take(definition) {
            None => {}
            Some(Value::Object(members)) if !members.is_empty() => {
                return Err(DcpRefusal::Definition);
            }
            Some(_) => {
                let expected = "an object that is not empty";
                return Err(DcpRefusal::Member { member: definition, expected });
            }
        }
        let expected = "an array of 1 to 64 strings";
        let mut scopes = Vec::new();
        for entry in message.some("scope", expected, SCOPES_MAX)? {
            let Value::String(text) = entry else {
                return Err(DcpRefusal::Member { member: "scope", expected });
            };
            scopes.extend(text.parse::<Scope>().ok());
        }
        Ok(Self { scopes })
    }

    /// The query as a message.
    pub fn to_json(&self) -> Value {
        let scopes: Vec<_> = self.scopes.iter().map(Scope::to_string).collect();
        write(QUERY, json!({ "scope": scopes }))
    }
}

/// What a Credential Service shows: signed presentations, each of credentials of one data model.
///
/// Implements [Presentation Response Message](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/#presentation-response-message).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentationResponse {
    /// The presentations, as tokens.
    pub presentations: Vec<String>,
}

impl PresentationResponse {
    /// Reads an answer. A presentation that is an object is passed over: both profiles sign by JWT.
    ///
    /// # Errors
    /// A body that is no such message, or one with too many presentations.
    pub fn read(bytes: &[u8]) -> Result<Self, DcpRefusal> {
        let mut message = Members::read(bytes, RESPONSE)?;
        let expected = "an array of at most 8 presentations";
        let wrong = DcpRefusal::Member { member: "presentation", expected };
        let entries = match message.take("presentation") {
            Some(Value::Array(entries)) if entries.len() <= PRESENTATIONS_MAX => entries,
            _ => return Err(wrong),
        };
        let tokens = entries.into_iter().filter_map(|entry| match entry {
            Value::String(token) => Some(token),
            _ => None,
        });
        Ok(Self { presentations: tokens.collect() })
    }

    /// The answer as a message.
    pub fn to_json(&self) -> Value {
        write(RESPONSE, json!({ "presentation": self.presentations }))
    }
}
