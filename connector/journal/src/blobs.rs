//! Blobs: files named by the SHA-256 of what they hold, never changed.
//!
//! `blobs/ab/abcdef...` is a blob. `blobs/incoming/` holds files that are being written; whatever
//! is there when the journal opens was cut off by a crash and is removed.

use crate::{Fault, Hash};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Blobs {
    folder: PathBuf,
    /// Names files in `incoming`; the journal's lock keeps other processes out.
    written: AtomicU64,
    /// Why a folder could not be synced. A second sync would succeed and hide what the first one lost.
    stopped: OnceLock<String>,
}

impl Blobs {
    /// Opens the blobs of a journal for writing.
    pub(crate) fn open(dir: &Path) -> Result<Self, Fault> {
        let blobs = Self::at(dir);
        let incoming = blobs.folder.join("incoming");
        let cut_off = |e| Fault::io(&incoming, e);
        fs::create_dir_all(&incoming).map_err(cut_off)?;
        for file in fs::read_dir(&incoming).map_err(cut_off)? {
            fs::remove_file(file.map_err(cut_off)?.path()).map_err(cut_off)?;
        }
        Ok(blobs)
    }

    /// The blobs of a journal, for reading.
    pub(crate) fn at(dir: &Path) -> Self {
        Self { folder: dir.join("blobs"), written: AtomicU64::new(0), stopped: OnceLock::new() }
    }

    /// The file of a blob.
    pub(crate) fn path(&self, hash: &Hash) -> PathBuf {
        let name = hash.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    /// Writes a blob so that it is on the disk, whole, when this returns.
    pub(crate) fn put(&self, bytes: &[u8]) -> Result<Hash, Fault> {
        if let Some(cause) = self.stopped.get() {
            return Err(Fault::Stopped { cause: cause.clone() });
        }
        let hash = Hash::of(bytes);
        let path = self.path(&hash);
        match fs::metadata(&path) {
            Ok(file) if file.len() == bytes.len() as u64 => {}
            Ok(_) => return Err(Fault::BlobChanged { hash, path }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => self.write(&path, bytes)?,
            Err(e) => return Err(Fault::io(&path, e)),
        }
        // Also for a blob that was there: a crash may have come between its renaming and this.
        self.sync_names(&path).inspect_err(|fault| {
            self.stopped.get_or_init(|| fault.to_string());
        })?;
        Ok(hash)
    }

    /// Makes the name of a blob, and that of its folder, survive a power loss.
    fn sync_names(&self, path: &Path) -> Result<(), Fault> {
        #[cfg(feature = "fail-points")]
        fail::fail_point!("journal.blob.renamed", |_| {
            Err(Fault::io(path, io::Error::other("injected")))
        });
        path.ancestors().skip(1).take(2).try_for_each(sync_folder)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Fault> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| Fault::io(folder, e))?;
        }
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let incoming = self.folder.join("incoming").join(number.to_string());
        let written = write_synced(&incoming, bytes).and_then(|()| fs::rename(&incoming, path));
        written.map_err(|e| {
            // Best effort: what stays is removed at the next open.
            drop(fs::remove_file(&incoming));
            Fault::io(path, e)
        })
    }

    /// Reads a blob, and hashes it again.
    pub(crate) fn get(&self, hash: &Hash) -> Result<Vec<u8>, Fault> {
        let path = self.path(hash);
        let bytes = fs::read(&path).map_err(|e| self.absent(hash, e))?;
        if Hash::of(&bytes) == *hash {
            Ok(bytes)
        } else {
            Err(Fault::BlobChanged { hash: *hash, path })
        }
    }

    /// Is the blob there? Does not read it.
    pub(crate) fn require(&self, hash: &Hash) -> Result<(), Fault> {
        self.size(hash).map(drop)
    }

    /// How many bytes the blob has. Does not read it.
    pub(crate) fn size(&self, hash: &Hash) -> Result<u64, Fault> {
        let file = fs::metadata(self.path(hash)).map_err(|e| self.absent(hash, e))?;
        Ok(file.len())
    }

    /// The hash of what the blob's file holds, read piece by piece.
    pub(crate) fn rehash(&self, hash: &Hash) -> Result<Hash, Fault> {
        let mut digest = Sha256::new();
        File::open(self.path(hash))
            .and_then(|mut file| io::copy(&mut file, &mut digest))
            .map_err(|e| self.absent(hash, e))?;
        Ok(<[u8; 32]>::from(digest.finalize()).into())
    }

    fn absent(&self, hash: &Hash, error: io::Error) -> Fault {
        let path = self.path(hash);
        if error.kind() == io::ErrorKind::NotFound {
            Fault::NoBlob { hash: *hash, path }
        } else {
            Fault::io(&path, error)
        }
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    #[cfg(feature = "fail-points")]
    fail::fail_point!("journal.blob.written");
    file.sync_all()?;
    #[cfg(feature = "fail-points")]
    fail::fail_point!("journal.blob.synced");
    Ok(())
}

/// Makes the names in a folder survive a power loss.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Fault> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Fault::io(folder, e))
}
