//! What the fuzzer begins with and what it once found, as an ordinary test; `make fuzz` looks for more.

use crate::circle::root;
use std::collections::BTreeSet;
use std::path::PathBuf;

#[path = "fuzz/targets.rs"]
mod targets;

/// The stack of a thread that answers requests, which a reader of foreign bytes must do with.
const STACK: usize = 2 << 20;

/// The inputs that a reader must let through: without them a target would look at the door alone.
const SOUND: [(&str, &[&str]); 5] = [
    (
        "token",
        &["vc", "vp", "self-issued", "vc11", "vp11", "EdDSA", "s21-Ed25519", "query-message"],
    ),
    ("did", &["web", "port", "path", "multikey"]),
    ("status_list", &["zeros", "two", "purposes", "gzip-zeros"]),
    ("presentation", &["one", "two"]),
    ("query", &["plain", "construct", "ask", "describe", "group", "strings", "s35-regex"]),
];

fn inputs(folder: &str, target: &str) -> Vec<(String, PathBuf)> {
    let folder = root().join("tests/fuzz").join(folder).join(target);
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let named = |path: PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), path);
    let mut found: Vec<_> = entries.map(|entry| named(entry.unwrap().path())).collect();
    found.sort();
    found
}

#[test]
fn no_known_input_breaks_a_reader() {
    let mut replayed = 0;
    for ((name, target), (sound_of, sound)) in targets::TARGETS.into_iter().zip(SOUND) {
        assert_eq!(name, sound_of);
        let mut let_through = BTreeSet::new();
        for (input, path) in inputs("corpus", name).into_iter().chain(inputs("found", name)) {
            let bytes = std::fs::read(&path).unwrap();
            let reader = std::thread::Builder::new().stack_size(STACK);
            let read = reader.spawn(move || target(&bytes)).unwrap().join();
            if read.unwrap_or_else(|_| panic!("{} breaks the reader", path.display())) {
                let_through.insert(input);
            }
            replayed += 1;
        }
        let stopped = sound.iter().filter(|input| !let_through.contains(**input));
        assert_eq!(stopped.collect::<Vec<_>>(), Vec::<&&str>::new(), "{name}");
    }
    assert!(replayed > 100, "{replayed}");
}

/// `.ci/fuzz` runs every target, and each has something to begin with.
#[test]
fn every_target_is_run() {
    let script = std::fs::read_to_string(root().join(".ci/fuzz")).unwrap();
    let names: Vec<_> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
    assert!(script.contains(&format!("targets=({})", names.join(" "))));
    let manifest = std::fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    for name in names {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        assert!(!inputs("corpus", name).is_empty(), "{name}");
    }
}
