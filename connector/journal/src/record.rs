//! What is written down: records, their kinds, and the entries they become.

use crate::database::EntryRow;
use crate::tree::leaf_hash;
use crate::{Fault, Hash};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use std::fmt;
use std::str::FromStr;

/// The most bytes that one record may have, its number aside; what is larger belongs in a blob.
pub const RECORD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What is nested no deeper than this can be read back.
const PLAIN_DEPTH: usize = 64;

/// Beyond this, neighbouring integers are one number in JSON ([RFC 7493, section 2.2](https://www.rfc-editor.org/rfc/rfc7493#section-2.2)).
const EXACT_INTEGER_MAX: u64 = (1 << 53) - 1;

/// What a record is about.
///
/// ```
/// use adit_journal::Kind;
/// assert_eq!(Kind::Publication.to_string(), "publication");
/// assert_eq!("publication".parse(), Ok(Kind::Publication));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Sources were replaced by what was published from them.
    Publication,
    /// A caller was permitted or refused something.
    Decision,
    /// Something was sent to another company.
    Disclosure,
    /// A key was made, rotated or withdrawn.
    Key,
    /// The trust list changed.
    Trust,
    /// A policy was put in force or taken out.
    Policy,
    /// A call was refused before a policy was asked, or failed after one was.
    Refusal,
}

/// Text that is not the name of a [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a kind of journal record; the kinds are publication, decision, disclosure, key, trust, policy, refusal"
)]
pub struct NotAKind(pub String);

/// What the caller writes down, before it has a number.
///
/// It is kept as canonical JSON ([RFC 8785](https://www.rfc-editor.org/rfc/rfc8785#section-3)), where `1.0` is `1`
/// and integers beyond 53 bits would change; those are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What it is about.
    pub kind: Kind,
    /// When, as the caller's clock says: an [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6) time in UTC, ending in `Z`.
    /// The order of entries is their number; the time is a claim.
    pub at: String,
    /// What happened.
    pub body: Value,
    /// The blobs that belong to it, which are there before it is.
    pub blobs: Vec<Hash>,
}

/// A record in its place in the journal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its number; the first is 1 and there are no gaps.
    pub number: u64,
    /// The record, as canonical JSON reads.
    pub record: Record,
    /// The leaf hash of the stored record, which includes the number.
    pub leaf: Hash,
    /// The root of the tree of all entries up to and including this one.
    pub root: Hash,
}

/// A record that passed every check, and its canonical text but for the number.
pub(crate) struct Draft {
    record: Record,
    text: String,
}

/// Where a committed record stands.
pub(crate) struct Place {
    pub(crate) number: u64,
    pub(crate) leaf: Hash,
    pub(crate) root: Hash,
}

/// A record as it is stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    at: String,
    blobs: Vec<Hash>,
    body: Value,
    kind: Kind,
    number: u64,
}

impl Draft {
    pub(crate) fn new(record: Record) -> Result<Self, Fault> {
        let kind = record.kind;
        if !record.at.ends_with('Z') || record.at.parse::<jiff::Timestamp>().is_err() {
            return Err(Fault::NotUtc { at: record.at.chars().take(80).collect() });
        }
        let too_deep = |e: serde_json::Error| Fault::TooDeep { kind, text: e.to_string() };
        let text = serde_json_canonicalizer::to_string(&record).map_err(too_deep)?;
        if text.len() > RECORD_BYTES_MAX {
            return Err(Fault::TooLarge { kind, bytes: text.len() });
        }
        // Who appends gets what who reads will get: the record as its text says.
        let as_read = match reads_back(&record.body, PLAIN_DEPTH) {
            true => None,
            false => Some(serde_json::from_str(&text).map_err(too_deep)?),
        };
        if let Some(number) = inexact(&record.body) {
            return Err(Fault::Inexact { kind, number: number.to_string() });
        }
        Ok(Self { record: as_read.unwrap_or(record), text })
    }

    pub(crate) fn blobs(&self) -> &[Hash] {
        &self.record.blobs
    }

    pub(crate) fn kind(&self) -> Kind {
        self.record.kind
    }

    /// The canonical bytes of the record under a number: `number` sorts after every other key, so it is put at the end.
    pub(crate) fn bytes(&self, number: u64) -> Vec<u8> {
        let before_brace = self.text.strip_suffix('}').unwrap_or(&self.text);
        format!("{before_brace},\"number\":{number}}}").into_bytes()
    }

    pub(crate) fn into_entry(self, place: Place) -> Entry {
        let Place { number, leaf, root } = place;
        Entry { number, record: self.record, leaf, root }
    }
}

/// Whether a value is in canonical JSON what it is here: it has no fraction, which may be spelled anew, and is not nested
/// so deep that a reader may give up.
fn reads_back(value: &Value, depth: usize) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => true,
        Value::Number(number) => !number.is_f64(),
        Value::Array(values) => depth > 0 && values.iter().all(|it| reads_back(it, depth - 1)),
        Value::Object(members) => depth > 0 && members.values().all(|it| reads_back(it, depth - 1)),
    }
}

/// The first integer that does not survive canonical JSON.
fn inexact(value: &Value) -> Option<&Number> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => None,
        Value::Number(number) => {
            let integer =
                number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs)).unwrap_or(0);
            (integer > EXACT_INTEGER_MAX).then_some(number)
        }
        Value::Array(values) => values.iter().find_map(inexact),
        Value::Object(members) => members.values().find_map(inexact),
    }
}

impl TryFrom<EntryRow> for Entry {
    type Error = String;

    /// Reads a stored entry back, or says what is wrong with it.
    fn try_from(row: EntryRow) -> Result<Self, String> {
        let EntryRow { number, kind: indexed, record, leaf, root } = row;
        if leaf_hash(&record) != leaf {
            return Err("the record does not hash to its leaf".to_owned());
        }
        let stored: Stored = serde_json::from_slice(&record)
            .map_err(|e| format!("the record is not one this program can read: {e}"))?;
        let Stored { at, blobs, body, kind, number: recorded } = stored;
        if recorded != number {
            return Err(format!("the record says it is entry {recorded}"));
        }
        if kind.as_str() != indexed {
            return Err(format!("the record is a {kind}, its row says '{indexed}'"));
        }
        Ok(Self { number, record: Record { kind, at, body, blobs }, leaf, root })
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Publication,
        Self::Decision,
        Self::Disclosure,
        Self::Key,
        Self::Trust,
        Self::Policy,
        Self::Refusal,
    ];

    /// The name, as records spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publication => "publication",
            Self::Decision => "decision",
            Self::Disclosure => "disclosure",
            Self::Key => "key",
            Self::Trust => "trust",
            Self::Policy => "policy",
            Self::Refusal => "refusal",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(text: &str) -> Result<Self, NotAKind> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| NotAKind(text.chars().take(80).collect()))
    }
}
