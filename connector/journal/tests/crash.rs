//! What the journal promises when a process or a disk fails: this program starts itself again as a child that appends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use adit_journal::{Fault, Hash, Journal, Kind, Record, verify};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Set in a child: the folder in which it appends.
const FOLDER: &str = "ADIT_JOURNAL_CRASH_FOLDER";
const RECORD_BYTES: usize = 400;

fn record(body: serde_json::Value, blobs: Vec<Hash>) -> Record {
    Record { kind: Kind::Decision, at: "2026-11-22T16:50:00Z".to_owned(), body, blobs }
}

/// The child: appends from several threads until it is killed or refused, and says which numbers were acknowledged.
#[test]
fn child_appends_if_it_is_told_where() {
    #[expect(clippy::disallowed_methods, reason = "a child learns its folder from its parent")]
    let Ok(dir) = std::env::var(FOLDER) else { return };
    let journal = Journal::open(Path::new(&dir)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let journal = &journal;
            scope.spawn(move || append_until_refused(journal, thread));
        }
    });
    let stopped = journal.append(record(json!({}), vec![])).unwrap_err();
    let readable = journal.entries(1, usize::MAX).unwrap().len();
    say(&format!("stopped with {readable} readable: {stopped}"));
}

fn append_until_refused(journal: &Journal, thread: u64) {
    for n in 0_u64.. {
        let blobs = match n % 5 {
            0 => vec![journal.put_blob(format!("{thread} {n}").as_bytes()).unwrap()],
            _ => vec![],
        };
        match journal.append(record(json!({ "n": n, "fill": "x".repeat(RECORD_BYTES) }), blobs)) {
            Ok(entry) => say(&format!("acknowledged {} {}", entry.number, entry.leaf)),
            Err(Fault::Database { .. } | Fault::Stopped { .. }) => return,
            Err(fault) => panic!("{fault}"),
        }
    }
}

/// One write per line, so that lines of several threads stay whole and nothing waits in a buffer.
fn say(line: &str) {
    std::io::stdout().write_all(format!("\n{line}\n").as_bytes()).unwrap();
}

/// Starts the child, under a shell command that ends with `exec`.
fn child(dir: &Path, shell: &str) -> Child {
    Command::new("sh")
        .args(["-c", &format!("{shell} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "child_appends_if_it_is_told_where", "--nocapture"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The number and the leaf of a line that acknowledges an entry.
fn acknowledged(line: &str) -> Option<(u64, Hash)> {
    let (number, leaf) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
    // A line may be cut off by the kill.
    Some((number.parse().ok()?, leaf.parse().ok()?))
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(9);
    let mut known = Vec::new();
    for round in 0..20 {
        let mut child = child(dir.path(), "");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut heard: Vec<_> = lines
            .by_ref()
            .filter_map(|line| acknowledged(&line))
            .take(random.usize(1..60))
            .collect();
        child.kill().unwrap();
        child.wait().unwrap();
        heard.extend(lines.filter_map(|line| acknowledged(&line)));
        known.append(&mut heard);

        let verified = verify(dir.path()).unwrap();
        let journal = Journal::open(dir.path()).unwrap();
        assert_eq!((journal.len(), journal.root()), (verified.entries(), verified.root()));
        for (number, leaf) in &known {
            let entry = journal.entry(*number).unwrap();
            assert_eq!(entry.map(|e| e.leaf), Some(*leaf), "entry {number} after round {round}");
        }
    }
    assert!(known.len() > 200, "{} acknowledged", known.len());
}

#[test]
fn after_a_failed_write_the_journal_stops_and_is_readable() {
    let dir = tempfile::tempdir().unwrap();
    // A file may not grow beyond 200 KiB or so, and the write that would do it fails.
    let child = child(dir.path(), "trap '' XFSZ; ulimit -f 400;");
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();

    let known: Vec<_> = said.lines().filter_map(acknowledged).collect();
    let stopped = said.lines().find(|line| line.starts_with("stopped with ")).unwrap();
    let expected = format!(
        "stopped with {} readable: the journal stopped after a failed write ({}: disk I/O error); \
         check the disk and start again",
        known.len(),
        dir.path().join("journal.db").display()
    );
    assert_eq!(stopped, expected);

    let journal = Journal::open(dir.path()).unwrap();
    for (number, leaf) in &known {
        assert_eq!(journal.entry(*number).unwrap().map(|e| e.leaf), Some(*leaf));
    }
    let next = journal.append(record(json!({}), vec![])).unwrap().number;
    assert_eq!(verify(dir.path()).unwrap().entries(), next);
}
