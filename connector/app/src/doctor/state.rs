//! What the company keeps: journal and facts agree, workers answer, nothing ends unnoticed.

use super::Finding;
use super::folder::one_line;
use crate::connector::Connector;
use crate::error::Error;
use crate::expiry::{self, Ending, Near, What};
use adit_facts::{Answer, Graphs, Job, Limits, QueryText, Scratch};
use adit_journal::Snapshot;
use jiff::Timestamp;
use std::sync::Arc;

/// Journal and fact store: whole where they end, and of one generation.
pub(super) async fn facts(connector: &Arc<Connector>) -> Vec<Finding> {
    let folder = connector.folder.root().display().to_string();
    let journal = match Snapshot::open(&connector.folder.state()) {
        Ok(journal) => Finding::new("journal.fine", [("entries", journal.len().to_string())]),
        Err(fault) => {
            let why = one_line(&fault.to_string());
            Finding::new("journal.damaged", [("folder", folder.clone()), ("why", why)])
        }
    };
    // A publication under way holds the lock; after it both are compared.
    let published = connector.published.lock().await.entry;
    let facts = match connector.store.generation() {
        Ok(generation) if generation >= published => {
            Finding::new("facts.fine", [("generation", generation.to_string())])
        }
        Ok(generation) => Finding::new(
            "facts.behind",
            [
                ("folder", folder),
                ("generation", generation.to_string()),
                ("published", published.to_string()),
            ],
        ),
        Err(fault) => Finding::new(
            "facts.damaged",
            [("folder", folder), ("why", one_line(&fault.to_string()))],
        ),
    };
    vec![journal, facts]
}

/// A worker process answers a question about nothing.
pub(super) async fn workers(connector: &Arc<Connector>, now: Timestamp) -> Vec<Finding> {
    let found = match ask_worker(connector, now).await {
        Ok(()) => Finding::new::<&str, 0>("workers.fine", []),
        Err(error) => {
            let (folder, why) = (connector.folder.root().display().to_string(), error.to_string());
            Finding::new("workers.silent", [("folder", folder), ("why", one_line(&why))])
        }
    };
    vec![found]
}

async fn ask_worker(connector: &Connector, now: Timestamp) -> Result<(), Error> {
    let text = QueryText::scan("ASK {}", None, &Limits::default())?;
    let nothing = tokio::task::block_in_place(|| {
        Scratch::new(&connector.folder.scratch(), std::iter::empty())
    })?;
    let job = Job::scratch(&nothing, &text, now, Graphs::default());
    match connector.workers().await?.evaluate(job).await?.answer {
        Answer::Boolean(true) => Ok(()),
        other => Err(Error::Internal(format!("it answered {other:?}"))),
    }
}

/// Credentials, certificates and lists, by the time that they still hold.
pub(super) async fn ends(connector: &Arc<Connector>, now: Timestamp) -> Vec<Finding> {
    let endings = expiry::endings(connector, now);
    let is_told = |it: &&Ending| match it.what {
        // Of what we issued, only what is due; of status lists the network tells.
        What::Issued => it.near(now).is_some(),
        What::StatusList => false,
        What::Credential | What::Certificate | What::TrustList | What::SecurityContact => true,
    };
    let mut found: Vec<_> =
        endings.iter().filter(is_told).map(|it| ending(connector, it, now)).collect();
    match expiry::certificate(connector) {
        Ok(Some(standing)) => {
            let which = standing.certificate.display().to_string();
            let told =
                [("certificate.doubted", standing.doubt), ("certificate.kept", standing.refused)];
            found.extend(told.into_iter().filter_map(|(code, why)| {
                Some(Finding::new(code, [("which", which.clone()), ("why", one_line(&why?))]))
            }));
        }
        Ok(None) => {}
        Err(error) => {
            let values = [("why", one_line(&error.to_string())), ("code", error.code().to_owned())];
            found.push(Finding::new("certificate.unusable", values));
        }
    }
    if connector.config.base.is_some() && connector.config.security_contact.is_none() {
        let settings = connector.folder.settings().display().to_string();
        found.push(Finding::new("contact.none", [("settings", settings)]));
    }
    found
}

fn ending(connector: &Connector, ending: &Ending, now: Timestamp) -> Finding {
    let code = match (ending.what, ending.near(now)) {
        (What::Credential, None) => "credential.fine",
        (What::Credential, Some(Near::Over)) => "credential.over",
        (What::Credential, Some(_)) => "credential.soon",
        (What::Issued, _) => "issued.soon",
        (What::Certificate, None) => "certificate.fine",
        (What::Certificate, Some(Near::Over)) => "certificate.over",
        (What::Certificate, Some(_)) => "certificate.soon",
        (What::TrustList, None) => "trust.fine",
        (What::TrustList, Some(Near::Over)) => "trust.over",
        (What::TrustList, Some(_)) => "trust.soon",
        (What::SecurityContact, Some(Near::Over)) => "contact.over",
        (What::SecurityContact, Some(_)) => "contact.soon",
        (What::SecurityContact | What::StatusList, _) => "contact.fine",
    };
    let until = Timestamp::from_second(ending.until.as_second()).unwrap_or(ending.until);
    let mut finding = Finding::new(
        code,
        [
            ("which", ending.which.clone()),
            ("until", until.to_string()),
            ("days", ending.days_left(now).to_string()),
            ("folder", connector.folder.root().display().to_string()),
            ("settings", connector.folder.settings().display().to_string()),
        ],
    );
    let given = ending.given.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    finding.values.extend(given);
    finding
}
