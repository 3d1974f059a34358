//! The one writer: a thread that owns the writing connection and commits records in groups.

use crate::database::EntryRow;
use crate::record::{Draft, Place};
use crate::tree::{Frontier, leaf_hash};
use crate::{Entry, Fault, Hash, database};
use rusqlite::{Connection, TransactionBehavior};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// The most records that one commit holds, and the most that wait for the next one; who comes after that waits for a place.
pub const GROUP_RECORDS_MAX: usize = 1_000;

/// The way to the writing thread. Dropping it waits until the thread has closed the database.
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
    head: Arc<Mutex<Head>>,
}

/// The size and the root of the tree as far as it is committed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

type Answer = oneshot::Receiver<Result<Entry, Fault>>;

/// A record that waits for its commit, and where its entry goes.
struct Waiting {
    draft: Draft,
    answer: oneshot::Sender<Result<Entry, Fault>>,
}

/// What the writing thread owns.
struct Desk {
    path: PathBuf,
    connection: Connection,
    tree: Frontier,
    head: Arc<Mutex<Head>>,
    stopped: Option<Fault>,
}

impl Writer {
    /// Starts the thread, which goes on from the given tree.
    pub(crate) fn start(
        path: PathBuf,
        connection: Connection,
        tree: Frontier,
    ) -> Result<Self, Fault> {
        let head = Arc::new(Mutex::new(Head::of(&tree)));
        let (queue, waiting) = mpsc::channel(GROUP_RECORDS_MAX);
        let no_thread = |e| Fault::io(&path, e);
        let desk =
            Desk { path: path.clone(), connection, tree, head: Arc::clone(&head), stopped: None };
        let thread = thread::Builder::new().name("journal".to_owned());
        let thread = thread.spawn(move || desk.work(waiting)).map_err(no_thread)?;
        Ok(Self { queue: Some(queue), thread: Some(thread), head })
    }

    pub(crate) fn head(&self) -> Head {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a record and blocks until it is committed.
    pub(crate) fn append(&self, draft: Draft) -> Result<Entry, Fault> {
        let (waiting, answer) = Waiting::new(draft);
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        queue.blocking_send(waiting).map_err(|_| ended())?;
        answer.blocking_recv().map_err(|_| ended())?
    }

    /// Queues a record and waits until it is committed.
    pub(crate) async fn append_async(&self, draft: Draft) -> Result<Entry, Fault> {
        let (waiting, answer) = Waiting::new(draft);
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        queue.send(waiting).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Without senders the thread sees the end of its queue.
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the thread, and to everyone who waited.
            drop(thread.join());
        }
    }
}

fn ended() -> Fault {
    Fault::Stopped { cause: "the writing thread ended".to_owned() }
}

impl Waiting {
    fn new(draft: Draft) -> (Self, Answer) {
        let (answer, receiver) = oneshot::channel();
        (Self { draft, answer }, receiver)
    }

    fn answer(self, result: Result<Place, Fault>) {
        let Self { draft, answer } = self;
        // Who asked may have gone; the entry stands all the same.
        drop(answer.send(result.map(|place| draft.into_entry(place))));
    }
}

impl Head {
    fn of(tree: &Frontier) -> Self {
        Self { size: tree.size(), root: tree.root() }
    }
}

impl Desk {
    /// Takes what waits, commits it, answers it, until nobody can append any more.
    fn work(mut self, mut queue: mpsc::Receiver<Waiting>) {
        let mut group = Vec::new();
        while queue.blocking_recv_many(&mut group, GROUP_RECORDS_MAX) > 0 {
            match self.commit(&group) {
                Ok(places) => {
                    for (waiting, place) in group.drain(..).zip(places) {
                        waiting.answer(Ok(place));
                    }
                }
                Err(fault) => {
                    group.drain(..).for_each(|waiting| waiting.answer(Err(fault.clone())))
                }
            }
        }
    }

    /// Commits a group, or nothing of it; gives number, leaf and root of each.
    fn commit(&mut self, group: &[Waiting]) -> Result<Vec<Place>, Fault> {
        if let Some(fault) = &self.stopped {
            return Err(fault.clone());
        }
        let mut tree = self.tree.clone();
        match write(&mut self.connection, &mut tree, group) {
            Ok(places) => {
                // Before the answers: who has an entry sees a journal that holds it.
                *self.head.lock().unwrap_or_else(PoisonError::into_inner) = Head::of(&tree);
                self.tree = tree;
                Ok(places)
            }
            Err(error) => Err(self.give_up(error)),
        }
    }

    /// After a failed commit: a full disk may be freed; after anything else nobody knows what a
    /// second fsync would hide, so there is no second one.
    fn give_up(&mut self, error: rusqlite::Error) -> Fault {
        let fault = Fault::database(&self.path, error);
        let rolled_back = self.connection.is_autocommit();
        if !(rolled_back && matches!(fault, Fault::DiskFull { .. })) {
            self.stopped = Some(Fault::Stopped { cause: fault.to_string() });
        }
        fault
    }
}

/// One transaction; a failure rolls it back.
fn write(
    connection: &mut Connection,
    tree: &mut Frontier,
    group: &[Waiting],
) -> rusqlite::Result<Vec<Place>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut places = Vec::with_capacity(group.len());
    for waiting in group {
        let number = tree.size() + 1;
        let record = waiting.draft.bytes(number);
        let leaf = leaf_hash(&record);
        tree.push(leaf);
        let root = tree.root();
        let kind = waiting.draft.kind().to_string();
        database::insert(&transaction, &EntryRow { number, kind, record, leaf, root })?;
        places.push(Place { number, leaf, root });
    }
    database::set_frontier(&transaction, tree)?;
    #[cfg(feature = "fail-points")]
    fail::fail_point!("journal.append.before-commit", |_| Err(failed_sync()));
    transaction.commit()?;
    #[cfg(feature = "fail-points")]
    fail::fail_point!("journal.append.after-commit");
    Ok(places)
}

/// What SQLite says when fsync fails.
#[cfg(feature = "fail-points")]
fn failed_sync() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC);
    rusqlite::Error::SqliteFailure(code, None)
}
