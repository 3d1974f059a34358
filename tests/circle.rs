//! The example companies, started once for all tests of this binary.

use adit::circle::Circle;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Duration;

/// The program under test: the same code, with the fail-points that a release does not have.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_adit-under-test"))
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The seven companies, running, met and published.
///
/// They end when this process does: their standard input closes.
pub fn companies() -> MutexGuard<'static, Circle> {
    static COMPANIES: OnceLock<Mutex<Circle>> = OnceLock::new();
    let companies = COMPANIES.get_or_init(|| Mutex::new(started()));
    // A test that failed while it held the companies says so itself.
    companies.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A circle of one's own, for tests that kill or change companies.
pub fn started() -> Circle {
    let folder = tempfile::Builder::new().prefix("adit-circle-").tempdir().unwrap().keep();
    let mut circle = Circle::prepare(program(), &root().join("examples"), &folder).unwrap();
    circle.start().unwrap();
    circle.meet().unwrap();
    circle.publish().unwrap();
    circle
}

/// A command in a folder, in plain English; what opens the keys of such a folder is made beside the build.
pub fn adit(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
    command.env("LC_ALL", "C").env("NO_COLOR", "1");
    command.current_dir(folder).args(arguments).output().unwrap()
}

/// What comes of a command that is expected to end; one that does not within two minutes is ended, and so has failed.
pub fn ended(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let (id, (done, is_over)) = (child.id().to_string(), std::sync::mpsc::channel::<()>());
    let watch = std::thread::spawn(move || {
        if is_over.recv_timeout(Duration::from_secs(120)) == Err(RecvTimeoutError::Timeout) {
            drop(Command::new("kill").args(["-KILL", &id]).status());
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(done);
    watch.join().unwrap();
    output
}

/// Standard output as JSON.
pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!(
            "{e}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// Standard output as text.
pub fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Companies of one's own without any data, `did:web:NAME.example` each, which have not met.
pub fn small(names: &[&str]) -> Circle {
    let folder = tempfile::Builder::new().prefix("adit-small-").tempdir().unwrap().keep();
    let examples = folder.join("examples");
    let mut plan = String::from("invitation = []\ncredential = []\nclient = []\n");
    for name in names {
        std::fs::create_dir_all(examples.join(name)).unwrap();
        let settings = format!(
            "did = \"did:web:{name}.example\"\nname = \"{name}\"\nbase = \"https://connector.{name}.example\"\n"
        );
        std::fs::write(examples.join(name).join("adit.toml"), settings).unwrap();
        plan.push_str(&format!(
            "[[company]]\nfolder = \"{name}\"\ndid = \"did:web:{name}.example\"\npublishes = false\n"
        ));
    }
    std::fs::write(examples.join("demo.toml"), plan).unwrap();
    let mut circle = Circle::prepare(program(), &examples, &folder).unwrap();
    circle.start().unwrap();
    circle
}

/// Ends a load on other threads, also when the test fails while it waits for them.
pub struct Ends<'a>(pub &'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
