//! The offers of one company: files in, closed enums out, or every problem at once.

use crate::read::read_offer;
use crate::{Offer, Rule, canonical};
use adit_credentials::{JsonProblem, read_json};
use adit_vocab::Vocabulary;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Bytes of one policy file.
const FILE_BYTES_MAX: usize = 256 * 1024;
/// Levels of arrays and objects in one policy file.
const DEPTH_MAX: usize = 16;

/// The offers of one company, read and checked.
///
/// ```
/// use adit_policy::{Policies, TEMPLATES};
/// use adit_vocab::Vocabulary;
/// let policies = Policies::read(TEMPLATES.iter().copied(), Vocabulary::bundled()).unwrap();
/// assert_eq!(policies.offers().len(), TEMPLATES.len());
///
/// let problems = Policies::read([("mine.json", r#"{"@type": "Wish"}"#)], Vocabulary::bundled()).unwrap_err();
/// assert!(problems[0].to_string().starts_with("mine.json"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    offers: Vec<Offer>,
    hash: String,
}

/// One thing wrong in a policy file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} at '{pointer}': found {found}; allowed: {allowed}")]
pub struct PolicyError {
    /// The file.
    pub file: String,
    /// Where in it, a [JSON Pointer](https://www.rfc-editor.org/rfc/rfc6901#section-3); empty for the whole file.
    pub pointer: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}

impl Policies {
    /// Reads the policy files of a company, each one offer.
    ///
    /// Nothing is skipped: a term that is not known refuses the file, because a rule emptied of a constraint would
    /// permit more than was written.
    ///
    /// # Errors
    /// Every problem of every file: unknown terms and members, operators without meaning for their operand, empty
    /// arrays, members that stand twice, identifiers used twice.
    pub fn read<N: AsRef<str>, B: AsRef<[u8]>>(
        files: impl IntoIterator<Item = (N, B)>,
        vocabulary: &Vocabulary,
    ) -> Result<Self, Vec<PolicyError>> {
        let (mut offers, mut problems) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            match read_file(name.as_ref(), bytes.as_ref(), vocabulary) {
                Ok(offer) => offers.push(offer),
                Err(found) => problems.extend(found),
            }
        }
        problems.extend(uids_used_twice(&offers));
        if problems.is_empty() { Ok(Self { hash: hash(&offers), offers }) } else { Err(problems) }
    }

    /// The offers, in the order of the files.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// Every rule of every offer.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.offers.iter().flat_map(|offer| &offer.rules)
    }

    /// The SHA-256 over the hashes of all offers, in hexadecimal: equal sets of offers have equal hashes, in any order.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

fn hash(offers: &[Offer]) -> String {
    let mut hashes: Vec<_> = offers.iter().map(|offer| &offer.hash).collect();
    hashes.sort_unstable();
    hex::encode(Sha256::digest(canonical(&json!(hashes))))
}

fn read_file(file: &str, bytes: &[u8], vocabulary: &Vocabulary) -> Result<Offer, Vec<PolicyError>> {
    let refuse = |pointer: String, found: String, allowed: String| {
        vec![PolicyError { file: file.to_owned(), pointer, found, allowed }]
    };
    if bytes.len() > FILE_BYTES_MAX {
        let (found, allowed) =
            (format!("{} bytes", bytes.len()), format!("{FILE_BYTES_MAX} bytes"));
        return Err(refuse(String::new(), found, allowed));
    }
    // Editors on Windows put a byte order mark before the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value = read_json(bytes, DEPTH_MAX).map_err(|problem| match problem {
        JsonProblem::Duplicate { pointer } => {
            refuse(pointer, "a member that stands twice".into(), "each member once".into())
        }
        JsonProblem::TooDeep { max } => {
            refuse(String::new(), "deep nesting".into(), format!("{max} levels"))
        }
        JsonProblem::Syntax { why } => {
            refuse(String::new(), format!("text that is not JSON ({why})"), "JSON in UTF-8".into())
        }
    })?;
    read_offer(file, &value, vocabulary)
}

fn uids_used_twice(offers: &[Offer]) -> Vec<PolicyError> {
    let mut first = BTreeMap::new();
    let mut problems = Vec::new();
    for offer in offers {
        let uids = offer.rules.iter().map(|rule| &rule.uid).chain([&offer.uid]);
        for uid in uids {
            if let Some(other) = first.insert(uid, &offer.file) {
                problems.push(PolicyError {
                    file: offer.file.clone(),
                    pointer: String::new(),
                    found: format!("the uid '{uid}', which stands in {other} too"),
                    allowed: "a uid that no other offer or rule has".to_owned(),
                });
            }
        }
    }
    problems
}
