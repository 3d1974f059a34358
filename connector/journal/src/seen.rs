//! What was seen once and must not serve twice: the names of used tokens, until each has ended.

use crate::Fault;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most names that are remembered at once; about 200 MB.
const NAMES_MAX: usize = 1_000_000;
/// The part of them that strangers may fill is one in this many.
const STRANGERS_SHARE: usize = 2;
/// Seconds for which a name is remembered beyond its end while there is room: a clock that is set forward and back again
/// within the hour lets nothing in twice.
const KEPT_LONGER_S: i64 = 60 * 60;
/// "ADIS": says in the file's header whose it is.
const APPLICATION_ID: i32 = 0x4144_4953;

/// The names seen, by whose they are: a small database beside the journal, `seen.db`.
///
/// It is no part of the journal: what it holds is of no use an hour after a token has ended, and is removed then, or as
/// soon as the token has ended where the room is needed.
///
/// Anybody can make a DID and sign tokens with it, so who is not known otherwise is told apart: names of strangers are
/// remembered only while at most half of the room is taken. However many come, the other half is left to those who are
/// known, and it is strangers alone who are refused. No name is dropped that could serve again.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let seen = adit_journal::Seen::open(folder.path())?;
/// let now = "2026-11-22T12:00:00Z".parse::<jiff::Timestamp>()?;
/// let until = "2026-11-22T12:10:00Z".parse::<jiff::Timestamp>()?;
/// assert!(seen.first("did:web:oem.example", "request-1", until, now)?);
/// assert!(!seen.first("did:web:oem.example", "request-1", until, now)?);
/// assert!(seen.first("did:web:shop.example", "request-1", until, now)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Seen {
    path: PathBuf,
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    database: Connection,
    /// How many rows it has, so that nobody counts them.
    names: usize,
    /// How many it may have.
    most: usize,
}

impl Seen {
    /// Opens the database of a folder, and makes it if there is none.
    ///
    /// Every commit is synced: a name that was answered for is remembered after a power cut too, which takes less than
    /// the ten minutes that a token may live.
    ///
    /// # Errors
    /// [`Fault::NotAJournal`] for a database of another program, or what the disk says.
    pub fn open(dir: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(dir).map_err(|e| Fault::io(dir, e))?;
        let path = dir.join("seen.db");
        let wrong = |e| Fault::database(&path, e);
        let database = Connection::open(&path).map_err(wrong)?;
        let of = |name| database.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let owner = of("application_id").map_err(wrong)?;
        if ![0, APPLICATION_ID].contains(&owner) {
            return Err(Fault::NotAJournal { path });
        }
        if owner == 0 {
            // Once: opening it again changes no byte.
            let tables = format!(
                "PRAGMA journal_mode = WAL; BEGIN;
                 CREATE TABLE seen (
                     whose TEXT NOT NULL,
                     name  TEXT NOT NULL,
                     until INTEGER NOT NULL,
                     PRIMARY KEY (whose, name)
                 ) STRICT, WITHOUT ROWID;
                 CREATE INDEX seen_until ON seen (until);
                 PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
            );
            database.execute_batch(&tables).map_err(wrong)?;
        }
        database.pragma_update(None, "synchronous", "FULL").map_err(wrong)?;
        let names = database.query_row("SELECT count(*) FROM seen", [], |row| row.get::<_, i64>(0));
        let names = usize::try_from(names.map_err(wrong)?).unwrap_or_default();
        Ok(Self { path, table: Mutex::new(Table { database, names, most: NAMES_MAX }) })
    }

    /// Whether this name is seen for the first time; it is remembered until an instant. Of two calls at the same time
    /// exactly one gets `true`.
    ///
    /// # Errors
    /// [`Fault::DiskFull`], also where a million names are remembered already, or what the disk says; nothing is
    /// remembered then.
    pub fn first(
        &self,
        whose: &str,
        name: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let most = self.table().most;
        self.first_of(most, (whose, name, until.as_second()), now)
    }

    /// The same for somebody who is not known otherwise, and may fill half of the room.
    ///
    /// # Errors
    /// [`Fault::DiskFull`], also where half a million names are remembered already, or what the disk says; nothing is
    /// remembered then.
    ///
    /// ```
    /// let folder = tempfile::tempdir()?;
    /// let seen = adit_journal::Seen::open(folder.path())?;
    /// let now = "2026-11-22T12:00:00Z".parse::<jiff::Timestamp>()?;
    /// assert!(seen.first_of_stranger("did:key:zDn", "request-1", now, now)?);
    /// assert!(!seen.first("did:key:zDn", "request-1", now, now)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn first_of_stranger(
        &self,
        whose: &str,
        name: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let most = self.table().most / STRANGERS_SHARE;
        self.first_of(most, (whose, name, until.as_second()), now)
    }

    fn first_of(&self, most: usize, row: (&str, &str, i64), now: Timestamp) -> Result<bool, Fault> {
        let mut table = self.table();
        let now = now.as_second();
        // Where there is no room, what has ended goes at once.
        for ended in [now.saturating_sub(KEPT_LONGER_S), now] {
            let inserted = table.insert(row, ended, most);
            if let Some(is_first) = inserted.map_err(|e| Fault::database(&self.path, e))? {
                return Ok(is_first);
            }
        }
        Err(Fault::DiskFull { path: self.path.clone() })
    }

    /// How many names are remembered.
    pub fn len(&self) -> usize {
        self.table().names
    }

    /// Whether no name is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Removes the rows that ended before a second and inserts one; `None`, and nothing is changed, where there would be
    /// more than so many.
    fn insert(
        &mut self,
        (whose, name, until): (&str, &str, i64),
        ended: i64,
        most: usize,
    ) -> rusqlite::Result<Option<bool>> {
        let transaction = self.database.transaction()?;
        let removed =
            transaction.prepare_cached("DELETE FROM seen WHERE until < ?1")?.execute([ended])?;
        let inserted = transaction
            .prepare_cached("INSERT INTO seen VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
            .execute(params![whose, name, until])?;
        let names = (self.names + inserted).saturating_sub(removed);
        if inserted == 1 && names > most {
            return Ok(None);
        }
        transaction.commit()?;
        self.names = names;
        Ok(Some(inserted == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn of_fifty_at_once_one_is_the_first_and_a_restart_forgets_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (now, until) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T12:11:00Z"));
        let seen = Seen::open(folder.path()).unwrap();
        let first = thread::scope(|scope| {
            let all: Vec<_> = (0..50)
                .map(|_| {
                    scope.spawn(|| seen.first("did:web:a.example", "one", until, now).unwrap())
                })
                .collect();
            all.into_iter().filter_map(|it| it.join().unwrap().then_some(())).count()
        });
        assert_eq!(first, 1);
        drop(seen);
        let again = Seen::open(folder.path()).unwrap();
        assert!(!again.first("did:web:a.example", "one", until, now).unwrap());
        assert_eq!(again.len(), 1);
    }

    #[test]
    fn what_ended_an_hour_ago_is_forgotten_and_nothing_earlier() {
        let folder = tempfile::tempdir().unwrap();
        let seen = Seen::open(folder.path()).unwrap();
        let until = at("2026-11-22T12:11:00Z");
        assert!(seen.first("a", "old", until, at("2026-11-22T12:00:00Z")).unwrap());
        // The clock jumps forward and back: the token is known all the time.
        assert!(seen.first("a", "new", until, at("2026-11-22T13:10:59Z")).unwrap());
        assert!(!seen.first("a", "old", until, at("2026-11-22T12:00:01Z")).unwrap());
        assert_eq!(seen.len(), 2);
        let later = at("2026-11-22T13:11:02Z");
        assert!(seen.first("a", "later", at("2026-11-22T13:22:00Z"), later).unwrap());
        assert_eq!(seen.len(), 1);
        assert!(!seen.is_empty());
    }

    #[test]
    fn strangers_fill_half_and_what_has_ended_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let seen = Seen::open(folder.path()).unwrap();
        seen.table().most = 4;
        let (now, soon) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T12:05:00Z"));
        let stranger = |name, until, now| seen.first_of_stranger("did:key:z", name, until, now);
        assert!(stranger("1", soon, now).unwrap() && stranger("2", soon, now).unwrap());
        assert!(matches!(stranger("3", soon, now), Err(Fault::DiskFull { .. })));
        assert!(!stranger("2", soon, now).unwrap(), "what was seen is told also where it is full");
        let known = |name, until, now| seen.first("did:web:mill.example", name, until, now);
        let late = at("2026-11-22T12:15:00Z");
        assert!(known("1", late, now).unwrap() && known("2", late, now).unwrap());
        assert!(matches!(known("3", late, now), Err(Fault::DiskFull { .. })));
        // Five minutes later the strangers' tokens have ended; at the very second they are kept.
        assert!(matches!(known("3", late, soon), Err(Fault::DiskFull { .. })));
        let then = at("2026-11-22T12:05:01Z");
        assert!(known("3", late, then).unwrap());
        assert!(!known("1", late, then).unwrap());
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn the_database_of_another_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let other = Connection::open(folder.path().join("seen.db")).unwrap();
        other.execute_batch("PRAGMA application_id = 7; CREATE TABLE t (c)").unwrap();
        assert!(matches!(Seen::open(folder.path()), Err(Fault::NotAJournal { .. })));
    }
}
