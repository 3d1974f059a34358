//! `adit whoami`

use crate::config::Config;
use crate::error::Error;
use crate::folder::Folder;
use crate::outcome::Outcome;
use crate::{safe_client, wallet};
use adit_credentials::Credential;
use adit_vocab::shorten;
use serde_json::json;

/// Shows who this folder is.
pub async fn run(folder: &Folder) -> Result<Outcome, Error> {
    let config = Config::read(folder)?;
    let mut human = format!("{}\n{}\n", config.name, config.did);
    if let Some(base) = &config.base {
        human.push_str(&format!("connector {base}\n"));
    }
    // The address of a server that was killed stays behind; its socket tells whether one answers.
    let is_answered = safe_client::is_answered(&folder.socket()).await;
    let address = std::fs::read_to_string(folder.address()).ok().filter(|_| is_answered);
    let scheme = if config.tls.certificate.is_some() { "https" } else { "http" };
    match &address {
        Some(address) => human.push_str(&format!("answering on {scheme}://{address}\n")),
        None if config.base.is_some() => human.push_str("no server runs; adit serve starts it\n"),
        None => {}
    }
    let mut credentials = Vec::new();
    for jwt in wallet::read(folder)? {
        // One of a type that is not known here came by message, for a verifier that knows it.
        let credential = Credential::read(&jwt)?;
        let mut types: Vec<_> =
            credential.unverified_types().iter().map(|it| shorten(it).to_string()).collect();
        if types.is_empty() {
            let names = credential.names().iter().filter(|it| *it != "VerifiableCredential");
            types = names.cloned().collect();
        }
        let until = credential.unverified_valid_until();
        human.push_str(&format!(
            "holds {} of {}",
            types.join(", "),
            credential.unverified_issuer()
        ));
        human.push_str(&until.map(|end| format!(", until {end}\n")).unwrap_or("\n".into()));
        credentials.push(json!({
            "types": types, "issuer": credential.unverified_issuer(), "validUntil": until,
        }));
    }
    let json = json!({
        "did": config.did, "name": config.name, "base": config.base, "address": address,
        "identifiers": config.identifiers, "credentials": credentials,
    });
    Ok(Outcome::new(json, human))
}
