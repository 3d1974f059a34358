//! Issuing credentials and presenting them.

use crate::compact::Typ;
use crate::did::key_id;
use crate::gate::ENVELOPE;
use crate::limits::*;
use crate::trust::short_type;
use crate::{KNOWN_CONTEXTS, KeyError, Keypair, credential_type};
use adit_vocab::Did;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// What a credential says.
#[derive(Debug, Clone)]
pub struct Claims {
    /// The identifier of the credential, such as `urn:uuid:`.
    pub id: String,
    /// Its types, short or as IRIs: `PartnerCredential`.
    pub types: Vec<String>,
    /// Whom it is about.
    pub subject: Did,
    /// When it begins.
    pub valid_from: Timestamp,
    /// When it ends.
    pub valid_until: Timestamp,
    /// What else it says about the subject.
    pub extra: Map<String, Value>,
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
/// let claims = Claims {
///     id: "urn:uuid:8f1c3f0e-5f4e-4a53-9d1c-5d2c5d0f8a11".into(),
///     types: vec!["PartnerCredential".into()],
///     subject: "did:web:shop.example".parse().unwrap(),
///     valid_from: "2026-01-01T00:00:00Z".parse().unwrap(),
///     valid_until: "2027-01-01T00:00:00Z".parse().unwrap(),
///     extra: Default::default(),
/// };
/// let oem = "did:web:oem.example".parse().unwrap();
/// let credential = issue(&Keypair::generate().unwrap(), &oem, &claims, claims.valid_from).unwrap();
/// assert_eq!(Credential::peek(&credential).unwrap().unverified_issuer(), &oem);
/// ```
///
/// # Errors
/// A type that is not known, an end before the beginning, a subject named twice.
pub fn issue(
    keypair: &Keypair,
    issuer: &Did,
    claims: &Claims,
    now: Timestamp,
) -> Result<String, IssueError> {
    let Claims { id, types, subject, valid_from, valid_until, extra } = claims;
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
    let mut names = vec!["VerifiableCredential"];
    for name in types {
        let iri =
            credential_type(name).ok_or_else(|| IssueError::UnknownType { got: name.clone() })?;
        names.push(short_type(iri));
    }
    let mut about = Map::from_iter([("id".to_owned(), json!(subject))]);
    about.extend(extra.clone());
    let payload = json!({
        "@context": KNOWN_CONTEXTS,
        "id": id,
        "type": names,
        "issuer": issuer,
        "validFrom": valid_from.to_string(),
        "validUntil": valid_until.to_string(),
        "credentialSubject": about,
        "iss": issuer,
        "sub": subject,
        "jti": id,
        "iat": now.as_second(),
    });
    Ok(sign(keypair, issuer, Typ::Credential, &payload)?)
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
    if credentials.is_empty() || credentials.len() > CREDENTIALS_MAX {
        return Err(IssueError::Count(credentials.len()));
    }
    let envelopes = credentials.iter().map(|credential| {
        json!({
            "@context": KNOWN_CONTEXTS[0],
            "id": format!("{ENVELOPE}{}", credential.trim()),
            "type": "EnvelopedVerifiableCredential",
        })
    });
    let issued_at = now.as_second();
    let payload = json!({
        "@context": [KNOWN_CONTEXTS[0]],
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": envelopes.collect::<Vec<_>>(),
        "iss": holder,
        "sub": holder,
        "aud": audience,
        "jti": jti,
        "iat": issued_at,
        "exp": issued_at + PRESENTATION_AGE_S_MAX,
    });
    Ok(sign(keypair, holder, Typ::Presentation, &payload)?)
}

fn sign(keypair: &Keypair, signer: &Did, typ: Typ, payload: &Value) -> Result<String, KeyError> {
    let kid = key_id(signer, keypair.public());
    let header = json!({"alg": "ES256", "typ": typ.as_str(), "cty": typ.cty(), "kid": kid});
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(keypair.sign(signed.as_bytes())?);
    Ok(format!("{signed}.{signature}"))
}
