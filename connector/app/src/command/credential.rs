//! `adit credential issue | show`

use crate::cli::Credential as Wanted;
use crate::control::{self, Order};
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::{Outcome, Reply};
use crate::{issue, wallet};
use adit_credentials::Credential;
use adit_vocab::shorten;
use serde_json::json;
use std::path::Path;

/// Issues, through the server if one runs, or shows.
pub async fn run(folder: &Folder, wanted: &Wanted) -> Result<Reply, Error> {
    match wanted {
        Wanted::Issue { kind, to, days, output } => {
            let output = std::path::absolute(output).map_err(|e| Error::file(output, e))?;
            let (kind, to, days) = (kind.clone(), to.parse()?, *days);
            control::send(folder, Order::Issue(issue::Wanted { kind, to, days, output })).await
        }
        Wanted::Show { file } => show(file).map(Reply::Done),
    }
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
