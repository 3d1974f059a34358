//! A store that lives for one question.

use crate::{Fault, Store};
use oxrdf::Quad;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// The quads that peers sent for one question, in a temporary directory that is deleted with the last clone.
///
/// It shows everything it holds: what is in it was decided by those who sent it.
#[derive(Clone)]
pub struct Scratch {
    inner: Arc<Inner>,
}

// The store comes first, so that it is closed before its directory is deleted.
struct Inner {
    store: Store,
    directory: TempDir,
}

impl Scratch {
    /// Stores the quads in a new directory within `parent`. Equal quads become one.
    ///
    /// # Errors
    /// [`Fault::Unstorable`] for a quad that fails [`check_storable`](crate::check_storable), or a fault of the disk.
    ///
    /// ```
    /// let scratch = adit_facts::Scratch::new(&std::env::temp_dir(), []).unwrap();
    /// assert!(scratch.is_empty().unwrap());
    /// ```
    pub fn new(parent: &Path, quads: impl IntoIterator<Item = Quad>) -> Result<Self, Fault> {
        let directory = tempfile::Builder::new()
            .prefix("scratch-")
            .tempdir_in(parent)
            .map_err(Fault::io("making the directory of a scratch store"))?;
        let store = Store::open_passing(directory.path())?;
        let mut publication = store.begin(1)?;
        for quad in quads {
            publication.add(quad.as_ref())?;
        }
        publication.commit()?;
        Ok(Self { inner: Arc::new(Inner { store, directory }) })
    }

    /// Whether it holds no quad.
    ///
    /// # Errors
    /// A [`Fault`] of the disk.
    pub fn is_empty(&self) -> Result<bool, Fault> {
        self.inner.store.is_empty()
    }

    /// The number of distinct quads.
    ///
    /// # Errors
    /// A [`Fault`] of the disk.
    pub fn len(&self) -> Result<u64, Fault> {
        self.inner.store.len()
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        self.inner.directory.path()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }
}
