//! The journal as its users hold it.

use crate::blobs::{Blobs, sync_folder};
use crate::database::EntryRow;
use crate::record::Draft;
use crate::writer::Writer;
use crate::{Entry, Fault, Hash, Kind, Record, database};
use rusqlite::Connection;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The journal of one company: an append-only list of records, and the blobs they name.
///
/// A cheap handle: clones share one writing thread, one reading connection and one lock on the
/// folder, which are given back when the last clone is dropped.
#[derive(Clone)]
pub struct Journal(Arc<Shared>);

/// The order of the fields is the order of closing: the writer closes the database last and so
/// moves the write-ahead log into it; then the lock goes.
struct Shared {
    path: PathBuf,
    blobs: Blobs,
    reader: Mutex<Connection>,
    writer: Writer,
    _lock: File,
}

impl Journal {
    /// Opens the journal in a folder, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// [`Fault::InUse`] if another process has it open, [`Fault::Newer`] or [`Fault::NotAJournal`]
    /// if this program may not write it, [`Fault::TreeMismatch`] if its end is damaged.
    pub fn open(dir: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(dir).map_err(|e| Fault::io(dir, e))?;
        let lock = lock(dir)?;
        let blobs = Blobs::open(dir)?;
        let connection = database::open_for_writing(dir)?;
        sync_folder(dir)?;
        Self::start(dir, lock, blobs, connection)
    }

    pub(crate) fn start(
        dir: &Path,
        lock: File,
        blobs: Blobs,
        connection: Connection,
    ) -> Result<Self, Fault> {
        let path = database::file(dir);
        let tree = database::frontier(&connection)
            .map_err(|e| Fault::database(&path, e))?
            .ok_or_else(|| Fault::TreeMismatch { path: path.clone() })?;
        let reader = Mutex::new(database::open_for_reading(dir)?);
        let writer = Writer::start(path.clone(), connection, tree)?;
        Ok(Self(Arc::new(Shared { path, blobs, reader, writer, _lock: lock })))
    }

    /// Appends a record and blocks until it is on the disk.
    ///
    /// # Errors
    ///
    /// Refuses, before anything is written, a record that could not be read back as it is or that
    /// names a blob that is not there. [`Fault::DiskFull`] leaves the journal in use; after any other
    /// failed write it answers [`Fault::Stopped`] until it is opened again.
    ///
    /// # Panics
    ///
    /// In an asynchronous task, which it would block; use [`Journal::append_async`] there.
    pub fn append(&self, record: Record) -> Result<Entry, Fault> {
        self.0.writer.append(self.draft(record)?)
    }

    /// Appends a record and waits until it is on the disk. Dropping the future does not take back a record that is queued.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`].
    pub fn append_async(
        &self,
        record: Record,
    ) -> impl Future<Output = Result<Entry, Fault>> + Send + use<> {
        let journal = self.clone();
        async move { journal.0.writer.append_async(journal.draft(record)?).await }
    }

    fn draft(&self, record: Record) -> Result<Draft, Fault> {
        let draft = Draft::new(record)?;
        draft.blobs().iter().try_for_each(|hash| self.0.blobs.require(hash))?;
        Ok(draft)
    }

    /// Keeps some bytes under their hash; they are on the disk when this returns. The same bytes again change nothing.
    ///
    /// # Errors
    ///
    /// [`Fault::BlobChanged`] if the file of that hash has another length, [`Fault::DiskFull`].
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Hash, Fault> {
        self.0.blobs.put(bytes)
    }

    /// The bytes of a blob, which are hashed again.
    ///
    /// # Errors
    ///
    /// [`Fault::NoBlob`], or [`Fault::BlobChanged`] if the file holds something else.
    pub fn blob(&self, hash: &Hash) -> Result<Vec<u8>, Fault> {
        self.0.blobs.get(hash)
    }

    /// How many bytes a blob has; does not read it.
    ///
    /// # Errors
    ///
    /// [`Fault::NoBlob`].
    pub fn blob_size(&self, hash: &Hash) -> Result<u64, Fault> {
        self.0.blobs.size(hash)
    }

    /// How many entries there are, which is the number of the last one.
    pub fn len(&self) -> u64 {
        self.0.writer.head().size
    }

    /// Is there no entry yet?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The root of the tree of all entries; of none, the hash of nothing.
    pub fn root(&self) -> Hash {
        self.0.writer.head().root
    }

    /// The entry of a number, if there is one.
    ///
    /// # Errors
    ///
    /// [`Fault::Damaged`] if what is stored does not hash to its leaf.
    pub fn entry(&self, number: u64) -> Result<Option<Entry>, Fault> {
        let page = self.entries(number, 1)?;
        Ok(page.into_iter().find(|entry| entry.number == number))
    }

    /// The entries from a number on, in order, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// As [`Journal::entry`].
    pub fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, Fault> {
        self.page(None, from, limit)
    }

    /// The entries of one kind from a number on, in order, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// As [`Journal::entry`].
    pub fn entries_of(&self, kind: Kind, from: u64, limit: usize) -> Result<Vec<Entry>, Fault> {
        self.page(Some(kind), from, limit)
    }

    fn page(&self, kind: Option<Kind>, from: u64, limit: usize) -> Result<Vec<Entry>, Fault> {
        let reader = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = database::rows(&reader, kind, from, limit)
            .map_err(|e| Fault::database(&self.0.path, e))?;
        let entry = |row: EntryRow| {
            let number = row.number;
            Entry::try_from(row).map_err(|text| Fault::Damaged { number, text })
        };
        rows.into_iter().map(entry).collect()
    }
}

/// Takes the lock that keeps a second writer out; the operating system gives it back when the process ends, however it ends.
pub(crate) fn lock(dir: &Path) -> Result<File, Fault> {
    let path = dir.join("journal.lock");
    let file = File::create(&path).map_err(|e| Fault::io(&path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault::InUse { path }),
        Err(TryLockError::Error(e)) => Err(Fault::io(&path, e)),
    }
}
