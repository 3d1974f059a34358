//! The presentations that were seen, so that none serves twice.

use crate::clock;
use adit_credentials::{Replay, ReplayFault};
use adit_vocab::Did;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Mutex;

/// The most identifiers kept before those that ended are dropped.
const MOST: usize = 10_000;

/// The identifiers of presentations seen, until when each could be shown again.
#[derive(Debug, Default)]
pub struct Replays {
    seen: Mutex<HashMap<(Did, String), Timestamp>>,
}

impl Replay for Replays {
    fn first_use(&self, issuer: &Did, jti: &str, until: Timestamp) -> Result<bool, ReplayFault> {
        let mut seen = self.seen.lock().expect("no holder of the lock panics");
        if seen.len() >= MOST {
            let now = clock::now();
            seen.retain(|_, until| *until > now);
        }
        Ok(seen.insert((issuer.clone(), jti.to_owned()), until).is_none())
    }
}
