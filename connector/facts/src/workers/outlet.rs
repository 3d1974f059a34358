//! An answer on its way from a worker to whoever asked.

use crate::wire::{Reply, read_triple};
use crate::{QueryError, Row};
use oxrdf::{Term, Triple, Variable};
use std::collections::BTreeSet;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// How many rows or triples wait for a slow reader before the worker waits too, and how many cells of wide rows.
const WAITING_ROWS: usize = 1024;
const WAITING_CELLS: usize = 16 * WAITING_ROWS;

/// A query that is evaluated.
#[derive(Debug)]
pub struct Evaluated {
    /// The answer.
    pub answer: Answer,
    /// The predicates that the query names, as IRIs; `None` where it asks for any.
    pub predicates: Option<BTreeSet<String>>,
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

/// What became of a part of an answer.
pub(super) enum Passed {
    /// It is with whoever asked.
    On,
    /// Whoever asked is gone.
    ToNobody,
    /// No such part can come now: what sent it must not be believed that an answer is whole.
    OutOfTurn,
}

/// Where the parts of an answer go.
pub(super) struct Outlet {
    head: Option<oneshot::Sender<Result<Evaluated, QueryError>>>,
    predicates: Option<BTreeSet<String>>,
    rows: Option<Sender<Result<Row, QueryError>>>,
    triples: Option<Sender<Result<Triple, QueryError>>>,
}

impl Outlet {
    pub(super) fn new(head: oneshot::Sender<Result<Evaluated, QueryError>>) -> Self {
        Self { head: Some(head), predicates: None, rows: None, triples: None }
    }

    /// Waits until nobody waits for the answer any more.
    pub(super) async fn gone(&mut self) {
        match self {
            Self { head: Some(head), .. } => head.closed().await,
            Self { rows: Some(rows), .. } => rows.closed().await,
            Self { triples: Some(triples), .. } => triples.closed().await,
            // All that there is of an answer was taken.
            Self { .. } => std::future::pending().await,
        }
    }

    /// Passes a part on.
    pub(super) async fn pass(&mut self, part: Reply) -> Passed {
        match part {
            Reply::Admitted(predicates) => {
                self.predicates = predicates;
                Passed::On
            }
            Reply::Columns(names) => {
                let waiting = (WAITING_CELLS / names.len().max(1)).clamp(1, WAITING_ROWS);
                let (sender, rows) = channel(waiting);
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
                let Some(sender) = &self.rows else { return Passed::OutOfTurn };
                for row in rows {
                    let row = row.into_iter().map(|term| term.map(Term::from)).collect();
                    if sender.send(Ok(row)).await.is_err() {
                        return Passed::ToNobody;
                    }
                }
                Passed::On
            }
            Reply::Triples(triples) => {
                let Some(sender) = &self.triples else { return Passed::OutOfTurn };
                for triple in triples {
                    let Some(triple) = read_triple(triple) else { return Passed::OutOfTurn };
                    if sender.send(Ok(triple)).await.is_err() {
                        return Passed::ToNobody;
                    }
                }
                Passed::On
            }
            Reply::Taken | Reply::Done | Reply::Moved | Reply::Refused(_) | Reply::Failed(_) => {
                Passed::OutOfTurn
            }
        }
    }

    fn begin(&mut self, answer: Answer) -> Passed {
        let Some(head) = self.head.take() else { return Passed::OutOfTurn };
        let predicates = self.predicates.take();
        match head.send(Ok(Evaluated { answer, predicates })) {
            Ok(()) => Passed::On,
            Err(_) => Passed::ToNobody,
        }
    }

    /// Tells whoever waits that the answer is not whole; nobody need be waiting.
    pub(super) async fn fail(self, error: QueryError) {
        match self {
            Self { head: Some(head), .. } => drop(head.send(Err(error))),
            Self { rows: Some(rows), .. } => drop(rows.send(Err(error)).await),
            Self { triples: Some(triples), .. } => drop(triples.send(Err(error)).await),
            Self { .. } => {}
        }
    }
}
