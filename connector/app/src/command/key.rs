//! `adit key list | rotate | retire | seal`

use crate::cli::{Key, KeyKind};
use crate::config::Config;
use crate::control::{self, Order};
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::keys::{self, Chosen, Keystore, Rotate, Secret};
use crate::outcome::{Outcome, Reply};
use adit_credentials::Algorithm;
use jiff::{Span, SpanRelativeTo};
use serde_json::json;
use std::path::Path;

/// The longest lead or overlap, in seconds: ten years.
const TIME_S_MAX: i64 = 10 * 366 * 24 * 60 * 60;

/// Carries it out, through the server if one runs; sealing is done here, without one.
pub async fn run(folder: &Folder, what: &Key) -> Result<Reply, Error> {
    match what {
        Key::List => control::send(folder, Order::KeyList).await,
        Key::Rotate { lead, overlap, kind } => {
            let algorithm = kind.map(|kind| named(kind).to_owned());
            let (lead_s, overlap_s) = (seconds("--lead", lead)?, seconds("--overlap", overlap)?);
            let wanted = Rotate { lead_s, overlap_s, algorithm };
            control::send(folder, Order::KeyRotate(wanted)).await
        }
        Key::Retire { kid } => control::send(folder, Order::KeyRetire { kid: kid.clone() }).await,
        Key::Seal { passphrase_file, ask } => {
            seal(folder, passphrase_file.as_deref(), *ask).await.map(Reply::Done)
        }
    }
}

/// The kind of key, as orders spell it.
fn named(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Es256 => "es256",
        KeyKind::Ed25519 => "ed25519",
    }
}

/// The kind of key that a flag names.
pub fn algorithm(kind: KeyKind) -> Algorithm {
    match kind {
        KeyKind::Es256 => Algorithm::Es256,
        KeyKind::Ed25519 => Algorithm::Ed25519,
    }
}

/// A length of time such as `15m`, `12h` or `7d`.
fn seconds(flag: &str, text: &str) -> Result<i64, Error> {
    let span: Option<Span> = text.parse().ok();
    let duration = span.and_then(|it| it.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    let seconds = duration.map(|it| it.as_secs());
    seconds.filter(|it| (0..=TIME_S_MAX).contains(it)).ok_or_else(|| {
        Error::Usage(format!("{flag} is '{text}'; write a length of time such as 15m, 12h or 7d"))
    })
}

/// Seals the keys, or seals them with something else.
async fn seal(folder: &Folder, named: Option<&Path>, ask: bool) -> Result<Outcome, Error> {
    let _lock = folder.lock()?;
    let config = Config::read(folder)?;
    let (_, opened) = Keystore::open(folder, &config)?;
    let (secret, file) = if ask {
        if let Some(path) = config.passphrase_file(folder) {
            return Err(Error::Usage(format!(
                "the settings name {} for it; take keys.passphrase_file out of adit.toml first",
                path.display()
            )));
        }
        (Secret::ask()?, None)
    } else {
        match Secret::choose(folder, &config, named)? {
            Chosen::File(secret, path) => (secret, Some(path)),
            Chosen::Known(secret) => (secret, None),
            Chosen::Nothing => {
                return Err(Error::Usage(
                    "no place outside the folder can be written; name one with --passphrase-file"
                        .to_owned(),
                ));
            }
        }
    };
    // Known to be right before anything is sealed: sealed keys that no setting opens would stop the server.
    let settings = file.as_deref().map(|file| keys::naming(folder, file)).transpose()?;
    Keystore::seal(folder, &opened, secret)?;
    if let Some(text) = settings {
        folder::write(&folder.settings(), text.as_bytes(), false)?;
    }
    keys::note(folder, json!({ "sealed": true })).await?;
    let human = match &file {
        Some(file) => format!(
            "the keys are sealed; {} opens them. Keep a copy of that file apart from the folder\n",
            file.display()
        ),
        None => "the keys are sealed\n".to_owned(),
    };
    Ok(Outcome::new(json!({ "sealed": true, "passphraseFile": file }), human))
}
