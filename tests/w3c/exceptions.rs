//! The entries that fail and may.

use super::manifest::{Entry, FEDERATED, QUERY, RESULTS, SERVICE, entries, folder};
use serde::Deserialize;
use std::collections::BTreeMap;

/// At most this share of the entries may be listed, in per cent.
const SHARE_MAX: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    exception: Vec<Exception>,
}

/// One line of `exceptions.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    entry: String,
    clause: String,
    reason: String,
}

fn listed() -> Vec<Exception> {
    let text = std::fs::read_to_string(folder().join("exceptions.toml")).unwrap();
    toml::from_str::<Exceptions>(&text).unwrap().exception
}

/// Runs every entry, prints what came of each manifest, and fails unless exactly the listed ones fail.
pub(super) fn assert_passed(
    suite: &str,
    entries: &[Entry],
    run: impl Fn(&Entry) -> Result<(), String>,
) {
    let listed = listed();
    let (mut table, mut wrong) = (BTreeMap::<_, [usize; 2]>::new(), Vec::new());
    for entry in entries {
        let excepted = listed.iter().any(|it| it.entry == entry.iri.as_str());
        let outcome = run(entry);
        table.entry(entry.folder).or_default()[usize::from(outcome.is_err())] += 1;
        match outcome {
            Err(why) if !excepted => wrong.push(format!("{}\n{why}", entry.iri)),
            Ok(()) if excepted => wrong.push(format!("{}\npasses, and is listed", entry.iri)),
            Ok(()) | Err(_) => {}
        }
    }
    let total = table.values().fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
    for (name, [passed, failed]) in table.into_iter().chain([(suite, total)]) {
        println!("{name:20} {passed:4} passed {failed:3} excepted");
    }
    assert!(wrong.is_empty(), "{} of {}:\n\n{}", wrong.len(), entries.len(), wrong.join("\n\n"));
}

#[test]
fn exceptions_are_few_and_each_names_a_clause() {
    let listed = listed();
    // The stricter of two counts: the language and the protocol, without the formats and the description.
    let counted = entries(QUERY).len() + entries(&["protocol"]).len();
    let all = entries(QUERY).len() + entries(RESULTS).len() + entries(SERVICE).len();
    assert!((counted, all) == (362, 375), "{counted} and {all} entries");
    assert!(listed.len() * 100 <= counted * SHARE_MAX, "{} of {counted}", listed.len());
    let there = entries(&[QUERY, RESULTS, SERVICE].concat());
    for exception in &listed {
        let known = there.iter().any(|entry| entry.iri.as_str() == exception.entry);
        assert!(known, "{} is no entry of the suites", exception.entry);
        let clause = exception.clause.split_once('#');
        let names = clause.is_some_and(|(page, clause)| {
            page.starts_with("https://www.w3.org/TR/") && !clause.is_empty()
        });
        assert!(names && exception.reason.len() > 20, "{}", exception.entry);
    }
    println!("{} exceptions of {all}; beside them {}", listed.len(), entries(FEDERATED).len());
}
