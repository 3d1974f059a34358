//! [did:key](https://w3c-ccg.github.io/did-key-spec/#the-did-key-format): a DID that spells its key as a Multikey.

use crate::{PublicKey, Refusal};
use adit_vocab::Did;

/// The `did:key` of a public key, P-256 or Ed25519.
///
/// ```
/// use adit_credentials::{Algorithm, Keypair, did_key};
/// let key = Keypair::generate_for(Algorithm::Ed25519).unwrap();
/// assert!(did_key(key.public()).as_str().starts_with("did:key:z6Mk"));
/// ```
pub fn did_key(key: &PublicKey) -> Did {
    format!("did:key:{}", key.to_multibase())
        .parse()
        .expect("base58 is within the characters of a DID")
}

pub(super) fn read(did: &Did) -> Result<PublicKey, Refusal> {
    match PublicKey::from_multibase(did.id()) {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(Refusal::DidKeyKind { method: "key" }),
        Err(why) => Err(Refusal::BadKey { did: did.clone(), why }),
    }
}
