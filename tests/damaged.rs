//! Damaged input: what is said, word for word, and that nothing happened. See `damaged/README.md`.

mod case;
mod company;
mod disk;
mod make;

use case::{Answer, Case};
use company::Company;
use std::collections::BTreeSet;

/// Runs every case of a file; with `UPDATE_EXPECT` set, writes down what was said.
fn run(file: &str) {
    let mut wrong = Vec::new();
    let mut company = Company::new();
    let mut before = company.state();
    for case in &Case::read(file) {
        company.suffer(case);
        let is_request = case.get.is_some() || case.post.is_some();
        let answer = if is_request { company.request(case) } else { company.command_of(case) };
        let Answer { says, mistakes } = answer;
        wrong.extend(mistakes.iter().map(|mistake| format!("{}: {mistake}", case.name)));
        if !case.is_what_is_said(&says) {
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                Case::write_down(file, &case.name, &says);
            } else {
                wrong.push(format!("{} says\n{says}\nnot\n{}", case.name, case.says));
            }
        }
        company.recover(case);
        let after = company.state();
        let changed = before.differences(&after, is_request);
        wrong.extend(changed.iter().map(|what| format!("{}: changed {what}", case.name)));
        before = after;
    }
    assert!(wrong.is_empty(), "{file}: {}", wrong.join("\n\n"));
}

#[test]
fn a_damaged_table_gets_its_own_words_and_changes_nothing() {
    run("tables");
}

#[test]
fn a_wrong_mapping_gets_its_own_words_and_changes_nothing() {
    run("mappings");
}

#[test]
fn a_damaged_rdf_file_or_workbook_gets_its_own_words_and_changes_nothing() {
    run("files");
}

#[test]
fn a_broken_rule_gets_its_own_words_and_changes_nothing() {
    run("rules");
}

#[test]
fn a_wrong_call_gets_its_own_words_and_changes_nothing() {
    run("calls");
}

#[test]
fn the_cases_are_many_and_so_are_their_causes() {
    let files = ["tables", "mappings", "files", "rules", "calls"];
    let cases: Vec<Case> = files.iter().flat_map(|file| Case::read(file)).collect();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let said = cases.iter().flat_map(|case| case.says.lines());
    let codes: BTreeSet<&str> = said
        .filter_map(|line| line.strip_suffix(']')?.rsplit_once('['))
        .map(|(_, code)| code)
        .collect();
    assert!(codes.len() >= 60, "{} codes: {codes:?}", codes.len());
    let told = format!(
        "- {} wrong files and calls with their exact messages and {} codes as tests;",
        cases.len(),
        codes.len()
    );
    let changes = std::fs::read_to_string(crate::circle::root().join("CHANGELOG.md")).unwrap();
    assert!(changes.contains(&told), "CHANGELOG.md does not say: {told}");
}
