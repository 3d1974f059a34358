//! The DID document that a company publishes.

use super::document::CONNECTOR_SERVICE;
use super::key_id;
use crate::PublicKey;
use adit_vocab::Did;
use serde_json::{Value, json};

/// The DID document of a company: each key for authentication, assertion and capability invocation, where its
/// connector is, and further services.
///
/// Implements [DID Core, Core Properties](https://www.w3.org/TR/did-1.0/#core-properties).
///
/// ```
/// use adit_credentials::{DidDocument, Keypair, did_web_document};
/// let did = "did:web:mill.example".parse().unwrap();
/// let keypair = Keypair::generate().unwrap();
/// let services = [serde_json::json!({
///     "id": "did:web:mill.example#dcp",
///     "type": "CredentialService",
///     "serviceEndpoint": "https://mill.example/dcp",
/// })];
/// let document = did_web_document(&did, &[keypair.public()], "https://mill.example", &services);
/// let read = DidDocument::parse(&did, document.to_string().as_bytes()).unwrap();
/// assert_eq!(read.connector(), Some("https://mill.example"));
/// assert_eq!(read.service("CredentialService"), Some("https://mill.example/dcp"));
/// ```
pub fn did_web_document(
    did: &Did,
    keys: &[&PublicKey],
    connector: &str,
    services: &[Value],
) -> Value {
    let ids: Vec<_> = keys.iter().map(|key| key_id(did, key)).collect();
    let methods = keys.iter().zip(&ids).map(|(key, id)| {
        let jwk = key.to_jwk();
        json!({"id": id, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk})
    });
    let connector = json!({
        "id": format!("{did}#connector"), "type": CONNECTOR_SERVICE, "serviceEndpoint": connector,
    });
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://www.w3.org/ns/cid/v1"],
        "id": did,
        "verificationMethod": methods.collect::<Vec<_>>(),
        "authentication": ids,
        "assertionMethod": ids,
        "capabilityInvocation": ids,
        "service": std::iter::once(connector).chain(services.iter().cloned()).collect::<Vec<_>>(),
    })
}
