//! The example companies, started once for all tests of this binary.

use adit::circle::Circle;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Mutex, MutexGuard, OnceLock};

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
