//! Bearers: one exchange of credentials for an hour of questions.

use crate::clock;
use adit_credentials::Caller;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;

/// The longest life of a bearer.
pub const LIFE: SignedDuration = SignedDuration::from_hours(1);
/// The most bearers alive at once; the oldest of those that stand for nobody goes first, then the oldest of all.
const MOST: usize = 10_000;

/// What a bearer stands for: a verified caller, a purpose, and the permit that was made for them.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who exchanged credentials for it.
    pub caller: Caller,
    /// What for.
    pub purpose: Option<String>,
    /// The key of the permit; a bearer never opens more or less than it did at the exchange.
    pub permit: String,
    /// When it ends.
    pub until: Timestamp,
}

impl Session {
    fn is_of_somebody(&self) -> bool {
        self.caller.did().is_some()
    }
}

/// The bearers alive. They live in memory and end with the process.
#[derive(Debug, Default)]
pub struct Sessions {
    // By the digest of the bearer: a copy of this table opens nothing.
    by_digest: Mutex<HashMap<[u8; 32], Session>>,
}

impl Sessions {
    /// Makes a bearer for a session.
    ///
    /// Where too many are alive, one that stands for nobody makes room, be it the new one: whoever proved nothing ends no
    /// bearer of somebody who did, and can ask without one.
    pub fn open(&self, session: Session, now: Timestamp) -> String {
        let bearer = clock::secret();
        let mut sessions = self.by_digest.lock().expect("no holder of the lock panics");
        if sessions.len() >= MOST {
            sessions.retain(|_, session| session.until > now);
        }
        if sessions.len() >= MOST {
            let first = sessions.iter().min_by_key(|(_, it)| (it.is_of_somebody(), it.until));
            match first.map(|(key, first)| (*key, first.is_of_somebody())) {
                Some((_, true)) if !session.is_of_somebody() => return bearer,
                Some((oldest, _)) => drop(sessions.remove(&oldest)),
                None => {}
            }
        }
        sessions.insert(digest(&bearer), session);
        bearer
    }

    /// The session of a bearer, if it is alive.
    pub fn find(&self, bearer: &str, now: Timestamp) -> Option<Session> {
        let sessions = self.by_digest.lock().expect("no holder of the lock panics");
        sessions.get(&digest(bearer)).filter(|session| session.until > now).cloned()
    }

    /// Ends a bearer.
    pub fn close(&self, bearer: &str) {
        self.by_digest.lock().expect("no holder of the lock panics").remove(&digest(bearer));
    }
}

fn digest(bearer: &str) -> [u8; 32] {
    Sha256::digest(bearer.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearers_of_nobody_make_room_first() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let session = |did: Option<&str>, minutes: i64| Session {
            caller: Caller::for_test(did.map(|did| did.parse().unwrap()), Vec::new()),
            purpose: None,
            permit: String::new(),
            until: now + SignedDuration::from_mins(minutes),
        };
        let sessions = Sessions::default();
        let is_alive = |bearer: &str| sessions.find(bearer, now).is_some();
        let mill = sessions.open(session(Some("did:web:mill.example"), 1), now);
        let nobody: Vec<_> = (1..MOST).map(|_| sessions.open(session(None, 60), now)).collect();
        assert!(is_alive(&mill) && nobody.iter().all(|it| is_alive(it)));
        let newest = sessions.open(session(None, 61), now);
        assert!(is_alive(&mill) && is_alive(&newest));
        assert_eq!(nobody.iter().filter(|it| is_alive(it)).count(), MOST - 2);
        // Nobody is left to make room but somebody.
        nobody.iter().chain([&newest]).for_each(|it| sessions.close(it));
        let shop = session(Some("did:web:shop.example"), 30);
        (1..MOST).for_each(|_| drop(sessions.open(shop.clone(), now)));
        assert!(!is_alive(&sessions.open(session(None, 60), now)) && is_alive(&mill));
        assert!(is_alive(&sessions.open(shop, now)) && !is_alive(&mill));
    }
}
