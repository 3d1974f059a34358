//! `adit rebuild`: delete the fact store and make it again from the journal.

use crate::config::Config;
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::published::Published;
use adit_facts::Store;
use adit_journal::Journal;
use serde_json::json;

/// Rebuilds under the folder's lock, so not beside a running server.
pub fn run(folder: &Folder) -> Result<Outcome, Error> {
    Config::read(folder)?;
    let _lock = folder.lock()?;
    let journal = Journal::open(&folder.state())?;
    // A store that is damaged may not even open; then there is nothing to compare with.
    let before = Store::open(&folder.facts()).and_then(|store| store.hash()).ok();
    match std::fs::remove_dir_all(folder.facts()) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::file(&folder.facts(), e));
        }
        Ok(()) | Err(_) => {}
    }
    let store = Store::open(&folder.facts())?;
    Published::default().catch_up(&journal, &store)?;
    let (facts, after) = (store.len()?, store.hash()?);
    let told = match &before {
        Some(before) if *before == after => "equal to the one before",
        Some(_) => "not equal to the one before",
        None => "the one before could not be read",
    };
    let human = format!("rebuilt {facts} facts from the journal; hash {after}, {told}\n");
    let equal = before.as_ref() == Some(&after);
    let json = json!({ "facts": facts, "hash": after, "before": before, "equal": equal });
    Ok(Outcome::new(json, human))
}
