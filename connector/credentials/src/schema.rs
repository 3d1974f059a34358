//! The schemas that a credential names: bundled ones, held against it; no other is fetched.
//!
//! Implements [Verifiable Credentials JSON Schema](https://www.w3.org/TR/vc-json-schema/#jsonschema) for the type
//! `JsonSchema`. Whoever serves a schema could change what a credential has to say from one day to the next, and an
//! address of the issuer's choice would be asked for each credential, so the schemas of the types that are known here come
//! with the program, by name and by hash.

use crate::Refusal;
use crate::claims::is_plain;
use crate::limits::*;
use crate::refusal::{Claim, clip};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boon::{Compiler, Schemas, UrlLoader};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The schema of a birth certificate of an item.
pub const BIRTH_CERTIFICATE_SCHEMA: &str =
    "https://w3id.org/adit/schemas/digital-birth-certificate.json";

/// The schemas that come with the program, by identifier.
const BUNDLED: &[(&str, &str)] =
    &[(BIRTH_CERTIFICATE_SCHEMA, include_str!("../schemas/digital-birth-certificate.json"))];

/// A schema that a credential names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaRef {
    id: String,
    /// The hash that the credential expects of it.
    digest: Option<String>,
}

/// The bundled schema of an identifier, as text; `None` for any other.
///
/// ```
/// use adit_credentials::{BIRTH_CERTIFICATE_SCHEMA, bundled_schema};
/// assert!(bundled_schema(BIRTH_CERTIFICATE_SCHEMA).unwrap().contains("bomDigest"));
/// assert_eq!(bundled_schema("https://elsewhere.example/schema.json"), None);
/// ```
pub fn bundled_schema(id: &str) -> Option<&'static str> {
    BUNDLED.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}

/// A schema as `credentialSchema` names it, with its hash, so that nobody can put another in its place.
pub(crate) fn reference(id: &'static str) -> Value {
    let mut reference = json!({ "id": id, "type": "JsonSchema" });
    if let Some(text) = bundled_schema(id) {
        reference["digestSRI"] = json!(digest_of(text));
    }
    reference
}

/// The schemas of a credential: one object or several.
pub(crate) fn schemas_of(schemas: Option<&Value>) -> Result<Vec<SchemaRef>, Refusal> {
    let entries = match schemas {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(entries)) if entries.len() <= STATUSES_MAX => entries.as_slice(),
        Some(Value::Array(_)) => return Err(refuse("at most 4 schemas")),
        Some(entry) => std::slice::from_ref(entry),
    };
    entries.iter().map(SchemaRef::read).collect()
}

impl SchemaRef {
    fn read(entry: &Value) -> Result<Self, Refusal> {
        let text = |member: &str| entry.get(member).and_then(Value::as_str);
        let id = text("id").filter(|id| is_plain(id));
        let id = id.ok_or(refuse("an object with an id, without control characters"))?;
        if text("type") != Some("JsonSchema") {
            return Err(refuse("of type JsonSchema"));
        }
        let digest = text("digestSRI").map(str::to_owned);
        if digest.is_none() && entry.get("digestSRI").is_some() {
            return Err(refuse("with digestSRI, if at all, as one string"));
        }
        Ok(Self { id: id.to_owned(), digest })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Holds a credential against the schema.
    pub(crate) fn check(&self, credential: &Map<String, Value>) -> Result<(), Refusal> {
        let unknown = || Refusal::SchemaUnknown { schema: clip(&self.id) };
        let text = bundled_schema(&self.id).ok_or_else(unknown)?;
        if self.digest.as_ref().is_some_and(|digest| *digest != digest_of(text)) {
            return Err(unknown());
        }
        let broken = |at: String| Refusal::SchemaBroken { schema: clip(&self.id), at: clip(&at) };
        let unusable = |_| broken("the schema itself".to_owned());
        let mut compiler = Compiler::new();
        compiler.use_loader(Box::new(Nowhere));
        let schema: Value =
            serde_json::from_str(text).map_err(|_| broken("the schema itself".to_owned()))?;
        compiler.add_resource(&self.id, schema).map_err(unusable)?;
        let mut schemas = Schemas::new();
        let index = compiler.compile(&self.id, &mut schemas).map_err(unusable)?;
        let credential = Value::Object(credential.clone());
        schemas.validate(&credential, index).map_err(|error| broken(place_of(&error)))
    }
}

/// The first place that breaks the schema, a [JSON Pointer](https://www.rfc-editor.org/rfc/rfc6901#section-3).
fn place_of(error: &boon::ValidationError<'_, '_>) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.causes.first() {
        innermost = cause;
    }
    let place = innermost.instance_location.to_string();
    if place.is_empty() { "/".to_owned() } else { place }
}

/// The hash of a text as [Subresource Integrity](https://www.w3.org/TR/SRI/#integrity-metadata-description) writes it.
fn digest_of(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// A schema names no other address than its own.
struct Nowhere;

impl UrlLoader for Nowhere {
    fn load(&self, url: &str) -> Result<Value, Box<dyn std::error::Error>> {
        Err(format!("{url} is not fetched").into())
    }
}

fn refuse(expected: &'static str) -> Refusal {
    Refusal::Claim { claim: Claim::CredentialSchema, expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> Value {
        json!({
            "type": ["VerifiableCredential", "DigitalBirthCertificate"],
            "issuer": "did:web:maker.example",
            "validFrom": "2026-11-22T00:00:00Z",
            "credentialSubject": {
                "id": "https://id.maker.example/01/09506000134352/21/7",
                "productionDate": "2026-11-20",
                "builtAt": "https://id.maker.example/414/1",
                "bomDigest": "ab".repeat(32),
                "testResultDigest": ["cd".repeat(32)],
            },
        })
    }

    fn check(id: &'static str, credential: &Value) -> Result<(), (&'static str, String)> {
        let references = schemas_of(Some(&reference(id))).unwrap();
        let check = references[0].check(credential.as_object().unwrap());
        check.map_err(|refusal| (refusal.code(), refusal.to_string()))
    }

    #[test]
    fn a_credential_is_held_against_its_schema() {
        assert_eq!(check(BIRTH_CERTIFICATE_SCHEMA, &certificate()), Ok(()));
        for (pointer, value, at) in [
            ("/credentialSubject/bomDigest", json!("AB"), "/credentialSubject/bomDigest"),
            ("/credentialSubject/builtAt", json!(7), "/credentialSubject/builtAt"),
            (
                "/credentialSubject/testResultDigest",
                json!([]),
                "/credentialSubject/testResultDigest",
            ),
            ("/type", json!(["VerifiableCredential"]), "/type"),
        ] {
            let mut broken = certificate();
            *broken.pointer_mut(pointer).unwrap() = value;
            let (code, text) = check(BIRTH_CERTIFICATE_SCHEMA, &broken).unwrap_err();
            assert_eq!(code, "vc.schema", "{text}");
            assert!(text.contains(at), "{text}");
        }
        let mut without = certificate();
        without["credentialSubject"].as_object_mut().unwrap().remove("bomDigest");
        let (_, text) = check(BIRTH_CERTIFICATE_SCHEMA, &without).unwrap_err();
        assert!(text.contains("/credentialSubject"), "{text}");
    }

    #[test]
    fn every_bundled_schema_bears_its_identifier() {
        for (id, text) in BUNDLED {
            let schema: Value = serde_json::from_str(text).unwrap();
            assert_eq!(schema["$id"], *id);
        }
    }

    #[test]
    fn a_schema_that_is_not_known_refuses() {
        let unknown = |reference: Value| {
            let references = schemas_of(Some(&reference))?;
            references[0].check(certificate().as_object().unwrap())
        };
        let elsewhere = json!({"id": "https://elsewhere.example/s.json", "type": "JsonSchema"});
        assert_eq!(unknown(elsewhere).unwrap_err().code(), "vc.schema");
        let old = json!({"id": BIRTH_CERTIFICATE_SCHEMA, "type": "JsonSchemaValidator2018"});
        assert_eq!(unknown(old).unwrap_err().code(), "vc.schema");
        for digest in [json!("sha256-AAAA"), json!(["sha256-AAAA"]), json!(null)] {
            let mut other = reference(BIRTH_CERTIFICATE_SCHEMA);
            other["digestSRI"] = digest;
            assert_eq!(unknown(other).unwrap_err().code(), "vc.schema");
        }
    }
}
