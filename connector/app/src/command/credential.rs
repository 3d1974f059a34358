//! `adit credential issue | show | verify | revoke | renew | request | requests | approve | reject`

use crate::cli::{self, Credential as Wanted};
use crate::control::{self, Order};
use crate::error::Error;
use crate::folder::Folder;
use crate::issue::{self, Renewal, Revocation, Step};
use crate::outcome::{Outcome, Problem, Reply};
use crate::{dcp, safe_client, standing, wallet};
use adit_credentials::Credential;
use adit_credentials::dcp::Profile;
use adit_vocab::shorten;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Issues, through the server if one runs, or shows.
pub async fn run(folder: &Folder, wanted: &Wanted) -> Result<Reply, Error> {
    match wanted {
        Wanted::Issue { kind, to, days, claims, embedded, output } => {
            let wanted = issue::Wanted {
                kind: kind.clone(),
                to: to.clone(),
                days: *days,
                claims: claims.as_deref().map(read_claims).transpose()?.unwrap_or_default(),
                embedded: *embedded,
                output: absolute(output)?,
            };
            control::send(folder, Order::Issue(wanted)).await
        }
        Wanted::Revoke { credential, suspend, resume, reason } => {
            let step = match (suspend, resume) {
                (true, _) => Step::Suspend,
                (false, true) => Step::Resume,
                (false, false) => Step::Revoke,
            };
            let (id, reason) = (id_of(credential)?, reason.clone());
            control::send(folder, Order::Revoke(Revocation { id, step, reason })).await
        }
        Wanted::Renew { file, days, hand_over_days, output } => {
            let wanted = Renewal {
                credential: wallet::read_one(file)?,
                days: *days,
                hand_over_days: *hand_over_days,
                output: absolute(output)?,
            };
            control::send(folder, Order::Renew(wanted)).await
        }
        Wanted::Verify { file, document, list } => {
            let read = |paths: &[PathBuf]| paths.iter().map(|it| Folder::text(it)).collect();
            let (documents, lists): (Result<_, Error>, Result<_, Error>) =
                (read(document), read(list));
            let credential = wallet::read_one(file)?;
            let wanted = standing::Wanted { credential, documents: documents?, lists: lists? };
            if folder.settings().exists() {
                return control::send(folder, Order::VerifyCredential(wanted)).await;
            }
            standing::verify_alone(&wanted, None).map(Reply::Done)
        }
        Wanted::Request { issuer, kind, profile } => {
            let profile = profile.map(|profile| match profile {
                cli::Profile::Vc20 => Profile::Vc20,
                cli::Profile::Vc11 => Profile::Vc11,
            });
            let (issuer, kind) = (issuer.parse()?, kind.clone());
            control::send(folder, Order::Dcp(dcp::Order::Ask { issuer, kind, profile })).await
        }
        Wanted::Requests => control::send(folder, Order::Dcp(dcp::Order::List)).await,
        Wanted::Approve { id } => {
            control::send(folder, Order::Dcp(dcp::Order::Approve { id: id.clone() })).await
        }
        Wanted::Reject { id, reason } => {
            let (id, reason) = (id.clone(), reason.clone());
            control::send(folder, Order::Dcp(dcp::Order::Reject { id, reason })).await
        }
        Wanted::Show { file: Some(file) } => show(folder, file).await.map(Reply::Done),
        Wanted::Show { file: None } => control::send(folder, Order::Issued).await,
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(|e| Error::file(path, e))
}

/// The identifier of the credential in a file; text that names no file is one itself.
fn id_of(credential: &str) -> Result<String, Error> {
    let path = Path::new(credential);
    if !path.exists() {
        return Ok(credential.to_owned());
    }
    let read = Credential::peek(&wallet::read_one(path)?)?;
    let id = read.unverified_id().map(str::to_owned);
    id.ok_or_else(|| Error::Usage(format!("the credential in {} has no id", path.display())))
}

/// What else a credential says, from a JSON object in a file.
fn read_claims(path: &Path) -> Result<Map<String, Value>, Error> {
    let text = Folder::text(path)?;
    serde_json::from_str(&text)
        .map_err(|e| Error::Usage(format!("{} is not one JSON object: {e}", path.display())))
}

/// Why a credential does not stand, as far as that is at hand; the running server knows most.
async fn trouble(folder: &Folder, credential: String) -> Option<Problem> {
    if !folder.settings().exists() {
        return None;
    }
    let wanted = standing::Wanted { credential, documents: Vec::new(), lists: Vec::new() };
    let told = match safe_client::is_answered(&folder.socket()).await {
        true => control::send(folder, Order::VerifyCredential(wanted)).await,
        false => standing::verify_alone(&wanted, Some(folder)).map(Reply::Done),
    };
    match told {
        Ok(Reply::Done(_)) => None,
        Ok(Reply::Failed(problem)) => Some(problem),
        Err(error) => Some(error.problem()),
    }
}

async fn show(folder: &Folder, file: &Path) -> Result<Outcome, Error> {
    let text = wallet::read_one(file)?;
    let credential = Credential::peek(&text)?;
    let trouble = trouble(folder, text).await;
    let types: Vec<_> = credential.unverified_types().iter().map(|it| shorten(it)).collect();
    let lists = credential
        .status()
        .iter()
        .map(|entry| json!({ "purpose": entry.purpose, "list": entry.list, "index": entry.index }));
    let json = json!({
        "id": credential.unverified_id(), "types": types, "form": credential.form().to_string(),
        "issuer": credential.unverified_issuer(),
        "subject": credential.unverified_subject().as_str(),
        "claims": credential.unverified_claims(),
        "validFrom": credential.unverified_valid_from(),
        "validUntil": credential.unverified_valid_until(),
        "status": lists.collect::<Vec<_>>(),
        "schemas": credential.schemas().collect::<Vec<_>>(),
        "verified": false,
        "trouble": trouble.as_ref().map(Problem::to_json),
    });
    let mut human = format!(
        "{} issued by {} to {} (not verified here)\n",
        types.join(", "),
        credential.unverified_issuer(),
        credential.unverified_subject()
    );
    let mut line = |name: &str, value: Option<String>| {
        human.extend(value.map(|value| format!("  {name}: {value}\n")));
    };
    line("id", credential.unverified_id().map(str::to_owned));
    line("valid from", credential.unverified_valid_from().map(|it| it.to_string()));
    line("valid until", credential.unverified_valid_until().map(|it| it.to_string()));
    line("does not stand", trouble.map(|it| format!("{} [{}]", it.title, it.code)));
    let claims = credential.unverified_claims();
    line("says", (!claims.is_empty()).then(|| Value::Object(claims).to_string()));
    for entry in credential.status() {
        line(&entry.purpose.to_string(), Some(format!("bit {} of {}", entry.index, entry.list)));
    }
    Ok(Outcome::new(json, human))
}
