//! What a key has signed that is still valid, as the journal has it.

use crate::connector::Connector;
use crate::error::Error;
use adit_journal::{Entry, Kind};
use jiff::Timestamp;

/// How many entries of the journal are read at a time.
const PAGE: usize = 1000;

/// The end of the last credential or list that this company signed since an instant.
///
/// Every one is in the journal before anybody has it, with `issued` or `signed` and `until`.
pub(super) fn last_end(
    connector: &Connector,
    since: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let (mut from, mut end) = (1, None);
    loop {
        let entries = connector.journal.entries_of(Kind::Trust, from, PAGE)?;
        let Some(last) = entries.last() else { return Ok(end) };
        from = last.number + 1;
        let ends = entries.iter().filter_map(|entry| end_of(entry, since));
        end = end.into_iter().chain(ends).max();
    }
}

fn end_of(entry: &Entry, since: Timestamp) -> Option<Timestamp> {
    let body = &entry.record.body;
    let is_signed = body.get("issued").is_some() || body.get("signed").is_some();
    let at: Timestamp = entry.record.at.parse().ok()?;
    body.get("until")?.as_str()?.parse().ok().filter(|_| is_signed && at >= since)
}
