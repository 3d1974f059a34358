//! Things that outlive the process, one small file each.

use crate::error::Error;
use crate::folder;
use crate::query::digest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// A folder of things by their names. A name may be any text, also one that others chose: files are named by its digest.
#[derive(Debug)]
pub struct Shelf<T> {
    folder: PathBuf,
    kind: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Shelf<T> {
    /// The shelf in a folder, which need not be there yet.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder, kind: PhantomData }
    }

    /// Everything on it, in no order.
    pub fn all(&self) -> Result<Vec<T>, Error> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(Error::file(&self.folder, e)),
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| Error::file(&self.folder, e))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                all.extend(read(&path)?);
            }
        }
        Ok(all)
    }

    /// The thing of a name.
    pub fn get(&self, name: &str) -> Result<Option<T>, Error> {
        read(&self.path(name))
    }

    /// Puts a thing there, in place of the one before.
    pub fn put(&self, name: &str, thing: &T) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(thing).map_err(|e| Error::Internal(e.to_string()))?;
        folder::write(&self.path(name), &text, true)
    }

    /// Takes a thing off the shelf.
    pub fn forget(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::file(&path, e)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{}.json", digest(name)))
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|e| Error::Internal(format!("{}: {e}", path.display()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::file(path, e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_any_text_and_a_thing_outlives_the_shelf() {
        let folder = tempfile::tempdir().unwrap();
        let at = || Shelf::<String>::at(folder.path().join("shelf"));
        let shelf = at();
        assert_eq!(shelf.all().unwrap(), Vec::<String>::new());
        for name in ["../../etc/passwd", "a b\u{0}c", ""] {
            shelf.put(name, &name.to_owned()).unwrap();
            assert_eq!(at().get(name).unwrap().as_deref(), Some(name));
        }
        assert_eq!(at().all().unwrap().len(), 3);
        shelf.forget("").unwrap();
        shelf.forget("").unwrap();
        assert_eq!(at().get("").unwrap(), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
