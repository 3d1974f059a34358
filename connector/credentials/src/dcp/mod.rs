//! The Decentralized Claims Protocol 1.0: who asks says so with a self-issued token, and shows credentials when the one
//! asked comes back for them.
//!
//! [Its text](https://eclipse-dataspace-dcp.github.io/decentralized-claims-protocol/v1.0.1/) names three services:
//!
//! | part | file |
//! |---|---|
//! | the token that says who sends a message | `self_issued.rs` |
//! | what may be asked to be shown, and what an access token opens | `scope.rs`, `access.rs` |
//! | the messages | `message.rs` reads them all, `presentation.rs`, `issuance.rs` and `delivery.rs` say what is in them |
//! | Credential Service: which credentials answer a query | `kept.rs` |
//! | Issuer Service: what is on offer | `offer.rs` |
//! | the verifier: what to ask for, and what came back | `verifier.rs` |
//! | presentations of the data model 1.1, which one of the two profiles wants | `vp11.rs` |
//!
//! Nothing here sends or stores: the application does, and passes in what came.

mod access;
mod delivery;
mod issuance;
mod kept;
mod message;
mod offer;
mod presentation;
mod refusal;
mod scope;
mod self_issued;
mod verifier;
mod vp11;

pub use access::Access;
pub use delivery::{CredentialContainer, CredentialMessage, Outcome};
pub use issuance::{
    CredentialObject, CredentialOffer, CredentialRequest, CredentialStatus, IssuerMetadata,
    RequestState,
};
pub use kept::{Kept, choose, show};
pub use message::{MESSAGE_BYTES_MAX, kind_of};
pub use offer::{Offer, Profile};
pub use presentation::{PresentationQuery, PresentationResponse};
pub use refusal::{DcpCause, DcpRefusal};
pub use scope::Scope;
pub use self_issued::{SelfIssued, Sender, self_issue};
pub use verifier::{Shown, scopes_to_ask};

/// The JSON-LD context of every message; it is known by name and never fetched.
pub const DCP_CONTEXT: &str = "https://w3id.org/dspace-dcp/v1.0/dcp.jsonld";
/// The service type under which a holder's Credential Service stands in a DID document.
pub const CREDENTIAL_SERVICE: &str = "CredentialService";
/// The service type under which an issuer's Issuer Service stands in a DID document.
pub const ISSUER_SERVICE: &str = "IssuerService";

#[cfg(test)]
mod tests;
