//! The private key of the folder, in a file that its owner alone can read.

use crate::error::Error;
use crate::folder;
use adit_credentials::Keypair;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Reads the key; refuses one that others can read.
pub fn read(path: &Path) -> Result<Keypair, Error> {
    let metadata = std::fs::metadata(path).map_err(|e| Error::file(path, e))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::KeyReadable { path: path.to_owned(), mode });
    }
    let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
    Keypair::from_private_jwk(&text)
        .map_err(|e| Error::Settings { path: path.to_owned(), message: e.to_string() })
}

/// Writes a new key.
pub fn write(path: &Path, key: &Keypair) -> Result<(), Error> {
    folder::write(path, key.to_private_jwk().as_bytes(), true)
}
