//! A version with its signatures, and whether it may follow the one in force.

use super::{Circle, CircleError, CircleList};
use crate::did::{Relationship, is_fragment, method_of};
use crate::jose_guard::{Compact, Typ};
use crate::limits::SKEW_S;
use crate::refusal::clip;
use crate::{Documents, Refusal};
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeSet;

/// Bytes of a file with lists.
pub const LIST_FILE_BYTES_MAX: usize = 1 << 20;

/// One version with the signatures that its file holds; nothing about them is proved.
#[derive(Debug)]
pub struct SignedList {
    pub(super) list: CircleList,
    pub(super) signatures: Vec<Signature>,
}

#[derive(Debug)]
pub(super) struct Signature {
    compact: Compact,
    pub(super) signer: Did,
    pub(super) line: String,
}

impl SignedList {
    /// Reads a file: every version in it with its signatures, by number. Lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// A line that is no signed list, lists of several circles, nothing at all.
    pub fn read_all(text: &str) -> Result<Vec<Self>, CircleError> {
        if text.len() > LIST_FILE_BYTES_MAX {
            return Err(CircleError::Shape(format!(
                "it has more than {LIST_FILE_BYTES_MAX} bytes"
            )));
        }
        let mut all: Vec<Self> = Vec::new();
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (content, signature) = read_line(line, number)?;
            let known = all.iter_mut().find(|it| line.split('.').nth(1) == Some(&it.list.content));
            match known {
                Some(known) if known.signatures.iter().any(|it| it.line == line) => {}
                Some(known) => known.signatures.push(signature),
                None => {
                    let list = content.list()?;
                    all.push(Self { list, signatures: vec![signature] });
                }
            }
        }
        all.sort_by_key(|it| it.list.version);
        match all.as_slice() {
            [] => Err(CircleError::Shape("it is empty".to_owned())),
            [first, rest @ ..] if rest.iter().any(|it| it.list.circle != first.list.circle) => {
                Err(CircleError::Shape("it holds lists of several circles".to_owned()))
            }
            _ => Ok(all),
        }
    }

    /// What it says.
    pub fn list(&self) -> &CircleList {
        &self.list
    }

    /// Whose signatures the file holds; nothing about them is proved.
    pub fn signers(&self) -> BTreeSet<&Did> {
        self.signatures.iter().map(|signature| &signature.signer).collect()
    }

    /// The lines as they are written to a file.
    pub fn to_text(&self) -> String {
        self.signatures.iter().map(|signature| format!("{}\n", signature.line)).collect()
    }

    /// The version in a file that a company that joins was told by its hash.
    ///
    /// # Errors
    /// No hash was told, or no version has it.
    pub fn pinned(all: Vec<Self>, pin: Option<&str>) -> Result<Vec<Self>, CircleError> {
        let newest = all.last().map(|it| it.list.clone());
        let newest = newest.ok_or_else(|| CircleError::Shape("it is empty".to_owned()))?;
        let Some(pin) = pin else {
            let CircleList { circle, version, hash, .. } = newest;
            return Err(CircleError::Unpinned { circle, version, hash });
        };
        let Some(at) = all.iter().position(|it| it.list.hash.eq_ignore_ascii_case(pin)) else {
            let held =
                all.iter().map(|it| format!("version {} with {}", it.list.version, it.list.hash));
            return Err(CircleError::Pin { pin: clip(pin), held: held.collect() });
        };
        let version = all[at].list.version;
        let keep = |it: &Self| it.list.version > version || it.list.hash.eq_ignore_ascii_case(pin);
        Ok(all.into_iter().filter(keep).collect())
    }

    /// Who may sign this version and has: those whose DID documents are needed. `before` is the version in force; a
    /// version by which a company joins is signed by its own members.
    ///
    /// Where two versions have one number, those who are said to have signed both.
    ///
    /// # Errors
    /// The version does not follow the one in force. Nobody was asked for anything.
    pub fn signed_by(&self, before: Option<&Circle>) -> Result<BTreeSet<Did>, CircleError> {
        match before.map(|before| self.follows(before)) {
            Some(Err(CircleError::Fork { both, .. })) => return Ok(both.into_iter().collect()),
            Some(Err(other)) => return Err(other),
            Some(Ok(())) | None => {}
        }
        let entitled = before.map_or(&self.list, |before| &before.list);
        let signers = self.signers().into_iter();
        Ok(signers.filter(|did| entitled.members.contains(did)).cloned().collect())
    }

    /// Takes this version, if enough members signed it.
    ///
    /// # Errors
    /// It does not follow the one in force, too few signatures are valid, or it is from the future. Whether it has ended is
    /// for the caller to ask: a version that ended is still the way to the next one.
    pub fn accept(
        self,
        before: Option<&Circle>,
        documents: &Documents,
        now: Timestamp,
    ) -> Result<Circle, CircleError> {
        let signed_by = self.signed_by(before)?;
        let entitled = self.signatures.iter().filter(|it| signed_by.contains(&it.signer));
        let valid = entitled.filter(|it| it.is_valid(&self.list, documents, now));
        let valid: Vec<_> = valid.map(|it| (it.signer.clone(), it.line.clone())).collect();
        let signers: BTreeSet<_> = valid.iter().map(|(signer, _)| signer.clone()).collect();
        if let Some(Err(mut refused)) = before.map(|before| self.follows(before)) {
            // Nobody is accused whose signature does not fit.
            if let CircleError::Fork { both, .. } = &mut refused {
                both.retain(|did| signers.contains(did));
            }
            return Err(refused);
        }
        let list = self.list;
        if list.issued_at.as_second() - SKEW_S > now.as_second() {
            let CircleList { circle, version, issued_at, .. } = list;
            return Err(CircleError::IssuedAt { circle, version, issued_at, now });
        }
        let wanted = before.map_or(list.quorum, |before| before.list.quorum);
        if signers.len() < wanted {
            let unchecked = signed_by.difference(&signers).cloned().collect();
            let (valid, CircleList { circle, version, .. }) = (signers.into_iter().collect(), list);
            return Err(CircleError::Quorum { circle, version, wanted, valid, unchecked });
        }
        Ok(Circle { list, signers, lines: valid.into_iter().map(|(_, line)| line).collect() })
    }

    /// Whether this version comes right after the one in force.
    fn follows(&self, before: &Circle) -> Result<(), CircleError> {
        let (list, held) = (&self.list, &before.list);
        let circle = || list.circle.clone();
        if list.version == held.version && list.hash != held.hash {
            let both = self.signers().into_iter().filter(|did| before.signers.contains(*did));
            return Err(CircleError::Fork {
                circle: circle(),
                version: list.version,
                held: held.hash.clone(),
                got: list.hash.clone(),
                both: both.cloned().collect(),
            });
        }
        if list.version <= held.version {
            let (held, got) = (held.version, list.version);
            return Err(CircleError::Rollback { circle: circle(), held, got });
        }
        if list.version > held.version + 1 {
            let (held, got) = (held.version, list.version);
            return Err(CircleError::Gap { circle: circle(), held, got });
        }
        match &list.previous {
            Some(previous) if previous.eq_ignore_ascii_case(&held.hash) => Ok(()),
            previous => Err(CircleError::Fork {
                circle: circle(),
                version: held.version,
                held: held.hash.clone(),
                got: previous.clone().unwrap_or_default(),
                both: Vec::new(),
            }),
        }
    }
}

impl Signature {
    /// Whether the member it names made it, with a key that signs what is kept.
    fn is_valid(&self, list: &CircleList, documents: &Documents, now: Timestamp) -> bool {
        let kid = self.compact.kid.as_deref();
        let key = documents.resolve(&self.signer).and_then(|document| {
            let (relationship, signed_at) = (Relationship::AssertionMethod, Some(list.issued_at));
            document.key(relationship, kid, signed_at, now).cloned()
        });
        key.is_ok_and(|key| self.compact.is_signed_by(&key))
    }
}

/// The content of one line that was not looked into yet.
struct Unread {
    payload: Value,
    text: Vec<u8>,
}

impl Unread {
    fn list(self) -> Result<CircleList, CircleError> {
        // The reader repeats what it found, and a stranger may have written it.
        let shape = |e: serde_json::Error| CircleError::Shape(clip(&e.to_string()));
        CircleList::of(serde_json::from_value(self.payload).map_err(shape)?, &self.text)
    }
}

fn read_line(line: &str, number: usize) -> Result<(Unread, Signature), CircleError> {
    let wrong = |refusal| CircleError::Line { line: number, refusal: Box::new(refusal) };
    let mut compact = Compact::parse(line, Typ::TrustList).map_err(wrong)?;
    let payload = Value::Object(std::mem::take(&mut compact.payload));
    let text = URL_SAFE_NO_PAD.decode(line.split('.').nth(1).unwrap_or_default());
    let text = text.map_err(|_| wrong(Refusal::Base64 { part: "payload" }))?;
    let signer = signer_of(compact.kid.as_deref().unwrap_or_default());
    let signer = signer.ok_or_else(|| wrong(Refusal::Header { member: "kid".to_owned() }))?;
    Ok((Unread { payload, text }, Signature { compact, signer, line: line.to_owned() }))
}

/// All lines sign the same content, so the header alone says who did: the DID before the `#` of the `kid`.
fn signer_of(kid: &str) -> Option<Did> {
    let (did, fragment) = kid.split_once('#')?;
    let did: Did = did.parse().ok()?;
    (is_fragment(fragment) && method_of(&did).is_ok()).then_some(did)
}
