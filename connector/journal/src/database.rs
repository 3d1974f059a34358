//! The SQLite database: its format, how it is opened, and how rows are read.

use crate::tree::Frontier;
use crate::{Fault, Hash, Kind};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// "ADIJ": says in the file's header whose it is.
const APPLICATION_ID: i32 = 0x4144_494A;
/// The format of the tables; a later program that changes them counts up.
const FORMAT: i32 = 1;
/// How long a connection waits for another's lock. In WAL mode only recovery and the last close take one.
const BUSY_TIME_MAX: Duration = Duration::from_secs(10);

/// `kind` repeats what the record says, for the index. `frontier` is the tree's right edge after
/// the last entry, so opening reads one row, and an entry cut off at the end is noticed.
const TABLES: &str = "
    CREATE TABLE entry (
        number INTEGER PRIMARY KEY,
        kind   TEXT NOT NULL,
        record BLOB NOT NULL,
        leaf   BLOB NOT NULL CHECK (length(leaf) = 32),
        root   BLOB NOT NULL CHECK (length(root) = 32)
    ) STRICT;
    CREATE INDEX entry_kind ON entry (kind, number);
    CREATE TABLE frontier (
        id     INTEGER PRIMARY KEY CHECK (id = 1),
        size   INTEGER NOT NULL,
        hashes BLOB NOT NULL
    ) STRICT;
    INSERT INTO frontier VALUES (1, 0, x'');
";

/// Every commit is synced to the disk before it returns; readers do not wait for the writer.
const HOW_TO_WRITE: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// What [`EntryRow::read`] reads.
pub(crate) const SELECT: &str = "SELECT number, kind, record, leaf, root FROM entry";

/// An entry as its row says, not yet checked.
pub(crate) struct EntryRow {
    pub(crate) number: u64,
    pub(crate) kind: String,
    pub(crate) record: Vec<u8>,
    pub(crate) leaf: Hash,
    pub(crate) root: Hash,
}

/// The database file of a journal's folder.
pub(crate) fn file(dir: &Path) -> PathBuf {
    dir.join("journal.db")
}

/// Opens the database for the one writer, and makes it if there is none.
pub(crate) fn open_for_writing(dir: &Path) -> Result<Connection, Fault> {
    let path = file(dir);
    let wrong = |e| Fault::database(&path, e);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(&path, flags).map_err(wrong)?;
    let is_new = is_empty(&connection).map_err(wrong)?;
    if !is_new {
        check_format(&connection, &path)?;
    }
    connection.execute_batch(HOW_TO_WRITE).map_err(wrong)?;
    if is_new {
        create(&connection).map_err(wrong)?;
    }
    Ok(connection)
}

/// Opens the database for reading; a writer may be at work.
pub(crate) fn open_for_reading(dir: &Path) -> Result<Connection, Fault> {
    let path = file(dir);
    if !path.exists() {
        return Err(Fault::NoJournal { path });
    }
    let connection =
        open(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|e| Fault::database(&path, e))?;
    check_format(&connection, &path)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    // No mutex inside SQLite: a connection of ours belongs to one thread at a time.
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIME_MAX)?;
    Ok(connection)
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
}

fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {TABLES}
         PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    ))
}

fn check_format(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let header = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
            .map_err(|e| Fault::database(path, e))
    };
    if header("application_id")? != APPLICATION_ID {
        return Err(Fault::NotAJournal { path: path.to_owned() });
    }
    let found = header("user_version")?;
    if found > FORMAT {
        return Err(Fault::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    Ok(())
}

/// The right edge of the tree after the last entry, or `None` if it does not fit that entry.
pub(crate) fn frontier(connection: &Connection) -> rusqlite::Result<Option<Frontier>> {
    let tree = stored_frontier(connection)?;
    let last: Option<(i64, [u8; 32])> = connection
        .query_row("SELECT number, root FROM entry ORDER BY number DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (number, root) = match last {
        Some((number, root)) => (number, Hash::from(root)),
        None => (0, Frontier::default().root()),
    };
    Ok(tree.filter(|tree| tree.size().cast_signed() == number && tree.root() == root))
}

/// The stored right edge, or `None` if it is not one.
pub(crate) fn stored_frontier(connection: &Connection) -> rusqlite::Result<Option<Frontier>> {
    connection.query_row("SELECT size, hashes FROM frontier", [], |row| {
        let (size, hashes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        Ok(Frontier::from_bytes(size.cast_unsigned(), &hashes))
    })
}

/// Writes one entry; part of the writer's transaction.
pub(crate) fn insert(connection: &Connection, row: &EntryRow) -> rusqlite::Result<()> {
    let EntryRow { number, kind, record, leaf, root } = row;
    connection
        .prepare_cached(
            "INSERT INTO entry (number, kind, record, leaf, root) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![number.cast_signed(), kind, record, leaf.as_bytes(), root.as_bytes()])
        .map(drop)
}

/// Writes the right edge after the last entry; part of the writer's transaction.
pub(crate) fn set_frontier(connection: &Connection, tree: &Frontier) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE frontier SET size = ?1, hashes = ?2")?
        .execute(params![tree.size().cast_signed(), tree.to_bytes()])
        .map(drop)
}

/// Rows from a number on, of one kind or of all, in order.
pub(crate) fn rows(
    connection: &Connection,
    kind: Option<Kind>,
    from: u64,
    limit: usize,
) -> rusqlite::Result<Vec<EntryRow>> {
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    match kind {
        Some(kind) => connection
            .prepare_cached(&format!(
                "{SELECT} WHERE kind = ?1 AND number >= ?2 ORDER BY number LIMIT ?3"
            ))?
            .query_map(params![kind.as_str(), from, limit], EntryRow::read)?
            .collect(),
        None => connection
            .prepare_cached(&format!("{SELECT} WHERE number >= ?1 ORDER BY number LIMIT ?2"))?
            .query_map(params![from, limit], EntryRow::read)?
            .collect(),
    }
}

impl EntryRow {
    /// Reads what [`SELECT`] selects.
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get::<_, i64>(0)?.cast_unsigned(),
            kind: row.get(1)?,
            record: row.get(2)?,
            leaf: row.get::<_, [u8; 32]>(3)?.into(),
            root: row.get::<_, [u8; 32]>(4)?.into(),
        })
    }
}
