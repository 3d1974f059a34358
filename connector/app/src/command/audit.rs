//! `adit audit export`: the journal as JSON lines, to a file or to standard output.

use crate::audit::{EXPORT, Head, export};
use crate::cli::Audit;
use crate::clock;
use crate::command::asked::period;
use crate::config::Config;
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::Outcome;
use serde_json::json;
use std::fs::{OpenOptions, Permissions};
use std::io::{self, BufWriter};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Exports; works beside a running server, and only reads.
pub fn run(folder: &Folder, what: &Audit) -> Result<Outcome, Error> {
    let Audit::Export { since, until, output } = what;
    let did = Config::read(folder)?.did;
    let period = period(folder, since.as_ref(), until.as_ref())?;
    let now = clock::now();
    match output {
        Some(path) => {
            let into = BufWriter::new(file(path)?);
            let head = export(folder, &did, period, now, into).map_err(|error| match error {
                Error::File { path: written, source } if written == Path::new(EXPORT) => {
                    Error::file(path, source)
                }
                other => other,
            })?;
            let count = count(&head);
            let human =
                format!("{count} entries written to {}; root {}\n", path.display(), head.root);
            let json = json!({ "entries": count, "file": path, "head": head });
            Ok(Outcome::new(json, human))
        }
        None => match export(folder, &did, period, now, BufWriter::new(io::stdout().lock())) {
            // A reader that closed the pipe early, such as `head`, has what it wanted.
            Err(Error::File { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => {
                Ok(Outcome::default())
            }
            written => written.map(|_| Outcome::default()),
        },
    }
}

/// A file that its owner alone reads: what partners asked for is nobody else's business.
fn file(path: &Path) -> Result<std::fs::File, Error> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    let open = || -> io::Result<std::fs::File> {
        let file = options.open(path)?;
        // One that was there before may have been for others too; a device or a pipe stays what it is.
        if file.metadata()?.is_file() {
            file.set_permissions(Permissions::from_mode(0o600))?;
        }
        Ok(file)
    };
    open().map_err(|e| Error::file(path, e))
}

fn count(head: &Head) -> u64 {
    head.first.zip(head.last).map_or(0, |(first, last)| last - first + 1)
}
