//! The answers that the program gives are those that follow from the companies' files.

use crate::circle::{companies, json, root, text};
use adit::circle::Circle;
use std::process::Command;

/// One line of `examples/expected/cases.csv`.
struct Case {
    file: String,
    question: String,
    caller: String,
    asks_at: String,
    purpose: String,
    at: String,
    with_fifth: bool,
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
                with_fifth: cells[6] == "yes",
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
    assert_eq!(output.status.code(), Some(0), "{}", case.file);
}

#[test]
fn every_caller_gets_the_rows_that_follow_from_the_files() {
    let circle = companies();
    let cases: Vec<_> = cases().into_iter().filter(|case| !case.with_fifth).collect();
    assert!(cases.len() >= 10);
    assert!(cases.iter().any(|case| case.caller == "oem"));
    for case in &cases {
        check(&circle, case);
    }
}

/// The cases with the fifth company, for the test that starts it.
pub fn check_with_fifth(circle: &Circle) {
    let cases: Vec<_> = cases().into_iter().filter(|case| case.with_fifth).collect();
    assert!(!cases.is_empty());
    for case in &cases {
        check(circle, case);
    }
}

#[test]
fn the_committed_examples_are_what_the_generator_writes() {
    let out = tempfile::tempdir().unwrap();
    python(&["generate.py", "--out", &out.path().display().to_string()]);
    let mut compared = 0;
    for company in ["mill", "shop", "oem", "mine", "fifth"] {
        for entry in std::fs::read_dir(out.path().join(company)).unwrap() {
            let made = entry.unwrap().path();
            if made.is_file() {
                let committed =
                    root().join("examples").join(company).join(made.file_name().unwrap());
                let (made, kept) =
                    (std::fs::read(&made).unwrap(), std::fs::read(&committed).unwrap());
                assert!(made == kept, "{}", committed.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared} files");
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

#[test]
fn no_file_of_a_company_names_another_companys_iri_or_did() {
    let domains = ["kolbacka", "revonsalmi", "bergvarg", "suorasalo"];
    for (folder, own) in ["mill", "shop", "oem", "mine"].iter().zip(domains) {
        for entry in std::fs::read_dir(root().join("examples").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() || name == "partners.csv" {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let content = String::from_utf8_lossy(&bytes);
            for other in domains.iter().filter(|other| **other != own) {
                assert!(!content.contains(&format!("{other}.example")), "{folder}/{name}: {other}");
            }
        }
    }
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
        .args(["demo", "examples", "--once"])
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
