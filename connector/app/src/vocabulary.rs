//! What the connector knows of predicates and product groups: the bundled profiles and those of the folder.

use crate::error::Error;
use crate::folder::Folder;
use adit_shapes::Shapes;
use adit_vocab::Vocabulary;
use std::sync::Arc;

/// Reads `profiles/*.ttl` beside the bundled ones: a new category of products is one more file there.
///
/// # Errors
/// A file that cannot be read, or every file that is not a profile, with what is wrong in it.
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
    let told = |e: &dyn std::fmt::Display, file: &str| format!("{}: {e}", dir.join(file).display());
    let alone = own.iter().filter_map(|file| Vocabulary::with([file.clone()]).err());
    let mut wrong: Vec<_> = alone.map(|e| told(&e.cause, &e.file)).collect();
    match Vocabulary::with(own) {
        Ok(vocabulary) => return Ok(Arc::new(vocabulary)),
        // Two files that are right alone, and not together.
        Err(e) if wrong.is_empty() => wrong.push(told(&e.cause, &e.file)),
        Err(_) => {}
    }
    Err(Error::Profiles(wrong))
}

/// The rules of the vocabulary with those of the profiles.
///
/// # Errors
/// A profile whose shapes are of a kind that is not run.
pub fn shapes(folder: &Folder, vocabulary: &Vocabulary) -> Result<Shapes, Error> {
    let told = |file: &str| folder.profiles().join(file).display().to_string();
    Shapes::of(vocabulary)
        .map_err(|e| Error::Profiles(vec![format!("{}: {}", told(&e.file), e.cause)]))
}
