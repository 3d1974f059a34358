//! The keys of one holder over time: which one signs, which are published, and until when.

mod text;

use crate::did::key_id;
use crate::{KeyError, Keypair, PublicKey, did_web_document};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;

/// Keys that are held at once: the one that signs and those that leave.
pub const KEYS_MAX: usize = 16;

/// The keys of one holder, a function of time alone: nothing happens to a key but that its dates pass.
///
/// A key goes through four states. It is *announced*: published, while the one before it still signs, so that whoever
/// keeps our DID document for some minutes knows it when it is first used. It *signs*. It is in *overlap*: its private
/// half is gone, and what it signed last is still accepted. It *asserts*: it proves the credentials that it once signed,
/// until the last of them ends, and nothing new. Then it is forgotten. A key that may be in wrong hands is *revoked*: it
/// stays in the document for good, to say that it proves nothing, old or new, also to those who remember it.
///
/// ```
/// use adit_credentials::{Keypair, Keys, Rotation};
/// use jiff::{SignedDuration, Timestamp};
/// let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
/// let keys = Keys::new(Keypair::generate().unwrap(), now);
/// let (lead, overlap) = (SignedDuration::from_mins(15), SignedDuration::from_hours(7 * 24));
/// let rotation = Rotation { now, lead, overlap, asserts_until: now };
/// let rotated = keys.rotate(Keypair::generate().unwrap(), &rotation).unwrap();
/// assert_eq!(rotated.public(now).len(), 2);
/// assert_eq!(rotated.signing(now).public(), keys.signing(now).public());
/// assert_ne!(rotated.signing(now + lead).public(), keys.signing(now).public());
/// assert_eq!(rotated.public(now + lead + overlap).len(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct Keys {
    /// In the order in which they were made; the last one has no end, and its private half is here.
    keys: Vec<Key>,
}

#[derive(Debug, Clone)]
struct Key {
    half: Half,
    made: Timestamp,
    signs_from: Timestamp,
    ends: Option<Ends>,
}

#[derive(Debug, Clone)]
enum Half {
    Private(Arc<Keypair>),
    Public(PublicKey),
}

/// When a key that was replaced leaves the DID document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// Until then it proves presentations and tokens.
    pub presents_until: Timestamp,
    /// Until then it proves credentials.
    pub asserts_until: Timestamp,
    /// Since then it proves nothing, old or new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// How a key replaces another.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// The time of the rotation.
    pub now: Timestamp,
    /// How long the new key is published before it signs.
    pub lead: SignedDuration,
    /// How long the old key still proves presentations after the new one signs.
    pub overlap: SignedDuration,
    /// The end of the last credential that the old key signed.
    pub asserts_until: Timestamp,
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Published, and not yet used.
    Announced,
    /// Signs.
    Signs,
    /// Signs no more; presentations and credentials of it are accepted.
    Overlap,
    /// Signs no more; credentials of it are accepted.
    Asserts,
    /// Proves nothing.
    Revoked,
}

/// What can be told of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// The name of the key in the DID document.
    pub kid: String,
    /// Where it stands.
    pub state: KeyState,
    /// When it was made; the beginning of 1970 where that is not known.
    pub made: Timestamp,
    /// From when it signs.
    pub signs_from: Timestamp,
    /// When it leaves, once another has replaced it.
    #[serde(flatten)]
    pub ends: Option<Ends>,
}

/// Keys that cannot be read or changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// The text holds no keys.
    #[error("no keys: {why}")]
    Shape {
        /// What is wrong; never a part of the text.
        why: &'static str,
    },
    /// One of the keys cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No key has the name.
    #[error("no key here is named '{kid}'; adit key list names them")]
    Unknown {
        /// The name.
        kid: String,
    },
    /// The newest key cannot leave: nothing would be left to sign with.
    #[error("{kid} is the newest key, and nothing else would sign; run adit key rotate first")]
    Newest {
        /// Its name.
        kid: String,
    },
    /// Too many keys are published at once.
    #[error(
        "{KEYS_MAX} keys are published already; wait until one leaves, adit key list says when"
    )]
    TooMany,
}

impl Keys {
    /// One key, which signs from now on.
    pub fn new(keypair: Keypair, now: Timestamp) -> Self {
        let half = Half::Private(Arc::new(keypair));
        Self { keys: vec![Key { half, made: now, signs_from: now, ends: None }] }
    }

    /// The key that signs what is shown at once: presentations and tokens.
    pub fn signing(&self, now: Timestamp) -> &Keypair {
        let private = || self.keys.iter().rev().filter_map(|key| Some((key, key.half.keypair()?)));
        let begun = private().find(|(key, _)| key.signs_from <= now);
        // A clock that was set back would find no key; then the oldest that can sign does.
        let (_, keypair) = begun.or_else(|| private().next_back()).expect("the last key can sign");
        keypair
    }

    /// The key that signs what is kept, credentials: the newest, which is published already when it is announced.
    pub fn issuing(&self) -> &Keypair {
        self.keys.last().and_then(|key| key.half.keypair()).expect("the last key can sign")
    }

    /// When the newest key was made; what was issued since then is signed with it.
    pub fn newest_made(&self) -> Timestamp {
        self.keys.last().expect("there is always a key").made
    }

    /// Every key that the DID document lists, oldest first.
    pub fn public(&self, now: Timestamp) -> Vec<&PublicKey> {
        self.published(now).map(|key| key.half.public()).collect()
    }

    /// The DID document of a company: every published key for assertion, for authentication and capability invocation
    /// those that still may prove something new, and for nothing those that were revoked.
    ///
    /// Implements [DID Core, Verification Relationships](https://www.w3.org/TR/did-1.0/#verification-relationships) and
    /// [Controlled Identifiers 1.0, Verification Methods](https://www.w3.org/TR/cid-1.0/#verification-methods).
    pub fn document(&self, did: &Did, base: &str, services: &[Value], now: Timestamp) -> Value {
        let mut document = did_web_document(did, &self.public(now), base, services);
        for key in self.published(now) {
            let (id, state) = (key_id(did, key.half.public()), key.state(now));
            let past: &[&str] = match state {
                KeyState::Announced | KeyState::Signs | KeyState::Overlap => &[],
                KeyState::Asserts => &["authentication", "capabilityInvocation"],
                KeyState::Revoked => &["authentication", "assertionMethod", "capabilityInvocation"],
            };
            for relationship in past {
                if let Some(ids) = document[*relationship].as_array_mut() {
                    ids.retain(|listed| *listed != id);
                }
            }
            let Some(ends) = key.ends else { continue };
            let methods = document["verificationMethod"].as_array_mut().into_iter().flatten();
            for method in methods.filter(|method| method["id"] == id) {
                match ends.revoked {
                    Some(revoked) => method["revoked"] = json!(revoked),
                    None => method["expires"] = json!(ends.asserts_until),
                }
            }
        }
        document
    }

    /// The keys with another that replaces the newest.
    ///
    /// # Errors
    /// Too many keys.
    pub fn rotate(&self, new: Keypair, rotation: &Rotation) -> Result<Self, KeysError> {
        let Rotation { now, lead, overlap, asserts_until } = *rotation;
        let mut keys = self.kept(now);
        if keys.len() >= KEYS_MAX {
            return Err(KeysError::TooMany);
        }
        let later = |from: Timestamp, by| from.saturating_add(by).unwrap_or(Timestamp::MAX);
        let signs_from = later(now, lead);
        let presents_until = later(signs_from, overlap);
        if let Some(last) = keys.last_mut() {
            let asserts_until = asserts_until.max(presents_until);
            last.ends = Some(Ends { presents_until, asserts_until, revoked: None });
        }
        keys.push(Key { half: Half::Private(Arc::new(new)), made: now, signs_from, ends: None });
        Ok(Self { keys }.without_spent(now))
    }

    /// The keys with one revoked, by the name that it has for a DID: it proves nothing any more, old or new.
    ///
    /// # Errors
    /// No key of that name, or the newest one.
    pub fn retire(&self, did: &Did, kid: &str, now: Timestamp) -> Result<Self, KeysError> {
        let name = |key: &Key| key_id(did, key.half.public());
        let is_named = |key: &Key| {
            let name = name(key);
            name == kid || name.rsplit('#').next() == Some(kid.trim_start_matches('#'))
        };
        let at = self.keys.iter().position(is_named);
        let at = at.ok_or_else(|| KeysError::Unknown { kid: kid.chars().take(128).collect() })?;
        let mut keys = self.keys.clone();
        let (first, after) = keys.split_at_mut(at + 1);
        let revoked = &mut first[at];
        let Some(next) = after.iter_mut().find(|key| key.half.keypair().is_some()) else {
            return Err(KeysError::Newest { kid: name(revoked) });
        };
        if revoked.ends.is_some_and(|ends| ends.revoked.is_some()) {
            return Ok(self.clone());
        }
        // Where it was the one that signs, the one that was announced after it begins early.
        if revoked.signs_from <= now {
            next.signs_from = next.signs_from.min(now);
        }
        revoked.half = Half::Public(revoked.half.public().clone());
        let (presents_until, asserts_until) = (now, Timestamp::MAX);
        revoked.ends = Some(Ends { presents_until, asserts_until, revoked: Some(now) });
        Ok(Self { keys }.without_spent(now))
    }

    /// The keys after everything whose date has passed: spent private halves and forgotten keys are gone. `None` if
    /// nothing has passed.
    pub fn tidied(&self, now: Timestamp) -> Option<Self> {
        let tidied = Self { keys: self.kept(now) }.without_spent(now);
        let privates = |keys: &Self| keys.keys.iter().filter_map(|key| key.half.keypair()).count();
        let is_same = tidied.keys.len() == self.keys.len() && privates(&tidied) == privates(self);
        (!is_same).then_some(tidied)
    }

    /// The next instant at which a key changes its state.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let dates = self.keys.iter().flat_map(|key| {
            let ends = key.ends.map(|ends| [ends.presents_until, ends.asserts_until]);
            ends.into_iter().flatten().chain([key.signs_from])
        });
        dates.filter(|date| *date > now).min()
    }

    /// What can be told of each key, oldest first.
    pub fn list(&self, did: &Did, now: Timestamp) -> Vec<KeyInfo> {
        let signing = self.signing(now).public();
        let info = |key: &Key| KeyInfo {
            kid: key_id(did, key.half.public()),
            state: match key.state(now) {
                _ if key.half.public() == signing => KeyState::Signs,
                state => state,
            },
            made: key.made,
            signs_from: key.signs_from,
            ends: key.ends,
        };
        self.published(now).map(info).collect()
    }

    fn published(&self, now: Timestamp) -> impl Iterator<Item = &Key> {
        let is_kept = move |key: &&Key| key.ends.is_none_or(|ends| now < ends.asserts_until);
        self.keys.iter().filter(is_kept)
    }

    fn kept(&self, now: Timestamp) -> Vec<Key> {
        self.published(now).cloned().collect()
    }

    /// Drops the private half of each key before the one that signs.
    fn without_spent(mut self, now: Timestamp) -> Self {
        let signing = self.signing(now).public().clone();
        let before = self.keys.iter_mut().take_while(|key| *key.half.public() != signing);
        for key in before {
            key.half = Half::Public(key.half.public().clone());
        }
        self
    }
}

impl Key {
    fn state(&self, now: Timestamp) -> KeyState {
        match self.ends {
            Some(Ends { revoked: Some(_), .. }) => KeyState::Revoked,
            _ if now < self.signs_from => KeyState::Announced,
            Some(ends) if now >= ends.presents_until => KeyState::Asserts,
            Some(_) => KeyState::Overlap,
            None => KeyState::Signs,
        }
    }
}

impl Half {
    fn public(&self) -> &PublicKey {
        match self {
            Self::Private(keypair) => keypair.public(),
            Self::Public(public) => public,
        }
    }

    fn keypair(&self) -> Option<&Keypair> {
        match self {
            Self::Private(keypair) => Some(keypair),
            Self::Public(_) => None,
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Announced => "announced",
            Self::Signs => "signs",
            Self::Overlap => "overlap",
            Self::Asserts => "asserts",
            Self::Revoked => "revoked",
        })
    }
}

#[cfg(test)]
mod tests;
