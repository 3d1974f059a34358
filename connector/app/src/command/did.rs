//! `adit did`: the DID document, for a firm whose domain another web server serves.

use crate::cli::Did;
use crate::control::{self, Order};
use crate::error::Error;
use crate::folder::{self, Folder};
use crate::outcome::{Outcome, Reply};
use serde_json::json;

/// `adit did export`: prints the document, or writes it to a file.
pub async fn run(folder: &Folder, what: &Did) -> Result<Reply, Error> {
    let Did::Export { output } = what;
    let reply = control::send(folder, Order::DidDocument).await?;
    let (Reply::Done(document), Some(path)) = (&reply, output) else { return Ok(reply) };
    folder::write(path, document.human.as_bytes(), false)?;
    let did = document.json["id"].as_str().unwrap_or_default().parse()?;
    let address = adit_credentials::did_web_url(&did)?;
    let human = format!(
        "the DID document of {did} is in {}; let {address} answer with it, as application/did+json, and export it \
         again whenever a key comes or goes\n",
        path.display()
    );
    Ok(Reply::Done(Outcome::new(json!({ "written": path, "address": address }), human)))
}
