//! The worker process: reads orders from its standard input, answers on its standard output.

use crate::evaluate::Part;
use crate::gate::{STACK, predicates};
use crate::wire::{Order, Reply, WireTerm, frame, wire_term, wire_triple};
use crate::{Fault, Graphs, Limits, QueryError, QueryText, Refusal, Store, View};
use oxrdf::NamedNode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::io::{Read, Write, stdin, stdout};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How much of an answer is collected before it is sent.
const BATCH_BYTES: usize = 16 << 10;

/// Runs a worker process until its standard input closes; the executable calls it for its worker subcommand.
///
/// The process limits its own memory before it reads the first query, and its processor time before each.
pub fn worker_main() -> ExitCode {
    let (sender, frames) = channel();
    // A thread of its own reads, so that a busy worker too ends as soon as its server does.
    let reader = std::thread::Builder::new().spawn(move || {
        while let Ok(bytes) = read_frame() {
            if sender.send(bytes).is_err() {
                return;
            }
        }
        std::process::exit(0);
    });
    // A deeper stack would count against the memory limit.
    let evaluator = std::thread::Builder::new().stack_size(STACK).spawn(move || serve(&frames));
    match (reader, evaluator.map(std::thread::JoinHandle::join)) {
        (Ok(_), Ok(Ok(Ok(())))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn read_frame() -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stdin().read_exact(&mut length)?;
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    stdin().read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Why a worker ends.
enum End {
    Closed,
    Broken,
}

fn next<T: DeserializeOwned>(frames: &Receiver<Vec<u8>>) -> Result<T, End> {
    let bytes = frames.recv().map_err(|_| End::Closed)?;
    postcard::from_bytes(&bytes).map_err(|_| End::Broken)
}

fn serve(frames: &Receiver<Vec<u8>>) -> Result<(), End> {
    let limits: Limits = next(frames)?;
    limit(&limits).map_err(|_| End::Broken)?;
    let mut stores = HashMap::new();
    loop {
        let order = next(frames)?;
        limit_processor(&limits).map_err(|_| End::Broken)?;
        send(&Reply::Taken).map_err(|_| End::Broken)?;
        let last = answer(&limits, &mut stores, order).unwrap_or_else(Reply::from);
        send(&last).map_err(|_| End::Broken)?;
    }
}

/// Limits the process for good: its memory, and that it leaves no image of it behind.
fn limit(limits: &Limits) -> std::io::Result<()> {
    let at_most = |resource, value: u64| {
        let maximum = getrlimit(resource).maximum.map_or(value, |maximum| maximum.min(value));
        setrlimit(resource, Rlimit { current: Some(maximum), maximum: Some(maximum) })
    };
    // The map of the store counts against the address space, so what is limited is private memory.
    at_most(Resource::Data, limits.memory_bytes)?;
    Ok(at_most(Resource::Core, 0)?)
}

/// Limits the processor time of the next query; the system counts that of the whole process, in seconds.
fn limit_processor(limits: &Limits) -> std::io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let used = Duration::new(used.tv_sec.unsigned_abs(), used.tv_nsec.unsigned_abs() as u32);
    let seconds = (used + limits.processor).as_secs() + 1;
    let maximum = getrlimit(Resource::Cpu).maximum;
    let current = maximum.map_or(seconds, |maximum| maximum.min(seconds));
    Ok(setrlimit(Resource::Cpu, Rlimit { current: Some(current), maximum })?)
}

fn send(reply: &Reply) -> std::io::Result<()> {
    let bytes = frame(reply).map_err(std::io::Error::other)?;
    let mut out = stdout().lock();
    out.write_all(&bytes)?;
    out.flush()
}

fn answer(
    limits: &Limits,
    stores: &mut HashMap<PathBuf, Store>,
    order: Order,
) -> Result<Reply, QueryError> {
    let query = QueryText::scan(&order.text, order.base.as_deref(), limits)?.parse_here()?;
    reply(&Reply::Admitted(predicates(&query)))?;
    let Some(view) = open(stores, &order)? else { return Ok(Reply::Moved) };
    let iris = |iris: Vec<String>| iris.into_iter().map(NamedNode::new_unchecked).collect();
    let graphs = Graphs { default: iris(order.default_graphs), named: iris(order.named_graphs) };
    let mut outlet = Outlet::new(limits);
    view.evaluate(&query, graphs.into_dataset(), &mut |part| match outlet.take(part) {
        Ok(()) => ControlFlow::Continue(()),
        Err(stop) => {
            outlet.stopped = Some(stop);
            ControlFlow::Break(())
        }
    })?;
    if let Some(stop) = outlet.stopped.take() {
        return Err(stop);
    }
    outlet.flush()?;
    Ok(Reply::Done)
}

/// Opens the view that was ordered; a store is kept open for the next order unless it dies with this one.
fn open(stores: &mut HashMap<PathBuf, Store>, order: &Order) -> Result<Option<View>, Fault> {
    let fresh = |directory: &Path| {
        let store = Store::open_read_only(directory)?;
        Ok::<_, Fault>((View::open_sight(&store, order.sight.clone(), order.at)?, store))
    };
    if order.passing {
        return Ok(fresh(&order.directory)?.0);
    }
    if let Some(store) = stores.get(&order.directory) {
        if let Some(view) = View::open_sight(store, order.sight.clone(), order.at)? {
            return Ok(Some(view));
        }
        // The store may have been rebuilt under the same name: let go of the old files and look again.
        stores.remove(&order.directory);
    }
    let (view, store) = fresh(&order.directory)?;
    stores.insert(order.directory.clone(), store);
    Ok(view)
}

/// Collects an answer into frames and holds it to its limits.
///
/// Its head waits for the first rows, so that a query which fails before there are any is refused as a whole.
struct Outlet<'l> {
    limits: &'l Limits,
    head: Option<Reply>,
    rows: Vec<Vec<Option<WireTerm>>>,
    triples: Vec<[WireTerm; 3]>,
    waiting: usize,
    count: usize,
    bytes: usize,
    stopped: Option<QueryError>,
}

impl<'l> Outlet<'l> {
    fn new(limits: &'l Limits) -> Self {
        let (rows, triples) = (Vec::new(), Vec::new());
        Self { limits, head: None, rows, triples, waiting: 0, count: 0, bytes: 0, stopped: None }
    }

    fn take(&mut self, part: Part<'_>) -> Result<(), QueryError> {
        let head = match part {
            Part::Columns(variables) => {
                let names = variables.iter().map(|variable| variable.as_str().to_owned()).collect();
                Reply::Columns(names)
            }
            Part::Boolean(value) => Reply::Boolean(value),
            Part::Graph => Reply::Graph,
            Part::Row(row) => {
                let row: Vec<_> = row.iter().map(|term| term.as_ref().map(wire_term)).collect();
                self.count(row.iter().map(|cell| cell.as_ref().map_or(1, size)).sum())?;
                self.rows.push(row);
                return self.flush_full();
            }
            Part::Triple(triple) => {
                let triple = wire_triple(triple);
                self.count(triple.iter().map(size).sum())?;
                self.triples.push(triple);
                return self.flush_full();
            }
        };
        self.head = Some(head);
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.count += 1;
        self.bytes += bytes;
        self.waiting += bytes;
        if self.count > self.limits.rows {
            return Err(Refusal::Rows { limit: self.limits.rows });
        }
        if self.bytes > self.limits.answer_bytes {
            return Err(Refusal::Bytes { limit: self.limits.answer_bytes });
        }
        Ok(())
    }

    fn flush_full(&mut self) -> Result<(), QueryError> {
        if self.waiting < BATCH_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), QueryError> {
        self.waiting = 0;
        if let Some(head) = self.head.take() {
            reply(&head)?;
        }
        if !self.rows.is_empty() {
            reply(&Reply::Rows(std::mem::take(&mut self.rows)))?;
        }
        if !self.triples.is_empty() {
            reply(&Reply::Triples(std::mem::take(&mut self.triples)))?;
        }
        Ok(())
    }
}

fn reply(reply: &Reply) -> Result<(), QueryError> {
    Ok(send(reply).map_err(Fault::io("sending an answer to the server"))?)
}

/// About the bytes that a term takes on its way.
fn size(term: &WireTerm) -> usize {
    8 + match term {
        WireTerm::Iri(text) | WireTerm::Blank(text) | WireTerm::Plain(text) => text.len(),
        WireTerm::Tagged(text, more) | WireTerm::Typed(text, more) => text.len() + more.len(),
    }
}
