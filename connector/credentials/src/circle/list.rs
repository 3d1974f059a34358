//! What one version of a circle's list says, and how a person writes it.

use super::CircleError;
use crate::did::{Method, method_of};
use crate::jose_guard::{Typ, sign};
use crate::refusal::clip;
use crate::trust::{WrittenIssuer, short_type};
use crate::{Keypair, TrustedIssuer};
use adit_vocab::{Did, adit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Members of a circle.
pub const MEMBERS_MAX: usize = 256;
/// The highest number of a version: TOML can write it, and the one after it.
const VERSION_MAX: u64 = 4_294_967_295;
/// Bytes of the remark of an entry.
const NOTE_BYTES_MAX: usize = 200;
/// How long one version lives: a circle that forgets its list stops trusting by it.
pub const LIST_LIFE: SignedDuration = SignedDuration::from_hours(400 * 24);

/// What one version of a circle's list says.
///
/// ```
/// use adit_credentials::CircleList;
/// let list = CircleList::draft(r#"
///     circle = "nordic-mining"
///     version = 1
///     quorum = 1
///     members = ["did:web:oem.example"]
///     expires = "2027-11-22T00:00:00Z"
///     [[issuer]]
///     did = "did:web:association.example"
///     types = ["MembershipCredential"]
/// "#, "2026-11-22T12:00:00Z".parse().unwrap()).unwrap();
/// assert_eq!((list.circle(), list.version(), list.hash().len()), ("nordic-mining", 1, 64));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleList {
    pub(super) circle: String,
    pub(super) version: u64,
    pub(super) previous: Option<String>,
    pub(super) quorum: usize,
    pub(super) members: Vec<Did>,
    pub(super) issuers: Vec<TrustedIssuer>,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// The content as it is signed, in base64url.
    pub(super) content: String,
    /// The SHA-256 of the content, in hexadecimal.
    pub(super) hash: String,
}

/// The content as it is signed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    circle: String,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    quorum: usize,
    members: Vec<Did>,
    issuers: Vec<WrittenIssuer>,
    iat: i64,
    exp: i64,
}

/// A version as a person writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    circle: String,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    quorum: usize,
    members: Vec<Did>,
    expires: Timestamp,
    #[serde(default)]
    issuer: Vec<WrittenIssuer>,
}

impl CircleList {
    /// Reads a version as a person wrote it, in TOML; it is made now.
    ///
    /// # Errors
    /// What a list cannot say.
    pub fn draft(text: &str, now: Timestamp) -> Result<Self, CircleError> {
        let draft: Draft =
            toml::from_str(text).map_err(|e| CircleError::Shape(e.message().to_owned()))?;
        let Draft { circle, version, previous, quorum, members, expires, issuer } = draft;
        let (iat, exp) = (now.as_second(), expires.as_second());
        // Entries are spelled in one way, whatever way the draft spells them.
        let issuers = TrustedIssuer::read_all(issuer)?.iter().map(TrustedIssuer::written).collect();
        let content = Content { circle, version, previous, quorum, members, issuers, iat, exp };
        let text = serde_json_canonicalizer::to_vec(&content)
            .map_err(|e| CircleError::Shape(e.to_string()))?;
        Self::of(content, &text)
    }

    /// The draft of the version after this one, for a person to change: the same, a year from now.
    pub fn next_draft(&self, now: Timestamp) -> String {
        let draft = Draft {
            circle: self.circle.clone(),
            version: self.version + 1,
            previous: Some(self.hash.clone()),
            quorum: self.quorum,
            members: self.members.clone(),
            expires: in_a_year(now),
            issuer: self.issuers.iter().map(TrustedIssuer::written).collect(),
        };
        draft.to_text()
    }

    /// The draft of the first version of a new circle, with one member.
    pub fn first_draft(circle: &str, founder: &Did, now: Timestamp) -> String {
        let draft = Draft {
            circle: circle.to_owned(),
            version: 1,
            previous: None,
            quorum: 1,
            members: vec![founder.clone()],
            expires: in_a_year(now),
            issuer: Vec::new(),
        };
        draft.to_text()
    }

    /// The name of the circle.
    pub fn circle(&self) -> &str {
        &self.circle
    }

    /// The number of the version; the first is 1.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many members must sign the next version.
    pub fn quorum(&self) -> usize {
        self.quorum
    }

    /// Who belongs to the circle.
    pub fn members(&self) -> &[Did] {
        &self.members
    }

    /// Which issuer may issue what.
    pub fn issuers(&self) -> &[TrustedIssuer] {
        &self.issuers
    }

    /// When it ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The SHA-256 of what is signed, in hexadecimal: what two people compare by telephone.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether the version has not ended.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Whether an issuer may issue the type, given as an IRI, by this version.
    pub fn accepts(&self, issuer: &Did, type_iri: &str, now: Timestamp) -> bool {
        let gives = |it: &TrustedIssuer| it.did == *issuer && it.accepts(type_iri, now);
        self.is_in_force(now) && self.issuers.iter().any(gives)
    }

    /// One member's line: its signature over this version.
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn sign(&self, keypair: &Keypair, member: &Did) -> Result<String, CircleError> {
        let again = URL_SAFE_NO_PAD.decode(&self.content).ok();
        let payload: Option<Value> = again.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let payload = payload.ok_or_else(|| CircleError::Shape("not JSON".to_owned()))?;
        let line = sign(keypair, member, Typ::TrustList, &payload)?;
        if line.split('.').nth(1) != Some(&self.content) {
            let why = "it is not written in the canonical form of RFC 8785; make the draft anew";
            return Err(CircleError::Shape(why.to_owned()));
        }
        Ok(line)
    }

    pub(super) fn of(content: Content, text: &[u8]) -> Result<Self, CircleError> {
        let Content { circle, version, previous, quorum, members, issuers, iat, exp } = content;
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if circle.is_empty() || circle.len() > 80 || !circle.bytes().all(is_name) {
            return wrong("the name of a circle has at most 80 letters a-z, digits and hyphens");
        }
        let is_hash =
            |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if version > VERSION_MAX {
            return wrong("its version is above 4294967295");
        }
        match (version, &previous) {
            (1, None) => {}
            (2.., Some(hash)) if is_hash(hash) => {}
            _ => {
                return wrong(
                    "version 1 has no previous, and each later one names the hash of the one before",
                );
            }
        }
        check_members(&members)?;
        if quorum > members.len() || quorum * 2 <= members.len() {
            return wrong(
                "quorum must be more than half of the members and not more than all: two versions of one number could be valid otherwise",
            );
        }
        let issuers = TrustedIssuer::read_all(issuers)?;
        check_issuers(&issuers)?;
        let instant = |seconds| Timestamp::from_second(seconds).ok();
        let (Some(issued_at), Some(expires_at)) = (instant(iat), instant(exp)) else {
            return wrong("iat and exp are whole seconds since 1970");
        };
        let life = expires_at.duration_since(issued_at);
        if life <= SignedDuration::ZERO || life > LIST_LIFE {
            return wrong("it must end after it is made, and within 400 days");
        }
        Ok(Self {
            circle,
            version,
            previous,
            quorum,
            members,
            issuers,
            issued_at,
            expires_at,
            content: URL_SAFE_NO_PAD.encode(text),
            hash: hex::encode(Sha256::digest(text)),
        })
    }
}

fn wrong<T>(why: &str) -> Result<T, CircleError> {
    Err(CircleError::Shape(why.to_owned()))
}

/// Each member once, by DIDs that lead to a key.
fn check_members(members: &[Did]) -> Result<(), CircleError> {
    let distinct: BTreeSet<_> = members.iter().collect();
    if members.is_empty() || members.len() > MEMBERS_MAX || distinct.len() != members.len() {
        return wrong("it names nobody, somebody twice, or more than 256 members");
    }
    let mut spelled = BTreeSet::new();
    for member in members {
        let told = clip(member.as_str());
        match method_of(member) {
            Ok(Method::Elsewhere) => {}
            // One key has many DIDs; with two of them one member would sign twice.
            Ok(Method::Spelled(key)) if !spelled.insert(key.fingerprint()) => {
                return wrong(&format!("the member {told} has the key of another member"));
            }
            Ok(Method::Spelled(_)) => {}
            Err(_) => return wrong(&format!("the member {told} is of no DID method in use")),
        }
    }
    Ok(())
}

/// What a circle may say of issuers, and how.
fn check_issuers(issuers: &[TrustedIssuer]) -> Result<(), CircleError> {
    let own_affairs = [adit::OWNER_CREDENTIAL.as_str(), adit::PARTNER_CREDENTIAL.as_str()];
    for entry in issuers {
        if !entry.never.is_empty() {
            return wrong("never belongs to a company's own list; a circle leaves the type out");
        }
        let is_one_line =
            |note: &String| note.len() <= NOTE_BYTES_MAX && !note.chars().any(char::is_control);
        if !entry.note.iter().all(is_one_line) {
            return wrong("a note is one line of at most 200 bytes, without control characters");
        }
        if let Some(own) = entry.types.iter().find(|it| own_affairs.contains(it)) {
            let (issuer, type_name) = (entry.did.clone(), short_type(own).to_owned());
            return Err(CircleError::OwnAffair { issuer, type_name });
        }
    }
    Ok(())
}

impl Draft {
    fn to_text(&self) -> String {
        let body = toml::to_string(self).expect("strings and numbers are always TOML");
        format!(
            "# The next version of a circle's trust list. Change it, then run adit trust sign on it, and have enough\n\
             # members sign what that writes. quorum: how many members must sign the version after this one.\n\
             # Dates are written in quotes, such as \"2027-11-22T00:00:00Z\"; an entry may have from, until and note.\n\n{body}"
        )
    }
}

fn in_a_year(now: Timestamp) -> Timestamp {
    let second = now.as_second() / 86_400 * 86_400 + 365 * 86_400;
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}
