//! What is wrong with a connector or soon will be, found before a partner finds it.
//!
//! `folder` looks at files and needs nothing but the folder; `state` and `network` look through an open
//! [`Connector`], which is the running server's where one runs. A finding is a code with values: the sentence and the
//! command that mends it stand in `strings/doctor.toml`. No finding holds a secret.

pub mod finding;
pub mod folder;
mod network;
mod state;

pub use finding::{Finding, Level};

use crate::connector::Connector;
use crate::error::Error;
use crate::outcome::Outcome;
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long one check may take.
const CHECK: Duration = Duration::from_secs(8);

/// Everything that an open connector can tell: the order behind `adit doctor`.
///
/// The checks run at once, each for a few seconds at most; one that is not done by then is a finding itself.
pub async fn examine(connector: &Arc<Connector>, now: Timestamp) -> Result<Outcome, Error> {
    let (facts, workers, ends, own, others, statuses) = futures_util::join!(
        bounded(connector, "facts", state::facts(connector)),
        bounded(connector, "workers", state::workers(connector, now)),
        bounded(connector, "ends", state::ends(connector, now)),
        bounded(connector, "did", network::own(connector, now)),
        bounded(connector, "peers", network::others(connector, now)),
        bounded(connector, "statuses", network::statuses(connector, now)),
    );
    let findings: Vec<Finding> = [facts, workers, own, others, ends, statuses].concat();
    Ok(Outcome::new(json!({ "findings": findings }), ""))
}

/// What a check finds, or that it took too long.
async fn bounded(
    connector: &Connector,
    check: &str,
    findings: impl Future<Output = Vec<Finding>>,
) -> Vec<Finding> {
    let slow = || {
        let seconds = CHECK.as_secs().to_string();
        let folder = connector.folder.root().display().to_string();
        let values = [("check", check), ("seconds", &seconds), ("folder", &folder)];
        vec![Finding::new("check.slow", values)]
    };
    tokio::time::timeout(CHECK, findings).await.unwrap_or_else(|_| slow())
}
