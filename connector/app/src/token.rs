//! Bearers: giving one for a presentation, and getting one of a peer.

use crate::clock;
use crate::connector::Connector;
use crate::error::Error;
use crate::identity::{Asker, digest_of, is_bilateral};
use crate::outbound::{Cap, Request};
use crate::outcome::{Outcome, Problem};
use crate::partners::{Conversation, PeerToken};
use crate::query;
use crate::session::{LIFE, Session};
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

/// Gives a bearer for a presentation: verify, decide, and remember both.
pub async fn give(
    connector: &Connector,
    exchange: Exchange,
    now: Timestamp,
) -> Result<Bearer, Error> {
    let caller = match &exchange.presentation {
        Some(presentation) => connector.verify(presentation, now).await?,
        None => adit_credentials::Caller::anonymous(),
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
    let bearer = if peer == *connector.did() {
        let fitting = connector.fitting(&chosen, &peer);
        let presentation = presented(connector, &fitting, &peer, now)?;
        let exchange = Exchange { presentation, purpose: wanted.purpose };
        give(connector, exchange, now).await?
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
    // A minute early, so that a question does not outlive its bearer.
    let until = Timestamp::from_second(now.as_second() + bearer.expires_in - 60).unwrap_or(now);
    let token = PeerToken { bearer: bearer.access_token.clone(), until };
    let mut tokens = connector.directory.tokens.lock().expect("no holder of the lock panics");
    tokens.insert(conversation.clone(), token);
    Ok((conversation, bearer.access_token))
}

/// Exchanges a presentation for a bearer at a peer.
///
/// Where the peer does not trust the issuer of one of the credentials, those that it issued itself are shown alone:
/// a credential that opens something elsewhere takes nothing away here.
async fn ask(
    connector: &Connector,
    peer: &Did,
    purpose: Option<&str>,
    chosen: &[String],
    now: Timestamp,
) -> Result<Bearer, Error> {
    let fitting = connector.fitting(chosen, peer);
    let (own, others): (Vec<_>, Vec<_>) = fitting.iter().cloned().partition(|it| is_bilateral(it));
    match show(connector, peer, purpose, &fitting, now).await {
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
pub fn refused_by(peer: &Did, url: &str, response: &crate::outbound::Response) -> Error {
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

/// The DID of the connector at an address.
async fn did_at(connector: &Connector, address: &str) -> Result<Did, Error> {
    let url = format!("{}/.well-known/adit.json", address.trim_end_matches('/'));
    let request = Request::get(url.clone(), "application/json", Cap::Document);
    let response = connector.outbound.send(request).await?;
    let description: crate::partners::Description = serde_json::from_slice(&response.body)
        .map_err(|e| Error::BadAnswer { url, message: e.to_string() })?;
    connector.directory.keep(&description)?;
    Ok(description.did)
}
