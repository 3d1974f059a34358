//! The promises of the repository about itself, read from its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files(dir: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

fn with_extension(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root(), extension, &mut found);
    found.sort();
    found
}

/// The arrows of connector/ARCHITECTURE.md; a new one is a decision record first.
const ARROWS: &[(&str, &[&str])] = &[
    ("adit-vocab", &[]),
    ("adit-journal", &[]),
    ("adit-credentials", &["adit-vocab"]),
    ("adit-policy", &["adit-vocab", "adit-credentials"]),
    ("adit-facts", &["adit-vocab", "adit-policy"]),
    ("adit-federation", &["adit-vocab", "adit-policy", "adit-facts"]),
    ("adit-ingest", &["adit-vocab"]),
    ("adit-shapes", &["adit-vocab"]),
    (
        "adit",
        &[
            "adit-vocab",
            "adit-journal",
            "adit-credentials",
            "adit-policy",
            "adit-facts",
            "adit-federation",
            "adit-ingest",
            "adit-shapes",
        ],
    ),
];

fn manifests() -> BTreeMap<String, toml::Table> {
    with_extension("toml")
        .into_iter()
        .filter(|path| path.ends_with("Cargo.toml"))
        .filter_map(|path| {
            let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
            let name = table.get("package")?.get("name")?.as_str()?.to_owned();
            Some((name, table))
        })
        .collect()
}

fn dependencies(manifest: &toml::Table) -> BTreeSet<&str> {
    match manifest.get("dependencies") {
        Some(table) => table.as_table().unwrap().keys().map(String::as_str).collect(),
        None => BTreeSet::new(),
    }
}

#[test]
fn packages_use_each_other_only_along_the_arrows() {
    let manifests = manifests();
    for (name, allowed) in ARROWS {
        let used: BTreeSet<_> = dependencies(&manifests[*name])
            .into_iter()
            .filter(|dependency| dependency.starts_with("adit"))
            .collect();
        let allowed: BTreeSet<_> = allowed.iter().copied().collect();
        assert!(used.is_subset(&allowed), "{name} uses {used:?}, allowed is {allowed:?}");
    }
    let known: BTreeSet<_> =
        ARROWS.iter().map(|(name, _)| *name).chain(["acceptance", "adit-fuzz"]).collect();
    let there: BTreeSet<_> = manifests.keys().map(String::as_str).collect();
    assert_eq!(there, known, "a package without arrows, or arrows without a package");
}

#[test]
fn each_library_with_a_duty_has_one_owner() {
    let owners: &[(&str, &[&str])] = &[
        ("josekit", &["adit-credentials"]),
        ("ring", &["adit-credentials"]),
        ("ed25519-dalek", &["adit-credentials"]),
        ("p256", &["adit-credentials"]),
        ("oxigraph", &["adit-facts"]),
        ("spareval", &["adit-facts", "adit-shapes"]),
        ("heed", &["adit-facts"]),
        ("rusqlite", &["adit-journal"]),
        ("reqwest", &["adit"]),
        ("hickory-resolver", &["adit"]),
        ("rustls", &["adit"]),
        ("actix-web", &["adit"]),
        ("age", &["adit"]),
        ("clap", &["adit"]),
        ("uuid", &["adit"]),
        ("calamine", &["adit-ingest"]),
        ("sophia", &["adit-ingest"]),
    ];
    let manifests = manifests();
    for (library, owners) in owners {
        for (name, manifest) in &manifests {
            let uses = dependencies(manifest).contains(library);
            let may = owners.contains(&name.as_str())
                || ["acceptance", "adit-fuzz"].contains(&name.as_str());
            assert!(!uses || may, "{name} uses {library}, which belongs to {owners:?}");
        }
    }
}

#[test]
fn josekit_and_sockets_have_one_file_each() {
    let mut sources = Vec::new();
    files(&root().join("connector"), "rs", &mut sources);
    for path in sources {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let uses = |word: &str| {
            text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(word))
        };
        if uses("josekit::") {
            let guard = "connector/credentials/src/jose_guard/";
            assert!(name.starts_with(guard), "{name} uses josekit");
        }
        if uses("reqwest::") {
            assert!(name.starts_with("connector/app/src/safe_client/"), "{name} uses reqwest");
        }
        if uses("TcpStream::connect") || uses("UnixStream::connect") {
            panic!("{name} opens a connection; connector/app/src/safe_client does");
        }
    }
}

#[test]
fn every_package_has_a_readme_as_its_front_page() {
    for (name, _) in ARROWS.iter().filter(|(name, _)| *name != "adit") {
        let folder = match name.trim_start_matches("adit-") {
            "vocab" => root().join("vocab"),
            other => root().join("connector").join(other),
        };
        let library = std::fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        assert!(library.starts_with("#![doc = include_str!(\"../README.md\")]"), "{name}");
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(readme.lines().count() > 5, "the README of {name} says too little");
    }
}

#[test]
fn nothing_is_left_for_later_in_the_code() {
    let own = Path::new(file!()).file_name().unwrap();
    for path in with_extension("rs").into_iter().filter(|path| path.file_name() != Some(own)) {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in ["FIXME", "TODO", "XXX", "#[ignore", "todo!(", "unimplemented!("] {
            assert!(!text.contains(word), "{} contains {word}", path.display());
        }
    }
}

#[test]
fn every_link_to_a_specification_names_the_clause() {
    for path in with_extension("rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        for spec in ["https://www.w3.org/TR/", "https://www.rfc-editor.org/rfc/"] {
            for (start, _) in text.match_indices(&format!("]({spec}")) {
                let link = text[start + 2..].split(')').next().unwrap();
                assert!(link.contains('#'), "{}: {link} names no clause", path.display());
            }
        }
    }
}

#[test]
fn decisions_hold_no_wildcard_arm() {
    let decide = root().join("connector/policy/src/decide.rs");
    let text = std::fs::read_to_string(decide).unwrap();
    assert!(!text.contains("_ =>"), "a new operand must not compile until someone decides");
}

#[test]
fn decision_records_have_their_four_parts() {
    let mut records = Vec::new();
    files(&root().join("connector/decisions"), "md", &mut records);
    assert!(records.len() >= 5);
    for path in records {
        let text = std::fs::read_to_string(&path).unwrap();
        for part in ["**Decision.**", "**Why.**", "**What it forbids.**", "**How to undo.**"] {
            assert!(text.contains(part), "{} lacks {part}", path.display());
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.as_bytes()[..10].iter().all(|b| b.is_ascii_digit() || *b == b'-'), "{name}");
    }
}

#[test]
fn every_source_that_a_document_names_is_there() {
    let sources: Vec<_> =
        with_extension("rs").iter().map(|path| path.display().to_string()).collect();
    let mut documents = vec![];
    files(&root().join("connector"), "md", &mut documents);
    documents.extend(["README.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root().join(name)));
    let mut count = 0;
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        for name in quoted.filter(|it| !it.contains([' ', '*', '\n', '('])) {
            let is_there = match name {
                name if name.ends_with(".rs") => {
                    sources.iter().any(|path| path.ends_with(&format!("/{name}")))
                }
                name if name.ends_with('/') && name.contains("src/") => {
                    sources.iter().any(|path| path.contains(&format!("/{name}")))
                }
                _ => continue,
            };
            count += 1;
            assert!(is_there, "{} names {name}", document.display());
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn the_changelog_counts_the_hostile_queries() {
    let mut hostile = Vec::new();
    files(&root().join("tests/hostile"), "toml", &mut hostile);
    let told = format!(" {} hostile queries are tests.", hostile.len());
    let changes = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(changes.contains(&told), "CHANGELOG.md does not say:{told}");
}

#[test]
fn files_stay_short_enough_to_read() {
    let is_test = |path: &PathBuf| path.display().to_string().contains("test");
    for path in with_extension("rs").into_iter().filter(|path| !is_test(path)) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(
            lines <= 500,
            "{} has {lines} lines; look for the second idea in it",
            path.display()
        );
    }
}
