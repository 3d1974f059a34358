//! Row K3: neither a core, nor a worker, nor anything that is printed holds a key.

use super::{find, mode, serve, spellings};
use crate::attack::target::Target;
use crate::circle::program;
use adit::config::Config;
use adit::folder::Folder;
use adit::keys::Keystore;
use serde_json::Value;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server that a shell starts, which lets its children leave cores of any size.
fn started_with_cores(target: &Target) -> Child {
    let shell = format!(
        "ulimit -c unlimited 2>/dev/null; exec '{}' serve --listen 127.0.0.1:0 -C '{}'",
        program().display(),
        target.folder().display()
    );
    let child = Command::new("sh")
        .args(["-c", &shell])
        .current_dir(target.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(target.log()).unwrap())
        .spawn()
        .unwrap();
    let address = target.folder().join(".adit/address");
    let started = Instant::now();
    while !address.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "it did not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn abort(child: &mut Child) -> bool {
    let status = Command::new("kill").args(["-ABRT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
    let ended = child.wait().unwrap();
    assert_eq!(ended.signal(), Some(6), "{ended}");
    ended.core_dumped()
}

fn children(process: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten() {
        let text = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(text.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    children
}

/// The memory of a process that can be written to; `None` where the system lets nobody look.
fn memory(process: u32) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let file = std::fs::File::open(format!("/proc/{process}/mem")).ok()?;
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next()?.split_once('-')?;
        let from = u64::from_str_radix(from, 16).ok()?;
        let to = u64::from_str_radix(to, 16).ok()?;
        let mut bytes = vec![0; usize::try_from((to - from).min(64 << 20)).ok()?];
        if file.read_exact_at(&mut bytes, from).is_ok() {
            all.extend(bytes);
        }
    }
    Some(all)
}

#[test]
fn k3_no_core_no_worker_and_no_text_holds_the_key() {
    let target = Target::prepared("");
    let secrets = spellings(&target.folder());
    let mut child = started_with_cores(&target);
    let workers = children(child.id());
    assert!(!workers.is_empty(), "the server has workers");
    for process in workers.iter().chain([&child.id()]) {
        let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let cores: Vec<_> = cores.split_whitespace().collect();
        assert_eq!(cores[4..6], ["0", "0"], "{cores:?}");
    }
    for worker in &workers {
        if let Some(memory) = memory(*worker) {
            assert!(memory.len() > 100_000, "{} bytes of a worker were read", memory.len());
            assert!(!find(&memory, &secrets), "a worker's memory holds the key");
        }
    }
    // Everything that its own people can print.
    for arguments in [
        &["key", "list", "--json"][..],
        &["audit", "export"],
        &["config", "explain", "--json"],
        &["trust", "show", "--json"],
        &["whoami", "--json"],
        &["key", "retire", "nothing"],
        &["doctor", "--json"],
    ] {
        let output = target.run(arguments);
        let told = [output.stdout, output.stderr].concat();
        assert!(!told.is_empty() && !find(&told, &secrets), "adit {arguments:?}");
    }
    // A dumpable process under the same limit shows what this machine would do.
    let control = Command::new("sh")
        .args(["-c", "ulimit -c unlimited 2>/dev/null; exec sleep 60"])
        .current_dir(target.folder())
        .spawn();
    let mut control = control.unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let machine_dumps = abort(&mut control);
    for file in std::fs::read_dir(target.folder()).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("core") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    assert!(!abort(&mut child), "the server left a core; others here do: {machine_dumps}");
    let files = all_files(&target.folder());
    let sealed = target.folder().join("keys");
    assert!(files.iter().any(|path| path.starts_with(&sealed)));
    for path in files.iter().chain([&target.log()]) {
        let bytes = std::fs::read(path).unwrap_or_default();
        assert!(!find(&bytes, &secrets), "{} holds the key", path.display());
    }
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            all.extend(all_files(&entry.path()));
        } else if kind.is_file() {
            all.push(entry.path());
        }
    }
    all
}

#[test]
fn k3_errors_about_keys_never_repeat_them() {
    let target = Target::prepared("");
    let folder = Folder::at(target.folder());
    let config = Config::read(&folder).unwrap();
    let (store, keys) = Keystore::open(&folder, &config).unwrap();
    let jwk = keys.issuing().to_private_jwk();
    let secrets = spellings(&target.folder());
    assert!(!find(format!("{keys:?}{store:?}{config:?}").as_bytes(), &secrets));
    std::fs::remove_file(folder.ring()).unwrap();
    let other: Value = serde_json::from_str(&jwk).unwrap();
    let spoiled = |change: &dyn Fn(&mut Value)| {
        let mut jwk = other.clone();
        change(&mut jwk);
        jwk.to_string()
    };
    for text in [
        spoiled(&|jwk| jwk["x"] = jwk["y"].clone()),
        spoiled(&|jwk| jwk["crv"] = "P-521".into()),
        spoiled(&|jwk| jwk["kty"] = 7.into()),
        jwk[..jwk.len() - 1].to_owned(),
        format!("{{\"keys\":[{}]}}", *jwk),
    ] {
        std::fs::write(folder.key(), text).unwrap();
        mode(&folder.key(), 0o600);
        let output = serve(&target.folder(), &[]);
        assert!(!output.status.success());
        let said = [output.stdout, output.stderr].concat();
        assert!(!find(&said, &secrets), "{}", String::from_utf8_lossy(&said));
    }
}
