//! What the connector knows of predicates and product groups: the bundled profiles and those of the folder.

use crate::error::Error;
use crate::folder::Folder;
use adit_vocab::Vocabulary;
use std::sync::Arc;

/// Reads `profiles/*.ttl` beside the bundled ones: a new category of products is one more file there.
///
/// # Errors
/// The first file that cannot be read or is not a profile, with what is wrong in it.
pub fn read(folder: &Folder) -> Result<Arc<Vocabulary>, Error> {
    let dir = folder.profiles();
    if !dir.exists() {
        return Ok(Vocabulary::bundled().clone());
    }
    let mut own = Vec::new();
    for entry in std::fs::read_dir(&dir).map_err(|e| Error::file(&dir, e))? {
        let path = entry.map_err(|e| Error::file(&dir, e))?.path();
        if path.extension().is_some_and(|extension| extension == "ttl") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            own.push((name, Folder::text(&path)?));
        }
    }
    own.sort();
    let vocabulary = Vocabulary::with(own)
        .map_err(|e| Error::Settings { path: dir.join(&e.file), message: e.cause.to_string() })?;
    Ok(Arc::new(vocabulary))
}
