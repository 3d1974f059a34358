use super::{decision, folder, record, sample};
use crate::blobs::Blobs;
use crate::{Hash, Journal, Kind, RECORD_BYTES_MAX, Record, database, journal, verify};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn a_record_is_stored_as_canonical_json_with_its_number() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let blob = journal.put_blob(b"heat 7").unwrap();
    let body = json!({ "z": 1.0, "a": ["å", "\u{1}", 1e21, -0.0], "m": { "b": null, "a": true } });
    let entry = journal.append(record(Kind::Publication, body, &[blob])).unwrap();

    let expected = format!(
        "{{\"at\":\"2026-11-22T16:50:00Z\",\"blobs\":[\"{blob}\"],\
         \"body\":{{\"a\":[\"å\",\"\\u0001\",1e+21,0],\"m\":{{\"a\":true,\"b\":null}},\"z\":1}},\
         \"kind\":\"publication\",\"number\":1}}"
    );
    let rows = database::rows(&database::open_for_reading(dir.path()).unwrap(), None, 1, 9);
    let [row] = <[_; 1]>::try_from(rows.unwrap()).ok().unwrap();
    assert_eq!(String::from_utf8(row.record.clone()).unwrap(), expected);
    // The canonicalizer, asked about the whole, agrees with what was put together.
    assert_eq!(serde_json_canonicalizer::pipe(&expected).unwrap(), expected);

    let leaf = Hash::of(&[&[0], expected.as_bytes()].concat());
    assert_eq!((entry.number, entry.leaf, entry.root), (1, leaf, leaf));
    assert_eq!(journal.entry(1).unwrap(), Some(entry));
}

#[test]
fn goes_on_after_reopening() {
    let dir = folder();
    let entries = sample(dir.path());
    let journal = Journal::open(dir.path()).unwrap();
    assert_eq!((journal.len(), journal.root()), (20, entries[19].root));
    let entry = journal.append(decision(json!({}))).unwrap();
    assert_eq!((entry.number, entry.root), (21, journal.root()));
    drop(journal);
    let verified = verify(dir.path()).unwrap();
    assert_eq!((verified.entries(), verified.root(), verified.blobs()), (21, entry.root, 6));
}

#[test]
fn an_empty_journal_has_the_root_of_nothing() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    assert!(journal.is_empty());
    assert_eq!(journal.root(), Hash::of(b""));
    assert_eq!(journal.entry(0).unwrap(), None);
    assert_eq!(verify(dir.path()).unwrap().root(), Hash::of(b""));
}

#[test]
fn reads_by_number_by_page_and_by_kind() {
    let dir = folder();
    let entries = sample(dir.path());
    let journal = Journal::open(dir.path()).unwrap();
    let numbers = |page: Vec<crate::Entry>| page.iter().map(|e| e.number).collect::<Vec<_>>();

    for entry in &entries {
        assert_eq!(journal.entry(entry.number).unwrap().as_ref(), Some(entry));
    }
    for number in [0, 21, i64::MAX as u64 + 1, u64::MAX] {
        assert_eq!(journal.entry(number).unwrap(), None, "{number}");
    }
    assert_eq!(journal.entries(0, 100).unwrap(), entries);
    assert_eq!(numbers(journal.entries(7, 3).unwrap()), [7, 8, 9]);
    assert_eq!(numbers(journal.entries(19, 3).unwrap()), [19, 20]);
    assert_eq!(numbers(journal.entries_of(Kind::Publication, 1, 100).unwrap()), [1, 8, 15]);
    assert_eq!(numbers(journal.entries_of(Kind::Publication, 9, 1).unwrap()), [15]);
    assert_eq!(numbers(journal.entries_of(Kind::Policy, 14, 100).unwrap()), [20]);
    assert_eq!(numbers(journal.entries_of(Kind::Policy, 21, 100).unwrap()), [0; 0]);
}

#[test]
fn refuses_what_could_not_be_read_back() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let at = |at: &str| Record { at: at.to_owned(), ..decision(json!({})) };
    let deep = (0..200).fold(json!(0), |inner, _| json!([inner]));
    let absent = Hash::of(b"never put");
    let path = dir.path().join("blobs").join(&absent.to_string()[..2]).join(absent.to_string());
    let cases = [
        (
            at("2026-11-22T16:50:00+02:00"),
            "'2026-11-22T16:50:00+02:00' is not an RFC 3339 time in UTC; write it as 2026-11-22T16:50:00Z"
                .to_owned(),
        ),
        (
            at("yesterday, Z"),
            "'yesterday, Z' is not an RFC 3339 time in UTC; write it as 2026-11-22T16:50:00Z"
                .to_owned(),
        ),
        (
            decision(json!({ "grams": [1, 9_007_199_254_740_992_u64] })),
            "the body of the decision holds the integer 9007199254740992, of which JSON numbers keep 53 bits; write it as text"
                .to_owned(),
        ),
        (
            decision(json!(-9_007_199_254_740_993_i64)),
            "the body of the decision holds the integer -9007199254740993, of which JSON numbers keep 53 bits; write it as text"
                .to_owned(),
        ),
        (
            decision(deep),
            "the body of the decision would not be readable again (recursion limit exceeded at line 1 column 174); make it flatter"
                .to_owned(),
        ),
        (
            decision(Value::String("x".repeat(RECORD_BYTES_MAX))),
            "the decision has 4194372 bytes, a record may have 4194304; put what is large into a blob"
                .to_owned(),
        ),
        (
            record(Kind::Publication, json!({}), &[absent]),
            format!(
                "there is no blob {absent} at {}; put it before the record that names it",
                path.display()
            ),
        ),
    ];
    for (record, text) in cases {
        assert_eq!(journal.append(record).unwrap_err().to_string(), text);
    }
    assert!(journal.is_empty());
    assert!(journal.append(decision(json!(9_007_199_254_740_991_u64))).is_ok());
}

#[test]
fn appends_from_many_threads_get_one_number_each() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let journal = journal.clone();
            std::thread::spawn(move || {
                let append = |n| journal.append(decision(json!([thread, n]))).unwrap();
                (0..40).map(append).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut entries: Vec<_> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
    entries.sort_by_key(|entry| entry.number);
    assert_eq!(journal.entries(1, 1_000).unwrap(), entries);
    assert_eq!(verify(dir.path()).unwrap().entries(), 320);
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_from_tasks_wait_for_a_place_and_none_is_lost() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let tasks: Vec<_> =
        (0..5_000).map(|n| tokio::spawn(journal.append_async(decision(json!(n))))).collect();
    let mut numbers = BTreeSet::new();
    for task in tasks {
        numbers.insert(task.await.unwrap().unwrap().number);
    }
    assert_eq!(numbers, (1..=5_000).collect());
    assert_eq!(verify(dir.path()).unwrap().entries(), 5_000);
}

#[tokio::test]
async fn an_append_outlives_the_handle_and_the_future() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let held = journal.append_async(decision(json!("held")));
    let dropped = journal.append_async(decision(json!("dropped")));
    drop(journal);
    assert_eq!(held.await.unwrap().number, 1);
    drop(dropped);
    assert_eq!(Journal::open(dir.path()).unwrap().len(), 1);
}

#[test]
fn one_process_and_one_handle_family_at_a_time() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let other = journal.clone();
    let text = format!(
        "another process writes this journal and holds {}; stop it or ask it",
        dir.path().join("journal.lock").display()
    );
    assert_eq!(Journal::open(dir.path()).err().unwrap().to_string(), text);
    drop(journal);
    assert_eq!(Journal::open(dir.path()).err().unwrap().to_string(), text);
    drop(other);
    assert!(Journal::open(dir.path()).is_ok());
}

#[test]
fn refuses_a_database_of_a_later_program_or_of_another() {
    let dir = folder();
    drop(Journal::open(dir.path()).unwrap());
    let file = dir.path().join("journal.db");
    let refusal = |pragma: &str| {
        rusqlite::Connection::open(&file).unwrap().execute_batch(pragma).unwrap();
        let verified = verify(dir.path()).unwrap_err().to_string();
        assert_eq!(Journal::open(dir.path()).err().unwrap().to_string(), verified);
        verified
    };
    assert_eq!(
        refusal("PRAGMA user_version = 2"),
        format!(
            "{} has journal format 2, this program knows 1; run the newer program that wrote it",
            file.display()
        )
    );
    assert_eq!(
        refusal("PRAGMA application_id = 7"),
        format!("{} is a database of another program; choose another folder", file.display())
    );
}

#[test]
fn stops_at_opening_when_the_end_is_damaged() {
    let dir = folder();
    sample(dir.path());
    let file = dir.path().join("journal.db");
    let delete = "DELETE FROM entry WHERE number = 20";
    rusqlite::Connection::open(&file).unwrap().execute_batch(delete).unwrap();
    assert_eq!(
        Journal::open(dir.path()).err().unwrap().to_string(),
        format!(
            "the last entry of {} is not where its tree ends; verify the journal",
            file.display()
        )
    );
}

#[test]
fn does_not_hand_out_a_damaged_entry() {
    let dir = folder();
    sample(dir.path());
    let update =
        "UPDATE entry SET record = CAST(replace(record, 'step', 'stop') AS BLOB) WHERE number = 4";
    let file = dir.path().join("journal.db");
    rusqlite::Connection::open(file).unwrap().execute_batch(update).unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    assert_eq!(
        journal.entries(1, 20).unwrap_err().to_string(),
        "entry 4 is damaged (the record does not hash to its leaf); verify the journal"
    );
    assert_eq!(journal.entries(5, 20).unwrap().len(), 16);
}

/// A journal whose database may have no more than so many pages: SQLite answers as it does on a full disk.
fn journal_of_pages(dir: &Path, pages: u32) -> Journal {
    let lock = journal::lock(dir).unwrap();
    let connection = database::open_for_writing(dir).unwrap();
    connection.execute_batch(&format!("PRAGMA max_page_count = {pages}")).unwrap();
    Journal::start(dir, lock, Blobs::open(dir).unwrap(), connection).unwrap()
}

#[test]
fn on_a_full_disk_nothing_is_half_written_and_reading_goes_on() {
    let dir = folder();
    let journal = journal_of_pages(dir.path(), 20);
    let large = || decision(json!("x".repeat(30_000)));
    assert_eq!(journal.append(large()).unwrap().number, 1);
    let last = journal.append(decision(json!("small"))).unwrap();
    for _ in 0..3 {
        let file = dir.path().join("journal.db");
        let full = || {
            let append = || journal.append(decision(json!("x".repeat(60_000))));
            append().unwrap_err().to_string()
        };
        assert_eq!(
            full(),
            format!(
                "the disk that holds {} is full; free some space and try again",
                file.display()
            )
        );
        assert_eq!((journal.len(), journal.root()), (2, last.root));
        assert_eq!(journal.entries(1, 9).unwrap().len(), 2);
    }
    // What fits is still taken: the journal did not stop.
    assert_eq!(journal.append(decision(json!("small"))).unwrap().number, 3);
    assert_eq!(verify(dir.path()).unwrap().entries(), 3);
}

#[test]
fn kinds_have_their_names() {
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.as_str()));
    }
    assert_eq!(
        "gossip".parse::<Kind>().unwrap_err().to_string(),
        "'gossip' is not a kind of journal record; the kinds are publication, decision, disclosure, key, trust, policy, refusal"
    );
    assert_eq!(
        "ABC".parse::<Hash>().unwrap_err().to_string(),
        "'ABC' is not a SHA-256 value; write it as 64 lower-case hexadecimal digits"
    );
}
