//! `adit credential issue | show`

use crate::cli::Credential as Wanted;
use crate::clock;
use crate::config::Config;
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::outcome::Outcome;
use crate::{keys, wallet};
use adit_credentials::{Claims, Credential, credential_type};
use adit_vocab::{Did, shorten};
use jiff::SignedDuration;
use serde_json::json;
use std::path::Path;

/// Issues or shows.
pub fn run(folder: &Folder, wanted: &Wanted) -> Result<Outcome, Error> {
    match wanted {
        Wanted::Issue { kind, to, days, output } => issue(folder, kind, to, *days, output),
        Wanted::Show { file } => show(file),
    }
}

fn issue(
    folder: &Folder,
    kind: &str,
    to: &str,
    days: u16,
    output: &Path,
) -> Result<Outcome, Error> {
    let config = Config::read(folder)?;
    let key = keys::read(&folder.key())?;
    let kind = credential_type(kind).ok_or_else(|| Error::UnknownType { got: kind.to_owned() })?;
    let subject: Did = to.parse()?;
    let now = clock::now();
    let claims = Claims {
        id: format!("urn:uuid:{}", clock::random_id()),
        types: vec![kind.to_owned()],
        subject: subject.clone(),
        valid_from: now,
        valid_until: now
            .saturating_add(SignedDuration::from_hours(i64::from(days) * 24))
            .unwrap_or(now),
        extra: Default::default(),
    };
    let jwt = adit_credentials::issue(&key, &config.did, &claims, now)?;
    folder::write(output, format!("{jwt}\n").as_bytes(), true)?;
    let human = format!("{} for {subject} written to {}\n", shorten(kind), output.display());
    Ok(Outcome::new(json!({ "type": kind, "subject": subject, "file": output }), human))
}

fn show(file: &Path) -> Result<Outcome, Error> {
    let credential = Credential::peek(&wallet::read_one(file)?)?;
    let types: Vec<_> = credential.unverified_types().iter().map(|it| shorten(it)).collect();
    let json = json!({
        "types": types, "issuer": credential.unverified_issuer(),
        "subject": credential.unverified_subject(), "validUntil": credential.unverified_valid_until(),
        "verified": false,
    });
    let human = format!(
        "{} issued by {} to {} (not verified here)\n",
        types.join(", "),
        credential.unverified_issuer(),
        credential.unverified_subject()
    );
    Ok(Outcome::new(json, human))
}
