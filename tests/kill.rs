//! kill -9 while publishing: the store opens with the old or the new generation, and the journal is whole.

use crate::circle::{json, program, root};
use adit::circle::copy;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Every place in a publication at which the program can be stopped.
const POINTS: &[&str] = &[
    "journal.blob.written",
    "journal.blob.synced",
    "journal.blob.renamed",
    "app.publish.before-append",
    "journal.append.before-commit",
    "journal.append.after-commit",
    "app.publish.after-append",
    "facts.apply.begun",
    "facts.apply.before-commit",
    "facts.apply.after-commit",
];

/// A company with something published, and a file changed since.
struct Company {
    _folder: tempfile::TempDir,
    path: PathBuf,
    old: String,
}

impl Company {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mill");
        copy(&root().join("examples/mill"), &path).unwrap();
        // Its customers' numbers resolve to DIDs from partners.csv alone; nobody has to answer.
        run(&path, &["init", "--passphrase-file", "../mill.passphrase"], "");
        run(&path, &["publish"], "");
        let old = hash(&path);
        let heats = path.join("charger.csv");
        let mut text = std::fs::read(&heats).unwrap();
        let line = last_line(&text);
        let (_, rest) = line.split_once(';').unwrap();
        text.extend_from_slice(format!("900001;{rest}\r\n").as_bytes());
        std::fs::write(&heats, text).unwrap();
        Self { _folder: folder, path, old }
    }

    /// What the store holds after a restart: the old facts or the new ones, never a mixture.
    fn settle(&self, new: &str) -> bool {
        let verified = json(&run(&self.path, &["journal", "verify", "--json"], ""));
        assert!(verified["entries"].as_u64().unwrap() >= 1, "{verified}");
        let now = hash(&self.path);
        assert!(now == self.old || now == new, "the store holds neither the old nor the new facts");
        now == new
    }
}

fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().rfind(|line| !line.is_empty()).unwrap().to_owned()
}

fn run(folder: &Path, arguments: &[&str], points: &str) -> std::process::Output {
    let output = spawn(folder, arguments, points).wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn spawn(folder: &Path, arguments: &[&str], points: &str) -> Child {
    Command::new(program())
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("FAILPOINTS", points)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The hash of the fact store, after it caught up with the journal; rebuilding gives the same.
fn hash(folder: &Path) -> String {
    // Any command that opens the folder brings the store up to the journal.
    run(folder, &["diff"], "");
    let rebuilt: Value = json(&run(folder, &["rebuild", "--json"], ""));
    assert_eq!(rebuilt["equal"], true, "the store differs from what the journal says: {rebuilt}");
    rebuilt["hash"].as_str().unwrap().to_owned()
}

/// The hash after the change is published undisturbed.
fn new_hash() -> String {
    let company = Company::new();
    run(&company.path, &["publish"], "");
    let new = hash(&company.path);
    assert_ne!(new, company.old);
    new
}

#[test]
fn a_kill_at_each_named_point_leaves_the_old_or_the_new_generation() {
    let new = new_hash();
    let mut outcomes = [0, 0];
    for point in POINTS {
        let company = Company::new();
        let mut child = spawn(&company.path, &["publish"], &format!("{point}=pause"));
        wait_until_it_stands_still(&mut child, point);
        child.kill().unwrap();
        child.wait().unwrap();
        outcomes[usize::from(company.settle(&new))] += 1;
    }
    assert!(outcomes[0] > 0 && outcomes[1] > 0, "old {}, new {}", outcomes[0], outcomes[1]);
}

/// Waits until a process that a fail-point pauses no longer uses the processor.
fn wait_until_it_stands_still(child: &mut Child, point: &str) {
    let started = Instant::now();
    let mut last = (0, Instant::now());
    loop {
        assert!(child.try_wait().unwrap().is_none(), "{point} is not on the way of a publication");
        let used = ticks(child.id());
        if used != last.0 {
            last = (used, Instant::now());
        }
        // Start-up uses some; after that a paused process uses none.
        if used > 0 && last.1.elapsed() > Duration::from_millis(400) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{point} never stood still");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u64>().ok()).sum()
}

/// A publication that has written its first blob, each of its steps a little slower than it would be.
fn begun(company: &Company) -> (Child, Instant) {
    let slow = POINTS.iter().map(|point| format!("{point}=sleep(4)")).collect::<Vec<_>>().join(";");
    let blobs = company.path.join(".adit/blobs");
    let before = count(&blobs);
    let mut child = spawn(&company.path, &["publish"], &slow);
    let started = Instant::now();
    while count(&blobs) == before {
        assert!(child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_micros(200));
    }
    (child, Instant::now())
}

#[test]
fn kills_at_fifty_moments_of_a_publication_never_mix_generations() {
    let new = new_hash();
    // How long it takes from the first journal write to the end, undisturbed.
    let company = Company::new();
    let (mut child, first_write) = begun(&company);
    assert!(child.wait().unwrap().success());
    let span = first_write.elapsed();

    let (mut outcomes, mut between) = ([0, 0], 0);
    for moment in 0..50 {
        let company = Company::new();
        let (mut child, first_write) = begun(&company);
        std::thread::sleep((span * moment / 50).saturating_sub(first_write.elapsed()));
        let running = child.try_wait().unwrap().is_none();
        drop(child.kill());
        child.wait().unwrap();
        let committed = company.settle(&new);
        outcomes[usize::from(committed)] += 1;
        between += usize::from(running && !committed);
    }
    assert!(
        between >= 25,
        "only {between} kills came between the first journal write and the commit"
    );
    assert!(outcomes[0] > 0 && outcomes[1] > 0, "old {}, new {}", outcomes[0], outcomes[1]);
}

fn count(dir: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    entries
        .flatten()
        .map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 })
        .sum()
}
