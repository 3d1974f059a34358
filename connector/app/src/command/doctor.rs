//! `adit doctor`: what is wrong or soon will be, each finding with the command that mends it.

use crate::config::Config;
use crate::control::{self, Order};
use crate::doctor::{Finding, Level, folder as files};
use crate::error::Error;
use crate::folder::Folder;
use crate::language::Language;
use crate::outcome::{Outcome, Reply};
use crate::safe_client;
use serde_json::json;
use std::time::Duration;

/// How long the server, or the folder that is opened here, may take for all of its checks.
const ALL: Duration = Duration::from_secs(30);

/// Looks at the files, and then through the running server, or through the folder itself where none runs.
pub async fn run(folder: &Folder, language: Language) -> Result<Outcome, Error> {
    if !folder.settings().exists() {
        return Ok(told(&[Finding::new("folder.none", [("folder", shown(folder))])], language));
    }
    let mut findings = files::look(folder);
    // A client has no server.
    if Config::read(folder).is_ok_and(|config| config.base.is_some()) {
        findings.push(server(folder).await);
    }
    let asked = tokio::time::timeout(ALL, control::send(folder, Order::Examine)).await;
    match asked {
        Ok(Ok(Reply::Done(outcome))) => findings.extend(read(&outcome)?),
        Ok(Ok(Reply::Failed(problem))) => {
            findings.push(unopened(folder, &problem.title, &problem.code));
        }
        Ok(Err(error)) => {
            let problem = error.problem();
            findings.push(unopened(folder, &problem.title, &problem.code));
        }
        Err(_) => {
            let (seconds, folder) = (ALL.as_secs().to_string(), shown(folder));
            findings.push(Finding::new("server.hangs", [("seconds", seconds), ("folder", folder)]));
        }
    }
    Ok(told(&findings, language))
}

fn read(outcome: &Outcome) -> Result<Vec<Finding>, Error> {
    serde_json::from_value(outcome.json["findings"].clone())
        .map_err(|e| Error::Internal(format!("the server's answer: {e}")))
}

/// Whether a server runs; that of one which was killed leaves its socket behind.
async fn server(folder: &Folder) -> Finding {
    let socket = folder.socket();
    let values = [("folder", shown(folder))];
    match (socket.exists(), safe_client::is_answered(&socket).await) {
        (_, true) => Finding::new("server.fine", values),
        (true, false) => Finding::new("server.gone", values),
        (false, false) => Finding::new("server.none", values),
    }
}

/// The folder cannot be opened, so what lies in it was not looked at.
fn unopened(folder: &Folder, why: &str, code: &str) -> Finding {
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    Finding::new(
        "folder.closed",
        [("folder", shown(folder)), ("why", why), ("code", code.to_owned())],
    )
}

fn shown(folder: &Folder) -> String {
    folder.root().display().to_string()
}

fn told(findings: &[Finding], language: Language) -> Outcome {
    let count = |level| findings.iter().filter(|finding| finding.level() == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let listed: Vec<_> = findings.iter().map(|finding| finding.to_json(language)).collect();
    let json = json!({ "errors": errors, "warnings": warnings, "findings": listed });
    let human = findings.iter().map(|finding| finding.to_text(language)).collect::<String>();
    Outcome { unwell: errors > 0, ..Outcome::new(json, human) }
}
