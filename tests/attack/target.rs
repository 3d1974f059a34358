//! The connector under attack: a process with a folder of its own.

use super::peer::{Party, Peer, forbidden};
use crate::circle::{ended, program};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Its DID.
pub const DID: &str = "did:web:target.example";

/// A connector that is attacked, and the names of those it may ask.
#[derive(Debug)]
pub struct Target {
    root: tempfile::TempDir,
    variables: Vec<(String, String)>,
    running: Option<Running>,
    hosts: Mutex<BTreeMap<String, SocketAddr>>,
    asked: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    address: SocketAddr,
}

/// One entry of its journal.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its kind, such as `refusal`.
    pub kind: String,
    /// What it says.
    pub body: Value,
    /// The whole record as it is stored.
    pub text: String,
}

impl Entry {
    /// The code, if the entry stands for a refused call: one of the gates, or a no of a policy.
    pub fn refusal(&self) -> Option<&str> {
        match self.kind.as_str() {
            "refusal" => Some(self.body["code"].as_str().unwrap_or("without a code")),
            _ => self.body["outcome"]["refusal"]["code"].as_str(),
        }
    }
}

impl Target {
    /// Makes a company `did:web:target.example` with some lines in its `adit.toml`; it does not run yet.
    ///
    /// The lines stand above the table `[network]`; a table among them begins with its own head.
    pub fn prepared(settings: &str) -> Self {
        let root = tempfile::Builder::new().prefix("adit-attack-").tempdir().unwrap();
        let target = Self {
            root,
            variables: Vec::new(),
            running: None,
            hosts: Mutex::default(),
            asked: Arc::default(),
        };
        let text = format!(
            "did = \"{DID}\"\nname = \"Target\"\nbase = \"https://connector.target.example\"\n{settings}\n\
             [network]\nhosts_file = \"../hosts.toml\"\n"
        );
        std::fs::create_dir_all(target.folder()).unwrap();
        std::fs::write(target.folder().join("adit.toml"), text).unwrap();
        std::fs::write(target.root.path().join("hosts.toml"), "").unwrap();
        target.adit(&["init", "--passphrase-file", "../target.passphrase"]);
        target
    }

    /// [`prepared`](Self::prepared), and running.
    pub fn started(settings: &str) -> Self {
        let mut target = Self::prepared(settings);
        target.start();
        target
    }

    /// The same with a variable of the environment for the server, before it starts.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the server, or starts it again.
    pub fn start(&mut self) {
        forbidden();
        let address_file = self.folder().join(".adit/address");
        drop(std::fs::remove_file(&address_file));
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes", "-C"])
            .arg(self.folder())
            // A trace of a panic would fill the memory that rows measure.
            .env("RUST_BACKTRACE", "0")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let started = Instant::now();
        let address = loop {
            let found = std::fs::read_to_string(&address_file).ok();
            if let Some(address) = found.and_then(|text| text.parse().ok()) {
                break address;
            }
            let ended = child.try_wait().unwrap();
            assert!(
                ended.is_none() && started.elapsed() < Duration::from_secs(60),
                "the target did not start: {}",
                std::fs::read_to_string(self.log()).unwrap()
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        self.running = Some(Running { child, address });
        for name in ["target.example", "connector.target.example", "id.target.example"] {
            self.note_host(name, address);
        }
    }

    /// Ends the server at once, as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.child.kill().unwrap();
            running.child.wait().unwrap();
        }
    }

    /// Asks the server to end, as a service manager does, and waits until it did.
    pub fn end(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        // Closing its standard input asks a server to end; it has a moment for it.
        drop(running.child.stdin.take());
        let started = Instant::now();
        while running.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if started.elapsed() > Duration::from_secs(3) {
                drop(running.child.kill());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Somebody else's server on 127.0.0.2, which the target may ask under this name.
    pub fn peer(&self, host: &str) -> Peer {
        let peer = Peer::start(host, self.asked.clone());
        self.note_host(host, peer.address);
        peer
    }

    /// A name that stands for an address.
    pub fn note_host(&self, name: &str, address: SocketAddr) {
        let mut hosts = self.hosts.lock().unwrap();
        hosts.insert(name.to_owned(), address);
        let text: String =
            hosts.iter().map(|(name, address)| format!("\"{name}\" = \"{address}\"\n")).collect();
        // A reader sees the old file or the new one.
        let new = self.root.path().join("hosts.new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.root.path().join("hosts.toml")).unwrap();
    }

    /// How many requests the peers of this target got.
    pub fn requests_to_peers(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Lets an issuer issue a type.
    pub fn trust(&self, issuer: &Party, kind: &str) {
        self.adit(&["trust", "add", &issuer.did, "--type", kind]);
    }

    /// Runs a command in its folder, which must succeed.
    pub fn adit(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "adit {arguments:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    /// Runs a command in its folder, whatever comes of it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program());
        ended(command.arg("-C").arg(self.folder()).args(arguments))
    }

    /// Its folder.
    pub fn folder(&self) -> PathBuf {
        self.root.path().join("target")
    }

    /// What it told its operator.
    pub fn log(&self) -> PathBuf {
        self.root.path().join("target.log")
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("a running target").address
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.running.as_ref().expect("a running target").child.id()
    }

    /// Whether the process still is the one that was started, and runs.
    pub fn is_alive(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process()));
        stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().starts_with(" Z"))
    }

    /// Its resident memory, in bytes.
    pub fn resident(&self) -> u64 {
        memory(self.process(), "VmRSS:")
    }

    /// The most resident memory that it ever had, in bytes.
    pub fn peak(&self) -> u64 {
        memory(self.process(), "VmHWM:")
    }

    fn journal(&self) -> Connection {
        let path = self.folder().join(".adit/journal.db");
        let journal = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        journal.busy_timeout(Duration::from_secs(10)).unwrap();
        journal
    }

    /// The entries of its journal after a number.
    pub fn entries_after(&self, number: u64) -> Vec<Entry> {
        let journal = self.journal();
        let mut rows = journal
            .prepare("SELECT kind, record FROM entry WHERE number > ?1 ORDER BY number")
            .unwrap();
        let entry = |row: &rusqlite::Row<'_>| {
            let record: Vec<u8> = row.get(1)?;
            let text = String::from_utf8(record).unwrap();
            let mut body: Value = serde_json::from_str(&text).unwrap();
            let body = body["body"].take();
            Ok(Entry { kind: row.get(0)?, body, text })
        };
        let found = rows.query_map([number.cast_signed()], entry).unwrap();
        found.collect::<Result<_, _>>().unwrap()
    }

    /// The number of the last entry of its journal.
    pub fn last_entry(&self) -> u64 {
        let journal = self.journal();
        let last: i64 = journal
            .query_row("SELECT coalesce(max(number), 0) FROM entry", [], |row| row.get(0))
            .unwrap();
        last.unsigned_abs()
    }

    /// The files that hold a text: in its state folder, and its log.
    pub fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let mut files = vec![self.log()];
        below(&self.folder().join(".adit"), &mut files);
        let holds = |path: &PathBuf| {
            let bytes = std::fs::read(path).unwrap_or_default();
            memchr::memmem::find(&bytes, text.as_bytes()).is_some()
        };
        files.into_iter().filter(holds).collect()
    }

    /// Its counters, as its own people read them at its socket.
    pub fn metrics(&self) -> String {
        let socket = self.folder().join(".adit/control.sock");
        let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
        let request = "GET /metrics HTTP/1.1\r\nHost: adit\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    /// What opens its keys.
    pub fn passphrase(&self) -> String {
        let text = std::fs::read_to_string(self.root.path().join("target.passphrase")).unwrap();
        let secret = text.lines().rfind(|line| !line.starts_with('#'));
        secret.expect("a passphrase").to_owned()
    }
}

/// What the system says of the memory of a living process, in bytes: `VmRSS:` now, `VmHWM:` at its most.
pub fn memory(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix(line)).expect("a living process");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            below(&entry.path(), files);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.end();
    }
}
