//! The server's side of the workers: which process takes a query, and what happens when it is not done in time.

mod outlet;
mod process;

pub use outlet::{Answer, Evaluated};

use crate::{Fault, Job, Limits, QueryError, Refusal, Turns, Who};
use outlet::Outlet;
use process::{Left, Process};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How many processes that died of no query are passed over before the fault is ours.
const ATTEMPTS: usize = 5;

/// Worker processes that evaluate query text from outside, so that no query can harm the server.
///
/// Each is started before it is needed, limits its own memory and time, answers one query at a time, is replaced after
/// a number of them, and is killed at the deadline. What a dying worker does to a query is that caller's refusal alone.
#[derive(Clone)]
pub struct Workers {
    pool: Arc<Pool>,
}

struct Pool {
    exe: PathBuf,
    args: Vec<String>,
    limits: Limits,
    idle: Mutex<Vec<Process>>,
    turns: Turns,
}

impl Workers {
    /// Starts the processes: `count` times the executable with the arguments, which must call
    /// [`worker_main`](crate::worker_main).
    ///
    /// # Errors
    /// [`Fault::Workers`] if one cannot be started. Must be called within a Tokio runtime.
    pub fn start(
        exe: PathBuf,
        args: Vec<String>,
        count: usize,
        limits: Limits,
    ) -> Result<Self, Fault> {
        let (idle, turns) = (Mutex::new(Vec::new()), Turns::new(count, limits.wall));
        let pool = Pool { exe, args, limits, idle, turns };
        for _ in 0..count {
            let process = pool.spawn()?;
            pool.put(process);
        }
        Ok(Self { pool: Arc::new(pool) })
    }

    /// The limits that each query is held to.
    pub fn limits(&self) -> &Limits {
        &self.pool.limits
    }

    /// [`Workers::evaluate_for`] somebody who is known.
    ///
    /// # Errors
    /// As of [`Workers::evaluate_for`].
    pub async fn evaluate(&self, job: Job) -> Result<Evaluated, QueryError> {
        self.evaluate_for(Who::Known, job).await
    }

    /// Answers a query in a worker process, of which strangers never have the last one; returns when the kind of answer is known, while rows still come.
    ///
    /// Dropping the channel of an answer ends its query.
    ///
    /// # Errors
    /// A [`Refusal`] by the query's text, its size, time or memory; or a [`Fault`].
    pub async fn evaluate_for(&self, who: Who, job: Job) -> Result<Evaluated, QueryError> {
        let turn = self.pool.turns.take(who).await?;
        let (head, answer) = oneshot::channel();
        let mut outlet = Outlet::new(head);
        let pool = Arc::clone(&self.pool);
        tokio::spawn(async move {
            let (outcome, spent) = pool.run(&job, &mut outlet).await;
            // Neither waits for the other: the caller for the end of a process, the next query for a slow reader.
            let tell = async {
                if let Err(error) = outcome {
                    outlet.fail(error).await;
                }
            };
            let replace = async {
                if let Some(process) = spent {
                    // Where no other process can be started, the next query is told.
                    drop(pool.replace(process, &job).await);
                }
                drop(turn);
            };
            tokio::join!(tell, replace);
        });
        let gone = || Fault::Workers("a query was dropped".to_owned());
        answer.await.unwrap_or_else(|_| Err(gone().into()))
    }
}

impl Pool {
    fn spawn(&self) -> Result<Process, Fault> {
        Process::spawn(&self.exe, &self.args)
    }

    fn put(&self, process: Process) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
    }

    /// A process that lives, as far as can be told.
    fn take(&self) -> Result<Process, Fault> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match idle {
                None => return self.spawn(),
                // One that died while nobody asked it anything is passed over.
                Some(mut process) => {
                    if process.lives() {
                        return Ok(process);
                    }
                }
            }
        }
    }

    /// What came of a query, and the process that must not answer another.
    async fn run(
        &self,
        job: &Job,
        outlet: &mut Outlet,
    ) -> (Result<(), QueryError>, Option<Process>) {
        let mut why = String::new();
        for _ in 0..ATTEMPTS {
            let mut process = match self.take() {
                Ok(process) => process,
                Err(fault) => return (Err(fault.into()), None),
            };
            let talk = process.converse(job, outlet, &self.limits);
            let outcome = match timeout(self.limits.wall, talk).await {
                Ok(Left::Ready(outcome)) => {
                    if process.answered < self.limits.queries_per_worker {
                        self.put(process);
                        return (outcome, None);
                    }
                    outcome
                }
                Ok(Left::Ended) => Err(process.post_mortem(&self.limits).await.into()),
                Ok(Left::Abandoned) => Ok(()),
                Ok(Left::Unheard) => {
                    why = process.post_mortem(&self.limits).await.to_string();
                    continue;
                }
                Err(_) => {
                    let limit_ms = milliseconds(self.limits.wall);
                    Err(Refusal::Deadline { limit_ms }.into())
                }
            };
            return (outcome, Some(process));
        }
        let why = format!("{ATTEMPTS} of them took no query; of the last: {why}");
        (Err(Fault::Workers(why).into()), None)
    }

    /// Ends a process at once, gives back its place among the readers of the store, and starts another.
    async fn replace(&self, process: Process, job: &Job) -> Result<(), Fault> {
        process.kill().await?;
        job.store().clear_stale_readers()?;
        self.put(self.spawn()?);
        Ok(())
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
