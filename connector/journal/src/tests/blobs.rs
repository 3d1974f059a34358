use super::folder;
use crate::{Hash, Journal};
use std::fs;
use std::path::{Path, PathBuf};

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn path_of(dir: &Path, hash: Hash) -> PathBuf {
    dir.join("blobs").join(&hash.to_string()[..2]).join(hash.to_string())
}

#[test]
fn a_blob_is_one_file_named_by_its_hash() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    for _ in 0..2 {
        let hash = journal.put_blob(b"certificate 3.1").unwrap();
        assert_eq!(hash, Hash::of(b"certificate 3.1"));
        assert_eq!(files(&dir.path().join("blobs")), [path_of(dir.path(), hash)]);
        assert_eq!(journal.blob(&hash).unwrap(), b"certificate 3.1");
    }
    let nothing = journal.put_blob(b"").unwrap();
    assert_eq!(journal.blob(&nothing).unwrap(), b"");
}

#[test]
fn the_same_blob_from_many_threads_is_whole() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let bytes = vec![7; 300_000];
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let hash = journal.put_blob(&bytes).unwrap();
                assert_eq!(journal.blob(&hash).unwrap(), bytes);
            });
        }
    });
    assert_eq!(files(&dir.path().join("blobs")).len(), 1);
}

#[test]
fn a_changed_blob_is_neither_read_nor_written_over() {
    let dir = folder();
    let journal = Journal::open(dir.path()).unwrap();
    let hash = journal.put_blob(b"heat 7").unwrap();
    let path = path_of(dir.path(), hash);
    let changed =
        format!("{} is not the blob {hash}; bring the file back from a backup", path.display());

    fs::write(&path, b"heat 8").unwrap();
    assert_eq!(journal.blob(&hash).unwrap_err().to_string(), changed);
    fs::write(&path, b"heat").unwrap();
    assert_eq!(journal.blob(&hash).unwrap_err().to_string(), changed);
    assert_eq!(journal.put_blob(b"heat 7").unwrap_err().to_string(), changed);
    fs::remove_file(&path).unwrap();
    assert_eq!(
        journal.blob(&hash).unwrap_err().to_string(),
        format!(
            "there is no blob {hash} at {}; put it before the record that names it",
            path.display()
        )
    );
    assert_eq!(journal.put_blob(b"heat 7").unwrap(), hash);
}

#[test]
fn what_a_crash_cut_off_is_removed() {
    let dir = folder();
    drop(Journal::open(dir.path()).unwrap());
    let cut_off = dir.path().join("blobs/incoming/0");
    fs::write(&cut_off, b"hea").unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    assert!(!cut_off.exists());
    journal.put_blob(b"heat 7").unwrap();
}
