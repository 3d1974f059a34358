//! DID documents as others publish them.

use super::listed::{Listed, PastKey};
use super::{Relationship, is_fragment, key_id};
use crate::dcp::{CREDENTIAL_SERVICE, ISSUER_SERVICE};
use crate::limits::*;
use crate::{PublicKey, Refusal, read_json};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The service type under which a connector is found.
pub const CONNECTOR_SERVICE: &str = "AditConnector";

/// The types of service that are looked for; what a document says of others is not kept.
const SERVICES: [&str; 3] = [CONNECTOR_SERVICE, CREDENTIAL_SERVICE, ISSUER_SERVICE];

/// The keys that a DID document lists, by what they may be used for.
///
/// Keys go by their fragment, so that a document takes no more memory than it has bytes, however long its DID is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidDocument {
    did: Did,
    keys: BTreeMap<String, Listed>,
    /// How many methods it has, of whatever kind.
    methods: usize,
    relationships: BTreeMap<Relationship, BTreeSet<String>>,
    services: BTreeMap<&'static str, String>,
    past: Vec<PastKey>,
}

impl DidDocument {
    /// Reads the document that was fetched for a DID.
    ///
    /// Keys of kinds that are not in use are left out.
    ///
    /// # Errors
    /// More than 64 KB, not JSON, the document of another DID, a key that another DID controls, a key with its private
    /// part, off the curve or of small order, more than 64 keys or as many entries in one list.
    pub fn parse(did: &Did, bytes: &[u8]) -> Result<Self, Refusal> {
        let wrong = |why| Refusal::Document { did: did.clone(), why };
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return Err(wrong("it is larger than 64 KB"));
        }
        let members = match read_json(bytes, JSON_DEPTH_MAX) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return Err(wrong("it is not an object")),
            Err(problem) => return Err(Refusal::DocumentJson { did: did.clone(), problem }),
        };
        if members.get("id").is_none_or(|id| id != did.as_str()) {
            return Err(wrong("its id is another DID"));
        }
        let mut document = Self::empty(did);
        for method in list(&members, "verificationMethod").map_err(wrong)? {
            document.add_key(method)?;
        }
        for relationship in Relationship::ALL {
            let entries = list(&members, relationship.as_str()).map_err(wrong)?;
            if entries.len() > METHODS_MAX {
                return Err(wrong("it lists too many keys"));
            }
            for entry in entries {
                document.list_key(relationship, entry)?;
            }
        }
        document.services = services(list(&members, "service").map_err(wrong)?);
        Ok(document)
    }

    /// The document that a `did:jwk` or `did:key` stands for: its one key, for everything.
    pub(super) fn spelled(did: &Did, key: PublicKey) -> Self {
        let id = key_id(did, &key);
        let mut document = Self::empty(did);
        let name = document.name_in(&id).unwrap_or_default().to_owned();
        document.relationships =
            Relationship::ALL.map(|it| (it, BTreeSet::from([name.clone()]))).into();
        document.keys.insert(name, Listed { key, revoked: None, expires: None });
        document.methods = 1;
        document
    }

    fn empty(did: &Did) -> Self {
        Self {
            did: did.clone(),
            keys: BTreeMap::new(),
            methods: 0,
            relationships: BTreeMap::new(),
            services: BTreeMap::new(),
            past: Vec::new(),
        }
    }

    /// Whose document it is.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The address of the company's connector, where the document names one.
    pub fn connector(&self) -> Option<&str> {
        self.service(CONNECTOR_SERVICE)
    }

    /// The address of the first service of a type; of the types that nobody here looks for there is none.
    pub fn service(&self, kind: &str) -> Option<&str> {
        self.services.get(kind).map(String::as_str)
    }

    /// The keys that sign credentials, as seen at an instant, to be remembered when the document is replaced.
    pub fn assertion_keys(&self, now: Timestamp) -> Vec<PastKey> {
        let names = self.relationships.get(&Relationship::AssertionMethod).into_iter().flatten();
        names
            .filter_map(|name| {
                let Listed { key, revoked, .. } = self
                    .keys
                    .get(name)
                    .filter(|it| it.serves(Relationship::AssertionMethod, Some(now), now))?;
                let (id, key) = (format!("{}#{name}", self.did), key.clone());
                Some(PastKey { id, key, listed: now, revoked: *revoked })
            })
            .collect()
    }

    /// What to remember from now on: the keys that sign credentials, and of those remembered before the ones that the
    /// document no longer lists.
    ///
    /// A key that it says is revoked stays so under all its names, also when no document says it any more.
    pub fn remember(&self, known: &[PastKey], now: Timestamp) -> Vec<PastKey> {
        let mut all = self.assertion_keys(now);
        let is_gone =
            |past: &&PastKey| all.iter().all(|it| (&it.id, &it.key) != (&past.id, &past.key));
        let gone: Vec<_> = known.iter().filter(is_gone).cloned().collect();
        all.extend(gone);
        for past in &mut all {
            let before = known.iter().filter(|it| it.key == past.key).filter_map(|it| it.revoked);
            let said = self.keys.iter().filter(|(name, listed)| {
                listed.key == past.key || self.name_in(&past.id) == Some(name.as_str())
            });
            past.revoked = said.filter_map(|(_, listed)| listed.revoked).chain(before).min();
        }
        all
    }

    /// The document together with keys that it listed earlier.
    ///
    /// They serve for credentials signed while they were listed, and for nothing else. What the document says of a key
    /// of that name now, such as that it was revoked, stands above its past.
    #[must_use]
    pub fn with_past(mut self, past: Vec<PastKey>) -> Self {
        let is_past =
            |key: &PastKey| self.name_in(&key.id).is_some_and(|name| !self.keys.contains_key(name));
        self.past = past.into_iter().filter(is_past).collect();
        self
    }

    /// Step 8: the key of that exact name in that list; without a name, the only key of the document.
    pub(crate) fn key(
        &self,
        relationship: Relationship,
        kid: Option<&str>,
        signed_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<&PublicKey, Refusal> {
        let mut names = self.relationships.get(&relationship).into_iter().flatten();
        let name = match kid {
            Some(kid) => names.find(|name| Some(name.as_str()) == self.name_in(kid)),
            None => names.next().filter(|_| self.methods == 1),
        };
        let listed = name.and_then(|name| self.keys.get(name));
        listed
            .filter(|listed| listed.serves(relationship, signed_at, now))
            .map(|listed| &listed.key)
            .or_else(|| self.past_key(relationship, kid?, signed_at?, now))
            .ok_or_else(|| Refusal::NoKey {
                did: self.did.clone(),
                relationship: relationship.as_str(),
            })
    }

    /// A key that signed a credential while it was listed.
    fn past_key(
        &self,
        relationship: Relationship,
        kid: &str,
        signed_at: Timestamp,
        now: Timestamp,
    ) -> Option<&PublicKey> {
        let signs_credentials = relationship == Relationship::AssertionMethod;
        let mut past = self.past.iter().filter(|_| signs_credentials);
        past.find(|past| past.id == kid && past.serves(signed_at, now)).map(|past| &past.key)
    }

    /// Keeps a verification method if its key is of a kind in use, and says its fragment.
    fn add_key(&mut self, method: &Value) -> Result<Option<String>, Refusal> {
        self.methods += 1;
        let wrong = |why| Refusal::Document { did: self.did.clone(), why };
        let text = |member: &str| method.get(member).and_then(Value::as_str);
        let Some(id) = text("id") else { return Ok(None) };
        let name = self.fragment(id).ok_or_else(|| wrong("it lists a key of another DID"))?;
        if text("controller").is_some_and(|controller| controller != self.did.as_str()) {
            return Err(wrong("it lists a key that another DID controls"));
        }
        let read = match text("type") {
            Some("JsonWebKey" | "JsonWebKey2020") => {
                let jwk = method.get("publicKeyJwk").and_then(Value::as_object);
                jwk.map_or(Ok(None), PublicKey::from_jwk)
            }
            Some("Multikey") => {
                text("publicKeyMultibase").map_or(Ok(None), PublicKey::from_multibase)
            }
            Some(_) | None => return Ok(None),
        };
        let key = read.map_err(|why| Refusal::BadKey { did: self.did.clone(), why })?;
        let Some(key) = key else { return Ok(None) };
        let instant = |member: &str| match method.get(member) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= 40 => text.parse().map(Some).map_err(drop),
            Some(_) => Err(()),
        };
        let (Ok(revoked), Ok(expires)) = (instant("revoked"), instant("expires")) else {
            return Err(wrong("a key's revoked or expires is not a dateTime with its offset"));
        };
        if self.keys.len() == METHODS_MAX {
            return Err(wrong("it lists too many keys"));
        }
        if self.keys.contains_key(name) {
            return Err(wrong("it lists two keys of one name"));
        }
        self.keys.insert(name.to_owned(), Listed { key, revoked, expires });
        Ok(Some(name.to_owned()))
    }

    /// Notes that a key is in a list; an entry is the name of a method or a whole method.
    fn list_key(&mut self, relationship: Relationship, entry: &Value) -> Result<(), Refusal> {
        let name = match entry.as_str() {
            Some(name) => self.fragment(name).map(str::to_owned),
            None => self.add_key(entry)?,
        };
        self.relationships.entry(relationship).or_default().extend(name);
        Ok(())
    }

    /// `#key` and `did:web:a.example#key` are one name; the key of another DID has none here.
    fn fragment<'a>(&self, id: &'a str) -> Option<&'a str> {
        let fragment = id.strip_prefix(self.did.as_str()).unwrap_or(id).strip_prefix('#')?;
        is_fragment(fragment).then_some(fragment)
    }

    /// The fragment of a full name, `did:web:a.example#key`.
    fn name_in<'a>(&self, id: &'a str) -> Option<&'a str> {
        id.strip_prefix(self.did.as_str())?.strip_prefix('#')
    }
}

fn list<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a [Value], &'static str> {
    match members.get(name) {
        None => Ok(&[]),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err("its methods, relationships and services must be arrays"),
    }
}

/// The first address of each type of service in use, where it is one plain address.
fn services(entries: &[Value]) -> BTreeMap<&'static str, String> {
    let mut services = BTreeMap::new();
    for entry in entries.iter().take(METHODS_MAX) {
        let endpoint = entry.get("serviceEndpoint").and_then(Value::as_str);
        let is_address = |it: &&str| {
            // Paths are put behind it: a query or a fragment would change what is asked.
            let is_web = it.starts_with("https://") || it.starts_with("http://");
            is_web && it.len() <= 2048 && !it.contains(['?', '#'])
        };
        let Some(endpoint) = endpoint.filter(is_address) else { continue };
        let kinds = match entry.get("type") {
            Some(Value::Array(kinds)) => kinds.as_slice(),
            Some(kind) => std::slice::from_ref(kind),
            None => &[],
        };
        for kind in SERVICES.into_iter().filter(|kind| kinds.iter().any(|it| it == kind)) {
            services.entry(kind).or_insert_with(|| endpoint.to_owned());
        }
    }
    services
}
