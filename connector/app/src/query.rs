//! A query from outside, from text to rows: scan, verify, decide, record, evaluate.

use crate::connector::Connector;
use crate::error::Error;
use crate::identity::Asker;
use adit_facts::{Answer, Graphs, Job, QueryText};
use adit_journal::Kind;
use adit_policy::{Asked, Permit};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

/// A query as the SPARQL 1.1 Protocol brings it.
#[derive(Debug, Default)]
pub struct Request {
    /// The query.
    pub query: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// What the facts are wanted for; a bearer brings its own.
    pub purpose: Option<String>,
    /// The date that derived predicates are asked at; now if left out.
    pub at: Option<Timestamp>,
    /// `default-graph-uri` and `named-graph-uri`.
    pub graphs: Graphs,
}

/// Answers one query for one caller from local facts.
pub async fn answer(
    connector: &Connector,
    request: Request,
    now: Timestamp,
) -> Result<(Answer, Permit), Error> {
    let text = QueryText::scan(&request.query, None, &adit_facts::Limits::default())?;
    let asker = connector.asker(request.authorization.as_deref(), now).await?;
    let permit =
        decide(connector, &asker, request.purpose.as_deref(), "query", &request.query, now).await?;
    let at = request.at.unwrap_or(now);
    let job = Job::local(&connector.store, &text, &permit, at, request.graphs);
    let answer = connector.workers().await?.evaluate(job).await?;
    Ok((answer, permit))
}

/// Decides what a caller may read, and writes the decision to the journal before anything acts on it.
///
/// `what` and `about` say what is asked for: the kind of request, and its text, of which the journal
/// keeps a digest.
pub async fn decide(
    connector: &Connector,
    asker: &Asker,
    purpose: Option<&str>,
    what: &str,
    about: &str,
    now: Timestamp,
) -> Result<Permit, Error> {
    let purpose = asker.purpose.as_deref().or(purpose);
    let asked = Asked { purpose: purpose.map(str::to_owned) };
    let decision =
        adit_policy::decide(&connector.policies, &asker.caller, connector.did(), &asked, now);
    let outcome = match &decision {
        Ok(permit) => json!({ "permit": permit.to_json() }),
        Err(refusal) => json!({ "refusal": refusal }),
    };
    let credentials: Vec<_> = asker.caller.credentials().iter().map(|held| held.digest()).collect();
    let body = json!({
        "caller": asker.caller.did(), "credentials": credentials, "purpose": purpose,
        "what": what, "about": digest(about), "policies": connector.policies.hash(),
        "outcome": outcome,
    });
    connector.record(Kind::Decision, body, now).await?;
    let permit = decision?;
    if let Some((bound, bearer)) = &asker.bound
        && *bound != permit.key()
    {
        connector.sessions.close(bearer);
        return Err(Error::BearerEnded { why: "the policies have changed since" });
    }
    Ok(permit)
}

/// The SHA-256 of a text, in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
