//! The access tokens in our self-issued tokens, by which a verifier fetches what it may see of our credentials.

use crate::clock;
use adit_credentials::dcp::{Access, DcpRefusal, Scope, Sender};
use adit_vocab::Did;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

/// How long an access token opens anything: as long as the self-issued token around it may be used.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// The most access tokens alive at once; the oldest goes first.
const MOST: usize = 10_000;

/// The access tokens alive. They live in memory and end with the process.
#[derive(Debug, Default)]
pub struct AccessTokens {
    // By the digest of the token: a copy of this table opens nothing.
    by_digest: Mutex<HashMap<[u8; 32], Access>>,
}

impl AccessTokens {
    /// Makes an access token for a verifier; without any scope it opens everything that the verifier may see at all.
    pub fn give(&self, verifier: &Did, scopes: Vec<Scope>, now: Timestamp) -> String {
        let token = clock::secret();
        let until = now.saturating_add(LIFE).unwrap_or(now);
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, access| access.until > now);
        }
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, it)| it.until).map(|(key, _)| *key)
        {
            all.remove(&oldest);
        }
        all.insert(digest(&token), Access { verifier: verifier.clone(), scopes, until });
        token
    }

    /// Of the scopes that a verifier asks for, those that its access token opens.
    pub fn opened<'a>(
        &self,
        sender: &Sender,
        asked: &'a [Scope],
        now: Timestamp,
    ) -> Result<Vec<&'a Scope>, DcpRefusal> {
        let access = sender.token().and_then(|token| self.lock().get(&digest(token)).cloned());
        let none = || DcpRefusal::Access { sender: sender.did().clone() };
        access.ok_or_else(none)?.opened(sender, asked, now)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Access>> {
        self.by_digest.lock().expect("no holder of the lock panics")
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
