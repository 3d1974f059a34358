#![doc = include_str!("../README.md")]

pub mod limits;
mod refusal;
mod strict_json;

mod jose;

mod did;
mod document;

mod claims;
mod compact;
mod credential;
mod gate;
mod replay;
mod verify;

mod caller;
mod trust;

mod issue;

pub use caller::{Caller, Held};
pub use credential::Credential;
pub use did::{did_jwk, did_web_url};
pub use document::{CONNECTOR_SERVICE, DidDocument, Documents, did_web_document};
pub use gate::Unverified;
pub use issue::{Claims, IssueError, issue, present};
pub use jose::{KeyError, Keypair, PublicKey};
pub use refusal::{Cause, Claim, Refusal};
#[cfg(any(test, feature = "test-util"))]
pub use replay::ForgetfulReplay;
pub use replay::{Replay, ReplayFault};
pub use strict_json::{JsonProblem, pointer_step, read_json};
pub use trust::{CREDENTIAL_TYPES, TrustError, TrustList, TrustedIssuer, credential_type};

pub(crate) use trust::known_types;

/// The JSON-LD context of Adit's own terms, in credentials and in policies. It is known by name and never fetched.
pub const ADIT_CONTEXT: &str = "https://w3id.org/adit/context.jsonld";
/// The contexts that a credential may name, the one that must come first at the front.
pub const KNOWN_CONTEXTS: [&str; 2] = ["https://www.w3.org/ns/credentials/v2", ADIT_CONTEXT];

#[cfg(test)]
mod tests;
