//! Turns at what only a few may do at once.

use crate::Refusal;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Somebody whose credentials were accepted, or the company's own people.
    Known,
    /// Anybody.
    Stranger,
}

/// A number of turns, of which strangers never have the last one: however many they ask for, those who are known wait
/// for each other alone.
///
/// ```
/// use adit_facts::{Turns, Who};
/// use std::time::Duration;
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let turns = Turns::new(2, Duration::from_millis(10));
/// let _stranger = turns.take(Who::Stranger).await.unwrap();
/// assert_eq!(turns.take(Who::Stranger).await.unwrap_err().code(), "query.busy");
/// assert!(turns.take(Who::Known).await.is_ok());
/// # });
/// ```
#[derive(Debug)]
pub struct Turns {
    all: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    wait: Duration,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _one_of_all: OwnedSemaphorePermit,
    _one_of_strangers: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// So many turns, each waited for so long. Where there is but one, strangers have it too.
    pub fn new(count: usize, wait: Duration) -> Self {
        let strangers = count.saturating_sub(1).max(1);
        let [all, strangers] = [count, strangers].map(|count| Arc::new(Semaphore::new(count)));
        Self { all, strangers, wait }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Refusal::Busy`] where none came in time. Must be called within a Tokio runtime.
    pub async fn take(&self, who: Who) -> Result<Turn, Refusal> {
        let turn = timeout(self.wait, async {
            let one_of_strangers = match who {
                Who::Known => None,
                Who::Stranger => Some(Arc::clone(&self.strangers).acquire_owned().await.ok()?),
            };
            let one_of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(Turn { _one_of_all: one_of_all, _one_of_strangers: one_of_strangers })
        });
        let limit_ms = u64::try_from(self.wait.as_millis()).unwrap_or(u64::MAX);
        turn.await.ok().flatten().ok_or(Refusal::Busy { limit_ms })
    }
}
