//! One worker process, as its server sees it.

use super::milliseconds;
use super::outlet::{Outlet, Passed};
use crate::wire::{Reply, frame};
use crate::{Fault, Job, Limits, QueryError, Refusal};
use rustix::process::Signal;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How often a query is begun again because a publication came between.
const BEGINNINGS: usize = 5;
/// What a frame may have beyond the limit of an answer: the row that passes it, and the frame around it.
const FRAME_SLACK: usize = 1 << 20;
/// How much is kept of what a worker wrote last on its standard error.
const LAST_WORDS_BYTES: usize = 4096;
/// How long a process that said no more is given to end by itself.
const GRACE: Duration = Duration::from_millis(200);

/// A process that answers one query after another.
pub(super) struct Process {
    child: Child,
    orders: ChildStdin,
    replies: BufReader<ChildStdout>,
    last_words: JoinHandle<Vec<u8>>,
    /// How many orders it was given.
    pub(super) answered: u32,
}

/// How a query left its worker.
pub(super) enum Left {
    /// Ready for the next one.
    Ready(Result<(), QueryError>),
    /// Dead or not to be trusted with the next one.
    Ended,
    /// Still busy for a caller who is gone.
    Abandoned,
    /// Dead before it took the order, so that another can have it.
    Unheard,
}

impl Process {
    pub(super) fn spawn(exe: &Path, args: &[String]) -> Result<Self, Fault> {
        let mut command = Command::new(exe);
        // What lists of processes show.
        command.args(args).arg0("adit").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |error: &dyn std::fmt::Display| {
            Fault::Workers(format!("{} cannot be started: {error}", exe.display()))
        };
        let mut child = command.spawn().map_err(|error| failed(&error))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(orders), Some(replies), Some(errors)) = pipes else {
            return Err(failed(&"it has no pipes"));
        };
        let last_words = tokio::spawn(last_words(errors));
        Ok(Self { child, orders, replies: BufReader::new(replies), last_words, answered: 0 })
    }

    /// Whether it has not ended, as far as the system has told.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it at once, stopped or busy as it may be.
    pub(super) async fn kill(mut self) -> Result<(), Fault> {
        let killed = self.child.kill().await;
        killed.map_err(|error| Fault::Workers(format!("a worker cannot be ended: {error}")))
    }

    /// Gives it an order and passes its answer on.
    pub(super) async fn converse(
        &mut self,
        job: &Job,
        outlet: &mut Outlet,
        limits: &Limits,
    ) -> Left {
        self.answered += 1;
        if self.answered == 1 && self.send(limits).await.is_err() {
            return Left::Unheard;
        }
        let mut is_taken = false;
        for _ in 0..BEGINNINGS {
            let order = match job.order() {
                Ok(order) => order,
                Err(fault) => return Left::Ready(Err(fault.into())),
            };
            if self.send(&order).await.is_err() {
                return if is_taken { Left::Ended } else { Left::Unheard };
            }
            loop {
                let reply = tokio::select! {
                    reply = self.receive(limits) => reply,
                    () = outlet.gone() => return Left::Abandoned,
                };
                match reply {
                    Err(_) if is_taken => return Left::Ended,
                    Err(_) => return Left::Unheard,
                    Ok(Reply::Done) => return Left::Ready(Ok(())),
                    Ok(Reply::Refused(refusal)) => return Left::Ready(Err(refusal.into())),
                    Ok(Reply::Failed(text)) => {
                        return Left::Ready(Err(Fault::Workers(text).into()));
                    }
                    Ok(Reply::Moved) => break,
                    Ok(Reply::Taken) => is_taken = true,
                    Ok(part) => match outlet.pass(part).await {
                        Passed::On => {}
                        Passed::ToNobody => return Left::Abandoned,
                        Passed::OutOfTurn => return Left::Ended,
                    },
                }
            }
        }
        let moving = "the store moved on faster than the query could begin".to_owned();
        Left::Ready(Err(Fault::Workers(moving).into()))
    }

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

    /// What it died of; one that only fell silent is ended first.
    pub(super) async fn post_mortem(&mut self, limits: &Limits) -> Refusal {
        let status = match timeout(GRACE, self.child.wait()).await {
            Ok(Ok(status)) => Some(status),
            Ok(Err(_)) | Err(_) => {
                drop(self.child.kill().await);
                None
            }
        };
        let words = timeout(GRACE, &mut self.last_words).await;
        let words = words.ok().and_then(Result::ok).unwrap_or_default();
        let words = String::from_utf8_lossy(&words);
        if words.contains("memory allocation of") {
            return Refusal::Memory { limit_mb: limits.memory_bytes / 1_000_000 };
        }
        if status.and_then(|status| status.signal()) == Some(Signal::XCPU.as_raw()) {
            return Refusal::Processor { limit_ms: milliseconds(limits.processor) };
        }
        let how = match (words.contains("overflowed its stack"), status) {
            (true, _) => "its stack overflowed".to_owned(),
            (false, Some(status)) => how_ended(status),
            (false, None) => "it answered what cannot be read".to_owned(),
        };
        Refusal::Killed { how }
    }
}

/// Reads all that a process writes on its standard error, so that it never waits for a reader, and keeps the end of it.
async fn last_words(mut errors: ChildStderr) -> Vec<u8> {
    let (mut words, mut chunk) = (Vec::new(), [0; 1024]);
    while let Ok(read @ 1..) = errors.read(&mut chunk).await {
        words.extend_from_slice(&chunk[..read]);
        words.drain(..words.len().saturating_sub(LAST_WORDS_BYTES));
    }
    words
}

fn how_ended(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("signal {signal}"),
        (None, Some(code)) => format!("exit code {code}"),
        (None, None) => "unknown".to_owned(),
    }
}
