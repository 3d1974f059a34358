//! The rooms of one generation, and what of them a permit opens.

use crate::Fault;
use crate::known::RULES;
use crate::store::Tables;
use crate::term;
use adit_policy::Permit;
use adit_vocab::Room;
use heed::{AnyTls, RoTxn};
use oxrdf::{NamedNodeRef, TermRef};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// How many permits' sights one generation keeps.
const SIGHTS: usize = 64;

/// The rooms of one generation and the predicates in each.
pub(crate) struct Catalogue {
    pub(crate) generation: u64,
    rooms: Vec<Entry>,
    by_term: HashMap<u32, u32>,
    /// Room and predicate, where there is a quad.
    extents: Vec<(u32, u32)>,
    sights: Mutex<Vec<(Permit, Arc<Sight>)>>,
}

struct Entry {
    term: u32,
    /// What the IRI spells, if it spells a room.
    room: Option<Room>,
}

/// What one permit opens in one generation: the rooms, the predicates left out, the rules that can apply.
///
/// A worker process gets it in this form. It fits no other generation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Sight {
    pub(crate) generation: u64,
    pub(crate) rooms: Mask,
    pub(crate) hidden: Vec<u32>,
    /// The opened rooms in which something is visible.
    pub(crate) occupied: Vec<u32>,
    /// For each of the [`RULES`], whether it can give a quad.
    pub(crate) rules: [bool; RULES.len()],
    /// The rules that the permit lets derive, a link here or not: another holder may have it.
    pub(crate) permitted: [bool; RULES.len()],
}

/// A set of rooms.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Mask(Vec<u64>);

impl Mask {
    #[inline]
    pub(crate) fn has(&self, room: u32) -> bool {
        self.0.get(room as usize / 64).is_some_and(|word| word >> (room % 64) & 1 == 1)
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, two)| one & two).collect())
    }
}

impl FromIterator<u32> for Mask {
    fn from_iter<I: IntoIterator<Item = u32>>(rooms: I) -> Self {
        let mut words = Vec::new();
        for room in rooms {
            let word = room as usize / 64;
            if words.len() <= word {
                words.resize(word + 1, 0);
            }
            words[word] |= 1 << (room % 64);
        }
        Self(words)
    }
}

impl Catalogue {
    pub(crate) fn read(
        tables: &Tables,
        txn: &RoTxn<'_, AnyTls>,
        generation: u64,
    ) -> Result<Self, Fault> {
        let (mut rooms, mut by_term) = (Vec::new(), HashMap::new());
        for room in tables.rooms.iter(txn)? {
            let (number, term) = room?;
            let iri = term::read_iri(tables.dictionary.bytes(txn, term)?);
            rooms.push(Entry { term, room: iri.and_then(Room::from_iri) });
            by_term.insert(term, number);
        }
        let mut extents = Vec::new();
        for extent in tables.extents.iter(txn)? {
            let (extent, _) = extent?;
            extents.push(((extent >> 32) as u32, extent as u32));
        }
        Ok(Self { generation, rooms, by_term, extents, sights: Mutex::new(Vec::new()) })
    }

    /// The number of the IRI of a room.
    pub(crate) fn room_term(&self, room: u32) -> Result<u32, Fault> {
        let entry = self.rooms.get(room as usize);
        entry.map(|entry| entry.term).ok_or(Fault::Damaged("a room is missing"))
    }

    /// The room whose IRI has this number.
    pub(crate) fn room_of(&self, term: u32) -> Option<u32> {
        self.by_term.get(&term).copied()
    }

    /// The predicates of a sight, each once.
    pub(crate) fn predicates(&self, sight: &Sight) -> BTreeSet<u32> {
        let visible = self.extents.iter().filter(|(room, _)| sight.rooms.has(*room));
        visible.map(|(_, p)| *p).filter(|p| !sight.hidden.contains(p)).collect()
    }

    /// What a permit opens; kept for the next view of the same permit.
    pub(crate) fn sight(
        &self,
        tables: &Tables,
        txn: &RoTxn<'_, AnyTls>,
        permit: &Permit,
    ) -> Result<Arc<Sight>, Fault> {
        let mut sights = self.sights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, sight)) = sights.iter().find(|(known, _)| known == permit) {
            return Ok(Arc::clone(sight));
        }
        let opens = |entry: &Entry| match &entry.room {
            Some(room) => permit.opens(room),
            // A name that spells no room has no lock: only the company itself sees behind it.
            None => permit.sees_all_audiences(),
        };
        let rooms = (0..).zip(&self.rooms).filter(|(_, entry)| opens(entry)).map(|(room, _)| room);
        let mut hidden = Vec::new();
        for predicate in permit.hidden_predicates() {
            let mut bytes = Vec::new();
            term::write_bytes(
                TermRef::NamedNode(NamedNodeRef::new_unchecked(predicate)),
                &mut bytes,
            );
            hidden.extend(tables.dictionary.find(txn, &bytes)?);
        }
        // A hidden link derives nothing here by itself, and leaves the rest of the node to whoever has the link.
        let derivable = RULES.map(|rule| {
            let derived = crate::known::KNOWN[rule.derived as usize];
            !permit.hidden_predicates().any(|hidden| hidden == derived.as_str())
        });
        let sight = Arc::new(self.seen(rooms.collect(), hidden, derivable));
        if sights.len() == SIGHTS {
            sights.remove(0);
        }
        sights.push((permit.clone(), Arc::clone(&sight)));
        Ok(sight)
    }

    /// The sight of everything, for stores that hold only what was sent for one question.
    pub(crate) fn sight_of_all(&self) -> Sight {
        self.seen((0..self.rooms.len() as u32).collect(), Vec::new(), [true; RULES.len()])
    }

    fn seen(&self, rooms: Mask, hidden: Vec<u32>, derivable: [bool; RULES.len()]) -> Sight {
        let visible =
            |(room, predicate): &&(u32, u32)| rooms.has(*room) && !hidden.contains(predicate);
        let mut occupied: Vec<_> =
            self.extents.iter().filter(visible).map(|(room, _)| *room).collect();
        occupied.dedup();
        let linked = |link: u32| self.extents.iter().filter(visible).any(|(_, p)| *p == link);
        let mut rules = derivable;
        for (rule, applies) in RULES.iter().zip(&mut rules) {
            *applies &= linked(rule.link);
        }
        Sight { generation: self.generation, rooms, hidden, occupied, rules, permitted: derivable }
    }
}
