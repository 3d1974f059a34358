use super::{folder, sample};
use crate::{Broken, Entry, Hash, Journal, verify};
use rusqlite::{Connection, params};
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What a break is about: the text of the error up to the values.
fn broken(dir: &Path) -> String {
    verify(dir).unwrap_err().to_string()
}

fn database(dir: &Path) -> Connection {
    let connection = Connection::open(dir.join("journal.db")).unwrap();
    // A test that loses power loses nothing.
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON")
        .unwrap();
    connection
}

/// A change of one byte that never leaves it as it was, and differs from place to place.
fn flip(bytes: &mut [u8], place: usize) {
    bytes[place] ^= 1 << (place % 8);
}

#[test]
fn names_the_entry_of_any_flipped_byte_in_the_rows() {
    let dir = folder();
    let entries = sample(dir.path());
    let connection = database(dir.path());
    let mut flips = 0;
    for (column, number) in ["record", "leaf", "root", "kind"]
        .into_iter()
        .flat_map(|column| entries.iter().map(move |e| (column, e.number)))
    {
        let select = format!("SELECT CAST({column} AS BLOB) FROM entry WHERE number = ?1");
        let good: Vec<u8> = connection.query_row(&select, [number as i64], |r| r.get(0)).unwrap();
        let cast = if column == "kind" { "CAST(?1 AS TEXT)" } else { "?1" };
        let update = format!("UPDATE entry SET {column} = {cast} WHERE number = ?2");
        let mut set = connection.prepare(&update).unwrap();
        for place in 0..good.len() {
            let mut bad = good.clone();
            flip(&mut bad, place);
            set.execute(params![bad, number as i64]).unwrap();
            let (found, what) = match verify(dir.path()) {
                Err(Broken::Leaf { number, .. }) => (number, "record or leaf"),
                Err(Broken::Root { number, .. }) => (number, "root"),
                Err(Broken::Row { number, .. }) => (number, "kind"),
                other => panic!("{column} of entry {number}, byte {place}: {other:?}"),
            };
            assert_eq!(found, number, "{column}, byte {place}");
            assert!(what.contains(column), "{column} of entry {number}, byte {place}: {what}");
            flips += 1;
        }
        set.execute(params![good, number as i64]).unwrap();
    }
    assert!(flips > 20 * (32 + 32 + 100));
    assert_eq!(verify(dir.path()).unwrap().entries(), 20);
}

#[test]
fn names_any_flipped_cut_or_missing_blob_and_the_first_entry_that_names_it() {
    let dir = folder();
    let entries = sample(dir.path());
    let first = |hash: Hash| -> u64 {
        let names = |entry: &&Entry| entry.record.blobs.contains(&hash);
        entries.iter().find(names).unwrap().number
    };
    let blobs: std::collections::BTreeSet<Hash> =
        entries.iter().flat_map(|entry| entry.record.blobs.clone()).collect();
    assert_eq!(blobs.len(), 6);
    for hash in blobs {
        let path = dir.path().join("blobs").join(&hash.to_string()[..2]).join(hash.to_string());
        let good = fs::read(&path).unwrap();
        let mut damages: Vec<Vec<u8>> = vec![good[..good.len() - 1].to_vec(), vec![]];
        damages.extend((0..good.len()).map(|place| {
            let mut bad = good.clone();
            flip(&mut bad, place);
            bad
        }));
        for bad in damages {
            fs::write(&path, &bad).unwrap();
            let expected = format!(
                "blob {hash}, named by entry {}: {} hashes to {}",
                first(hash),
                path.display(),
                Hash::of(&bad)
            );
            assert_eq!(broken(dir.path()), expected);
        }
        fs::remove_file(&path).unwrap();
        let expected = format!(
            "blob {hash}, named by entry {}, is missing at {}",
            first(hash),
            path.display()
        );
        assert_eq!(broken(dir.path()), expected);
        fs::write(&path, good).unwrap();
    }
    assert_eq!(verify(dir.path()).unwrap().blobs(), 6);
}

#[test]
fn names_the_first_entry_that_is_missing_moved_or_forged() {
    let swap = |column: &str| {
        format!(
            "UPDATE entry SET {column} = CASE number
                WHEN 5 THEN (SELECT {column} FROM entry WHERE number = 6)
                WHEN 6 THEN (SELECT {column} FROM entry WHERE number = 5)
                ELSE {column} END"
        )
    };
    let cases = [
        ("DELETE FROM entry WHERE number = 1".to_owned(), "entry 1 is missing"),
        ("DELETE FROM entry WHERE number = 7".to_owned(), "entry 7 is missing"),
        ("DELETE FROM entry WHERE number = 20".to_owned(), "entry 20 is missing"),
        ("DELETE FROM entry WHERE number > 3".to_owned(), "entry 4 is missing"),
        ("DELETE FROM entry".to_owned(), "entry 1 is missing"),
        ("UPDATE entry SET number = 0 WHERE number = 1".to_owned(), "entry 1 is missing"),
        ("UPDATE entry SET number = -3 WHERE number = 9".to_owned(), "entry 1 is missing"),
        ("UPDATE entry SET number = 40 WHERE number = 9".to_owned(), "entry 9 is missing"),
        (swap("record"), "entry 5: the record hashes to "),
        (
            // With its leaf, and even with its root, entry 6 is not entry 5.
            format!("{}; {}", swap("record"), swap("leaf")),
            "entry 5: the entries up to it give the root ",
        ),
        (
            format!("{}; {}; {}; {}", swap("record"), swap("leaf"), swap("root"), swap("kind")),
            "entry 5: the entries up to it give the root ",
        ),
        (
            "INSERT INTO entry SELECT 21, kind, record, leaf, root FROM entry WHERE number = 20"
                .to_owned(),
            "entry 21: the entries up to it give the root ",
        ),
        ("UPDATE entry SET leaf = x'00' WHERE number = 8".to_owned(), "entry 8: "),
        (
            "UPDATE frontier SET hashes = zeroblob(length(hashes))".to_owned(),
            "the stored edge of the tree is not that of the 20 entries",
        ),
        (
            "UPDATE frontier SET size = 19".to_owned(),
            "the stored edge of the tree is not that of the 20 entries",
        ),
    ];
    for (damage, expected) in cases {
        let dir = folder();
        sample(dir.path());
        database(dir.path()).execute_batch(&damage).unwrap();
        let found = verify(dir.path()).map_err(|broken| broken.to_string());
        let named = found.as_ref().is_err_and(|text| text.starts_with(expected));
        assert!(named, "{damage}: {found:?}");
    }
}

/// Changes one byte at some places of a file, calls, and changes them back.
fn with_flipped(path: &Path, good: &[u8], places: &[usize], check: impl FnOnce()) {
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    for &place in places {
        file.write_all_at(&[good[place] ^ (1 << (place % 8))], place as u64).unwrap();
    }
    check();
    for &place in places {
        file.write_all_at(&[good[place]], place as u64).unwrap();
    }
}

#[test]
fn names_the_entry_of_any_flipped_byte_of_a_record_in_the_file() {
    let dir = folder();
    let entries = sample(dir.path());
    let connection = database(dir.path());
    let path = dir.path().join("journal.db");
    let mut random = fastrand::Rng::with_seed(6962);
    let records: Vec<Vec<u8>> = entries
        .iter()
        .map(|entry| {
            let select = "SELECT record FROM entry WHERE number = ?1";
            connection.query_row(select, [entry.number as i64], |r| r.get(0)).unwrap()
        })
        .collect();
    drop(connection);
    let file = fs::read(&path).unwrap();
    for (entry, record) in entries.iter().zip(&records) {
        // Unused space of a page may hold a stale copy; all are changed, so the live one is.
        let copies = file.windows(record.len()).enumerate();
        let starts: Vec<usize> =
            copies.filter(|(_, bytes)| bytes == record).map(|(start, _)| start).collect();
        for _ in 0..20 {
            let place = random.usize(..record.len());
            let places: Vec<usize> = starts.iter().map(|start| start + place).collect();
            with_flipped(&path, &file, &places, || {
                let found = broken(dir.path());
                let expected = format!("entry {}: the record hashes to ", entry.number);
                assert!(found.starts_with(&expected), "byte {place}: {found}");
            });
        }
    }
    assert_eq!(verify(dir.path()).unwrap().entries(), 20);
}

#[test]
fn a_flip_anywhere_in_the_file_is_found_or_changes_nothing_that_is_read() {
    let dir = folder();
    let entries = sample(dir.path());
    let path = dir.path().join("journal.db");
    let file = fs::read(&path).unwrap();
    let mut random = fastrand::Rng::with_seed(9162);
    let mut found = 0;
    for _ in 0..600 {
        let place = random.usize(..file.len());
        with_flipped(&path, &file, &[place], || match verify(dir.path()) {
            Err(_) => found += 1,
            Ok(verified) => {
                assert_eq!(verified.root(), entries[19].root, "byte {place}");
                let connection = crate::database::open_for_reading(dir.path()).unwrap();
                let rows = crate::database::rows(&connection, None, 0, 100).unwrap();
                let read: Vec<Entry> = rows.into_iter().map(|r| r.try_into().unwrap()).collect();
                assert_eq!(read, entries, "byte {place}");
            }
        });
    }
    assert!(found > 100, "{found} of 600");
}

#[test]
fn reads_beside_a_writer_and_reports_a_folder_without_journal() {
    let dir = folder();
    assert_eq!(
        broken(dir.path()),
        format!("there is no journal at {}", dir.path().join("journal.db").display())
    );
    let journal = Journal::open(dir.path()).unwrap();
    for number in 1..=30 {
        journal.append(super::decision(serde_json::json!(number))).unwrap();
        let verified = verify(dir.path()).unwrap();
        assert_eq!((verified.entries(), verified.root()), (number, journal.root()));
    }
}
