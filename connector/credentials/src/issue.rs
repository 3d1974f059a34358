//! Issuing credentials and presenting them.

use crate::gate::ENVELOPE;
use crate::integrity::embed_proof;
use crate::jose_guard::{Typ, sign};
use crate::limits::*;
use crate::schema::reference;
use crate::trust::short_type;
use crate::{
    CONTEXT_V1, KNOWN_CONTEXTS, KeyError, Keypair, StatusEntry, StatusForm, Subject,
    bundled_schema, credential_type,
};
use adit_vocab::{Did, adit};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// What a credential says.
#[derive(Debug, Clone)]
pub struct Claims {
    /// The identifier of the credential, such as `urn:uuid:`.
    pub id: String,
    /// Its types, short or as IRIs: `PartnerCredential`.
    pub types: Vec<String>,
    /// Whom or what it is about.
    pub subject: Subject,
    /// When it begins.
    pub valid_from: Timestamp,
    /// When it ends.
    pub valid_until: Timestamp,
    /// What else it says about the subject.
    pub extra: Map<String, Value>,
    /// Where its status stands, for each form of list; without an entry it can never be taken back.
    pub status: Vec<StatusEntry>,
    /// The bundled schema that it follows.
    pub schema: Option<&'static str>,
}

impl Claims {
    /// A credential of one type that says nothing more, and has no status and no schema.
    pub fn about(
        id: impl Into<String>,
        kind: impl Into<String>,
        subject: impl Into<Subject>,
        valid_from: Timestamp,
        valid_until: Timestamp,
    ) -> Self {
        let (types, extra) = (vec![kind.into()], Map::new());
        let (status, schema, subject) = (Vec::new(), None, subject.into());
        Self { id: id.into(), types, subject, valid_from, valid_until, extra, status, schema }
    }
}

/// A credential or presentation that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// A type that the vocabulary does not know, or none.
    #[error("'{got}' is not a type of credential; known are {}", crate::known_types())]
    UnknownType {
        /// What stood there.
        got: String,
    },
    /// The credential would end before it begins.
    #[error("the credential would begin at {valid_from} and end at {valid_until}; end it later")]
    Validity {
        /// When it would begin.
        valid_from: Timestamp,
        /// When it would end.
        valid_until: Timestamp,
    },
    /// The subject is named twice.
    #[error("extra holds an id; the subject is named by its own field")]
    SubjectTwice,
    /// A subject that does not fit the type.
    #[error(
        "'{subject}' cannot be the subject; a DigitalBirthCertificate is about an item, by its https IRI, every other credential about a holder, by a DID"
    )]
    Subject {
        /// The subject.
        subject: String,
    },
    /// A schema that does not come with this program, or that the credential breaks.
    #[error("the credential does not follow the schema '{schema}': {why}")]
    Schema {
        /// The schema.
        schema: String,
        /// What is wrong.
        why: String,
    },
    /// A presentation of no credential or of too many.
    #[error("a presentation holds between 1 and {CREDENTIALS_MAX} credentials, not {0}")]
    Count(usize),
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Issues a credential: a signed `vc+jwt`.
///
/// Implements [Securing JSON-LD Verifiable Credentials with JOSE](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose).
///
/// ```
/// use adit_credentials::{Claims, Credential, Keypair, issue};
/// let shop: adit_vocab::Did = "did:web:shop.example".parse().unwrap();
/// let (from, until) = ("2026-01-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap());
/// let id = "urn:uuid:8f1c3f0e-5f4e-4a53-9d1c-5d2c5d0f8a11";
/// let claims = Claims::about(id, "PartnerCredential", shop, from, until);
/// let oem = "did:web:oem.example".parse().unwrap();
/// let credential = issue(&Keypair::generate().unwrap(), &oem, &claims, from).unwrap();
/// assert_eq!(Credential::peek(&credential).unwrap().unverified_issuer(), &oem);
/// ```
///
/// # Errors
/// A type that is not known, a subject that does not fit it, an end before the beginning, a schema that is broken.
pub fn issue(
    keypair: &Keypair,
    issuer: &Did,
    claims: &Claims,
    now: Timestamp,
) -> Result<String, IssueError> {
    let mut payload = credential(issuer, claims)?;
    payload.extend(members(json!({
        "iss": issuer,
        "sub": claims.subject.as_str(),
        "jti": claims.id,
        "iat": now.as_second(),
    })));
    Ok(sign(keypair, issuer, Typ::Credential, &Value::Object(payload))?)
}

/// Issues a credential as JSON with a proof in it, by `eddsa-jcs-2022`; the key is an Ed25519 one.
///
/// Implements [eddsa-jcs-2022](https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022).
///
/// # Errors
/// As [`issue`], and a key for another algorithm.
pub fn issue_embedded(
    keypair: &Keypair,
    issuer: &Did,
    claims: &Claims,
    now: Timestamp,
) -> Result<Value, IssueError> {
    Ok(embed_proof(keypair, issuer, credential(issuer, claims)?, now)?)
}

/// Issues a credential of the data model 1.1 as a JWT, for the profile `vc11-sl2021/jwt` of the Decentralized Claims
/// Protocol alone.
///
/// Implements [JWT Encoding](https://www.w3.org/TR/vc-data-model/#jwt-encoding).
///
/// # Errors
/// As [`issue`].
pub fn issue11(
    keypair: &Keypair,
    issuer: &Did,
    claims: &Claims,
    now: Timestamp,
) -> Result<String, IssueError> {
    let mut vc = credential(issuer, claims)?;
    vc["@context"] = json!([CONTEXT_V1, crate::ADIT_CONTEXT]);
    for (member, older) in [("validFrom", "issuanceDate"), ("validUntil", "expirationDate")] {
        if let Some(instant) = vc.remove(member) {
            vc.insert(older.to_owned(), instant);
        }
    }
    vc.remove("credentialStatus");
    // One object: implementations of that time know no list of entries. What is taken back for good counts most.
    let entry = claims.status.iter().find(|entry| entry.form == StatusForm::List2021);
    vc.extend(entry.map(|entry| ("credentialStatus".to_owned(), entry.to_json())));
    let payload = json!({
        "iss": issuer,
        "sub": claims.subject.as_str(),
        "jti": claims.id,
        "nbf": claims.valid_from.as_second(),
        "iat": now.as_second(),
        "exp": claims.valid_until.as_second(),
        "vc": vc,
    });
    Ok(sign(keypair, issuer, Typ::Credential11, &payload)?)
}

/// The credential itself, before anything proves it.
fn credential(issuer: &Did, claims: &Claims) -> Result<Map<String, Value>, IssueError> {
    let Claims { id, types, subject, valid_from, valid_until, extra, status, schema } = claims;
    if valid_until <= valid_from {
        let (valid_from, valid_until) = (*valid_from, *valid_until);
        return Err(IssueError::Validity { valid_from, valid_until });
    }
    if extra.contains_key("id") {
        return Err(IssueError::SubjectTwice);
    }
    if types.is_empty() {
        return Err(IssueError::UnknownType { got: String::new() });
    }
    let known = |name: &String| {
        credential_type(name).ok_or_else(|| IssueError::UnknownType { got: name.clone() })
    };
    let types = types.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let is_about_an_item = types == [adit::DIGITAL_BIRTH_CERTIFICATE.as_str()];
    let names_items = types.contains(&adit::DIGITAL_BIRTH_CERTIFICATE.as_str());
    if is_about_an_item == subject.holder().is_some() || names_items != is_about_an_item {
        return Err(IssueError::Subject { subject: subject.to_string() });
    }
    let names = ["VerifiableCredential"].into_iter().chain(types.iter().map(|iri| short_type(iri)));
    let mut about = Map::from_iter([("id".to_owned(), json!(subject.as_str()))]);
    about.extend(extra.clone());
    let mut credential = members(json!({
        "@context": KNOWN_CONTEXTS,
        "id": id,
        "type": names.collect::<Vec<_>>(),
        "issuer": issuer,
        "validFrom": valid_from.to_string(),
        "validUntil": valid_until.to_string(),
        "credentialSubject": about,
    }));
    let entries = status.iter().filter(|entry| entry.form == StatusForm::Bitstring);
    let entries: Vec<_> = entries.map(StatusEntry::to_json).collect();
    if !entries.is_empty() {
        credential.insert("credentialStatus".to_owned(), json!(entries));
    }
    if let Some(schema) = schema {
        follow(&mut credential, schema)?;
    }
    Ok(credential)
}

/// Names the schema, after the credential was held against it.
fn follow(credential: &mut Map<String, Value>, schema: &'static str) -> Result<(), IssueError> {
    let wrong = |why: String| IssueError::Schema { schema: schema.to_owned(), why };
    if bundled_schema(schema).is_none() {
        return Err(wrong("it does not come with this program".to_owned()));
    }
    credential.insert("credentialSchema".to_owned(), reference(schema));
    let named = crate::schema::schemas_of(credential.get("credentialSchema"));
    let check = named.and_then(|named| named.iter().try_for_each(|it| it.check(credential)));
    check.map_err(|refusal| wrong(refusal.to_string()))
}

/// Presents credentials to one audience, once: a signed `vp+jwt` that lives five minutes.
///
/// Implements [Securing JSON-LD Verifiable Presentations with JOSE](https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose).
///
/// # Errors
/// No credential, or more than a presentation may hold.
pub fn present(
    keypair: &Keypair,
    holder: &Did,
    credentials: &[String],
    audience: &Did,
    jti: &str,
    now: Timestamp,
) -> Result<String, IssueError> {
    check_count(credentials)?;
    let envelopes = credentials.iter().map(|credential| {
        json!({
            "@context": KNOWN_CONTEXTS[0],
            "id": format!("{ENVELOPE}{}", credential.trim()),
            "type": "EnvelopedVerifiableCredential",
        })
    });
    let mut payload = once(holder, audience, jti, now);
    payload.extend(members(json!({
        "@context": [KNOWN_CONTEXTS[0]],
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": envelopes.collect::<Vec<_>>(),
    })));
    Ok(sign(keypair, holder, Typ::Presentation, &Value::Object(payload))?)
}

/// Presents credentials of the data model 1.1, for the profile `vc11-sl2021/jwt` of the Decentralized Claims Protocol
/// alone.
///
/// Implements [JWT Encoding](https://www.w3.org/TR/vc-data-model/#jwt-encoding).
///
/// # Errors
/// As [`present`].
pub fn present11(
    keypair: &Keypair,
    holder: &Did,
    credentials: &[String],
    audience: &Did,
    jti: &str,
    now: Timestamp,
) -> Result<String, IssueError> {
    check_count(credentials)?;
    let tokens: Vec<_> = credentials.iter().map(|credential| credential.trim()).collect();
    let mut payload = once(holder, audience, jti, now);
    let vp = json!({
        "@context": [CONTEXT_V1],
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": tokens,
    });
    payload.insert("vp".to_owned(), vp);
    Ok(sign(keypair, holder, Typ::Presentation11, &Value::Object(payload))?)
}

fn check_count(credentials: &[String]) -> Result<(), IssueError> {
    match credentials.len() {
        1..=CREDENTIALS_MAX => Ok(()),
        other => Err(IssueError::Count(other)),
    }
}

/// The claims that make a presentation good for one audience, once, for five minutes.
fn once(holder: &Did, audience: &Did, jti: &str, now: Timestamp) -> Map<String, Value> {
    members(json!({
        "iss": holder,
        "sub": holder,
        "aud": audience,
        "jti": jti,
        "iat": now.as_second(),
        "exp": now.as_second() + PRESENTATION_AGE_S_MAX,
    }))
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}
