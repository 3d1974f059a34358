//! The keys of a connector while it runs: read by every request, changed by few, tidied when a date passes.

use super::owner::{has_owner, keep_owner};
use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use adit_credentials::Keys;
use adit_journal::Kind;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The longest wait for a date, so that a clock that was set is noticed.
const WAIT_S_MAX: i64 = 3600;

impl Connector {
    /// The keys as they stand; a request keeps what it took.
    pub fn keys(&self) -> Arc<Keys> {
        self.keys.read().expect("no holder of the lock panics").clone()
    }

    /// Changes the keys, in the journal first, then in the file and in memory; the owner's credential follows the newest.
    ///
    /// It does so at every change: one that a kill left with an old key is mended by the next, before that key has left.
    pub(super) async fn change_keys(
        &self,
        what: Value,
        changed: Keys,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.record(Kind::Key, what, now).await?;
        self.keystore.write(&changed)?;
        *self.keys.write().expect("no holder of the lock panics") = Arc::new(changed);
        self.keys_changed.notify_one();
        match has_owner(&self.folder) {
            true => keep_owner(&self.folder, self.keys().issuing(), self.did(), now),
            false => Ok(()),
        }
    }

    /// Forgets what dates have made useless: spent private halves, and keys that have left.
    async fn tidy_keys(&self, now: Timestamp) -> Result<(), Error> {
        let _one_at_a_time = self.changing.lock().await;
        let keys = self.keys();
        let Some(tidied) = keys.tidied(now) else { return Ok(()) };
        let names = |keys: &Keys| -> Vec<_> {
            keys.list(self.did(), Timestamp::MIN).into_iter().map(|key| key.kid).collect()
        };
        let stay = names(&tidied);
        let left: Vec<_> = names(&keys).into_iter().filter(|kid| !stay.contains(kid)).collect();
        self.change_keys(json!({ "left": left, "spent": true }), tidied, now).await
    }
}

/// Tidies the keys whenever one of their dates has passed, for as long as the server runs.
pub async fn tend(connector: Arc<Connector>) {
    loop {
        let now = clock::now();
        if let Err(error) = connector.tidy_keys(now).await {
            tracing::error!(code = error.code(), "the keys could not be tidied");
        }
        let next = connector.keys().next_change(now);
        let wait_s = next.map_or(WAIT_S_MAX, |next| next.as_second() - now.as_second() + 1);
        let wait = Duration::from_secs(wait_s.clamp(1, WAIT_S_MAX).unsigned_abs());
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = connector.keys_changed.notified() => {}
        }
    }
}
