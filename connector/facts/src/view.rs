//! The View: what one permit opens in one generation at one date, and the only way to the facts.

use crate::catalogue::{Catalogue, Mask, Sight};
use crate::key::{Key, Pattern};
use crate::scan::{Scan, Wanted};
use crate::store::Snapshot;
use crate::term::{self, Kind, TermId};
use crate::{Fault, Scratch, Store, inline};
use adit_policy::Permit;
use jiff::Timestamp;
use oxrdf::{NamedNodeRef, Quad, Term};
use oxsdatatypes::DateTime;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// What a [`Permit`] opens of a [`Store`], at one generation and one date.
///
/// Every way to the facts goes through it, and it filters where the index is read: a query, a path, a count or a
/// probe by `NOT EXISTS` gets the answer of a store that was cut down to the visible quads. The derived predicates
/// (`adit:partOf`, `adit:locatedAt`, `adit:ownedBy`) are answered from visible installations, placements and role
/// assignments that are valid at the date.
///
/// ```
/// use adit_facts::{Change, Store, View};
/// use adit_policy::Permit;
/// use adit_vocab::Tier;
/// use oxrdf::{Literal, NamedNode, Quad};
///
/// let directory = tempfile::tempdir().unwrap();
/// let store = Store::open(directory.path()).unwrap();
/// let iri = |text: &str| NamedNode::new(text).unwrap();
/// let item = iri("https://id.shop.example/1");
/// let quad = |predicate, value, tier| {
///     let room = iri(&format!("https://shop.example/room/machined-part/as-built/{tier}"));
///     Quad::new(item.clone(), iri(predicate), Literal::from(value), room)
/// };
/// let name = quad("https://schema.org/name", "shaft", "public");
/// let price = quad("https://a.example/price", "12", "owner");
/// store.apply(1, &Change { add: vec![name.clone(), price], remove: vec![] }).unwrap();
///
/// let permit = Permit::for_test([Tier::Public], None, false, vec![]);
/// let view = View::open(&store, &permit, "2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
/// assert_eq!(view.describe(&item).unwrap(), [name]);
/// ```
pub struct View {
    snapshot: Snapshot,
    sight: Arc<Sight>,
    at: At,
    guests: RefCell<Guests>,
    #[cfg(feature = "seeded-faults")]
    fault: Option<SeededFault>,
}

/// What a view shows, whatever its date: the key of a cache. Equal ones show equal facts, whoever may see them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shown(Arc<Sight>);

/// A fault that a test switches on in a [`View`], to prove that its suite catches it.
#[cfg(feature = "seeded-faults")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeededFault {
    /// Every room is open.
    MaskOff,
    /// A triple that stands in several rooms comes several times.
    DuplicatesKept,
    /// `FROM` and `FROM NAMED` of the query are the dataset, whatever the permit opens.
    FromPassedThrough,
}

/// The date of a request, as the two kinds of stored instants are compared with it.
struct At {
    timestamp: Timestamp,
    value: Option<DateTime>,
}

/// Terms that only the query at hand knows: constants that are not stored, and what expressions compute.
#[derive(Default)]
struct Guests {
    terms: Vec<Term>,
    ids: HashMap<Term, TermId>,
    bytes: Vec<u8>,
}

impl View {
    /// Opens what the permit opens, in the store's newest generation, with the derived predicates as of `at`.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn open(store: &Store, permit: &Permit, at: Timestamp) -> Result<Self, Fault> {
        let snapshot = store.snapshot()?;
        let sight = snapshot.catalogue.sight(&snapshot.tables, snapshot.txn(), permit)?;
        Ok(Self::of(snapshot, sight, at))
    }

    /// Opens everything that was sent for one question.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    pub fn open_scratch(scratch: &Scratch, at: Timestamp) -> Result<Self, Fault> {
        let snapshot = scratch.store().snapshot()?;
        let sight = Arc::new(snapshot.catalogue.sight_of_all());
        Ok(Self::of(snapshot, sight, at))
    }

    /// Opens what another process was told to open; `None` where the store has moved to another generation.
    pub(crate) fn open_sight(
        store: &Store,
        sight: Sight,
        at: Timestamp,
    ) -> Result<Option<Self>, Fault> {
        let snapshot = store.snapshot()?;
        let fits = snapshot.catalogue.generation == sight.generation;
        Ok(fits.then(|| Self::of(snapshot, Arc::new(sight), at)))
    }

    /// Opens a view with one fault switched on.
    ///
    /// # Errors
    /// A [`Fault`] of the store.
    #[cfg(feature = "seeded-faults")]
    pub fn open_faulty(
        store: &Store,
        permit: &Permit,
        at: Timestamp,
        fault: SeededFault,
    ) -> Result<Self, Fault> {
        let mut view = Self::open(store, permit, at)?;
        if fault == SeededFault::MaskOff {
            view.sight = Arc::new(view.snapshot.catalogue.sight_of_all());
        }
        view.fault = Some(fault);
        Ok(view)
    }

    fn of(snapshot: Snapshot, sight: Arc<Sight>, at: Timestamp) -> Self {
        let at = At { timestamp: at, value: at.to_string().parse().ok() };
        Self {
            snapshot,
            sight,
            at,
            guests: RefCell::default(),
            #[cfg(feature = "seeded-faults")]
            fault: None,
        }
    }

    /// The generation that the view shows.
    pub fn generation(&self) -> u64 {
        self.snapshot.catalogue.generation
    }

    /// What the view shows, apart from its date.
    pub fn shown(&self) -> Shown {
        Shown(Arc::clone(&self.sight))
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.snapshot.catalogue
    }

    pub(crate) fn sight(&self) -> &Sight {
        &self.sight
    }

    pub(crate) fn keeps_duplicates(&self) -> bool {
        #[cfg(feature = "seeded-faults")]
        return self.fault == Some(SeededFault::DuplicatesKept);
        #[cfg(not(feature = "seeded-faults"))]
        false
    }

    /// The rooms that a `FROM` or `FROM NAMED` clause leaves of the visible ones.
    pub(crate) fn visible_of(&self, named: Mask) -> Mask {
        #[cfg(feature = "seeded-faults")]
        if self.fault == Some(SeededFault::FromPassedThrough) {
            return named;
        }
        named.and(&self.sight.rooms)
    }

    /// Every visible room, each by name.
    pub(crate) fn everywhere(&self) -> Wanted<'_> {
        Wanted::Named(&self.sight.rooms)
    }

    pub(crate) fn scan<'v>(
        &'v self,
        pattern: &Pattern,
        wanted: Wanted<'v>,
    ) -> Result<Option<Scan<'v>>, Fault> {
        Scan::start(&self.snapshot, &self.sight.hidden, pattern, wanted, self.keeps_duplicates())
    }

    /// Whether the term is a zoned `xsd:dateTime` that is not after the view's date.
    pub(crate) fn is_reached(&self, id: TermId) -> Result<bool, Fault> {
        if let Some(ms) = inline::instant_ms(id) {
            return Ok(i128::from(ms) * 1_000_000 <= self.at.timestamp.as_nanosecond());
        }
        let Some(number) = id.number() else { return Ok(false) };
        let Term::Literal(literal) = self.stored(number)? else { return Ok(false) };
        if literal.datatype() != oxrdf::vocab::xsd::DATE_TIME {
            return Ok(false);
        }
        let instant = literal.value().parse::<DateTime>().ok();
        let zoned = instant.filter(|instant| instant.timezone_offset().is_some());
        Ok(zoned.zip(self.at.value).is_some_and(|(instant, at)| instant <= at))
    }

    /// Whether a numbered term is an IRI, so that it can be a subject.
    pub(crate) fn is_iri(&self, number: u32) -> Result<bool, Fault> {
        Ok(self.bytes(number)?.first() == Some(&b'i'))
    }

    pub(crate) fn bytes(&self, number: u32) -> Result<&[u8], Fault> {
        self.snapshot.tables.dictionary.bytes(self.snapshot.txn(), number)
    }

    fn stored(&self, number: u32) -> Result<Term, Fault> {
        term::read_bytes(self.bytes(number)?)
    }

    /// The identifier of a stored or inlined term; `None` where no quad can have it.
    pub(crate) fn find(&self, term: &Term) -> Result<Option<TermId>, Fault> {
        if let Some(id) = term::inlined(term.as_ref()) {
            return Ok(Some(id));
        }
        let bytes = &mut self.guests.borrow_mut().bytes;
        term::write_bytes(term.as_ref(), bytes);
        let number = self.snapshot.tables.dictionary.find(self.snapshot.txn(), bytes)?;
        Ok(number.map(TermId::named))
    }

    /// The identifier of any term; one that no quad has becomes a guest of this view.
    pub(crate) fn internalize(&self, term: Term) -> Result<TermId, Fault> {
        if let Some(id) = self.find(&term)? {
            return Ok(id);
        }
        let guests = &mut *self.guests.borrow_mut();
        if let Some(id) = guests.ids.get(&term) {
            return Ok(*id);
        }
        let id = TermId::new(Kind::Guest, guests.terms.len() as u64);
        guests.terms.push(term.clone());
        guests.ids.insert(term, id);
        Ok(id)
    }

    /// The term of an identifier.
    pub(crate) fn externalize(&self, id: TermId) -> Result<Term, Fault> {
        if id.kind() == Kind::Guest {
            let guest = self.guests.borrow().terms.get(id.payload() as usize).cloned();
            return guest.ok_or(Fault::Damaged("a term of the query is missing"));
        }
        self.snapshot.term(id)
    }

    /// The quad of a key.
    pub(crate) fn quad(&self, key: &Key) -> Result<Quad, Fault> {
        let named = |number: u32| {
            let iri = term::read_iri(self.bytes(number)?);
            let iri = iri.ok_or(Fault::Damaged("a subject, predicate or room is not an IRI"))?;
            Ok::<_, Fault>(NamedNodeRef::new_unchecked(iri))
        };
        Ok(Quad {
            subject: named(key.subject)?.into_owned().into(),
            predicate: named(key.predicate)?.into_owned(),
            object: self.externalize(key.object)?,
            graph_name: named(self.catalogue().room_term(key.room)?)?.into_owned().into(),
        })
    }
}
