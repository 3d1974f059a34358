//! Rows S30 to S33 and S35, and every other query that means harm: one file each in `tests/hostile`.
//!
//! Each ends within the limit and 250 ms, with the answer that its file names, while somebody else is answered; the
//! server stays the same process, grows by at most 256 MB, and reaches nobody.

mod case;
mod data;

use super::peer::forbidden;
use super::request::{Request, dechunked};
use super::target::Target;
use crate::circle::root;
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
const SECONDS: u64 = 2;
/// By how much an answer may come later than that, and how often it is asked for until one comes in time: of a machine
/// that is busy with other tests none might, by chance.
const LATER: Duration = Duration::from_millis(250);
const TRIES: usize = 3;
/// By how much the server may grow, in bytes.
const GROWTH_MAX: u64 = 256 << 20;
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
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
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
    /// The most resident memory that it ever had, in bytes.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

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
    waiting: Mutex<Vec<(String, Case)>>,
    wrong: Mutex<Vec<String>>,
}

impl Siege {
    fn note(&self, wrong: String) {
        self.wrong.lock().unwrap().push(wrong);
    }

    /// Sends one case after another; the answers that came.
    fn attack(&self) -> Vec<String> {
        let mut answers = Vec::new();
        loop {
            let next = self.waiting.lock().unwrap().pop();
            let Some((name, case)) = next else { return answers };
            let (name, most) =
                (format!("{} {name}", case.row), Duration::from_secs(SECONDS) + LATER);
            let mut sent = (0..TRIES).map(|_| outcome(&self.target, &case.request()));
            let in_time = sent.find(|outcome| {
                answers.push(outcome.answer.clone());
                outcome.took <= most
            });
            match in_time {
                None => self.note(format!("{name}: late {TRIES} times")),
                Some(Outcome { answer, took }) => {
                    let allowed = |it: &String| match it.split_once(' ') {
                        Some(("cut", _)) => answer == "cut",
                        _ => *it == answer,
                    };
                    if !case.answer.iter().any(allowed) {
                        self.note(format!("{name}: {answer} in {took:?}"));
                    }
                }
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

#[test]
fn every_hostile_query_ends_in_time_and_harms_nobody() {
    let settings = format!(
        "workers = {WORKERS}\n[queries]\nseconds = {SECONDS}\n[limits]\nrequests = 100000\nburst = 100000\n"
    );
    let target = filled(&settings, 20);
    assert_eq!(outcome(&target, &Request::sparql(QUIET)).answer, "200");
    let (process, before, entry) = (target.process(), target.resident(), target.last_entry());
    let reached = forbidden().connections();

    let siege = Siege { target, waiting: Mutex::new(Case::all()), wrong: Mutex::default() };
    let ended = AtomicBool::new(false);
    let mut refused = BTreeMap::<String, usize>::new();
    std::thread::scope(|scope| {
        let somebody_else = scope.spawn(|| siege.ask_quietly(&ended));
        let attackers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| siege.attack())).collect();
        for attacker in attackers {
            for answer in attacker.join().unwrap() {
                *refused.entry(answer).or_default() += 1;
            }
        }
        ended.store(true, Ordering::SeqCst);
        let slowest = somebody_else.join().unwrap();
        if slowest > Duration::from_secs(SECONDS) {
            siege.note(format!("somebody else waited {slowest:?}"));
        }
    });
    let Siege { target, wrong, .. } = siege;
    let mut wrong = wrong.into_inner().unwrap();
    let grown = target.peak().saturating_sub(before);
    if grown > GROWTH_MAX {
        wrong.push(format!("the server grew by {} MB", grown >> 20));
    }
    // Each refusal is written down, with its code.
    let mut written = BTreeMap::<String, usize>::new();
    for entry in target.entries_after(entry) {
        if let Some(code) = entry.refusal() {
            *written.entry(code.to_owned()).or_default() += 1;
        }
    }
    for (answer, count) in refused {
        if let Some((_, code)) = answer.split_once(' ')
            && written.get(code).is_none_or(|written| *written < count)
        {
            wrong.push(format!("{code} came {count} times, the journal has {written:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(target.process(), process);
    assert!(target.is_alive());
    assert_eq!(forbidden().connections(), reached, "somebody was reached");
    assert_eq!(target.workers().len(), WORKERS);
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
    assert!(cases.iter().all(|(_, case)| !case.answer.is_empty()));
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
