//! Bearers: one exchange of credentials for an hour of questions.

use crate::clock;
use adit_credentials::Caller;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;

/// The longest life of a bearer.
pub const LIFE: SignedDuration = SignedDuration::from_hours(1);
/// The most bearers alive at once; the oldest goes first.
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

/// The bearers alive. They live in memory and end with the process.
#[derive(Debug, Default)]
pub struct Sessions {
    // By the digest of the bearer: a copy of this table opens nothing.
    by_digest: Mutex<HashMap<[u8; 32], Session>>,
}

impl Sessions {
    /// Makes a bearer for a session.
    pub fn open(&self, session: Session, now: Timestamp) -> String {
        let bearer = clock::secret();
        let mut sessions = self.by_digest.lock().expect("no holder of the lock panics");
        if sessions.len() >= MOST {
            sessions.retain(|_, session| session.until > now);
        }
        if sessions.len() >= MOST
            && let Some(oldest) = sessions.iter().min_by_key(|(_, s)| s.until).map(|(k, _)| *k)
        {
            sessions.remove(&oldest);
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
