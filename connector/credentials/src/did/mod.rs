//! Decentralised identifiers: the methods in use, and the documents with the keys of their subjects.
//!
//! `did:web` is resolved over the network by the application; `did:jwk` and `did:key` spell their one key themselves.

mod document;
mod documents;
mod jwk;
mod key;
mod listed;
mod relationship;
mod web;
mod written;

pub use document::{CONNECTOR_SERVICE, DidDocument};
pub use documents::Documents;
pub use jwk::did_jwk;
pub use key::did_key;
pub use listed::PastKey;
pub(crate) use relationship::Relationship;
pub use web::did_web_url;
pub use written::did_web_document;

use crate::refusal::clip;
use crate::{PublicKey, Refusal};
use adit_vocab::Did;

/// How a DID leads to its keys; a new method does not compile until each place has decided.
#[derive(Debug)]
pub(crate) enum Method {
    /// By a document elsewhere.
    Elsewhere,
    /// By this key, which the DID spells.
    Spelled(PublicKey),
}

/// Step 6: whether the DID's method is accepted and its id fits the method.
pub(crate) fn method_of(did: &Did) -> Result<Method, Refusal> {
    match did.method() {
        "web" => did_web_url(did).map(|_| Method::Elsewhere),
        "jwk" => jwk::read(did).map(Method::Spelled),
        "key" => key::read(did).map(Method::Spelled),
        _ => Err(Refusal::DidMethod { did: clip(did.as_str()) }),
    }
}

/// The name of the key that a DID signs with: what its method calls the only key, else the key's thumbprint.
pub(crate) fn key_id(did: &Did, key: &PublicKey) -> String {
    match did.method() {
        "jwk" => format!("{did}#0"),
        "key" => format!("{did}#{}", did.id()),
        _ => format!("{did}#{}", key.thumbprint()),
    }
}

/// Whether text can name a key in a document.
pub(crate) fn is_fragment(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn refuse(did: &Did, why: &'static str) -> Refusal {
    Refusal::DidForm { did: clip(did.as_str()), why }
}
