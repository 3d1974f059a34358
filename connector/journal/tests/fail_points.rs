//! What the journal does when a disk says that it could not sync. A fail-point is the whole process's, so these tests
//! have one of their own, where a scenario waits for the one before.

#![cfg(feature = "fail-points")]

use adit_journal::{Fault, Journal, Kind, Record};
use serde_json::{Value, json};

fn decision(body: Value) -> Record {
    Record { kind: Kind::Decision, at: "2026-11-22T16:50:00Z".to_owned(), body, blobs: Vec::new() }
}

#[test]
fn after_a_failed_sync_everyone_in_the_group_is_told_and_the_journal_stops() {
    let scenario = fail::FailScenario::setup();
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    journal.append(decision(json!("before"))).unwrap();
    fail::cfg("journal.append.before-commit", "1*return->off").unwrap();
    let failed = journal.append(decision(json!("lost"))).unwrap_err();
    assert!(matches!(failed, Fault::Database { .. }), "{failed}");
    let stopped = journal.append(decision(json!("after"))).unwrap_err();
    assert_eq!(
        stopped.to_string(),
        format!(
            "the journal stopped after a failed write ({failed}); check the disk and start again"
        )
    );
    assert_eq!(journal.entries(1, 9).unwrap().len(), 1);
    drop(journal);
    assert_eq!(Journal::open(dir.path()).unwrap().append(decision(json!(2))).unwrap().number, 2);
    scenario.teardown();
}

#[test]
fn after_a_failed_sync_of_a_folder_no_more_blobs_are_taken() {
    let scenario = fail::FailScenario::setup();
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    fail::cfg("journal.blob.renamed", "1*return->off").unwrap();
    let failed = journal.put_blob(b"heat 7").unwrap_err();
    for bytes in [b"heat 7", b"heat 8"] {
        assert_eq!(
            journal.put_blob(bytes).unwrap_err().to_string(),
            format!(
                "the journal stopped after a failed write ({failed}); check the disk and start again"
            )
        );
    }
    drop(journal);
    Journal::open(dir.path()).unwrap().put_blob(b"heat 7").unwrap();
    scenario.teardown();
}
