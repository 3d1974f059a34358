//! The scan: where rooms and predicates are masked and equal triples become one.

use crate::Fault;
use crate::catalogue::Mask;
use crate::key::{Key, KeyBytes, Order, Pattern};
use crate::store::{DAMAGED_KEY, Snapshot};
use heed::types::{Bytes, DecodeIgnore};
use heed::{RoIter, RoPrefix};

/// How many quads that nobody is shown are passed over between two questions whether to go on.
const PASSED_OVER: usize = 1024;

/// In which rooms to look, and whether the rooms are told apart.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'v> {
    /// All of these rooms as one graph: equal triples once.
    Merged(&'v Mask),
    /// Each of these rooms by name.
    Named(&'v Mask),
    /// One room.
    One(u32),
}

impl Wanted<'_> {
    #[inline]
    pub(crate) fn has(&self, room: u32) -> bool {
        match self {
            Self::Merged(mask) | Self::Named(mask) => mask.has(room),
            Self::One(one) => *one == room,
        }
    }
}

/// The stored quads that fit a pattern, of what a view shows.
pub(crate) struct Scan<'v> {
    cursor: Cursor<'v>,
    order: Order,
    /// Predicates to leave out; empty where the pattern says which predicate.
    hidden: &'v [u32],
    wanted: Wanted<'v>,
    merge: bool,
    last: Option<[u8; 16]>,
}

enum Cursor<'v> {
    All(RoIter<'v, Bytes, DecodeIgnore>),
    Some(RoPrefix<'v, Bytes, DecodeIgnore>),
}

impl<'v> Scan<'v> {
    /// Starts a scan; `None` where the pattern names a hidden predicate.
    pub(crate) fn start(
        snapshot: &'v Snapshot,
        hidden: &'v [u32],
        pattern: &Pattern,
        wanted: Wanted<'v>,
        keep_duplicates: bool,
    ) -> Result<Option<Self>, Fault> {
        let hidden = match pattern.predicate {
            Some(predicate) if hidden.contains(&predicate) => return Ok(None),
            Some(_) => &[],
            None => hidden,
        };
        let (order, prefix) = pattern.prefix();
        let tables = &snapshot.tables;
        let table = match order {
            Order::Spo => tables.spo.remap_data_type::<DecodeIgnore>(),
            Order::Pos => tables.pos.remap_data_type(),
            Order::Osp => tables.osp.remap_data_type(),
        };
        // LMDB has no empty keys to seek, so the scan of everything is a cursor of another kind.
        let cursor = match prefix.as_slice() {
            [] => Cursor::All(table.iter(snapshot.txn())?),
            prefix => Cursor::Some(table.prefix_iter(snapshot.txn(), prefix)?),
        };
        let merge = matches!(wanted, Wanted::Merged(_)) && !keep_duplicates;
        Ok(Some(Self { cursor, order, hidden, wanted, merge, last: None }))
    }

    /// The same quads for somebody who may not take all the time there is: `may_go_on` is asked at each of them, and on
    /// the way over those that are not shown.
    pub(crate) fn asking<E: From<Fault>>(
        mut self,
        may_go_on: impl Fn() -> Result<(), E>,
    ) -> impl Iterator<Item = Result<Key, E>> {
        std::iter::from_fn(move || {
            let found = self.step(&may_go_on).transpose()?;
            Some(found.and_then(|key| may_go_on().map(|()| key)))
        })
    }

    fn step<E: From<Fault>>(
        &mut self,
        may_go_on: impl Fn() -> Result<(), E>,
    ) -> Result<Option<Key>, E> {
        let mut passed_over = 0_usize;
        loop {
            let entry = match &mut self.cursor {
                Cursor::All(cursor) => cursor.next(),
                Cursor::Some(cursor) => cursor.next(),
            };
            let Some(entry) = entry else { return Ok(None) };
            let (bytes, ()) = entry.map_err(Fault::from)?;
            let bytes: &KeyBytes = bytes.try_into().map_err(|_| DAMAGED_KEY)?;
            let key = self.order.read(bytes);
            if !self.wanted.has(key.room) || self.hidden.contains(&key.predicate) {
                passed_over += 1;
                if passed_over.is_multiple_of(PASSED_OVER) {
                    may_go_on()?;
                }
                continue;
            }
            if self.merge {
                // The room stands last in every order, so equal triples are neighbours.
                let triple = bytes.first_chunk::<16>();
                if self.last.as_ref() == triple {
                    continue;
                }
                self.last = triple.copied();
            }
            return Ok(Some(key));
        }
    }
}

impl Iterator for Scan<'_> {
    type Item = Result<Key, Fault>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.step(|| Ok(())).transpose()
    }
}
