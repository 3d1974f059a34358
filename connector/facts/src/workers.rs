//! The server's side of the workers: which process takes a query, and what happens when it is not done in time.

use crate::wire::{Reply, frame, read_triple};
use crate::{Fault, Job, Limits, QueryError, Refusal, Row};
use oxrdf::{Term, Triple, Variable};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// How many rows wait for a slow reader before the worker waits too.
const WAITING_ROWS: usize = 1024;
/// How often a query is begun again because a publication came between.
const ATTEMPTS: usize = 5;
/// What a frame may have beyond the limit of an answer: the row that passes it, and the frame around it.
const FRAME_SLACK: usize = 1 << 20;

/// Worker processes that evaluate query text from outside, so that no query can harm the server.
///
/// Each is started before it is needed, limits its own memory, answers one query at a time, is replaced after a number
/// of them, and is killed at the deadline. What a dying worker does to a query is that caller's refusal alone.
#[derive(Clone)]
pub struct Workers {
    pool: Arc<Pool>,
}

struct Pool {
    exe: PathBuf,
    args: Vec<String>,
    limits: Limits,
    idle: Mutex<Vec<Process>>,
    free: Arc<Semaphore>,
}

struct Process {
    child: Child,
    orders: ChildStdin,
    replies: BufReader<ChildStdout>,
    last_words: ChildStderr,
    answered: u32,
}

/// An answer, of which rows or triples may still be on their way.
///
/// A failure after the first row comes as the last item of the channel; without one the answer is whole. The deadline
/// counts until the last row has been taken, so that a slow reader cannot keep a worker.
#[derive(Debug)]
pub enum Answer {
    /// Of a `SELECT`.
    Solutions {
        /// The columns.
        variables: Vec<Variable>,
        /// The rows.
        rows: Receiver<Result<Row, QueryError>>,
    },
    /// Of an `ASK`.
    Boolean(bool),
    /// Of a `CONSTRUCT` or `DESCRIBE`.
    Graph(Receiver<Result<Triple, QueryError>>),
}

/// How a query left its worker.
enum Left {
    /// Ready for the next one.
    Ready(Result<(), QueryError>),
    /// Dead or not to be trusted with the next one.
    Ended,
    /// Still busy for a caller who is gone.
    Abandoned,
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
        let (idle, free) = (Mutex::new(Vec::new()), Arc::new(Semaphore::new(count)));
        let pool = Pool { exe, args, limits, idle, free };
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

    /// Answers a query in a worker process; returns when the kind of answer is known, while rows still come.
    ///
    /// Dropping the channel of an answer ends its query.
    ///
    /// # Errors
    /// A [`Refusal`] by the query's text, its size, time or memory; or a [`Fault`].
    pub async fn evaluate(&self, job: Job) -> Result<Answer, QueryError> {
        let wall = self.pool.limits.wall;
        let limit_ms = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        let turn = timeout(wall, Arc::clone(&self.pool.free).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Refusal::Busy { limit_ms }.into()) };
        let (head, answer) = oneshot::channel();
        let mut outlet = Outlet { head: Some(head), rows: None, triples: None };
        let pool = Arc::clone(&self.pool);
        tokio::spawn(async move {
            let outcome = pool.run(&job, &mut outlet).await;
            // The next query need not wait until a slow reader has learned how this one ended.
            drop(turn);
            if let Err(error) = outcome {
                outlet.fail(error).await;
            }
        });
        let gone = || Fault::Workers("a query was dropped".to_owned());
        answer.await.unwrap_or_else(|_| Err(gone().into()))
    }
}

impl Pool {
    fn spawn(&self) -> Result<Process, Fault> {
        let mut command = Command::new(&self.exe);
        command.args(&self.args).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |error: &dyn std::fmt::Display| {
            Fault::Workers(format!("{} cannot be started: {error}", self.exe.display()))
        };
        let mut child = command.spawn().map_err(|error| failed(&error))?;
        let (orders, replies, last_words) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(orders), Some(replies), Some(last_words)) = (orders, replies, last_words) else {
            return Err(failed(&"it has no pipes"));
        };
        Ok(Process { child, orders, replies: BufReader::new(replies), last_words, answered: 0 })
    }

    fn put(&self, process: Process) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
    }

    /// A process that lives, with its setup behind it.
    async fn take(&self) -> Result<Process, Fault> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut process = match idle {
                Some(process) => process,
                None => self.spawn()?,
            };
            if !matches!(process.child.try_wait(), Ok(None)) {
                // It died while nobody asked it anything.
                continue;
            }
            if process.answered == 0 {
                let broken = |error| Fault::Workers(format!("a new worker does not read: {error}"));
                process.send(&self.limits).await.map_err(broken)?;
            }
            return Ok(process);
        }
    }

    async fn run(&self, job: &Job, outlet: &mut Outlet) -> Result<(), QueryError> {
        let mut process = self.take().await?;
        let left = timeout(self.limits.wall, process.converse(job, outlet, &self.limits)).await;
        process.answered += 1;
        match left {
            Ok(Left::Ready(result)) if process.answered < self.limits.queries_per_worker => {
                self.put(process);
                result
            }
            Ok(Left::Ready(result)) => {
                self.replace(process, job).await?;
                result
            }
            Ok(Left::Ended) => {
                let refusal = self.post_mortem(&mut process).await;
                self.replace(process, job).await?;
                Err(refusal.into())
            }
            Ok(Left::Abandoned) => self.replace(process, job).await.map_err(Into::into),
            Err(_) => {
                self.replace(process, job).await?;
                let limit_ms = u64::try_from(self.limits.wall.as_millis()).unwrap_or(u64::MAX);
                Err(Refusal::Deadline { limit_ms }.into())
            }
        }
    }

    /// Ends a process at once, gives back its place among the readers of the store, and starts another.
    async fn replace(&self, mut process: Process, job: &Job) -> Result<(), Fault> {
        let killed = process.child.kill().await;
        killed.map_err(|error| Fault::Workers(format!("a worker cannot be ended: {error}")))?;
        job.store().clear_stale_readers()?;
        self.put(self.spawn()?);
        Ok(())
    }

    /// What a process died of.
    async fn post_mortem(&self, process: &mut Process) -> Refusal {
        let mut words = Vec::new();
        let mut last_words = (&mut process.last_words).take(4096);
        let (_, status) = tokio::join!(last_words.read_to_end(&mut words), process.child.wait());
        let words = String::from_utf8_lossy(&words);
        if words.contains("memory allocation of") {
            return Refusal::Memory { limit_mb: self.limits.memory_bytes / 1_000_000 };
        }
        let how = match (words.contains("overflowed its stack"), status) {
            (true, _) => "its stack overflowed".to_owned(),
            (false, Ok(status)) => how_ended(status),
            (false, Err(_)) => "unknown".to_owned(),
        };
        Refusal::Killed { how }
    }
}

fn how_ended(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("signal {signal}"),
        (None, Some(code)) => format!("exit code {code}"),
        (None, None) => "unknown".to_owned(),
    }
}

impl Process {
    async fn send<T: serde::Serialize>(&mut self, value: &T) -> std::io::Result<()> {
        let bytes = frame(value).map_err(std::io::Error::other)?;
        self.orders.write_all(&bytes).await?;
        self.orders.flush().await
    }

    async fn receive(&mut self, limits: &Limits) -> std::io::Result<Reply> {
        let length = self.replies.read_u32_le().await? as usize;
        if length > 2 * limits.answer_bytes + FRAME_SLACK {
            return Err(std::io::Error::other("a frame is too long"));
        }
        let mut bytes = vec![0; length];
        self.replies.read_exact(&mut bytes).await?;
        postcard::from_bytes(&bytes).map_err(std::io::Error::other)
    }

    async fn converse(&mut self, job: &Job, outlet: &mut Outlet, limits: &Limits) -> Left {
        for _ in 0..ATTEMPTS {
            let order = match job.order() {
                Ok(order) => order,
                Err(fault) => return Left::Ready(Err(fault.into())),
            };
            if self.send(&order).await.is_err() {
                return Left::Ended;
            }
            loop {
                let Ok(reply) = self.receive(limits).await else { return Left::Ended };
                match reply {
                    Reply::Done => return Left::Ready(Ok(())),
                    Reply::Refused(refusal) => return Left::Ready(Err(refusal.into())),
                    Reply::Failed(text) => return Left::Ready(Err(Fault::Workers(text).into())),
                    Reply::Moved => break,
                    part => {
                        if !outlet.pass(part).await {
                            return Left::Abandoned;
                        }
                    }
                }
            }
        }
        let moving = "the store moved on faster than the query could begin".to_owned();
        Left::Ready(Err(Fault::Workers(moving).into()))
    }
}

/// Where the parts of an answer go.
struct Outlet {
    head: Option<oneshot::Sender<Result<Answer, QueryError>>>,
    rows: Option<Sender<Result<Row, QueryError>>>,
    triples: Option<Sender<Result<Triple, QueryError>>>,
}

impl Outlet {
    /// Passes a part on; `false` if nobody waits for it.
    async fn pass(&mut self, part: Reply) -> bool {
        match part {
            Reply::Columns(names) => {
                let (sender, rows) = channel(WAITING_ROWS);
                self.rows = Some(sender);
                let variables = names.into_iter().map(Variable::new_unchecked).collect();
                self.begin(Answer::Solutions { variables, rows })
            }
            Reply::Graph => {
                let (sender, triples) = channel(WAITING_ROWS);
                self.triples = Some(sender);
                self.begin(Answer::Graph(triples))
            }
            Reply::Boolean(value) => self.begin(Answer::Boolean(value)),
            Reply::Rows(rows) => {
                let Some(sender) = &self.rows else { return false };
                for row in rows {
                    let row = row.into_iter().map(|term| term.map(Term::from)).collect();
                    if sender.send(Ok(row)).await.is_err() {
                        return false;
                    }
                }
                true
            }
            Reply::Triples(triples) => {
                let Some(sender) = &self.triples else { return false };
                for triple in triples.into_iter().filter_map(read_triple) {
                    if sender.send(Ok(triple)).await.is_err() {
                        return false;
                    }
                }
                true
            }
            Reply::Done | Reply::Moved | Reply::Refused(_) | Reply::Failed(_) => false,
        }
    }

    fn begin(&mut self, answer: Answer) -> bool {
        self.head.take().is_some_and(|head| head.send(Ok(answer)).is_ok())
    }

    /// Tells whoever waits that the answer is not whole; nobody need be waiting.
    async fn fail(self, error: QueryError) {
        match self {
            Self { head: Some(head), .. } => drop(head.send(Err(error))),
            Self { rows: Some(rows), .. } => drop(rows.send(Err(error)).await),
            Self { triples: Some(triples), .. } => drop(triples.send(Err(error)).await),
            Self { .. } => {}
        }
    }
}
