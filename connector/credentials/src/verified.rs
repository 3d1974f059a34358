//! Signatures that were checked before, so that a credential shown again costs no second check.

use crate::PublicKey;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most signatures kept, twice; 64 bytes each.
const MOST: usize = 20_000;

/// Signatures that were found to fit, by the digest of what was signed and by the key.
///
/// That a key signed some bytes never stops being true, so nothing has to be taken out of here when a credential ends, a
/// status changes or a key is rotated: whether the key still serves, and time, trust, status and holder are checked anew
/// each time. It is bounded, and what is not used any more is forgotten.
///
/// ```
/// let verified = adit_credentials::Verified::default();
/// assert_eq!((verified.checks(), verified.spared()), (0, 0));
/// ```
#[derive(Debug, Default)]
pub struct Verified {
    known: Mutex<Known>,
    checks: AtomicU64,
    spared: AtomicU64,
}

/// Two ages of entries: when the younger is full, the older is forgotten.
#[derive(Debug, Default)]
struct Known {
    young: HashSet<Entry>,
    old: HashSet<Entry>,
}

/// The digest of what was signed, and the fingerprint of the key.
type Entry = ([u8; 32], [u8; 32]);

impl Verified {
    /// How many signatures were checked.
    pub fn checks(&self) -> u64 {
        self.checks.load(Ordering::Relaxed)
    }

    /// How many checks were spared because the same one was made before.
    pub fn spared(&self) -> u64 {
        self.spared.load(Ordering::Relaxed)
    }

    /// Makes a check that nobody will ask for again.
    pub(crate) fn once(&self, check: impl FnOnce() -> bool) -> bool {
        self.checks.fetch_add(1, Ordering::Relaxed);
        check()
    }

    /// Makes a check unless the same digest and key passed it before. The digest is over message and signature.
    pub(crate) fn check(
        &self,
        digest: [u8; 32],
        key: &PublicKey,
        check: impl FnOnce() -> bool,
    ) -> bool {
        let entry = (digest, key.fingerprint());
        if self.knows(&entry) {
            self.spared.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        let fits = self.once(check);
        if fits {
            self.lock().keep(entry);
        }
        fits
    }

    fn knows(&self, entry: &Entry) -> bool {
        let mut known = self.lock();
        if known.young.contains(entry) {
            return true;
        }
        let is_old = known.old.contains(entry);
        if is_old {
            known.keep(*entry);
        }
        is_old
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().expect("no holder of the lock panics")
    }
}

impl Known {
    fn keep(&mut self, entry: Entry) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(entry);
    }
}
