//! Finding the first place where a journal is not what was written.

use crate::blobs::Blobs;
use crate::database::EntryRow;
use crate::tree::{Frontier, leaf_hash};
use crate::{Entry, Fault, Hash, database};
use rusqlite::{Connection, Row};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A journal in which every record, root and blob is what was written. Made only by [`verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    entries: u64,
    root: Hash,
    blobs: u64,
}

/// The first place where a journal is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// A number is left out, at the end too.
    #[error("entry {number} is missing")]
    Missing {
        /// The number.
        number: u64,
    },
    /// The record of an entry does not hash to its leaf.
    #[error("entry {number}: the record hashes to {found}, its leaf is {stored}")]
    Leaf {
        /// The number of the entry.
        number: u64,
        /// The leaf that is stored.
        stored: Hash,
        /// The leaf of the stored record.
        found: Hash,
    },
    /// The entries up to this one do not give its root.
    #[error("entry {number}: the entries up to it give the root {found}, its root is {stored}")]
    Root {
        /// The number of the entry.
        number: u64,
        /// The root that is stored.
        stored: Hash,
        /// The root of the stored entries.
        found: Hash,
    },
    /// An entry has a row that cannot be one.
    #[error("entry {number}: {text}")]
    Row {
        /// The number of the entry.
        number: u64,
        /// What is wrong with it.
        text: String,
    },
    /// A blob is not there.
    #[error("blob {hash}, named by entry {entry}, is missing at {}", path.display())]
    NoBlob {
        /// The blob.
        hash: Hash,
        /// Where it should be.
        path: PathBuf,
        /// The first entry that names it.
        entry: u64,
    },
    /// The file of a blob holds something else.
    #[error("blob {hash}, named by entry {entry}: {} hashes to {found}", path.display())]
    BlobChanged {
        /// The blob.
        hash: Hash,
        /// Its file.
        path: PathBuf,
        /// The first entry that names it.
        entry: u64,
        /// The hash of the file.
        found: Hash,
    },
    /// The stored right edge of the tree is not that of the entries.
    #[error("the stored edge of the tree is not that of the {entries} entries")]
    Frontier {
        /// How many entries there are.
        entries: u64,
    },
    /// The database file is damaged outside the entries, or so that the next one cannot be reached.
    #[error("the database is damaged; entries up to {after} were read: {text}")]
    Database {
        /// The last entry that was good.
        after: u64,
        /// What SQLite says.
        text: String,
    },
    /// The journal could not be read.
    #[error(transparent)]
    Unreadable(#[from] Fault),
}

impl Verified {
    /// How many entries there are.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The root of the tree of all entries.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// How many different blobs the entries name.
    pub fn blobs(&self) -> u64 {
        self.blobs
    }
}

/// Checks a whole journal: every record against its leaf, every root, every blob that an entry
/// names, and the database file around them. It only reads, and a server may be at work.
///
/// # Errors
///
/// The first place where the journal is not what was written, by entry number. Blobs come with the
/// first entry that names them; damage to the database file outside the entries comes last.
///
/// Who can write the folder can also write a new journal that verifies: keep roots elsewhere to notice.
pub fn verify(dir: &Path) -> Result<Verified, Broken> {
    let connection = database::open_for_reading(dir)?;
    let mut check =
        Check { blobs: Blobs::at(dir), seen: HashSet::new(), tree: Frontier::default() };
    // One transaction, so that everything is from one moment.
    let damaged = |after| move |e: rusqlite::Error| Broken::Database { after, text: e.to_string() };
    let moment = connection.unchecked_transaction().map_err(damaged(0))?;
    let mut select =
        moment.prepare(&format!("{} ORDER BY number", database::SELECT)).map_err(damaged(0))?;
    let mut rows = select.query([]).map_err(damaged(0))?;
    while let Some(row) = rows.next().map_err(damaged(check.tree.size()))? {
        check.entry(row)?;
    }
    let entries = check.tree.size();
    check_file(&moment, entries)?;
    check.edge(database::stored_frontier(&moment).map_err(damaged(entries))?)?;
    Ok(Verified { entries, root: check.tree.root(), blobs: check.seen.len() as u64 })
}

/// What was found good so far.
struct Check {
    blobs: Blobs,
    seen: HashSet<Hash>,
    tree: Frontier,
}

impl Check {
    /// Checks the next row.
    fn entry(&mut self, row: &Row<'_>) -> Result<(), Broken> {
        let number = self.tree.size() + 1;
        let wrong_row = |text| Broken::Row { number, text };
        let row = EntryRow::read(row).map_err(|e| wrong_row(e.to_string()))?;
        if row.number != number {
            return Err(Broken::Missing { number });
        }
        let (stored, found) = (row.leaf, leaf_hash(&row.record));
        if stored != found {
            return Err(Broken::Leaf { number, stored, found });
        }
        self.tree.push(found);
        let (stored, found) = (row.root, self.tree.root());
        if stored != found {
            return Err(Broken::Root { number, stored, found });
        }
        let entry = Entry::try_from(row).map_err(wrong_row)?;
        entry.record.blobs.iter().try_for_each(|hash| self.blob(*hash, number))
    }

    /// Checks a blob, once.
    fn blob(&mut self, hash: Hash, entry: u64) -> Result<(), Broken> {
        if !self.seen.insert(hash) {
            return Ok(());
        }
        let found = self.blobs.rehash(&hash).map_err(|fault| match fault {
            Fault::NoBlob { hash, path } => Broken::NoBlob { hash, path, entry },
            fault => Broken::Unreadable(fault),
        })?;
        if found != hash {
            return Err(Broken::BlobChanged { hash, path: self.blobs.path(&hash), entry, found });
        }
        Ok(())
    }

    /// Checks the stored right edge of the tree, which knows how many entries there were.
    fn edge(&self, stored: Option<Frontier>) -> Result<(), Broken> {
        let entries = self.tree.size();
        match stored {
            Some(stored) if stored == self.tree => Ok(()),
            Some(stored) if stored.size() > entries => Err(Broken::Missing { number: entries + 1 }),
            _ => Err(Broken::Frontier { entries }),
        }
    }
}

/// Checks what is around the entries: pages, cells, and the index.
fn check_file(connection: &Connection, after: u64) -> Result<(), Broken> {
    let text = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))
        .unwrap_or_else(|e| e.to_string());
    if text == "ok" { Ok(()) } else { Err(Broken::Database { after, text }) }
}
