//! The journal at one moment, read beside whoever writes it: what an audit takes away.

use crate::database::{self, EntryRow};
use crate::tree::Frontier;
use crate::{Entry, Fault, Hash};
use jiff::Timestamp;
use rusqlite::{Connection, params_from_iter};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// A journal as it stood when this was opened. It only reads, and a server may be at work.
///
/// ```
/// use adit_journal::{Journal, Kind, Record, Snapshot};
/// let dir = tempfile::tempdir().unwrap();
/// let journal = Journal::open(dir.path()).unwrap();
/// let at = "2026-11-22T16:50:00Z".to_owned();
/// let record = Record { kind: Kind::Trust, at, body: "a".into(), blobs: Vec::new() };
/// let entry = journal.append(record.clone()).unwrap();
/// let snapshot = Snapshot::open(dir.path()).unwrap();
/// journal.append(record).unwrap();
/// assert_eq!((snapshot.len(), snapshot.root()), (1, entry.root));
/// ```
pub struct Snapshot {
    path: PathBuf,
    connection: Connection,
    tree: Frontier,
}

impl Snapshot {
    /// The journal in a folder, as it is now.
    ///
    /// # Errors
    ///
    /// [`Fault::NoJournal`], [`Fault::TreeMismatch`] if its end is damaged, or what the database says.
    pub fn open(dir: &Path) -> Result<Self, Fault> {
        let connection = database::open_for_reading(dir)?;
        let path = database::file(dir);
        // From its first reading on, the transaction sees one moment; it ends with the connection.
        let begun = connection.execute_batch("BEGIN");
        let tree = begun.and_then(|()| database::frontier(&connection));
        let tree = tree.map_err(|e| Fault::database(&path, e))?;
        let tree = tree.ok_or_else(|| Fault::TreeMismatch { path: path.clone() })?;
        Ok(Self { path, connection, tree })
    }

    /// How many entries there are, which is the number of the last one.
    pub fn len(&self) -> u64 {
        self.tree.size()
    }

    /// Is there no entry?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The root of the tree of all entries; of none, the hash of nothing.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// The numbers from the first entry whose time is `since` or later to the last one before `until`; `None` if there
    /// are none.
    ///
    /// The range has no gaps: where the clock was set back, an entry of another time may lie between.
    ///
    /// # Errors
    ///
    /// [`Fault::Damaged`] if an entry has no time.
    pub fn range(
        &self,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Option<RangeInclusive<u64>>, Fault> {
        let mut found: Option<RangeInclusive<u64>> = None;
        self.rows("SELECT number, record FROM entry ORDER BY number", [], |row| {
            let number = row.get::<_, i64>(0).map(i64::cast_unsigned);
            let number = number.map_err(|e| Fault::database(&self.path, e))?;
            let record = row.get_ref(1).ok().and_then(|value| value.as_blob().ok());
            let at = record.and_then(time_of).ok_or_else(|| Fault::Damaged {
                number,
                text: "the record does not begin with its time".to_owned(),
            })?;
            if since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until) {
                let first = found.as_ref().map_or(number, |range| *range.start());
                found = Some(first..=number);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The right edge of the tree of the first `size` entries: the roots of its complete subtrees, largest first.
    ///
    /// With it, and the entries that follow, whoever reads them computes the root after each one, see
    /// [RFC 6962, Merkle Hash Trees](https://www.rfc-editor.org/rfc/rfc6962#section-2.1).
    ///
    /// # Errors
    ///
    /// [`Fault::Damaged`] if the entries up to there are not those of the stored root.
    pub fn edge(&self, size: u64) -> Result<Vec<Hash>, Fault> {
        let mut tree = Frontier::default();
        let mut stored = tree.root();
        let select = "SELECT leaf, root FROM entry WHERE number <= ?1 ORDER BY number";
        self.rows(select, [size.cast_signed()], |row| {
            let read = |at| row.get::<_, [u8; 32]>(at).map(Hash::from);
            tree.push(read(0).map_err(|e| Fault::database(&self.path, e))?);
            stored = read(1).map_err(|e| Fault::database(&self.path, e))?;
            Ok(())
        })?;
        if tree.size() == size.min(self.len()) && tree.root() == stored {
            return Ok(tree.peaks().to_vec());
        }
        let text = "the entries up to it do not give its root".to_owned();
        Err(Fault::Damaged { number: tree.size(), text })
    }

    /// Hands over entries one by one, in order; none is kept.
    ///
    /// # Errors
    ///
    /// [`Fault::Damaged`] if what is stored does not hash to its leaf, and whatever `each` returns.
    pub fn each<E: From<Fault>>(
        &self,
        numbers: RangeInclusive<u64>,
        mut each: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        let select = format!("{} WHERE number BETWEEN ?1 AND ?2 ORDER BY number", database::SELECT);
        let bounds = [numbers.start().cast_signed(), numbers.end().cast_signed()];
        self.rows(&select, bounds, |row| {
            let row = EntryRow::read(row).map_err(|e| Fault::database(&self.path, e))?;
            let number = row.number;
            let entry = Entry::try_from(row).map_err(|text| Fault::Damaged { number, text })?;
            each(entry)
        })
    }

    fn rows<E: From<Fault>, const N: usize>(
        &self,
        select: &str,
        bound: [i64; N],
        mut each: impl FnMut(&rusqlite::Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let wrong = |e| E::from(Fault::database(&self.path, e));
        let mut select = self.connection.prepare(select).map_err(wrong)?;
        let mut rows = select.query(params_from_iter(bound)).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            each(row)?;
        }
        Ok(())
    }
}

/// The time of a stored record, without reading the rest: `at` sorts before every other key.
fn time_of(record: &[u8]) -> Option<Timestamp> {
    let rest = record.strip_prefix(b"{\"at\":\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
}
