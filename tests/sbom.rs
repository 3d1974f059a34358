//! `make sbom`: what the program is made of, checked against the schema of CycloneDX by the script that writes it.

use crate::circle::root;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

fn parts(name: &str, into: &std::path::Path) -> (String, Value) {
    let python = format!("{}/.cache/adit/venv/bin/python", std::env::var("HOME").unwrap());
    let file = into.join(name);
    let output = Command::new(python).arg(root().join("deploy/sbom")).arg(&file).output();
    let output = output.expect("the Python environment; make test makes it");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let text = std::fs::read_to_string(file).unwrap();
    let json = serde_json::from_str(&text).unwrap();
    (text, json)
}

#[test]
fn the_list_of_parts_is_whole_and_the_same_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let (text, list) = parts("1.json", folder.path());
    assert_eq!(text, parts("2.json", folder.path()).0);
    assert_eq!((&list["bomFormat"], &list["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    assert_eq!(list["metadata"]["component"]["name"], "adit");
    let components = list["components"].as_array().unwrap().iter();
    let by_name: BTreeMap<_, _> = components.map(|it| (it["name"].as_str().unwrap(), it)).collect();
    let version = Command::new("pkg-config").args(["--modversion", "openssl"]).output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let openssl = format!("pkg:generic/openssl@{}", version.trim());
    let mut purls = list["components"].as_array().unwrap().iter().map(|it| &it["purl"]);
    assert!(purls.any(|purl| *purl == *openssl), "{openssl}");
    // Both stacks of cryptography, both databases with what is compiled into them, and our own packages.
    for name in ["josekit", "rustls", "ring", "sqlite", "lmdb", "rusqlite", "heed", "adit-facts"] {
        assert!(by_name.contains_key(name), "{name}");
    }
    // What only tests and builds use is not in the program.
    for name in ["expect-test", "libfuzzer-sys", "serde_derive", "cc", "acceptance"] {
        assert!(!by_name.contains_key(name), "{name}");
    }
    for (name, part) in &by_name {
        let from_registry = part["purl"].as_str().unwrap().starts_with("pkg:cargo/");
        assert!(!from_registry || part["hashes"].is_array(), "{name} has no checksum");
        assert!(part["licenses"].is_array(), "{name} has no licence");
    }
}
