//! The dictionary: from the bytes of a term to its number and back.
//!
//! LMDB keys end at 511 bytes, so a term is looked up by the first eight bytes of its SHA-256; the entry lists the
//! numbers of all terms that share them, and the bytes of each are compared. Numbers are given in order and never
//! reused: a term whose last quad is gone stays until the store is rebuilt.

use crate::Fault;
use crate::term::{self, TermId};
use heed::byteorder::BE;
use heed::types::{Bytes, U32, U64};
use heed::{AnyTls, Database, PutFlags, RoTxn, RwTxn};
use oxrdf::TermRef;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The two tables of the dictionary.
#[derive(Clone, Copy)]
pub(crate) struct Dictionary {
    pub(crate) terms: Database<U32<BE>, Bytes>,
    pub(crate) numbers: Database<U64<BE>, Bytes>,
}

impl Dictionary {
    /// The bytes of a numbered term.
    pub(crate) fn bytes<'t>(
        &self,
        txn: &'t RoTxn<'_, AnyTls>,
        number: u32,
    ) -> Result<&'t [u8], Fault> {
        // As plain bytes, since the codec of numbers allocates for every key.
        let terms = self.terms.remap_key_type::<Bytes>();
        terms.get(txn, &number.to_be_bytes())?.ok_or(Fault::Damaged("a term is missing"))
    }

    /// The number of the term with these bytes, if it has one.
    pub(crate) fn find(&self, txn: &RoTxn<'_, AnyTls>, bytes: &[u8]) -> Result<Option<u32>, Fault> {
        let Some(candidates) = self.numbers.get(txn, &hash(bytes))? else { return Ok(None) };
        for number in candidates.as_chunks::<4>().0 {
            let number = u32::from_be_bytes(*number);
            if self.bytes(txn, number)? == bytes {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.first_chunk::<8>().copied().map_or(0, u64::from_be_bytes)
}

/// Gives numbers to terms during one change.
///
/// New terms are kept aside and written at its end in the order of the keys.
pub(crate) struct Interner {
    dictionary: Dictionary,
    known: HashMap<Box<[u8]>, u32>,
    first: u64,
    next: u64,
    buffer: Vec<u8>,
}

impl Interner {
    pub(crate) fn new(dictionary: Dictionary, txn: &RwTxn<'_>) -> Result<Self, Fault> {
        let last = dictionary.terms.remap_data_type::<heed::types::DecodeIgnore>().last(txn)?;
        let next = last.map_or(0, |(number, ())| u64::from(number) + 1);
        Ok(Self { dictionary, known: HashMap::new(), first: next, next, buffer: Vec::new() })
    }

    /// The identifier of a term that may be inlined.
    pub(crate) fn id(&mut self, txn: &RwTxn<'_>, term: TermRef<'_>) -> Result<TermId, Fault> {
        match term::inlined(term) {
            Some(id) => Ok(id),
            None => Ok(TermId::named(self.number(txn, term)?)),
        }
    }

    /// The number of a term.
    pub(crate) fn number(&mut self, txn: &RwTxn<'_>, term: TermRef<'_>) -> Result<u32, Fault> {
        term::write_bytes(term, &mut self.buffer);
        if let Some(number) = self.known.get(self.buffer.as_slice()) {
            return Ok(*number);
        }
        let number = match self.dictionary.find(txn, &self.buffer)? {
            Some(number) => number,
            None => {
                let number = u32::try_from(self.next).map_err(|_| Fault::Full)?;
                self.next += 1;
                number
            }
        };
        self.known.insert(self.buffer.as_slice().into(), number);
        Ok(number)
    }

    /// Writes the new terms.
    pub(crate) fn write(self, txn: &mut RwTxn<'_>) -> Result<(), Fault> {
        let Dictionary { terms, numbers } = self.dictionary;
        let fresh = |number: &u32| u64::from(*number) >= self.first;
        let mut by_number: Vec<_> =
            self.known.iter().filter(|(_, n)| fresh(n)).map(|(b, n)| (*n, &**b)).collect();
        by_number.sort_unstable_by_key(|(number, _)| *number);
        for (number, bytes) in &by_number {
            terms.put_with_flags(txn, PutFlags::APPEND, number, bytes)?;
        }
        let mut by_hash: Vec<_> = by_number.iter().map(|(n, bytes)| (hash(bytes), *n)).collect();
        by_hash.sort_unstable();
        for same in by_hash.chunk_by(|a, b| a.0 == b.0) {
            let key = same[0].0;
            let mut entry = numbers.get(txn, &key)?.map(<[u8]>::to_vec).unwrap_or_default();
            entry.extend(same.iter().flat_map(|(_, number)| number.to_be_bytes()));
            numbers.put(txn, &key, &entry)?;
        }
        Ok(())
    }
}
