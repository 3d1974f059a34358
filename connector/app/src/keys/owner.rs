//! The credential of the company's own people, which it issues to itself and shows to nobody else.

use crate::error::Error;
use crate::folder::Folder;
use crate::{clock, wallet};
use adit_credentials::{Claims, Keypair};
use adit_vocab::{Did, adit};
use jiff::{SignedDuration, Timestamp};

/// How long it is valid.
const OWNER_LIFE: SignedDuration = SignedDuration::from_hours(5 * 365 * 24);

/// Issues it, and puts it into the wallet instead of the one before.
pub fn keep_owner(folder: &Folder, key: &Keypair, own: &Did, now: Timestamp) -> Result<(), Error> {
    let id = format!("urn:uuid:{}", clock::random_id());
    let until = now.saturating_add(OWNER_LIFE).unwrap_or(now);
    // No status: it is shown to its issuer alone, who knows, and replaced together with the key.
    let claims = Claims::about(id, adit::OWNER_CREDENTIAL.as_str(), own.clone(), now, until);
    wallet::keep(folder, "owner", &adit_credentials::issue(key, own, &claims, now)?)
}

/// Whether the wallet has one.
pub fn has_owner(folder: &Folder) -> bool {
    folder.credentials().join("owner.jwt").exists()
}
