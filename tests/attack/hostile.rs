//! Rows S30 to S33 and S35, and every other query that means harm: one file each in `tests/hostile`.
//!
//! Each ends within the limit and 250 ms, with the one answer that its file names, while somebody else is answered; the
//! server stays the same process, grows by at most 64 MB, and reaches nobody.
//!
//! What only the time can end is asked of a server that gives it little, everything else of one that gives it plenty: so
//! no answer depends on how fast the machine is.

mod case;
mod data;

use super::Watch;
use super::request::{Request, dechunked};
use super::target::Target;
use crate::circle::{Ends, root};
use adit_facts::Store;
use case::Case;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a query may take here, in seconds; by default it is fifteen.
const LITTLE: u64 = 2;
const PLENTY: u64 = 120;
/// How long anybody else may wait for an answer meanwhile.
const QUIET_MAX: Duration = Duration::from_secs(2);
/// By how much an answer may come later than that, and how often it is asked for until one comes in time: of a machine
/// that is busy with other tests none might, by chance.
const LATER: Duration = Duration::from_millis(250);
const TRIES: usize = 3;
/// Hostile queries at one time, and workers.
const AT_ONCE: usize = 2;
const WORKERS: usize = 4;
/// What somebody else asks meanwhile.
const QUIET: &str = "ASK { <https://a.example/i/0-0-0-0> <https://a.example/ns#partOf> ?o }";

/// What came of one request.
struct Outcome {
    /// `200`, `cut`, or a status and a code.
    answer: String,
    took: Duration,
}

/// Sends a request and reads whatever comes until the connection ends.
fn outcome(target: &Target, request: &Request) -> Outcome {
    let started = Instant::now();
    let mut stream = TcpStream::connect(target.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2 * PLENTY))).unwrap();
    stream.write_all(&request.bytes()).unwrap();
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    let took = started.elapsed();
    let split = memchr::memmem::find(&bytes, b"\r\n\r\n").map_or(0, |end| end + 4);
    let (head, body) = bytes.split_at(split);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap_or("nothing");
    let is_cut = head.contains("chunked") && dechunked(body).is_none();
    let problem = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let answer = match (status, problem["code"].as_str()) {
        ("200", _) if read.is_err() || is_cut => "cut".to_owned(),
        (status, Some(code)) => format!("{status} {code}"),
        (status, None) => status.to_owned(),
    };
    Outcome { answer, took }
}

/// A target that anybody may ask everything, of as many machines of a thousand parts each.
fn filled(settings: &str, machines: u32) -> Target {
    let mut target = Target::prepared(settings);
    let policies = target.folder().join("policies");
    std::fs::create_dir_all(&policies).unwrap();
    std::fs::copy(root().join("tests/w3c/all-open.json"), policies.join("all-open.json")).unwrap();
    data::fill(&Store::open(&target.folder().join(".adit/facts")).unwrap(), machines);
    target.start();
    target
}

impl Target {
    /// Its workers.
    fn workers(&self) -> Vec<u32> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.process())).unwrap();
        let children = threads.flatten().map(|thread| thread.path().join("children"));
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let ids = children.map(read).collect::<Vec<_>>().join(" ");
        ids.split_whitespace().map(|id| id.parse().unwrap()).collect()
    }
}

/// A target, what is still to be sent to it, and what went wrong.
struct Siege {
    target: Target,
    seconds: u64,
    waiting: Mutex<Vec<(String, Case)>>,
    wrong: Mutex<Vec<String>>,
}

impl Siege {
    fn note(&self, wrong: String) {
        self.wrong.lock().unwrap().push(wrong);
    }

    /// Sends one case after another; the refusals that were to come: what their sender sees, and the code.
    fn attack(&self) -> Vec<(String, String)> {
        let (mut refused, most) = (Vec::new(), Duration::from_secs(self.seconds) + LATER);
        loop {
            let next = self.waiting.lock().unwrap().pop();
            let Some((name, case)) = next else { return refused };
            let (seen, code) = case.outcome();
            let is_in_time = (0..TRIES).any(|_| {
                let Outcome { answer, took } = outcome(&self.target, &case.request());
                if answer != seen {
                    self.note(format!("{} {name}: {answer} in {took:?}", case.row));
                }
                refused.extend(code.map(|code| (seen.to_owned(), code.to_owned())));
                took <= most
            });
            if !is_in_time {
                self.note(format!("{} {name}: late {TRIES} times", case.row));
            }
        }
    }

    /// Asks again and again as somebody else; how long the slowest answer took.
    fn ask_quietly(&self, until: &AtomicBool) -> Duration {
        let (quiet, mut slowest) = (Request::sparql(QUIET), Duration::ZERO);
        while !until.load(Ordering::SeqCst) {
            let Outcome { answer, took } = outcome(&self.target, &quiet);
            if answer != "200" {
                self.note(format!("somebody else got {answer}"));
            }
            slowest = slowest.max(took);
            std::thread::sleep(Duration::from_millis(50));
        }
        slowest
    }
}

/// Sends some of the cases to a server that gives each query so many seconds.
fn besiege(seconds: u64, is_meant: impl Fn(&Case) -> bool) {
    let settings = format!(
        "workers = {WORKERS}\n[queries]\nseconds = {seconds}\n[limits]\nrequests = 100000\nburst = 100000\n"
    );
    let target = filled(&settings, 20);
    assert_eq!(outcome(&target, &Request::sparql(QUIET)).answer, "200");
    let (watch, entry) = (Watch::over(&target), target.last_entry());
    let meant = || Case::all().into_iter().filter(|(_, case)| is_meant(case));
    let waiting: Mutex<Vec<_>> = Mutex::new(meant().collect());
    let siege = Siege { target, seconds, waiting, wrong: Mutex::default() };
    let ended = AtomicBool::new(false);
    let mut refused = Vec::new();
    std::thread::scope(|scope| {
        let ends = Ends(&ended);
        let somebody_else = scope.spawn(|| siege.ask_quietly(&ended));
        let attackers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| siege.attack())).collect();
        refused.extend(attackers.into_iter().flat_map(|it| it.join().unwrap()));
        drop(ends);
        let slowest = somebody_else.join().unwrap();
        if slowest > QUIET_MAX {
            siege.note(format!("somebody else waited {slowest:?}"));
        }
    });
    let Siege { target, wrong, .. } = siege;
    let mut wrong = wrong.into_inner().unwrap();
    wrong.extend(watch.wrong(&target));
    // Each refusal is written down once, with its code and without the query. What is cut was permitted and begun: only
    // the counter tells why it ended.
    let entries = target.entries_after(entry);
    let written = counted(entries.iter().filter_map(|entry| entry.refusal()).map(str::to_owned));
    let (cut, whole): (Vec<_>, Vec<_>) = refused.into_iter().partition(|(seen, _)| *seen == "cut");
    let whole = counted(whole.into_iter().map(|(_, code)| code));
    if written != whole {
        wrong.push(format!("refused was {whole:?}, and the journal has {written:?}"));
    }
    let mut all = whole;
    for (_, code) in cut {
        *all.entry(code).or_default() += 1;
    }
    let counters = refusals(&target.metrics());
    if counters != all {
        wrong.push(format!("refused or cut was {all:?}, and the counters say {counters:?}"));
    }
    for (name, case) in meant() {
        let query = case.beginning();
        if entries.iter().any(|it| memchr::memmem::find(it.text.as_bytes(), &query).is_some()) {
            wrong.push(format!("the journal holds the query of {name}"));
        }
    }
    if target.workers().len() != WORKERS {
        wrong.push(format!("it has {} workers", target.workers().len()));
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_hostile_query_that_only_time_ends_does_so_and_harms_nobody() {
    besiege(LITTLE, Case::is_of_time);
}

#[test]
fn every_other_hostile_query_ends_by_what_it_is_and_harms_nobody() {
    besiege(PLENTY, |case| !case.is_of_time());
}

/// How often each stands there.
fn counted(all: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for one in all {
        *counted.entry(one).or_default() += 1;
    }
    counted
}

/// How often each code was told, by the counters.
fn refusals(metrics: &str) -> BTreeMap<String, usize> {
    let lines = metrics.lines().filter_map(|it| it.strip_prefix("adit_refusals_total{code=\""));
    let count = |line: &str| {
        let (code, times) = line.split_once("\"} ").unwrap();
        (code.to_owned(), times.parse().unwrap())
    };
    lines.map(count).collect()
}

#[test]
fn there_are_forty_hostile_queries_and_each_row_has_some() {
    let cases = Case::all();
    assert!(cases.len() >= 40, "{}", cases.len());
    for (row, least) in
        [("S30", 5), ("S31", 4), ("S32", 2), ("S33", 7), ("S35", 2), ("federation.md 7.3", 7)]
    {
        let count = cases.iter().filter(|(_, case)| case.row == row).count();
        assert!(count >= least, "{row}: {count}");
    }
    // Each of the limits of a worker is what ends some of them.
    for answer in [
        "504 query.deadline",
        "507 query.memory",
        "507 query.bytes",
        "cut query.bytes",
        "cut query.rows",
    ] {
        let count = cases.iter().filter(|(_, case)| case.answer == answer).count();
        assert!(count >= 1, "{answer}: {count}");
    }
}

#[test]
fn by_default_a_query_has_fifteen_seconds_and_ten_of_the_processor() {
    let target = filled("", 1);
    let product = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }";
    let Outcome { answer, took } = outcome(&target, &Request::sparql(product));
    assert_eq!(answer, "504 query.deadline");
    assert!(took >= Duration::from_secs(10), "after {took:?}");
    assert!(took <= Duration::from_secs(15) + LATER, "after {took:?}");
    assert_eq!(outcome(&target, &Request::sparql(QUIET)).answer, "200");
}

#[test]
fn workers_that_are_killed_or_stopped_by_hand_are_replaced() {
    let target = filled("workers = 1\n[queries]\nseconds = 2\n", 1);
    let quiet = || outcome(&target, &Request::sparql(QUIET)).answer;
    assert_eq!(quiet(), "200");
    let signal = |signal: &str| {
        for worker in target.workers() {
            let mut kill = std::process::Command::new("kill");
            assert!(kill.args([signal, &worker.to_string()]).status().unwrap().success());
        }
    };
    signal("-KILL");
    assert_eq!([quiet(), quiet(), quiet()], ["200"; 3]);
    signal("-STOP");
    for worker in target.workers() {
        // A signal is on its way until each thread has got it.
        let stands = |stat: String| stat.rsplit(')').next().unwrap_or_default().starts_with(" T");
        while !std::fs::read_to_string(format!("/proc/{worker}/stat")).is_ok_and(stands) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert_eq!(quiet(), "504 query.deadline");
    assert_eq!([quiet(), quiet(), quiet()], ["200"; 3]);
    assert_eq!(target.workers().len(), 1);
}
