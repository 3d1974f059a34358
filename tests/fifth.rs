//! A service workshop joins by the README alone; nobody else changes anything but one trust entry.

use crate::circle::{program, root, started, text};
use crate::examples::check_all;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The commands that the README shows to a supplier, one a line, without what it says about them.
fn commands() -> Vec<Vec<String>> {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let block = readme.split("<!-- test: fifth -->\n```sh\n").nth(1).unwrap();
    let block = block.split("\n```").next().unwrap();
    let words = |line: &str| {
        let command = line.split('#').next().unwrap().trim();
        let command = command.replace("\"Your firm\"", "Your_firm");
        command.split_whitespace().map(|word| word.replace('_', " ")).collect()
    };
    block.lines().map(words).collect()
}

/// The content of every file that a company edits or that decides what it shows.
pub fn settings(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != ".adit" {
                open.push(path);
            } else if path.is_file() {
                found.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The files of a folder that are not as they were.
pub fn changed(folder: &Path, before: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let after = settings(folder);
    let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
    after
        .keys()
        .filter(differs)
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn a_workshop_joins_and_the_question_gains_its_row() {
    let mut circle = started();
    let others = ["mill", "shop", "oem", "mine", "wire", "battery", "recycler"];
    let before: Vec<_> = others.iter().map(|name| settings(&circle.folder(name))).collect();
    let did = "did:web:louhikoski.example";

    // The one trust entry: the machine builder invites.
    let fifth = circle.folder("fifth");
    std::fs::create_dir_all(&fifth).unwrap();
    for file in ["huollot.csv", "partners.csv"] {
        std::fs::copy(root().join("examples/fifth").join(file), fifth.join(file)).unwrap();
    }
    let invitation = fifth.join("invitation.json").display().to_string();
    circle.adit("oem", &["invite", did, "--output", &invitation]).unwrap();

    let mut seen = Vec::new();
    for command in commands() {
        assert_eq!(command[0], "adit");
        let mut arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
        if let Some(place) = arguments.iter().position(|word| *word == "did:web:YOUR.DOMAIN") {
            arguments[place] = did;
            // Names of this test's machine stand for ports on it.
            arguments.extend(["--hosts-file", "../hosts.toml"]);
        }
        seen.push(arguments[0].to_owned());
        match arguments[0] {
            "serve" => drop(circle.start_one("fifth", did).unwrap()),
            "join" => {
                // Others must be able to reach the one who joins.
                circle.start_one("fifth", did).unwrap();
                in_folder(&fifth, &arguments);
                circle.kill("fifth");
            }
            "map" => {
                in_folder(&fifth, &arguments);
                let mapped = "huollot.csv-metadata.json";
                assert!(fifth.join(mapped).exists());
                // A person reads what was guessed, and corrects it.
                std::fs::copy(
                    root().join("examples/fifth/mapped").join(mapped),
                    fifth.join(mapped),
                )
                .unwrap();
            }
            _ => in_folder(&fifth, &arguments),
        }
    }
    assert_eq!(seen, ["init", "join", "map", "check", "diff", "gaps", "publish", "serve"]);
    check_all(&circle, "workshop");
    crate::shapes::assert_pyshacl_agrees_on(&[(&fifth, "fifth")]);

    for (name, before) in others.iter().zip(&before) {
        let changed = changed(&circle.folder(name), before);
        let expected: &[&str] = match *name {
            "oem" => &["partner-louhikoski-example.jwt"],
            _ => &[],
        };
        assert_eq!(changed, expected, "{name}");
    }
}

fn in_folder(folder: &Path, arguments: &[&str]) {
    let output = Command::new(program()).current_dir(folder).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}{}",
        text(&output),
        String::from_utf8_lossy(&output.stderr)
    );
}
