//! Publication: one journal entry becomes one LMDB transaction.

use crate::dictionary::Interner;
use crate::key::{Key, Order};
use crate::store::Tables;
use crate::{Fault, Store, Unstorable};
use adit_vocab::is_derived;
use fail::fail_point;
use heed::{PutFlags, RwTxn};
use oxrdf::{GraphNameRef, NamedNodeRef, NamedOrBlankNodeRef, Quad, QuadRef, TermRef};
use std::collections::{BTreeMap, HashMap};

/// What one entry of the journal changes: the quads that sources state now, and those they no longer state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Each quad once for every source that states it from now on.
    pub add: Vec<Quad>,
    /// Each quad once for every source that no longer states it.
    pub remove: Vec<Quad>,
}

/// A change on its way into the store; dropped without [`Publication::commit`] it leaves no trace.
///
/// It holds the one write transaction, so a second one waits for it.
pub struct Publication<'s> {
    store: &'s Store,
    txn: RwTxn<'s>,
    entry: u64,
    interner: Interner,
    rooms: HashMap<u32, u32>,
    known_rooms: u32,
    changes: Vec<(Key, i64)>,
}

impl Store {
    /// Applies a journal entry in one transaction that carries its number: all of it or nothing.
    ///
    /// A quad lives while at least one source states it: `add` counts one up, `remove` one down, at none it goes.
    ///
    /// # Errors
    /// [`Fault::Stale`] if the entry is not newer than the generation, [`Fault::Unstorable`] for a blank node, a
    /// derived predicate or a graph name that is not an IRI, [`Fault::NotStated`] if a quad is removed more often than
    /// it was added; the store is then as before.
    ///
    /// ```
    /// use adit_facts::{Change, Store};
    /// use oxrdf::{NamedNode, Quad};
    ///
    /// let directory = tempfile::tempdir().unwrap();
    /// let store = Store::open(directory.path()).unwrap();
    /// let iri = |text: &str| NamedNode::new(text).unwrap();
    /// let room = iri("https://shop.example/room/machined-part/as-built/public");
    /// let name = iri("https://schema.org/name");
    /// let quad = Quad::new(iri("https://id.shop.example/1"), name, iri("urn:x:shaft"), room);
    /// store.apply(1, &Change { add: vec![quad], remove: vec![] }).unwrap();
    /// assert_eq!((store.generation().unwrap(), store.len().unwrap()), (1, 1));
    /// ```
    pub fn apply(&self, entry: u64, change: &Change) -> Result<(), Fault> {
        let mut publication = self.begin(entry)?;
        for quad in &change.add {
            publication.add(quad.as_ref())?;
        }
        for quad in &change.remove {
            publication.remove(quad.as_ref())?;
        }
        publication.commit()
    }

    /// Begins to apply a journal entry whose quads come one by one.
    ///
    /// # Errors
    /// [`Fault::Stale`] if the entry is not newer than the generation.
    pub fn begin(&self, entry: u64) -> Result<Publication<'_>, Fault> {
        fail_point!("facts.apply.begun");
        let (tables, txn) = (self.tables(), self.write_txn()?);
        let generation = tables.meta.get(&txn, "generation")?.unwrap_or(0);
        if entry <= generation {
            return Err(Fault::Stale { entry, generation });
        }
        let mut rooms = HashMap::new();
        for room in tables.rooms.iter(&txn)? {
            let (room, term) = room?;
            rooms.insert(term, room);
        }
        let known_rooms = rooms.len() as u32;
        let interner = Interner::new(tables.dictionary, &txn)?;
        Ok(Publication {
            store: self,
            txn,
            entry,
            interner,
            rooms,
            known_rooms,
            changes: Vec::new(),
        })
    }
}

/// Whether a quad can be stored: IRIs for subject, predicate and room, no blank node, no derived predicate.
///
/// # Errors
/// What is wrong with it.
pub fn check_storable(quad: QuadRef<'_>) -> Result<(), Unstorable> {
    parts(quad).map(|_| ())
}

type Parts<'q> = (NamedNodeRef<'q>, NamedNodeRef<'q>, TermRef<'q>, NamedNodeRef<'q>);

fn parts(quad: QuadRef<'_>) -> Result<Parts<'_>, Unstorable> {
    let NamedOrBlankNodeRef::NamedNode(subject) = quad.subject else {
        return Err(Unstorable::BlankNode);
    };
    if matches!(quad.object, TermRef::BlankNode(_)) {
        return Err(Unstorable::BlankNode);
    }
    if is_derived(quad.predicate.as_str()) {
        return Err(Unstorable::Derived);
    }
    match quad.graph_name {
        GraphNameRef::NamedNode(room) => Ok((subject, quad.predicate, quad.object, room)),
        GraphNameRef::BlankNode(_) | GraphNameRef::DefaultGraph => Err(Unstorable::NoRoom),
    }
}

impl Publication<'_> {
    /// One more source states the quad.
    ///
    /// # Errors
    /// [`Fault::Unstorable`] or a fault of the disk.
    pub fn add(&mut self, quad: QuadRef<'_>) -> Result<(), Fault> {
        self.count(quad, 1)
    }

    /// One source no longer states the quad.
    ///
    /// # Errors
    /// [`Fault::Unstorable`] or a fault of the disk.
    pub fn remove(&mut self, quad: QuadRef<'_>) -> Result<(), Fault> {
        self.count(quad, -1)
    }

    fn count(&mut self, quad: QuadRef<'_>, by: i64) -> Result<(), Fault> {
        let (subject, predicate, object, room) =
            parts(quad).map_err(|why| Fault::Unstorable { quad: quad.to_string(), why })?;
        let room = self.interner.number(&self.txn, room.into())?;
        let next_room = self.rooms.len() as u32;
        let key = Key {
            subject: self.interner.number(&self.txn, subject.into())?,
            predicate: self.interner.number(&self.txn, predicate.into())?,
            object: self.interner.id(&self.txn, object)?,
            room: *self.rooms.entry(room).or_insert(next_room),
        };
        self.changes.push((key, by));
        Ok(())
    }

    /// Writes the change and its number; when it returns, both are on disk.
    ///
    /// # Errors
    /// [`Fault::NotStated`] or a fault of the disk; the store is then as before.
    pub fn commit(mut self) -> Result<(), Fault> {
        let tables = self.store.tables();
        self.interner.write(&mut self.txn)?;
        for (term, room) in self.rooms.iter().filter(|(_, room)| **room >= self.known_rooms) {
            tables.rooms.put(&mut self.txn, room, term)?;
        }
        let changes = netted(self.changes);
        let turned = match tables.spo.is_empty(&self.txn)? {
            true => fill(&tables, &mut self.txn, changes),
            false => update(&tables, &mut self.txn, &changes),
        };
        let turned = turned.map_err(|refused| refused.named(self.store, &self.rooms, &self.txn))?;
        write_extents(&tables, &mut self.txn, &turned)?;
        tables.meta.put(&mut self.txn, "generation", &self.entry)?;
        fail_point!("facts.apply.before-commit");
        self.txn.commit()?;
        fail_point!("facts.apply.after-commit");
        Ok(())
    }
}

/// The quads that came and those that went.
struct Turned {
    came: Vec<Key>,
    gone: Vec<Key>,
}

/// Why a change could not be written: the disk, or a quad that is not there.
enum Refused {
    Fault(Fault),
    NotStated(Key),
}

impl From<heed::Error> for Refused {
    fn from(error: heed::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl Refused {
    fn named(self, store: &Store, rooms: &HashMap<u32, u32>, txn: &RwTxn<'_>) -> Fault {
        let key = match self {
            Self::Fault(fault) => return fault,
            Self::NotStated(key) => key,
        };
        let dictionary = store.tables().dictionary;
        let read = |id: crate::term::TermId| match id.number() {
            Some(number) => crate::term::read_bytes(dictionary.bytes(txn, number)?),
            None => crate::inline::literal(id).map(Into::into).ok_or(Fault::Damaged("a term")),
        };
        let number = crate::term::TermId::named;
        let room = rooms.iter().find(|(_, room)| **room == key.room).map_or(0, |(term, _)| *term);
        let ids = [number(key.subject), number(key.predicate), key.object, number(room)];
        match ids.into_iter().map(read).collect::<Result<Vec<_>, _>>() {
            Ok(terms) => {
                let words: Vec<_> = terms.iter().map(ToString::to_string).collect();
                Fault::NotStated { quad: words.join(" ") }
            }
            Err(fault) => fault,
        }
    }
}

/// Each changed quad once, with the sum of its changes, in order.
fn netted(mut changes: Vec<(Key, i64)>) -> Vec<(Key, i64)> {
    changes.sort_unstable_by_key(|(key, _)| *key);
    changes.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    changes.retain(|(_, by)| *by != 0);
    changes
}

/// Fills an empty store: the keys go in sorted, each behind the last.
fn fill(tables: &Tables, txn: &mut RwTxn<'_>, changes: Vec<(Key, i64)>) -> Result<Turned, Refused> {
    for (key, by) in &changes {
        let count = u32::try_from(*by).map_err(|_| Refused::NotStated(*key))?;
        tables.spo.put_with_flags(txn, PutFlags::APPEND, &Order::Spo.write(key), &count)?;
    }
    let came: Vec<_> = changes.into_iter().map(|(key, _)| key).collect();
    for (order, table) in [(Order::Pos, tables.pos), (Order::Osp, tables.osp)] {
        for key in sorted(order, &came) {
            table.put_with_flags(txn, PutFlags::APPEND, &key, &())?;
        }
    }
    Ok(Turned { came, gone: Vec::new() })
}

/// Updates a store that holds quads already.
fn update(tables: &Tables, txn: &mut RwTxn<'_>, changes: &[(Key, i64)]) -> Result<Turned, Refused> {
    let mut turned = Turned { came: Vec::new(), gone: Vec::new() };
    for (key, by) in changes {
        let bytes = Order::Spo.write(key);
        let before = tables.spo.get(txn, &bytes)?;
        let after = i64::from(before.unwrap_or(0)) + by;
        match u32::try_from(after) {
            Err(_) => return Err(Refused::NotStated(*key)),
            Ok(0) => {
                tables.spo.delete(txn, &bytes)?;
                turned.gone.push(*key);
            }
            Ok(count) => {
                tables.spo.put(txn, &bytes, &count)?;
                if before.is_none() {
                    turned.came.push(*key);
                }
            }
        }
    }
    for (order, table) in [(Order::Pos, tables.pos), (Order::Osp, tables.osp)] {
        for key in sorted(order, &turned.came) {
            table.put(txn, &key, &())?;
        }
        for key in sorted(order, &turned.gone) {
            table.delete(txn, &key)?;
        }
    }
    Ok(turned)
}

fn sorted(order: Order, keys: &[Key]) -> Vec<crate::key::KeyBytes> {
    let mut bytes: Vec<_> = keys.iter().map(|key| order.write(key)).collect();
    bytes.sort_unstable();
    bytes
}

/// Notes how many quads each predicate has in each room.
fn write_extents(tables: &Tables, txn: &mut RwTxn<'_>, turned: &Turned) -> Result<(), Fault> {
    let mut changes = BTreeMap::<u64, i64>::new();
    for (keys, by) in [(&turned.came, 1), (&turned.gone, -1)] {
        for key in keys {
            *changes.entry(extent(key.room, key.predicate)).or_default() += by;
        }
    }
    for (extent, by) in changes {
        let before = tables.extents.get(txn, &extent)?.unwrap_or(0);
        match before.checked_add_signed(by) {
            Some(0) => drop(tables.extents.delete(txn, &extent)?),
            Some(count) => tables.extents.put(txn, &extent, &count)?,
            None => return Err(Fault::Damaged("a room holds fewer quads than it should")),
        }
    }
    Ok(())
}

fn extent(room: u32, predicate: u32) -> u64 {
    u64::from(room) << 32 | u64::from(predicate)
}
