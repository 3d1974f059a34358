use super::{decision, folder, sample};
use crate::{Entry, Fault, Hash, Journal, Record, Snapshot};
use rusqlite::Connection;
use serde_json::json;
use std::path::Path;

fn entries(snapshot: &Snapshot, from: u64, to: u64) -> Vec<Entry> {
    let mut found = Vec::new();
    let each = |entry| {
        found.push(entry);
        Ok::<_, Fault>(())
    };
    snapshot.each(from..=to, each).unwrap();
    found
}

fn at(time: &str) -> Record {
    Record { at: time.to_owned(), ..decision(json!({ "at": time })) }
}

/// The numbers of a range that times name.
fn range(dir: &Path, since: Option<&str>, until: Option<&str>) -> Option<(u64, u64)> {
    let time = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    let range = Snapshot::open(dir).unwrap().range(time(since), time(until)).unwrap();
    range.map(|range| range.into_inner())
}

#[test]
fn a_snapshot_keeps_to_its_moment_while_the_journal_grows() {
    let dir = folder();
    let written = sample(dir.path());
    let journal = Journal::open(dir.path()).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    journal.append(decision(json!("later"))).unwrap();
    assert_eq!((snapshot.len(), snapshot.root()), (20, written[19].root));
    assert_eq!(entries(&snapshot, 1, 99), written);
    assert_eq!(entries(&snapshot, 7, 9), written[6..9]);
    assert_eq!(Snapshot::open(dir.path()).unwrap().len(), 21);
}

#[test]
fn times_name_a_range_without_gaps_even_where_the_clock_went_back() {
    let dir = folder();
    assert!(matches!(Snapshot::open(dir.path()), Err(Fault::NoJournal { .. })));
    let journal = Journal::open(dir.path()).unwrap();
    assert_eq!(range(dir.path(), None, None), None);
    for time in [
        "2026-11-20T08:00:00Z",
        "2026-11-20T09:00:00.5Z",
        "2026-11-20T08:30:00Z",
        "2026-11-20T09:00:01Z",
        "2026-11-20T10:00:00Z",
    ] {
        journal.append(at(time)).unwrap();
    }
    assert_eq!(range(dir.path(), None, None), Some((1, 5)));
    assert_eq!(range(dir.path(), Some("2026-11-20T09:00:00Z"), None), Some((2, 5)));
    let hour = range(dir.path(), Some("2026-11-20T09:00:00Z"), Some("2026-11-20T10:00:00Z"));
    assert_eq!(hour, Some((2, 4)));
    assert_eq!(range(dir.path(), Some("2026-11-20T10:00:00.1Z"), None), None);
}

/// The root of a right edge and the leaves after it, computed by the definition of RFC 6962 alone.
fn root_after(size: usize, edge: &[Hash], leaves: &[Hash]) -> Hash {
    let node = |left: Hash, right: Hash| {
        let children = [&[1_u8][..], left.as_bytes(), right.as_bytes()].concat();
        Hash::of(&children)
    };
    // A subtree is its size and its root; equal neighbours are one of twice the size.
    let mut sizes: Vec<usize> =
        (0..usize::BITS).rev().map(|bit| 1 << bit).filter(|bit| size & bit != 0).collect();
    let mut roots = edge.to_vec();
    assert_eq!(sizes.len(), roots.len());
    for leaf in leaves {
        sizes.push(1);
        roots.push(*leaf);
        while let [.., left, right] = sizes[..]
            && left == right
        {
            let (right, left) = (roots.pop().unwrap(), roots.pop().unwrap());
            roots.push(node(left, right));
            sizes.pop();
            *sizes.last_mut().unwrap() *= 2;
        }
    }
    roots.into_iter().rev().reduce(|right, left| node(left, right)).unwrap()
}

#[test]
fn the_edge_before_a_part_gives_the_roots_of_its_entries() {
    let dir = folder();
    let written = sample(dir.path());
    let snapshot = Snapshot::open(dir.path()).unwrap();
    for before in 0..20 {
        let edge = snapshot.edge(before as u64).unwrap();
        let leaves: Vec<_> = written[before..].iter().map(|entry| entry.leaf).collect();
        for (count, entry) in written[before..].iter().enumerate() {
            assert_eq!(root_after(before, &edge, &leaves[..=count]), entry.root);
        }
    }
}

#[test]
fn damage_is_named_and_never_handed_over() {
    let dir = folder();
    sample(dir.path());
    let connection = Connection::open(dir.path().join("journal.db")).unwrap();
    connection.execute("UPDATE entry SET leaf = zeroblob(32) WHERE number = 5", []).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let each = snapshot.each(4..=6, |_| Ok::<_, Fault>(()));
    assert!(matches!(each, Err(Fault::Damaged { number: 5, .. })), "{each:?}");
    let edge = snapshot.edge(8);
    assert!(matches!(edge, Err(Fault::Damaged { number: 8, .. })), "{edge:?}");
    connection.execute("UPDATE entry SET record = x'7b7d' WHERE number = 6", []).unwrap();
    let range = Snapshot::open(dir.path()).unwrap().range(None, None);
    assert!(matches!(range, Err(Fault::Damaged { number: 6, .. })), "{range:?}");
}
