//! Bearers: giving one for a presentation, and getting one of a peer.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::identity::{Asker, digest_of, is_bilateral};
use crate::outcome::{Outcome, Problem};
use crate::partners::{Conversation, PeerToken};
use crate::query;
use crate::safe_client::{Cap, Request};
use crate::session::{LIFE, Session};
use adit_credentials::Caller;
use adit_vocab::Did;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// What `adit token` asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wanted {
    /// The peer's DID or the address of its connector; ourselves if left out.
    pub peer: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// The credentials to present; those that fit if left out.
    pub present: Option<Vec<String>>,
    /// A self-issued token instead of a bearer, and the types that the peer may fetch with it; all that it may see if
    /// there is none.
    #[serde(default)]
    pub self_issued: Option<Vec<String>>,
}

/// The body of `POST /token`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The presentation; without one the bearer stands for an anonymous caller.
    #[serde(default)]
    pub presentation: Option<String>,
    /// What for.
    #[serde(default)]
    pub purpose: Option<String>,
}

/// The answer of `POST /token`, in the form of [RFC 6749](https://www.rfc-editor.org/rfc/rfc6749#section-5.1).
#[derive(Debug, Serialize, Deserialize)]
pub struct Bearer {
    /// The bearer.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until it ends.
    pub expires_in: i64,
    /// What it opens.
    pub permit: serde_json::Value,
}

/// Gives a bearer for a presentation, or for the self-issued token in an `Authorization` header: verify, decide, and
/// remember both.
///
/// A bearer buys no other: it would outlive its hour and change its purpose.
pub async fn give(
    connector: &Connector,
    exchange: Exchange,
    authorization: Option<&str>,
    now: Timestamp,
) -> Result<Bearer, Error> {
    let caller = match (&exchange.presentation, authorization) {
        (None, authorization) => proved_now(connector.asker(authorization, now).await?)?,
        (Some(presentation), None) => connector.verify(presentation, now).await?,
        (Some(_), Some(_)) => {
            let told = "send the presentation in the body or a token in the header, not both";
            return Err(Error::Usage(told.to_owned()));
        }
    };
    let asker = Asker { caller, purpose: exchange.purpose, bound: None };
    let permit = query::decide(connector, &asker, None, "token", "", now).await?;
    let ends = [permit.valid_until(), asker.caller.valid_until()].into_iter().flatten();
    let until = ends.fold(now.saturating_add(LIFE).unwrap_or(now), Timestamp::min);
    let session =
        Session { caller: asker.caller, purpose: asker.purpose, permit: permit.key(), until };
    Ok(Bearer {
        access_token: connector.sessions.open(session, now),
        token_type: "Bearer".to_owned(),
        expires_in: until.as_second() - now.as_second(),
        permit: permit.to_json(),
    })
}

/// The caller, unless all that they showed is a bearer.
fn proved_now(asker: Asker) -> Result<Caller, Error> {
    if asker.bound.is_some() {
        let told = "a bearer is not exchanged for another; send a presentation, or a self-issued token in the header";
        return Err(Error::Usage(told.to_owned()));
    }
    Ok(asker.caller)
}

/// `adit token`: a bearer of a peer, or of our own running server.
pub async fn exchange(connector: &Arc<Connector>, wanted: Wanted) -> Result<Outcome, Error> {
    let now = clock::now();
    let chosen = match &wanted.present {
        Some(chosen) => chosen.clone(),
        None => connector.wallet()?,
    };
    let peer = match &wanted.peer {
        None => connector.did().clone(),
        Some(text) if text.starts_with("did:") => text.parse()?,
        Some(address) => did_at(connector, address).await?,
    };
    if let Some(types) = wanted.self_issued {
        let token = crate::dcp::self_issued_for(connector, &peer, &types, now)?;
        let human = format!("{token}\n");
        return Ok(Outcome::new(json!({ "token": token, "audience": peer }), human));
    }
    let bearer = if peer == *connector.did() {
        let fitting = connector.standing(&chosen, &peer, now).await;
        let presentation = presented(connector, &fitting, &peer, now)?;
        let exchange = Exchange { presentation, purpose: wanted.purpose };
        give(connector, exchange, None, now).await?
    } else {
        ask(connector, &peer, wanted.purpose.as_deref(), &chosen, now).await?
    };
    let human = format!("{}\n", bearer.access_token);
    Ok(Outcome::new(json!(bearer), human))
}

/// The conversation with a peer for a purpose, showing what of the chosen credentials is for it.
pub fn conversation(
    connector: &Connector,
    peer: &Did,
    purpose: Option<&str>,
    chosen: &[String],
) -> Conversation {
    Conversation {
        peer: peer.clone(),
        purpose: purpose.map(str::to_owned),
        shown: digest_of(&connector.fitting(chosen, peer)),
    }
}

/// The bearer for a conversation with a peer: the one we have, or a new one.
pub async fn of_peer(
    connector: &Connector,
    peer: &Did,
    purpose: Option<&str>,
    chosen: &[String],
    now: Timestamp,
) -> Result<(Conversation, String), Error> {
    let conversation = conversation(connector, peer, purpose, chosen);
    let kept = {
        let tokens = connector.directory.tokens.lock().expect("no holder of the lock panics");
        tokens.get(&conversation).filter(|token| token.until > now).cloned()
    };
    if let Some(token) = kept {
        return Ok((conversation, token.bearer));
    }
    let bearer = ask(connector, peer, purpose, chosen, now).await?;
    let until = kept_until(now, bearer.expires_in);
    let token = PeerToken { bearer: bearer.access_token.clone(), until };
    let mut tokens = connector.directory.tokens.lock().expect("no holder of the lock panics");
    tokens.insert(conversation.clone(), token);
    Ok((conversation, bearer.access_token))
}

/// When a bearer is used no more: a minute early, so that a question does not outlive it; at once where the peer names
/// a time that there is not.
pub(crate) fn kept_until(now: Timestamp, expires_in: i64) -> Timestamp {
    let seconds = now.as_second().saturating_add(expires_in).saturating_sub(60);
    Timestamp::from_second(seconds).unwrap_or(now)
}

/// Exchanges a presentation for a bearer at a peer.
///
/// Where the peer says that one of the credentials was taken back, we look which, and show the others.
async fn ask(
    connector: &Connector,
    peer: &Did,
    purpose: Option<&str>,
    chosen: &[String],
    now: Timestamp,
) -> Result<Bearer, Error> {
    let fitting = connector.fitting(chosen, peer);
    match show_trusted(connector, peer, purpose, &fitting, now).await {
        Err(Error::PeerRefused { peer: by, problem }) if is_taken_back(&problem) => {
            let standing = connector.standing(chosen, peer, now).await;
            if standing == fitting {
                return Err(Error::PeerRefused { peer: by, problem });
            }
            show_trusted(connector, peer, purpose, &standing, now).await
        }
        shown => shown,
    }
}

fn is_taken_back(problem: &Problem) -> bool {
    ["status.revoked", "status.suspended"].contains(&problem.code.as_str())
}

/// Where the peer does not trust the issuer of one of the credentials, those that it issued itself are shown alone:
/// a credential that opens something elsewhere takes nothing away here.
async fn show_trusted(
    connector: &Connector,
    peer: &Did,
    purpose: Option<&str>,
    fitting: &[String],
    now: Timestamp,
) -> Result<Bearer, Error> {
    let (own, others): (Vec<_>, Vec<_>) = fitting.iter().cloned().partition(|it| is_bilateral(it));
    match show(connector, peer, purpose, fitting, now).await {
        Err(Error::PeerRefused { problem, .. })
            if problem.code == "trust.issuer" && !own.is_empty() && !others.is_empty() =>
        {
            show(connector, peer, purpose, &own, now).await
        }
        shown => shown,
    }
}

async fn show(
    connector: &Connector,
    peer: &Did,
    purpose: Option<&str>,
    credentials: &[String],
    now: Timestamp,
) -> Result<Bearer, Error> {
    let address = connector.directory.address(&connector.outbound, peer, now).await?;
    let presentation = presented(connector, credentials, peer, now)?;
    let body = json!(Exchange { presentation, purpose: purpose.map(str::to_owned) });
    let url = format!("{address}/token");
    let response = connector.outbound.send(Request::post(url.clone(), &body, Cap::Message)).await?;
    if response.status == 200 {
        return serde_json::from_slice(&response.body)
            .map_err(|e| Error::BadAnswer { url, message: e.to_string() });
    }
    Err(refused_by(peer, &url, &response))
}

/// A presentation of credentials; nothing to present makes an anonymous caller.
fn presented(
    connector: &Connector,
    credentials: &[String],
    audience: &Did,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    if credentials.is_empty() {
        return Ok(None);
    }
    connector.present(credentials, audience, now).map(Some)
}

/// What a peer's answer other than 200 means.
pub fn refused_by(peer: &Did, url: &str, response: &crate::safe_client::Response) -> Error {
    match serde_json::from_slice::<serde_json::Value>(&response.body) {
        Ok(body) if body.get("code").is_some() => Error::PeerRefused {
            peer: peer.clone(),
            problem: Box::new(Problem::from_json(&body, response.status)),
        },
        _ => {
            Error::BadAnswer { url: url.to_owned(), message: format!("status {}", response.status) }
        }
    }
}

/// The DID of the connector at an address: what stands there is a claim, which the DID's own document must confirm.
async fn did_at(connector: &Connector, address: &str) -> Result<Did, Error> {
    let url = format!("{}/.well-known/adit.json", address.trim_end_matches('/'));
    let request = Request::get(url.clone(), "application/json", Cap::Document);
    let response = connector.outbound.send(request).await?;
    let description: crate::partners::Description = serde_json::from_slice(&response.body)
        .map_err(|e| Error::BadAnswer { url, message: e.to_string() })?;
    if description.did == *connector.did() {
        return Ok(description.did);
    }
    let now = clock::now();
    Ok(connector.directory.describe(&connector.outbound, &description.did, now).await?.did)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_buys_no_other() {
        let asker = |bound: Option<&str>| Asker {
            caller: Caller::anonymous(),
            purpose: None,
            bound: bound.map(|permit| (permit.to_owned(), "bearer".to_owned())),
        };
        let refused = proved_now(asker(Some("permit"))).unwrap_err().problem();
        assert_eq!((refused.status, refused.code.as_str()), (400, "usage"));
        assert!(proved_now(asker(None)).is_ok());
    }
}
