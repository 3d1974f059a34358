//! The wallet: credentials that others issued to this company, one file each.

use crate::error::Error;
use crate::folder::{self, Folder};
use std::path::{Path, PathBuf};

/// Every credential of a folder, by file name.
pub fn read(folder: &Folder) -> Result<Vec<String>, Error> {
    Ok(files(folder)?.into_iter().map(|(_, credential)| credential).collect())
}

/// Every credential of a folder with its file, by file name.
pub fn files(folder: &Folder) -> Result<Vec<(PathBuf, String)>, Error> {
    let dir = folder.credentials();
    let mut files = Vec::new();
    if dir.exists() {
        for entry in std::fs::read_dir(&dir).map_err(|e| Error::file(&dir, e))? {
            let path = entry.map_err(|e| Error::file(&dir, e))?.path();
            if path.extension().is_some_and(|extension| extension == "jwt") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.into_iter().map(|path| read_one(&path).map(|credential| (path, credential))).collect()
}

/// One credential.
pub fn read_one(path: &Path) -> Result<String, Error> {
    Ok(Folder::text(path)?.trim().to_owned())
}

/// Puts a credential into the wallet under a name.
pub fn keep(folder: &Folder, name: &str, credential: &str) -> Result<(), Error> {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let path = folder.credentials().join(format!("{safe}.jwt"));
    folder::write(&path, format!("{credential}\n").as_bytes(), true)
}
