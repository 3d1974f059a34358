//! The file of the keys: sealed with age in `keys/ring.age`, or plain in `keys/key.json` as earlier folders have it.

use super::{KeyTrouble, Secret};
use crate::config::Config;
use crate::error::Error;
use crate::folder::{self, Folder};
use adit_credentials::{Keys, KeysError};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Where the keys of a folder lie, and what opens them.
#[derive(Debug)]
pub struct Keystore {
    path: PathBuf,
    /// None where the keys lie plain.
    secret: Option<Secret>,
}

impl Keystore {
    /// Whether a folder has keys.
    pub fn exists(folder: &Folder) -> bool {
        folder.ring().exists() || folder.key().exists()
    }

    /// Whether the keys of a folder lie there in the clear.
    pub fn is_plain(folder: &Folder) -> bool {
        folder.key().exists()
    }

    /// Opens the keys of a folder; refuses files that others can read.
    ///
    /// # Errors
    /// No keys, a file that others can read, no passphrase or a wrong one, a damaged file.
    pub fn open(folder: &Folder, config: &Config) -> Result<(Self, Keys), Error> {
        let sealed = folder.ring();
        if !sealed.exists() {
            let path = folder.key();
            let keys = read(&read_private(&path)?, &path)?;
            return Ok((Self { path, secret: None }, keys));
        }
        check_mode(&sealed, 0o077)?;
        let bytes = std::fs::read(&sealed).map_err(|e| Error::file(&sealed, e))?;
        let (secret, text) = Secret::opening(&bytes, folder, config)?;
        let keys = read(&text, &sealed)?;
        Ok((Self { path: sealed, secret: Some(secret) }, keys))
    }

    /// The keys of a new folder, sealed with a secret, or plain where there is none.
    pub fn new(folder: &Folder, secret: Option<Secret>) -> Self {
        let path = if secret.is_some() { folder.ring() } else { folder.key() };
        Self { path, secret }
    }

    /// Writes the keys: whoever reads sees the old ones or the new.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, keys: &Keys) -> Result<(), Error> {
        let text = keys.to_text();
        match &self.secret {
            Some(secret) => folder::write(&self.path, &secret.seal(text.as_bytes())?, true),
            None => folder::write(&self.path, text.as_bytes(), true),
        }
    }

    /// Seals the keys of a folder, which were plain or sealed with something else; what lay there plain, and what a kill
    /// left of it, is deleted once the sealed keys were read back.
    ///
    /// # Errors
    /// A file cannot be written, or does not say what was written.
    pub fn seal(folder: &Folder, keys: &Keys, secret: Secret) -> Result<(), Error> {
        let store = Self::new(folder, Some(secret));
        store.write(keys)?;
        let bytes = std::fs::read(&store.path).map_err(|e| Error::file(&store.path, e))?;
        let secret = store.secret.as_ref().expect("it was just given");
        let again = read(&secret.open(&bytes, &store.path)?, &store.path)?;
        if *again.to_text() != *keys.to_text() {
            return Err(Error::Internal("the sealed keys do not read back".to_owned()));
        }
        for plain in [folder::beside(&folder.key()), folder.key()] {
            match std::fs::remove_file(&plain) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::file(&plain, e));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}

fn read(text: &str, path: &Path) -> Result<Keys, Error> {
    Keys::read(text).map_err(|e| match e {
        KeysError::Shape { why } => KeyTrouble::Damaged { path: path.to_owned(), why }.into(),
        other => KeyTrouble::Ring(other).into(),
    })
}

/// The text of a file that its owner alone can read; it is wiped when dropped.
pub(super) fn read_private(path: &Path) -> Result<zeroize::Zeroizing<String>, Error> {
    check_mode(path, 0o077)?;
    let text = std::fs::read_to_string(path).map_err(|e| Error::file(path, e))?;
    Ok(zeroize::Zeroizing::new(text))
}

/// Refuses a file with one of these rights.
pub(super) fn check_mode(path: &Path, forbidden: u32) -> Result<(), Error> {
    let metadata = std::fs::metadata(path).map_err(|e| Error::file(path, e))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & forbidden == 0 {
        return Ok(());
    }
    Err(KeyTrouble::Readable { path: path.to_owned(), mode }.into())
}

#[cfg(test)]
mod tests {
    use super::super::Chosen;
    use super::*;
    use adit_credentials::{Algorithm, Keypair};
    use jiff::Timestamp;

    #[test]
    fn nothing_plain_is_left_of_keys_that_are_sealed() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(place.path().join("firm"));
        let config = "did = \"did:web:a.example\"\nname = \"a\"\n";
        let config = Config::parse(config, &folder).unwrap();
        let keypair = Keypair::generate_for(Algorithm::Ed25519).unwrap();
        let keys = Keys::new(keypair, Timestamp::UNIX_EPOCH);
        Keystore::new(&folder, None).write(&keys).unwrap();
        // A kill in the middle of a later writing.
        folder::write(&folder::beside(&folder.key()), keys.to_text().as_bytes(), true).unwrap();
        let opens = Path::new("../opens.key");
        let Ok(Chosen::File(secret, _)) = Secret::choose(&folder, &config, Some(opens)) else {
            panic!("nothing was chosen")
        };
        Keystore::seal(&folder, &keys, secret).unwrap();
        let there = std::fs::read_dir(folder.ring().parent().unwrap()).unwrap();
        let there: Vec<_> = there.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(there, ["ring.age"]);
    }
}
