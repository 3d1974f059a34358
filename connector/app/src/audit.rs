//! The journal as an auditor takes it away: JSON lines that say what happened, and prove that nothing was changed.
//!
//! The first line is a [`Head`], every further line an entry. An auditor needs no Adit code: with `record` the
//! canonical JSON ([RFC 8785](https://www.rfc-editor.org/rfc/rfc8785#section-3)) of an entry's members `at`, `blobs`,
//! `body`, `kind` and `number`, its `leaf` is SHA-256 of a zero byte and `record`, and its `root` is that of the tree
//! ([RFC 6962](https://www.rfc-editor.org/rfc/rfc6962#section-2.1)) that `edge` begins and the leaves up to it go on.
//! `SECURITY.md` says the same for people.
//!
//! No secret enters the journal, so none leaves by this: of a query or a token it holds the SHA-256 alone, and people
//! have no name in it. The lines are written one by one while they are read; nothing is collected.

use crate::asked::Period;
use crate::error::Error;
use crate::folder::Folder;
use adit_journal::{Entry, Hash, Snapshot};
use adit_vocab::Did;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};

/// The version of the form; a change that a reader must know of counts up.
const FORM: u32 = 1;

/// What a failed writing is said to be of, where nobody named a file.
pub const EXPORT: &str = "the export";

/// The first line: which part of which journal follows, and what is needed to check it.
#[derive(Debug, Clone, Serialize)]
pub struct Head {
    /// The version of the form.
    pub form: u32,
    /// Whose journal.
    pub did: Did,
    /// When it was read.
    pub made: Timestamp,
    /// The period that was asked for.
    #[serde(flatten)]
    pub period: Period,
    /// The number of the first entry that follows; absent if none does.
    pub first: Option<u64>,
    /// The number of the last; a file that ends before it was cut off.
    pub last: Option<u64>,
    /// The roots of the complete subtrees of the entries before the first, largest first.
    pub edge: Vec<Hash>,
    /// How many entries the journal had.
    pub entries: u64,
    /// The root of all of them.
    pub root: Hash,
}

/// Writes the entries of a period, read beside a server that may be at work.
///
/// # Errors
/// A journal that is damaged up to the last of them, or a writer that fails.
pub fn export(
    folder: &Folder,
    did: &Did,
    period: Period,
    now: Timestamp,
    mut into: impl Write,
) -> Result<Head, Error> {
    let snapshot = Snapshot::open(&folder.state())?;
    let range = snapshot.range(period.since, period.until)?;
    let first = range.as_ref().map(|range| *range.start());
    let head = Head {
        form: FORM,
        did: did.clone(),
        made: now,
        period,
        first,
        last: range.as_ref().map(|range| *range.end()),
        edge: snapshot.edge(first.map_or(0, |first| first - 1))?,
        entries: snapshot.len(),
        root: snapshot.root(),
    };
    line(&mut into, &head)?;
    if let Some(range) = range {
        snapshot.each(range, |entry| line(&mut into, &of_entry(entry)))?;
    }
    into.flush().map_err(unwritten)?;
    Ok(head)
}

/// An entry, flat.
fn of_entry(entry: Entry) -> serde_json::Value {
    let Entry { number, record, leaf, root } = entry;
    json!({
        "number": number, "at": record.at, "kind": record.kind, "body": record.body,
        "blobs": record.blobs, "leaf": leaf, "root": root,
    })
}

fn line(into: &mut impl Write, what: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_vec(what).map_err(|e| Error::Internal(e.to_string()))?;
    text.push(b'\n');
    into.write_all(&text).map_err(unwritten)
}

fn unwritten(source: io::Error) -> Error {
    Error::file(EXPORT.as_ref(), source)
}
