#![doc = include_str!("../README.md")]

pub mod limits;
mod refusal;
mod strict_json;

mod jose_guard;

mod did;

mod keys;

mod claims;
mod credential;
mod evidence;
mod gate;
mod integrity;
mod replay;
mod schema;
mod secured;
mod status;
mod verified;
mod verify;

mod caller;
mod circle;
mod trust;

mod issue;

pub mod dcp;

pub use caller::{Caller, Held};
pub use circle::{
    Circle, CircleError, CircleList, LIST_FILE_BYTES_MAX, LIST_LIFE, MEMBERS_MAX, SignedList,
};
pub use credential::{Credential, Subject};
pub use did::{
    CONNECTOR_SERVICE, DidDocument, Documents, PastKey, did_jwk, did_key, did_web_document,
    did_web_url,
};
pub use evidence::Evidence;
pub use gate::Unverified;
pub use issue::{Claims, IssueError, issue, issue_embedded, issue11, present, present11};
pub use jose_guard::{Algorithm, KeyError, Keypair, PublicKey};
pub use keys::{Ends, KEYS_MAX, KeyInfo, KeyState, Keys, KeysError, Rotation};
pub use refusal::{Cause, Claim, Refusal};
#[cfg(any(test, feature = "test-util"))]
pub use replay::ForgetfulReplay;
pub use replay::{Replay, ReplayFault};
pub use schema::{BIRTH_CERTIFICATE_SCHEMA, bundled_schema};
pub use secured::CredentialForm;
pub use status::{
    Bits, StatusEntry, StatusForm, StatusList, StatusListClaims, StatusPurpose, StatusRefusal,
    Statuses, WantedList, issue_status_list,
};
pub use strict_json::{JsonProblem, pointer_step, read_json};
pub use trust::{
    CREDENTIAL_TYPES, Period, Trust, TrustError, TrustList, Trusted, TrustedIssuer,
    credential_type, held_types,
};
pub use verified::Verified;

pub(crate) use trust::known_types;

/// The JSON-LD context of Adit's own terms, in credentials and in policies. It is known by name and never fetched.
pub const ADIT_CONTEXT: &str = "https://w3id.org/adit/context.jsonld";
/// The contexts that a credential may name, the one that must come first at the front.
pub const KNOWN_CONTEXTS: [&str; 2] = ["https://www.w3.org/ns/credentials/v2", ADIT_CONTEXT];

/// The context of the data model 1.1, which the Decentralized Claims Protocol still asks for.
pub const CONTEXT_V1: &str = "https://www.w3.org/2018/credentials/v1";

#[cfg(test)]
mod tests;
