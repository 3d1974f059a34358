//! The journal as a whole, in one process. Crashes of a process are in `tests/crash.rs`.

mod appending;
mod blobs;
mod snapshots;
mod verifying;

use crate::{Entry, Hash, Journal, Kind, Record};
use serde_json::{Value, json};
use std::path::Path;

fn record(kind: Kind, body: Value, blobs: &[Hash]) -> Record {
    Record { kind, at: "2026-11-22T16:50:00Z".to_owned(), body, blobs: blobs.to_vec() }
}

fn decision(body: Value) -> Record {
    record(Kind::Decision, body, &[])
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A journal of twenty entries of every kind and six blobs; some entries name two of them, one blob is named twice.
fn sample(dir: &Path) -> Vec<Entry> {
    let journal = Journal::open(dir).unwrap();
    let blobs: Vec<Hash> = (0..6)
        .map(|n| journal.put_blob(format!("<https://mill.example/heat/{n}>").as_bytes()).unwrap())
        .collect();
    (0..20)
        .map(|n| {
            let kind = Kind::ALL[n % Kind::ALL.len()];
            let named = match n % 3 {
                0 => &blobs[n / 4..=n / 4],
                1 => &blobs[n / 4..n / 4 + 2],
                _ => &[],
            };
            journal.append(record(kind, json!({ "step": n, "by": "gjuteri å" }), named)).unwrap()
        })
        .collect()
}
