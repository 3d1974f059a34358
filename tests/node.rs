//! Node packages for tests: the versions that a `package.json` names, installed once per machine outside the checkout.

use adit::journal::Hash;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The folder `node_modules` with what a `package.json` names, for `NODE_PATH`; installed if it is not there yet.
///
/// It lies in `$HOME/.cache/adit/node/DIGEST/`, where DIGEST is that of the file: another version is another folder.
/// The file names exact versions; there is no lock file.
pub fn node_modules(package_json: &Path) -> PathBuf {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let bytes = std::fs::read(package_json).unwrap();
    let digest = Hash::of(&bytes).to_string();
    let cache = PathBuf::from(std::env::var("HOME").unwrap()).join(".cache/adit/node");
    let folder = cache.join(&digest[..16]);
    let modules = folder.join("node_modules");
    if modules.exists() {
        return modules;
    }
    std::fs::create_dir_all(&cache).unwrap();
    let fresh = tempfile::Builder::new().prefix("installing-").tempdir_in(&cache).unwrap();
    std::fs::write(fresh.path().join("package.json"), bytes).unwrap();
    let output = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"])
        .current_dir(fresh.path())
        .output()
        .expect("npm; make test installs it");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "npm install for {}: {said}", package_json.display());
    // Another process may have been as fast; its folder is as good.
    let moved = std::fs::rename(fresh.path(), &folder);
    assert!(moved.is_ok() || modules.exists(), "{}: {moved:?}", folder.display());
    modules
}

/// A command that runs a CommonJS script with the packages of the `package.json` beside it.
pub fn node(script: &Path) -> Command {
    let modules = node_modules(&script.with_file_name("package.json"));
    let mut command = Command::new("node");
    command.arg(script).env("NODE_PATH", modules);
    command
}
