//! What can go wrong in the journal.

use crate::{Hash, Kind, RECORD_BYTES_MAX};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the journal could not do what it was asked.
///
/// After a fault from an append, the record is not acknowledged: the next
/// [`Journal::open`](crate::Journal::open) tells whether it is there.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// The time of a record is not RFC 3339 in UTC.
    #[error("'{at}' is not an RFC 3339 time in UTC; write it as 2026-11-22T16:50:00Z")]
    NotUtc {
        /// The time as given.
        at: String,
    },
    /// The body of a record holds an integer that canonical JSON would change.
    #[error(
        "the body of the {kind} holds the integer {number}, of which JSON numbers keep 53 bits; write it as text"
    )]
    Inexact {
        /// The kind of the record.
        kind: Kind,
        /// The integer.
        number: String,
    },
    /// The body of a record could not be read back, because it is nested too deeply.
    #[error("the body of the {kind} would not be readable again ({text}); make it flatter")]
    TooDeep {
        /// The kind of the record.
        kind: Kind,
        /// What the reader says.
        text: String,
    },
    /// A record is larger than [`RECORD_BYTES_MAX`].
    #[error(
        "the {kind} has {bytes} bytes, a record may have {RECORD_BYTES_MAX}; put what is large into a blob"
    )]
    TooLarge {
        /// The kind of the record.
        kind: Kind,
        /// Its size.
        bytes: usize,
    },
    /// A record names a blob, or a reader asks for one, that is not there.
    #[error("there is no blob {hash} at {}; put it before the record that names it", path.display())]
    NoBlob {
        /// The blob.
        hash: Hash,
        /// Where it should be.
        path: PathBuf,
    },
    /// The file of a blob holds something else.
    #[error("{} is not the blob {hash}; bring the file back from a backup", path.display())]
    BlobChanged {
        /// The blob.
        hash: Hash,
        /// Its file.
        path: PathBuf,
    },
    /// A stored record is not the one that was appended.
    #[error("entry {number} is damaged ({text}); verify the journal")]
    Damaged {
        /// The number of the entry.
        number: u64,
        /// What is wrong with it.
        text: String,
    },
    /// The last entry and the stored edge of the tree do not belong together.
    #[error("the last entry of {} is not where its tree ends; verify the journal", path.display())]
    TreeMismatch {
        /// The database file.
        path: PathBuf,
    },
    /// There is no journal in the folder.
    #[error("there is no journal at {}", path.display())]
    NoJournal {
        /// The database file that is not there.
        path: PathBuf,
    },
    /// The database belongs to another program.
    #[error("{} is a database of another program; choose another folder", path.display())]
    NotAJournal {
        /// The database file.
        path: PathBuf,
    },
    /// The database was written by a later version.
    #[error(
        "{} has journal format {found}, this program knows {known}; run the newer program that wrote it",
        path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The format found.
        found: i32,
        /// The latest format this program knows.
        known: i32,
    },
    /// Another process writes this journal.
    #[error("another process writes this journal and holds {}; stop it or ask it", path.display())]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// The disk is full. Nothing was appended, reading goes on, and so does writing once there is space.
    #[error("the disk that holds {} is full; free some space and try again", path.display())]
    DiskFull {
        /// The file or folder that could not grow.
        path: PathBuf,
    },
    /// The journal takes no more records, because an earlier write failed and what is on the disk is not known.
    #[error("the journal stopped after a failed write ({cause}); check the disk and start again")]
    Stopped {
        /// The failure.
        cause: String,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: Arc<io::Error>,
    },
    /// The database refused.
    #[error("{}: {source}", path.display())]
    Database {
        /// The database file.
        path: PathBuf,
        /// What it said.
        source: Arc<rusqlite::Error>,
    },
}

impl Fault {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source: Arc::new(source) },
        }
    }

    pub(crate) fn database(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull { path },
            _ => Self::Database { path, source: Arc::new(source) },
        }
    }
}
