//! DID documents: written for ourselves, read from others.

use crate::did::{Method, key_id, method_of};
use crate::limits::*;
use crate::{PublicKey, Refusal, read_json};
use adit_vocab::Did;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The service type under which a connector is found.
pub const CONNECTOR_SERVICE: &str = "AditConnector";

/// What a key may be used for.
///
/// Implements [Controlled Identifiers 1.0, Verification Relationships](https://www.w3.org/TR/cid-1.0/#verification-relationships).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relationship {
    /// Signs presentations.
    Authentication,
    /// Signs credentials.
    AssertionMethod,
    /// Signs self-issued identity tokens.
    CapabilityInvocation,
}

impl Relationship {
    const ALL: [Self; 3] =
        [Self::Authentication, Self::AssertionMethod, Self::CapabilityInvocation];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::AssertionMethod => "assertionMethod",
            Self::CapabilityInvocation => "capabilityInvocation",
        }
    }
}

/// The DID document of a company: each key for authentication, assertion and capability invocation, and where its
/// connector is.
///
/// Implements [DID Core, Core Properties](https://www.w3.org/TR/did-1.0/#core-properties).
///
/// ```
/// use adit_credentials::{DidDocument, Keypair, did_web_document};
/// let did = "did:web:mill.example".parse().unwrap();
/// let keypair = Keypair::generate().unwrap();
/// let document = did_web_document(&did, &[keypair.public()], "https://mill.example");
/// let read = DidDocument::parse(&did, document.to_string().as_bytes()).unwrap();
/// assert_eq!(read.connector(), Some("https://mill.example"));
/// ```
pub fn did_web_document(did: &Did, keys: &[&PublicKey], connector: &str) -> Value {
    let ids: Vec<_> = keys.iter().map(|key| key_id(did, key)).collect();
    let methods = keys.iter().zip(&ids).map(|(key, id)| {
        let jwk = key.to_jwk();
        json!({"id": id, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk})
    });
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://www.w3.org/ns/cid/v1"],
        "id": did,
        "verificationMethod": methods.collect::<Vec<_>>(),
        "authentication": ids,
        "assertionMethod": ids,
        "capabilityInvocation": ids,
        "service": [{
            "id": format!("{did}#connector"),
            "type": CONNECTOR_SERVICE,
            "serviceEndpoint": connector,
        }],
    })
}

/// The keys that a DID document lists, by what they may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidDocument {
    did: Did,
    keys: BTreeMap<String, PublicKey>,
    listed: BTreeMap<Relationship, BTreeSet<String>>,
    connector: Option<String>,
}

impl DidDocument {
    /// Reads the document that was fetched for a DID.
    ///
    /// Keys of kinds that are not in use are left out.
    ///
    /// # Errors
    /// More than 64 KB, not JSON, the document of another DID, a key with its private part or off the curve.
    pub fn parse(did: &Did, bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > DOCUMENT_BYTES_MAX {
            let (what, max) = ("DID document", DOCUMENT_BYTES_MAX);
            return Err(Refusal::TooLarge { what, bytes: bytes.len(), max });
        }
        let read = read_json(bytes, JSON_DEPTH_MAX);
        let read = read.map_err(|problem| Refusal::Json { part: "DID document", problem })?;
        let wrong = |why| Refusal::Document { did: did.clone(), why };
        let Value::Object(members) = read else { return Err(wrong("it is not an object")) };
        if members.get("id").is_none_or(|id| id != did.as_str()) {
            return Err(wrong("its id is another DID"));
        }
        let (keys, listed) = (BTreeMap::new(), BTreeMap::new());
        let mut document = Self { did: did.clone(), keys, listed, connector: None };
        for method in list(&members, "verificationMethod").map_err(wrong)? {
            document.add_key(method)?;
        }
        for relationship in Relationship::ALL {
            for entry in list(&members, relationship.as_str()).map_err(wrong)? {
                document.list_key(relationship, entry)?;
            }
        }
        document.connector = connector_of(list(&members, "service").map_err(wrong)?);
        Ok(document)
    }

    /// The document that a `did:jwk` stands for: its one key, for everything.
    fn of_did_jwk(did: &Did, key: PublicKey) -> Self {
        let id = key_id(did, &key);
        let listed = Relationship::ALL.map(|it| (it, BTreeSet::from([id.clone()]))).into();
        Self { did: did.clone(), keys: BTreeMap::from([(id, key)]), listed, connector: None }
    }

    /// Whose document it is.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The address of the company's connector, where the document names one.
    pub fn connector(&self) -> Option<&str> {
        self.connector.as_deref()
    }

    /// Step 8: the key of that exact name in that list; without a name, the only key in it.
    pub(crate) fn key(
        &self,
        relationship: Relationship,
        kid: Option<&str>,
    ) -> Result<&PublicKey, Refusal> {
        let mut listed = self.listed.get(&relationship).into_iter().flatten();
        let id = match kid {
            Some(kid) => listed.find(|id| *id == kid),
            None => listed.next().filter(|_| listed.next().is_none()),
        };
        id.and_then(|id| self.keys.get(id)).ok_or_else(|| Refusal::NoKey {
            did: self.did.clone(),
            relationship: relationship.as_str(),
        })
    }

    /// Keeps a verification method if its key is of a kind in use, and says its full name.
    fn add_key(&mut self, method: &Value) -> Result<Option<String>, Refusal> {
        let text = |member: &str| method.get(member).and_then(Value::as_str);
        let Some(id) = text("id").and_then(|id| self.full_name(id)) else { return Ok(None) };
        let Some(jwk) = method.get("publicKeyJwk").and_then(Value::as_object) else {
            return Ok(None);
        };
        let did = self.did.clone();
        let key = PublicKey::from_jwk(jwk).map_err(|why| Refusal::BadKey { did, why })?;
        let is_ours = text("controller").is_none_or(|controller| controller == self.did.as_str());
        let Some(key) = key.filter(|_| is_ours) else { return Ok(None) };
        let why = if self.keys.len() == METHODS_MAX {
            "it lists too many keys"
        } else if self.keys.insert(id.clone(), key).is_some() {
            "it lists two keys of one name"
        } else {
            return Ok(Some(id));
        };
        Err(Refusal::Document { did: self.did.clone(), why })
    }

    /// Notes that a key is in a list; an entry is the name of a method or a whole method.
    fn list_key(&mut self, relationship: Relationship, entry: &Value) -> Result<(), Refusal> {
        let id = match entry.as_str() {
            Some(name) => self.full_name(name),
            None => self.add_key(entry)?,
        };
        self.listed.entry(relationship).or_default().extend(id);
        Ok(())
    }

    /// `#key` and `did:web:a.example#key` are one name; the key of another DID has none here.
    fn full_name(&self, id: &str) -> Option<String> {
        let fragment = id.strip_prefix(self.did.as_str()).unwrap_or(id).strip_prefix('#')?;
        is_fragment(fragment).then(|| format!("{}#{fragment}", self.did))
    }
}

/// Whether text can name a key in a document.
pub(crate) fn is_fragment(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn list<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a [Value], &'static str> {
    match members.get(name) {
        None => Ok(&[]),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err("its methods, relationships and services must be arrays"),
    }
}

fn connector_of(services: &[Value]) -> Option<String> {
    let connector = services.iter().find(|service| match service.get("type") {
        Some(Value::Array(types)) => types.iter().any(|it| it == CONNECTOR_SERVICE),
        Some(it) => it == CONNECTOR_SERVICE,
        None => false,
    })?;
    let endpoint = connector.get("serviceEndpoint")?.as_str()?;
    let scheme_fits = endpoint.starts_with("https://") || endpoint.starts_with("http://");
    (scheme_fits && endpoint.len() <= 2048).then(|| endpoint.to_owned())
}

/// The DID documents at hand for one verification.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    documents: BTreeMap<Did, DidDocument>,
}

impl Documents {
    /// Adds a document; a newer one of the same DID replaces the older.
    pub fn add(&mut self, document: DidDocument) {
        self.documents.insert(document.did.clone(), document);
    }

    /// Step 7: the document of a DID, at hand or spelled by the DID itself.
    pub(crate) fn resolve(&self, did: &Did) -> Result<Cow<'_, DidDocument>, Refusal> {
        match method_of(did)? {
            Method::Jwk(key) => Ok(Cow::Owned(DidDocument::of_did_jwk(did, key))),
            Method::Web => {
                let document = self.documents.get(did).map(Cow::Borrowed);
                document.ok_or_else(|| Refusal::Unresolved { did: did.clone() })
            }
        }
    }
}

impl FromIterator<DidDocument> for Documents {
    fn from_iter<T: IntoIterator<Item = DidDocument>>(documents: T) -> Self {
        let mut all = Self::default();
        for document in documents {
            all.add(document);
        }
        all
    }
}
