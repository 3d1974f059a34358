//! `adit journal verify`

use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::Outcome;
use serde_json::json;

/// Checks every entry and blob; works beside a running server.
pub fn verify(folder: &Folder) -> Result<Outcome, Error> {
    let verified = adit_journal::verify(&folder.state())
        .map_err(|broken| Error::Broken(broken.to_string()))?;
    let (entries, root, blobs) = (verified.entries(), verified.root(), verified.blobs());
    let human = format!("{entries} entries and {blobs} blobs are whole; root {root}\n");
    Ok(Outcome::new(json!({ "entries": entries, "blobs": blobs, "root": root.to_string() }), human))
}
