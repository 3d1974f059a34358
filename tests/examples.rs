//! The answers that the program gives are those that follow from the companies' files.

use crate::circle::{companies, json, root, text};
use adit::circle::Circle;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// One line of `examples/expected/cases.csv`.
struct Case {
    file: String,
    question: String,
    caller: String,
    asks_at: String,
    purpose: String,
    at: String,
    circle: String,
    /// Whether every partner of the asker can be asked; one that cannot makes the answer partial.
    is_whole: bool,
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(root().join("examples/expected/cases.csv")).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Case {
                file: cells[0].to_owned(),
                question: cells[1].to_owned(),
                caller: cells[2].to_owned(),
                asks_at: cells[3].to_owned(),
                purpose: cells[4].to_owned(),
                at: cells[5].to_owned(),
                circle: cells[6].to_owned(),
                is_whole: cells[7] == "yes",
            }
        })
        .collect()
}

/// Asks a case's question as its caller, and compares with the expected rows.
fn check(circle: &Circle, case: &Case) {
    let question = root().join("examples/questions").join(&case.question).display().to_string();
    let mut arguments =
        vec!["query", question.as_str(), "--format", "csv", "--at", case.at.as_str(), "--quiet"];
    if !case.purpose.is_empty() {
        arguments.extend(["--purpose", &case.purpose]);
    }
    // Who has no company asks from the researcher's folder, the public with nothing in hand.
    let folder = if case.asks_at.is_empty() { "researcher" } else { &case.asks_at };
    if case.caller == "public" {
        arguments.extend(["--present", "none"]);
    }
    let output = circle.run(folder, &arguments).unwrap();
    let expected =
        std::fs::read_to_string(root().join("examples/expected").join(&case.file)).unwrap();
    assert_eq!(
        text(&output).replace("\r\n", "\n"),
        expected.replace("\r\n", "\n"),
        "{}: {}",
        case.file,
        String::from_utf8_lossy(&output.stderr)
    );
    let code = if case.is_whole { 0 } else { 3 };
    assert_eq!(output.status.code(), Some(code), "{}", case.file);
}

#[test]
fn every_caller_gets_the_rows_that_follow_from_the_files() {
    check_all(&companies(), "seven");
    let callers: BTreeSet<_> = cases().into_iter().map(|case| case.caller).collect();
    for caller in ["oem", "shop", "public", "researcher", "wrong-purpose", "recycler", "mine"] {
        assert!(callers.contains(caller), "{caller}");
    }
}

/// Asks every question of the cases that a circle of companies has.
pub fn check_all(circle: &Circle, name: &str) {
    let cases: Vec<_> = cases().into_iter().filter(|case| case.circle == name).collect();
    assert!(!cases.is_empty(), "{name}");
    for case in &cases {
        check(circle, case);
    }
}

/// Asks one question that a case of all seven companies has.
pub fn check_one(circle: &Circle, question: &str, caller: &str) {
    let file = format!("{question}.{caller}.csv");
    let case = cases().into_iter().find(|case| case.file == file).expect("a case");
    check(circle, &case);
}

#[test]
fn the_committed_examples_are_what_the_generator_writes() {
    let out = tempfile::tempdir().unwrap();
    python(&["generate.py", "--out", &out.path().display().to_string()]);
    let mut compared = 0;
    for company in ["mill", "shop", "oem", "mine", "wire", "battery", "recycler", "fifth"] {
        compared += compare(out.path(), Path::new(company));
    }
    assert!(compared > 150, "{compared} files");
}

/// Compares a folder with the committed one, and counts its files.
fn compare(out: &Path, folder: &Path) -> usize {
    let mut compared = 0;
    for entry in std::fs::read_dir(out.join(folder)).unwrap() {
        let within = folder.join(entry.unwrap().file_name());
        if out.join(&within).is_dir() {
            compared += compare(out, &within);
        } else {
            let committed = root().join("examples").join(&within);
            let kept = std::fs::read(&committed).unwrap();
            assert!(std::fs::read(out.join(&within)).unwrap() == kept, "{}", committed.display());
            compared += 1;
        }
    }
    compared
}

#[test]
fn the_expected_rows_follow_from_the_files() {
    python(&["expected.py", "--check"]);
}

fn python(arguments: &[&str]) {
    let output = Command::new("python3")
        .current_dir(root().join("examples"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A scanned label holds the identifier of another company's item: the file has it in that column and nowhere else.
const LABELS: &[(&str, &str, &str)] = &[
    ("oem", "motorer.csv", "tjarnvik"),
    ("mine", "akunvaihdot.csv", "sysi"),
    ("recycler", "mottak.csv", "sysi"),
    ("recycler", "behandling.csv", "sysi"),
    ("recycler", "ombruk.csv", "sysi"),
];

#[test]
fn no_file_of_a_company_names_another_companys_iri_or_did_but_as_it_stands_on_a_label() {
    let folders = ["mill", "shop", "oem", "mine", "wire", "battery", "recycler"];
    let domains = ["kolbacka", "revonsalmi", "bergvarg", "suorasalo", "tjarnvik", "sysi", "gramyr"];
    let mut labels = 0;
    for (folder, own) in folders.iter().zip(domains) {
        for entry in std::fs::read_dir(root().join("examples").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() || name == "partners.csv" {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            // Without its zeros UTF-16 of such names reads as ASCII.
            let bytes: Vec<u8> = bytes.into_iter().filter(|byte| *byte != 0).collect();
            let content = String::from_utf8_lossy(&bytes);
            for other in domains.iter().filter(|other| **other != own) {
                if LABELS.contains(&(*folder, name.as_str(), *other)) {
                    let mapping = format!("{}-metadata.json", path.display());
                    assert!(std::fs::read_to_string(mapping).unwrap().contains("adit:carrier?"));
                    labels += content.matches(&format!("https://id.{other}.example/01/")).count();
                    continue;
                }
                assert!(!content.contains(&format!("{other}.example")), "{folder}/{name}: {other}");
            }
        }
    }
    assert!(labels > 5_000, "{labels} labels");
}

#[test]
fn trace_follows_a_part_up_to_its_owner_and_a_machine_down_to_its_parts() {
    let circle = companies();
    let how = ["--at", "2026-11-01T00:00:00Z", "--purpose", "recall", "--json"];
    let part = "https://id.revonsalmi.example/p/0010455/00042";
    let up = circle.run("oem", &[&["trace", "up", part][..], &how].concat()).unwrap();
    let up = json(&up)["results"].to_string();
    assert!(up.contains("id.bergvarg.example") && up.contains("Suorasalon Kaivos Oy"), "{up}");
    let machine = "https://id.bergvarg.example/p/BV-L14E/9BHR8";
    let down = circle.run("oem", &[&["trace", "down", machine][..], &how].concat()).unwrap();
    let down = json(&down)["results"]["results"]["bindings"].as_array().unwrap().len();
    assert!(down > 10, "{down} parts");
}

#[test]
fn the_demo_ends_by_itself_and_every_printed_address_is_the_page_of_its_item() {
    let output = Command::new(crate::circle::program())
        .current_dir(root())
        .args(["demo", "--once"])
        .output()
        .unwrap();
    let printed = text(&output);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("5 rows") && printed.contains("complete"), "{printed}");
    assert!(printed.contains("withholds") && printed.contains("PartnerCredential"), "{printed}");
    assert!(printed.contains("5 of 5 rows are missing"), "{printed}");
}

#[test]
fn every_page_that_the_demo_prints_shows_the_name_of_its_item() {
    let circle = companies();
    let question = root().join("examples/questions/machines-with-heat.rq").display().to_string();
    let how = ["--purpose", "recall", "--at", "2026-11-01T00:00:00Z", "--json"];
    let answer = json(&circle.adit("oem", &[&["query", &question][..], &how].concat()).unwrap());
    let rows = answer["results"]["results"]["bindings"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for row in rows {
        let name = row["machineName"]["value"].as_str().unwrap();
        let address = circle.loopback(row["machine"]["value"].as_str().unwrap()).unwrap();
        let page =
            Command::new("curl").args(["-s", "--max-time", "20", &address]).output().unwrap();
        let page = text(&page);
        assert!(page.contains(&format!("<h1>{name}</h1>")), "{address}: {page}");
    }
}
