//! Issuing a status list: a signed credential about the credentials of its issuer.

use super::{Bits, StatusForm, StatusPurpose};
use crate::jose_guard::{Typ, sign};
use crate::{CONTEXT_V1, KNOWN_CONTEXTS, KeyError, Keypair};
use adit_vocab::Did;
use jiff::Timestamp;
use serde_json::json;

/// What a status list says.
#[derive(Debug, Clone, Copy)]
pub struct StatusListClaims<'a> {
    /// Its address, which is its id.
    pub url: &'a str,
    /// What a set bit means.
    pub purpose: StatusPurpose,
    /// The bits.
    pub bits: &'a Bits,
    /// When it is signed.
    pub valid_from: Timestamp,
    /// When it has to be fetched again.
    pub valid_until: Timestamp,
    /// Which specification it follows.
    pub form: StatusForm,
}

/// Issues a status list: a `vc+jwt` of type `BitstringStatusListCredential`, or for the form of 2021 the same as a
/// credential of the data model 1.1.
///
/// Implements [BitstringStatusListCredential](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential).
///
/// # Errors
/// The key cannot sign.
pub fn issue_status_list(
    keypair: &Keypair,
    issuer: &Did,
    claims: &StatusListClaims<'_>,
) -> Result<String, KeyError> {
    let StatusListClaims { url, purpose, bits, valid_from, valid_until, form } = *claims;
    let subject = |kind: &str| {
        json!({
            "id": format!("{url}#list"),
            "type": kind,
            "statusPurpose": purpose.as_str(),
            "encodedList": bits.encode(),
        })
    };
    match form {
        StatusForm::Bitstring => {
            let payload = json!({
                "@context": [KNOWN_CONTEXTS[0]],
                "id": url,
                "type": ["VerifiableCredential", "BitstringStatusListCredential"],
                "issuer": issuer,
                "validFrom": valid_from.to_string(),
                "validUntil": valid_until.to_string(),
                "credentialSubject": subject("BitstringStatusList"),
                "iss": issuer,
                "iat": valid_from.as_second(),
            });
            sign(keypair, issuer, Typ::Credential, &payload)
        }
        StatusForm::List2021 => {
            let vc = json!({
                "@context": [CONTEXT_V1, "https://w3id.org/vc/status-list/2021/v1"],
                "id": url,
                "type": ["VerifiableCredential", "StatusList2021Credential"],
                "issuer": issuer,
                "issuanceDate": valid_from.to_string(),
                "expirationDate": valid_until.to_string(),
                "credentialSubject": subject("StatusList2021"),
            });
            let payload = json!({
                "iss": issuer,
                "sub": format!("{url}#list"),
                "jti": url,
                "nbf": valid_from.as_second(),
                "iat": valid_from.as_second(),
                "exp": valid_until.as_second(),
                "vc": vc,
            });
            sign(keypair, issuer, Typ::Credential11, &payload)
        }
    }
}
