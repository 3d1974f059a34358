//! The status lists of what this company issues: a projection of the journal, signed anew whenever somebody asks.
//!
//! Each credential has one place, at random, in the list of each purpose. To take it back is an entry in the journal
//! first, then a bit.

use crate::clock;
use crate::error::Error;
use adit_credentials::{
    Bits, Claims, Keypair, StatusEntry, StatusForm, StatusList, StatusListClaims, StatusPurpose,
    issue_status_list,
};
use adit_journal::{Journal, Kind};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

/// How many credentials a list has room for; the least that the specification allows.
const BITS: u32 = 131_072;
/// How many places of a list are given away before the next one is begun: chance finds a free one soon, and an outsider
/// cannot tell how many there are.
const PLACES_MAX: usize = 65_536;
/// How long a signed list holds. Others may keep it as long as that, so it is also how late they hear of a revocation.
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How long a signed list is handed out before it is signed anew.
pub const AGE: SignedDuration = SignedDuration::from_secs(60);
/// How many entries of the journal are read at a time.
const PAGE: usize = 1000;

/// A credential that this company issued, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Its identifier.
    pub id: String,
    /// Its type, as an IRI.
    pub kind: String,
    /// Whom or what it is about.
    pub to: String,
    /// When it ends.
    pub until: Timestamp,
    /// Its place; one that was issued before there were lists has none.
    pub place: Option<Place>,
    /// From when on it is revoked.
    pub revoked_from: Option<Timestamp>,
    /// Whether it is held for a while.
    pub is_suspended: bool,
}

/// The place of a credential: the number of the lists, and the bit in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the lists, from 1.
    pub list: u32,
    /// The bit.
    pub index: u32,
}

impl Issued {
    /// How it stands, in one word.
    pub fn state(&self, now: Timestamp) -> &'static str {
        match self.revoked_from {
            Some(from) if from <= now => "revoked",
            _ if self.until <= now => "ended",
            _ if self.is_suspended => "suspended",
            Some(_) => "ending",
            None => "valid",
        }
    }
}

/// A list as it is served.
#[derive(Debug, Clone)]
pub struct Served {
    /// The signed list.
    pub token: String,
    /// When it was signed.
    pub at: Timestamp,
}

/// The lists of what this company issued.
#[derive(Debug)]
pub struct OwnLists {
    did: Did,
    /// The address of the connector; a client has none, and so no lists.
    base: Option<String>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    issued: BTreeMap<String, Issued>,
    taken: BTreeMap<u32, BTreeSet<u32>>,
    /// Counts what changed, so that nobody is given an older list.
    changes: u64,
    /// By address.
    made: HashMap<String, Made<Arc<StatusList>>>,
    signed: HashMap<(Which, StatusForm), Made<Served>>,
}

/// One list: its purpose and its number.
pub type Which = (StatusPurpose, u32);

/// Something made of the journal as it stood.
#[derive(Debug)]
struct Made<T> {
    what: T,
    changes: u64,
    /// The key that signed it, if one did.
    key: String,
    until: Timestamp,
}

impl OwnLists {
    /// The lists of a company, from its journal.
    pub fn read(journal: &Journal, did: &Did, base: Option<&str>) -> Result<Self, Error> {
        let (mut known, mut from) = (Known::default(), 1);
        loop {
            let entries = journal.entries_of(Kind::Trust, from, PAGE)?;
            let Some(last) = entries.last() else { break };
            from = last.number + 1;
            entries.iter().for_each(|entry| known.apply(&entry.record.body));
        }
        let base = base.map(str::to_owned);
        Ok(Self { did: did.clone(), base, known: Mutex::new(known) })
    }

    /// Takes note of what was written to the journal.
    pub fn apply(&self, body: &Value) {
        self.lock().apply(body);
    }

    /// A credential by its identifier.
    pub fn find(&self, id: &str) -> Option<Issued> {
        self.lock().issued.get(id).cloned()
    }

    /// Every credential, by its identifier.
    pub fn all(&self) -> Vec<Issued> {
        self.lock().issued.values().cloned().collect()
    }

    /// The claims with a place in the lists; those of a client, which has no address, as they are.
    pub fn with_place(&self, claims: Claims) -> Claims {
        let Some(base) = &self.base else { return claims };
        let place = self.lock().reserve();
        let entry = |form, purpose| {
            let list = address(base, form, (purpose, place.list));
            StatusEntry { purpose, list, index: place.index.into(), form }
        };
        // Each data model writes the entries of its form.
        let entries = FORMS.map(|form| StatusPurpose::ALL.map(|purpose| entry(form, purpose)));
        Claims { status: entries.concat(), ..claims }
    }

    /// What the journal says of a credential that is issued now.
    pub fn entry_of(&self, claims: &Claims) -> Value {
        let mut body = json!({
            "issued": claims.id,
            "type": claims.types.first(),
            "to": claims.subject.as_str(),
            "until": claims.valid_until,
        });
        let base = self.base.as_deref().unwrap_or_default();
        let first = claims.status.first();
        let which = first.and_then(|entry| read_address(base, &entry.list).zip(Some(entry.index)));
        if let Some(((_, (_, list)), index)) = which {
            body["status"] = json!({ "list": list, "index": index });
        }
        body
    }

    /// The list at one of our own addresses, as it stands; `None` where there is none.
    pub fn list(&self, url: &str, now: Timestamp) -> Option<Arc<StatusList>> {
        let (_, which) = read_address(self.base.as_deref()?, url)?;
        let mut known = self.lock();
        if let Some(made) = known.made.get(url)
            && made.stands(known.changes, "", now)
        {
            return Some(made.what.clone());
        }
        let (bits, until) = (known.bits(which, now)?, known.next_change(which.1, now));
        let list = StatusList::own(url.to_owned(), self.did.clone(), which.0, bits, now);
        let (what, changes) = (Arc::new(list), known.changes);
        let made = Made { what: what.clone(), changes, key: String::new(), until };
        known.made.insert(url.to_owned(), made);
        Some(what)
    }

    /// Whether an address is one of ours.
    pub fn is_own(&self, url: &str) -> bool {
        self.base.as_deref().is_some_and(|base| read_address(base, url).is_some())
    }

    /// A list as it is served, signed within the last minute; `None` where there is none.
    pub fn served(
        &self,
        which: Which,
        form: StatusForm,
        key: &Keypair,
        now: Timestamp,
    ) -> Result<Option<Served>, Error> {
        let Some(base) = &self.base else { return Ok(None) };
        let mut known = self.lock();
        let (changes, kid) = (known.changes, key.public().thumbprint());
        if let Some(made) = known.signed.get(&(which, form))
            && made.stands(changes, &kid, now)
        {
            return Ok(Some(made.what.clone()));
        }
        let Some(bits) = known.bits(which, now) else { return Ok(None) };
        let until = known.next_change(which.1, now).min(now + AGE);
        let url = address(base, form, which);
        let claims = StatusListClaims {
            url: &url,
            purpose: which.0,
            bits: &bits,
            valid_from: now,
            valid_until: now + LIFE,
            form,
        };
        let token = issue_status_list(key, &self.did, &claims)?;
        let what = Served { token, at: now };
        known.signed.insert((which, form), Made { what: what.clone(), changes, key: kid, until });
        Ok(Some(what))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("no holder of the lock panics")
    }
}

impl Known {
    /// Takes note of one entry of the journal; most are about something else.
    fn apply(&mut self, body: &Value) {
        let text = |member: &str| body.get(member).and_then(Value::as_str);
        let instant = |member| text(member).and_then(|text| text.parse().ok());
        if let (Some(id), Some(until)) = (text("issued"), instant("until")) {
            let part = |name: &str| body.get("status")?.get(name)?.as_u64()?.try_into().ok();
            let place = part("list").zip(part("index")).map(|(list, index)| Place { list, index });
            if let Some(Place { list, index }) = place {
                self.taken.entry(list).or_default().insert(index);
            }
            let [kind, to] = ["type", "to"].map(|it| text(it).unwrap_or_default().to_owned());
            let (id, revoked_from, is_suspended) = (id.to_owned(), None, false);
            let issued =
                Issued { id: id.clone(), kind, to, until, place, revoked_from, is_suspended };
            self.issued.insert(id, issued);
        }
        if let (Some(issued), Some(from)) =
            (text("revoked").and_then(|id| self.issued.get_mut(id)), instant("from"))
        {
            issued.revoked_from = issued.revoked_from.into_iter().chain([from]).min();
        }
        if let (Some(issued), Some(held)) = (
            text("suspended").and_then(|id| self.issued.get_mut(id)),
            body.get("held").and_then(Value::as_bool),
        ) {
            issued.is_suspended = held;
        }
        self.changes += 1;
    }

    /// A place that no credential has, in the newest list that has room.
    fn reserve(&mut self) -> Place {
        let newest = self.taken.last_key_value().map_or(1, |(list, _)| *list);
        let is_full = self.taken.get(&newest).is_some_and(|taken| taken.len() >= PLACES_MAX);
        let list = if is_full { newest + 1 } else { newest };
        let taken = self.taken.entry(list).or_default();
        loop {
            let index = clock::random_below(BITS);
            if taken.insert(index) {
                return Place { list, index };
            }
        }
    }

    /// The bits of a list that has been begun.
    fn bits(&self, (purpose, list): Which, now: Timestamp) -> Option<Bits> {
        self.taken.get(&list)?;
        let mut bits = Bits::new(BITS as usize);
        for issued in self.issued.values() {
            let is_set = match purpose {
                StatusPurpose::Revocation => issued.revoked_from.is_some_and(|from| from <= now),
                StatusPurpose::Suspension => issued.is_suspended,
            };
            if let Some(place) = issued.place.filter(|place| is_set && place.list == list) {
                bits.set(place.index.into(), true);
            }
        }
        Some(bits)
    }

    /// When a list will read otherwise without a further entry: at the next revocation that was announced.
    fn next_change(&self, list: u32, now: Timestamp) -> Timestamp {
        let of_list = self.issued.values().filter(|it| it.place.is_some_and(|it| it.list == list));
        let coming = of_list.filter_map(|issued| issued.revoked_from).filter(|from| *from > now);
        coming.min().unwrap_or(Timestamp::MAX)
    }
}

impl<T> Made<T> {
    fn stands(&self, changes: u64, key: &str, now: Timestamp) -> bool {
        self.changes == changes && self.key == key && now < self.until
    }
}

/// Both forms.
const FORMS: [StatusForm; 2] = [StatusForm::Bitstring, StatusForm::List2021];

/// The path of the lists of a form, before purpose and number.
const fn folder(form: StatusForm) -> &'static str {
    match form {
        StatusForm::Bitstring => "/credentials/status/",
        StatusForm::List2021 => "/credentials/status2021/",
    }
}

fn address(base: &str, form: StatusForm, (purpose, list): Which) -> String {
    format!("{base}{}{purpose}/{list}", folder(form))
}

fn read_address(base: &str, url: &str) -> Option<(StatusForm, Which)> {
    let path = url.strip_prefix(base)?;
    FORMS.into_iter().find_map(|form| {
        let (purpose, list) = path.strip_prefix(folder(form))?.split_once('/')?;
        Some((form, which(purpose, list)?))
    })
}

/// The list of a purpose and a number as an address writes them.
pub fn which(purpose: &str, list: &str) -> Option<Which> {
    let number = list.parse::<u32>().ok().filter(|number| number.to_string() == list)?;
    Some((StatusPurpose::named(purpose)?, number))
}
