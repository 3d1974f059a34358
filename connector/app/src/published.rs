//! What is published, by source: the journal's publications replayed, and applied to the fact store.

use crate::error::Error;
use adit_facts::{Change, Store};
use adit_journal::{Entry, Hash, Journal, Kind};
use oxrdf::Quad;
use oxttl::NQuadsParser;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One file of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file's name in the company's folder.
    pub name: String,
    /// The file as it was; empty where it was withdrawn.
    pub file: Option<Hash>,
    /// Its mapping as it was.
    pub mapping: Option<Hash>,
    /// The checked, routed, sorted quads, in canonical N-Quads; `None` withdraws the source.
    pub quads: Option<Hash>,
    /// Documents that the file refers to.
    #[serde(default)]
    pub documents: Vec<Hash>,
}

/// The body of a publication entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Publication {
    /// The sources that it replaces.
    pub sources: Vec<Source>,
}

/// The live sources by name, and the journal entry that they stand for.
#[derive(Debug, Default)]
pub struct Published {
    /// By file name.
    pub sources: BTreeMap<String, Source>,
    /// The last publication replayed.
    pub entry: u64,
}

impl Published {
    /// Replays the journal's publications that are not here yet, and applies to the store those that it has not seen:
    /// all of them at start, and later one that was written down and could not be applied.
    pub fn catch_up(&mut self, journal: &Journal, store: &Store) -> Result<(), Error> {
        loop {
            let page = journal.entries_of(Kind::Publication, self.entry + 1, 100)?;
            if page.is_empty() {
                return Ok(());
            }
            for entry in page {
                self.replay(journal, store, &entry)?;
            }
        }
    }

    /// Takes one publication in, and applies it to the store if the store has not seen it.
    pub fn replay(&mut self, journal: &Journal, store: &Store, entry: &Entry) -> Result<(), Error> {
        self.take(journal, store, entry, |source| quads(journal, source.quads.as_ref()))
    }

    /// The same, where the new quads of a source are at hand.
    pub fn take(
        &mut self,
        journal: &Journal,
        store: &Store,
        entry: &Entry,
        mut new_quads: impl FnMut(&Source) -> Result<Vec<Quad>, Error>,
    ) -> Result<(), Error> {
        let publication: Publication = serde_json::from_value(entry.record.body.clone())
            .map_err(|e| Error::Internal(format!("publication {}: {e}", entry.number)))?;
        if entry.number > store.generation()? {
            let mut change = Change::default();
            for source in &publication.sources {
                let old = self.sources.get(&source.name).and_then(|old| old.quads.as_ref());
                let old = quads(journal, old)?;
                // What is withdrawn has no quads, whatever is at hand.
                let new = match source.quads {
                    Some(_) => new_quads(source)?,
                    None => Vec::new(),
                };
                compare(old, new, &mut change);
            }
            store.apply(entry.number, &change)?;
        }
        for source in publication.sources {
            if source.quads.is_some() {
                self.sources.insert(source.name.clone(), source);
            } else {
                self.sources.remove(&source.name);
            }
        }
        self.entry = entry.number;
        Ok(())
    }
}

/// The quads of a source as they were published.
pub fn quads(journal: &Journal, blob: Option<&Hash>) -> Result<Vec<Quad>, Error> {
    let Some(hash) = blob else { return Ok(Vec::new()) };
    let bytes = journal.blob(hash)?;
    NQuadsParser::new()
        .for_slice(&bytes)
        .collect::<Result<_, _>>()
        .map_err(|e| Error::Internal(format!("blob {hash}: {e}")))
}

/// Adds to a change what one sorted list has that the other has not, both ways.
fn compare(old: Vec<Quad>, new: Vec<Quad>, change: &mut Change) {
    if old.is_empty() {
        change.add.extend(new);
        return;
    }
    let before: std::collections::HashSet<_> = old.iter().cloned().collect();
    let after: std::collections::HashSet<_> = new.iter().cloned().collect();
    change.remove.extend(old.into_iter().filter(|quad| !after.contains(quad)));
    change.add.extend(new.into_iter().filter(|quad| !before.contains(quad)));
}
