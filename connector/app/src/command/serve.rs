//! `adit serve`

use crate::cli::Serve;
use crate::clock;
use crate::config::Config;
use crate::connector::Connector;
use crate::error::Error;
use crate::expiry;
use crate::folder::{self, Folder};
use crate::outcome::Outcome;
use crate::{http, keys};
use std::io::Read;

/// How many worker processes evaluate queries if no setting says otherwise.
const WORKERS: usize = 2;

/// Answers until the process is told to end.
pub async fn run(folder: &Folder, serve: &Serve) -> Result<Outcome, Error> {
    let workers = Config::read(folder)?.workers.unwrap_or(WORKERS);
    let connector = Connector::open_with(folder, workers)?;
    connector.config.base()?;
    // A profile with a rule that cannot be run is told now, not at the first publication.
    connector.shapes()?;
    // `--listen` is among the settings already: a flag overrides environment and file.
    let address = connector
        .config
        .listen
        .unwrap_or_else(|| std::net::SocketAddr::from(([127, 0, 0, 1], 8080)));
    let path = folder.address();
    let did = connector.did().clone();
    let listening = |bound: std::net::SocketAddr| {
        tracing::info!(%did, address = %bound, "answering");
        folder::write(&path, bound.to_string().as_bytes(), false)
    };
    let watching = tokio::spawn(expiry::watch(connector.clone()));
    let keys = tokio::spawn(keys::tend(connector.clone()));
    let serving = http::serve(connector.clone(), address, listening);
    if serve.until_stdin_closes {
        tokio::select! {
            ended = serving => ended?,
            () = stdin_closed() => {}
        }
    } else {
        serving.await?;
    }
    watching.abort();
    connector.note_rest_of_refusals(clock::now()).await;
    keys.abort();
    drop(std::fs::remove_file(folder.address()));
    drop(std::fs::remove_file(folder.socket()));
    Ok(Outcome::default())
}

/// Waits until nobody holds the other end of standard input.
async fn stdin_closed() {
    let read = || {
        let mut ignored = [0; 64];
        while std::io::stdin().read(&mut ignored).is_ok_and(|read| read > 0) {}
    };
    // A thread of its own: the runtime would wait for one of its threads when the server ends otherwise.
    let (closed, hears) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        read();
        drop(closed);
    });
    drop(hears.await);
}
