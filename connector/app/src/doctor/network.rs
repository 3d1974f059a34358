//! What the world sees of us, and what we see of it: our DID document, our name, our partners, the clock.

use super::Finding;
use super::folder::one_line;
use crate::connector::Connector;
use crate::safe_client::{Cap, Failure, Request, Response};
use crate::wallet;
use adit_credentials::{Credential, DidDocument, Refusal, StatusRefusal, did_web_url};
use adit_vocab::{Did, shorten};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long one company may take to answer.
const ANSWER: Duration = Duration::from_secs(3);
/// How many companies are asked, and how many at once.
const ASKED: usize = 32;
const AT_ONCE: usize = 16;
/// By how many seconds the clock may differ from most others before it is told, and before tokens are refused.
const CLOCK_S: i64 = 10;
const CLOCK_S_MAX: i64 = 45;

/// Our DID document as others fetch it: by name, over TLS, and what stands in it.
pub(super) async fn own(connector: &Arc<Connector>, now: Timestamp) -> Vec<Finding> {
    let did = connector.did();
    let (Some(base), true) = (&connector.config.base, did.method() == "web") else {
        return Vec::new();
    };
    let mut findings = vec![document(connector, now).await];
    // Where the connector has another name than the DID, that name is looked at too.
    let url = format!("{base}/healthz");
    findings.push(match get(connector, &url, "application/json").await {
        Ok(_) => Finding::new("name.fine", [("url", base.as_str())]),
        Err(failure) => failed(connector, "name", &url, &failure),
    });
    findings
}

async fn document(connector: &Connector, now: Timestamp) -> Finding {
    let did = connector.did();
    let url = match did_web_url(did) {
        Ok(url) => url,
        Err(refusal) => return differs(connector, "", &refusal.to_string()),
    };
    let response = match get(connector, &url, "application/did+json, application/json").await {
        Ok(response) => response,
        Err(failure) => return failed(connector, "did", &url, &failure),
    };
    if response.status != 200 {
        return differs(connector, &url, &format!("status {}", response.status));
    }
    match same_document(connector, did, &response, now) {
        Ok(()) => Finding::new("did.fine", [("url", url)]),
        Err(why) => differs(connector, &url, &why),
    }
}

/// Whether what was fetched says what we would say.
fn same_document(
    connector: &Connector,
    did: &Did,
    response: &Response,
    now: Timestamp,
) -> Result<(), String> {
    DidDocument::parse(did, &response.body).map_err(|e| e.to_string())?;
    let own = connector.own_document(now).map_err(|e| e.to_string())?;
    let seen: serde_json::Value =
        serde_json::from_slice(&response.body).map_err(|e| e.to_string())?;
    let parts = [
        "verificationMethod",
        "authentication",
        "assertionMethod",
        "capabilityInvocation",
        "service",
    ];
    match parts.into_iter().find(|part| own[*part] != seen[*part]) {
        None => Ok(()),
        Some(part) => Err(format!("{part} is not what this connector publishes")),
    }
}

fn differs(connector: &Connector, url: &str, why: &str) -> Finding {
    let folder = connector.folder.root().display().to_string();
    Finding::new(
        "did.differs",
        [("url", url.to_owned()), ("why", one_line(why)), ("folder", folder)],
    )
}

/// The companies that we know, and the clock by what theirs say.
pub(super) async fn others(connector: &Arc<Connector>, now: Timestamp) -> Vec<Finding> {
    let known = connector.directory.descriptions();
    let count = known.len();
    let asked = known.into_values().take(ASKED).map(|known| async move {
        let url = format!("{}/healthz", known.base.trim_end_matches('/'));
        let answer = get(connector, &url, "application/json").await;
        (known.did, url, answer)
    });
    let answers: Vec<_> = futures_util::stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut findings: Vec<_> = answers
        .iter()
        .map(|(did, url, answer)| match answer {
            Ok(_) => Finding::new("peer.fine", [("did", did.as_str())]),
            Err(failure) => failed(connector, "peer", url, failure),
        })
        .collect();
    if count > ASKED {
        let rest = (count - ASKED).to_string();
        findings.push(Finding::new("peer.rest", [("count", rest)]));
    }
    let ahead = answers.iter().filter_map(|(_, _, answer)| {
        let date = answer.as_ref().ok()?.date?;
        Some(now.as_second() - date.as_second())
    });
    findings.push(clock(ahead.collect()));
    findings
}

/// The clock against the middle one of the others', so that one that is wrong elsewhere does not count.
fn clock(mut ahead_s: Vec<i64>) -> Finding {
    ahead_s.sort_unstable();
    let count = ahead_s.len().to_string();
    let Some(middle) = ahead_s.get(ahead_s.len() / 2) else {
        return Finding::new::<&str, 0>("clock.alone", []);
    };
    let code = match middle.abs() {
        0..=CLOCK_S => "clock.fine",
        ..CLOCK_S_MAX => "clock.off",
        _ => "clock.wrong",
    };
    let differs = SignedDuration::from_secs(*middle);
    Finding::new(code, [("differs", format!("{differs:#}")), ("count", count)])
}

/// The status lists of the credentials in the wallet: what others find in them, and how old ours are.
pub(super) async fn statuses(connector: &Arc<Connector>, now: Timestamp) -> Vec<Finding> {
    let mut findings = BTreeMap::new();
    for (path, jwt) in wallet::files(&connector.folder).unwrap_or_default() {
        let Ok(credential) = Credential::peek(&jwt) else { continue };
        let (documents, statuses) = connector.own_statuses(&credential, now).await;
        for list in statuses.lists().chain(connector.list_ages().iter().map(AsRef::as_ref)) {
            let seconds = now.duration_since(list.fetched_at()).as_secs().to_string();
            let values = [("which", list.url().to_owned()), ("seconds", seconds)];
            findings.insert(list.url().to_owned(), Finding::new("status.fine", values));
        }
        let trust = connector.trust();
        let evidence = connector.evidence(&documents, &statuses, &trust, now);
        if let Err(Refusal::Status(refusal)) = credential.check_status(&evidence) {
            let found = not_standing(connector, &path, &credential, &refusal);
            findings.insert(path.display().to_string(), found);
        }
    }
    findings.into_values().collect()
}

/// A credential of ours that others refuse for its status: the issuer took it back, or its list cannot be had.
fn not_standing(
    connector: &Connector,
    path: &Path,
    credential: &Credential,
    refusal: &StatusRefusal,
) -> Finding {
    let why = one_line(&refusal.to_string());
    if !refusal.is_verdict() {
        let which = credential.status().first().map_or_else(String::new, |it| it.list.clone());
        return Finding::new("status.refused", [("which", which), ("why", why)]);
    }
    let kind = credential.unverified_types().first().map_or_else(String::new, |it| shorten(it));
    Finding::new(
        "status.set",
        [
            ("which", path.file_name().unwrap_or_default().to_string_lossy().into_owned()),
            ("why", why),
            ("issuer", credential.unverified_issuer().to_string()),
            ("type", kind.replace("adit:", "")),
            ("folder", connector.folder.root().display().to_string()),
        ],
    )
}

async fn get(connector: &Connector, url: &str, accept: &'static str) -> Result<Response, Failure> {
    connector.outbound.send(Request::get(url, accept, Cap::Document).within(ANSWER)).await
}

/// What a failure on the way is about: the proxy, the TLS of the other side, or the way itself.
fn failed(connector: &Connector, what: &str, url: &str, failure: &Failure) -> Finding {
    let code = match (what, failure) {
        (_, Failure::Proxy { .. }) => "proxy.silent",
        ("peer", Failure::Tls { .. }) => "peer.tls",
        ("peer", _) => "peer.silent",
        ("did", Failure::Tls { .. }) => "did.tls",
        ("did", _) => "did.unseen",
        (_, Failure::Tls { .. }) => "name.tls",
        (_, _) => "name.unseen",
    };
    let host = url.split('/').nth(2).unwrap_or_default();
    Finding::new(
        code,
        [
            ("url", url.to_owned()),
            ("host", host.split(':').next().unwrap_or_default().to_owned()),
            ("why", one_line(&failure.to_string())),
            ("code", failure.code().to_owned()),
            ("folder", connector.folder.root().display().to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_held_against_the_middle_one() {
        for (ahead, code) in [
            (vec![], "clock.alone"),
            (vec![0], "clock.fine"),
            (vec![-1, 0, 3600], "clock.fine"),
            (vec![-12, -14, 0], "clock.off"),
            (vec![90, 91, 0], "clock.wrong"),
            (vec![-3600], "clock.wrong"),
        ] {
            assert_eq!(clock(ahead.clone()).code, code, "{ahead:?}");
        }
    }
}
