//! The fact store: an LMDB environment with the dictionary, three orders of the quads, and the generation.

use crate::Fault;
use crate::catalogue::Catalogue;
use crate::dictionary::{Dictionary, Interner};
use crate::key::Order;
use crate::known::KNOWN;
use crate::term;
use heed::byteorder::BE;
use heed::types::{Bytes, Str, U32, U64, Unit};
use heed::{AnyTls, Database, Env, EnvFlags, EnvOpenOptions, RoTxn, RwTxn, WithoutTls};
use oxrdf::Term;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The format of the store; another one is refused, and `rebuild` makes a new store from the journal.
const FORMAT: u32 = 1;
/// How far the file may grow; only what is used is ever on disk.
const MAP_BYTES: usize = 64 << 30;
/// Readers at one time, over all processes.
const READERS: u32 = 1024;

/// The projection of the journal that queries read: encoded quads in LMDB.
///
/// It holds no truth of its own: it says which entry it has applied last (its *generation*), and can be deleted and
/// rebuilt. One process writes; any number read, each in a snapshot of one generation. Cloning shares it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    env: Env<WithoutTls>,
    tables: Tables,
    directory: PathBuf,
    catalogue: Mutex<Option<Arc<Catalogue>>>,
}

/// The tables of a store.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    pub(crate) dictionary: Dictionary,
    /// With the number of live sources that state the quad.
    pub(crate) spo: Database<Bytes, U32<BE>>,
    pub(crate) pos: Database<Bytes, Unit>,
    pub(crate) osp: Database<Bytes, Unit>,
    /// From the number of a room to the number of its IRI.
    pub(crate) rooms: Database<U32<BE>, U32<BE>>,
    /// From room (high half) and predicate (low half) to the number of quads.
    pub(crate) extents: Database<U64<BE>, U64<BE>>,
    pub(crate) meta: Database<Str, U64<BE>>,
}

/// One generation of a store, as long as it is held.
pub(crate) struct Snapshot {
    txn: RoTxn<'static, WithoutTls>,
    pub(crate) tables: Tables,
    pub(crate) catalogue: Arc<Catalogue>,
}

/// How an environment is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// By its one writer; every commit is on disk before it returns.
    Durable,
    /// By the maker of a store that dies with its question.
    Passing,
    /// By a worker process.
    ReadOnly,
}

impl Store {
    /// Opens the store in a directory, or makes an empty one there. A process opens a directory once and clones.
    ///
    /// # Errors
    /// A [`Fault`] where the directory cannot be used, is open already, or holds another format.
    ///
    /// ```
    /// let directory = tempfile::tempdir().unwrap();
    /// let store = adit_facts::Store::open(directory.path()).unwrap();
    /// assert_eq!(store.generation().unwrap(), 0);
    /// ```
    pub fn open(directory: &Path) -> Result<Self, Fault> {
        Self::open_sized(directory, MAP_BYTES)
    }

    /// Opens the store with another bound, in bytes, on its growth.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_sized(directory: &Path, map_bytes: usize) -> Result<Self, Fault> {
        Self::open_as(directory, map_bytes, Access::Durable)
    }

    pub(crate) fn open_passing(directory: &Path) -> Result<Self, Fault> {
        Self::open_as(directory, MAP_BYTES, Access::Passing)
    }

    pub(crate) fn open_read_only(directory: &Path) -> Result<Self, Fault> {
        Self::open_as(directory, MAP_BYTES, Access::ReadOnly)
    }

    fn open_as(directory: &Path, map_bytes: usize, access: Access) -> Result<Self, Fault> {
        if access != Access::ReadOnly {
            std::fs::create_dir_all(directory).map_err(Fault::io("making the fact store"))?;
        }
        let env = open_environment(directory, map_bytes, access)?;
        env.clear_stale_readers()?;
        let tables = match access {
            Access::ReadOnly => Tables::existing(&env)?,
            Access::Durable | Access::Passing => Tables::made(&env)?,
        };
        let inner =
            Inner { env, tables, directory: directory.to_owned(), catalogue: Mutex::new(None) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The number of the newest entry applied; 0 for an empty store.
    ///
    /// # Errors
    /// A [`Fault`] of the disk.
    pub fn generation(&self) -> Result<u64, Fault> {
        let txn = self.inner.env.read_txn()?;
        generation(&self.inner.tables, &txn)
    }

    /// The number of distinct quads.
    ///
    /// # Errors
    /// A [`Fault`] of the disk.
    pub fn len(&self) -> Result<u64, Fault> {
        let txn = self.inner.env.read_txn()?;
        Ok(self.inner.tables.spo.len(&txn)?)
    }

    /// Whether no quad is stored.
    ///
    /// # Errors
    /// A [`Fault`] of the disk.
    pub fn is_empty(&self) -> Result<bool, Fault> {
        Ok(self.len()? == 0)
    }

    /// The SHA-256 over the sorted lines of the [canonical N-Quads](https://www.w3.org/TR/rdf-canon/#canonical-quads),
    /// in hexadecimal: equal facts, equal hash, whatever the order in which they came.
    ///
    /// # Errors
    /// A [`Fault`] of the disk.
    pub fn hash(&self) -> Result<String, Fault> {
        let snapshot = self.snapshot()?;
        let mut lines = Vec::new();
        for entry in snapshot.tables.spo.iter(snapshot.txn())? {
            let key = Order::Spo.read(entry?.0.try_into().map_err(|_| DAMAGED_KEY)?);
            lines.push(snapshot.line(&key)?);
        }
        lines.sort_unstable();
        let mut hash = Sha256::new();
        for line in lines {
            hash.update(line);
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Gives back the reader slots of processes that died; returns how many.
    ///
    /// # Errors
    /// A [`Fault`] of the disk.
    pub fn clear_stale_readers(&self) -> Result<usize, Fault> {
        Ok(self.inner.env.clear_stale_readers()?)
    }

    /// Where the store is.
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    pub(crate) fn tables(&self) -> Tables {
        self.inner.tables
    }

    pub(crate) fn write_txn(&self) -> Result<RwTxn<'_>, Fault> {
        Ok(self.inner.env.write_txn()?)
    }

    pub(crate) fn snapshot(&self) -> Result<Snapshot, Fault> {
        let tables = self.inner.tables;
        let txn = self.inner.env.clone().static_read_txn()?;
        let generation = generation(&tables, &txn)?;
        let mut kept = self.inner.catalogue.lock().unwrap_or_else(PoisonError::into_inner);
        let catalogue = match &*kept {
            Some(catalogue) if catalogue.generation == generation => Arc::clone(catalogue),
            _ => {
                let read = Arc::new(Catalogue::read(&tables, &txn, generation)?);
                *kept = Some(Arc::clone(&read));
                read
            }
        };
        drop(kept);
        Ok(Snapshot { txn, tables, catalogue })
    }
}

pub(crate) const DAMAGED_KEY: Fault = Fault::Damaged("a key has the wrong length");

impl Snapshot {
    pub(crate) fn txn(&self) -> &RoTxn<'static, AnyTls> {
        &self.txn
    }

    /// A stored or inlined term.
    pub(crate) fn term(&self, id: term::TermId) -> Result<Term, Fault> {
        match id.number() {
            Some(number) => term::read_bytes(self.tables.dictionary.bytes(self.txn(), number)?),
            None => crate::inline::literal(id)
                .map(Term::from)
                .ok_or(Fault::Damaged("an inlined term cannot be read")),
        }
    }

    fn line(&self, key: &crate::key::Key) -> Result<String, Fault> {
        let subject = self.term(term::TermId::named(key.subject))?;
        let predicate = self.term(term::TermId::named(key.predicate))?;
        let object = self.term(key.object)?;
        let room = self.term(term::TermId::named(self.catalogue.room_term(key.room)?))?;
        Ok(format!("{subject} {predicate} {object} {room} .\n"))
    }
}

#[expect(unsafe_code, reason = "LMDB maps a file into memory: opening it is the one unsafe call")]
fn open_environment(
    directory: &Path,
    map_bytes: usize,
    access: Access,
) -> Result<Env<WithoutTls>, Fault> {
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.map_size(map_bytes).max_dbs(8).max_readers(READERS);
    let flags = match access {
        Access::Durable => EnvFlags::empty(),
        Access::Passing => EnvFlags::NO_SYNC,
        Access::ReadOnly => EnvFlags::READ_ONLY,
    };
    // SAFETY: nothing but LMDB touches the files of the directory while the map is held, no lock is switched off, and
    // a store without syncs is dropped with its process.
    Ok(unsafe { options.flags(flags).open(directory) }?)
}

fn generation(tables: &Tables, txn: &RoTxn<'_, AnyTls>) -> Result<u64, Fault> {
    Ok(tables.meta.get(txn, "generation")?.unwrap_or(0))
}

const NAMES: [&str; 8] = ["terms", "numbers", "spo", "pos", "osp", "rooms", "extents", "meta"];

impl Tables {
    fn made(env: &Env<WithoutTls>) -> Result<Self, Fault> {
        let mut txn = env.write_txn()?;
        let [terms, numbers, spo, pos, osp, rooms, extents, meta] = NAMES;
        let tables = Self {
            dictionary: Dictionary {
                terms: env.create_database(&mut txn, Some(terms))?,
                numbers: env.create_database(&mut txn, Some(numbers))?,
            },
            spo: env.create_database(&mut txn, Some(spo))?,
            pos: env.create_database(&mut txn, Some(pos))?,
            osp: env.create_database(&mut txn, Some(osp))?,
            rooms: env.create_database(&mut txn, Some(rooms))?,
            extents: env.create_database(&mut txn, Some(extents))?,
            meta: env.create_database(&mut txn, Some(meta))?,
        };
        if tables.meta.is_empty(&txn)? {
            let mut interner = Interner::new(tables.dictionary, &txn)?;
            for term in KNOWN {
                interner.number(&txn, term.into())?;
            }
            interner.write(&mut txn)?;
            tables.meta.put(&mut txn, "format", &u64::from(FORMAT))?;
        }
        tables.check(&txn)?;
        txn.commit()?;
        Ok(tables)
    }

    fn existing(env: &Env<WithoutTls>) -> Result<Self, Fault> {
        let missing = || Fault::Damaged("a table is missing");
        let txn = env.read_txn()?;
        let [terms, numbers, spo, pos, osp, rooms, extents, meta] = NAMES;
        let tables = Self {
            dictionary: Dictionary {
                terms: env.open_database(&txn, Some(terms))?.ok_or_else(missing)?,
                numbers: env.open_database(&txn, Some(numbers))?.ok_or_else(missing)?,
            },
            spo: env.open_database(&txn, Some(spo))?.ok_or_else(missing)?,
            pos: env.open_database(&txn, Some(pos))?.ok_or_else(missing)?,
            osp: env.open_database(&txn, Some(osp))?.ok_or_else(missing)?,
            rooms: env.open_database(&txn, Some(rooms))?.ok_or_else(missing)?,
            extents: env.open_database(&txn, Some(extents))?.ok_or_else(missing)?,
            meta: env.open_database(&txn, Some(meta))?.ok_or_else(missing)?,
        };
        tables.check(&txn)?;
        // LMDB forgets handles that were opened in a transaction that is not committed.
        txn.commit()?;
        Ok(tables)
    }

    fn check(&self, txn: &RoTxn<'_, AnyTls>) -> Result<(), Fault> {
        let found = self.meta.get(txn, "format")?.unwrap_or(0);
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        if found == FORMAT { Ok(()) } else { Err(Fault::Format { found, expected: FORMAT }) }
    }
}
